"""Frequencies and trading calendars."""

import numpy as np
import pytest

from core.base.calendar import Frequency, TradingCalendar, regular, weekday


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


def text(periods):
    return periods.astype(str).tolist()


def test_monday_is_weekday_zero():
    assert weekday(days("2024-01-01", "2024-01-07", "1969-12-29")).tolist() == [0, 6, 0]


def test_following_days_skip_closed_weekdays_and_dates():
    calendar = TradingCalendar(Frequency.DAY, days("2024-01-04"), frozenset({5, 6}), days("2024-01-08"))
    assert text(calendar.following(3)) == ["2024-01-05", "2024-01-09", "2024-01-10"]


def test_following_reaches_over_a_long_closing():
    closed = np.arange("2024-01-02", "2024-03-01", dtype="datetime64[D]")
    calendar = TradingCalendar(Frequency.DAY, days("2024-01-01"), closed_dates=closed)
    assert text(calendar.following(2)) == ["2024-03-01", "2024-03-02"]


def test_following_weeks_are_seven_days_apart():
    assert text(regular(Frequency.WEEK, "2024-12-23", 1).following(2)) == ["2024-12-30", "2025-01-06"]


def test_following_months_begin_on_the_first():
    assert text(regular(Frequency.MONTH, "2023-11-01", 1).following(3)) == ["2023-12-01", "2024-01-01", "2024-02-01"]


def test_closed_weekdays_do_not_close_weeks_or_months():
    calendar = TradingCalendar(Frequency.WEEK, days("2024-01-06"), frozenset({5}))
    assert calendar.trades_on(days("2024-01-13")).tolist() == [True]


def test_every_period_after_includes_closed_days():
    calendar = regular(Frequency.DAY, "2024-01-05", 1, closed_weekdays=[5, 6])
    assert text(calendar.every_period_after(3)) == ["2024-01-06", "2024-01-07", "2024-01-08"]


def test_trading_days_within_a_lead_time_are_counted():
    assert regular(Frequency.DAY, "2024-01-05", 1, closed_weekdays=[5, 6]).trading_within(7) == 5


def test_no_following_period_may_be_asked_for():
    assert regular(Frequency.DAY, "2024-01-05", 1).following(0).shape == (0,)


@pytest.mark.parametrize(
    ("frequency", "closed", "expected"),
    [(Frequency.DAY, (), 7), (Frequency.DAY, (5,), 6), (Frequency.WEEK, (), 52), (Frequency.MONTH, (), 12)],
)
def test_the_season_is_the_trading_week_or_the_year(frequency, closed, expected):
    assert regular(frequency, "2024-01-01", 2, closed_weekdays=closed).season_length == expected


def test_a_calendar_can_be_seen_as_it_stood():
    earlier = regular(Frequency.DAY, "2024-01-01", 5, closed_weekdays=[5]).until(3)
    assert len(earlier) == 3
    assert str(earlier.last) == "2024-01-03"
    assert earlier.closed_weekdays == {5}


def test_periods_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        regular(Frequency.DAY, "2024-01-01", 2).periods[0] = np.datetime64("2020-01-01")


@pytest.mark.parametrize(("frequency", "per_year"), [(Frequency.DAY, 365.25), (Frequency.MONTH, 12.0)])
def test_a_year_has_as_many_periods_as_expected(frequency, per_year):
    assert frequency.periods_per_year == pytest.approx(per_year)


def test_horizons_are_in_periods_of_the_frequency():
    assert [frequency.default_horizon for frequency in Frequency] == [28, 8, 4]
    assert [frequency.planning_horizon for frequency in Frequency] == [91, 26, 12]
