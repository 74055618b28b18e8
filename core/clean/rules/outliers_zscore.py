"""Outliers by standard deviations from the mean."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.base.types import BoolArray, FloatArray, IntArray
from core.clean.contract import Finding
from core.clean.outliers import CAP, HIGH, SIDES, TREATMENTS, Fences, Treatment, treat
from core.clean.robust import Residuals
from core.series.panel import Panel

SMALLEST_SD: Final = 0.3
"""Even the steadiest SKU may sell a third more or less than usual without being remarkable."""


@dataclass(frozen=True, slots=True)
class OutliersZscore:
    """Caps sales more than z standard deviations from the mean of the SKU's usual sales.

    Works on log(1 + units) of selling periods relative to the weekday's median. A single huge sale widens the standard
    deviation it is judged by, so mean and deviation are taken again without what lies outside until nothing more falls
    out (sigma clipping). Several alike still hide one another in a short history. The deviation is never taken smaller
    than Poisson demand of that size would show. Promotions, events, SKUs with fewer than eight selling periods and runs
    of three or more unusual ones stay. Off unless chosen: one outlier rule is enough, and the median deviation is the
    sturdier one.

    Source:
        Grubbs 1969, Procedures for detecting outlying observations in samples, Technometrics 11; clipping as usual in
        astronomy (Akhlaghi & Ichikawa 2015, section 4.3). We depart in the log scale and the floor.
    """

    key: ClassVar[str] = "outliers_zscore"
    label: ClassVar[str] = "Outliers (standard deviations)"
    description: ClassVar[str] = (
        "Sales many standard deviations from the SKU's usual ones are capped, removed or marked as an event."
    )

    z: float = parameter(4.0, "Distance that counts as extreme", unit="standard deviations", low=2.0, high=20.0)
    treatment: str = parameter(CAP, "What to do", choices=TREATMENTS)
    sides: str = parameter(HIGH, "Which sales", choices=SIDES)

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The panel with extreme sales treated, and one finding for each."""
        return treat(panel, Treatment(self.key, self.treatment, self.sides, self._fences))

    def _fences(self, usual: Residuals, n_series: int) -> Fences:
        inside = np.ones(len(usual.rows), bool)
        while True:
            mean, sd = _moments(usual.residual[inside], usual.rows[inside], n_series)
            width = self.z * np.maximum(np.maximum(sd, usual.noise), SMALLEST_SD)
            fences = Fences(mean - width, mean + width)
            kept = inside & _between(usual, fences)
            # Only ever fewer, so this ends.
            if kept.sum() == inside.sum():
                return fences
            inside = kept


def _moments(values: FloatArray, rows: IntArray, n_series: int) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation per series, each of shape (n_series,)."""
    count = np.maximum(np.bincount(rows, minlength=n_series), 1)
    mean = np.bincount(rows, weights=values, minlength=n_series) / count
    return mean, np.sqrt(np.bincount(rows, weights=(values - mean[rows]) ** 2, minlength=n_series) / count)


def _between(usual: Residuals, fences: Fences) -> BoolArray:
    return (usual.residual >= fences.low[usual.rows]) & (usual.residual <= fences.high[usual.rows])
