"""Outliers by Hampel's rule: far from the median, measured in median absolute deviations."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.clean.contract import Finding
from core.clean.outliers import CAP, HIGH, SIDES, TREATMENTS, Fences, Treatment, treat
from core.clean.robust import Residuals, order_statistic
from core.series.panel import Panel

POISSON_MAD: Final = 0.6745
"""Median absolute deviation of a normal variable of standard deviation 1."""
SMALLEST_MAD: Final = 0.2
"""Even the steadiest SKU may sell a fifth more or less than usual without being remarkable."""


@dataclass(frozen=True, slots=True)
class OutliersHampel:
    """Caps sales that are extreme beyond doubt, such as a slip of the keyboard or a single bulk order.

    A selling period's log(1 + units) is compared with the median of its weekday. It is unusual beyond k median absolute
    deviations, where a deviation is never taken smaller than Poisson demand of that size would show. With k = 8 and
    the floor of 0.2 nothing below about five times the usual sale is touched. Periods with a promotion, event or
    holiday stay, and so do SKUs with fewer than eight selling periods and runs of three or more unusual ones: demand
    that has risen for good is no outlier.

    Source:
        Hampel 1974, The influence curve and its role in robust estimation, JASA 69; Davies and Gather 1993, The
        identification of multiple outliers, JASA 88. We depart from both in the log scale and the floor.
    """

    key: ClassVar[str] = "outliers_hampel"
    label: ClassVar[str] = "Outliers (median deviation)"
    description: ClassVar[str] = (
        "Sales far beyond anything usual for the SKU and weekday are capped, removed or marked as an event."
    )

    k: float = parameter(8.0, "Distance that counts as extreme", unit="MAD", low=3.0, high=30.0)
    treatment: str = parameter(CAP, "What to do", choices=TREATMENTS)
    sides: str = parameter(HIGH, "Which sales", choices=SIDES)

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The panel with extreme sales treated, and one finding for each."""
        return treat(panel, Treatment(self.key, self.treatment, self.sides, self._fences))

    def _fences(self, usual: Residuals, n_series: int) -> Fences:
        mad = order_statistic(np.abs(usual.residual), usual.rows, n_series, 0.5)
        width = self.k * np.maximum(np.maximum(mad, POISSON_MAD * usual.noise), SMALLEST_MAD)
        return Fences(-width, width)
