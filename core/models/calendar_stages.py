"""Calendar regressions as they would have been learned at earlier dates, so that their past errors are honest."""

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from core.base.types import FloatArray, IntArray
from core.models.calendar_columns import EffectSettings
from core.models.calendar_regression import CalendarRegression, learn
from core.series.panel import Panel

STAGES_PER_YEAR: Final = 2
"""How often the regressions are learned anew while going back."""


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
        """Learn at the end and every half year before it, down to about `first` periods known."""
        step = max(round(history.frequency.periods_per_year / STAGES_PER_YEAR), 1)
        known = np.arange(history.n_periods, max(first - step, first // 2, 1), -step, dtype=np.int64)[::-1]
        stages = tuple(replace(learn(history.until(int(n)), settings), history=history) for n in known)
        return cls(known, stages)

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units, shape (n_origins, n_series, horizon), each origin by the latest regression of its time.

        Origins before the first stage ask the first one.
        """
        origins = np.asarray(origins)
        stage = np.maximum(np.searchsorted(self.known, origins, side="right") - 1, 0)
        result = np.empty((len(origins), len(self.stages[0].history), horizon))
        for number in np.unique(stage):
            inside = stage == number
            result[inside] = self.stages[number].mean_at(origins[inside], horizon)
        return result
