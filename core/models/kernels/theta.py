"""The theta method in its dynamic state space form, for many series at once.

With level l, the running straight line A + B t through what is known, and θ ≥ 1:

    ŷ(t) = l + (1 − 1/θ) [(1 − α)^(t−1) A + (1 − (1 − α)^t) / α · B]
    l ← α y + (1 − α) l;  B ← ((t − 2) B + 6 (y − ȳ) / t) / (t + 1);  A ← ȳ − B (t + 1) / 2

In a gap y is what was expected, so that it makes no error.

Given α, the error is linear in the share of the first value that stands in the first level and in 1 − 1/θ: both follow
from least squares within their bounds, drawn a little towards one half, and only α is searched for.

Source: Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016), Models for optimising the theta method and their
relationship to state space models, Int. J. Forecasting 32, 1151–1161, equations 12–18.
"""

from typing import Any

import numpy as np
from numba import njit

LEVEL, MEAN, INTERCEPT, SLOPE, POWER = range(5)
ALPHA, THETA, START = range(3)
VALUE, COUNTS, LINE_INTERCEPT, LINE_SLOPE = range(4)
BEST_START, BEST_SHARE, LEAST, N_NOTES = 6, 7, 8, 9
"""Notes of the search: six sums of products, the two shares that are best with them, least sum of squares so far."""
FIRST = np.array([0.01, 0.06, 0.12, 0.2, 0.35, 0.55, 0.8, 0.99])
"""Values of α tried first; the best one is then refined between its neighbours."""
HALVINGS = 5
"""How often the distances to the neighbours of the best α are halved."""
MOST = 50.0
"""Largest θ; beyond it the straight line counts almost whole."""
SMALLEST_START, LARGEST_START = -0.5, 1.5
START_SPREAD, SHARE_SPREAD = 0.25, 0.5
"""How far from one half the share of the first value and 1 − 1/θ may be expected to lie (standard deviations)."""
UNCOUNTED = 3
"""Observations whose errors do not count."""
FORGOTTEN = 1e-12
"""Weight from which on the first level plays no part any more."""
SAME = 1e-9
"""Share of the product of two sums of squares below which their columns are taken for one."""
FILLINGS = 2
"""How often gaps are filled by what the weights found so far expect there, before the weights are sought again."""


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
def _fill(series: Any, weights: Any, state: Any, rows: Any) -> Any:
    """Write down what does not depend on the weights tried: values, and the straight lines through those before.

    Args:
        series: demand, NaN = gap, shape (n_periods,).
        weights: α, θ and the share of the first value that fill the gaps, shape (3,).
        state: room for a state.
        rows: receives the value, whether its error counts (from the fourth observation on), and intercept and slope of
            the line before it, shape (4, n_periods).

    Returns:
        How many periods were observed.
    """
    _begin(state, series[0], weights)
    seen = 0
    for t in range(series.shape[0]):
        rows[LINE_INTERCEPT, t], rows[LINE_SLOPE, t] = state[INTERCEPT], state[SLOPE]
        expected = _step(state, weights[ALPHA], weights[THETA], t + 1, series[t])
        known = not np.isnan(series[t])
        seen += 1 if known else 0
        rows[VALUE, t] = series[t] if known else expected
        rows[COUNTS, t] = 1.0 if known and seen > UNCOUNTED else 0.0
    return seen


@njit(cache=True, nogil=True, fastmath={"contract"})
def _products(rows: Any, alpha: Any, count: Any, notes: Any) -> None:
    """Sums of products of the three parts of the error: error = first − start · second − (1 − 1/θ) · third.

    The parts are the value less a level that began at 0, what the level still holds of the first value, and the line.
    Added is what is expected of both shares before seeing data, in units of the noise: few periods would drive them to
    their bounds.

    Source:
        Lindley & Smith (1972), for least squares with prior means.

    Args:
        rows: as `_fill` left them.
        alpha: weight of the level.
        count: errors that count.
        notes: receives the products 11, 12, 13, 22, 23 and 33 in front, shape (9,).
    """
    value, counts, intercept, slope = rows[VALUE], rows[COUNTS], rows[LINE_INTERCEPT], rows[LINE_SLOPE]
    kept, per_slope, level, decay = 1.0 - alpha, 1.0 / alpha, 0.0, 1.0
    s11 = s12 = s13 = s22 = s23 = s33 = 0.0
    early = min(value.shape[0], int(np.log(FORGOTTEN) / np.log(kept)) + 1)
    for t in range(early):
        left, start = counts[t] * (value[t] - level), counts[t] * decay * value[0]
        line = counts[t] * (decay * intercept[t] + (1.0 - decay * kept) * per_slope * slope[t])
        s11, s12, s13 = s11 + left * left, s12 + left * start, s13 + left * line
        s22, s23, s33 = s22 + start * start, s23 + start * line, s33 + line * line
        level = alpha * value[t] + kept * level
        decay *= kept
    for t in range(early, value.shape[0]):
        left, line = counts[t] * (value[t] - level), counts[t] * per_slope * slope[t]
        s11, s13, s33 = s11 + left * left, s13 + left * line, s33 + line * line
        level = alpha * value[t] + kept * level
    noise = (s11 - s12 - s13 + 0.25 * (s22 + s33) + 0.5 * s23) / count
    of_start, of_share = noise / START_SPREAD**2, noise / SHARE_SPREAD**2
    notes[0] = s11 + 0.25 * (of_start + of_share)
    notes[1], notes[2] = s12 + 0.5 * of_start, s13 + 0.5 * of_share
    notes[3], notes[4], notes[5] = s22 + of_start, s23, s33 + of_share


