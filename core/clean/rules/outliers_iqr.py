"""Outliers by Tukey's fences: far outside the middle half of the sales."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.clean.contract import Finding
from core.clean.outliers import CAP, HIGH, SIDES, TREATMENTS, Fences, Treatment, treat
from core.clean.robust import Residuals, order_statistic
from core.series.panel import Panel

NORMAL_IQR: Final = 1.349
"""Interquartile range of a normal variable of standard deviation 1."""


@dataclass(frozen=True, slots=True)
class OutliersIqr:
    """Caps sales beyond the quartiles by more than k interquartile ranges (k = 3: "far out").

    Works on log(1 + units) of selling periods relative to the weekday's median; the range is never taken smaller than
    Poisson demand of that size would show. Promotions, events, SKUs with fewer than eight selling periods and runs of
    three or more unusual ones stay. Stricter than the median deviation, therefore off unless chosen.

    Source:
        Tukey 1977, Exploratory Data Analysis, section 2D. We depart in the log scale, the weekday medians and the
        floor.
    """

    key: ClassVar[str] = "outliers_iqr"
    label: ClassVar[str] = "Outliers (quartile range)"
    description: ClassVar[str] = (
        "Sales far outside the middle half of the SKU's usual sales are capped, removed or marked as an event."
    )

    k: float = parameter(3.0, "Distance that counts as far out", unit="quartile ranges", low=1.5, high=20.0)
    treatment: str = parameter(CAP, "What to do", choices=TREATMENTS)
    sides: str = parameter(HIGH, "Which sales", choices=SIDES)

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The panel with far-out sales treated, and one finding for each."""
        return treat(panel, Treatment(self.key, self.treatment, self.sides, self._fences))

    def _fences(self, usual: Residuals, n_series: int) -> Fences:
        lower = order_statistic(usual.residual, usual.rows, n_series, 0.25)
        upper = order_statistic(usual.residual, usual.rows, n_series, 0.75)
        reach = self.k * np.maximum(upper - lower, NORMAL_IQR * usual.noise)
        return Fences(lower - reach, upper + reach)
