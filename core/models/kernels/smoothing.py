"""Levels of many series at once, with gaps: simple exponential smoothing, moving averages, the season before."""

from typing import Any

import numpy as np
from numba import njit

from core.base.types import FloatArray, IntArray
from core.compute.threads import over_slices

GRID = np.array([0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.7, 0.9])
"""Smoothing weights tried first; the best one is then refined between its neighbours."""

REFINEMENTS = 8
GOLDEN = 0.6180339887498949


@njit(cache=True, nogil=True)
def _error(demand: Any, alpha: Any) -> Any:
    """Mean squared one-step error from the second observation on; 0 when there is none."""
    level, seen, total = 0.0, 0, 0.0
    for t in range(demand.shape[0]):
        if np.isnan(demand[t]):
            continue
        error = demand[t] - level
        # the first value has no forecast to be compared with
        if seen > 0:
            total += error * error
        seen += 1
        level += max(alpha, 1.0 / seen) * error
    return total / (seen - 1) if seen > 1 else 0.0


@njit(cache=True, nogil=True)
def _golden(demand: Any, low: Any, high: Any) -> Any:
    """The weight between low and high with the smallest error, by golden section."""
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = _error(demand, left), _error(demand, right)
    for _ in range(REFINEMENTS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = _error(demand, left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = _error(demand, right)
    return left if at_left <= at_right else right


@njit(cache=True, nogil=True)
def _best_weights(begin: Any, end: Any, demand: Any, weights: Any) -> None:
    for i in range(begin, end):
        best, smallest = 0, np.inf
        for g in range(GRID.shape[0]):
            error = _error(demand[i], GRID[g])
            if error < smallest:
                best, smallest = g, error
        refined = _golden(demand[i], GRID[max(best - 1, 0)], GRID[min(best + 1, GRID.shape[0] - 1)])
        weights[i] = refined if _error(demand[i], refined) < smallest else GRID[best]


@njit(cache=True, nogil=True)
def _errors(begin: Any, end: Any, demand: Any, weights: Any, errors: Any) -> None:
    for i in range(begin, end):
        errors[i] = _error(demand[i], weights[i])


@njit(cache=True, nogil=True)
def _levels(begin: Any, end: Any, demand: Any, weights: Any, levels: Any) -> None:
    for i in range(begin, end):
        level, seen = np.nan, 0
        levels[i, 0] = np.nan
        for t in range(demand.shape[1]):
            if not np.isnan(demand[i, t]):
                seen += 1
                level = demand[i, t] if seen == 1 else level + max(weights[i], 1.0 / seen) * (demand[i, t] - level)
            levels[i, t + 1] = level


def best_weights(demand: FloatArray) -> FloatArray:
    """Smoothing weight α of each series with the smallest squared one-step errors.

    Args:
        demand: units per period, NaN = not observed, shape (n_series, n_periods).

    Returns:
        Fractions between 0.01 and 0.9, shape (n_series,). [α]
    """
    weights = np.empty(demand.shape[0])
    over_slices(_best_weights, len(demand), demand, weights)
    return weights


def one_step_rms(demand: FloatArray, weights: FloatArray) -> FloatArray:
    """Root of the mean squared one-step error, units, shape (n_series,); 0 with fewer than two observations."""
    errors = np.empty(demand.shape[0])
    over_slices(_errors, len(demand), demand, weights, errors)
    return np.sqrt(errors)


def levels_after(demand: FloatArray, weights: FloatArray, origins: IntArray) -> FloatArray:
    """Level after the first so many periods, using nothing later.

    The gain is max(α, 1/n) at the n-th observation: the level starts as the running mean, so that no first value has
    to be guessed, and becomes simple exponential smoothing once 1/n < α. A gap leaves the level as it is.

    Args:
        demand: units per period, NaN = not observed, shape (n_series, n_periods).
        weights: smoothing weight of each series, shape (n_series,). [α]
        origins: numbers of periods known, shape (n_origins,).

    Returns:
        Units per period, NaN before the first observation, shape (n_origins, n_series).

    Source:
        Brown (1959); Holt (1957, reprinted 2004), simple smoothing.
    """
    levels = np.empty((demand.shape[0], demand.shape[1] + 1))
    over_slices(_levels, len(demand), demand, weights, levels)
    return np.ascontiguousarray(levels[:, origins].T)


@njit(cache=True, nogil=True)
def _running_totals(demand: Any, total: Any, count: Any) -> None:
    """Sum and number of observations of one series before each point in time, shape (n_periods + 1,)."""
    total[0] = count[0] = 0.0
    for t in range(demand.shape[0]):
        known = not np.isnan(demand[t])
        total[t + 1] = total[t] + (demand[t] if known else 0.0)
        count[t + 1] = count[t] + (1.0 if known else 0.0)


@njit(cache=True, nogil=True)
def _mean_before(total: Any, count: Any, at: Any, window: Any, otherwise: Any) -> Any:
    """Mean of what was observed in the last `window` periods before a point in time."""
    begin = max(at - window, 0)
    seen = count[at] - count[begin]
    # sums as differences of a running total may end a hair below zero
    return max(total[at] - total[begin], 0.0) / seen if seen > 0.0 else otherwise


@njit(cache=True, nogil=True)
def _best_windows(begin: Any, end: Any, demand: Any, windows: Any, best: Any) -> None:
    n_periods = demand.shape[1]
    total, count = np.empty(n_periods + 1), np.empty(n_periods + 1)
    for i in range(begin, end):
        _running_totals(demand[i], total, count)
        least = np.inf
        for window in windows:
            mean, squares = np.nan, 0.0
            for t in range(n_periods):
                mean = _mean_before(total, count, t, window, mean)
                error = demand[i, t] - mean
                squares += 0.0 if np.isnan(error) else error * error
            if squares < least:
                least, best[i] = squares, window


@njit(cache=True, nogil=True)
def _window_means(begin: Any, end: Any, demand: Any, windows: Any, origins: Any, means: Any) -> None:
    n_periods = demand.shape[1]
    total, count = np.empty(n_periods + 1), np.empty(n_periods + 1)
    for i in range(begin, end):
        _running_totals(demand[i], total, count)
        for k in range(origins.shape[0]):
            at = origins[k]
            # an empty window keeps the mean that stood after the last observation
            while at > 0 and count[at] == count[max(at - windows[i], 0)]:
                at -= 1
            means[k, i] = _mean_before(total, count, at, windows[i], np.nan)


def best_windows(demand: FloatArray, candidates: tuple[int, ...]) -> IntArray:
    """Candidate window of each series whose mean has the smallest squared one-step errors; ties take the longest.

    Args:
        demand: units per period, NaN = not observed, shape (n_series, n_periods).
        candidates: windows, periods.

    Returns:
        Periods, shape (n_series,).
    """
    best = np.zeros(len(demand), np.int64)
    over_slices(_best_windows, len(demand), demand, np.array(sorted(candidates, reverse=True), np.int64), best)
    return best


def window_means(demand: FloatArray, windows: IntArray, origins: IntArray) -> FloatArray:
    """Mean of what was observed in the last periods before each origin.

    A window without any observation keeps the mean before it; a history shorter than the window is averaged whole.

    Args:
        demand: units per period, NaN = not observed, shape (n_series, n_periods).
        windows: periods averaged of each series, shape (n_series,).
        origins: numbers of periods known, shape (n_origins,).

    Returns:
        Units per period, NaN before the first observation, shape (n_origins, n_series).
    """
    means = np.empty((len(origins), len(demand)))
    over_slices(_window_means, len(demand), demand, windows, np.asarray(origins, np.int64), means)
    return means


@njit(cache=True, nogil=True)
def _last_of_phase(begin: Any, end: Any, demand: Any, phases: Any, origins: Any, out: Any) -> None:
    n_origins, _n_series, horizon = out.shape
    for i in range(begin, end):
        for o in range(n_origins):
            # each origin sweeps its own past, so that nothing later can slip in
            seen = np.full(phases.max() + 1, np.nan)
            latest = np.nan
            for t in range(origins[o]):
                if not np.isnan(demand[i, t]):
                    latest = demand[i, t]
                    seen[phases[t]] = latest
            for h in range(horizon):
                value = seen[phases[origins[o] + h]]
                out[o, i, h] = latest if np.isnan(value) else value


def last_of_phase(demand: FloatArray, phases: IntArray, origins: IntArray, horizon: int) -> FloatArray:
    """Demand last seen at the same place of the season, or last seen at all where that place is new.

    Args:
        demand: units per period, NaN = not observed, shape (n_series, n_periods).
        phases: place in the season of each period and of those ahead, from 0 on, shape (n_periods + horizon,).
        origins: numbers of periods known, shape (n_origins,).
        horizon: periods ahead.

    Returns:
        Units per period, NaN before the first observation, shape (n_origins, n_series, horizon).
    """
    out = np.empty((len(origins), demand.shape[0], horizon))
    over_slices(_last_of_phase, len(demand), demand, phases, origins, out)
    return out
