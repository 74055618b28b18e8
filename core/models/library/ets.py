"""The family of exponential smoothing methods, the form of each SKU chosen by AICc."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.base.parameters import parameter
from core.models.contract import Capabilities
from core.models.exponential import Form, fit_forms
from core.models.kernels.ets import ADDED, ADDITIVE, DAMPED, MULTIPLIED, NO_SEASON, NO_TREND
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel

MIN_HISTORY: Final = 4
SEASONS: Final = {"choose": (NO_SEASON, ADDED, MULTIPLIED), "additive": (NO_SEASON, ADDED), "none": (NO_SEASON,)}


@dataclass(frozen=True, slots=True)
class Ets:
    """Level, damped trend and season, each taken in where AICc says that it pays.

    Additive errors. A straight trend is not among the forms unless asked for: over a lead time it overshoots more
    often than it helps (Gardner & McKenzie 1985). A season of at most twelve phases is smoothed; a longer one (weeks)
    is taken off as a smoothed profile once two seasons are known. A multiplicative season is tried for SKUs that sell
    in every period. Days may have two seasons: that of the week, and the year as two waves where two years are known.

    Source:
        Hyndman, Koehler, Snyder & Grose (2002), A state space framework for automatic forecasting using exponential
        smoothing methods, Int. J. Forecasting 18, 439–454; Gardner & McKenzie (1985), Management Science 31, 1237–1246.
    """

    key: ClassVar[str] = "ets"
    label: ClassVar[str] = "ETS (AICc choice)"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=MIN_HISTORY, intermittent=False)

    season: str = parameter("choose", "Season", choices=tuple(SEASONS), help="Which kinds of season are tried.")
    straight_trend: bool = parameter(default=False, label="Straight trends too", help="Not only damped ones.")
    yearly: bool = parameter(default=True, label="A year beside the week", help="For days, once two years are known.")

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Choose and fit a form for each series.

        Raises:
            InsufficientHistoryError: a series has fewer than four observed periods.
        """
        require_history(history, self)
        return SampledFit(history, fit_forms(history, self._forms(), with_year=self.yearly), seed)

    def _forms(self) -> tuple[Form, ...]:
        trends = (NO_TREND, ADDITIVE, DAMPED) if self.straight_trend else (NO_TREND, DAMPED)
        return tuple((trend, season) for season in SEASONS[self.season] for trend in trends)
