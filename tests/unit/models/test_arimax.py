import dataclasses

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.library.arima import Arima
from core.models.library.arimax import Arimax
from core.series.panel import from_dense

N, HORIZON = 300, 14


def panel(values, past=None, ahead=None, frequency=Frequency.DAY):
    values = np.atleast_2d(np.asarray(values, float))
    names = [f"S{i}" for i in range(len(values))]
    calendar = regular(frequency, "2022-01-03", values.shape[1])
    return from_dense(values, calendar, names, drivers=past or {}, future_drivers=ahead or {})


def wandering(n_series=12, n_periods=N, seed=3):
    """A level that mostly stays, with the noise of a day on top."""
    rng = np.random.default_rng(seed)
    return 100.0 + np.cumsum(rng.normal(size=(n_series, n_periods)), axis=1) + rng.normal(size=(n_series, n_periods))


def switches(n_series=12, n_periods=N, seed=5):
    return (np.random.default_rng(seed).random((n_series, n_periods)) < 0.15).astype(float)


def fitted(history, **settings):
    return Arimax(**settings).fit(history, seed=1)


def test_the_effect_of_a_promotion_is_found_beneath_a_wandering_level():
    promotion = switches()
    point = fitted(panel(wandering() + 20.0 * promotion, {"promotion": promotion})).point
    np.testing.assert_allclose(point.coefficients[:, 0], 20.0, atol=1.5)


def test_effects_are_generalised_and_not_ordinary_least_squares():
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    promotion = np.repeat(switches(1, N // 10), 10, axis=1)
    demand = wandering(1) + 5.0 * promotion
    point = fitted(panel(demand, {"promotion": promotion}), seasonality="none").point
    order = point.noise.orders[0]
    exact = SARIMAX(demand[0], exog=promotion[0], order=tuple(order[:3]), trend="c" if order[6] else None)
    likeliest = exact.fit(disp=False).params[exact.param_names.index("x1")]
    ordinary = np.polyfit(promotion[0], demand[0], 1)[0]
    assert point.coefficients[0, 0] == pytest.approx(likeliest, abs=0.1)
    assert abs(ordinary - likeliest) > 0.5


def test_a_planned_promotion_raises_its_days_only():
    promotion, plan = switches(), np.zeros((12, HORIZON))
    plan[:, 4] = 1.0
    known = {"promotion": promotion}
    demand = wandering() + 20.0 * promotion
    with_plan = fitted(panel(demand, known, {"promotion": plan})).mean(HORIZON)
    without = fitted(panel(demand, known, {"promotion": 0 * plan})).mean(HORIZON)
    np.testing.assert_allclose((with_plan - without)[:, 4], 20.0, atol=3.0)
    np.testing.assert_array_equal(np.delete(with_plan - without, 4, axis=1), 0.0)


@pytest.mark.parametrize("method", [Arima(), Arimax()], ids=["arima", "arimax"])
def test_it_says_that_it_uses_drivers_exactly_where_they_change_the_forecast(method):
    known = {"promotion": switches()}
    demand = wandering() + 20.0 * known["promotion"]
    plans = [{"promotion": np.full((12, HORIZON), share)} for share in (0.0, 1.0)]
    never, always = (method.fit(panel(demand, known, plan), seed=1).mean(HORIZON) for plan in plans)
    assert method.capabilities.drivers == (not np.array_equal(never, always))


def test_a_price_cut_sells_more_as_it_did_before():
    price = np.where(switches(), 8.0, 10.0)
    demand = wandering() * (price / 10.0) ** -2
    plan = np.full((12, HORIZON), 8.0)
    cheap = fitted(panel(demand, {"price": price}, {"price": plan})).mean(HORIZON)
    dear = fitted(panel(demand, {"price": price}, {"price": 10.0 + 0 * plan})).mean(HORIZON)
    np.testing.assert_allclose((cheap / dear).mean(), (8.0 / 10.0) ** -2, rtol=0.1)


def test_an_effect_never_goes_far_beyond_what_was_seen():
    price = np.where(switches(), 8.0, 10.0)
    demand = wandering() * (price / 10.0) ** -2
    given = fitted(panel(demand, {"price": price}, {"price": np.full((12, HORIZON), 0.01)})).mean(HORIZON)
    assert (given < 2.0 * demand.max()).all()


def test_shared_events_of_days_reach_their_eve():
    event = np.zeros(N)
    event[::20] = 1.0
    eve = np.roll(event, -1)
    demand = wandering() + 30.0 * event + 15.0 * eve
    given = {"event:sale": np.repeat(event[None], 12, axis=0)}
    plan = np.zeros((12, HORIZON))
    plan[:, 6] = 1.0
    rise = (
        fitted(panel(demand, given, {"event:sale": plan})).mean(HORIZON)
        - fitted(panel(demand, given, {"event:sale": 0 * plan})).mean(HORIZON)
    ).mean(axis=0)
    assert rise[6] == pytest.approx(30.0, abs=6.0)
    assert rise[5] > 5.0
    assert rise[:2].max() < 1.0


def test_a_driver_without_effect_is_mostly_left_out():
    point = fitted(panel(wandering(40), {"promotion": switches(40)})).point
    assert np.mean(point.coefficients != 0) < 0.4


def test_without_drivers_it_is_the_arima_alone():
    history = panel(wandering(3))
    np.testing.assert_array_equal(fitted(history).mean(HORIZON), Arima().fit(history, seed=1).mean(HORIZON))


def test_drivers_nobody_plans_are_not_used():
    clicks = {"clicks": wandering(3) * 7.0}
    history = panel(wandering(3), clicks)
    np.testing.assert_array_equal(fitted(history).mean(HORIZON), Arima().fit(history, seed=1).mean(HORIZON))


def test_gaps_and_young_series_bend_no_effect():
    promotion = switches()
    demand = wandering() + 20.0 * promotion
    demand[np.random.default_rng(8).random(demand.shape) < 0.15] = np.nan
    demand[5, :200] = np.nan
    point = fitted(panel(demand, {"promotion": promotion})).point
    np.testing.assert_allclose(point.coefficients[:, 0], 20.0, atol=2.5)


def test_a_constant_with_promotions_comes_back_exactly():
    history = panel(np.full((2, 60), 7.0), {"promotion": switches(2, 60)}, {"promotion": np.ones((2, HORIZON))})
    assert (fitted(history).mean(HORIZON) == 7.0).all()


def test_an_earlier_origin_sees_nothing_later():
    promotion = switches(3)
    demand = wandering(3) + 20.0 * promotion
    point = fitted(panel(demand, {"promotion": promotion})).point
    later = demand.copy()
    later[:, 200:] = 999.0
    other = dataclasses.replace(point, history=panel(later, {"promotion": promotion}))
    origins = np.array([50, 120, 200])
    np.testing.assert_array_equal(point.mean_at(origins, 7), other.mean_at(origins, 7))


def test_each_series_is_fitted_as_if_it_were_alone():
    promotion = switches(6)
    history = panel(wandering(6) + 20.0 * promotion, {"promotion": promotion})
    order = np.array([4, 0, 2])
    alone = fitted(history.take(order)).mean(HORIZON)
    np.testing.assert_allclose(alone, fitted(history).mean(HORIZON)[order], rtol=1e-9)
