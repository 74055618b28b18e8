"""Demand taken apart into level, season, effects of promotions and events, and what is left over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from core.base.calendar import Frequency, TradingCalendar, weekday
from core.base.types import BoolArray, DateArray, FloatArray, IntArray, frozen

YEARS_NEEDED: Final = 2
"""Years of history from which a yearly season is told apart from the trend."""
SEASONS_IN_LEVEL: Final = 5
"""Trading weeks over which the level of days is averaged."""
NEIGHBOURS_OF_DAYS: Final = 14
NEIGHBOURS_OF_LONGER: Final = 10
"""Days to both sides that count as the same time of the year."""
DOUBT: Final = 2.0
"""Periods without any effect that are mixed into each effect of a promotion or event."""
DAYS_PER_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What demand is made of: level + season + effects + remainder = units wherever units are known.

    Attributes:
        level: units without season and effects, NaN = unknown, shape (n_periods,).
        season: units that the time of the week and year adds or takes, shape (n_periods,).
        effects: units that each kind of promotion or event adds or takes, each of shape (n_periods,).
        remainder: units left over, NaN where demand was not observed, shape (n_periods,).
    """

    level: FloatArray
    season: FloatArray
    effects: Mapping[str, FloatArray]
    remainder: FloatArray

    def __post_init__(self) -> None:
        for name in ("level", "season", "remainder"):
            object.__setattr__(self, name, frozen(getattr(self, name)))


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """One series and what is known about its periods.

    Attributes:
        units: demand, and after it its forecast; NaN = not observed or out of stock, shape (n_periods,).
        periods: first day of each period, shape (n_periods,).
        n_known: periods of demand; those after it are forecast and teach nothing about seasons and effects.
        calendar: trading periods.
        flags: periods in which a promotion or event of each kind was on, each of shape (n_periods,).
    """

    units: FloatArray
    periods: DateArray
    n_known: int
    calendar: TradingCalendar
    flags: Mapping[str, BoolArray] = field(default_factory=dict)

    @property
    def taught(self) -> BoolArray:
        """Periods whose demand was observed, shape (n_periods,)."""
        return np.asarray(~np.isnan(self.units) & (np.arange(len(self.units)) < self.n_known))


def classical(series: Observed) -> Parts:
    """Ratio-to-moving-average decomposition, told in units so that the parts add up.

    The level is the mean over five trading weeks on both sides (weeks: 9, months: 3 periods) while less than two years
    are known, then over a whole year, so that the year's season is not taken for a trend. Ratios of sums follow for the
    time of the year, the weekday, and each kind of promotion or event, each on what the former leave over.

    Args:
        series: demand with its forecast behind it.

    Source:
        Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, section 3.4; we depart by ratios of sums,
        so that periods without sales count, and by windows that are cut rather than left out at both ends.
    """
    quiet = series.units.copy()
    for flag in series.flags.values():
        quiet[flag] = np.nan
    usual = quiet if np.isfinite(quiet).sum() >= series.calendar.season_length else series.units
    smooth = centred_mean(usual, _level_window(series.calendar))
    level, yearly = _with_year(series, usual, smooth)
    weekly = _weekday_ratio(series, smooth)
    steady = level * yearly * weekly
    effects: dict[str, FloatArray] = {}
    running = steady
    for name, flag in series.flags.items():
        raised = running * _effect_ratio(series, running, flag)
        effects[name] = raised - running
        running = raised
    return Parts(level, steady - level, effects, series.units - running)


