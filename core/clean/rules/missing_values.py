"""Periods that were not observed: filled from the SKU's other periods, only when the planner wants it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.calendar import Frequency, weekday
from core.base.language import _
from core.base.parameters import parameter
from core.base.types import BoolArray, FloatArray, IntArray
from core.clean.changes import Repair, repaired
from core.clean.contract import Finding
from core.series.panel import Panel

LEAVE: Final = "leave"
SEASONAL: Final = "same season"


@dataclass(frozen=True, slots=True)
class MissingValues:
    """Fills periods without observation that lie between two observed ones.

    Out-of-stock periods are neither filled nor used: their demand is only known from below. Periods before the first
    and after the last observation stay as they are. "Same season" takes the SKU's median on the same weekday, in the
    same week of the year or in the same month of other years; where that place was never observed, its median over all
    periods. Off unless chosen, because "not on sale" is no gap.
    """

    key: ClassVar[str] = "missing_values"
    label: ClassVar[str] = "Missing periods"
    description: ClassVar[str] = "Unobserved periods inside a history are filled from the SKU's other periods."

    method: str = parameter(
        LEAVE,
        "Fill with",
        choices=(LEAVE, "mean", "median", "interpolation", "last value", SEASONAL, "zero"),
        help="Per SKU. Same season: the median of the same weekday, week of the year or month.",
    )

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The panel with gaps filled, and one finding for each period filled."""
        known = ~np.isnan(panel.values) & ~panel.censored
        gaps = np.isnan(panel.values) & _inside(panel, known)
        if self.method == LEAVE or not gaps.any():
            return panel, []
        values = np.where(gaps, METHODS[self.method](panel, known), panel.values)
        reasons = np.full(len(values), _("Not observed; filled with the %s") % _(self.method), dtype=object)
        return repaired(self.key, panel, Repair(values, panel.censored, reasons))


def _inside(panel: Panel, known: BoolArray) -> BoolArray:
    """Which cells lie between two known cells of their series, shape (n_obs,)."""
    running = np.concatenate([[0], np.cumsum(known)])
    rows = panel.rows
    before = running[:-1] - running[panel.offsets[:-1]][rows]
    after = running[panel.offsets[1:]][rows] - running[1:]
    return np.asarray((before > 0) & (after > 0))


def _mean(panel: Panel, known: BoolArray) -> FloatArray:
    rows = panel.rows
    totals = np.bincount(rows[known], weights=panel.values[known], minlength=len(panel))
    counts = np.bincount(rows[known], minlength=len(panel))
    return np.asarray((totals / np.maximum(counts, 1))[rows])


def _median(panel: Panel, known: BoolArray) -> FloatArray:
    return _group_median(panel.values, known, panel.rows, len(panel))


def _seasonal(panel: Panel, known: BoolArray) -> FloatArray:
    """Median of the same place in the season; of all periods where that place was never observed."""
    rows, n_places = panel.rows, 53
    places = rows * n_places + _season_place(panel)[panel.columns]
    seen = np.bincount(places[known], minlength=len(panel) * n_places) > 0
    own = _group_median(panel.values, known, places, len(panel) * n_places)
    return np.where(seen[places], own, _median(panel, known))


def _season_place(panel: Panel) -> IntArray:
    """Weekday, week of the year or month of each period, below 53, shape (n_periods,)."""
    periods = panel.calendar.periods
    if panel.frequency is Frequency.DAY:
        return weekday(periods)
    if panel.frequency is Frequency.MONTH:
        return np.asarray(periods.astype("datetime64[M]").astype(np.int64) % 12)
    return np.asarray((periods - periods.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) // 7)


def _group_median(values: FloatArray, known: BoolArray, groups: IntArray, n_groups: int) -> FloatArray:
    """Median of the known values of each cell's group, 0 for groups without any, shape (n_obs,)."""
    chosen, given = groups[known], values[known]
    ordered = given[np.lexsort((given, chosen))]
    counts = np.bincount(chosen, minlength=n_groups)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    pick = np.minimum(np.stack([first + (counts - 1) // 2, first + counts // 2]), len(ordered) - 1)
    middle = ordered[np.maximum(pick, 0)].mean(axis=0)
    return np.asarray(np.where(counts > 0, middle, 0.0)[groups])


def _interpolation(panel: Panel, known: BoolArray) -> FloatArray:
    # A gap lies between two known cells of one series, so the flat axis never mixes two series.
    return np.interp(np.arange(len(known)), np.flatnonzero(known), panel.values[known])


def _last_value(panel: Panel, known: BoolArray) -> FloatArray:
    latest: IntArray = np.maximum.accumulate(np.where(known, np.arange(len(known)), 0))
    return np.asarray(panel.values[latest])


def _zero(panel: Panel, _known: BoolArray) -> FloatArray:
    return np.zeros(len(panel.values))


METHODS: Final[dict[str, Callable[[Panel, BoolArray], FloatArray]]] = {
    "mean": _mean,
    "median": _median,
    "interpolation": _interpolation,
    "last value": _last_value,
    SEASONAL: _seasonal,
    "zero": _zero,
}
