"""Sample paths of many series at once: half pushed through a smoothing recursion, half from whole error vectors."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from core.base.types import Float32Array, FloatArray
from core.compute.threads import over_slices
from core.models.kernels.bending import bend_totals, reshape, yardstick
from core.models.kernels.random_numbers import begin, normal, uniform

PILOTS = 384
"""First paths of a series, on which it is measured how much the floor at zero lifts the mean; an even number."""
COUNTED = 512
"""Largest number of units that is sorted by counting."""
GOLDEN, PLASTIC = 0.6180339887498949, 0.7548776662466927
"""Multiples of such numbers fill the unit interval evenly (Niederreiter 1992, section 3)."""


class Basis(NamedTuple):
    """Everything the sampler knows about each series at the moment of forecasting.

    Attributes:
        mean: forecast, units per period, shape (n_series, horizon).
        sigma: one-step error now, units, shape (n_series,).
        alpha: share of an error that stays in the level, shape (n_series,).
        scale: size by which standardised error vectors are multiplied now, units, shape (n_series,).
        own: chance to draw the series' own error vectors rather than its class's, shape (n_series,).
        group: pool of each series, shape (n_series,); −1 = no vectors anywhere, so only the recursion is used.
        centre: expected standardised error vector, shape (n_series, block).
        vectors: standardised error vectors, float32, shape (n_series, n_origins, block).
        counts: how many leading vectors of a series are known, shape (n_series,).
        members: series of each pool, flat; shape (n_members,).
        bounds: pool g owns members[bounds[g]:bounds[g + 1]], shape (n_pools + 1,).
        target: total the paths should have on average at most after flooring, units, shape (n_series,).
        whole: whether the series counts whole units, shape (n_series,).
        streams: seed of each series' random stream, uint64, shape (n_series,).
        bends: what to add to a total at each rank, in multiples of the series' yardstick, shape (n_bends, n_ranks).
        bend: row of `bends` of each series, −1 = its totals stay as they are, shape (n_series,).
        span: periods in the total that is bent.
        usual: total over the span at the usual level, units, shape (n_series,).
    """

    mean: Any
    sigma: Any
    alpha: Any
    scale: Any
    own: Any
    group: Any
    centre: Any
    vectors: Any
    counts: Any
    members: Any
    bounds: Any
    target: Any
    whole: Any
    streams: Any
    bends: Any
    bend: Any
    span: Any
    usual: Any


@njit(cache=True, nogil=True)
def _shape_of(basis: Any, i: Any, shape: Any) -> None:
    """What each period multiplies the level and the noise by; a quiet weekday errs less.

    The level in proportion to the mean, the noise by the root of it, as counts do.

    Args:
        basis: all series.
        i: number of the series.
        shape: receives both factors, shape (2, horizon).
    """
    average = basis.mean[i].mean()
    for h in range(basis.mean.shape[1]):
        shape[0, h] = min(basis.mean[i, h] / average, 4.0) if average > 0.0 else 1.0
        shape[1, h] = np.sqrt(shape[0, h])


@njit(cache=True, nogil=True)
def _smoothed(basis: Any, i: Any, state: Any, shape: Any, path: Any) -> None:
    """Gaussian errors through level += α·ε, in proportion to the season's shape of the mean."""
    sigma, alpha = basis.sigma[i], basis.alpha[i]
    level = 0.0
    for h in range(path.shape[0]):
        shock = sigma * normal(state)
        path[h] = basis.mean[i, h] + shape[0, h] * level + shape[1, h] * shock
        level += alpha * shock


