"""The loops that bring demand of weeks and months down to days, and the chance that plan and simulation share."""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numba import njit, uint64

from core.base.types import AnyArray, BoolArray, FloatArray, IntArray
from core.compute.threads import over_slices

SMALL: Final = 1_000_000
"""Steps below which waking the other cores costs more than it saves."""
PROFILES: Final = 256
"""Equally likely ways for demand to fall on the days of a period; each may begin on any of its days."""

DaysOf = tuple[IntArray, FloatArray, IntArray, IntArray, BoolArray, IntArray]
"""The arrays of `core.inventory.days.Days`, in its order."""

MIX_1, MIX_2, GOLDEN = uint64(0xBF58476D1CE4E5B9), uint64(0x94D049BB133111EB), uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def luck(stream: int, path: int, step: int) -> np.uint64:
    """64 random bits that depend on nothing but stream, path and step.

    Source: Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators" (the SplitMix64 finaliser).
    """
    x = uint64(stream) * GOLDEN + uint64(path) * MIX_1 + uint64(step) * MIX_2 + GOLDEN
    x = (x ^ (x >> uint64(30))) * MIX_1
    x = (x ^ (x >> uint64(27))) * MIX_2
    return x ^ (x >> uint64(31))


@njit(cache=True, nogil=True)
def fall(demand: float, days: DaysOf, place: tuple[int, int, int], begin: int, result: FloatArray) -> None:
    """Demand of one period on its days, which adds up to it; whole units stay whole where a series sells in such.

    Args:
        demand: units.
        days: the arrays of `Days`.
        place: number of the path, series and period.
        begin: where the first day of the period stands in the result.
        result: receives units per day.
    """
    first, shares, length_of, degree_of, whole, streams = days
    path, i, t = place
    length = first[t + 1] - first[t]
    if length == 1 or demand == 0.0:
        for k in range(length):
            result[begin + k] = demand
        return
    bits = luck(streams[i], path, t)
    row, degree, profile = length_of[t], degree_of[i], np.int64(bits % uint64(PROFILES))
    # begun on any day, so that every day has the same mean however few ways there are
    day = np.int64((bits >> uint64(8)) % uint64(length))
    offset = np.int64(bits >> uint64(32)) / 4294967296.0
    share, given = 0.0, 0.0
    for k in range(length):
        share += shares[row, degree, profile, day]
        day = np.int64(day + 1 if day + 1 < length else 0)
        until = share * demand
        if whole[i]:
            until = math.floor(until + offset)
        until = demand if k == length - 1 else min(until, demand)
        result[begin + k] = until - given
        given = until


@njit(cache=True, nogil=True)
def fall_on_all(units: AnyArray, days: DaysOf, place: tuple[int, int, int], result: FloatArray) -> None:
    """Demand of one series on one path on each day.

    Args:
        units: demand per period, shape (n_paths, n_series, horizon).
        days: the arrays of `Days`.
        place: row of the path within units, number of the path, and series.
        result: receives units per day, shape (n_days,).
    """
    p, path, i = place
    first = days[0]
    horizon = units.shape[2]
    # days are played most often, and a plain copy costs least
    if first[horizon] == horizon:
        for t in range(horizon):
            result[t] = units[p, i, t]
        return
    for t in range(horizon):
        fall(units[p, i, t], days, (path, i, t), first[t], result)


def spread_out(steps: int, kernel: Callable[..., None], n_items: int, *arguments: Any) -> None:
    """Call kernel(begin, end, *arguments) for all items: little work on one core, more on all."""
    if steps < SMALL:
        kernel(0, n_items, *arguments)
    else:
        over_slices(kernel, n_items, *arguments)


def moments(units: AnyArray) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """Means over the paths of demand and its square (n_series, horizon) and of demand times that of the next period.

    The last has the shape (n_series, horizon − 1); with them whether all demand of a series is in whole units.

    Args:
        units: demand per period, shape (n_paths, n_series, horizon).
    """
    _n_paths, n_series, horizon = units.shape
    mean, square = np.zeros((n_series, horizon)), np.zeros((n_series, horizon))
    following, whole = np.zeros((n_series, max(horizon - 1, 0))), np.ones(n_series, np.bool_)
    results = (mean, square, following)
    spread_out(units.size, _moments, n_series, units, results, whole)
    return mean, square, following, whole


@njit(cache=True, nogil=True)
def _moments(
    first: int, end: int, units: AnyArray, results: tuple[FloatArray, FloatArray, FloatArray], whole: BoolArray
) -> None:  # fmt: skip
    mean, square, following = results
    n_paths, _n_series, horizon = units.shape
    for p in range(n_paths):
        for i in range(first, end):
            before = 0.0
            for t in range(horizon):
                demand = float(units[p, i, t])
                mean[i, t] += demand / n_paths
                square[i, t] += demand * demand / n_paths
                if t > 0:
                    following[i, t - 1] += before * demand / n_paths
                whole[i] &= demand == math.floor(demand)
                before = demand
