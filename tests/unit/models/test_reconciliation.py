"""Laws of reconciliation."""

import numpy as np
import pytest

from core.base.errors import ParameterError
from core.models import reconciliation
from core.models.reconciliation import METHODS, Weights, raking, reconciled, top_down, weights_of
from core.series.hierarchy_levels import hierarchy_of

SHOP = hierarchy_of({"total": ["all"] * 6, "category": list("aabbbb"), "location": list("xyxyxy")})
LEVELS = [name for name in METHODS if name not in (reconciliation.BOTTOM_UP, reconciliation.TOP_DOWN)]
RNG = np.random.default_rng(2)
ERRORS = RNG.normal(0, 2, (8, 11)) + RNG.normal(0, 1, (8, 1))
SERIES = RNG.uniform(5, 20, (6, 4))


def whole(series):
    return np.concatenate([SHOP.sums(series), series])


def agreed(method, base):
    return top_down(base, SHOP) if method == "top_down" else reconciled(base, SHOP, weights_of(method, SHOP, ERRORS))


@pytest.mark.parametrize("method", METHODS[1:])
def test_forecasts_that_agree_stay_as_they_are(method):
    np.testing.assert_allclose(agreed(method, whole(SERIES)), SERIES, rtol=1e-9)


@pytest.mark.parametrize("method", METHODS[1:])
def test_doing_it_twice_changes_nothing_more(method):
    base = whole(SERIES) * RNG.uniform(0.8, 1.2, (11, 1))
    once = agreed(method, base)
    np.testing.assert_allclose(agreed(method, whole(once)), once, rtol=1e-9)


@pytest.mark.parametrize("method", METHODS[1:])
def test_forecasts_are_never_negative(method):
    base = whole(RNG.uniform(0, 1, (6, 4)))
    base[:5] *= 0.3
    assert (agreed(method, base) >= 0).all()


def test_negative_forecasts_do_not_run_away_where_errors_go_together():
    # one factor behind all errors: MinT alone would give some series hundreds of units
    errors = RNG.normal(0, 20, (6, 1)) * np.concatenate([[30, 10, 20, 15, 15], RNG.uniform(0.1, 9, 6)])
    base = whole(RNG.uniform(0, 2, (6, 4)))
    base[0] *= 0.6
    found = reconciled(base, SHOP, weights_of(reconciliation.MINT, SHOP, errors))
    assert found.sum() < 1.5 * base[5:].sum()


def test_the_total_holds_top_down_and_the_shares_below_it():
    nested = hierarchy_of({"total": ["all"] * 3, "category": list("aab")})
    base = np.array([[90.0], [40.0], [20.0], [10.0], [30.0], [25.0]])
    np.testing.assert_allclose(top_down(base, nested)[:, 0], [15.0, 45.0, 30.0])


def test_crossing_margins_are_met_together():
    wanted = np.array([60.0, 20.0, 40.0, 24.0, 36.0])[:, None]
    found = np.ones((6, 1)) * raking(np.ones((6, 1)), wanted, SHOP)
    np.testing.assert_allclose(SHOP.sums(found), wanted, rtol=1e-9)


def test_a_forecast_without_error_is_believed():
    errors = ERRORS.copy()
    errors[:, 0] = 0.0
    base = whole(SERIES)
    base[0] = 50.0
    found = reconciled(base, SHOP, weights_of(reconciliation.VARIANCE, SHOP, errors))
    np.testing.assert_allclose(found.sum(axis=0), 50.0)


def test_unknown_errors_leave_the_variance_of_the_known_ones():
    errors = np.array([[2.0, np.nan], [np.nan, 3.0], [4.0, np.nan]])
    pair = hierarchy_of({"total": ["all"]})
    np.testing.assert_allclose(weights_of(reconciliation.VARIANCE, pair, errors).own, [10.0, 9.0])
    found = weights_of(reconciliation.MINT, pair, errors)
    np.testing.assert_allclose(found.own + np.square(found.factors).sum(axis=0), [10.0, 9.0])


def test_weights_of_an_unknown_method_are_refused():
    with pytest.raises(ParameterError, match="wls_structural, wls_variance and mint_shrinkage; “ols”"):
        weights_of("ols", SHOP, ERRORS)


def test_what_is_believed_as_it_is_does_not_move():
    weights = reconciliation.without(Weights(np.ones(11), np.ones((1, 11))), np.arange(6) == 2, 5)
    base = whole(SERIES)
    base[0] *= 1.1
    np.testing.assert_allclose(reconciled(base, SHOP, weights)[2], SERIES[2])
