"""Frequencies and trading calendars: which periods a shop sells in, and which come next."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

import numpy as np

from core.base.types import BoolArray, DateArray, IntArray, frozen


class Frequency(StrEnum):
    """Length of a period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def days(self) -> float:
        """Mean length of a period in days (a month: 365.25 / 12)."""
        return {"day": 1.0, "week": 7.0, "month": 30.4375}[self.value]

    @property
    def fewest_days(self) -> int:
        """Days of the shortest period (February)."""
        return {"day": 1, "week": 7, "month": 28}[self.value]

    @property
    def periods_per_year(self) -> float:
        """Mean number of periods in a year."""
        return 365.25 / self.days

    @property
    def default_horizon(self) -> int:
        """Periods to compare models over: four weeks, eight weeks, four months."""
        return {"day": 28, "week": 8, "month": 4}[self.value]

    @property
    def planning_horizon(self) -> int:
        """Periods to plan and simulate over: thirteen weeks, half a year, a year."""
        return {"day": 91, "week": 26, "month": 12}[self.value]

    def last_day(self, first: np.datetime64) -> np.datetime64:
        """Last day of the period that begins on a day.

        Example:
            >>> str(Frequency.MONTH.last_day(np.datetime64("2026-02-01")))
            '2026-02-28'
        """
        if self is Frequency.MONTH:
            return np.datetime64(first.astype("datetime64[M]") + 1, "D") - 1
        return first + (int(self.days) - 1)

    def a_year_before(self, days: DateArray) -> DateArray:
        """The same weekdays 52 weeks before, so that a Monday meets a Monday; of months the first days of last year's.

        Example:
            >>> Frequency.DAY.a_year_before(np.array(["2026-04-06"], "datetime64[D]")).tolist()
            [datetime.date(2025, 4, 7)]
        """
        if self is Frequency.MONTH:
            return np.asarray((days.astype("datetime64[M]") - 12).astype("datetime64[D]"))
        return np.asarray(days - np.timedelta64(52 * 7, "D"))


def weekday(days: DateArray) -> IntArray:
    """Day of the week of each date, Monday = 0."""
    return np.asarray((days.astype("datetime64[D]").astype(np.int64) + 3) % 7)


@dataclass(frozen=True, slots=True, eq=False)
class TradingCalendar:
    """The periods in which the shop trades; closed days are not on it, so no demand is ever forecast for them.

    Attributes:
        frequency: length of a period.
        periods: first day of each observed trading period, ascending, datetime64[D], shape (n_periods,).
        closed_weekdays: weekdays (Monday = 0) without trade; only for days.
        closed_dates: further days without trade, past or future (public holidays on which the shop is shut).
    """

    frequency: Frequency
    periods: DateArray
    closed_weekdays: frozenset[int] = frozenset()
    closed_dates: DateArray = field(default_factory=lambda: np.empty(0, "datetime64[D]"))

    def __post_init__(self) -> None:
        object.__setattr__(self, "periods", frozen(self.periods, "datetime64[D]"))
        object.__setattr__(self, "closed_dates", frozen(self.closed_dates, "datetime64[D]"))

    def __len__(self) -> int:
        return len(self.periods)

    @property
    def season_length(self) -> int:
        """Trading periods in the main season: a trading week of days, 52 weeks, 12 months."""
        return {"day": 7 - len(self.closed_weekdays), "week": 52, "month": 12}[self.frequency.value]

    @property
    def last(self) -> np.datetime64:
        """First day of the last observed trading period."""
        return np.datetime64(self.periods[-1], "D")

    @property
    def in_last_year(self) -> BoolArray:
        """Which periods lie in the last 365 days, 52 weeks or 12 months, shape (n_periods,)."""
        # the first days of 12 months lie at most 337 days apart, those of 13 at least 365
        days = 365 if self.frequency is Frequency.DAY else 364
        return np.asarray(self.periods > self.last - np.timedelta64(days, "D"))

    def until(self, n_periods: int) -> Self:
        """The calendar as it stood after its first n_periods trading periods."""
        return type(self)(self.frequency, self.periods[:n_periods], self.closed_weekdays, self.closed_dates)

    def trades_on(self, days: DateArray) -> BoolArray:
        """Whether the shop trades on each day (always true for weeks and months)."""
        if self.frequency is not Frequency.DAY:
            return np.ones(len(days), bool)
        return np.asarray(~np.isin(weekday(days), list(self.closed_weekdays)) & ~np.isin(days, self.closed_dates))

    def every_period_after(self, n: int) -> DateArray:
        """The next n periods after the last one, closed ones included, datetime64[D], shape (n,)."""
        steps = np.arange(1, n + 1)
        if self.frequency is Frequency.MONTH:
            months = self.last.astype("datetime64[M]") + steps
            return months.astype("datetime64[D]")
        return np.asarray(self.last + steps * int(self.frequency.days))

    def following(self, n: int) -> DateArray:
        """The next n trading periods after the last observed one, datetime64[D], shape (n,)."""
        span = n
        while True:
            days = self.every_period_after(span)
            trading = days[self.trades_on(days)]
            if len(trading) >= n:
                return trading[:n]
            span = 2 * span + 14

    def trading_within(self, n: int) -> int:
        """How many of the next n calendar periods the shop trades in."""
        return int(self.trades_on(self.every_period_after(n)).sum())


def regular(frequency: Frequency, first: str, n_periods: int, closed_weekdays: Iterable[int] = ()) -> TradingCalendar:
    """A calendar of n_periods trading periods from `first` on, without other closings.

    Example:
        >>> regular(Frequency.DAY, "2024-01-05", 3, closed_weekdays=[5]).periods.astype(str).tolist()
        ['2024-01-05', '2024-01-07', '2024-01-08']
    """
    start = np.datetime64(first, "D")
    seed = TradingCalendar(frequency, np.array([start]), frozenset(closed_weekdays))
    return TradingCalendar(
        frequency, np.concatenate([[start], seed.following(n_periods - 1)]) if n_periods > 1 else np.array([start]),
        seed.closed_weekdays,
    )  # fmt: skip
