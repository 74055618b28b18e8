"""Sample paths of series brought to the spread of their groups' own paths, so that every sum of paths agrees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.randomness import streams
from core.base.types import AnyArray, BoolArray, Float32Array, FloatArray, IntArray
from core.compute.threads import over_slices
from core.models.reconciliation import raking
from core.series.hierarchy_levels import Hierarchy

SOFTENED: Final = 0.1
"""Share of a group's mean added above and below a ratio, so that a quiet day is not multiplied by much."""
FURTHEST: Final = 3.0
"""Largest factor, and its inverse the smallest, by which one period of one path is multiplied."""
TURNS: Final = 3
SILVER: Final = 0.4142135623730951
"""Fractional part of √2: its multiples spread evenly, and unlike those the paths were made whole with."""
SLICE: Final = 24


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Paths of series as they were drawn, to be changed in place.

    Attributes:
        units: shape (n_paths, n_series, horizon).
        whole: which series count whole units, shape (n_series,).
        keys: "sku@location" of each series, the name of its random stream.
        levels: factor per path for some series, as the doubt about a new item, shape (n_paths, n_series); None = 1.
    """

    units: Float32Array
    whole: BoolArray
    keys: Sequence[str]
    levels: FloatArray | None = None


def coherent(draws: Draws, groups: FloatArray, hierarchy: Hierarchy, quantile_levels: Sequence[float]) -> FloatArray:
    """Change the paths so that their sums spread as the groups' own paths do; the sums *are* the groups from then on.

    SKUs drawn apart from one another add up to totals that look far too certain. In each path and period all members
    of a group are multiplied alike: by the group's path over their sum, paths being matched by their ranks over the
    whole horizon. Levels that cross are met in turn. The means of the paths stay, zero stays zero, and whole units stay
    whole by rounding the running total.

    Args:
        draws: paths of the series; changed.
        groups: paths drawn for the groups by themselves, shape (n_paths, n_groups, horizon).
        hierarchy: the groups of the series.
        quantile_levels: ascending fractions.

    Returns:
        Quantiles of the changed paths, shape (n_series, horizon, n_levels).

    Source:
        The rank matching follows Ben Taieb, Taylor & Hyndman (2021), J. Am. Stat. Assoc. 116, 27-43; raking Deming &
        Stephan (1940). We depart by multiplying the members instead of reordering their draws.
    """
    cells, cell = hierarchy.cells()
    factors = np.moveaxis(_factors(draws.units, groups, cells, cell), 0, 1).astype(np.float32)
    quantiles = np.zeros((*draws.units.shape[1:], len(quantile_levels)))
    numbers = streams(draws.keys).astype(np.float64)

    def some(begin: int, end: int) -> None:
        for first in range(begin, end, SLICE):
            rows = np.arange(first, min(first + SLICE, end))
            _changed(draws, factors[:, cell[rows]], rows, numbers[rows])
            quantiles[rows] = quantiles_of(draws.units[:, rows], quantile_levels)

    over_slices(some, len(draws.keys))
    return quantiles


def group_paths(units: Float32Array, hierarchy: Hierarchy) -> FloatArray:
    """Sums of the paths of each group's members, shape (n_paths, n_groups, horizon).

    Args:
        units: shape (n_paths, n_series, horizon).
        hierarchy: the groups.
    """
    cells, cell = hierarchy.cells()
    return np.moveaxis(cells.sums(_cell_sums(units, cells, cell)), 0, 1)


def _cell_sums(units: Float32Array, cells: Hierarchy, cell: IntArray) -> FloatArray:
    """Paths of each cell, shape (n_cells, n_paths, horizon)."""
    return np.stack([units[:, cell == number].sum(axis=1, dtype=np.float64) for number in range(cells.n_series)])


def _factors(units: Float32Array, groups: FloatArray, cells: Hierarchy, cell: IntArray) -> FloatArray:
    """By what the members of each cell are multiplied, shape (n_cells, n_paths, horizon)."""
    now = _cell_sums(units, cells, cell)
    sums, wanted = cells.sums(now), np.moveaxis(groups, 1, 0)
    # the group's path of the same rank: what makes the members' sum large makes the group's large
    rank = np.argsort(np.argsort(sums.sum(axis=2), axis=1, kind="stable"), axis=1)
    order = np.argsort(wanted.sum(axis=2), axis=1, kind="stable")
    matched = np.take_along_axis(wanted, np.take_along_axis(order, rank, axis=1)[:, :, None], axis=1)
    held = _ratio(matched, sums)
    # a group of one series is that series
    held[np.bincount(cells.member.ravel(), np.tile(np.bincount(cell), len(cells.member))) < 2] = 1.0
    return raking(now, sums * held, cells, TURNS)


def _ratio(wanted: FloatArray, sums: FloatArray) -> FloatArray:
    """Wanted / sums, held near 1 where sums are small; the paths stand along axis 1."""
    soft = SOFTENED * sums.mean(axis=1, keepdims=True)
    found = np.divide(wanted + soft, sums + soft, out=np.ones_like(sums), where=sums + soft > 0)
    return np.clip(found, 1.0 / FURTHEST, FURTHEST)


def _changed(draws: Draws, factors: Float32Array, rows: IntArray, numbers: FloatArray) -> None:
    """Multiply some series, keep their means and whole units; factors: shape (n_paths, n_rows, horizon)."""
    drawn = draws.units[:, rows]
    wanted = drawn.sum(axis=2, dtype=np.float64).mean(axis=0)
    units = drawn * factors
    if draws.levels is not None:
        units *= draws.levels[:, rows, None].astype(np.float32)
    found = units.sum(axis=2, dtype=np.float64).mean(axis=0)
    kept = np.divide(wanted, found, out=np.ones_like(wanted), where=(found > 0) & (wanted > 0))
    units *= np.clip(kept, 1.0 / FURTHEST, FURTHEST)[None, :, None].astype(np.float32)
    whole = draws.whole[rows]
    if whole.any():
        turn = (np.arange(1, len(units) + 1)[:, None] * SILVER + numbers[whole] * SILVER**2) % 1.0
        running = np.floor(np.cumsum(units[:, whole], axis=2, dtype=np.float64) + turn[:, :, None])
        units[:, whole] = np.diff(running, axis=2, prepend=0.0)
    draws.units[:, rows] = units


def quantiles_of(units: AnyArray, levels: Sequence[float]) -> FloatArray:
    """Linear quantiles over the paths, shape (n_series, horizon, n_levels).

    Args:
        units: shape (n_paths, n_series, horizon).
        levels: fractions.
    """
    ordered = np.sort(np.ascontiguousarray(np.moveaxis(units, 0, 2)), axis=2)
    place = (units.shape[0] - 1) * np.asarray(levels, np.float64)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, units.shape[0] - 1)
    below = ordered[:, :, low].astype(np.float64)
    return np.asarray(below + (place - low) * (ordered[:, :, high] - below))
