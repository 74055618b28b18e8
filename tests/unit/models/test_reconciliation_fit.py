"""Groups forecast by themselves and the choice how they agree with their members."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.progress import silent
from core.models.champions import fit_champions
from core.models.reconciliation import METHODS
from core.models.reconciliation_fit import best_of, reconciled_fit
from core.series.hierarchy_levels import hierarchy_of, stacked_totals
from core.series.panel import from_dense

USUAL = np.array([1.0, 1.0, 1.0])


def errors(**better):
    return {name: better.get(name, USUAL * 1.1) for name in METHODS} | {"bottom_up": USUAL}


def test_bottom_up_stays_unless_another_is_clearly_better():
    assert best_of(errors(mint_shrinkage=USUAL * 0.97)) == "bottom_up"
    assert best_of(errors(mint_shrinkage=USUAL * 0.9)) == "mint_shrinkage"
    assert best_of({}) == "bottom_up"


def test_a_method_that_harms_the_series_themselves_is_passed_over():
    assert best_of(errors(top_down=np.array([0.2, 0.2, 1.05]))) == "bottom_up"


@pytest.fixture(scope="module")
def shop():
    rng = np.random.default_rng(7)
    season = 1 + 0.6 * np.sin(2 * np.pi * np.arange(96) / 12)
    values = rng.poisson(rng.uniform(0.5, 4, 24)[:, None] * season).astype(float)
    values[3, :70] = np.nan
    panel = from_dense(values, regular(Frequency.MONTH, "2016-01-01", 96), [f"s{i:02d}" for i in range(24)])
    return panel, {"total": np.full(24, "total"), "category": np.array(list("abc") * 8)}


@pytest.mark.parametrize("method", ["automatic", *METHODS])
def test_forecasts_stay_known_and_never_negative(shop, method):
    panel, groups = shop
    fit, _ = fit_champions(panel, ["ses"] * 24, 1, silent())
    agreed, verdict = reconciled_fit(fit, groups, hierarchy_of(groups), method, 4)
    mean = agreed.mean(4)
    assert np.isfinite(mean).all()
    assert (mean >= 0).all()
    assert verdict.method in METHODS
    before = agreed.point.mean_at(np.array([60, 96]), 4)
    assert np.isnan(before[0, 3]).all()
    assert np.isfinite(before[1]).all()


def test_groups_see_a_season_that_their_members_hide(shop):
    panel, groups = shop
    fit, _ = fit_champions(panel, ["ses"] * 24, 1, silent())
    agreed, verdict = reconciled_fit(fit, groups, hierarchy_of(groups), "automatic", 4)
    assert verdict.method != "bottom_up"
    assert verdict.errors[verdict.method] < 0.95 * verdict.errors["bottom_up"]
    assert np.ptp(agreed.mean(4).sum(axis=0)) > 2 * np.ptp(fit.mean(4).sum(axis=0))


def test_bottom_up_is_the_fit_itself(shop):
    panel, groups = shop
    fit, _ = fit_champions(panel, ["ses"] * 24, 1, silent())
    assert reconciled_fit(fit, groups, hierarchy_of(groups), "bottom_up", 4)[0] is fit


def test_totals_take_only_drivers_that_all_members_share():
    values = np.ones((2, 30))
    event, price = np.zeros((2, 30)), np.ones((2, 30))
    event[:, 5], price[1] = 1.0, 2.0
    panel = from_dense(
        values, regular(Frequency.DAY, "2024-01-01", 30), ["a", "b"],
        drivers={"event:fair": event, "price": price}, future_drivers={"event:fair": np.ones((2, 3))},
    )  # fmt: skip
    total = stacked_totals(panel, {"total": ["all", "all"]})
    assert list(total.drivers) == ["event:fair"]
    np.testing.assert_array_equal(total.future_drivers["event:fair"], np.ones((1, 3)))
    assert total.skus.tolist() == ["total:all"]
    np.testing.assert_array_equal(total.dense(), np.full((1, 30), 2.0))


def test_a_total_is_out_of_stock_only_when_much_of_it_is():
    empty = np.zeros((3, 20), bool)
    empty[0, 7], empty[:2, 9] = True, True
    units = np.where(empty, 0.0, [[1.0], [5.0], [5.0]])
    panel = from_dense(units, regular(Frequency.DAY, "2024-01-01", 20), list("abc"), censored=empty)
    total = stacked_totals(panel, {"total": ["all"] * 3})
    assert np.flatnonzero(total.censored).tolist() == [9]
