"""Sample paths of many series: pushed through a smoothing recursion, from whole error vectors, or of gamma demand."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from core.base.types import Float32Array, FloatArray
from core.compute.threads import over_slices
from core.models.kernels.bending import bend_totals, further_shape, reshape, wanted_total, yardstick
from core.models.kernels.random_numbers import Supply, gamma_run, place, share, supply, word

PILOTS = 384
"""First paths of a series, on which it is measured how much the floor at zero lifts the mean; an even number."""
CHUNK = 1 << 18
"""Values worked on at a time by one thread; with all that is made of them they stay close to the processor."""
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
        grain: shape of gamma periods, 0 = no path of the series has them, shape (n_series,).
        surge: total of paths of gamma periods, units, shape (n_series,).
        level: shape of the gamma level of such a path, shape (n_series,).
        surges: how many of six paths they are, shape (n_series,).
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
    grain: Any
    surge: Any
    level: Any
    surges: Any
    whole: Any
    streams: Any
    bends: Any
    bend: Any
    span: Any
    usual: Any


@njit(cache=True, nogil=True)
def _factors_of(basis: Any, i: Any, factors: Any) -> None:
    """What each period adds to a path, and what it multiplies sums of normals, normals and error vectors by.

    The level counts in proportion to the mean, the noise by the root of it, as counts do; a quiet weekday errs less.

    Args:
        basis: all series.
        i: number of the series.
        factors: receives the mean, the multiples of sums and of single normals, and the mean less the expected error
            vector, units, shape (4, horizon).
    """
    mean, centre = basis.mean[i], basis.centre[i]
    average, sigma, block = mean.mean(), basis.sigma[i], basis.vectors.shape[2]
    for h in range(mean.shape[0]):
        ratio = min(mean[h] / average, 4.0) if average > 0.0 else 1.0
        factors[0, h] = mean[h]
        factors[1, h] = ratio * basis.alpha[i] * sigma
        factors[2, h] = np.sqrt(ratio) * sigma
        factors[3, h] = mean[h] - basis.scale[i] * centre[h % block]


@njit(cache=True, nogil=True)
def _smoothed(stream: Any, numbers: Any, factors: Any, every: Any, paths: Any) -> None:
    """Gaussian errors through level += α·ε, in proportion to the season's shape of the mean.

    Args:
        stream: of the series.
        numbers: supply of normal numbers.
        factors: of the series, shape (4, horizon).
        every: draws the first path and every so manieth after it.
        paths: of the series, shape (n_paths, horizon).
    """
    mean, of_sum, of_one, horizon = factors[0], factors[1], factors[2], paths.shape[1]
    for number in range(0, paths.shape[0], every):
        first, path = place(word(stream, number, RUN)), paths[number]
        normals, before = numbers.normals[first : first + horizon], numbers.before[first : first + horizon]
        for h in range(horizon):
            path[h] = mean[h] + of_sum[h] * (before[h] - before[0]) + of_one[h] * normals[h]


@njit(cache=True, nogil=True)
def _trajectories(basis: Any, i: Any, around: Any, paths: Any) -> None:
    """Whole error vectors around the mean; further blocks go on from where smoothing would have followed.

    Which past origin a path takes its vector from depends on the path's number alone: all SKUs then live through the
    same weeks in the same path, as they did, and sums over SKUs or locations are as uncertain as they were.

    Args:
        basis: all series.
        i: number of the series.
        around: mean less the expected error vector, units, shape (horizon,).
        paths: of the series, shape (n_paths, horizon); every second one is drawn.
    """
    horizon, block, stream, own = paths.shape[1], basis.vectors.shape[2], basis.streams[i], basis.own[i]
    pool = basis.members[basis.bounds[basis.group[i]] : basis.bounds[basis.group[i] + 1]]
    vectors, counts, scale = basis.vectors, basis.counts, np.float32(basis.scale[i])
    followed = 1.0 - (1.0 - basis.alpha[i]) ** block
    for number in range(1, paths.shape[0], 2):
        level = np.float32(0.0)
        for first in range(0, horizon, block):
            nth = first // block
            source, use = np.int64(i), RUN + 2 * nth
            if share(word(stream, number, use)) >= own:
                source = pool[np.int64(share(word(stream, number, use + 1)) * pool.shape[0])]
            turn = (number // 2 + 1) * (GOLDEN + PLASTIC * nth)
            vector = vectors[source, np.int64((turn - np.floor(turn)) * counts[source])]
            steps = min(block, horizon - first)
            ahead, out = around[first : first + steps], paths[number, first : first + steps]
            for j in range(steps):
                out[j] = ahead[j] + level + scale * vector[j]
            if first + block < horizon:
                level += np.float32(followed * _drift(scale, vector, basis.centre[i]))


@njit(cache=True, nogil=True)
def _drift(scale: Any, vector: Any, centre: Any) -> Any:
    """Mean error of a block, units."""
    drift = 0.0
    for j in range(vector.shape[0]):
        drift += scale * (vector[j] - centre[j])
    return drift / vector.shape[0]


@njit(cache=True, nogil=True)
def _lowered_total(drawn: Any, kind: Any, shift: Any, sums: Any) -> Any:
    """Mean total of one kind of drawn paths, lowered by `shift` and floored, and its derivative by the shift."""
    sums[:] = 0.0
    total, above, by = sums[0], sums[1], np.float32(shift)
    # period by period: many sums side by side are quicker than one
    for p in range(kind, drawn.shape[0], 2):
        path = drawn[p]
        for h in range(path.shape[0]):
            left = path[h] - by
            total[h] += max(left, np.float32(0.0))
            above[h] += np.float32(1.0) if left > np.float32(0.0) else np.float32(0.0)
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
def _rounded(offset: Any, path: Any) -> None:
    """Whole units by rounding the running total with one offset per path."""
    # rounding each period by itself would move the sum over a lead time
    running, before = offset, 0.0
    for h in range(path.shape[0]):
        running += path[h]
        after = np.floor(running)
        path[h] = after - before
        before = after


@njit(cache=True, nogil=True, fastmath=True)
def _floored(path: Any, shift: Any, span: Any) -> Any:
    """Lower and floor a drawn path in place.

    Returns:
        Total of the first `span` periods; where it is zero, what stood there before the floor, so that paths without
        demand have an order too.
    """
    total, latent, by = 0.0, 0.0, np.float32(shift)
    for h in range(span):
        latent += path[h] - by
        total += max(path[h] - by, np.float32(0.0))
    for h in range(path.shape[0]):
        path[h] = max(path[h] - by, np.float32(0.0))
    return total if total > 0.0 else latent


@njit(cache=True, nogil=True)
def _surges(basis: Any, i: Any, gammas: Any, drawn: Any, totals: Any) -> None:
    """Some of six paths anew: gamma demand (Burgin 1975) in every period, all of a path under one gamma level.

    Of a small shape it is mostly next to nothing: once rounded, demand comes seldom and in lumps.

    Args:
        basis: all series.
        i: number of the series.
        gammas: supply of gamma numbers, shape (n_shapes, ...).
        drawn: paths of the series, units, shape (n_drawn, horizon); as many Gaussians as error vectors give way.
        totals: of their first periods, units, shape (n_drawn,).
    """
    stream, horizon, expected = basis.streams[i], drawn.shape[1], basis.mean[i].sum()
    less = min(basis.surge[i] / expected, 1.0) if expected > 0.0 else 1.0
    mean = less * basis.mean[i] + max(basis.surge[i] - expected, 0.0) / horizon
    for number in range(drawn.shape[0]):
        if number % 6 < 6 - basis.surges[i]:
            continue
        level = gamma_run(gammas, basis.level[i], word(stream, number, RUN + 3), word(stream, number, RUN + 1))[0]
        periods = gamma_run(gammas, basis.grain[i], word(stream, number, RUN), word(stream, number, RUN + 2))
        path = drawn[number]
        for h in range(horizon):
            path[h] = level * mean[h] * periods[h]
        totals[number] = path[: basis.span].sum()


@njit(cache=True, nogil=True)
def _draw(first: Any, basis: Any, numbers: Any, n_pilots: Any, out: Any) -> None:
    """Floored paths of a chunk of series and the totals of their first periods.

    Args:
        first: number of the first series of the chunk.
        basis: all series.
        numbers: supply of normal and gamma numbers.
        n_pilots: first paths, on which the lift by the floor is measured.
        out: receives paths, shape (n_chunk, n_drawn, horizon), and totals, shape (n_chunk, n_drawn); units.
    """
    drawn, totals = out
    horizon, shifts = drawn.shape[2], np.zeros(2)
    factors, sums = np.empty((4, horizon), np.float32), np.empty((2, horizon), np.float32)
    for k in range(drawn.shape[0]):
        i = first + k
        # neither demand expected nor any spread
        if basis.sigma[i] == 0.0 and basis.scale[i] == 0.0 and basis.target[i] == 0.0:
            drawn[k] = 0.0
            totals[k] = 0.0
            continue
        _factors_of(basis, i, factors)
        _smoothed(basis.streams[i], numbers, factors, 1 if basis.group[i] < 0 else 2, drawn[k])
        if basis.group[i] >= 0:
            _trajectories(basis, i, factors[3], drawn[k])
        _corrections(basis, i, drawn[k, :n_pilots], shifts, sums)
        for number in range(drawn.shape[1]):
            totals[k, number] = _floored(drawn[k, number], shifts[number % 2], basis.span)
        if basis.grain[i] > 0.0:
            _surges(basis, i, numbers.gammas, drawn[k], totals[k])


@njit(cache=True, nogil=True)
def _finish(first: Any, basis: Any, order: Any, n_paths: Any, drawn: Any, totals: Any) -> None:
    """Bend the totals of a chunk's paths and make its units whole, in place.

    Args:
        first: number of the first series of the chunk.
        basis: all series.
        order: numbers of the pilots by ascending total, shape (n_chunk, n_pilots).
        n_paths: first paths, which alone are wanted.
        drawn: floored paths, units, shape (n_chunk, n_drawn, horizon).
        totals: of the paths, units, shape (n_chunk, n_drawn).
    """
    n_pilots = order.shape[1]
    before, after, shape = np.empty(n_pilots), np.empty(n_pilots), np.empty(drawn.shape[2], np.float32)
    for k in range(drawn.shape[0]):
        i = first + k
        if basis.bend[i] >= 0:
            for rank in range(n_pilots):
                before[rank] = totals[k, order[k, rank]]
            bend_totals(basis, i, before, after)
            further_shape(basis.mean[i], basis.span, shape)
            for rank in range(n_pilots):
                number = order[k, rank]
                if number < n_paths:
                    reshape(drawn[k, number], before[rank], after[rank], shape)
            for number in range(n_pilots, n_paths):
                reshape(drawn[k, number], totals[k, number], wanted_total(totals[k, number], before, after), shape)
        if basis.whole[i]:
            for number in range(n_paths):
                _rounded(share(word(basis.streams[i], number, ROUNDING)), drawn[k, number])


class Drawing(NamedTuple):
    """What is drawn of every series.

    Attributes:
        basis: what is known about each series.
        numbers: normal and gamma numbers, made before any thread asks for them.
        n_drawn: paths of each series.
        n_pilots: first of them, on which the lift by the floor is measured.
    """

    basis: Basis
    numbers: Supply
    n_drawn: int
    n_pilots: int


def sample(basis: Basis, n_paths: int, n_pilots: int, keep: Callable[[slice, Float32Array], None]) -> None:
    """Draw paths of every series, a few series at a time; those of series without any demand are zero.

    Args:
        basis: what is known about each series.
        n_paths: paths wanted of each.
        n_pilots: first paths, whether wanted or not, on which the lift by the floor and the ranks of totals are
            measured; an even number.
        keep: is given the numbers of some series and their paths, units, shape (n_some, n_paths, horizon), which are
            overwritten after it returns; from several threads.
    """
    drawing = Drawing(basis, supply(basis.mean.shape[1]), max(n_paths, n_pilots), n_pilots)
    over_slices(_sample, len(basis.mean), drawing, n_paths, keep)


def _sample(begin: int, end: int, drawing: Drawing, n_paths: int, keep: Callable[[slice, Float32Array], None]) -> None:
    for rows, drawn, totals in _chunks(begin, end, drawing):
        # the pilots are the first paths themselves, so that nothing is drawn twice
        order = np.argsort(totals[:, : drawing.n_pilots], axis=1)
        _finish(rows.start, drawing.basis, order, n_paths, drawn, totals)
        keep(rows, drawn[:, :n_paths])


def _chunks(begin: int, end: int, drawing: Drawing) -> Iterator[tuple[slice, Float32Array, FloatArray]]:
    """Series of each chunk, their floored paths and the totals of their first periods."""
    basis, numbers, n_drawn, n_pilots = drawing
    horizon = basis.mean.shape[1]
    size = max(min(CHUNK // max(n_drawn * horizon, 1), end - begin), 1)
    memory, sums = np.empty((size, n_drawn, horizon), np.float32), np.empty((size, n_drawn))
    for first in range(begin, end, size):
        last = min(first + size, end)
        drawn, totals = memory[: last - first], sums[: last - first]
        _draw(first, basis, numbers, n_pilots, (drawn, totals))
        yield slice(first, last), drawn, totals


def at_places(ordered: Float32Array | FloatArray, places: FloatArray) -> FloatArray:
    """Values between ascending ones along the last axis; places count from 0 on and are no further than the last."""
    low = np.clip(places.astype(np.int64), 0, max(ordered.shape[-1] - 2, 0))
    below = ordered[..., low].astype(np.float64)
    above = ordered[..., np.minimum(low + 1, ordered.shape[-1] - 1)]
    return np.asarray(below + (places - low) * (above - below))


def at_levels(ordered: Float32Array | FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles of ascending values along the last axis (linear, type 7 of Hyndman & Fan 1996)."""
    return at_places(ordered, levels * (ordered.shape[-1] - 1))


def totals(basis: Basis, n_paths: int) -> tuple[FloatArray, FloatArray]:
    """Totals over the span that few paths of every series have.

    Returns:
        Ascending units, ≥ 0, shape (n_series, n_paths); yardstick of each series, units, shape (n_series,).
    """
    drawn, sizes = np.zeros((len(basis.mean), n_paths)), np.ones(len(basis.mean))
    drawing = Drawing(basis, supply(basis.mean.shape[1]), n_paths, n_paths)
    over_slices(_totals, len(basis.mean), drawing, drawn, sizes)
    return drawn, sizes


def _totals(begin: int, end: int, drawing: Drawing, drawn: FloatArray, sizes: FloatArray) -> None:
    for rows, _paths, sums in _chunks(begin, end, drawing):
        drawn[rows] = np.sort(np.maximum(sums, 0.0), axis=1)
        for i in range(rows.start, rows.stop):
            sizes[i] = yardstick(drawn[i], drawing.basis.usual[i])
