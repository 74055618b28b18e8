"""Calendar boosting: trees learn from all series what the calendar regression missed at past origins."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.base.types import FloatArray, IntArray
from core.compute.threads import over_slices
from core.models.calendar_columns import EffectSettings
from core.models.calendar_lessons import Course, lesson_horizon, lessons_at, teaching_origins
from core.models.calendar_rows import CalendarRows
from core.models.calendar_stages import Stages
from core.models.calendar_trees import Learners, block_of, grow
from core.models.contract import Capabilities, FittedModel
from core.models.pooled_rows import ROWS_AT_ONCE
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel

YEARLY_PAIRS: Final = 3
"""Waves of the year in the regression."""


@dataclass(frozen=True, slots=True, eq=False)
class BoostedCalendar:
    """The regressions of each time, and what trees add to them.

    Attributes:
        history: the panel learned from.
        stages: calendar regressions as learned at earlier dates and now.
        learners: the trees.
        taught: first period that taught them; events that came only before it are left to the regression.
        horizon: periods ahead they were taught; further ahead they count less and less.
        share: part of the miss they expect that is believed, fraction.
        drivers: whether price, promotion and events count.
    """

    history: Panel
    stages: Stages
    learners: Learners
    taught: int
    horizon: int
    share: float
    drivers: bool

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Regression at each origin plus the share of the miss, units, shape (n_origins, n_series, horizon)."""
        origins = np.asarray(origins)
        expected = self.stages.mean_at(origins, horizon)
        if not self.learners.members:
            return expected
        n_ahead = max(int(np.max(origins)) + horizon - self.history.n_periods, 0)
        rows = CalendarRows.of(self.history, n_ahead, drivers=self.drivers)
        share = self.share * np.minimum(1.0, self.horizon / np.arange(1, horizon + 1))
        unseen = rows.near_unseen_events(self.taught, self.history.n_periods)
        for place, origin in enumerate(origins.tolist()):
            believed = np.where(unseen[origin : origin + horizon], 0.0, share)
            self._correct(rows, origin, expected[place], believed)
        return expected

    def _correct(self, rows: CalendarRows, origin: int, expected: FloatArray, share: FloatArray) -> None:
        """Correct the forecasts of one origin, shape (n_series, horizon); what the regression calls closed stays 0."""
        chosen, level = rows.live(origin, expected)
        now = self.history.n_periods
        block = (
            None
            if origin == now
            else int(block_of(np.array([origin]), now, self.history.frequency.periods_per_year)[0])
        )
        size = max(ROWS_AT_ONCE // len(share), 1)

        def correct(begin: int, end: int) -> None:
            for first in range(begin, end, size):
                part = slice(first, min(first + size, end))
                before = expected[chosen[part]]
                told = self.learners.miss(rows.rows(chosen[part], origin, before), block).reshape(before.shape)
                better = np.maximum(before + share * told * level[part, None], 0.0)
                expected[chosen[part]] = np.where(before > 0, better, 0.0)

        over_slices(correct, len(chosen))


@dataclass(frozen=True, slots=True)
class CalendarBoosting:
    """Boosted trees on the errors that a calendar regression made at past origins, one model for all series.

    The regression carries what is smooth (season, level, growth); the trees add what depends on circumstances: an event
    on a Sunday, a pay week after a weak month, what the group a series belongs to did last year. What they expect is
    believed by two thirds.

    Source:
        Friedman 2001, Annals of Statistics 29; Zhang 2003, Neurocomputing 50 (a model of the errors of another);
        Makridakis, Spiliotis and Assimakopoulos 2022, Int. J. Forecasting 38 (trees on such features).
    """

    key: ClassVar[str] = "calendar_boosting"
    label: ClassVar[str] = "Calendar boosting"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=8, drivers=True, pooled=True)

    rounds: int = parameter(40, "Trees", low=1, high=2_000)
    share: float = parameter(
        0.67, "Share believed", low=0.0, high=1.0, help="0 leaves the calendar regression as it is."
    )
    most_rows: int = parameter(100_000, "Rows", low=1_000, high=2_000_000, help="Rows drawn to learn from.")
    drivers: bool = parameter(default=True, label="Use price, promotion and events")

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Learn the regression at several past dates, then the trees from its errors since.

        Raises:
            InsufficientHistoryError: a series has fewer than 8 observed periods.
        """
        require_history(history, self)
        horizon = lesson_horizon(history)
        origins = teaching_origins(history, horizon)
        stages = Stages.of(history, int(origins[0]), EffectSettings(YEARLY_PAIRS, self.drivers))
        rows = CalendarRows.of(history, 0, drivers=self.drivers)
        lessons = lessons_at(rows, stages, origins, Course(horizon, self.most_rows, seed))
        learners = grow(lessons, self.rounds, seed)
        taught = int(origins[0])
        return SampledFit(
            history, BoostedCalendar(history, stages, learners, taught, horizon, self.share, self.drivers), seed
        )
