"""The naive method: what was seen last goes on."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.base.types import FloatArray, IntArray
from core.models.contract import Capabilities
from core.models.level import fit_level
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class NaiveLevel:
    """The latest observation."""

    def after(self, demand: FloatArray, origins: IntArray) -> FloatArray:
        """Units per average period after each origin, shape (n_origins, n_series)."""
        place = np.where(np.isnan(demand), -1, np.arange(demand.shape[1]))
        latest = np.maximum.accumulate(place, axis=1)[:, np.asarray(origins) - 1]
        values = np.take_along_axis(demand, np.maximum(latest, 0), axis=1)
        return np.where(latest >= 0, values, np.nan).T


@dataclass(frozen=True, slots=True)
class Naive:
    """The last observed demand, without its weekday’s share, times the shape of the week.

    Source:
        Hyndman & Athanasopoulos (2021), Forecasting: principles and practice, section 5.2.
    """

    key: ClassVar[str] = "naive"
    label: ClassVar[str] = "Naive"
    capabilities: ClassVar[Capabilities] = Capabilities(default=False)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Learn the shape of the week; the level follows from what is known at each origin.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        return SampledFit(history, fit_level(history, lambda _demand: NaiveLevel()), seed)
