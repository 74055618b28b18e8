"""Moving average: the mean of the last few periods, over the window that served each SKU best."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.calendar import Frequency, TradingCalendar
from core.base.parameters import parameter
from core.base.types import FloatArray, IntArray
from core.models.contract import Capabilities, FittedModel
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
        levels = np.full((len(origins), len(demand)), np.nan)
        for window in np.unique(self.window):
            chosen = self.window == window
            levels[:, chosen] = means_before(demand[chosen], int(window))[:, origins].T
        return levels


def means_before(demand: FloatArray, window: int) -> FloatArray:
    """Mean of what was observed in the last `window` periods before each point in time.

    A window without any observation keeps the mean before it; a history shorter than the window is averaged whole.

    Args:
        demand: units per period, NaN = not observed, shape (n_series, n_periods).
        window: periods.

    Returns:
        Units per period, NaN before the first observation, shape (n_series, n_periods + 1).
    """
    known = ~np.isnan(demand)
    none = np.zeros((demand.shape[0], 1))
    total = np.concatenate([none, np.cumsum(np.where(known, demand, 0.0), axis=1)], axis=1)
    count = np.concatenate([none, np.cumsum(known, axis=1)], axis=1)
    ends = np.arange(demand.shape[1] + 1)
    begins = np.maximum(ends - window, 0)
    counts = count - count[:, begins]
    # sums as differences of a running total may end a hair below zero
    sums = np.maximum(total - total[:, begins], 0.0)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    latest = np.maximum.accumulate(np.where(counts > 0, ends, 0), axis=1)
    return np.take_along_axis(means, latest, axis=1)


def best_windows(demand: FloatArray, candidates: tuple[int, ...]) -> IntArray:
    """Candidate window of each series with the smallest squared one-step errors; ties take the longest window."""
    ordered = sorted(candidates, reverse=True)
    errors = [np.nansum((demand - means_before(demand, window)[:, :-1]) ** 2, axis=1) for window in ordered]
    return np.asarray(ordered, np.int64)[np.argmin(errors, axis=0)]


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
            return WindowedLevel(best_windows(demand, candidates))

        return SampledFit(history, fit_level(history, learn, weekly_profile=self.weekly_profile), seed)
