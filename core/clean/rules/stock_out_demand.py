"""Demand of out-of-stock periods: left unknown, or estimated."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from core.base.language import _
from core.base.parameters import parameter
from core.base.types import AnyArray, BoolArray
from core.clean.changes import Repair, repaired
from core.clean.contract import Finding
from core.clean.unconstrained import Estimate, rounded_along, unconstrained
from core.series.panel import Panel

OFF, ESTIMATE, LEAVE = "off", "estimate", "leave"
CHOICE: Final = "stock_out_choice"
"""Attribute with what the planner chose for single series: "estimate", "leave" or "" (as the rule says)."""
LOST_UNITS: Final = "lost_units"
LOST_SD: Final = "lost_sd"
"""Drivers the rule writes: mean and standard deviation of the sales lost in each period it estimated."""


@dataclass(frozen=True, slots=True)
class StockOutDemand:
    """Replaces the sales of out-of-stock periods by the demand expected, at least what was sold.

    Off unless chosen: forecasting methods treat such periods as not observed, which needs no estimate. Choices for
    single series stand in the attribute `stock_out_choice` and go before the setting. Where a product sells in whole
    units the estimates are made whole so that their running total stays within half a unit of the expectation; the
    exact mean and the standard deviation stand in the drivers `lost_units` and `lost_sd`.
    """

    key: ClassVar[str] = "stock_out_demand"
    label: ClassVar[str] = "Demand during stock-outs"
    description: ClassVar[str] = "Periods without stock get the demand that would be expected instead of what was sold."

    mode: str = parameter(
        OFF,
        "Out-of-stock periods",
        choices=(OFF, ESTIMATE),
        help="off: demand stays unknown; estimate: it is replaced by what would be expected. Single SKUs may differ.",
    )

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The panel with estimated demand, and one finding for each period with its 80 % range."""
        wanted = self._wanted(panel)
        if not (panel.censored.any() and wanted.any()):
            return panel, []
        estimate = unconstrained(panel, wanted)
        cells, sold = estimate.cells, np.nan_to_num(panel.values[estimate.cells])
        values, censored = panel.values.copy(), panel.censored.copy()
        values[cells] = sold + rounded_along(panel, cells, estimate.mean - sold)
        censored[cells] = False
        reasons = np.full(len(values), "", dtype=object)
        reasons[cells] = _reasons(estimate)
        result, findings = repaired(self.key, panel, Repair(values, censored, reasons))
        lost = {LOST_UNITS: estimate.mean - sold, LOST_SD: estimate.sd}
        return replace(result, drivers=dict(panel.drivers) | _spread(panel, cells, lost)), findings

    def _wanted(self, panel: Panel) -> BoolArray:
        """Series whose stock-outs are to be estimated, shape (n_series,)."""
        usual = np.full(len(panel), self.mode == ESTIMATE)
        choice = panel.attributes.get(CHOICE)
        if choice is None:
            return usual
        return np.asarray((choice == ESTIMATE) | (usual & (choice != LEAVE)), bool)


def _spread(panel: Panel, cells: AnyArray, figures: dict[str, AnyArray]) -> dict[str, AnyArray]:
    """Figures of single cells as drivers, NaN elsewhere; those of an earlier run stay."""
    drivers = {}
    for name, figure in figures.items():
        flat = np.array(panel.drivers.get(name, np.full(len(panel.values), np.nan)), np.float64)
        flat[cells] = figure
        drivers[name] = flat
    return drivers


def _reasons(estimate: Estimate) -> list[str]:
    text = _("Out of stock: about %(mean).1f units would have been wanted, with 80 %% chance %(low)g to %(high)g")
    return [
        text % {"mean": mean, "low": low, "high": high}
        for mean, low, high in zip(estimate.mean.tolist(), estimate.low.tolist(), estimate.high.tolist(), strict=True)
    ]
