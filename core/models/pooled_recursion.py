"""Step by step: each period is forecast one ahead, from the forecast itself once the origin has passed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from core.base.types import FloatArray, IntArray
from core.models.pooled_rows import RowSource, over, with_baseline
from core.series.features_history import DemandHistory, RunningSums

MOST_GROWTH: Final = 4.0
"""Up to how many times its level at the origin a series' level moves what the model adds."""


def recursive_mean(
    source: RowSource, added: Callable[[IntArray, FloatArray], FloatArray], origins: IntArray, horizon: int
) -> FloatArray:
    """Expected units after each origin, NaN where a series had not begun, shape (n_origins, n_series, horizon).

    Args:
        source: the panel prepared for rows `horizon` periods after the last origin.
        added: gives what the model adds to smoothing, over the level, for series and feature rows.
        origins: numbers of periods known, shape (n_origins,).
        horizon: periods ahead.
    """
    n_series = len(source.features.starts)
    growing = replace(source, features=replace(source.features, history=with_room(source.features.history)))
    result = np.full((len(origins), n_series, horizon), np.nan)
    # newest first: forecasts are written over what came after an origin, which an older origin must not read anyway
    for place in np.argsort(-origins, kind="stable"):
        started = np.flatnonzero(source.features.starts < origins[place])
        if len(started):
            result[place, started] = _steps(growing, added, started, int(origins[place]), horizon)
    return result


def with_room(history: DemandHistory) -> DemandHistory:
    """A copy whose tables reach as far as the clock and may be written to; nothing is known there yet."""
    room = len(history.clock) - history.observed.shape[1]
    return replace(
        history,
        observed=np.pad(history.observed, ((0, 0), (0, room)), constant_values=np.nan),
        units=RunningSums(
            np.pad(history.units.sums, ((0, 0), (0, room)), mode="edge"),
            np.pad(history.units.counts, ((0, 0), (0, room)), mode="edge"),
        ),
    )


def _steps(
    source: RowSource, added: Callable[[IntArray, FloatArray], FloatArray], series: IntArray, origin: int, horizon: int
) -> FloatArray:
    """Forecasts of some series from one origin, shape (n_series, horizon); they are written into the history."""
    known, history = source.features, source.features.history
    observed, sums, counts = history.observed, history.units.sums, history.units.counts
    one, seen = np.array([1]), np.array([origin])
    smoothed = np.nan_to_num(source.baseline.levels[origin, series])
    weight = source.baseline.learned.weights[series]
    highest = MOST_GROWTH * known.level(series, seen)
    result = np.empty((len(series), horizon))
    for ahead in range(horizon):
        now = np.array([origin + ahead])
        level = known.level(series, now)
        ratio = source.baseline.ratio(series, now)
        usual = over(smoothed * ratio, level)
        rows = with_baseline(known.rows(series, now, one, seen), usual)
        # what is added to a level that grew by what was added before would else grow with it, period by period
        forecast = np.maximum(usual * level + added(series, rows) * np.minimum(level, highest), 0.0)
        result[:, ahead] = forecast
        observed[series, now] = forecast
        sums[series, now + 1] = sums[series, now] + forecast
        counts[series, now + 1] = counts[series, now] + 1
        steady = np.divide(forecast, ratio, out=smoothed.copy(), where=ratio > 0)
        smoothed = smoothed + weight * (steady - smoothed)
    return result
