"""Holt–Winters: level, straight trend and season, all smoothed."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.models.contract import Capabilities
from core.models.exponential import Form, fit_forms
from core.models.kernels.ets import ADDED, ADDITIVE, MULTIPLIED
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel

FORMS: Final[tuple[Form, ...]] = ((ADDITIVE, ADDED), (ADDITIVE, MULTIPLIED))


@dataclass(frozen=True, slots=True)
class HoltWinters:
    """A smoothed level, straight trend and season; the season is added or multiplied, whichever AICc prefers.

    Days of two years and more may have the year as a second season, see ETS.

    Source:
        Winters (1960), Forecasting sales by exponentially weighted moving averages, Management Science 6, 324–342.
    """

    key: ClassVar[str] = "holt_winters"
    label: ClassVar[str] = "Holt–Winters"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=5, intermittent=False, default=False)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Choose the smoothing weights of each series.

        Raises:
            InsufficientHistoryError: a series has fewer than 5 observed periods.
        """
        require_history(history, self)
        return SampledFit(history, fit_forms(history, FORMS, with_year=True), seed)
