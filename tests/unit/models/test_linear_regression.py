"""Linear regression: effects it must find, and laws it must keep."""

from dataclasses import replace

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import InsufficientHistoryError
from core.models.library.linear_regression import LinearRegression
from core.series.panel import from_dense


def daily(values, drivers=None, future=None, **more):
    calendar = regular(Frequency.DAY, "2022-01-03", values.shape[1])
    names = [f"s{i}" for i in range(len(values))]
    return from_dense(values, calendar, names, drivers=drivers, future_drivers=future, **more)


def mean_of(panel, horizon=28, origins=None, **settings):
    fitted = LinearRegression(**settings).fit(panel, seed=1)
    chosen = np.array([panel.n_periods]) if origins is None else np.asarray(origins)
    return fitted.point.mean_at(chosen, horizon)


def promoted(uplift=2.0, level=50.0, n_periods=500, elasticity=0.0):
    rng = np.random.default_rng(2)
    promotion = (rng.random((4, n_periods)) < 0.1).astype(float)
    price = rng.choice([9.0, 10.0, 11.0], (4, n_periods))
    demand = rng.poisson(level * uplift**promotion * (price / 10) ** elasticity).astype(float)
    return demand, promotion, price


def test_a_constant_series_stays_constant():
    panel = daily(np.array([[7.0] * 400, [0.25] * 400]))
    assert np.allclose(mean_of(panel, 91)[0], [[7.0] * 91, [0.25] * 91], rtol=1e-9)


def test_a_series_that_never_sold_is_forecast_zero():
    assert np.array_equal(mean_of(daily(np.zeros((1, 60))))[0], np.zeros((1, 28)))


def test_a_known_promotion_uplift_is_found():
    demand, promotion, _ = promoted()
    future = np.zeros((4, 28))
    future[:, 14:] = 1.0
    expected = mean_of(daily(demand, {"promotion": promotion}, {"promotion": future}))[0]
    assert expected[:, 14:].mean() / expected[:, :14].mean() == pytest.approx(2.0, rel=0.08)
    assert expected[:, :14].mean() == pytest.approx(50.0, rel=0.05)


def test_a_known_price_elasticity_is_found():
    demand, _, price = promoted(uplift=1.0, elasticity=-2.0)
    future = np.full((4, 28), 10.0)
    future[:, 14:] = 11.0
    expected = mean_of(daily(demand, {"price": price}, {"price": future}))[0]
    assert expected[:, 14:].mean() / expected[:, :14].mean() == pytest.approx(1.1**-2, rel=0.05)


def test_without_drivers_a_planned_promotion_changes_nothing():
    demand, promotion, _ = promoted()
    plans = [np.zeros((4, 28)), np.ones((4, 28))]
    means = [mean_of(daily(demand, {"promotion": promotion}, {"promotion": p}), drivers=False) for p in plans]
    assert np.array_equal(*means)


def test_the_weekday_profile_is_found():
    rng = np.random.default_rng(4)
    profile = np.array([20.0, 20.0, 20.0, 20.0, 20.0, 60.0, 40.0])
    demand = rng.poisson(np.tile(profile, 60)).astype(float)[None, :]
    assert np.allclose(mean_of(daily(demand), 7)[0, 0], profile, rtol=0.12)


def test_a_yearly_event_shared_by_all_is_repeated():
    event = np.zeros((2, 1000))
    event[:, [100, 465, 830]] = 1.0
    future = np.zeros((2, 28))
    future[:, 10] = 1.0
    demand = np.random.default_rng(8).poisson(30 * 4.0**event).astype(float)
    expected = mean_of(daily(demand, {"event:fair": event}, {"event:fair": future}))[0]
    assert np.all(expected[:, 10] > 60)
    assert np.all(expected[:, :6] < 40)


def test_values_after_an_origin_do_not_enter_its_level():
    demand = np.random.default_rng(5).poisson(20.0, (1, 300)).astype(float)
    panel = daily(demand)
    early = mean_of(panel.until(200), origins=[100])
    fitted = LinearRegression().fit(panel.until(200), seed=1)
    assert np.array_equal(fitted.point.mean_at(np.array([100]), 28), early)
    assert np.allclose(mean_of(panel, origins=[100]), early, rtol=0.25)


def test_the_mean_is_unbiased_for_rare_sales():
    demand = (np.random.default_rng(6).random((60, 700)) < 0.05) * 12.0
    expected = mean_of(daily(demand))[0]
    assert expected.mean() == pytest.approx(0.6, rel=0.1)


def test_out_of_stock_days_do_not_lower_the_level():
    demand, censored = np.full((1, 200), 10.0), np.zeros((1, 200), bool)
    demand[0, 150:], censored[0, 150:] = 0.0, True
    assert np.allclose(mean_of(daily(demand, censored=censored))[0], 10.0)


def test_a_long_horizon_does_not_run_away():
    demand = np.random.default_rng(7).poisson(np.linspace(5, 60, 400)).astype(float)[None, :]
    assert mean_of(daily(demand), 400)[0].max() < 150


