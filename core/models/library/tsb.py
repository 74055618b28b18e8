"""The Teunter–Syntetos–Babai method: how likely a sale is, and how large."""

from dataclasses import dataclass
from typing import ClassVar

from core.base.types import FloatArray, IntArray
from core.models.contract import Capabilities
from core.models.kernels import intermittent
from core.models.level import fit_level
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class TeunterSyntetosBabaiLevel:
    """Probability times size."""

    def after(self, demand: FloatArray, origins: IntArray) -> FloatArray:
        """Units per average period after each origin, shape (n_origins, n_series)."""
        return intermittent.tsb(demand)[:, origins].T


@dataclass(frozen=True, slots=True)
class TeunterSyntetosBabai:
    """Smoothed probability of a sale times smoothed size, so that an item that stops selling fades out.

    Source:
        Teunter, Syntetos & Babai (2011), Intermittent demand: linking forecasting to inventory obsolescence, European
        Journal of Operational Research 214, 606–615.
    """

    key: ClassVar[str] = "tsb"
    label: ClassVar[str] = "Teunter–Syntetos–Babai (TSB)"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Learn the shape of the week; the level follows from what is known at each origin.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        return SampledFit(history, fit_level(history, lambda _demand: TeunterSyntetosBabaiLevel()), seed)
