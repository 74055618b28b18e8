"""Simple exponential smoothing: a level that follows demand by a fixed share of each error."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.base.parameters import parameter
from core.base.types import FloatArray, IntArray
from core.models.contract import Capabilities, FittedModel
from core.models.kernels import smoothing
from core.models.level import fit_level
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class SmoothedLevel:
    """Level by simple smoothing.

    Attributes:
        weights: share of each error that moves the level, shape (n_series,). [α]
    """

    weights: FloatArray

    def after(self, demand: FloatArray, origins: IntArray) -> FloatArray:
        """Units per average period after each origin, shape (n_origins, n_series)."""
        return smoothing.levels_after(demand, self.weights, origins)


@dataclass(frozen=True, slots=True)
class SimpleExponentialSmoothing:
    """Level of demand smoothed over time, times a weekday profile for days.

    Source:
        Brown (1959), Statistical Forecasting for Inventory Control; Holt (1957), reprinted in Int. J. Forecasting 20
        (2004), 5–10. Weekday profile by classical decomposition, mixed with an even week.
    """

    key: ClassVar[str] = "ses"
    label: ClassVar[str] = "Simple exponential smoothing"
    capabilities: ClassVar[Capabilities] = Capabilities()

    alpha: float = parameter(
        0.0, "Smoothing weight", low=0.0, high=1.0,
        help="Share of each error that moves the level; 0 chooses it per SKU by the smallest squared one-step error.",
    )  # fmt: skip
    weekly_profile: bool = parameter(default=True, label="Weekday profile", help="Only for daily periods.")

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Choose the smoothing weight of every series.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        return SampledFit(history, fit_level(history, self._learn, weekly_profile=self.weekly_profile), seed)

    def _learn(self, demand: FloatArray) -> SmoothedLevel:
        fixed = np.full(len(demand), self.alpha)
        return SmoothedLevel(fixed if self.alpha > 0 else smoothing.best_weights(demand))
