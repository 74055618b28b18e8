"""The damped trend: a trend that fades out."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.models.contract import Capabilities
from core.models.exponential import Form, fit_forms
from core.models.kernels.ets import ADDED, DAMPED, MULTIPLIED, NO_SEASON
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel

FORMS: Final[tuple[Form, ...]] = ((DAMPED, NO_SEASON), (DAMPED, ADDED), (DAMPED, MULTIPLIED))


@dataclass(frozen=True, slots=True)
class DampedTrend:
    """A smoothed level and a trend that loses a share of itself each period, with a season where AICc finds one.

    Source:
        Gardner & McKenzie (1985), Forecasting trends in time series, Management Science 31, 1237–1246.
    """

    key: ClassVar[str] = "damped_trend"
    label: ClassVar[str] = "Damped trend"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=5, intermittent=False)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Choose the smoothing weights of each series.

        Raises:
            InsufficientHistoryError: a series has fewer than 5 observed periods.
        """
        require_history(history, self)
        return SampledFit(history, fit_forms(history, FORMS), seed)
