"""Rows onto the calendar, drivers onto the series."""

import numpy as np

from core.base.calendar import Frequency, regular
from core.series.assembly import DriverRows, UnitRows, dense_units, join_drivers

CALENDAR = regular(Frequency.DAY, "2024-01-01", 6)


def text(*values: str) -> np.ndarray:
    return np.array(values, dtype=object)


def days(*values: str) -> np.ndarray:
    return np.array(values, "datetime64[D]")


def test_rows_of_one_period_add_up_and_gaps_stay_unknown() -> None:
    rows = UnitRows(
        text("A", "A", "B"),
        text("x", "x", "x"),
        days("2024-01-02", "2024-01-02", "2024-01-04"),
        np.array([2.0, 3.0, 7.0]),
    )
    dense = dense_units(rows, CALENDAR)
    assert dense.skus.tolist() == ["A", "B"]
    assert np.nan_to_num(dense.values, nan=-1).tolist() == [[-1, 5, -1, -1, -1, -1], [-1, -1, -1, 7, -1, -1]]


def test_rows_off_the_calendar_are_left_out() -> None:
    rows = UnitRows(text("A", "A"), text("x", "x"), days("2024-01-02", "2025-01-01"), np.array([2.0, 9.0]))
    assert np.nansum(dense_units(rows, CALENDAR).values) == 2


def drivers(*rows: tuple[str, str, str, str, float]) -> DriverRows:
    names, skus, locations, periods, values = zip(*rows, strict=True)
    return DriverRows(text(*names), text(*skus), text(*locations), days(*periods), np.array(values))


def test_the_most_specific_driver_value_wins() -> None:
    rows = drivers(
        ("price", "", "", "2024-01-01", 10.0),
        ("price", "A", "", "2024-01-03", 8.0),
        ("price", "A", "x", "2024-01-05", 7.0),
    )
    past, future = join_drivers(rows, text("A", "B"), text("x", "x"), CALENDAR, 2)
    assert past["price"].tolist() == [[10.0, 10.0, 8.0, 8.0, 7.0, 7.0], [10.0] * 6]
    assert future["price"][:, 1].tolist() == [7.0, 10.0]


def test_flags_are_zero_where_nothing_is_given_and_known_ahead() -> None:
    rows = drivers(("promotion", "A", "", "2024-01-02", 1.0), ("promotion", "A", "", "2024-01-08", 1.0))
    past, future = join_drivers(rows, text("A", "B"), text("x", "x"), CALENDAR, 3)
    assert past["promotion"].tolist() == [[0, 1, 0, 0, 0, 0], [0] * 6]
    assert future["promotion"].tolist() == [[0, 1, 0], [0, 0, 0]]


def test_clicks_have_no_future() -> None:
    _past, future = join_drivers(drivers(("clicks", "A", "", "2024-01-02", 5.0)), text("A"), text("x"), CALENDAR, 3)
    assert future == {}


def test_a_price_from_before_the_calendar_still_holds() -> None:
    rows = drivers(("price", "A", "", "2023-06-01", 12.0), ("price", "A", "", "2024-01-04", 9.0))
    past, _future = join_drivers(rows, text("A"), text("x"), CALENDAR, 1)
    assert past["price"][0].tolist() == [12.0, 12.0, 12.0, 9.0, 9.0, 9.0]
