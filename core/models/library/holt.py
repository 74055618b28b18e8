"""Holt's method: a level and a straight trend, both smoothed."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.models.contract import Capabilities
from core.models.exponential import Form, fit_forms
from core.models.kernels.ets import ADDED, ADDITIVE, NO_SEASON
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel

FORMS: Final[tuple[Form, ...]] = ((ADDITIVE, NO_SEASON), (ADDITIVE, ADDED))


@dataclass(frozen=True, slots=True)
class Holt:
    """A smoothed level and a smoothed straight trend, with an additive season where AICc finds one.

    Source:
        Holt (1957), reprinted in Int. J. Forecasting 20 (2004), 5–10.
    """

    key: ClassVar[str] = "holt"
    label: ClassVar[str] = "Holt's linear trend"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=5, intermittent=False, default=False)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Choose the smoothing weights of each series.

        Raises:
            InsufficientHistoryError: a series has fewer than 5 observed periods.
        """
        require_history(history, self)
        return SampledFit(history, fit_forms(history, FORMS), seed)
