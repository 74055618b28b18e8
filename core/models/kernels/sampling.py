"""Sample paths of many series at once: half pushed through a smoothing recursion, half from whole error vectors."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from core.base.types import Float32Array, FloatArray
from core.compute.threads import over_slices
from core.models.kernels.bending import bend_totals, reshape, wanted_total, yardstick
from core.models.kernels.random_numbers import SUPPLY, place, share, supply, word

PILOTS = 384
"""First paths of a series, on which it is measured how much the floor at zero lifts the mean; an even number."""
CHUNK = 1 << 21
"""Values worked on at a time by one thread."""
ROUNDING, RUN = 0, 1
"""Uses of a path's random words; error vectors take those from RUN on, two a block."""
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
def _smoothed(basis: Any, i: Any, number: Any, tools: Any, path: Any) -> None:
    """Gaussian errors through level += α·ε, in proportion to the season's shape of the mean."""
    normals, shape = tools
    mean, ratio, noise = basis.mean[i], shape[0], shape[1]
    sigma, alpha = basis.sigma[i], basis.alpha[i]
    first, level = place(word(basis.streams[i], number, RUN)), 0.0
    for h in range(path.shape[0]):
        shock = sigma * normals[(first + h) & (SUPPLY - 1)]
        path[h] = mean[h] + ratio[h] * level + noise[h] * shock
        level += alpha * shock


@njit(cache=True, nogil=True)
def _source(basis: Any, i: Any, number: Any, block: Any) -> Any:
    """Whose error vector a path takes for a block: the series' own, or that of a member of its pool."""
    use = RUN + 2 * block
    if share(word(basis.streams[i], number, use)) < basis.own[i]:
        return np.int64(i)
    low, high = basis.bounds[basis.group[i]], basis.bounds[basis.group[i] + 1]
    return np.int64(basis.members[low + np.int64(share(word(basis.streams[i], number, use + 1)) * (high - low))])


