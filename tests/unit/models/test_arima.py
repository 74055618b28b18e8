import dataclasses

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import InsufficientHistoryError
from core.models.box_jenkins import OrderSearch, fit_orders, prepared
from core.models.kernels.arima_filter import forecasts
from core.models.library.arima import Arima
from core.series.panel import from_dense

DAY, WEEK, MONTH = Frequency.DAY, Frequency.WEEK, Frequency.MONTH
N = 300


def panel(values, frequency=DAY, **parts):
    values = np.atleast_2d(np.asarray(values, float))
    names = [f"S{i}" for i in range(len(values))]
    return from_dense(values, regular(frequency, "2022-01-03", values.shape[1]), names, **parts)


def ahead(history, horizon=14, **settings):
    """Expected units after the last period, shape (n_series, horizon)."""
    return Arima(**settings).fit(history, seed=1).mean(horizon)


def shocks(n_series=24, n_periods=N, seed=7):
    return np.random.default_rng(seed).normal(size=(n_series, n_periods))


def recursion(phi=0.0, theta=0.0, lag=1):
    """y[t] = φ y[t − lag] + e[t] + θ e[t − lag], around 100."""
    e = shocks()
    y = e.copy()
    for t in range(lag, N):
        y[:, t] += phi * y[:, t - lag] + theta * e[:, t - lag]
    return y + 100.0


def chosen(values, **settings):
    return Arima(**settings).fit(panel(values), seed=1).point.orders


def test_an_autoregression_is_recognised():
    orders = chosen(recursion(phi=0.7), seasonality="none")
    assert np.mean((orders[:, 0] >= 1) & (orders[:, 1] == 0)) > 0.7
    assert np.mean((orders[:, 0] == 1) & (orders[:, 2] == 0)) > 0.5


def test_a_moving_average_is_recognised():
    orders = chosen(recursion(theta=0.6), seasonality="none")
    assert np.mean((orders[:, 2] >= 1) & (orders[:, 1] == 0)) > 0.7


def test_a_random_walk_is_differenced_and_needs_little_else():
    orders = chosen(np.cumsum(shocks(), axis=1) + 100.0, seasonality="none")
    assert np.mean(orders[:, 1] == 1) > 0.9
    assert np.mean(orders[:, 0] + orders[:, 2] <= 1) > 0.7


def test_a_seasonal_autoregression_gets_a_seasonal_term():
    orders = chosen(recursion(phi=0.6, lag=7), seasonality="terms")
    assert np.mean(orders[:, 3] + orders[:, 4] + orders[:, 5] >= 1) > 0.9


def test_noise_gets_no_terms_and_a_mean():
    orders = chosen(shocks() + 100.0, seasonality="none")
    assert np.mean(orders[:, [0, 1, 2]].sum(axis=1) == 0) > 0.6
    assert (orders[orders[:, 1] == 0, 6] == 1).all()


def test_a_strong_fixed_season_is_differenced_by_terms():
    week = 30.0 * np.array([0, 1, 2, 3, 2, 1, 0.0])
    orders = chosen(shocks(4) + 100.0 + np.tile(week, 43)[:N], seasonality="terms")
    assert (orders[:, 4] == 1).all()


