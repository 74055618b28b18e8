"""The theta method: half of the straight line through the past, and a smoothed level."""

from dataclasses import dataclass
from typing import ClassVar

from core.models.contract import Capabilities
from core.models.sampling import SampledFit, require_history
from core.models.theta_lines import fit_theta
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class Theta:
    """A smoothed level and half of the drift that the past showed, times the season's profile.

    Source:
        Assimakopoulos & Nikolopoulos (2000), The theta model, Int. J. Forecasting 16, 521–530, in the dynamic form of
        Fiorucci et al. (2016).
    """

    key: ClassVar[str] = "theta"
    label: ClassVar[str] = "Theta"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=4, intermittent=False)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Learn the weights of each series.

        Raises:
            InsufficientHistoryError: a series has fewer than four observed periods.
        """
        require_history(history, self)
        return SampledFit(history, fit_theta(history, free_theta=False), seed)
