"""What outlier rules have in common: fences on the log scale, and what happens to units beyond them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.language import _
from core.base.types import BoolArray, FloatArray, IntArray
from core.clean.changes import Repair, cell_findings, repaired, rows_of
from core.clean.contract import Finding
from core.clean.robust import Residuals, residuals
from core.series.panel import Panel

CAP, REMOVE, MARK = "cap", "remove", "keep and mark"
ACTIONS: Final = (CAP, REMOVE, MARK)
NEW_LEVEL: Final = 3
"""So many unusual selling periods on end are no outliers but a new level of demand."""
HIGH, BOTH = "too high", "too high or too low"
SIDES: Final = (HIGH, BOTH)


@dataclass(frozen=True, slots=True)
class Fences:
    """Bounds of usual residuals per series, log scale, each of shape (n_series,)."""

    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Treatment:
    """What to do with unusual units.

    Attributes:
        rule: key of the rule that asks.
        action: cap them at the fence, remove them (not observed) or keep and only mark them.
        sides: whether unusually low sales count too.
        fences: bounds of what is usual.
    """

    rule: str
    action: str
    sides: str
    fences: Callable[[Residuals, int], Fences]


def treat(panel: Panel, treatment: Treatment) -> tuple[Panel, list[Finding]]:
    """Apply the treatment; removing goes on until nothing unusual is left, because each removal sharpens the view."""
    if treatment.action != REMOVE:
        return _treat_once(panel, treatment)
    findings: list[Finding] = []
    while True:
        panel, found = _treat_once(panel, treatment)
        if not found:
            return panel, findings
        findings += found


def _treat_once(panel: Panel, treatment: Treatment) -> tuple[Panel, list[Finding]]:
    usual = residuals(panel)
    fences = treatment.fences(usual, len(panel))
    # Fences may differ per series; each judged period looks up those of its own.
    too_high = usual.residual > fences.high[usual.rows]
    too_low = (usual.residual < fences.low[usual.rows]) & (treatment.sides == BOTH)
    bound = np.expm1(usual.level + np.where(too_high, fences.high[usual.rows], fences.low[usual.rows]))
    bound = _whole(panel, usual, bound, too_high)
    # Rounding may carry a bound to the far side of the value itself, which is then usual enough.
    unusual = (too_high & (bound < panel.values[usual.cells])) | (too_low & (bound > panel.values[usual.cells]))
    unusual = isolated(unusual, usual.rows)
    cells, bound = usual.cells[unusual], bound[unusual]
    values, marked = panel.values.copy(), np.zeros(len(panel.values), bool)
    marked[cells] = True
    if treatment.action == CAP:
        values[cells] = bound
    if treatment.action == REMOVE:
        values[cells] = np.nan
    reasons = np.full(len(values), "", dtype=object)
    reasons[cells] = _reasons(panel.values[cells], np.expm1(usual.level[unusual]), bound)
    repair = Repair(values, panel.censored, reasons)
    if treatment.action == MARK:
        return panel, cell_findings(treatment.rule, panel, repair, marked)
    return repaired(treatment.rule, panel, repair)


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
    parts = np.bincount(rows_of(panel), weights=np.nan_to_num(panel.values) % 1 != 0, minlength=len(panel))
    return np.where(parts[usual.rows] == 0, rounded, bound)


def _reasons(sold: FloatArray, typical: FloatArray, bound: FloatArray) -> list[str]:
    text = _("%(sold)g units sold where about %(typical).1f are usual; up to %(bound).1f still pass as usual")
    low_text = _("%(sold)g units sold where about %(typical).1f are usual; down to %(bound).1f still pass as usual")
    return [
        (text if units > limit else low_text) % {"sold": units, "typical": middle, "bound": limit}
        for units, middle, limit in zip(sold.tolist(), typical.tolist(), bound.tolist(), strict=True)
    ]
