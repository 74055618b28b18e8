"""One regression for all series, or one per group of like series: fitted on rows, asked for any origin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import numpy as np

from core.base.types import FloatArray, IntArray
from core.compute.linear_algebra import one_thread
from core.compute.threads import over_slices
from core.models.contract import ForecastModel
from core.models.pooled_lessons import lessons, source_of
from core.models.pooled_recursion import recursive_mean
from core.models.pooled_rows import ROWS_AT_ONCE, Rows, RowSource, Smoothing, over
from core.models.pooled_shapes import demand_shape, group_series
from core.models.sampling import SampledFit, require_history
from core.series.features import FeatureSettings
from core.series.features_calendar import DAYS_PER_YEAR
from core.series.panel import Panel

ALL, GROUPS = "all", "groups"
SCOPES: Final = (ALL, GROUPS)
"""One model for all series, or one per K-Means group of series of like shape."""
DIRECT, RECURSIVE = "direct", "recursive"
HORIZONS: Final = (DIRECT, RECURSIVE)
"""Each step ahead forecast from what is known now, or step by step from the forecast of the step before."""
MOST_ROWS: Final = 100_000
"""Rows drawn to learn from, unless a method says otherwise; methods that want as many share them."""
ROWS_PER_SERIES: Final = 200
"""Rows drawn per series: as many as a small shop has to tell."""


class RowModel(Protocol):
    """What was learned from rows."""

    def expected(self, features: FloatArray) -> FloatArray:
        """What smoothing will miss, over the level, shape (n_rows,); must not depend on the other rows."""
        ...


class RowLearner(Protocol):
    """Settings of a learner over rows."""

    def learn(self, rows: Rows, seed: int) -> RowModel:
        """Learn from the rows; they may be few, but there is one at least."""
        ...


@dataclass(frozen=True, slots=True)
class PooledSettings:
    """What all pooled regressions have in common.

    Attributes:
        scope: "all" or "groups".
        horizons: "direct" or "recursive".
        drivers: whether price, promotion, events and shoppers' behaviour count.
        n_groups: number of groups, 0 = the clearest division.
        most_rows: rows drawn to learn from, at most.
        stock_outs: whether the share of periods out of stock is a column.
    """

    scope: str = ALL
    horizons: str = DIRECT
    drivers: bool = True
    n_groups: int = 0
    most_rows: int = MOST_ROWS
    stock_outs: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PooledDemand:
    """One model per group, and the panel it looks back on.

    Attributes:
        history: the panel learned from.
        settings: which features the rows have.
        learned: what the smoothing beneath learned.
        member: group of each series, shape (n_series,).
        models: the model of each group; a group without one is left to smoothing.
        recursive: whether each step is forecast from the one before.
    """

    rolls: ClassVar[bool] = True
    history: Panel
    settings: FeatureSettings
    learned: Smoothing
    member: IntArray
    models: dict[int, RowModel]
    recursive: bool = False

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """What smoothing says plus what the model adds, units, shape (n_origins, n_series, horizon)."""
        chosen = np.asarray(origins, np.int64)
        n_ahead = max(int(np.max(chosen)) + horizon - self.history.n_periods, 0)
        source = source_of(self.history, n_ahead, self.settings, self.learned)
        if self.recursive:
            return recursive_mean(source, self.added, chosen, horizon)
        result = np.full((len(chosen), len(self.history), horizon), np.nan)
        size = max(1, ROWS_AT_ONCE // (horizon * max(len(chosen), 1)))

        def answer(begin: int, end: int) -> None:
            for first in range(begin, end, size):
                part = np.arange(first, min(first + size, end))
                result[:, part] = self._direct(source, part, chosen, horizon)

        over_slices(answer, len(self.history))
        return result

    def _direct(self, source: RowSource, series: IntArray, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units of some series, shape (n_origins, n_series, horizon)."""
        wide, known = series[:, None, None], origins[None, :, None]
        steps = np.arange(1, horizon + 1)[None, None, :]
        level = source.features.level(wide, known)
        usual = over(source.baseline.at(wide, known, steps), level)
        added = self.added(np.repeat(series, len(origins) * horizon), source.rows(wide, known, steps))
        expected = np.maximum(usual + added.reshape(usual.shape), 0.0) * level
        begun = source.features.starts[wide] < known
        return np.where(begun, expected, np.nan).swapaxes(0, 1)

    def added(self, series: IntArray, features: FloatArray) -> FloatArray:
        """What the model of each row's group adds to smoothing, over the level, shape (n_rows,)."""
        group = self.member[series]
        found = np.zeros(len(series))
        for number in np.unique(group):
            model = self.models.get(int(number))
            if model is None:
                continue
            inside = group == number
            found[inside] = model.expected(features if inside.all() else features[inside])
        return found


def fit_pooled(
    model: ForecastModel, history: Panel, learner: RowLearner, settings: PooledSettings, seed: int
) -> SampledFit:
    """Draw rows, learn one model for all series or one per group, and wrap it for forecasting.

    Raises:
        InsufficientHistoryError: a series has fewer observed periods than the method needs.
    """
    require_history(history, model)
    # a yearly wave cannot be told from growth before a year has passed
    has_year = int((history.calendar.last - history.calendar.periods[0]).astype(int)) >= DAYS_PER_YEAR
    features = FeatureSettings(
        yearly_pairs=2 if has_year else 0,
        drivers=settings.drivers,
        groups=True,
        # decided here, so that the columns stay the same when the history grows
        stock_outs=settings.stock_outs and bool(history.censored.any()),
    )
    recursive = settings.horizons == RECURSIVE
    # no further ahead than half of the history, so that every step has outcomes to learn from
    horizon = 1 if recursive else max(1, min(history.frequency.planning_horizon, history.n_periods // 2))
    n_rows = min(ROWS_PER_SERIES * len(history), settings.most_rows)
    prepared = lessons(history, features)
    rows = prepared.rows(horizon, n_rows, seed)
    member = np.zeros(len(history), np.int64)
    if settings.scope == GROUPS:
        member = group_series(demand_shape(history), settings.n_groups, seed)
    group_of_row = member[rows.series]
    numbers = np.unique(group_of_row)
    with one_thread():
        models = {
            int(group): learner.learn(rows.where(group_of_row == group) if len(numbers) > 1 else rows, seed)
            for group in numbers
        }
    return SampledFit(history, PooledDemand(history, features, prepared.learned, member, models, recursive), seed)


def least_error(candidates: Sequence[RowModel], later: Rows) -> int:
    """Number of the candidate that errs least on rows later than those that taught it; the first one wins ties.

    Args:
        candidates: models that know the earlier rows only, the most cautious first.
        later: the rows to judge by; none of them choose the first candidate.
    """
    if not later.weight.any():
        return 0
    errors = [later.residual - candidate.expected(later.features) for candidate in candidates]
    return int(np.argmin([float(np.average(error**2, weights=later.weight)) for error in errors]))
