"""Windows for neural networks: scaled past demand and what is known ahead, cut out of a panel by index."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from core.base.calendar import Frequency
from core.base.types import Float32Array, FloatArray, IntArray
from core.models.calendar_stages import Stages
from core.models.networks_footing import Footing
from core.series.features import FeatureSource, feature_source
from core.series.panel import Panel

CONTEXT: Final[dict[Frequency, int]] = {Frequency.DAY: 56, Frequency.WEEK: 26, Frequency.MONTH: 24}
"""Periods a network looks back."""
LOG_RATIO_LIMIT: Final = 4.0
"""Demand is never expected above e⁴ ≈ 55 times the level, nor below its inverse."""
OF_THE_WEEK: Final = "weekday_"
"""Beginning of the names of the calendar's columns that a network reads."""
ROWS_AT_ONCE: Final = 8_192
"""Windows held in memory at once."""

SEASONS_BACK: Final = 4
"""Seasons averaged at the target's place in the season."""
MOST_RATIO: Final = 5.0
"""Last season and last year are read up to this many times the level."""

Network: TypeAlias = Callable[[Float32Array, Float32Array, IntArray], Float32Array]
"""(past, future, series) → log of expected demand over the level, shape (n_rows, horizon)."""


@dataclass(frozen=True, slots=True)
class WindowShape:
    """How far a network looks back and ahead.

    Attributes:
        context: periods of the past it reads.
        horizon: periods it forecasts at once; longer horizons continue on its own forecast.
    """

    context: int
    horizon: int

    @classmethod
    def fitting(cls, history: Panel) -> "WindowShape":
        """The usual shape for the frequency, shortened until training and checking windows fit into the history."""
        context = min(CONTEXT[history.frequency], max(history.n_periods // 2, 1))
        return cls(context, min(history.frequency.default_horizon, max(history.n_periods // 4, 1)))


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """What a network reads and what it should have said.

    Attributes:
        past: demand over the level, whether it was observed, then the known columns; (n_rows, context, n_columns + 2).
        future: log of what the regression expects over the level, the last seasons and the last year over the level,
            then the known columns of the periods to forecast; shape (n_rows, horizon, n_columns + 3).
        target: demand over the level, 0 where not observed; shape (n_rows, horizon).
        weight: 1 where the target was observed; shape (n_rows, horizon).
        level: units per period by which demand was divided, 0 = nothing was ever sold; shape (n_rows,).
    """

    past: Float32Array
    future: Float32Array
    target: Float32Array
    weight: Float32Array
    level: Float32Array


@dataclass(frozen=True, slots=True, eq=False)
class WindowSource:
    """A panel from which windows are cut; nothing is copied until a window is asked for.

    Attributes:
        source: the panel prepared for looking back and ahead.
        shape: how far windows reach.
        footing: what the regression says at every origin that is asked for.
    """

    source: FeatureSource
    shape: WindowShape
    footing: Footing

    def windows(self, series: IntArray, origins: IntArray) -> Windows:
        """One window per (series, origin), scaled by the level known at the origin.

        Args:
            series: index of the series, shape (n_rows,).
            origins: number of periods known, ≥ 1, some of the footing's, shape (n_rows,).
        """
        level = self.source.level(series, origins)
        back = np.arange(-self.shape.context, 0)
        ratios, seen = self._ratios(series, origins[:, None] + back, level)
        target, weight = self._ratios(series, origins[:, None] + np.arange(self.shape.horizon), level)
        return Windows(
            past=self.past(series, origins, 0, np.stack([ratios, seen], axis=2)),
            future=self.future(series, origins, 0),
            target=target.astype(np.float32),
            weight=weight.astype(np.float32),
            level=level.astype(np.float32),
        )

    def past(self, series: IntArray, origins: IntArray, ahead: int, demand: FloatArray) -> Float32Array:
        """The past as the network reads it `ahead` periods after the origin; demand: (n_rows, context, 2)."""
        columns = self.known(series, origins, np.arange(ahead - self.shape.context, ahead))
        return np.concatenate([demand.astype(np.float32), columns], axis=2)

    def future(self, series: IntArray, origins: IntArray, ahead: int) -> Float32Array:
        """What is known at the origin about each period from origin + `ahead` on, as long as the shape's horizon."""
        offsets = np.arange(ahead, ahead + self.shape.horizon)
        start = self._start(series, origins, offsets)[:, :, None]
        memory = self._memory(series[:, None], origins[:, None], offsets[None, :] + 1)
        read = np.concatenate([start, memory], axis=2).astype(np.float32)
        return np.concatenate([read, self.known(series, origins, offsets)], axis=2)

    @property
    def names(self) -> tuple[str, ...]:
        """Name of each column of `known`; two panels whose names agree can be read by the same network."""
        offer = [("promotion", self.source.promotion), ("price", self.source.price)]
        driven = [name for name, found in offer if found is not None]
        weekdays = (name for name in self.source.calendar.names if name.startswith(OF_THE_WEEK))
        return (*weekdays, *driven, "idle_share", "log_level", "place")

    def known(self, series: IntArray, origins: IntArray, offsets: IntArray) -> Float32Array:
        """Weekday, promotion and price at origin + offset, and the size and idle share of the series.

        Seasons and events come by way of the regression: a network told the date itself learns by heart what then
        happened to all series at once.

        Returns:
            Shape (n_rows, n_offsets, n_columns); the calendar's first period stands in for anything before it.
        """
        position = np.maximum(origins[:, None] + offsets[None, :], 0)
        wide = np.broadcast_to(series[:, None], position.shape)
        names = enumerate(self.source.calendar.names)
        columns = [self.source.calendar.values[position, k] for k, name in names if name.startswith(OF_THE_WEEK)]
        if self.source.promotion is not None:
            columns.append(self.source.promotion.at(wide, position))
        if self.source.price is not None:
            usual = self.source.price.running.mean(series, origins - self.shape.context, origins)
            now = self.source.price_known(wide, origins[:, None], position)
            columns.append(np.nan_to_num(now - usual[:, None]))
        quarter = max(self.source.history.periods_per_year // 4, 1)
        idle = np.nan_to_num(self.source.history.zeros.mean(series, origins - quarter, origins))
        columns += [np.broadcast_to(value[:, None], position.shape) for value in (idle, self._size(series, origins))]
        columns.append(np.broadcast_to(np.arange(len(offsets))[None, :] / len(offsets), position.shape))
        return np.stack(columns, axis=2).astype(np.float32)

    def _start(self, series: IntArray, origins: IntArray, offsets: IntArray) -> FloatArray:
        """Log of what the regression expects over the level, 0 where nothing was ever sold; (n_rows, n_offsets)."""
        level = self.source.level(series, origins)[:, None]
        ratio = self.footing.at(series, origins, offsets) / np.where(level > 0, level, 1.0)
        limit = np.exp(LOG_RATIO_LIMIT)
        return np.asarray(np.log(np.clip(np.where(level > 0, ratio, 1.0), 1 / limit, limit)))

    def _memory(self, series: IntArray, origins: IntArray, steps: IntArray) -> FloatArray:
        """Mean of the last seasons at each target's place, and the same days last year, over the level; 1 = unknown.

        Args:
            series: index of the series, shape (n_rows, 1).
            origins: number of periods known, shape (n_rows, 1).
            steps: periods after the origin, 1 = the next, shape (1, n_steps).

        Returns:
            Shape (n_rows, n_steps, 2).
        """
        past, level = self.source.history, self.source.level(series, origins)
        seasons = np.stack([past.same_season(series, origins, steps, back) for back in range(SEASONS_BACK)])
        known = ~np.isnan(seasons)
        total, count = np.where(known, seasons, 0.0).sum(axis=0), known.sum(axis=0)
        usable = (count > 0) & (level > 0)
        seasonal = np.where(usable, total / np.where(usable, count * level, 1.0), 1.0)
        last_year = past.last_year(series, origins, steps, self.source.level_window)
        both = np.stack([seasonal, np.where(np.isnan(last_year), 1.0, last_year)], axis=2)
        return np.asarray(np.clip(both, 0.0, MOST_RATIO))

    def _size(self, series: IntArray, origins: IntArray) -> FloatArray:
        """Log of the level, a tenth of it so that it stays near the other columns' size."""
        return np.asarray(np.log1p(self.source.level(series, origins)) / 10)

    def _ratios(self, series: IntArray, positions: IntArray, level: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Demand over the level and whether it was observed; both 0 outside the calendar."""
        observed = self.source.history.observed
        inside = (positions >= 0) & (positions < observed.shape[1])
        found = observed[series[:, None], np.clip(positions, 0, observed.shape[1] - 1)]
        seen = inside & ~np.isnan(found) & (level[:, None] > 0)
        return np.where(seen, found / np.where(level > 0, level, 1.0)[:, None], 0.0), seen.astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """A block of periods ahead as the network read it, and what it said.

    Attributes:
        past, future: as in Windows.
        log_ratios: log of expected demand over the level at the origin, shape (n_rows, horizon of the shape).
    """

    past: Float32Array
    future: Float32Array
    log_ratios: Float32Array


def ahead(source: WindowSource, network: Network, rows: tuple[IntArray, IntArray], horizon: int) -> Iterator[Ahead]:
    """The periods after each origin in blocks; beyond its own horizon the network reads its forecast as if sold.

    Args:
        source: a panel whose calendar reaches to the end of the last block.
        network: what to ask.
        rows: series and origins, each of shape (n_rows,).
        horizon: periods to reach at least.
    """
    series, origins = rows
    demand = source.windows(series, origins).past[:, :, :2].astype(np.float64)
    for start in range(0, horizon, source.shape.horizon):
        past = source.past(series, origins, start, demand[:, -source.shape.context :])
        future = source.future(series, origins, start)
        said = np.clip(network(past, future, series), -LOG_RATIO_LIMIT, LOG_RATIO_LIMIT)
        yield Ahead(past, future, said)
        ratios = np.exp(said.astype(np.float64))
        demand = np.concatenate([demand, np.stack([ratios, np.ones_like(ratios)], axis=2)], axis=1)


def mean_of_network(source: WindowSource, network: Network, origins: IntArray, horizon: int) -> FloatArray:
    """Expected units after each origin, NaN where a series had not begun, shape (n_origins, n_series, horizon)."""
    n_series = len(source.source.starts)
    result = np.full((len(origins), n_series, horizon), np.nan)
    for place, origin in enumerate(origins):
        started = np.flatnonzero(source.source.starts < origin)
        for first in range(0, len(started), ROWS_AT_ONCE):
            chosen = started[first : first + ROWS_AT_ONCE]
            known = np.full(len(chosen), origin)
            blocks = [block.log_ratios for block in ahead(source, network, (chosen, known), horizon)]
            ratios = np.exp(np.concatenate(blocks, axis=1)[:, :horizon].astype(np.float64))
            result[place, chosen] = ratios * source.source.level(chosen, known)[:, None]
            footing = source.footing.at(chosen, known, np.arange(horizon))
            # what the regression takes for closed stays so, and what it cannot say nobody can
            result[place, chosen] *= np.where(np.isnan(footing), np.nan, footing > 0)
    return result


def source_at(history: Panel, shape: WindowShape, stages: Stages, origins: IntArray, horizon: int) -> WindowSource:
    """Windows at some origins of a panel whose calendar reaches to the end of the last whole block after them."""
    reach = -(-horizon // shape.horizon) * shape.horizon
    n_ahead = max(int(np.max(origins)) + reach - history.n_periods, 0)
    footing = Footing.of(replace(stages, history=history), origins, reach)
    return WindowSource(feature_source(history, n_ahead), shape, footing)
