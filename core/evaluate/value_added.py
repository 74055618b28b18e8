"""Did changes by hand help: the error of the naive forecast, of the method, and of what a planner made of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.types import BoolArray, DateArray, FloatArray, IntArray

UP: Final = "up"
DOWN: Final = "down"
WEEK: Final = np.timedelta64(7, "D")
MONDAY: Final = np.datetime64("1970-01-05")


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """One change by hand with what was said before and after it, and what then sold; sums over its scope.

    Attributes:
        override_id, who, reason: of the change.
        periods: first day of each trading period changed, ascending, shape (n,).
        naive: seasonal naive forecast when the change was made, units, NaN = there was none, shape (n,).
        before, after: forecast without and with the change, units, shape (n,).
        actual: units wanted, NaN = not over yet, not on sale or out of stock, shape (n,).
        out_of_stock: periods out of stock, in which demand is not known, shape (n,).
    """

    override_id: str
    who: str
    reason: str
    periods: DateArray
    naive: FloatArray
    before: FloatArray
    after: FloatArray
    actual: FloatArray
    out_of_stock: BoolArray

    @property
    def direction(self) -> str:
        """Whether the change raised the forecast of its span, UP, or lowered it, DOWN."""
        return UP if self.after.sum() >= self.before.sum() else DOWN


@dataclass(frozen=True, slots=True)
class Judged:
    """One change held against what then sold; weeks (months, of monthly data) are added up first.

    Attributes:
        override_id, who, reason, direction: of the change.
        sold: units of the weeks judged.
        error_naive, error_before, error_after: absolute errors added up, units; NaN = there was no such forecast.
        left_out: periods left out because they were out of stock.
    """

    override_id: str
    who: str
    reason: str
    direction: str
    sold: float
    error_naive: float
    error_before: float
    error_after: float
    left_out: int

    @property
    def helped(self) -> bool:
        """Whether the change brought the forecast closer to what sold."""
        return self.error_after < self.error_before


@dataclass(frozen=True, slots=True)
class Record:
    """How a group of changes did; errors are WAPE: absolute errors over units sold, NaN = undefined.

    Attributes:
        judged: changes whose time is over and whose demand is known.
        helped: those of them that brought the forecast closer to what sold.
        naive: of the seasonal naive forecast; NaN unless there was one for every change, or when nothing sold.
        before, after: of the forecast without and with the changes; NaN when nothing sold.
        left_out: periods left out because they were out of stock.
    """

    judged: int
    helped: int
    naive: float
    before: float
    after: float
    left_out: int

    @property
    def gain(self) -> float:
        """Error that the changes took off, as a share of units sold; below 0 they added to it."""
        return self.before - self.after


def judge(change: Changed, last: np.datetime64, frequency: Frequency, week_start: int = 0) -> Judged | None:
    """Hold one change against what then sold; None while nothing is known: no week over, no stock, not on sale.

    Errors are those of whole weeks (months, of monthly data), since that is what a planner changes: the profile of the
    week is the method's. A week counts when it is over; of its days those whose demand is known count on both sides.

    Args:
        change: the change, its forecasts and what sold.
        last: last day of the history.
        frequency: of the periods.
        week_start: first day of a week of daily data, Monday = 0.

    Source:
        Gilliland (2010), The Business Forecasting Deal, chapter 4: forecast value added, the naive forecast first.
    """
    weeks = _weeks(change.periods, frequency, week_start)
    over = ends(change.periods, frequency, week_start) <= last
    left_out = int((over & change.out_of_stock).sum())
    known = over & ~change.out_of_stock & ~np.isnan(change.actual)
    if not known.any():
        return None
    actual = _sums(change.actual, weeks, known)

    def error(said: FloatArray) -> float:
        return float(np.abs(_sums(said, weeks, known) - actual).sum())

    return Judged(
        override_id=change.override_id,
        who=change.who,
        reason=change.reason,
        direction=change.direction,
        sold=float(actual.sum()),
        error_naive=error(change.naive),
        error_before=error(change.before),
        error_after=error(change.after),
        left_out=left_out,
    )


def record(found: Sequence[Judged]) -> Record:
    """How some changes did together."""
    sold = sum(each.sold for each in found)
    naive, before, after = (
        sum(getattr(each, name) for each in found) / sold if sold > 0 else float("nan")
        for name in ("error_naive", "error_before", "error_after")
    )
    helped, left_out = sum(each.helped for each in found), sum(each.left_out for each in found)
    return Record(len(found), helped, naive, before, after, left_out)


def comparable(found: Sequence[Judged]) -> tuple[Judged, ...]:
    """The changes for which a naive forecast is known, so that all three errors are of the same sales."""
    return tuple(each for each in found if not np.isnan(each.error_naive))


def by(found: Sequence[Judged], what: Callable[[Judged], tuple[str, ...]]) -> dict[tuple[str, ...], Record]:
    """The record of each group of changes, those with most changes first.

    Args:
        found: changes judged.
        what: names the group of a change, such as its reason and direction.
    """
    groups = groupby(sorted(found, key=what), what)
    records = {name: record(list(members)) for name, members in groups}
    return dict(sorted(records.items(), key=lambda pair: -pair[1].judged))


def ends(periods: DateArray, frequency: Frequency, week_start: int = 0) -> DateArray:
    """Last day of the week (month, of monthly data) in which each period lies, shape (n,).

    Args:
        periods: first day of each, shape (n,).
        frequency: of the periods.
        week_start: first day of a week of daily data, Monday = 0.
    """
    if frequency is Frequency.DAY:
        return np.asarray(MONDAY + week_start - 1 + (_weeks(periods, frequency, week_start) + 1) * WEEK)
    return np.array([frequency.last_day(day) for day in periods], "datetime64[D]")


def _weeks(periods: DateArray, frequency: Frequency, week_start: int) -> IntArray:
    """Number of the week each day lies in, or of the period itself where it is as long, shape (n,)."""
    if frequency is not Frequency.DAY:
        return np.arange(len(periods))
    return np.asarray((periods - (MONDAY + week_start)) // WEEK, np.int64)


def _sums(values: FloatArray, weeks: IntArray, known: BoolArray) -> FloatArray:
    """Sums per week of the periods that are known, shape (n_weeks with any,)."""
    _names, place = np.unique(weeks[known], return_inverse=True)
    return np.asarray(np.bincount(place, weights=values[known]), np.float64)
