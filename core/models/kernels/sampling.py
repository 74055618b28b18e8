"""Sample paths of many series at once: half pushed through a smoothing recursion, half from whole error vectors."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from core.compute.threads import over_slices

PILOTS = 192
"""Paths per kind drawn beforehand to measure how much the floor at zero lifts the mean."""


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


@njit(cache=True, nogil=True)
def _mixed(state: Any) -> Any:
    """A well-mixed 64-bit word of a counter (Steele, Lea & Flood 2014, SplitMix64)."""
    word = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@njit(cache=True, nogil=True)
def uniform(state: Any) -> Any:
    """The next number in [0, 1) of a stream whose counter is state[0]."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    return np.float64(_mixed(state[0]) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def _begin(state: Any, stream: Any, path: Any) -> None:
    """Place the stream of one path, so that more paths never change the earlier ones."""
    state[0] = _mixed(stream + np.uint64(path + 1) * np.uint64(0xD1B54A32D192ED03))


@njit(cache=True, nogil=True)
def _smoothed(basis: Any, i: Any, state: Any, path: Any) -> None:
    """Gaussian errors through level += α·ε, in proportion to the season's shape of the mean."""
    horizon = basis.mean.shape[1]
    sigma, alpha = basis.sigma[i], basis.alpha[i]
    average = basis.mean[i].mean()
    level = 0.0
    spare = 0.0
    for h in range(horizon):
        if h % 2 == 0:  # Box & Muller (1958) gives two normal numbers at a time
            radius = np.sqrt(-2.0 * np.log(1.0 - uniform(state)))
            angle = 2.0 * np.pi * uniform(state)
            shock, spare = radius * np.cos(angle), radius * np.sin(angle)
        else:
            shock = spare
        # a quiet weekday errs less: the level in proportion, the noise by the root, as counts do
        share = min(basis.mean[i, h] / average, 4.0) if average > 0.0 else 1.0
        path[h] = basis.mean[i, h] + share * level + np.sqrt(share) * sigma * shock
        level += alpha * sigma * shock


@njit(cache=True, nogil=True)
def _trajectory(basis: Any, i: Any, state: Any, path: Any) -> None:
    """Whole error vectors around the mean; further blocks go on from where smoothing would have followed."""
    horizon, block = basis.mean.shape[1], basis.vectors.shape[2]
    scale = basis.scale[i]
    followed = 1.0 - (1.0 - basis.alpha[i]) ** block
    level = 0.0
    for first in range(0, horizon, block):
        source = np.int64(i)
        if uniform(state) >= basis.own[i]:
            low, high = basis.bounds[basis.group[i]], basis.bounds[basis.group[i] + 1]
            source = basis.members[low + np.int64(uniform(state) * (high - low))]
        vector = np.int64(uniform(state) * basis.counts[source])
        drift = 0.0
        steps = min(block, horizon - first)
        for j in range(steps):
            error = scale * (basis.vectors[source, vector, j] - basis.centre[i, j])
            path[first + j] = basis.mean[i, first + j] + level + error
            drift += error
        level += followed * drift / steps


@njit(cache=True, nogil=True)
def _draw(basis: Any, i: Any, state: Any, number: Any, path: Any) -> None:
    """Path `number` of a series before the floor at zero: even ones by recursion, odd ones by error vectors."""
    _begin(state, basis.streams[i], number)
    if number % 2 == 0 or basis.group[i] < 0:
        _smoothed(basis, i, state, path)
    else:
        _trajectory(basis, i, state, path)


@njit(cache=True, nogil=True)
def _lowered_total(drawn: Any, shift: Any) -> Any:
    """Mean total of the drawn paths, lowered by `shift` and floored, and its derivative with respect to the shift."""
    total, slope = 0.0, 0.0
    for p in range(drawn.shape[0]):
        for h in range(drawn.shape[1]):
            if drawn[p, h] > shift:
                total += drawn[p, h] - shift
                slope -= 1.0
    return total / drawn.shape[0], slope / drawn.shape[0]


@njit(cache=True, nogil=True)
def _corrections(basis: Any, i: Any, state: Any, pilots: Any, shifts: Any) -> None:
    """By how much each kind of path is lowered before the floor at zero, so that the floor does not lift the mean.

    Newton's method on a convex falling function from the left: it never passes the solution.
    """
    wanted = basis.target[i]
    for kind in range(2):
        for pilot in range(PILOTS):
            # negative numbers keep the pilots apart from the paths handed out
            _draw(basis, i, state, -2 - 2 * pilot - kind, pilots[pilot])
        shifts[kind] = 0.0
        for _ in range(12):
            total, slope = _lowered_total(pilots, shifts[kind])
            if total <= wanted * 1.002 or slope == 0.0:
                break
            shifts[kind] -= (wanted - total) / -slope


@njit(cache=True, nogil=True)
def _finished(basis: Any, i: Any, state: Any, number: Any, path: Any, shifts: Any) -> None:
    """One path as it is handed out; whole units by rounding the running total with one offset per path."""
    _draw(basis, i, state, number, path)
    shift = shifts[number % 2]
    # rounding each period by itself would move the sum over a lead time
    running = uniform(state)
    for h in range(path.shape[0]):
        units = max(path[h] - shift, 0.0)
        if basis.whole[i]:
            before = np.floor(running)
            running += units
            path[h] = np.floor(running) - before
        else:
            path[h] = units


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


def sample_paths(basis: Basis, out: Any) -> None:
    """Fill out, float32, shape (n_paths, n_series, horizon), units per period."""
    over_slices(_sample_paths, out.shape[1], basis, out)


@njit(cache=True, nogil=True)
def _sample_paths(begin: Any, end: Any, basis: Any, out: Any) -> None:
    n_paths, _n_series, horizon = out.shape
    for i in range(begin, end):
        state = np.zeros(1, np.uint64)
        path = np.empty(horizon)
        shifts = np.zeros(2)
        _corrections(basis, i, state, np.empty((PILOTS, horizon)), shifts)
        for number in range(n_paths):
            _finished(basis, i, state, number, path, shifts)
            for h in range(horizon):
                out[number, i, h] = path[h]


def sample_quantiles(basis: Basis, n_paths: int, levels: Any, out: Any) -> None:
    """Fill out, shape (n_series, horizon, n_levels), with the quantiles of the first n_paths paths (linear, type 7)."""
    over_slices(_sample_quantiles, out.shape[0], basis, n_paths, levels, out)


@njit(cache=True, nogil=True)
def _sample_quantiles(begin: Any, end: Any, basis: Any, n_paths: Any, levels: Any, out: Any) -> None:
    _n_series, horizon, n_levels = out.shape
    for i in range(begin, end):
        state = np.zeros(1, np.uint64)
        path = np.empty(horizon)
        shifts = np.zeros(2)
        drawn = np.empty((horizon, n_paths), np.float32)
        _corrections(basis, i, state, np.empty((PILOTS, horizon)), shifts)
        for number in range(n_paths):
            _finished(basis, i, state, number, path, shifts)
            for h in range(horizon):
                drawn[h, number] = path[h]
        for h in range(horizon):
            ordered = drawn[h]
            _sort(ordered)
            for q in range(n_levels):
                place = levels[q] * (n_paths - 1)
                low = min(int(place), n_paths - 2)
                gap = np.float64(ordered[low + 1]) - np.float64(ordered[low])
                out[i, h, q] = ordered[low] + (place - low) * gap