@pytest.fixture
def sarimax():
    """Imported by the worker that runs these tests alone: it takes a second."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    return SARIMAX


@pytest.mark.parametrize(
    ("order", "seasonal", "par"),
    [
        ((2, 0, 1), (0, 0, 0, 0), [0.5, 0.2, 0.0, 0.4, 0.0, 0.0, 0.0]),
        ((0, 1, 2), (0, 0, 0, 0), [0.0, 0.0, 0.0, -0.5, 0.2, 0.0, 0.0]),
        ((1, 1, 1), (1, 0, 1, 7), [0.4, 0.0, 0.6, -0.5, 0.0, -0.3, 0.0]),
        ((0, 1, 1), (0, 1, 1, 7), [0.0, 0.0, 0.0, -0.4, 0.0, -0.6, 0.0]),
    ],
)
def test_forecasts_for_given_parameters_agree_with_the_kalman_filter(order, seasonal, par, sarimax):
    y = np.cumsum(shocks(1, 600)[0]) * 0.3 + shocks(1, 600, seed=8)[0]
    exact = sarimax(y, order=order, seasonal_order=seasonal)
    values = [par[0], par[1], par[3], par[4], par[2], par[5]]
    used = [values[k] for k in (0, 1, 2, 3, 4, 5) if values[k] != 0.0]
    expected = exact.filter([*used, 1.0]).forecast(20)
    result = np.empty((1, 1, 20))
    full = np.array([[order[0], order[1], order[2], seasonal[0], seasonal[1], seasonal[2], 0]])
    scales, start = np.array([[0.0, 1.0, 0.0]]), np.zeros(1, np.int64)
    season = np.array([seasonal[3]])
    forecasts(0, 1, y[None], start, full, np.array([par]), scales, np.array([600]), season, result)
    np.testing.assert_allclose(result[0, 0], expected, atol=1e-3)


def test_a_gap_is_bridged_as_the_kalman_filter_does(sarimax):
    y = recursion(phi=0.8)[0] - 100.0
    y[[150, 151, 297]] = np.nan
    result = np.empty((1, 1, 5))
    order, par = np.array([[1, 0, 0, 0, 0, 0, 0]]), np.array([[0.8, 0, 0, 0, 0, 0, 0]])
    scales, zero = np.array([[0.0, 1.0, 0.0]]), np.zeros(1, np.int64)
    forecasts(0, 1, y[None], zero, order, par, scales, np.array([N]), zero, result)
    np.testing.assert_allclose(result[0, 0], sarimax(y, order=(1, 0, 0)).filter([0.8, 1.0]).forecast(5), atol=1e-6)


def test_gaps_do_not_bend_the_parameters():
    values = recursion(phi=0.8)
    values[np.random.default_rng(1).random(values.shape) < 0.2] = np.nan
    point = Arima(seasonality="none", max_order=1).fit(panel(values), seed=1).point
    simple = (point.orders[:, 0] == 1) & (point.orders[:, 2] == 0) & (point.orders[:, 1] == 0)
    assert simple.sum() >= 5
    assert point.parameters[simple, 0].mean() == pytest.approx(0.8, abs=0.05)


def test_parameters_are_close_to_exact_maximum_likelihood(sarimax):
    y = recursion(phi=0.7)[:1]
    point = Arima(seasonality="none", max_order=1).fit(panel(y), seed=1).point
    exact = sarimax(y[0], order=(1, 0, 0), trend="c").fit(disp=False)
    assert point.orders[0].tolist() == [1, 0, 0, 0, 0, 0, 1]
    assert point.parameters[0, 0] == pytest.approx(exact.params[1], abs=0.02)


@pytest.mark.parametrize("seasonality", ["profile", "terms", "none"])
@pytest.mark.parametrize("level", [0.0, 0.1, 12.0])
def test_a_constant_comes_back_exactly(seasonality, level):
    assert (ahead(panel(np.full((1, 60), level)), seasonality=seasonality) == level).all()


def test_a_short_series_is_refused_by_name():
    values = np.ones((2, 30))
    values[1, :11] = np.nan
    with pytest.raises(InsufficientHistoryError, match=r"needs at least 20 periods of history; 1 SKUs have fewer.*S1"):
        Arima().fit(panel(values), seed=1)


def test_a_steady_rise_goes_on():
    expected = ahead(panel(10.0 + 0.5 * np.arange(80) + 0.01 * shocks(1, 80)), horizon=4, seasonality="none")
    np.testing.assert_allclose(expected[0], 10.0 + 0.5 * np.arange(80, 84), atol=0.1)


def test_a_falling_series_stops_at_nothing():
    expected = ahead(panel(np.maximum(40.0 - 0.5 * np.arange(80), 0.2)), horizon=30)
    assert (expected >= 0).all()


def test_the_week_keeps_its_shape():
    week = np.array([1, 2, 3, 4, 5, 8, 12.0])
    demand = np.tile(week, 12) * np.exp(0.05 * shocks(1, 84))
    for seasonality in ("profile", "terms"):
        np.testing.assert_allclose(ahead(panel(demand), seasonality=seasonality)[0, :7], week, rtol=0.15)


def test_a_weekday_without_sales_is_expected_to_stay_so():
    demand = np.tile([5, 6, 7, 6, 5, 9, 0.0], 20) + 0.0
    assert ahead(panel(demand))[0, 6] == 0.0
    assert ahead(panel(demand))[0, 5] == pytest.approx(9.0, abs=0.5)


def test_a_year_of_weeks_is_taken_off_once_two_are_known():
    year = 20.0 + 10.0 * np.sin(2 * np.pi * np.arange(52) / 52)
    noise = 0.3 * shocks(1, 156)
    expected = ahead(panel(np.tile(year, 3) + noise, WEEK), horizon=26)
    np.testing.assert_allclose(expected[0], year[:26], atol=2.5)
    flat = ahead(panel(np.tile(year, 3)[:100] + noise[0, :100], WEEK), horizon=8)
    assert np.isfinite(flat).all()


def test_months_use_terms_of_a_year():
    year = 50.0 + 20.0 * np.cos(2 * np.pi * np.arange(12) / 12)
    history = panel(np.tile(year, 6) + shocks(1, 72), MONTH)
    fitted = Arima(seasonality="terms").fit(history, seed=1)
    assert fitted.point.seasons.tolist() == [12]
    np.testing.assert_allclose(fitted.mean(12)[0], year, atol=5.0)


def test_seasonal_terms_need_four_seasons():
    history = panel(shocks(1, 27) + 10.0)
    assert Arima(seasonality="terms").fit(history, seed=1).point.seasons.tolist() == [0]


@pytest.mark.parametrize("seasonality", ["profile", "terms"])
def test_each_series_is_fitted_as_if_it_were_alone(seasonality):
    values = recursion(phi=0.5)[:6]
    values[2, :120] = np.nan
    values[4, 60:70] = np.nan
    together = ahead(panel(values), seasonality=seasonality)
    order = np.array([4, 0, 2])
    np.testing.assert_array_equal(ahead(panel(values).take(order), seasonality=seasonality), together[order])
    np.testing.assert_allclose(ahead(panel(values[2:3, 120:]), seasonality=seasonality)[0].sum(), together[2].sum())


def test_an_earlier_origin_sees_nothing_later():
    values = recursion(phi=0.8)[:3, :120]
    values[1, :40] = np.nan
    values[2, 55] = np.nan
    point = Arima(seasonality="terms").fit(panel(values), seed=1).point
    changed = values.copy()
    changed[:, 80:] = 999.0
    other = dataclasses.replace(point, history=panel(changed))
    origins = np.array([30, 41, 80, 120])
    before, after = point.mean_at(origins, 7), other.mean_at(origins, 7)
    np.testing.assert_array_equal(before[:3], after[:3])
    assert np.isnan(before[0, 1]).all()
    assert np.isfinite(before[1:, 1]).all()
    assert not np.allclose(before[3], after[3])


def test_out_of_stock_zeros_are_not_read_as_demand():
    values = 20.0 + shocks(1, 200)
    values[0, 150:] = 0.0
    empty = values == 0.0
    assert ahead(panel(values, censored=empty)).mean() == pytest.approx(20.0, abs=0.7)
    assert ahead(panel(values, censored=empty)).mean() > ahead(panel(values)).mean() + 10.0


def test_orders_that_are_left_out_could_not_have_won():
    values = np.cumsum(0.3 * shocks(8), axis=1) + shocks(8, seed=8) + 100.0
    search = OrderSearch(seasonality="terms")
    ready = prepared(panel(values), search)
    alone = [
        fit_orders(panel(values), dataclasses.replace(ready, candidates=order[None]), ready.standard).scales[:, 2]
        for order in ready.candidates
    ]
    found = fit_orders(panel(values), ready, ready.standard).scales[:, 2]
    assert np.mean(found - np.min(alone, axis=0)) < 0.2


def test_the_small_search_has_no_seasonal_terms():
    orders = chosen(recursion(phi=0.6, lag=7), seasonality="terms", search="small")
    assert (orders[:, [3, 5]] == 0).all()


def test_the_largest_order_is_respected():
    assert chosen(recursion(phi=0.7), seasonality="none", max_order=0)[:, [0, 2]].max() == 0


def test_labels_read_like_the_literature():
    point = Arima(seasonality="terms").fit(panel(shocks(1) + 100.0), seed=1).point
    orders = np.array([[0, 1, 1, 0, 1, 1, 0]])
    assert dataclasses.replace(point, orders=orders).labels().tolist() == ["(0,1,1)(0,1,1)7"]
    for season in (0, 7):
        plain = dataclasses.replace(point, orders=np.array([[1, 0, 0, 0, 0, 0, 1]]), seasons=np.array([season]))
        assert plain.labels().tolist() == ["(1,0,0) with mean"]
