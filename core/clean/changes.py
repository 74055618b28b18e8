"""The exact difference between a panel and its repair, as findings."""

from dataclasses import dataclass, replace

import numpy as np

from core.base.types import AnyArray, BoolArray, FloatArray
from core.clean.contract import Finding
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class Repair:
    """New contents for the cells of a panel whose series keep their periods.

    Attributes:
        values: units, NaN = not observed, shape (n_obs,).
        censored: out of stock, shape (n_obs,).
        reasons: a sentence per cell, only read where something changed, shape (n_obs,) of text.
    """

    values: FloatArray
    censored: BoolArray
    reasons: AnyArray


def differs(panel: Panel, repair: Repair) -> BoolArray:
    """Which cells the repair changes, shape (n_obs,)."""
    # NaN is unequal to itself, yet "not observed" before and after is no change.
    same = (panel.values == repair.values) | (np.isnan(panel.values) & np.isnan(repair.values))
    return np.asarray(~same | (panel.censored != repair.censored))


def cell_findings(rule: str, panel: Panel, repair: Repair, cells: BoolArray) -> list[Finding]:
    """One finding per chosen cell, before and after as in panel and repair."""
    chosen = np.flatnonzero(cells)
    rows = panel.rows[chosen]
    periods = panel.calendar.periods[panel.columns[chosen]].astype(str)
    return [
        Finding(rule, sku, location, period, units(before), units(after), reason)
        for sku, location, period, before, after, reason in zip(
            panel.skus[rows],
            panel.locations[rows],
            periods.tolist(),
            panel.values[chosen].tolist(),
            repair.values[chosen].tolist(),
            repair.reasons[chosen].tolist(),
            strict=True,
        )
    ]


def repaired(rule: str, panel: Panel, repair: Repair) -> tuple[Panel, list[Finding]]:
    """The panel with the repair and one finding per cell that differs."""
    cells = differs(panel, repair)
    # Handing back the very panel lets callers see at once that nothing happened.
    if not cells.any():
        return panel, []
    findings = cell_findings(rule, panel, repair, cells)
    return replace(panel, values=repair.values, censored=repair.censored), findings


def units(value: float) -> float | None:
    """The value of a finding: None where nothing was observed."""
    return None if np.isnan(value) else float(value)
