"""Demand put in by hand: applied after every rule, so that nothing overrules the planner."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.base.types import AnyArray, DateArray, FloatArray
from core.clean.changes import Repair, cell_findings
from core.clean.contract import Finding
from core.clean.rules.stock_out_demand import LOST_SD, LOST_UNITS
from core.series.panel import Panel

MANUAL: Final = "manual"
"""The rule its findings name."""


@dataclass(frozen=True, slots=True, eq=False)
class Corrections:
    """Demand as planners know it; each array is n_corrections long.

    Attributes:
        skus, locations: which series.
        periods: first day of the period, datetime64[D].
        units: demand, ≥ 0.
        reasons: in the planner's words.
    """

    skus: AnyArray
    locations: AnyArray
    periods: DateArray
    units: FloatArray
    reasons: AnyArray


def corrected(panel: Panel, given: Corrections) -> tuple[Panel, list[Finding]]:
    """The panel with the corrections in it, and one finding for each, whether or not it changes the figure.

    Corrections of series or periods that the panel does not have are left out: the data they were made for is gone.
    """
    series = {key: row for row, key in enumerate(zip(panel.skus.tolist(), panel.locations.tolist(), strict=True))}
    keys = zip(given.skus.tolist(), given.locations.tolist(), strict=True)
    rows = np.array([series.get(key, -1) for key in keys], np.int64)
    if not len(rows) or not len(panel):
        return panel, []
    place = np.minimum(np.searchsorted(panel.calendar.periods, given.periods), panel.n_periods - 1)
    known = (rows >= 0) & (panel.calendar.periods[place] == given.periods) & (place >= panel.starts[rows])
    if not known.any():
        return panel, []
    cells = panel.offsets[rows[known]] + place[known] - panel.starts[rows[known]]
    values, censored = panel.values.copy(), panel.censored.copy()
    values[cells], censored[cells] = given.units[known], False
    reasons = np.full(len(values), "", dtype=object)
    reasons[cells] = given.reasons[known]
    changed = np.zeros(len(values), bool)
    changed[cells] = True
    findings = cell_findings(MANUAL, panel, Repair(values, censored, reasons), changed)
    # what an estimate put there is no part of the planner's figure
    drivers = {
        name: flat if name not in (LOST_UNITS, LOST_SD) else np.where(changed, np.nan, flat)
        for name, flat in panel.drivers.items()
    }
    return replace(panel, values=values, censored=censored, drivers=drivers), findings
