"""Reads a shop's trading calendar off its sales lines: frequency, closed days, an unfinished last day, silences."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.calendar import Frequency, TradingCalendar, weekday
from core.base.errors import NoDataError
from core.base.language import _, day, ngettext
from core.base.types import BoolArray, DateArray, FloatArray, IntArray

CLOSED_WEEKDAY_SHARE: Final = 0.05
"""A weekday counts as closed when at most this share of its dates saw any sale and other weekdays mostly did."""
EMPTY_BY_CHANCE: Final = 9.2
"""Usual lines a day from which a day without any is taken as closed: e^−9.2 ≈ 1 in 10,000 by chance."""
FOUR_WEEKS: Final = 28

NEVER: Final = np.datetime64("NaT", "D")
TO_COME: Final = 0.1
"""Share of a week or month that must still have been to come when it was told, to call it unfinished."""


@dataclass(frozen=True, slots=True, eq=False)
class DayCounts:
    """Sales lines per calendar day on which there were any.

    Attributes:
        days: ascending, datetime64[D], shape (n_days,).
        lines: sales lines on the day, shape (n_days,).
        last_hour: time of day of the last line, hours 0 to 24; all 0 when files carry dates only, shape (n_days,).
        told_on: day on which the newest file was loaded, NaT = not known.
    """

    days: DateArray
    lines: IntArray
    last_hour: FloatArray
    told_on: np.datetime64 = NEVER


@dataclass(frozen=True, slots=True, eq=False)
class Trading:
    """A trading calendar and what was noticed while reading it off the data, as sentences."""

    calendar: TradingCalendar
    notes: tuple[str, ...]


def frequency_of(days: DateArray) -> Frequency:
    """Day, week or month, from the usual gap between the dates that occur.

    Example:
        >>> frequency_of(np.array(["2024-01-05", "2024-01-12", "2024-01-19"], "datetime64[D]")).value
        'week'
    """
    if len(days) < 2:
        return Frequency.DAY
    gap = float(np.median(np.diff(days).astype(np.int64)))
    if gap < 6:
        return Frequency.DAY
    return Frequency.WEEK if gap < 27 else Frequency.MONTH


def period_start(days: DateArray, frequency: Frequency, week_anchor: int = 0) -> DateArray:
    """First day of the period each day lies in; weeks begin on `week_anchor` (Monday = 0)."""
    if frequency is Frequency.DAY:
        return days
    if frequency is Frequency.MONTH:
        return days.astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(days - ((weekday(days) - week_anchor) % 7))


def read_calendar(counts: DayCounts, frequency: Frequency, week_anchor: int = 0) -> Trading:
    """The trading calendar of the shop.

    Days: closed weekdays and closed single days are left off, so no demand is invented for them; an unfinished last day
    is left out. So is a last week or month named by its first day in a file that was loaded before it was over: it
    would look like a collapse.

    Raises:
        NoDataError: there are no sales lines.
    """
    if not len(counts.days):
        raise NoDataError("There are no sales lines yet. Upload a sales file or load the sample shop.")
    if frequency is Frequency.DAY:
        return _daily(counts)
    return _coarse(counts, frequency, week_anchor)


def _daily(counts: DayCounts) -> Trading:
    notes: list[str] = []
    days, lines = counts.days, counts.lines
    if _unfinished(counts):
        text = _(
            "The last day, {day}, is unfinished (its last sale is at {end}, usually {usual}); it is left out so that "
            "it does not look like a collapse."
        )
        end, usual_end = _clock(counts.last_hour[-1]), _clock(float(np.median(counts.last_hour)))
        notes.append(text.format(day=day(days[-1]), end=end, usual=usual_end))
        days, lines = days[:-1], lines[:-1]
    every = np.arange(days[0], days[-1] + 1)
    sold = np.zeros(len(every), np.int64)
    sold[(days - days[0]).astype(np.int64)] = lines
    closed_weekdays = _closed_weekdays(every, sold)
    shut = np.isin(weekday(every), list(closed_weekdays))
    usual = np.array([_usual(sold[(weekday(every) == number) & (sold > 0)]) for number in range(7)])
    shut |= (sold == 0) & (usual[weekday(every)] >= EMPTY_BY_CHANCE)
    single = every[shut & ~np.isin(weekday(every), list(closed_weekdays))]
    if closed_weekdays:
        names = ", ".join(_(_WEEKDAYS[number]) for number in sorted(closed_weekdays))
        notes.append(_("The shop does not trade on {}; no demand is forecast for these days.").format(names))
        left_out = int(sold[np.isin(weekday(every), list(closed_weekdays))].sum())
        if left_out:
            text = _("{n:,} sales lines of such days, too few to tell what is usual on them, are left out.")
            notes.append(text.format(n=left_out))
    if len(single):
        text = ngettext(
            "{n} single day without any sale is taken as closed: {day}.",
            "{n:,} single days without any sale are taken as closed, e.g. {day}.",
            len(single),
        )
        notes.append(text.format(n=len(single), day=day(single[0])))
    calendar = TradingCalendar(Frequency.DAY, every[~shut], closed_weekdays, single)
    return Trading(calendar, (*notes, *_silent(calendar, sold[~shut])))


_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _usual(lines: IntArray) -> float:
    return float(np.median(lines)) if len(lines) else 0.0


def _closed_weekdays(every: DateArray, sold: IntArray) -> frozenset[int]:
    if len(every) < 28:
        return frozenset()
    open_share = np.array([(sold[weekday(every) == number] > 0).mean() for number in range(7)])
    trades = open_share > 0.5
    return frozenset(np.flatnonzero(open_share <= CLOSED_WEEKDAY_SHARE).tolist()) if trades.any() else frozenset()


def _unfinished(counts: DayCounts) -> bool:
    """Whether the last day ends earlier than 9 of 10 days; unknown when files carry no times."""
    if len(counts.days) < 14 or counts.last_hour.max() == 0:
        return False
    return bool(counts.last_hour[-1] < np.quantile(counts.last_hour[:-1], 0.10) - 0.5)


def _clock(hours: float) -> str:
    minutes = round(hours * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _coarse(counts: DayCounts, frequency: Frequency, week_anchor: int) -> Trading:
    starts = period_start(counts.days, frequency, week_anchor)
    last = starts[-1]
    every = _every(starts[0], last, frequency)
    # a date within a period may be its end, or a day of sale after which nobody bought
    named_by_start = bool((starts == counts.days).all())
    notes: list[str] = []
    if named_by_start and len(every) > 1 and _told_early(counts.told_on, last, frequency.last_day(last)):
        text = _(
            "The last period, from {first}, was not over when its file was loaded on {day}; it is left out so that it "
            "does not look like a collapse."
        )
        notes.append(text.format(first=day(last), day=day(counts.told_on)))
        every = every[:-1]
    calendar = TradingCalendar(frequency, every)
    place = np.searchsorted(every, starts)
    lines = np.bincount(place, weights=counts.lines, minlength=len(every)).astype(np.int64)[: len(every)]
    return Trading(calendar, (*notes, *_four_weekly(counts.days, calendar), *_silent(calendar, lines)))


def _four_weekly(days: DateArray, calendar: TradingCalendar) -> tuple[str, ...]:
    """What to say where figures of four weeks each are added up by month."""
    gaps = np.diff(days).astype(np.int64)
    if calendar.frequency is not Frequency.MONTH or np.median(gaps) != FOUR_WEEKS:
        return ()
    text = _(
        "The files have figures every four weeks. They are added up by calendar month, so that once a year two fall "
        "into one and look like a peak. Figures per day, week or calendar month avoid that."
    )
    return (text,)


def _silent(calendar: TradingCalendar, lines: IntArray) -> tuple[str, ...]:
    """What to say of trading periods in which the whole shop sold nothing.

    Args:
        calendar: the trading periods.
        lines: sales lines in each, shape (n_periods,).
    """
    busy = np.flatnonzero(lines)
    empty = np.diff(busy) - 1
    step = 1 + int(np.median(empty)) if len(empty) else 1
    if step > 1 and calendar.frequency is not Frequency.DAY:
        return (_stepped(step, calendar.frequency),)
    usual = lines.sum() / np.maximum(len(lines) - empty, 1)
    # sales of days come in waves, so that less than a fortnight without any tells of nothing yet
    least = 2 * calendar.season_length if calendar.frequency is Frequency.DAY else 1
    stretches = np.flatnonzero((empty * usual >= EMPTY_BY_CHANCE) & (empty >= least))
    if not len(stretches):
        return ()
    longest = stretches[empty[stretches].argmax()]
    first, last = calendar.periods[[busy[longest] + 1, busy[longest + 1] - 1]]
    text = ngettext(
        "From {first} to {last} the whole shop sold nothing; that counts as no demand. Load the file of that time if "
        "it is missing.",
        "In {n} stretches, the longest from {first} to {last}, the whole shop sold nothing; that counts as no demand. "
        "Load the files of those times if they are missing.",
        len(stretches),
    )
    last_day = day(calendar.frequency.last_day(last))
    return (text.format(n=len(stretches), first=day(first), last=last_day),)


def _stepped(step: int, frequency: Frequency) -> str:
    """What to say of files whose figures come every few weeks or months."""
    text = {
        Frequency.WEEK: _(
            "The files have sales only every {n} weeks. The weeks between count as nothing sold, and demand is "
            "forecast per week: add up {n} weeks to compare it with the files."
        ),
        Frequency.MONTH: _(
            "The files have sales only every {n} months. The months between count as nothing sold, and demand is "
            "forecast per month: add up {n} months to compare it with the files."
        ),
    }[frequency]
    return text.format(n=step)


def _told_early(told_on: np.datetime64, first: np.datetime64, last: np.datetime64) -> bool:
    """Whether a period was told within it, with more than a tenth of it to come; not when nobody knows."""
    to_come = (last - told_on) / np.timedelta64(1, "D")
    length = (last - first) / np.timedelta64(1, "D") + 1.0
    return bool(TO_COME * length < to_come < length)


def _every(first: np.datetime64, last: np.datetime64, frequency: Frequency) -> DateArray:
    if frequency is Frequency.MONTH:
        months = np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 1)
        return np.asarray(months.astype("datetime64[D]"))
    return np.arange(first, last + np.timedelta64(1, "D"), np.timedelta64(7, "D"))


def known_periods(calendar: TradingCalendar, periods: DateArray) -> tuple[IntArray, BoolArray]:
    """Place of each period on the calendar, and whether it is on it at all."""
    place = np.searchsorted(calendar.periods, periods)
    clipped = np.minimum(place, len(calendar) - 1)
    return clipped, np.asarray(calendar.periods[clipped] == periods)
