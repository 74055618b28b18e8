"""The Syntetos–Boylan approximation: Croston’s method without its bias."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.base.types import FloatArray, IntArray
from core.models.contract import Capabilities
from core.models.kernels import intermittent
from core.models.level import fit_level
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class SyntetosBoylanLevel:
    """Size over interval, times 1 − α/2 once there was a period without a sale."""

    def after(self, demand: FloatArray, origins: IntArray) -> FloatArray:
        """Units per average period after each origin, shape (n_origins, n_series)."""
        levels, weights = intermittent.croston(demand)
        # where something was sold in every period the ratio has no bias
        paused = np.logical_or.accumulate(demand == 0.0, axis=1)[:, np.asarray(origins) - 1]
        return (np.where(paused, 1.0 - weights[:, None] / 2.0, 1.0) * levels[:, origins]).T


@dataclass(frozen=True, slots=True)
class SyntetosBoylan:
    """Croston’s size over interval, lowered by half the smoothing weight because the ratio is too high on average.

    Source:
        Syntetos & Boylan (2005), The accuracy of intermittent demand estimates, Int. J. Forecasting 21, 303–314.
    """

    key: ClassVar[str] = "sba"
    label: ClassVar[str] = "Syntetos–Boylan (SBA)"
    capabilities: ClassVar[Capabilities] = Capabilities(default=False)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Learn the shape of the week; the level follows from what is known at each origin.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        return SampledFit(history, fit_level(history, lambda _demand: SyntetosBoylanLevel()), seed)