@njit(cache=True, nogil=True)
def _best_shares(notes: Any, low: Any, high: Any) -> Any:
    """Least sum of squared errors over the share of the first value and 1 − 1/θ, each within its bounds.

    Args:
        notes: products as `_products` left them; receives the two, shape (9,).
        low: smallest 1 − 1/θ.
        high: largest 1 − 1/θ.

    Returns:
        The sum of squares: at the free minimum when that lies within the bounds, else at the best place on an edge.
    """
    s11, s12, s13, s22, s23, s33 = notes[0], notes[1], notes[2], notes[3], notes[4], notes[5]
    first, last = (SMALLEST_START, LARGEST_START) if s22 > 0.0 else (0.5, 0.5)
    determinant, least = s22 * s33 - s23 * s23, np.inf
    for place in range(5):
        start, share = first if place == 1 else last, low if place == 3 else high
        if place == 0:
            if determinant <= SAME * s22 * s33:
                continue
            start, share = (s12 * s33 - s13 * s23) / determinant, (s13 * s22 - s12 * s23) / determinant
            if start < first or start > last or share < low or share > high:
                continue
        elif place <= 2:
            share = min(max((s13 - start * s23) / s33, low), high) if s33 > 0.0 else low
        else:
            start = min(max((s12 - share * s23) / s22, first), last) if s22 > 0.0 else first
        squares = s11 + start * (start * s22 - 2.0 * s12) + share * (share * s33 - 2.0 * s13 + 2.0 * start * s23)
        if squares < least:
            least, notes[BEST_START], notes[BEST_SHARE] = squares, start, share
        if place == 0:
            break
    return least


@njit(cache=True, nogil=True)
def _better(rows: Any, alpha: Any, limits: Any, notes: Any, weights: Any) -> Any:
    """Whether this α, with the rest at its best, errs less than all tried before; its weights are then kept.

    Args:
        rows: as `_fill` left them.
        alpha: weight of the level.
        limits: smallest and largest 1 − 1/θ, and how many errors count.
        notes: of the search, shape (9,).
        weights: α, θ and the share of the first value that erred least so far, shape (3,).
    """
    _products(rows, alpha, limits[2], notes)
    squares = _best_shares(notes, limits[0], limits[1])
    if not squares < notes[LEAST]:
        return False
    notes[LEAST] = squares
    weights[ALPHA], weights[THETA], weights[START] = alpha, 1.0 / (1.0 - notes[BEST_SHARE]), notes[BEST_START]
    return True


@njit(cache=True, nogil=True)
def _search(rows: Any, limits: Any, notes: Any, weights: Any) -> None:
    """The weights that err least: some values of α, then ever closer to both sides of the best one."""
    place, last = 0, FIRST.shape[0] - 1
    notes[LEAST] = np.inf
    for k in range(FIRST.shape[0]):
        if _better(rows, FIRST[k], limits, notes, weights):
            place = k
    low, high = FIRST[max(place - 1, 0)], FIRST[min(place + 1, last)]
    for _ in range(HALVINGS):
        before = weights[ALPHA]
        left, right = 0.5 * (low + before), 0.5 * (before + high)
        for alpha in (left, right):
            _better(rows, alpha, limits, notes, weights)
        if weights[ALPHA] == before:
            low, high = left, right
        elif weights[ALPHA] == left:
            high = before
        else:
            low = before


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
    state, notes, rows = np.empty(5), np.empty(N_NOTES), np.empty((4, panel.shape[1]))
    low, high = (0.0, 1.0 - 1.0 / MOST) if free_theta else (0.5, 0.5)
    for i in range(begin, end):
        weights[i, ALPHA], weights[i, THETA], weights[i, START] = 0.2, 2.0, 0.5
        length = panel.shape[1] - starts[i]
        for _ in range(FILLINGS if length > 0 else 0):
            known = rows[:, :length]
            seen = _fill(panel[i, starts[i] :], weights[i], state, known)
            if seen > UNCOUNTED:
                _search(known, (low, high, seen - UNCOUNTED), notes, weights[i])
            if seen == length:
                break


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
