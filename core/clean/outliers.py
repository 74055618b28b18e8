"""What outlier rules have in common: fences on the log scale, and what happens to units beyond them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.base.columns import OUTLIER_EVENT
from core.base.language import _
from core.base.types import BoolArray, FloatArray, IntArray
from core.clean.changes import Repair, cell_findings, repaired
from core.clean.contract import Finding
from core.clean.robust import Residuals, residuals
from core.series.panel import Panel

CAP, REMOVE, MARK = "cap", "remove", "mark as event"
TREATMENTS: Final = (CAP, REMOVE, MARK)
NEW_LEVEL: Final = 3
"""So many unusual selling periods on end are no outliers but a new level of demand."""
HIGH, BOTH = "too high", "too high or too low"
SIDES: Final = (HIGH, BOTH)
SLACK: Final = 1e-6
"""Share of the units by which a sale must pass its bound: less is rounding, and would be found again for ever."""


@dataclass(frozen=True, slots=True)
class Fences:
    """Bounds of usual residuals per series, log scale, each of shape (n_series,)."""

    low: FloatArray
    high: FloatArray


def _everything(_panel: Panel, _usual: Residuals, beyond: BoolArray) -> BoolArray:
    """The judge of rules whose fences alone decide."""
    return beyond


@dataclass(frozen=True, slots=True)
class Treatment:
    """What to do with unusual units.

    Attributes:
        rule: key of the rule that asks.
        how: cap them at the fence, remove them (not observed) or mark them as an event.
        sides: whether unusually low sales count too.
        fences: bounds of what is usual.
        judge: which of the lone periods beyond the fences are unusual, where the fences alone do not decide.
    """

    rule: str
    how: str
    sides: str
    fences: Callable[[Residuals, int], Fences]
    judge: Callable[[Panel, Residuals, BoolArray], BoolArray] = _everything


@dataclass(frozen=True, slots=True, eq=False)
class _Unusual:
    """Unusual sales: flat cells, the bound nearest to each in units, and a sentence for each, of shape (n_unusual,)."""

    cells: IntArray
    bound: FloatArray
    reasons: list[str]


def treat(panel: Panel, treatment: Treatment) -> tuple[Panel, list[Finding]]:
    """Apply the treatment until nothing unusual is left, because each repair sharpens the view of the others."""
    result, reasons = panel, np.full(len(panel.values), "", dtype=object)
    marked = np.zeros(len(panel.values), bool)
    while len((found := _unusual(result, treatment)).cells):
        result = _treated(result, treatment.how, found)
        reasons[found.cells] = found.reasons
        marked[found.cells] = True
    if treatment.how != MARK:
        return repaired(treatment.rule, panel, Repair(result.values, panel.censored, reasons))
    return result, cell_findings(treatment.rule, panel, Repair(panel.values, panel.censored, reasons), marked)


def _treated(panel: Panel, how: str, found: _Unusual) -> Panel:
    if how == MARK:
        # From now on the event excuses the sale, and tells forecasting methods that it was none of the usual ones.
        event = np.nan_to_num(panel.drivers.get(OUTLIER_EVENT, np.zeros(len(panel.values))))
        event[found.cells] = 1.0
        return replace(panel, drivers=dict(panel.drivers) | {OUTLIER_EVENT: event})
    values = panel.values.copy()
    values[found.cells] = found.bound if how == CAP else np.nan
    return replace(panel, values=values)


def _unusual(panel: Panel, treatment: Treatment) -> _Unusual:
    usual = residuals(panel)
    fences = treatment.fences(usual, len(panel))
    # Fences may differ per series; each judged period looks up those of its own.
    too_high = usual.residual > fences.high[usual.rows]
    too_low = (usual.residual < fences.low[usual.rows]) & (treatment.sides == BOTH)
    bound = np.expm1(usual.level + np.where(too_high, fences.high[usual.rows], fences.low[usual.rows]))
    bound = _whole(panel, usual, bound, too_high)
    # Rounding may carry a bound to the far side of the value itself, which is then usual enough.
    past = (panel.values[usual.cells] - bound) / np.maximum(panel.values[usual.cells], SLACK)
    beyond = (too_high & (past > SLACK)) | (too_low & (past < -SLACK))
    unusual = treatment.judge(panel, usual, isolated(beyond, usual.rows))
    cells, bound = usual.cells[unusual], bound[unusual]
    return _Unusual(cells, bound, _reasons(panel.values[cells], np.expm1(usual.level[unusual]), bound))


def isolated(unusual: BoolArray, rows: IntArray) -> BoolArray:
    """Which unusual selling periods stand alone or in pairs; longer runs are a new level of demand, shape as given."""
    if len(unusual) == 0:
        return unusual
    begins = np.concatenate([[True], (unusual[1:] != unusual[:-1]) | (rows[1:] != rows[:-1])])
    run = np.cumsum(begins) - 1
    return np.asarray(unusual & (np.bincount(run)[run] < NEW_LEVEL))


def _whole(panel: Panel, usual: Residuals, bound: FloatArray, too_high: BoolArray) -> FloatArray:
    """Bounds in whole units, towards the usual, for series that only know whole units."""
    rounded = np.where(too_high, np.floor(bound), np.ceil(bound))
    parts = np.bincount(panel.rows, weights=np.nan_to_num(panel.values) % 1 != 0, minlength=len(panel))
    return np.where(parts[usual.rows] == 0, rounded, bound)


def _reasons(sold: FloatArray, typical: FloatArray, bound: FloatArray) -> list[str]:
    text = _("%(sold)g units sold where about %(typical).1f are usual; up to %(bound).1f still pass as usual")
    low_text = _("%(sold)g units sold where about %(typical).1f are usual; down to %(bound).1f still pass as usual")
    return [
        (text if units > limit else low_text) % {"sold": units, "typical": middle, "bound": limit}
        for units, middle, limit in zip(sold.tolist(), typical.tolist(), bound.tolist(), strict=True)
    ]
