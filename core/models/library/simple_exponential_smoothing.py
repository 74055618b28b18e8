"""Simple exponential smoothing: a level that follows demand by a fixed share of each error."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.base.parameters import parameter
from core.base.types import FloatArray, IntArray
from core.models import season
from core.models.contract import Capabilities, FittedModel
from core.models.kernels import smoothing
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class SmoothedLevel:
    """Smoothing weights and weekday profiles learned from a panel.

    Attributes:
        history: the panel whose levels are smoothed.
        weights: share of each error that moves the level, shape (n_series,). [α]
        profile: weekday ratios, shape (n_series, 7).
    """

    history: Panel
    weights: FloatArray
    profile: FloatArray

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Level at each origin times the weekdays' ratios, units per period, shape (n_origins, n_series, horizon)."""
        steady = season.without_profile(self.history, self.profile)
        levels = smoothing.levels_after(steady, self.weights, origins)
        return season.with_profile(levels, self.history, self.profile, origins, horizon)


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
        n_series = len(history)
        profile = season.weekly_profile(history) if self.weekly_profile else season.flat_week(n_series)
        steady = season.without_profile(history, profile)
        weights = np.full(n_series, self.alpha) if self.alpha > 0 else smoothing.best_weights(steady)
        return SampledFit(history, SmoothedLevel(history, weights, profile), seed)
