"""Seasonal naive: the same weekday, week or month as last time; the yardstick every other method must beat."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.base.types import FloatArray, IntArray
from core.models import season
from core.models.contract import Capabilities, FittedModel
from core.models.kernels import smoothing
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class LastSeason:
    """The history itself: nothing is learned.

    Attributes:
        history: the panel whose last season is repeated.
    """

    rolls: ClassVar[bool] = True

    history: Panel

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Last demand seen at the same place of the season, units per period, shape (n_origins, n_series, horizon)."""
        origins = np.asarray(origins, np.int64)
        place = season.phases(self.history.calendar, horizon)
        return smoothing.last_of_phase(self.history.observed(), place, origins, horizon)


@dataclass(frozen=True, slots=True)
class SeasonalNaive:
    """Demand of the same weekday, week of the year or month as when it was last seen.

    A place of the season that was never seen (history shorter than a season, or always out of stock then) takes the
    last demand seen at all.

    Source:
        Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, section 5.2.
    """

    key: ClassVar[str] = "seasonal_naive"
    label: ClassVar[str] = "Seasonal naive"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Keep the history.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        return SampledFit(history, LastSeason(history), seed)
