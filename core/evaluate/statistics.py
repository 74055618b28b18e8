"""The element-wise statistics of a backtest, summed over origins, once per series and once per step ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import AnyArray, FloatArray
from core.evaluate.backtest import Backtest

SLACK: Final = 1e-4
"""Quantiles are kept in single precision: nearer than this, an actual lies on a quantile."""
CENTRAL: Final = {"inside_80": (0.1, 0.9), "inside_95": (0.025, 0.975)}
"""Levels at which the central intervals end."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Statistics summed over the scored points.

    Attributes:
        series: by name, over origins and steps, each of shape (n_series,): points; error = forecast − actual, its
            absolute and squared value; actual; share = |error| / actual, and unbounded = points where actual is 0;
            symmetric = 2·|error| / (actual + forecast); pinball and crps in units; inside_80, inside_95
            (see `inside`); scaled_absolute, scaled_squared and the points they are of, and the latter two times the
            series' weight; moved and moved_from, of which churn is made.
        steps: the same without churn, over origins and series, each of shape (horizon,).
        below: chance to lie at or below each stored quantile, summed over points, shape (n_series, n_levels).
    """

    series: dict[str, FloatArray]
    steps: dict[str, FloatArray]
    below: FloatArray


def sums_of(result: Backtest) -> Sums:
    """Go through the origins one by one, so that no more than one fold's figures are held."""
    n_series, n_levels = len(result.skus), len(result.levels)
    horizon = result.actual.shape[2]
    series: dict[str, FloatArray] = {}
    steps: dict[str, FloatArray] = {}
    ranks = np.zeros((n_series, (n_levels + 1) ** 2))
    step_ranks = np.zeros((horizon, (n_levels + 1) ** 2))
    for fold in range(len(result.origins)):
        told = _of_levels(result, fold)
        for name, values in (_of_fold(result, fold) | {"pinball": told.pinball, "crps": told.crps}).items():
            series[name] = series.get(name, 0.0) + values.sum(axis=1, dtype=np.float64)
            steps[name] = steps.get(name, 0.0) + values.sum(axis=0, dtype=np.float64)
        _count(told.rank, ranks, step_ranks)
    for name, chance in inside(result.levels).items():
        series[name], steps[name] = ranks @ chance, step_ranks @ chance
    series["moved"], series["moved_from"] = _moved(result)
    return Sums(series, steps, ranks @ expected_ranks(result.levels))


def _of_fold(result: Backtest, fold: int) -> dict[str, FloatArray]:
    """Every statistic at one origin, 0 where not scored, each of shape (n_series, horizon)."""
    actual, said = result.actual[fold], result.mean[fold]
    known = ~np.isnan(actual) & ~np.isnan(said)
    actual, said = np.where(known, actual, 0.0), np.where(known, said, 0.0)
    error, absolute = said - actual, np.abs(said - actual)
    sold, size = actual > 0, np.abs(actual) + np.abs(said)
    scale, squared_scale = result.scale[fold][:, None], result.squared_scale[fold][:, None]
    known_scale, known_square = ~np.isnan(scale), ~np.isnan(squared_scale)
    scaled_squared = np.where(known_square, error**2 / np.where(known_square, squared_scale, 1.0), 0.0)
    weight = result.weight[:, None] if len(result.weight) else np.ones((len(actual), 1))
    return {
        "points": known.astype(np.float64),
        "error": error,
        "absolute": absolute,
        "squared": error**2,
        "actual": actual,
        "share": np.divide(absolute, actual, out=np.zeros_like(actual), where=sold),
        "unbounded": (known & ~sold).astype(np.float64),
        "symmetric": np.divide(2.0 * absolute, size, out=np.zeros_like(size), where=size > 0),
        "scaled_absolute": np.where(known_scale, absolute / np.where(known_scale, scale, 1.0), 0.0),
        "scaled_points": (known & known_scale).astype(np.float64),
        "scaled_squared": scaled_squared,
        "squared_points": (known & known_square).astype(np.float64),
        "weighted_squared": weight * scaled_squared,
        "weighted_points": weight * (known & known_square),
    }  # fmt: skip


def level_widths(levels: Sequence[float]) -> FloatArray:
    """Share of (0, 1) each quantile level stands for: up to the middles between neighbours, shape (n_levels,).

    The score is twice the integral of the pinball loss over all levels (Gneiting & Ranjan 2011).
    """
    return np.diff(_edges(levels))


