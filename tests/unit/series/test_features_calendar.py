"""Columns of the calendar and of drivers."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.series.features_calendar import (
    calendar_columns,
    month_columns,
    month_day_columns,
    month_place_columns,
    weekday_columns,
    yearly_columns,
)
from core.series.features_drivers import (
    aftermath,
    behaviour_drivers,
    common_row,
    event_drivers,
    event_plans,
    log_price,
    reaching,
    run_up,
    switch,
)
from core.series.panel import from_dense


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


def named(columns, name):
    return columns.values[:, columns.names.index(name)].tolist()


def test_weekday_columns_mark_the_day_of_the_week():
    columns = weekday_columns(days("2024-01-01", "2024-01-07"))
    assert named(columns, "weekday_0") == [1.0, 0.0]
    assert named(columns, "weekday_6") == [0.0, 1.0]


def test_month_columns_mark_the_month():
    assert named(month_columns(days("2024-02-01", "2024-12-01")), "month_12") == [0.0, 1.0]


def test_month_day_columns_mark_the_day_of_the_month():
    assert named(month_day_columns(days("2024-02-29", "2024-03-01")), "month_day_29") == [1.0, 0.0]


def test_the_end_of_february_is_known_in_leap_years():
    columns = month_place_columns(days("2024-02-26", "2024-02-27", "2023-02-26"))
    assert named(columns, "month_end") == [0.0, 1.0, 1.0]


def test_the_yearly_wave_comes_back_after_a_year():
    columns = yearly_columns(days("2023-06-01", "2024-06-01"), Frequency.DAY, 2)
    assert np.allclose(columns.values[0], columns.values[1], atol=0.04)


def test_a_month_stands_at_its_middle_in_the_yearly_wave():
    month = yearly_columns(days("2024-01-01"), Frequency.MONTH, 1)
    day = yearly_columns(days("2024-01-16"), Frequency.DAY, 1)
    assert np.allclose(month.values, day.values, atol=0.02)


def test_future_periods_follow_the_trading_calendar():
    calendar = regular(Frequency.DAY, "2024-01-04", 2, closed_weekdays=[5, 6])
    assert named(calendar_columns(calendar, 2), "weekday_0") == [0.0, 0.0, 1.0, 0.0]


def panel_with(drivers, future=None, values=None):
    n_periods = next(iter(drivers.values())).shape[1]
    demand = np.ones((2, n_periods)) if values is None else values
    calendar = regular(Frequency.DAY, "2024-01-01", n_periods)
    return from_dense(demand, calendar, ["a", "b"], drivers=drivers, future_drivers=future)


def test_drivers_are_sorted_into_events_and_behaviour():
    names = ("event:fair", "price", "clicks", "holiday", "promotion")
    panel = panel_with({name: np.zeros((2, 3)) for name in names})
    assert event_drivers(panel) == ("event:fair", "holiday")
    assert behaviour_drivers(panel) == ("clicks",)


def test_a_price_is_carried_on_but_never_back():
    price = np.array([[np.nan, 2.0, np.nan], [4.0, 0.0, 5.0]])
    found = np.exp(log_price(panel_with({"price": price}), 1))
    assert np.isnan(found[0, 0])
    assert found[0, 1:].tolist() == pytest.approx([2.0, 2.0, 2.0])
    assert found[1].tolist() == pytest.approx([4.0, 4.0, 5.0, 5.0])


def test_a_planned_price_goes_on_from_what_was_sold_for():
    sold, plan = np.array([[2.0, 3.0], [5.0, np.nan]]), np.array([[4.0, np.nan], [np.nan, np.nan]])
    panel = panel_with({"sold_price": sold}, {"price": plan})
    np.testing.assert_allclose(np.exp(log_price(panel, 2)), [[2.0, 3.0, 4.0, 4.0], [5.0, 5.0, 5.0, 5.0]])


def test_a_discount_in_percent_is_scaled_to_the_strongest_seen():
    panel = panel_with({"promotion": np.array([[0.0, 20.0, np.nan], [0.0, 0.0, 40.0]])})
    assert switch(panel, "promotion", 1).tolist() == [[0.0, 0.5, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]


def test_the_strongest_promotion_is_the_same_at_every_origin():
    past, ahead = np.array([[10.0, 0.0, 20.0], [0.0, 40.0, 0.0]]), np.array([[50.0], [0.0]])
    panel = panel_with({"promotion": past}, {"promotion": ahead})
    for origin in (1, 2, 3):
        assert switch(panel.until(origin), "promotion", 3 - origin).tolist() == [[0.2, 0.0, 0.4], [0.0, 0.8, 0.0]]


def test_series_that_begin_later_do_not_break_a_common_row():
    values = np.array([[1.0, 1.0, 1.0], [np.nan, 1.0, 1.0]])
    panel = panel_with({"holiday": np.array([[1.0, 0.0, 1.0]] * 2)}, values=values)
    row = common_row(switch(panel, "holiday", 1), panel)
    assert row.tolist() == [1.0, 0.0, 1.0, 0.0]


def test_events_that_all_series_share_are_planned_in_one_row():
    own = np.array([[1.0, 0.0], [0.0, 0.0]])
    plans = event_plans(panel_with({"holiday": np.array([[1.0, 0.0]] * 2), "event:own": own}))
    assert {name: plan.tolist() for name, plan in plans.items()} == {"event:own": own.tolist(), "holiday": [[1.0, 0.0]]}


def test_a_plan_reaches_as_far_as_asked_and_holds_nothing_after_its_end():
    assert reaching(np.array([[1.0, 0.0, 1.0]]), 5).tolist() == [[1.0, 0.0, 1.0, 0.0, 0.0]]
    assert reaching(np.array([1.0, 0.0, 1.0]), 2).tolist() == [1.0, 0.0]


def test_series_with_different_events_have_no_common_row():
    panel = panel_with({"holiday": np.array([[1.0, 0.0], [0.0, 0.0]])})
    assert common_row(switch(panel, "holiday", 0), panel) is None


def test_an_event_is_felt_four_days_before_and_two_after():
    flags = np.array([0, 0, 0, 0, 0, 1.0, 0, 0, 0])
    assert run_up(flags).tolist() == [0, 0.25, 0.5, 0.75, 1.0, 0, 0, 0, 0]
    assert aftermath(flags).tolist() == [0, 0, 0, 0, 0, 0, 1.0, 0.5, 0]