def centred_mean(units: FloatArray, window: int, *, whole: bool = False) -> FloatArray:
    """Mean of what is known in a window around each period, the nearest known mean where a window holds nothing.

    Args:
        units: NaN = unknown, shape (n_periods,).
        window: periods.
        whole: keep the window whole near both ends by moving it inside, instead of cutting it.
    """
    n = len(units)
    known = ~np.isnan(units)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, units, 0.0))])
    count = np.concatenate([[0.0], np.cumsum(known)])
    begin = np.arange(n) - window // 2
    end = begin + window
    if whole:
        shift = np.maximum(-begin, 0) - np.maximum(end - n, 0) * (window <= n)
        begin, end = begin + shift, end + shift
    begin, end = np.clip(begin, 0, n), np.clip(end, 0, n)
    seen = count[end] - count[begin]
    mean = np.divide(total[end] - total[begin], seen, out=np.full(n, np.nan), where=seen > 0)
    return _nearest(mean)


def _level_window(calendar: TradingCalendar) -> int:
    if calendar.frequency is Frequency.DAY:
        return SEASONS_IN_LEVEL * max(calendar.season_length, 1)
    return 9 if calendar.frequency is Frequency.WEEK else 3


def _near_days(frequency: Frequency) -> int:
    return NEIGHBOURS_OF_DAYS if frequency is Frequency.DAY else NEIGHBOURS_OF_LONGER


def _with_year(series: Observed, usual: FloatArray, smooth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The level and the ratio of the time of the year to it; with less than two years known the ratio is 1."""
    days, near_days = series.periods.astype("datetime64[D]"), _near_days(series.calendar.frequency)
    span = (days[max(series.n_known - 1, 0)] - days[0]).astype(np.int64) if len(days) else 0
    if span + near_days < YEARS_NEEDED * DAYS_PER_YEAR:
        return smooth, np.ones(len(smooth))
    per_year = int(np.sum(days < days[0] + np.timedelta64(365, "D")))
    level = centred_mean(usual, per_year, whole=True)
    place = days.astype(np.int64) % DAYS_PER_YEAR
    apart = np.abs(np.arange(np.ceil(DAYS_PER_YEAR))[:, None] - place[None, :])
    near = np.minimum(apart, DAYS_PER_YEAR - apart) <= near_days
    # over a year of days the smooth level is near enough; of weeks and months demand itself
    told = np.where(series.taught, smooth if series.calendar.frequency is Frequency.DAY else usual, np.nan)
    known = ~np.isnan(told)
    above = near[:, known] @ told[known]
    below = near[:, known] @ level[known]
    ratio = np.divide(above, below, out=np.ones(len(above)), where=below > 0)
    return level, ratio[np.minimum(place.astype(np.int64), len(ratio) - 1)]


def _weekday_ratio(series: Observed, smooth: FloatArray) -> FloatArray:
    """How much more than usual each weekday sells; 1 for weeks and months."""
    if series.calendar.frequency is not Frequency.DAY:
        return np.ones(len(smooth))
    phase: IntArray = weekday(series.periods.astype("datetime64[D]"))
    taught = series.taught
    for flag in series.flags.values():
        taught = taught & ~flag
    above = np.bincount(phase[taught], weights=series.units[taught], minlength=7)
    below = np.bincount(phase[taught], weights=smooth[taught], minlength=7)
    ratio = np.divide(above, below, out=np.ones(7), where=below > 0)
    return np.asarray(ratio[phase])


def _effect_ratio(series: Observed, running: FloatArray, flag: BoolArray) -> FloatArray:
    """What periods of the kind sell against what was to be expected, mixed with periods without effect."""
    chosen = series.taught & flag
    expected = running[chosen]
    if not len(expected) or not expected.sum() > 0:
        return np.ones(len(running))
    doubt = DOUBT * expected.mean()
    ratio = (series.units[chosen].sum() + doubt) / (expected.sum() + doubt)
    return np.where(flag, ratio, 1.0)


def _nearest(values: FloatArray) -> FloatArray:
    """Unknown values replaced by the nearest known one; all unknown stays so."""
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return values
    place = np.clip(np.searchsorted(known, np.arange(len(values))), 0, len(known) - 1)
    before = known[np.maximum(place - 1, 0)]
    after = known[place]
    spots = np.arange(len(values))
    return values[np.where(np.abs(spots - before) <= np.abs(after - spots), before, after)]