def test_a_series_that_had_not_begun_is_unknown():
    demand = np.random.default_rng(7).poisson(5.0, (2, 120)).astype(float)
    demand[1, :60] = np.nan
    expected = mean_of(daily(demand), origins=[50, 120])
    assert np.isnan(expected[0, 1]).all()
    assert np.isfinite(expected[0, 0]).all()
    assert np.isfinite(expected[1]).all()


def test_reordering_series_reorders_the_answer():
    demand, promotion, _ = promoted()
    panel = daily(demand, {"promotion": promotion})
    order = np.array([2, 0, 3, 1])
    assert np.allclose(mean_of(panel)[:, order], mean_of(panel.take(order)), rtol=1e-9)


def test_locations_of_a_sku_teach_one_another_its_season():
    rng = np.random.default_rng(3)
    calendar = regular(Frequency.WEEK, "2021-01-04", 104)
    wave = 6.0 * np.exp(0.8 * np.sin(2 * np.pi * (np.arange(112) + 0.5) / 52.18))
    demand = rng.poisson(wave[:104], (12, 104)).astype(float)
    together = from_dense(demand, calendar, ["a"] * 12, locations=[f"l{i}" for i in range(12)])
    apart = from_dense(demand, calendar, [f"s{i}" for i in range(12)])
    errors = [np.abs(mean_of(panel, 8)[0] - wave[104:]).mean() for panel in (together, apart)]
    assert errors[0] < 0.8 * errors[1]


def test_one_week_of_the_year_stands_out():
    calendar = regular(Frequency.WEEK, "2020-01-06", 150)
    demand = np.full((1, 150), 100.0)
    demand[:, [30, 82, 134]] = 300.0
    panel = from_dense(demand[:, :130], calendar.until(130), ["a"])
    expected = mean_of(panel, 8)[0, 0]
    assert expected[4] > 150
    assert np.delete(expected, 4).max() < 130


def test_a_day_on_which_the_shop_always_closes_is_forecast_zero():
    feast = np.zeros((2, 820))
    feast[:, [50, 415, 780]] = 1.0
    demand = np.where(feast[:, :770] > 0, 0.0, 50.0)
    panel = daily(demand, {"event:feast": feast[:, :770]}, {"event:feast": feast[:, 770:798]})
    expected = mean_of(panel)[0]
    assert not expected[:, 10].any()
    np.testing.assert_allclose(np.delete(expected, 10, axis=1), 50.0, rtol=0.02)


def test_growth_of_the_shop_goes_on():
    yearly = 1.2 ** (np.arange(758) / 364)
    expected = mean_of(daily(np.full((3, 1), 80.0) * yearly[:730]))[0]
    np.testing.assert_allclose(expected, np.broadcast_to(80.0 * yearly[730:], (3, 28)), rtol=0.015)


def test_a_longer_history_rolls_the_levels_and_keeps_what_was_learned():
    demand = np.random.default_rng(5).poisson(20.0, (2, 300)).astype(float)
    point = LinearRegression().fit(daily(demand).until(250), seed=1).point
    rolled = replace(point, history=daily(demand))
    np.testing.assert_array_equal(rolled.mean_at(np.array([240]), 7), point.mean_at(np.array([240]), 7))
    assert np.isfinite(rolled.mean_at(np.array([300]), 7)).all()


@pytest.mark.parametrize(("frequency", "n_periods"), [(Frequency.WEEK, 130), (Frequency.MONTH, 40)])
def test_weeks_and_months_follow_the_year(frequency, n_periods):
    calendar = regular(frequency, "2020-01-06" if frequency is Frequency.WEEK else "2020-01-01", n_periods)
    days = np.concatenate([calendar.periods, calendar.following(12)]).astype(int)
    wave = 100 * np.exp(0.4 * np.sin(2 * np.pi * days / 365.25))
    panel = from_dense(wave[None, :n_periods], calendar, ["a"])
    assert np.allclose(mean_of(panel, 12)[0, 0], wave[n_periods:], rtol=0.12)


def test_too_short_a_history_is_refused():
    with pytest.raises(InsufficientHistoryError, match=r"Linear regression needs at least 8 .* e.g. s0"):
        LinearRegression().fit(daily(np.ones((1, 7))), seed=1)


@pytest.mark.parametrize("n_periods", [8, 15, 40])
def test_short_histories_give_finite_forecasts_near_their_level(n_periods):
    demand = np.random.default_rng(9).poisson(10.0, (3, n_periods)).astype(float)
    expected = mean_of(daily(demand), 91)[0]
    assert np.isfinite(expected).all()
    assert expected.max() < 40


def test_a_slow_sellers_chance_week_is_not_taken_for_a_season():
    rng = np.random.default_rng(8)
    expected = mean_of(daily(rng.poisson(0.1, (40, 280)).astype(float)), 28)[0]
    assert (expected.std(axis=1) / expected.mean(axis=1)).mean() < 0.4
