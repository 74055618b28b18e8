"""Several ways of summing demand over time, averaged."""

from dataclasses import dataclass
from typing import ClassVar

from core.base.types import FloatArray, IntArray
from core.models.contract import Capabilities
from core.models.kernels import intermittent
from core.models.level import fit_level
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class ImapaLevel:
    """Sums over blocks of every length, smoothed and averaged."""

    def after(self, demand: FloatArray, origins: IntArray) -> FloatArray:
        """Units per average period after each origin, shape (n_origins, n_series)."""
        return intermittent.aggregated(demand, origins, every=True)


@dataclass(frozen=True, slots=True)
class Imapa:
    """The mean of smoothed sums over blocks of every length up to the mean interval between sales.

    Source:
        Petropoulos & Kourentzes (2015), Forecast combinations for intermittent demand, J. Oper. Res. Soc. 66, 914–924.
    """

    key: ClassVar[str] = "imapa"
    label: ClassVar[str] = "Multiple aggregation (IMAPA)"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Learn the shape of the week; the level follows from what is known at each origin.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        return SampledFit(history, fit_level(history, lambda _demand: ImapaLevel()), seed)
