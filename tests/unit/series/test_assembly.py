"""Rows onto the calendar, drivers onto the series."""

from dataclasses import replace

import numpy as np

from core.base.calendar import Frequency, regular
from core.series.assembly import RARE, DriverRows, UnitRows, dense_units, given_until, join_drivers, with_common_events
from core.series.coded import Coded

CALENDAR = regular(Frequency.DAY, "2024-01-01", 6)


def text(*values: str) -> np.ndarray:
    return np.array(values, dtype=object)


def days(*values: str) -> np.ndarray:
    return np.array(values, "datetime64[D]")


def test_rows_of_one_period_add_up_and_gaps_stay_unknown() -> None:
    rows = UnitRows(
        Coded.of(["A", "A", "B"]),
        Coded.of(["x", "x", "x"]),
        days("2024-01-02", "2024-01-02", "2024-01-04"),
        np.array([2.0, 3.0, 7.0]),
    )
    dense = dense_units(rows, CALENDAR)
    assert dense.skus.tolist() == ["A", "B"]
    assert np.nan_to_num(dense.values, nan=-1).tolist() == [[-1, 5, -1, -1, -1, -1], [-1, -1, -1, 7, -1, -1]]


def test_rows_off_the_calendar_are_left_out() -> None:
    rows = UnitRows(Coded.of(["A", "A"]), Coded.of(["x", "x"]), days("2024-01-02", "2025-01-01"), np.array([2.0, 9.0]))
    assert np.nansum(dense_units(rows, CALENDAR).values) == 2


def drivers(*rows: tuple[str, str, str, str, float]) -> DriverRows:
    names, skus, locations, periods, values = zip(*rows, strict=True)
    return DriverRows(Coded.of(names), Coded.of(skus), Coded.of(locations), days(*periods), np.array(values))


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


def test_of_several_prices_from_before_the_calendar_the_last_one_holds() -> None:
    rows = drivers(("price", "A", "", "2023-06-01", 12.0), ("price", "A", "", "2023-09-01", 15.0))
    past, _future = join_drivers(rows, text("A"), text("x"), CALENDAR, 1)
    assert past["price"][0].tolist() == [15.0] * 6


def test_a_price_of_a_closed_day_gives_way_to_that_of_the_next_open_one() -> None:
    calendar = regular(Frequency.DAY, "2024-01-06", 3, closed_weekdays=[6])
    rows = drivers(*(("price", "A", "", day, value) for day, value in (("2024-01-07", 99.0), ("2024-01-08", 20.0))))
    past, _future = join_drivers(rows, text("A"), text("x"), calendar, 1)
    assert past["price"][0, 1:].tolist() == [20.0, 20.0]


def test_prices_within_a_week_are_averaged_but_not_with_those_before_the_history() -> None:
    calendar = regular(Frequency.WEEK, "2024-01-01", 2)
    rows = drivers(
        *(("price", "A", "", day, value) for day, value in (("2023-06-05", 99.0), ("2024-01-01", 4), ("2024-01-03", 6)))
    )
    past, _future = join_drivers(rows, text("A"), text("x"), calendar, 1)
    assert past["price"][0].tolist() == [5.0, 5.0]


def daily(driver: str, *values: float) -> list[tuple[str, str, str, str, float]]:
    return [(driver, "", "", f"2024-01-0{day + 1}", value) for day, value in enumerate(values)]


def test_a_temperature_holds_where_a_day_is_missing() -> None:
    rows = drivers(*(row for row in daily("temperature", 5, 6, 7, 8, 9, 4) if row[3] != "2024-01-04"))
    past, _future = join_drivers(rows, text("A"), text("x"), CALENDAR, 1)
    assert past["temperature"][0].tolist() == [5, 6, 7, 7, 9, 4]


def test_a_discount_given_only_on_promoted_days_is_nothing_on_the_others() -> None:
    calendar = regular(Frequency.DAY, "2024-01-01", 31)
    rows = drivers(*(("depth", "A", "", f"2024-01-{day:02d}", day / 100) for day in (1, 2, 3, 15, 16, 29, 30)))
    past, _future = join_drivers(rows, text("A"), text("x"), calendar, 1)
    assert past["depth"][0, [3, 13, 16, 30]].tolist() == [0, 0, 0, 0]


