"""Calendar regressions as they would have been learned at earlier dates, so that their past errors are honest."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from core.base.types import FloatArray, IntArray
from core.models.calendar_columns import Effects, EffectSettings
from core.models.calendar_regression import CalendarRegression, learn
from core.series.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """Regressions by the number of periods they knew.

    Attributes:
        known: periods known to each, ascending, shape (n_stages,).
        stages: the regressions, rolled along the whole history.
    """

    known: IntArray
    stages: tuple[CalendarRegression, ...]

    @classmethod
    def of(cls, history: Panel, first: int, settings: EffectSettings) -> Self:
        """Learn at the end, with `first` periods known, and between, so that none asked is over a year old."""
        n_steps = int(np.ceil((history.n_periods - first) / history.frequency.periods_per_year))
        known = np.linspace(first, history.n_periods, max(n_steps, 1) + 1).round().astype(np.int64)
        stages = tuple(
            replace(learn(history.until(int(n)) if n < history.n_periods else history, settings), history=history)
            for n in known
        )
        return cls(known, stages)

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units, shape (n_origins, n_series, horizon), each origin by the latest regression of its time.

        Origins before the first stage ask the first one.
        """
        origins = np.asarray(origins)
        stage = np.maximum(np.searchsorted(self.known, origins, side="right") - 1, 0)
        latest = self.stages[-1]
        n_ahead = max(int(np.max(origins)) + horizon - latest.history.n_periods, 0)
        effects = Effects.of(latest.history, n_ahead, latest.settings)
        result = np.empty((len(origins), len(latest.history), horizon))
        for number in np.unique(stage):
            inside = stage == number
            result[inside] = self.stages[number].told(effects, origins[inside], horizon)
        return result
