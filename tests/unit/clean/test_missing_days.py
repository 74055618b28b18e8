"""What a period without a sales line means."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.clean.rules.missing_days import MissingDays
from core.series.panel import from_dense

NAN = np.nan
DAYS = regular(Frequency.DAY, "2024-01-01", 6)


def panel(values, on_hand=None, **more):
    drivers = {} if on_hand is None else {"on_hand": np.array([on_hand], float)}
    return from_dense(np.array([values], float), DAYS, ["A"], drivers=drivers | more.pop("drivers", {}), **more)


def repaired(given, mode="auto"):
    result, findings = MissingDays(mode).repair(given)
    return result.dense()[0], result.dense(result.censored, fill=0.0)[0].astype(bool).tolist(), findings


def test_days_without_a_sale_sold_nothing_after_the_first_sale():
    values, censored, _ = repaired(panel([NAN, 3, NAN, 2, NAN, NAN]))
    np.testing.assert_array_equal(values, [NAN, 3, 0, 2, 0, 0])
    assert not any(censored)


def test_zeros_are_reported_once_per_series_with_their_number():
    _, _, findings = repaired(panel([NAN, 3, NAN, 2, NAN, NAN]))
    assert [(found.period, found.before, found.after, found.periods) for found in findings] == [
        ("2024-01-03/2024-01-06", None, 0.0, 3)
    ]
    assert findings[0].reason == "3 periods without a sale count as nothing sold"


def test_a_series_given_from_the_calendars_start_begins_with_its_first_sale():
    result, _ = MissingDays().repair(panel([NAN, NAN, 3, 1, 1, 1], starts=np.array([0])))
    assert result.starts.tolist() == [2]


def test_a_day_begun_and_ended_without_stock_is_out_of_stock():
    values, censored, findings = repaired(panel([5, NAN, NAN, 4, 1, 1], on_hand=[9, 0, 0, 7, 7, 7]))
    np.testing.assert_array_equal(values, [5, 0, 0, 4, 1, 1])
    # On the second day stock was there in the morning, so nothing sold is a true zero.
    assert censored == [False, False, True, False, False, False]
    assert [found.period for found in findings] == ["2024-01-02", "2024-01-03"]


def test_a_day_that_sold_out_has_at_least_the_demand_it_sold():
    values, censored, findings = repaired(panel([5, 2, 1, 4, 1, 1], on_hand=[9, 0, 8, 7, 7, 7]))
    assert (values[1], censored) == (2.0, [False, True, False, False, False, False])
    assert (findings[0].before, findings[0].after) == (2.0, 2.0)
    assert findings[0].reason == "Sold out by the end of the period: demand may have been higher"


def test_a_line_of_zero_units_without_stock_is_out_of_stock_too():
    assert repaired(panel([5, 2, 0, 4, 1, 1], on_hand=[9, 0, 0, 7, 7, 7]))[1][2]


def test_stock_unknown_the_day_before_does_not_hide_a_stock_out():
    assert repaired(panel([5, 1, NAN, 4, 1, 1], on_hand=[9, NAN, 0, 7, 7, 7]))[1][2]


@pytest.mark.parametrize(
    ("values", "on_hand", "out"),
    [
        ([5, NAN, NAN, NAN, NAN, 4], [9, 0, NAN, NAN, 0, 7], [2, 3, 4]),
        ([5, NAN, NAN, 1, NAN, 4], [9, 0, NAN, NAN, 0, 7], [4]),
        ([5, NAN, NAN, NAN, 1, 4], [9, 0, NAN, NAN, 0, 7], [4]),
        ([5, NAN, NAN, NAN, NAN, 4], [9, 0, NAN, NAN, 6, 7], []),
    ],
    ids=["nothing sold", "sold between", "sold on the day of the second count", "stock again"],
)
def test_between_two_counts_of_no_stock_the_shelf_was_empty_unless_something_was_sold(values, on_hand, out):
    assert np.flatnonzero(repaired(panel(values, on_hand=on_hand))[1]).tolist() == out


def test_between_two_counts_of_no_stock_far_apart_goods_may_have_come_and_gone():
    days = regular(Frequency.DAY, "2024-01-01", 40)
    values, stock = np.full((1, 40), NAN), np.full((1, 40), NAN)
    values[0, [0, 39]], stock[0, [1, 38]] = 5, 0
    given = from_dense(values, days, ["A"], drivers={"on_hand": stock})
    assert np.flatnonzero(MissingDays().repair(given)[0].censored).tolist() == [1, 38]


def test_unknown_stock_means_nothing_sold():
    values, censored, _ = repaired(panel([5, NAN, 1, 1, 1, 1], on_hand=[NAN] * 6))
    assert (values[1], any(censored)) == (0.0, False)


def test_stock_of_one_series_says_nothing_about_the_next():
    # The close before the second series' first day is unknown, not the first series' last close of 5.
    two = from_dense(
        np.array([[1, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1.0]]),
        DAYS,
        ["A", "B"],
        drivers={"on_hand": np.array([[5, 5, 5, 5, 5, 5], [0, 5, 5, 5, 5, 5]], float)},
    )
    assert np.flatnonzero(MissingDays().repair(two)[0].censored).tolist() == [6]


def test_from_the_end_of_sale_on_nothing_is_demanded():
    values, _, _ = repaired(panel([5, NAN, 1, NAN, NAN, NAN], attributes={"discontinued_on": np.array(["2024-01-05"])}))
    np.testing.assert_array_equal(values, [5, 0, 1, 0, NAN, NAN])


def test_a_driver_can_end_the_sale_too():
    values, _, _ = repaired(
        panel([5, NAN, 1, NAN, NAN, NAN], drivers={"discontinued": np.array([[0, 0, 0, 1, 1, 1.0]])})
    )
    np.testing.assert_array_equal(values, [5, 0, 1, NAN, NAN, NAN])


@pytest.mark.parametrize(
    ("launched", "start"),
    [("2024-01-02", 1), ("2023-11-01", 0), ("2024-01-05", 3), ("", 3), (None, 3), ("2025-01-01", 3)],
)
def test_a_launch_before_the_first_sale_begins_the_series(launched, start):
    given = panel([NAN, NAN, NAN, 3, 1, 1], attributes={"launched_on": np.array([launched], dtype=object)})
    result, _ = MissingDays().repair(given)
    assert result.starts.tolist() == [start]
    assert result.values.tolist() == [0.0] * (3 - start) + [3, 1, 1]


@pytest.mark.parametrize(
    ("mode", "value", "censored"), [("zero", 0.0, False), ("not on sale", NAN, False), ("out of stock", 0.0, True)]
)
def test_the_planner_can_say_what_an_empty_day_means(mode, value, censored):
    values, flags, _ = repaired(panel([5, NAN, 1, 1, 1, 1], on_hand=[0] * 6), mode)
    np.testing.assert_array_equal(values[1], value)
    assert flags == [False, censored, False, False, False, False]


def test_drivers_and_future_values_stay_with_their_series():
    given = panel(
        [NAN, NAN, 3, 1, 1, 1],
        starts=np.array([0]),
        drivers={"price": np.array([[1, 2, 3, 4, 5, 6.0]])},
        future_drivers={"price": np.array([[7.0, 8.0]])},
    )
    result, _ = MissingDays().repair(given)
    assert result.drivers["price"].tolist() == [3, 4, 5, 6]
    assert result.future_drivers["price"].tolist() == [[7, 8]]


def test_a_series_that_never_sold_stays_empty():
    result, findings = MissingDays().repair(panel([NAN] * 6, starts=np.array([0])))
    assert (result.lengths.tolist(), findings) == ([0], [])


@pytest.mark.parametrize(
    ("frequency", "closed", "launched", "begins"),
    [
        (Frequency.DAY, [6], "2024-01-07", "2024-01-08"),  # a Sunday on which the shop is shut
        (Frequency.WEEK, [], "2024-01-10", "2024-01-08"),
    ],
)
def test_a_launch_begins_with_its_week_or_the_first_trading_day_from_it_on(frequency, closed, launched, begins):
    calendar = regular(frequency, "2024-01-01", 12, closed_weekdays=closed)
    launch = {"launched_on": np.array([launched], dtype=object)}
    given = from_dense(np.array([[NAN] * 10 + [3, 1]]), calendar, ["A"], attributes=launch)
    result, _ = MissingDays().repair(given)
    assert str(calendar.periods[result.starts[0]]) == begins
