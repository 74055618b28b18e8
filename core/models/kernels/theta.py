"""The theta method in its dynamic state space form, for many series at once.

With level l, the running straight line A + B t through what is known, and θ ≥ 1:

    ŷ(t) = l + (1 − 1/θ) [(1 − α)^(t−1) A + (1 − (1 − α)^t) / α · B]
    l ← α y + (1 − α) l;  B ← ((t − 2) B + 6 (y − ȳ) / t) / (t + 1);  A ← ȳ − B (t + 1) / 2

In a gap y is what was expected, so that it makes no error.

Source: Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016), Models for optimising the theta method and their
relationship to state space models, Int. J. Forecasting 32, 1151–1161, equations 12–18.
"""

from typing import Any

import numpy as np
from numba import njit

LEVEL, MEAN, INTERCEPT, SLOPE, POWER = range(5)
ALPHA, THETA, START = range(3)
LOWEST, HIGHEST = 0.02, 0.99
MOST = 50.0
"""Largest θ; beyond it the straight line counts almost whole."""
FIRST = np.array([0.05, 0.2, 0.5, 0.9])
ROUNDS = 6


@njit(cache=True, nogil=True)
def _step(state: Any, alpha: Any, theta: Any, number: Any, value: Any) -> Any:
    """Expected value of period `number` (1 = first), after which the state has taken the value in (NaN: a gap)."""
    share = 1.0 - 1.0 / theta
    decay = state[POWER]
    line = decay * state[INTERCEPT] + (1.0 - decay * (1.0 - alpha)) / alpha * state[SLOPE]
    expected = state[LEVEL] + share * line
    known = expected if np.isnan(value) else value
    state[LEVEL] += alpha * (known - state[LEVEL])
    before = state[MEAN]
    state[MEAN] += (known - before) / number
    if number > 1:
        state[SLOPE] = ((number - 2) * state[SLOPE] + 6.0 * (known - before) / number) / (number + 1)
    state[INTERCEPT] = state[MEAN] - state[SLOPE] * (number + 1) / 2.0
    state[POWER] = decay * (1.0 - alpha)
    return expected


@njit(cache=True, nogil=True)
def _begin(state: Any, first: Any, weights: Any) -> None:
    """The state before the first period: a share of its value, the rest stands in the straight line."""
    state[LEVEL], state[MEAN], state[SLOPE], state[POWER] = weights[START] * first, 0.0, 0.0, 1.0
    state[INTERCEPT] = first


@njit(cache=True, nogil=True)
def _error(series: Any, weights: Any, state: Any) -> Any:
    """Mean squared one-step error from the fourth observation on; 0 when there are fewer."""
    _begin(state, series[0], weights)
    total, seen = 0.0, 0
    for t in range(series.shape[0]):
        expected = _step(state, weights[ALPHA], weights[THETA], t + 1, series[t])
        if not np.isnan(series[t]):
            seen += 1
            if seen > 3:
                total += (series[t] - expected) ** 2
    return total / (seen - 3) if seen > 3 else 0.0


@njit(cache=True, nogil=True)
def _searched(series: Any, weights: Any, state: Any, free_theta: Any) -> None:
    """The weights with the smallest error: a few starts, then steps along each coordinate, halved in turn."""
    trial, best = weights.copy(), np.inf
    for alpha in FIRST:
        for theta in (2.0, 1.1, 6.0):
            if theta != 2.0 and not free_theta:
                continue
            trial[ALPHA], trial[THETA], trial[START] = alpha, theta, 0.5
            error = _error(series, trial, state)
            if error < best:
                best = error
                for k in range(3):
                    weights[k] = trial[k]
    step = 0.4
    for _ in range(ROUNDS):
        for k in range(3):
            if k == THETA and not free_theta:
                continue
            for sign in (1.0, -1.0):
                for j in range(3):
                    trial[j] = weights[j]
                if k == ALPHA:
                    trial[k] = min(max(weights[k] * (1.0 + sign * step), LOWEST), HIGHEST)
                elif k == THETA:
                    trial[k] = min(max(1.0 + (weights[k] - 1.0) * (1.0 + sign * step), 1.0), MOST)
                else:
                    trial[k] = min(max(weights[k] + sign * step, -0.5), 1.5)
                error = _error(series, trial, state)
                if error < best:
                    best = error
                    for j in range(3):
                        weights[j] = trial[j]
        step *= 0.6


@njit(cache=True, nogil=True)
def fit(begin: Any, end: Any, panel: Any, starts: Any, free_theta: Any, weights: Any) -> None:
    """Weights of the series begin … end − 1.

    Args:
        begin: first series.
        end: one after the last series.
        panel: demand, NaN = gap, the first period of each series known, shape (n_series, n_periods).
        starts: first known period of each series, n_periods where none is, shape (n_series,).
        free_theta: whether θ is chosen too; otherwise it is 2.
        weights: receives α, θ and the share of the first value in the level, shape (n_series, 3).
    """
    state = np.empty(5)
    for i in range(begin, end):
        weights[i, ALPHA], weights[i, THETA], weights[i, START] = 0.2, 2.0, 0.5
        if starts[i] < panel.shape[1]:
            _searched(panel[i, starts[i] :], weights[i], state, free_theta)


@njit(cache=True, nogil=True)
def forecasts(begin: Any, end: Any, panel: Any, starts: Any, weights: Any, origins: Any, result: Any) -> None:
    """Expected units of the series begin … end − 1 after each origin, in one sweep over each series.

    Args:
        begin: first series.
        end: one after the last series.
        panel: as for fit.
        starts: as for fit.
        weights: as fit gave them.
        origins: numbers of periods known, ascending, shape (n_origins,).
        result: receives units, NaN before a start, shape (n_series, n_origins, horizon).
    """
    state, future = np.empty(5), np.empty(5)
    for i in range(begin, end):
        first, asked = starts[i], 0
        while asked < origins.shape[0] and origins[asked] <= first:
            for h in range(result.shape[2]):
                result[i, asked, h] = np.nan
            asked += 1
        if first < panel.shape[1]:
            _begin(state, panel[i, first], weights[i])
        for t in range(first, panel.shape[1]):
            _step(state, weights[i, ALPHA], weights[i, THETA], t - first + 1, panel[i, t])
            while asked < origins.shape[0] and origins[asked] == t + 1:
                for k in range(5):
                    future[k] = state[k]
                for h in range(result.shape[2]):
                    number = t - first + 2 + h
                    result[i, asked, h] = _step(future, weights[i, ALPHA], weights[i, THETA], number, np.nan)
                asked += 1