@njit(cache=True, nogil=True)
def _trajectory(basis: Any, i: Any, number: Any, state: Any, path: Any) -> None:
    """Whole error vectors around the mean; further blocks go on from where smoothing would have followed.

    Which past origin a path takes its vector from depends on the path's number alone: all SKUs then live through the
    same weeks in the same path, as they did, and sums over SKUs or locations are as uncertain as they were.
    """
    horizon, block = basis.mean.shape[1], basis.vectors.shape[2]
    scale = basis.scale[i]
    followed = 1.0 - (1.0 - basis.alpha[i]) ** block
    level = 0.0
    for first in range(0, horizon, block):
        source = np.int64(i)
        if uniform(state) >= basis.own[i]:
            low, high = basis.bounds[basis.group[i]], basis.bounds[basis.group[i] + 1]
            source = basis.members[low + np.int64(uniform(state) * (high - low))]
        turn = (number // 2 + 1) * (GOLDEN + PLASTIC * (first // block))
        vector = np.int64((turn - np.floor(turn)) * basis.counts[source])
        drift = 0.0
        steps = min(block, horizon - first)
        for j in range(steps):
            error = scale * (basis.vectors[source, vector, j] - basis.centre[i, j])
            path[first + j] = basis.mean[i, first + j] + level + error
            drift += error
        level += followed * drift / steps


@njit(cache=True, nogil=True)
def _draw(basis: Any, i: Any, number: Any, work: Any, path: Any) -> None:
    """Path `number` of a series before the floor at zero: even ones by recursion, odd ones by error vectors."""
    state, shape = work
    begin(state, basis.streams[i], 2 * number)
    if number % 2 == 0 or basis.group[i] < 0:
        _smoothed(basis, i, state, shape, path)
    else:
        _trajectory(basis, i, number, state, path)


@njit(cache=True, nogil=True)
def _lowered_total(drawn: Any, kind: Any, shift: Any) -> Any:
    """Mean total of one kind of drawn paths, lowered by `shift` and floored, and its derivative by the shift."""
    total, above = 0.0, 0
    for p in range(kind, drawn.shape[0], 2):
        for h in range(drawn.shape[1]):
            left = drawn[p, h] - shift
            total += max(left, 0.0)
            above += left > 0.0
    n_paths = drawn.shape[0] // 2
    return total / n_paths, -above / n_paths


@njit(cache=True, nogil=True)
def _corrections(basis: Any, i: Any, pilots: Any, shifts: Any) -> None:
    """By how much each kind of path is lowered before the floor at zero, so that the floor does not lift the mean.

    Newton's method on a convex falling function from the left: it never passes the solution.

    Args:
        basis: all series.
        i: number of the series.
        pilots: its first paths before the floor, shape (PILOTS, horizon).
        shifts: receives the correction of either kind, units, shape (2,).
    """
    wanted = basis.target[i]
    for kind in range(2):
        shifts[kind] = 0.0
        for _ in range(12):
            total, slope = _lowered_total(pilots, kind, shifts[kind])
            if total <= wanted * 1.002 or slope == 0.0:
                break
            shifts[kind] -= (wanted - total) / -slope


@njit(cache=True, nogil=True)
def _rounded(basis: Any, i: Any, number: Any, state: Any, path: Any) -> None:
    """Whole units by rounding the running total with one offset per path."""
    begin(state, basis.streams[i], 2 * number + 1)
    # rounding each period by itself would move the sum over a lead time
    running = uniform(state)
    for h in range(path.shape[0]):
        before = np.floor(running)
        running += path[h]
        path[h] = np.floor(running) - before


@njit(cache=True, nogil=True)
def _floored(path: Any, shift: Any, span: Any) -> Any:
    """Lower and floor a drawn path in place.

    Returns:
        Total of the first `span` periods; where it is zero, what stood there before the floor, so that paths without
        demand have an order too.
    """
    total, latent = 0.0, 0.0
    for h in range(path.shape[0]):
        units = path[h] - shift
        path[h] = max(units, 0.0)
        if h < span:
            latent += units
            total += path[h]
    return total if total > 0.0 else latent


@njit(cache=True, nogil=True)
def _sort(row: Any) -> None:
    """Ascending, in place, by Shell's method with Ciura's gaps; compiles in a fraction of the library sort's time."""
    for gap in (301, 132, 57, 23, 10, 4, 1):
        for j in range(gap, row.shape[0]):
            value = row[j]
            k = j
            while k >= gap and row[k - gap] > value:
                row[k] = row[k - gap]
                k -= gap
            row[k] = value


@njit(cache=True, nogil=True)
def _ordered(row: Any, whole: Any, counts: Any) -> None:
    """Sort a row in place; small whole numbers, which most SKUs sell, by counting them."""
    top = row.max()
    if not whole or top >= counts.shape[0]:
        _sort(row)
        return
    counts[: np.int64(top) + 1] = 0
    for k in range(row.shape[0]):
        counts[np.int64(row[k])] += 1
    place = 0
    for value in range(np.int64(top) + 1):
        for _ in range(counts[value]):
            row[place] = value
            place += 1


@njit(cache=True, nogil=True)
def _quantiles(drawn: Any, whole: Any, levels: Any, out: Any) -> None:
    """Quantiles of each period (linear, type 7 of Hyndman & Fan 1996).

    Args:
        drawn: units, shape (horizon, n_paths); sorted on return.
        whole: whether all units are whole.
        levels: fractions, shape (n_levels,).
        out: receives units, shape (horizon, n_levels).
    """
    counts = np.empty(COUNTED, np.int64)
    n_paths = drawn.shape[1]
    for h in range(drawn.shape[0]):
        ordered = drawn[h]
        _ordered(ordered, whole, counts)
        for q in range(levels.shape[0]):
            place = levels[q] * (n_paths - 1)
            low = min(int(place), max(n_paths - 2, 0))
            gap = np.float64(ordered[min(low + 1, n_paths - 1)]) - np.float64(ordered[low])
            out[h, q] = ordered[low] + (place - low) * gap


def sample(basis: Basis, levels: FloatArray, paths: Float32Array, quantiles: FloatArray) -> None:
    """Draw paths of every series and take their quantiles; series without any demand stay as they are.

    Args:
        basis: what is known about each series.
        levels: quantile levels, shape (n_levels,).
        paths: zeros; receives units, shape (n_paths, n_series, horizon), or (n_paths, 0, horizon) to keep none.
        quantiles: zeros; receives units, shape (n_series, horizon, n_levels).
    """
    over_slices(_sample, len(basis.mean), basis, levels, paths, quantiles)


@njit(cache=True, nogil=True)
def _piloted(basis: Any, i: Any, work: Any, pilots: Any, shifts: Any) -> None:
    """Draw the pilots of a series and find by how much its paths are lowered."""
    _shape_of(basis, i, work[1])
    for number in range(pilots.shape[0]):
        _draw(basis, i, number, work, pilots[number])
    _corrections(basis, i, pilots, shifts)


def totals(basis: Basis, n_paths: int) -> tuple[FloatArray, FloatArray]:
    """Totals over the span that few paths of every series have.

    Returns:
        Ascending units, ≥ 0, shape (n_series, n_paths); yardstick of each series, units, shape (n_series,).
    """
    drawn, sizes = np.zeros((len(basis.mean), n_paths)), np.ones(len(basis.mean))
    over_slices(_totals, len(basis.mean), basis, drawn, sizes)
    return np.maximum(drawn, 0.0), sizes


@njit(cache=True, nogil=True)
def _totals(first: Any, end: Any, basis: Any, drawn: Any, sizes: Any) -> None:
    pilots = np.empty((drawn.shape[1], basis.mean.shape[1]))
    work, shifts = (np.zeros(1, np.uint64), np.empty((2, basis.mean.shape[1]))), np.zeros(2)
    for i in range(first, end):
        if basis.sigma[i] == 0.0 and basis.scale[i] == 0.0 and not basis.mean[i].any():
            continue
        _piloted(basis, i, work, pilots, shifts)
        for number in range(drawn.shape[1]):
            drawn[i, number] = _floored(pilots[number], shifts[number % 2], basis.span)
        _sort(drawn[i])
        sizes[i] = yardstick(drawn[i], basis.usual[i])


@njit(cache=True, nogil=True)
def _sample(first: Any, end: Any, basis: Any, levels: Any, paths: Any, quantiles: Any) -> None:
    n_paths, n_kept, horizon = paths.shape
    pilots, path = np.empty((PILOTS, horizon)), np.empty(horizon)
    work = (np.zeros(1, np.uint64), np.empty((2, horizon)))
    drawn, shifts = np.empty((horizon, n_paths), np.float32), np.zeros(2)
    keys, tables = np.empty(PILOTS), (np.empty(PILOTS), np.empty(PILOTS))
    for i in range(first, end):
        if basis.sigma[i] == 0.0 and basis.scale[i] == 0.0 and not basis.mean[i].any():
            continue
        _piloted(basis, i, work, pilots, shifts)
        for number in range(PILOTS):
            keys[number] = _floored(pilots[number], shifts[number % 2], basis.span)
        if basis.bend[i] >= 0:
            tables[0][:] = keys
            _sort(tables[0])
            bend_totals(basis, i, tables[0], tables[1])
        for number in range(n_paths):
            # the pilots are the first paths themselves, so that nothing is drawn twice
            if number < PILOTS:
                path[:] = pilots[number]
                total = keys[number]
            else:
                _draw(basis, i, number, work, path)
                total = _floored(path, shifts[number % 2], basis.span)
            if basis.bend[i] >= 0:
                reshape(basis, i, total, tables, path)
            if basis.whole[i]:
                _rounded(basis, i, number, work[0], path)
            for h in range(horizon):
                drawn[h, number] = path[h]
            if n_kept > 0:
                paths[number, i] = path
        if levels.shape[0] > 0:
            _quantiles(drawn, basis.whole[i], levels, quantiles[i])