@njit(cache=True, nogil=True)
def _trajectory(basis: Any, i: Any, number: Any, path: Any) -> None:
    """Whole error vectors around the mean; further blocks go on from where smoothing would have followed.

    Which past origin a path takes its vector from depends on the path's number alone: all SKUs then live through the
    same weeks in the same path, as they did, and sums over SKUs or locations are as uncertain as they were.
    """
    horizon, block = basis.mean.shape[1], basis.vectors.shape[2]
    mean, centre, scale = basis.mean[i], basis.centre[i], basis.scale[i]
    followed = 1.0 - (1.0 - basis.alpha[i]) ** block
    level = 0.0
    for first in range(0, horizon, block):
        source = _source(basis, i, number, first // block)
        turn = (number // 2 + 1) * (GOLDEN + PLASTIC * (first // block))
        vector = basis.vectors[source, np.int64((turn - np.floor(turn)) * basis.counts[source])]
        steps = min(block, horizon - first)
        ahead, out = mean[first : first + steps], path[first : first + steps]
        for j in range(steps):
            out[j] = ahead[j] + level + scale * (vector[j] - centre[j])
        if first + block < horizon:
            drift = 0.0
            for j in range(steps):
                drift += scale * (vector[j] - centre[j])
            level += followed * drift / steps


@njit(cache=True, nogil=True)
def _lowered_total(drawn: Any, kind: Any, shift: Any, sums: Any) -> Any:
    """Mean total of one kind of drawn paths, lowered by `shift` and floored, and its derivative by the shift."""
    sums[:] = 0.0
    # period by period: many sums side by side are quicker than one
    for p in range(kind, drawn.shape[0], 2):
        path = drawn[p]
        for h in range(path.shape[0]):
            left = path[h] - shift
            sums[0, h] += max(left, 0.0)
            sums[1, h] += 1.0 if left > 0.0 else 0.0
    n_paths = drawn.shape[0] // 2
    return sums[0].sum() / n_paths, -sums[1].sum() / n_paths


@njit(cache=True, nogil=True)
def _corrections(basis: Any, i: Any, pilots: Any, shifts: Any, sums: Any) -> None:
    """By how much each kind of path is lowered before the floor at zero, so that the floor does not lift the mean.

    Newton's method on a convex falling function from the left: it never passes the solution.

    Args:
        basis: all series.
        i: number of the series.
        pilots: its first paths before the floor, shape (n_pilots, horizon).
        shifts: receives the correction of either kind, units, shape (2,).
        sums: work space, shape (2, horizon).
    """
    wanted = basis.target[i]
    for kind in range(2):
        shifts[kind] = 0.0
        for _ in range(12):
            total, slope = _lowered_total(pilots, kind, shifts[kind], sums)
            if total <= wanted * 1.002 or slope == 0.0:
                break
            shifts[kind] -= (wanted - total) / -slope


@njit(cache=True, nogil=True)
def _rounded(basis: Any, i: Any, number: Any, path: Any) -> None:
    """Whole units by rounding the running total with one offset per path."""
    # rounding each period by itself would move the sum over a lead time
    running, before = share(word(basis.streams[i], number, ROUNDING)), 0.0
    for h in range(path.shape[0]):
        running += path[h]
        after = np.floor(running)
        path[h] = after - before
        before = after


@njit(cache=True, nogil=True)
def _floored(path: Any, shift: Any, span: Any) -> Any:
    """Lower and floor a drawn path in place.

    Returns:
        Total of the first `span` periods; where it is zero, what stood there before the floor, so that paths without
        demand have an order too.
    """
    total, latent = 0.0, 0.0
    for h in range(span):
        latent += path[h] - shift
        total += max(path[h] - shift, 0.0)
    for h in range(path.shape[0]):
        path[h] = max(path[h] - shift, 0.0)
    return total if total > 0.0 else latent


@njit(cache=True, nogil=True)
def _empty(basis: Any, i: Any) -> Any:
    """Whether a series has nothing to be drawn: no demand expected and no spread."""
    return basis.sigma[i] == 0.0 and basis.scale[i] == 0.0 and not basis.mean[i].any()


@njit(cache=True, nogil=True)
def _draw(first: Any, basis: Any, normals: Any, n_pilots: Any, out: Any) -> None:
    """Floored paths of a chunk of series and the totals of their first periods.

    Args:
        first: number of the first series of the chunk.
        basis: all series.
        normals: supply of normal numbers.
        n_pilots: first paths, on which the lift by the floor is measured.
        out: receives paths, shape (n_chunk, n_drawn, horizon), and totals, shape (n_chunk, n_drawn); units.
    """
    drawn, totals = out
    shape, sums, shifts = np.empty((2, drawn.shape[2])), np.empty((2, drawn.shape[2])), np.zeros(2)
    for k in range(drawn.shape[0]):
        i = first + k
        if _empty(basis, i):
            drawn[k] = 0.0
            totals[k] = 0.0
            continue
        _shape_of(basis, i, shape)
        for number in range(drawn.shape[1]):
            if number % 2 == 0 or basis.group[i] < 0:
                _smoothed(basis, i, number, (normals, shape), drawn[k, number])
            else:
                _trajectory(basis, i, number, drawn[k, number])
        _corrections(basis, i, drawn[k, :n_pilots], shifts, sums)
        for number in range(drawn.shape[1]):
            totals[k, number] = _floored(drawn[k, number], shifts[number % 2], basis.span)


@njit(cache=True, nogil=True)
def _finish(first: Any, basis: Any, before: Any, drawn: Any, totals: Any) -> None:
    """Bend the totals of a chunk's paths and make its units whole, in place.

    Args:
        first: number of the first series of the chunk.
        basis: all series.
        before: ascending totals of the pilots, units, shape (n_chunk, n_pilots).
        drawn: floored paths, units, shape (n_chunk, n_paths, horizon).
        totals: of the paths, units, shape (n_chunk, n_paths).
    """
    after = np.empty(before.shape[1])
    for k in range(drawn.shape[0]):
        i = first + k
        mean, bent = basis.mean[i], basis.bend[i] >= 0
        sums = (mean[: basis.span].sum(), basis.span)
        if bent:
            bend_totals(basis, i, before[k], after)
        for number in range(drawn.shape[1]):
            if bent:
                total = totals[k, number]
                reshape(drawn[k, number], total, wanted_total(total, before[k], after), mean, sums)
            if basis.whole[i]:
                _rounded(basis, i, number, drawn[k, number])


def sample(basis: Basis, levels: FloatArray, paths: Float32Array, quantiles: FloatArray) -> None:
    """Draw paths of every series and take their quantiles; series without any demand stay as they are.

    Args:
        basis: what is known about each series.
        levels: quantile levels, shape (n_levels,).
        paths: zeros; receives units, shape (n_paths, n_series, horizon), or (n_paths, 0, horizon) to keep none.
        quantiles: zeros; receives units, shape (n_series, horizon, n_levels).
    """
    over_slices(_sample, len(basis.mean), basis, levels, paths, quantiles)


def _sample(begin: int, end: int, basis: Basis, levels: FloatArray, paths: Float32Array, quantiles: FloatArray) -> None:
    n_paths, n_kept, _horizon = paths.shape
    for first, last, drawn, totals in _chunks(begin, end, basis, max(n_paths, PILOTS), PILOTS):
        # the pilots are the first paths themselves, so that nothing is drawn twice
        before = np.sort(totals[:, :PILOTS], axis=1)
        _finish(first, basis, before, drawn[:, :n_paths], totals)
        if n_kept:
            paths[:, first:last] = drawn[:, :n_paths].swapaxes(0, 1)
        if len(levels):
            ordered = np.sort(drawn[:, :n_paths].swapaxes(1, 2), axis=2)
            quantiles[first:last] = at_levels(ordered, levels)


def _chunks(
    begin: int, end: int, basis: Basis, n_drawn: int, n_pilots: int
) -> Iterator[tuple[int, int, Float32Array, FloatArray]]:
    """First and last series of each chunk, its floored paths and the totals of their first periods."""
    horizon = basis.mean.shape[1]
    size = max(min(CHUNK // max(n_drawn * horizon, 1), end - begin), 1)
    memory, sums = np.empty((size, n_drawn, horizon), np.float32), np.empty((size, n_drawn))
    for first in range(begin, end, size):
        last = min(first + size, end)
        drawn, totals = memory[: last - first], sums[: last - first]
        _draw(first, basis, supply(), n_pilots, (drawn, totals))
        yield first, last, drawn, totals


def at_levels(ordered: Float32Array | FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles of ascending values along the last axis (linear, type 7 of Hyndman & Fan 1996)."""
    place_of = levels * (ordered.shape[-1] - 1)
    low = np.clip(place_of.astype(np.int64), 0, max(ordered.shape[-1] - 2, 0))
    below = ordered[..., low].astype(np.float64)
    above = ordered[..., np.minimum(low + 1, ordered.shape[-1] - 1)]
    return np.asarray(below + (place_of - low) * (above - below))


def totals(basis: Basis, n_paths: int) -> tuple[FloatArray, FloatArray]:
    """Totals over the span that few paths of every series have.

    Returns:
        Ascending units, ≥ 0, shape (n_series, n_paths); yardstick of each series, units, shape (n_series,).
    """
    drawn, sizes = np.zeros((len(basis.mean), n_paths)), np.ones(len(basis.mean))
    over_slices(_totals, len(basis.mean), basis, drawn, sizes)
    return drawn, sizes


def _totals(begin: int, end: int, basis: Basis, drawn: FloatArray, sizes: FloatArray) -> None:
    for first, last, _paths, sums in _chunks(begin, end, basis, drawn.shape[1], drawn.shape[1]):
        drawn[first:last] = np.sort(np.maximum(sums, 0.0), axis=1)
        for i in range(first, last):
            sizes[i] = yardstick(drawn[i], basis.usual[i])
