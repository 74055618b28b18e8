"""Columns of the calendar regression: events and what surrounds them, closed days, expected sizes."""

import numpy as np

from core.base.calendar import Frequency, regular
from core.models.calendar_columns import Effects, EffectSettings, closed_periods, deviations, week_columns
from core.series.panel import from_dense

ALL = EffectSettings(yearly_pairs=1, drivers=True)


def shop(events, n_periods=100, n_ahead=10, values=None, censored=None):
    """Two series of 30 units a day and shared events; events: name → all rows, past and planned."""
    calendar = regular(Frequency.DAY, "2024-01-01", n_periods)
    demand = np.full((2, n_periods), 30.0) if values is None else values
    rows = {name: np.broadcast_to(row, (2, n_periods + n_ahead)) for name, row in events.items()}
    past = {name: np.ascontiguousarray(row[:, :n_periods]) for name, row in rows.items()}
    planned = {name: row[:, n_periods:] for name, row in rows.items()}
    return from_dense(demand, calendar, ["a", "b"], censored=censored, drivers=past, future_drivers=planned)


def on(*days, length=110):
    row = np.zeros(length)
    row[list(days)] = 1.0
    return row


def column(effects, name):
    return effects.design.shared[:, effects.design.names.index(name)]


def test_a_feast_has_a_column_for_each_day_around_it():
    effects = Effects.of(shop({"event:fair": on(20)}), 0, ALL)
    for by in (-4, -3, -2, -1, 1, 2):
        assert np.flatnonzero(column(effects, f"near {by:+d} event:fair")).tolist() == [20 + by]


def test_the_eve_of_an_event_right_after_the_last_period_is_known():
    effects = Effects.of(shop({"event:fair": on(20, 102)}), 0, ALL)
    assert column(effects, "near -4 event:fair")[98] == 1.0


def test_a_habit_of_the_month_has_a_column_per_weekday_and_none_around_it():
    often = np.arange(110) % 5 == 0
    names = Effects.of(shop({"event:pay": often.astype(float)}), 0, ALL).design.names
    assert sum(name.startswith("weekday_event ") for name in names) == 7
    assert not any(name.startswith("near") for name in names)


def test_columns_do_not_depend_on_how_far_ahead_is_asked():
    panel = shop({"event:fair": on(20, 105), "event:late": on(108)})
    assert Effects.of(panel, 0, ALL).design.names == Effects.of(panel, 10, ALL).design.names
    np.testing.assert_array_equal(
        Effects.of(panel, 10, ALL).design.shared[:100], Effects.of(panel, 0, ALL).design.shared
    )


def test_a_day_without_sales_between_busy_ones_is_closed():
    values = np.full((2, 100), 30.0)
    values[:, 40] = 1.0
    assert np.flatnonzero(closed_periods(shop({}, values=values))).tolist() == [40]


def test_a_day_on_which_all_was_sold_out_is_not_closed():
    values, empty = np.full((2, 100), 30.0), np.zeros((2, 100), bool)
    values[:, [30, 40]], empty[:, 30], empty[0, 40] = 0.0, True, True
    assert np.flatnonzero(closed_periods(shop({}, values=values, censored=empty))).tolist() == [40]


def test_no_day_of_a_shop_of_slow_sellers_is_called_closed():
    values = np.random.default_rng(1).poisson(1.0, (2, 100)).astype(float)
    assert not closed_periods(shop({}, values=values)).any()


def test_an_event_on_which_the_shop_was_always_closed_is_shut_ahead_too():
    values = np.full((2, 100), 30.0)
    values[:, [30, 80]] = 0.0
    panel = shop({"event:feast": on(30, 80, 105), "event:open": on(40, 107)}, values=values)
    assert np.flatnonzero(Effects.of(panel, 10, ALL).shut_at(np.array([100]), 10)).tolist() == [5]


def test_a_past_origin_knows_the_closings_before_it_alone():
    values = np.full((2, 100), 30.0)
    values[:, [30, 60]] = 0.0
    effects = Effects.of(shop({"event:feast": on(30, 60, 90, 105)}, values=values), 10, ALL)
    assert effects.shut_at(np.array([60, 61, 85, 100]), 10).any(axis=1).tolist() == [False, False, True, False]


def test_one_closed_day_does_not_make_an_event_a_closing():
    values = np.full((2, 100), 30.0)
    values[:, 30] = 0.0
    panel = shop({"event:feast": on(30, 105)}, values=values)
    assert not Effects.of(panel, 10, ALL).shut_at(np.array([100]), 10).any()


def test_without_drivers_no_event_is_looked_for():
    names = Effects.of(shop({"event:fair": on(20)}), 0, EffectSettings(1, drivers=False)).design.names
    assert not any("fair" in name for name in names)


def test_waves_faster_than_asked_for_are_expected_to_be_nothing():
    sizes = deviations(("yearly_sin_1", "yearly_cos_2", "yearly_sin_3"), Frequency.WEEK, 2)
    np.testing.assert_allclose(sizes, [0.2, 0.2 / np.sqrt(2), 0.0])


def test_a_week_of_the_year_comes_back_after_52_weeks():
    weeks = week_columns(np.datetime64("2023-01-02") + 7 * np.arange(105)).values.argmax(axis=1)
    assert len(set(weeks[:52].tolist())) == 52
    np.testing.assert_array_equal(weeks[:53], weeks[52:])
