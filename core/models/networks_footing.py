"""What a calendar regression says at the origins that windows are cut at; a network learns what it misses."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from core.base.randomness import generator
from core.base.types import Float32Array, FloatArray, IntArray
from core.models.calendar_columns import EffectSettings
from core.models.calendar_lessons import teaching_origins
from core.models.calendar_stages import Stages
from core.series.panel import Panel

YEARLY_PAIRS: Final = 3
"""Waves of the year in the regression."""
MOST_VALUES: Final = 4_000_000
"""Forecasts of the regression held at once for learning."""
LEAST_ORIGINS: Final = 16
"""Origins to learn at, however many series there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Footing:
    """Forecasts of the regression as they would have been made at some origins.

    Attributes:
        origins: numbers of periods known, ascending, shape (n_origins,).
        units: expected units of the periods after each, shape (n_origins, n_series, reach).
    """

    origins: IntArray
    units: Float32Array

    @classmethod
    def of(cls, stages: Stages, origins: IntArray, reach: int) -> Self:
        """Ask the regression of each origin's time for the next `reach` periods."""
        known = np.unique(origins)
        return cls(known, stages.said_at(known, reach).astype(np.float32))

    def at(self, series: IntArray, origins: IntArray, offsets: IntArray) -> FloatArray:
        """Expected units at origin + offset, shape (n_rows, n_offsets).

        Args:
            series: index of the series, shape (n_rows,).
            origins: some of the footing's, shape (n_rows,).
            offsets: periods after the first one ahead, shape (n_offsets,).
        """
        place = np.searchsorted(self.origins, origins)
        return self.units[place[:, None], series[:, None], offsets[None, :]].astype(np.float64)


def regressions(history: Panel, horizon: int) -> Stages:
    """The calendar regression of now, and as it would have been learned about every year of the last ones."""
    oldest = int(teaching_origins(history, horizon)[0])
    return Stages.of(history, oldest, EffectSettings(YEARLY_PAIRS, drivers=True))


def learning_origins(stages: Stages, horizon: int, seed: int) -> IntArray:
    """Origins whose next `horizon` periods are known, ascending; the last is for checking, the others end before it.

    They are drawn among the last years, of which the regression of the time is known.
    """
    history = stages.history
    newest = max(history.n_periods - horizon, 1)
    oldest = int(teaching_origins(history, horizon)[0])
    offered = np.arange(min(oldest, max(newest - horizon, 1)), max(newest - horizon, 1) + 1)
    most = max(MOST_VALUES // (len(history) * horizon), LEAST_ORIGINS)
    drawn = generator(seed, "learning origins").permutation(offered)[:most]
    return np.unique(np.append(drawn, newest))
