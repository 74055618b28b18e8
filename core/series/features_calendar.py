"""Columns that only the calendar decides: known for every period, past or future."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from core.base.calendar import Frequency, TradingCalendar, weekday
from core.base.types import AnyArray, DateArray, FloatArray, IntArray, frozen

DAYS_PER_YEAR: Final = 365.2425


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Named columns over the periods of a calendar.

    Attributes:
        names: name of each column.
        values: one row per period, shape (n_rows, n_columns).
    """

    names: tuple[str, ...]
    values: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values, np.float64))

    @classmethod
    def beside(cls, parts: Sequence[Self]) -> Self:
        """The columns of all parts side by side; the parts have the same rows."""
        names = tuple(name for part in parts for name in part.names)
        return cls(names, np.concatenate([part.values for part in parts], axis=1))


def periods_with_future(calendar: TradingCalendar, n_ahead: int) -> DateArray:
    """First days of the observed trading periods and of the next n_ahead ones, shape (n_periods + n_ahead,)."""
    if n_ahead <= 0:
        return calendar.periods
    return np.concatenate([calendar.periods, calendar.following(n_ahead)])


def calendar_columns(calendar: TradingCalendar, n_ahead: int, yearly_pairs: int = 2) -> Columns:
    """What the calendar says about each period: the columns every learner starts from.

    Days get one column per weekday, the yearly wave, the place in the month and whether a month begins or ends; weeks
    and months get the yearly wave and the month of the year.

    Args:
        calendar: the observed trading periods.
        n_ahead: trading periods after the last one to describe as well.
        yearly_pairs: sine and cosine pairs of the yearly wave.

    Returns:
        Columns with n_periods + n_ahead rows.
    """
    periods = periods_with_future(calendar, n_ahead)
    yearly = yearly_columns(periods, calendar.frequency, yearly_pairs)
    if calendar.frequency is Frequency.DAY:
        return Columns.beside([weekday_columns(periods), yearly, month_place_columns(periods)])
    return Columns.beside([yearly, month_columns(periods)])


def weekday_columns(periods: DateArray) -> Columns:
    """One column per day of the week, 1 on that day; weekday_0 is Monday."""
    return _one_hot("weekday", weekday(periods), range(7))


def month_columns(periods: DateArray) -> Columns:
    """One column per month of the year, 1 in that month; month_1 is January."""
    return _one_hot("month", _month(periods), range(1, 13))


def month_day_columns(periods: DateArray) -> Columns:
    """One column per day of the month, 1 on that day; pay days and month ends show here."""
    return _one_hot("month_day", _month_day(periods), range(1, 32))


def month_place_columns(periods: DateArray) -> Columns:
    """Share of the month that has gone by, and flags for its first and its last three days."""
    day = _month_day(periods)
    next_month = (periods.astype("datetime64[M]") + 1).astype("datetime64[D]")
    length = (next_month - periods.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
    place = np.stack([(day - 1) / length, day <= 3, day > length - 3], axis=1)
    return Columns(("month_elapsed", "month_start", "month_end"), place.astype(np.float64))


def yearly_columns(periods: DateArray, frequency: Frequency, pairs: int) -> Columns:
    """Sine and cosine of 1 … `pairs` waves a year, taken at the middle of each period.

    Source:
        Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter, section 2.3.4 (trigonometric
        seasonality).
    """
    middle = periods.astype("datetime64[D]").astype(np.int64) + (frequency.days - 1) / 2
    angle = 2 * np.pi * (middle / DAYS_PER_YEAR)[:, None] * np.arange(1, pairs + 1)[None, :]
    waves = np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(len(periods), 2 * pairs)
    return Columns(tuple(f"yearly_{wave}_{k}" for k in range(1, pairs + 1) for wave in ("sin", "cos")), waves)


def _one_hot(prefix: str, codes: IntArray, categories: Sequence[int]) -> Columns:
    names = tuple(f"{prefix}_{category}" for category in categories)
    flags: AnyArray = codes[:, None] == np.asarray(categories)[None, :]
    return Columns(names, flags.astype(np.float64))


def _month(periods: DateArray) -> IntArray:
    return np.asarray(periods.astype("datetime64[M]").astype(np.int64) % 12 + 1)


def _month_day(periods: DateArray) -> IntArray:
    days = periods.astype("datetime64[D]")
    return np.asarray((days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1)
