"""Linear regression: calendar, price, promotion and events explain each series; its level is smoothed over time."""

from dataclasses import dataclass
from typing import ClassVar

from core.base.parameters import parameter
from core.models.calendar_columns import EffectSettings
from core.models.calendar_lessons import lesson_horizon, teaching_origins
from core.models.calendar_stages import Stages
from core.models.contract import Capabilities, FittedModel
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class LinearRegression:
    """Ridge regressions of each series on calendar, price, promotion and events, averaged, on a smoothed level.

    Three regressions see the effects differently (multiplying with a simple or a rich season, and in between
    multiplying and adding); their mean errs less than any of them. The horizon may be as long as wished: nothing is fed
    back into the forecast.

    Source:
        Hoerl and Kennard 1970, Technometrics 12 (ridge); Harvey 1989, section 2.3 (calendar regressors); Brown 1959
        (the level); Bates and Granger 1969 (the mean). The penalty of an effect is noise variance over prior variance,
        its Bayesian reading.
    """

    key: ClassVar[str] = "linear_regression"
    label: ClassVar[str] = "Linear regression"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=8, drivers=True)

    yearly_pairs: int = parameter(3, "Yearly waves", low=0, high=6, help="Sine and cosine pairs of the yearly season.")
    drivers: bool = parameter(default=True, label="Use price, promotion and events")

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Learn the effects of every series at once, and as they would have been learned at earlier dates.

        Raises:
            InsufficientHistoryError: a series has fewer than 8 observed periods.
        """
        require_history(history, self)
        first = int(teaching_origins(history, lesson_horizon(history))[0])
        return SampledFit(history, Stages.of(history, first, EffectSettings(self.yearly_pairs, self.drivers)), seed)