def _edges(levels: Sequence[float]) -> FloatArray:
    """0, the middles between neighbouring levels, 1; shape (n_levels + 1,)."""
    return np.concatenate([[0.0], (np.asarray(levels[1:]) + np.asarray(levels[:-1])) / 2, [1.0]])


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What the quantiles of one fold say of the actuals, 0 where not scored, each of shape (n_series, horizon).

    Attributes:
        pinball: mean loss over the levels, units.
        crps: ranked probability score, units.
        rank: (quantiles below the actual) · (n_levels + 1) + quantiles not above it; −1 where not scored.
    """

    pinball: AnyArray
    crps: AnyArray
    rank: AnyArray


def _of_levels(result: Backtest, fold: int) -> Levels:
    known = ~np.isnan(result.actual[fold]) & ~np.isnan(result.mean[fold])
    # level by level over whole tables, which is several times faster than nine neighbours at a time
    quantiles = np.ascontiguousarray(np.moveaxis(result.quantiles[fold], -1, 0))
    actual = np.where(known, result.actual[fold], 0.0).astype(quantiles.dtype)
    pinball, crps = np.zeros_like(actual), np.zeros_like(actual)
    below, upto = np.zeros(known.shape, np.int16), np.zeros(known.shape, np.int16)
    widths = 2.0 * level_widths(result.levels)
    for level, width, said in zip(result.levels, widths.tolist(), quantiles, strict=True):
        gap = actual - said
        below += gap > SLACK
        upto += gap >= -SLACK
        loss = level * gap - np.minimum(gap, 0.0)
        pinball += loss
        crps += width * loss
    unscored = ~known
    pinball[unscored], crps[unscored] = 0.0, 0.0
    rank = below * np.int16(len(result.levels) + 1) + upto
    return Levels(pinball / len(result.levels), crps, np.where(known, rank, -1))


def _count(rank: AnyArray, of_series: FloatArray, of_steps: FloatArray) -> None:
    """Add how often each rank occurs to the counts per series and per step, each of shape (…, (n_levels + 1)²)."""
    columns = of_series.shape[1]
    row, step = np.nonzero(rank >= 0)
    found = rank[row, step].astype(np.int64)
    of_series += np.bincount(row * columns + found, minlength=of_series.size).reshape(of_series.shape)
    of_steps += np.bincount(step * columns + found, minlength=of_steps.size).reshape(of_steps.shape)


def expected_ranks(levels: Sequence[float]) -> FloatArray:
    """Chance that the rank of an actual is at most each level, by its rank as in Levels, shape (columns, n_levels).

    An actual between two quantiles is surely below the upper one. One that lies on some of them has a rank that is
    uniform between the middles around those.
    """
    base, edges, at = len(levels) + 1, _edges(levels), np.asarray(levels)
    below, upto = np.divmod(np.arange(base**2), base)
    # an actual above the last quantile has that one's upper edge on both sides
    low, high = edges[np.minimum(below, base - 1)], edges[np.minimum(upto, base - 1)]
    width = np.where(high > low, high - low, 1.0)[:, None]
    place = np.arange(len(levels))[None, :]
    inside = np.clip((at[None, :] - low[:, None]) / width, 0.0, 1.0)
    return np.asarray(np.where(place >= upto[:, None], 1.0, np.where(place < below[:, None], 0.0, inside)))


def inside(levels: Sequence[float]) -> dict[str, FloatArray]:
    """Chance that the rank of an actual lies inside the central intervals, by its rank as in Levels, (columns,) each.

    An actual on the edge of an interval, as counts often are, counts by the part of its rank that lies inside. With
    whole edges, a method that forecasts counts perfectly would seem to promise far too wide intervals.
    """
    chance, at = expected_ranks(levels), list(levels).index
    return {name: chance[:, at(high)] - chance[:, at(low)] for name, (low, high) in CENTRAL.items()}


def _moved(result: Backtest) -> tuple[FloatArray, FloatArray]:
    """How far forecasts moved from origin to origin, and from what, units, each of shape (n_series,)."""
    before, after = result.mean[:-1], result.mean[1:]
    both = ~np.isnan(before) & ~np.isnan(after)
    moved = np.where(both, np.abs(after - before), 0.0).sum(axis=(0, 2))
    return moved, np.where(both, before, 0.0).sum(axis=(0, 2))
