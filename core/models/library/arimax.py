"""ARIMA with regressors: price, promotion, holidays and events explain demand, an ARIMA what they leave."""

from dataclasses import dataclass
from typing import ClassVar

from core.models.arima_regression import fit_regression
from core.models.box_jenkins import MIN_HISTORY, OrderSearch, prepared
from core.models.contract import Capabilities
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class Arimax(OrderSearch):
    """Regression on drivers known ahead with seasonal ARIMA errors, order by AICc, p, q ≤ 2 and P, Q ≤ 1.

    Demand over its season = effects + n, where n is an ARIMA. Effects are estimated by generalised least squares:
    demand and regressors go through the fitted ARIMA filter, a ridge regression explains the one by the other, and
    order and effects are estimated twice in turn. Drivers that nobody plans ahead (clicks, stock) are not used. Without
    any driver, or where AICc does not want them, it is the ARIMA alone.

    Source:
        Box & Jenkins (1976), chapter 11; Cochrane & Orcutt (1949); Harvey & Phillips (1979).
    """

    key: ClassVar[str] = "arimax"
    label: ClassVar[str] = "ARIMAX (ARIMA with drivers)"
    capabilities: ClassVar[Capabilities] = Capabilities(
        min_history=MIN_HISTORY, drivers=True, intermittent=False, default=False
    )

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Learn effects and orders of each series.

        Raises:
            InsufficientHistoryError: a series has fewer than 20 observed periods.
        """
        require_history(history, self)
        ready = prepared(history, self)
        return SampledFit(history, fit_regression(history, ready), seed)
