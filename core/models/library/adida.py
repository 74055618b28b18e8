"""Aggregate, forecast, disaggregate: demand summed over blocks that seldom stay empty."""

from dataclasses import dataclass
from typing import ClassVar

from core.base.types import FloatArray, IntArray
from core.models.contract import Capabilities
from core.models.kernels import intermittent
from core.models.level import fit_level
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class AdidaLevel:
    """Sums over blocks of one length, smoothed."""

    def after(self, demand: FloatArray, origins: IntArray) -> FloatArray:
        """Units per average period after each origin, shape (n_origins, n_series)."""
        return intermittent.aggregated(demand, origins, every=False)


@dataclass(frozen=True, slots=True)
class Adida:
    """Demand summed over blocks as long as the mean interval between sales, smoothed, and spread evenly again.

    Source:
        Nikolopoulos, Syntetos, Boylan, Petropoulos & Assimakopoulos (2011), An aggregate–disaggregate intermittent
        demand approach (ADIDA) to forecasting, J. Oper. Res. Soc. 62, 544–554.
    """

    key: ClassVar[str] = "adida"
    label: ClassVar[str] = "Aggregate–disaggregate (ADIDA)"
    capabilities: ClassVar[Capabilities] = Capabilities(default=False)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Learn the shape of the week; the level follows from what is known at each origin.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        return SampledFit(history, fit_level(history, lambda _demand: AdidaLevel()), seed)
