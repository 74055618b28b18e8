"""The trading calendar read off sales lines."""

from dataclasses import replace

import numpy as np
import pytest

from core.base.calendar import Frequency, weekday
from core.base.errors import NoDataError
from core.series.trading import DayCounts, frequency_of, period_start, read_calendar


def counts(days: np.ndarray, lines: int = 40, last_hour: float = 17.0) -> DayCounts:
    return DayCounts(days, np.full(len(days), lines), np.full(len(days), last_hour))


EVERY = np.arange("2024-01-01", "2024-04-01", dtype="datetime64[D]")


def test_a_closed_weekday_is_not_on_the_calendar() -> None:
    trading = read_calendar(counts(EVERY[weekday(EVERY) != 5]), Frequency.DAY)
    assert trading.calendar.closed_weekdays == frozenset({5})
    assert trading.calendar.season_length == 6
    assert not (weekday(trading.calendar.periods) == 5).any()
    assert not (weekday(trading.calendar.following(20)) == 5).any()
    assert "Saturday" in trading.notes[0]


def test_sales_of_a_closed_weekday_are_told_before_they_are_left_out() -> None:
    days = np.arange("2023-01-01", "2024-01-01", dtype="datetime64[D]")
    opened = days[(weekday(days) != 6) | np.isin(days, np.array(["2023-12-10", "2023-12-17"], "datetime64[D]"))]
    trading = read_calendar(counts(opened), Frequency.DAY)
    assert trading.calendar.closed_weekdays == frozenset({6})
    assert trading.notes[1].startswith("80 sales lines of such days")


def test_a_single_closed_day_is_left_out_when_the_shop_is_busy() -> None:
    shut = np.datetime64("2024-02-14")
    trading = read_calendar(counts(EVERY[shut != EVERY]), Frequency.DAY)
    assert shut not in trading.calendar.periods
    assert "14 Feb 2024" in trading.notes[0]


def test_an_empty_day_of_a_slow_shop_stays_a_trading_day() -> None:
    quiet = np.datetime64("2024-02-14")
    trading = read_calendar(counts(EVERY[quiet != EVERY], lines=3), Frequency.DAY)
    assert quiet in trading.calendar.periods


def test_an_unfinished_last_day_is_left_out() -> None:
    hours = np.full(len(EVERY), 17.5)
    hours[-1] = 12.5
    trading = read_calendar(DayCounts(EVERY, np.full(len(EVERY), 40), hours), Frequency.DAY)
    assert trading.calendar.last == EVERY[-2]
    assert "12:30" in trading.notes[0]


MONTHS = np.arange("2024-01", "2024-05", dtype="datetime64[M]").astype("datetime64[D]")


def test_a_last_month_told_before_it_was_over_is_left_out() -> None:
    told = replace(counts(MONTHS), told_on=np.datetime64("2024-04-10"))
    trading = read_calendar(told, Frequency.MONTH)
    assert str(trading.calendar.last) == "2024-03-01"
    assert "from 1 Apr 2024, was not over when its file was loaded on 10 Apr 2024" in trading.notes[0]


@pytest.mark.parametrize(
    ("days", "told_on"),
    [
        (MONTHS, "2024-04-28"), (MONTHS, "2024-05-02"), (MONTHS, "2024-03-20"), (MONTHS, "NaT"),
        (MONTHS + 14, "2024-04-20"),
    ],
    ids=["at its end", "afterwards", "before it began", "nobody knows", "the date may be its end"],
)  # fmt: skip
def test_a_last_month_that_may_be_whole_stays(days: np.ndarray, told_on: str) -> None:
    trading = read_calendar(replace(counts(days), told_on=np.datetime64(told_on, "D")), Frequency.MONTH)
    assert len(trading.calendar) == 4
    assert trading.notes == ()


def stepped(first: str, months: int) -> np.ndarray:
    return (np.datetime64(first, "M") + np.arange(0, 36, months)).astype("datetime64[D]")


@pytest.mark.parametrize(
    ("days", "frequency", "told"),
    [
        (stepped("2021-03", 3), Frequency.MONTH, "only every 3 months"),
        (stepped("2021-12", 12), Frequency.MONTH, "only every 12 months"),
        (np.arange("2024-01-01", "2024-12-01", 14, dtype="datetime64[D]"), Frequency.WEEK, "only every 2 weeks"),
        (np.arange("2024-01-01", "2026-01-01", 28, dtype="datetime64[D]"), Frequency.MONTH, "figures every four weeks"),
    ],
    ids=["quarters", "years", "fortnights", "four weeks"],
)
def test_files_in_other_steps_than_days_weeks_or_months_are_told(
    days: np.ndarray, frequency: Frequency, told: str
) -> None:
    assert frequency_of(days) is frequency
    notes = read_calendar(counts(days), frequency).notes
    assert len(notes) == 1
    assert told in notes[0]


def test_a_time_in_which_nobody_bought_anything_is_told_when_chance_does_not_explain_it() -> None:
    slow = counts(np.delete(EVERY, np.arange(40, 60)), lines=1)
    notes = read_calendar(slow, Frequency.DAY).notes
    assert notes[0].startswith("From 10 Feb 2024 to 29 Feb 2024 the whole shop sold nothing")


def test_a_few_days_without_a_sale_are_not_worth_a_word() -> None:
    assert read_calendar(counts(np.delete(EVERY, np.arange(40, 53)), lines=5), Frequency.DAY).notes == ()


def test_a_missing_month_of_monthly_files_is_told() -> None:
    days = np.delete(stepped("2021-01", 1), [7, 20, 21])
    notes = read_calendar(counts(days), Frequency.MONTH).notes
    assert notes[0].startswith(
        "In 2 stretches, the longest from 1 Sep 2022 to 31 Oct 2022, the whole shop sold nothing"
    )


def test_native_weeks_are_complete() -> None:
    fridays = np.arange("2024-01-05", "2024-06-01", 7, dtype="datetime64[D]")
    trading = read_calendar(counts(fridays), Frequency.WEEK, week_anchor=4)
    assert len(trading.calendar) == len(fridays)
    assert trading.notes == ()


@pytest.mark.parametrize(("step", "expected"), [(1, "day"), (7, "week"), (30, "month")])
def test_frequency_from_gaps(step: int, expected: str) -> None:
    assert frequency_of(np.arange("2024-01-01", "2026-01-01", step, dtype="datetime64[D]")).value == expected


def test_week_starts_on_its_anchor() -> None:
    wednesday = np.array(["2024-01-10"], "datetime64[D]")
    assert str(period_start(wednesday, Frequency.WEEK, 0)[0]) == "2024-01-08"
    assert str(period_start(wednesday, Frequency.WEEK, 4)[0]) == "2024-01-05"


def test_no_lines_is_said_plainly() -> None:
    with pytest.raises(NoDataError, match="no sales lines yet"):
        read_calendar(counts(EVERY[:0]), Frequency.DAY)
