"""Moving average: the mean of the last few periods, over the window that served each SKU best."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.base.calendar import Frequency, TradingCalendar
from core.base.parameters import parameter
from core.base.types import FloatArray, IntArray
from core.models.contract import Capabilities, FittedModel
from core.models.kernels import smoothing
from core.models.level import fit_level
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel

WEEKS: Final = (1, 2, 4, 8, 13)
WINDOWS: Final = {Frequency.WEEK: (2, 4, 8, 13, 26), Frequency.MONTH: (2, 3, 4, 6, 12)}


def windows(calendar: TradingCalendar) -> tuple[int, ...]:
    """Windows tried, in periods; of days whole trading weeks, so that every weekday counts alike."""
    if calendar.frequency is Frequency.DAY:
        return tuple(weeks * calendar.season_length for weeks in WEEKS)
    return WINDOWS[calendar.frequency]


@dataclass(frozen=True, slots=True, eq=False)
class WindowedLevel:
    """Mean over the last periods.

    Attributes:
        window: periods averaged, shape (n_series,).
    """

    window: IntArray

    def after(self, demand: FloatArray, origins: IntArray) -> FloatArray:
        """Units per average period after each origin, shape (n_origins, n_series)."""
        return smoothing.window_means(demand, self.window, origins)


@dataclass(frozen=True, slots=True)
class MovingAverage:
    """Mean demand of the last periods, times a weekday profile for days.

    Source:
        Hyndman & Athanasopoulos (2021), section 3.3; the window is chosen per SKU by one-step errors.
    """

    key: ClassVar[str] = "moving_average"
    label: ClassVar[str] = "Moving average"
    capabilities: ClassVar[Capabilities] = Capabilities()

    window: int = parameter(
        0, "Window", unit="periods", low=0, high=730,
        help="Periods averaged; 0 chooses the window per SKU by the smallest squared one-step error.",
    )  # fmt: skip
    weekly_profile: bool = parameter(default=True, label="Weekday profile", help="Only for daily periods.")

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Choose the window of every series.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        candidates = (self.window,) if self.window else windows(history.calendar)

        def learn(demand: FloatArray) -> WindowedLevel:
            return WindowedLevel(smoothing.best_windows(demand, candidates))

        return SampledFit(history, fit_level(history, learn, weekly_profile=self.weekly_profile), seed)
