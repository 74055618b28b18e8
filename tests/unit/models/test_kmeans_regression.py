"""K-Means-pooled regression: groups of like demand, one model per group."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.library.kmeans_regression import KMeansRegression
from core.models.pooled_shapes import demand_shape, group_series
from core.series.panel import from_dense


def daily(values, drivers=None, future=None):
    calendar = regular(Frequency.DAY, "2023-01-02", values.shape[1])
    return from_dense(values, calendar, [f"s{i}" for i in range(len(values))], drivers=drivers, future_drivers=future)


def two_shapes(n_periods=140):
    """Ten series sold on weekends, ten sold on working days."""
    rng = np.random.default_rng(1)
    weekend = np.tile([2.0, 2, 2, 2, 2, 30, 30], n_periods // 7)
    working = np.tile([20.0, 20, 20, 20, 20, 1, 1], n_periods // 7)
    return rng.poisson(np.stack([weekend] * 10 + [working] * 10)).astype(float), weekend, working


def mean_of(panel, horizon=28, origins=None, **settings):
    fitted = KMeansRegression(**settings).fit(panel, seed=1)
    chosen = np.array([panel.n_periods]) if origins is None else np.asarray(origins)
    return fitted.point.mean_at(chosen, horizon)


def test_series_of_like_shape_come_into_one_group():
    values, _, _ = two_shapes()
    member = group_series(demand_shape(daily(values)), 0, seed=1)
    assert len(set(member[:10])) == 1
    assert len(set(member[10:])) == 1
    assert member[0] != member[10]


def test_size_does_not_decide_the_group():
    values, _, _ = two_shapes()
    values[:5] *= 100
    member = group_series(demand_shape(daily(values)), 2, seed=1)
    assert len(set(member[:10])) == 1


def test_few_series_form_one_group():
    assert group_series(np.random.default_rng(1).normal(size=(7, 3)), 0, seed=1).tolist() == [0] * 7


def test_identical_series_form_one_group_whatever_is_asked():
    assert group_series(np.ones((12, 3)), 4, seed=1).tolist() == [0] * 12


@pytest.mark.parametrize("n_series", [1, 2, 3])
@pytest.mark.parametrize("n_groups", [0, 3])
def test_the_smallest_shops_are_forecast_too(n_series, n_groups):
    values, _, _ = two_shapes()
    assert np.isfinite(mean_of(daily(values[:n_series]), 7, n_groups=n_groups)).all()


@pytest.mark.parametrize("units", [0.0, 4.0])
def test_series_that_are_all_alike_are_forecast_as_what_they_always_sold(units):
    assert np.allclose(mean_of(daily(np.full((5, 140), units)), 7, n_groups=3), units, atol=0.01)


def test_each_group_is_forecast_with_its_own_week():
    values, weekend, working = two_shapes()
    expected = mean_of(daily(values), 7)[0]
    assert np.allclose(expected[:10].mean(axis=0), weekend[:7], atol=3.0)
    assert np.allclose(expected[10:].mean(axis=0), working[:7], atol=3.0)


def test_a_constant_panel_stays_constant():
    expected = mean_of(daily(np.array([[3.0] * 120, [80.0] * 120])), 91)[0]
    assert np.allclose(expected, [[3.0] * 91, [80.0] * 91], rtol=1e-6)


def test_a_planned_promotion_raises_demand():
    rng = np.random.default_rng(2)
    promotion = (rng.random((12, 300)) < 0.15).astype(float)
    future = np.zeros((12, 28))
    future[:, 14:] = 1.0
    panel = daily(rng.poisson(20 * 2.0**promotion).astype(float), {"promotion": promotion}, {"promotion": future})
    expected = mean_of(panel)[0]
    assert expected[:, 14:].mean() / expected[:, :14].mean() == pytest.approx(2.0, rel=0.12)


def test_the_same_seed_gives_the_same_bytes():
    values, _, _ = two_shapes()
    assert mean_of(daily(values)).tobytes() == mean_of(daily(values)).tobytes()


def test_series_that_never_sold_are_forecast_zero_beside_others():
    values, _, _ = two_shapes()
    values[3] = 0.0
    assert np.array_equal(mean_of(daily(values))[0, 3], np.zeros(28))


def test_a_series_that_had_not_begun_is_unknown():
    values, _, _ = two_shapes()
    values[0, :100] = np.nan
    expected = mean_of(daily(values), origins=[90])
    assert np.isnan(expected[0, 0]).all()
    assert np.isfinite(expected[0, 1:]).all()


@pytest.mark.parametrize(
    ("frequency", "n_periods"), [(Frequency.WEEK, 9), (Frequency.WEEK, 110), (Frequency.MONTH, 30)]
)
def test_weeks_and_months_are_forecast(frequency, n_periods):
    demand = np.random.default_rng(3).poisson(30.0, (8, n_periods)).astype(float)
    expected = mean_of(from_dense(demand, regular(frequency, "2020-01-06", n_periods), list("abcdefgh")), 12)
    assert expected.shape == (1, 8, 12)
    assert np.all((expected > 10) & (expected < 60))


def test_one_enormous_order_does_not_bend_the_forecast_of_the_group():
    values = np.random.default_rng(3).poisson(5.0, (10, 140)).astype(float)
    quiet = mean_of(daily(values))[0, 1:].sum()
    values[0, 100] = 74_215.0
    assert mean_of(daily(values))[0, 1:].sum() == pytest.approx(quiet, rel=0.1)
