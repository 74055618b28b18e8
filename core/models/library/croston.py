"""Croston’s method: the size of a sale and the interval between sales, smoothed apart."""

from dataclasses import dataclass
from typing import ClassVar

from core.base.types import FloatArray, IntArray
from core.models.contract import Capabilities
from core.models.kernels import intermittent
from core.models.level import fit_level
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class CrostonLevel:
    """Size over interval."""

    def after(self, demand: FloatArray, origins: IntArray) -> FloatArray:
        """Units per average period after each origin, shape (n_origins, n_series)."""
        return intermittent.croston(demand)[0][:, origins].T


@dataclass(frozen=True, slots=True)
class Croston:
    """Smoothed size of a sale over smoothed interval between sales, times the shape of the week.

    Source:
        Croston (1972), Forecasting and stock control for intermittent demands, Operational Research
        Quarterly 23, 289–303.
    """

    key: ClassVar[str] = "croston"
    label: ClassVar[str] = "Croston"
    capabilities: ClassVar[Capabilities] = Capabilities(default=False)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Learn the shape of the week; the level follows from what is known at each origin.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        return SampledFit(history, fit_level(history, lambda _demand: CrostonLevel()), seed)
