"""Seasonal ARIMA for every series at once, the order of each chosen by AICc."""

from dataclasses import dataclass
from typing import ClassVar

from core.models.box_jenkins import MIN_HISTORY, OrderSearch, fit_orders, prepared
from core.models.contract import Capabilities
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class Arima(OrderSearch):
    """Box–Jenkins models φ(B) Φ(B^m) (1−B)^d (1−B^m)^D y = θ(B) Θ(B^m) e, order by AICc, p, q ≤ 2 and P, Q ≤ 1.

    Parameters are conditional least squares with exact derivatives; d comes from the KPSS test, D from the strength
    of the season, a drift from AICc. A gap (not on sale, out of stock) is first filled by its neighbours of the same
    phase and left out of the sum of squares; then the chosen model's own expectation takes its place, so that its
    innovation is 0, and the model is fitted again. Seasonal terms need four seasons of history and a season of at
    most 24 periods; a longer one (weeks) is taken off as a smoothed profile once two seasons are known.

    Source:
        Box & Jenkins (1976); Hyndman & Khandakar (2008) for the order choice, from which we depart by trying every
        order and by the conditional instead of the exact likelihood.
    """

    key: ClassVar[str] = "arima"
    label: ClassVar[str] = "ARIMA (AICc order choice)"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=MIN_HISTORY, intermittent=False)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Choose and fit an order for each series.

        Raises:
            InsufficientHistoryError: a series has fewer than 20 observed periods.
        """
        require_history(history, self)
        ready = prepared(history, self)
        return SampledFit(history, fit_orders(history, ready, ready.standard), seed)
