"""What the errors of calendar regressions at past origins teach."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.randomness import generator
from core.base.types import FloatArray, IntArray
from core.models.calendar_rows import CalendarRows
from core.models.calendar_stages import Stages
from core.models.calendar_trees import Lessons, block_of
from core.series.panel import Panel

YEARS: Final = 2.5
"""Years of origins that teach."""
EVERY: Final = {Frequency.DAY: 14, Frequency.WEEK: 2, Frequency.MONTH: 1}
"""Periods between them."""
FIRST_YEARS: Final = 1.25
"""Years known before the first of them, or half of a history that is shorter than twice as long."""


@dataclass(frozen=True, slots=True)
class Course:
    """How much is taught.

    Attributes:
        horizon: periods ahead.
        most_rows: rows at most; of larger panels some series are drawn at each origin.
        seed: root of that draw.
    """

    horizon: int
    most_rows: int
    seed: int


def lesson_horizon(history: Panel) -> int:
    """Periods ahead that are taught: the usual horizon, or a quarter of a short history."""
    return max(1, min(history.frequency.default_horizon, history.n_periods // 4))


def teaching_origins(history: Panel, horizon: int) -> IntArray:
    """Past origins whose next `horizon` periods are known, ascending, shape (n_origins,); at least one."""
    n_periods, year = history.n_periods, history.frequency.periods_per_year
    newest = n_periods - horizon
    oldest = max(newest - YEARS * year, min(FIRST_YEARS * year, n_periods / 2))
    return np.arange(newest, min(oldest, newest) - 1, -EVERY[history.frequency], dtype=np.int64)[::-1]


def lessons_at(rows: CalendarRows, stages: Stages, origins: IntArray, course: Course) -> Lessons:
    """Rows about every series, origin and step with a known outcome.

    An error counts in units of the series' usual change from period to period, as in RMSSE, so that large series do not
    drown small ones.

    Args:
        rows: of the panel.
        stages: regressions as learned at earlier dates.
        origins: past origins, ascending.
        course: how much is taught.
    """
    history, horizon = stages.history, course.horizon
    demand = rows.source.history.observed
    usual = usual_change(demand)
    rng = generator(course.seed, "calendar lessons")
    most = max(course.most_rows // (len(origins) * horizon), 1)
    blocks = block_of(origins, history.n_periods, history.frequency.periods_per_year)
    parts = []
    for origin, block, expected in zip(
        origins.tolist(), blocks.tolist(), stages.said_at(origins, horizon), strict=True
    ):
        chosen, level = rows.live(origin, expected)
        kept = np.sort(rng.permutation(len(chosen))[:most])
        chosen, level = chosen[kept], level[kept]
        actual = demand[chosen, origin : origin + horizon]
        miss = (actual - expected[chosen]) / level[:, None]
        weight = np.repeat((level / usual[chosen]) ** 2, horizon)
        told = ~np.isnan(miss.ravel()) & np.isfinite(weight)
        features = rows.rows(chosen, origin, expected[chosen])
        parts.append(Lessons(features[told], miss.ravel()[told], weight[told], np.full(told.sum(), block)))
    return Lessons(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.miss for part in parts]),
        np.concatenate([part.weight for part in parts]),
        np.concatenate([part.block for part in parts]),
    )


def usual_change(demand: FloatArray) -> FloatArray:
    """Root mean squared change of each series from period to period, units, infinite where nothing changes."""
    change = np.diff(demand, axis=1)
    count = (~np.isnan(change)).sum(axis=1)
    mean = np.nansum(change**2, axis=1) / np.maximum(count, 1)
    return np.where(mean > 0, np.sqrt(mean), np.inf)