def test_a_weekly_figure_holds_for_its_week_of_daily_sales() -> None:
    calendar = regular(Frequency.DAY, "2024-01-01", 35)
    weeks = ("2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22")
    rows = drivers(*(("ads", "", "", day, value) for day, value in zip(weeks, (3.0, 0.0, 5.0, 2.0), strict=True)))
    past, _future = join_drivers(rows, text("A"), text("x"), calendar, 1)
    assert past["ads"][0, [0, 6, 7, 13, 14, 20, 27, 28]].tolist() == [3, 3, 0, 0, 5, 5, 2, 0]


def test_a_weekly_event_is_on_its_own_day_only() -> None:
    rows = drivers(*(("event:market", "", "", day, 1.0) for day in ("2024-01-01", "2024-01-08", "2024-01-15")))
    past, _future = join_drivers(rows, text("A"), text("x"), regular(Frequency.DAY, "2024-01-01", 9), 1)
    assert past["event:market"][0].tolist() == [1, 0, 0, 0, 0, 0, 0, 1, 0]


def test_a_friday_driver_meets_the_week_that_holds_its_friday() -> None:
    calendar = regular(Frequency.WEEK, "2024-01-05", 3)
    past, _future = join_drivers(drivers(("clicks", "", "", "2024-01-12", 4.0)), text("A"), text("x"), calendar, 1)
    assert past["clicks"][0].tolist() == [0, 4, 0]


def test_the_rarest_events_count_together() -> None:
    rows = drivers(
        ("event:sale", "", "", "2024-01-01", 1.0),
        ("event:sale", "", "", "2024-01-02", 1.0),
        ("event:once", "", "", "2024-01-03", 1.0),
        ("holiday:then", "", "", "2024-01-04", 1.0),
        ("price", "", "", "2024-01-01", 9.0),
    )
    kept, rare = with_common_events(rows, at_most=1)
    assert rare == 2
    assert kept.drivers.texts().tolist() == ["event:sale", "event:sale", RARE, RARE, "price"]


def test_few_events_stay_apart() -> None:
    rows = drivers(("event:sale", "", "", "2024-01-01", 1.0), ("event:once", "", "", "2024-01-03", 1.0))
    assert with_common_events(rows, at_most=2) == (rows, 0)


def test_how_far_each_driver_known_ahead_is_given() -> None:
    days_of = [f"2024-01-0{day}" for day in range(1, 10)]
    rows = drivers(
        *((name, "", "", day, float(place % 2)) for place, day in enumerate(days_of) for name in ("radio", "clicks")),
        ("radio", "A", "", "2024-01-12", 1.0),
        *(("price", "", "", day, 5.0 + place) for place, day in enumerate(days_of)),
        *(("promotion", "", "", day, 1.0) for day in days_of),
    )
    found = given_until(rows, text("A", "B"), text("x", "x"), lambda driver: driver != "clicks")
    assert {driver: until.astype(str).tolist() for driver, until in found.items()} == {
        "radio": ["2024-01-12", "2024-01-09"],
        "price": ["2024-01-09", "2024-01-09"],
        "promotion": ["2024-01-09", "2024-01-09"],
    }


def test_a_value_speaks_until_the_next_would_come_but_an_event_for_its_own_day() -> None:
    weeks = [f"2024-01-{day:02d}" for day in (1, 8, 15, 22, 29)]
    rows = drivers(*((name, "", "", day, 5.0 + len(day)) for day in weeks for name in ("event:fair", "clubs")))
    rows = replace(rows, values=rows.values + np.arange(len(rows.values)))
    found = given_until(rows, text("A"), text("x"), lambda _driver: True)
    assert {driver: str(until[0]) for driver, until in found.items()} == {
        "event:fair": "2024-01-29",
        "clubs": "2024-02-04",
    }


def test_what_is_given_for_one_sku_alone_says_nothing_of_the_others() -> None:
    rows = drivers(("price", "A", "", "2024-01-05", 3.0))
    assert given_until(rows, text("A", "B"), text("x", "x"), lambda _driver: True)["price"].astype(str).tolist() == [
        "2024-01-05",
        "NaT",
    ]
