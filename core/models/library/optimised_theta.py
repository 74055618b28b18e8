"""The theta method with the weight of its straight line chosen for each SKU."""

from dataclasses import dataclass
from typing import ClassVar

from core.models.contract import Capabilities
from core.models.sampling import SampledFit, require_history
from core.models.theta_lines import fit_theta
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class OptimisedTheta:
    """A smoothed level and as much of the drift that the past showed as served best, times the season's profile.

    Source:
        Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016), Models for optimising the theta method, Int. J.
        Forecasting 32, 1151–1161.
    """

    key: ClassVar[str] = "optimised_theta"
    label: ClassVar[str] = "Optimised theta"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=4, intermittent=False)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Learn the weights of each series.

        Raises:
            InsufficientHistoryError: a series has fewer than four observed periods.
        """
        require_history(history, self)
        return SampledFit(history, fit_theta(history, free_theta=True), seed)
