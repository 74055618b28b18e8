"""Exponential smoothing with trend and season, many series side by side.

Additive errors. Trend none, additive or damped; season none, additive or multiplicative. With level l, trend b, season
s of the phase, expected value ŷ and error e = y − ŷ (0 in a gap):

    base = l + φ b;  ŷ = base + s (or base · s)
    l ← base + α e;  b ← φ b + β e;  s ← s + γ e          (multiplicative: e / s for l and b, e / base for s)

Source: Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing, tables 2.2 and 2.3.
"""

from typing import Any

import numpy as np
from numba import njit

LANES = 64
"""Series side by side in one block."""
ALPHA, BETA, GAMMA, PHI = range(4)
LEVEL, TREND, SEASON = range(3)
NO_TREND, ADDITIVE, DAMPED = range(3)
NO_SEASON, ADDED, MULTIPLIED = range(3)
SMALLEST = 1e-4
DAMPING = (0.8, 0.98)
ROUNDS, SHRINKING = 5, 0.5
"""Rounds of the search along all coordinates, and how much smaller the steps of the next one are."""
FIRST_ALPHAS = np.array([0.02, 0.1, 0.3, 0.6])


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _sweep(block: Any, place: Any, weights: Any, states: Any, season: Any, work: Any) -> None:
    """Run up to 64 series once from the states given.

    Every step is a handful of short loops over the series, each with few arrays, because only such loops become
    vector instructions.

    Args:
        block: units (0 in gaps) and whether they were observed, shape (n_periods, n_lanes) each, and the first period
            of each series, ascending, shape (n_lanes,).
        place: phase of each period, shape (n_periods,).
        weights: α, β, γ, φ, shape (4, n_lanes).
        states: level, trend and season of each phase before the first period, shape (2 + n_phases, n_lanes); changed
            into those after the last.
        season: one of NO_SEASON, ADDED, MULTIPLIED.
        work: rows for the sum of squared errors, the running level, trend, base and error, shape (5, n_lanes).
    """
    demand, seen, starts = block
    alpha, beta, gamma, phi = weights[ALPHA], weights[BETA], weights[GAMMA], weights[PHI]
    sse, level, trend, base, error = work[0], work[1], work[2], work[3], work[4]
    n, waiting = starts.shape[0], 0
    for j in range(n):
        sse[j], level[j], trend[j] = 0.0, 0.0, 0.0
    for t in range(place.shape[0]):
        while waiting < n and starts[waiting] <= t:
            level[waiting], trend[waiting] = states[LEVEL, waiting], states[TREND, waiting]
            waiting += 1
        units, known, own = demand[t], seen[t], states[SEASON + place[t]]
        for j in range(n):
            trend[j] = phi[j] * trend[j]
        for j in range(n):
            base[j] = level[j] + trend[j]
        if season == MULTIPLIED:
            for j in range(n):
                error[j] = known[j] * (units[j] - base[j] * own[j])
            for j in range(n):
                sse[j] += error[j] * error[j]
            for j in range(n):
                level[j] = gamma[j] * error[j] / max(base[j], SMALLEST)
            for j in range(n):
                error[j] = error[j] / max(own[j], 0.01)
            for j in range(n):
                own[j] += level[j]
        else:
            for j in range(n):
                error[j] = known[j] * (units[j] - base[j] - own[j])
            for j in range(n):
                sse[j] += error[j] * error[j]
            for j in range(n):
                own[j] += gamma[j] * error[j]
        for j in range(n):
            level[j] = base[j] + alpha[j] * error[j]
        for j in range(n):
            trend[j] += beta[j] * error[j]
    for j in range(n):
        states[LEVEL, j], states[TREND, j] = level[j], trend[j]


@njit(cache=True, nogil=True)
def _copy(source: Any, target: Any) -> None:
    """Copy a table, cell by cell: a slice assignment would take the compiler seconds."""
    for k in range(source.shape[0]):
        for j in range(source.shape[1]):
            target[k, j] = source[k, j]


@njit(cache=True, nogil=True)
def _first_states(block: Any, place: Any, form: Any, start: Any) -> None:
    """States before the first period: level and season from the first seasons, trend from the first two windows.

    Args:
        block: as for _sweep.
        place: phase of each period, shape (n_periods,).
        form: trend and season, shape (2,).
        start: receives the states, shape (2 + n_phases, n_lanes).
    """
    demand, seen, starts = block
    n_phases = start.shape[0] - 2
    window = n_phases if form[1] != NO_SEASON else 10
    sums, counts = np.zeros(n_phases), np.zeros(n_phases)
    for j in range(starts.shape[0]):
        for q in range(n_phases):
            sums[q], counts[q] = 0.0, 0.0
        early, late, n_early, n_late = 0.0, 0.0, 0.0, 0.0
        for t in range(starts[j], min(starts[j] + max(4 * n_phases, 2 * window), place.shape[0])):
            if seen[t, j] == 0.0:
                continue
            since = t - starts[j]
            if since < window:
                early, n_early = early + demand[t, j], n_early + 1.0
            elif since < 2 * window:
                late, n_late = late + demand[t, j], n_late + 1.0
            if since < 4 * n_phases:
                sums[place[t]] += demand[t, j]
                counts[place[t]] += 1.0
        early = early / max(n_early, 1.0)
        slope = (late / n_late - early) / window if n_late > 0.0 and form[0] != NO_TREND else 0.0
        start[TREND, j] = slope
        start[LEVEL, j] = early - slope * (window + 1) / 2
        mean, total = 0.0, 0.0
        for q in range(n_phases):
            mean, total = mean + sums[q], total + counts[q]
        mean /= max(total, 1.0)
        for q in range(n_phases):
            own = sums[q] / counts[q] if counts[q] > 0.0 else mean
            start[SEASON + q, j] = 0.0
            if form[1] == ADDED:
                start[SEASON + q, j] = own - mean
            elif form[1] == MULTIPLIED:
                start[SEASON + q, j] = max(own / mean, 0.01) if mean > 0.0 else 1.0


@njit(cache=True, nogil=True)
def _weights_of(point: Any, form: Any, weights: Any) -> None:
    """α, β ≤ α, γ ≤ 1 − α and φ from the search's coordinates in [0, 1], shape (4, n_lanes) each."""
    for j in range(point.shape[1]):
        alpha = min(max(point[ALPHA, j], SMALLEST), 1.0 - SMALLEST)
        weights[ALPHA, j] = alpha
        weights[BETA, j] = alpha * point[BETA, j] if form[0] != NO_TREND else 0.0
        weights[GAMMA, j] = (1.0 - alpha) * point[GAMMA, j] if form[1] != NO_SEASON else 0.0
        damped = DAMPING[0] + (DAMPING[1] - DAMPING[0]) * point[PHI, j]
        weights[PHI, j] = 0.0 if form[0] == NO_TREND else (damped if form[0] == DAMPED else 1.0)


@njit(cache=True, nogil=True)
def _next_trial(number: Any, form: Any, point: Any, trial: Any) -> Any:
    """Where the search looks next, shape (4, n_lanes); False where the form has no such weight.

    First the point itself, then a few other α, then steps forth and back along each coordinate, smaller each round.
    """
    _copy(point, trial)
    if number == 0:
        return True
    if number <= FIRST_ALPHAS.shape[0]:
        for j in range(point.shape[1]):
            trial[ALPHA, j] = FIRST_ALPHAS[number - 1]
        return form[0] == NO_TREND and form[1] == NO_SEASON
    number -= FIRST_ALPHAS.shape[0] + 1
    step, k, sign = 0.2 * SHRINKING ** (number // 8), (number % 8) // 2, 1.0 - 2.0 * (number % 2)
    if (k == BETA and form[0] == NO_TREND) or (k == GAMMA and form[1] == NO_SEASON) or (k == PHI and form[0] != DAMPED):
        return False
    for j in range(point.shape[1]):
        # small weights differ by factors, not by sums
        size = 2.0 * step if k == PHI else step * (0.25 + point[k, j])
        trial[k, j] = min(max(point[k, j] + sign * size, 0.0), 1.0)
    return True


@njit(cache=True, nogil=True)
def _search(block: Any, place: Any, form: Any, point: Any, memory: Any, best: Any) -> None:
    """Improve the weights of all lanes; `memory`: weights, first states, running states, work rows."""
    weights, start, state, work = memory
    trial = np.empty_like(point)
    for j in range(best.shape[0]):
        best[j] = np.inf
    for number in range(1 + FIRST_ALPHAS.shape[0] + 8 * ROUNDS):
        if not _next_trial(number, form, point, trial):
            continue
        _weights_of(trial, form, weights)
        _copy(start, state)
        _sweep(block, place, weights, state, form[1], work)
        for j in range(best.shape[0]):
            if work[0, j] < best[j]:
                best[j] = work[0, j]
                for k in range(4):
                    point[k, j] = trial[k, j]


@njit(cache=True, nogil=True)
def _backcast(block: Any, place: Any, form: Any, point: Any, memory: Any, best: Any) -> None:
    """Start from where the series, smoothed from its end to its beginning, arrives; kept where it errs less.

    Source: Box & Jenkins (1976), section 6.4 (back-forecasting), for the start of a recursion.
    """
    weights, start, state, work = memory
    demand, seen, starts = block
    n_periods, n = demand.shape
    backwards = (np.empty_like(demand), np.empty_like(seen), np.zeros_like(starts))
    place_back = np.empty_like(place)
    for t in range(n_periods):
        place_back[t] = place[n_periods - 1 - t]
        for j in range(n):
            backwards[0][t, j], backwards[1][t, j] = demand[n_periods - 1 - t, j], seen[n_periods - 1 - t, j]
    _weights_of(point, form, weights)
    _copy(start, state)
    other = np.empty_like(start)
    # forth to the end, back to the beginning, and forth again from there
    for way in range(3):
        _sweep(backwards if way == 1 else block, place_back if way == 1 else place, weights, state, form[1], work)
        for j in range(n):
            state[TREND, j] = -state[TREND, j]
        if way == 1:
            _copy(state, other)
    for j in range(n):
        if work[0, j] < best[j]:
            best[j] = work[0, j]
            for k in range(start.shape[0]):
                start[k, j] = other[k, j]


@njit(cache=True, nogil=True)
def _criterion(sse: Any, n: Any, form: Any, n_phases: Any) -> Any:
    """AICc of a Gaussian likelihood; every weight, first state and the variance counts as a parameter."""
    k = 3 + 2 * (form[0] != NO_TREND) + (form[0] == DAMPED) + n_phases * (form[1] != NO_SEASON)
    if n <= k + 2:
        return np.inf
    return n * np.log(max(sse / n, 1e-300)) + 2.0 * k + 2.0 * k * (k + 1) / (n - k - 1)


@njit(cache=True, nogil=True)
def _block_of(members: Any, panel: Any, starts: Any) -> Any:
    """Some series side by side: units, whether observed, first periods; observed periods, and whether all are > 0."""
    n, first = members.shape[0], starts[members[0]]  # the members stand in the order of their starts
    n_periods = panel.shape[1] - first
    demand, seen = np.zeros((n_periods, n)), np.zeros((n_periods, n))
    count, positive, begins = np.zeros(n), np.ones(n, np.bool_), np.empty(n, np.int64)
    for j in range(n):
        begins[j] = starts[members[j]] - first
        for t in range(begins[j], n_periods):
            value = panel[members[j], first + t]
            if not np.isnan(value):
                demand[t, j], seen[t, j] = value, 1.0
                count[j] += 1.0
                positive[j] = positive[j] and value > 0.0
    return (demand, seen, begins), count, positive


@njit(cache=True, nogil=True)
def fit_blocks(begin: Any, end: Any, panel: Any, starts: Any, order: Any, place: Any, forms: Any, result: Any) -> None:
    """Fit every form to the blocks begin … end − 1 of 64 series and keep the one with the smallest AICc.

    Args:
        begin: first block.
        end: one after the last block.
        panel: demand, NaN = gap, shape (n_series, n_periods).
        starts: first period of each series, shape (n_series,).
        order: the series by their starts, in the order in which they fill the blocks, shape (n_series,).
        place: phase of each period, shape (n_periods,).
        forms: trend and season of every form tried, simple ones first, shape (n_forms, 2).
        result: receives chosen form (n_series,), α, β, γ, φ (n_series, 4), first states (n_series, 2 + n_phases) and
            AICc (n_series,).
    """
    chosen, weights_out, states_out, criteria = result
    n_states = states_out.shape[1]
    for b in range(begin, end):
        members = order[b * LANES : (b + 1) * LANES]
        block, n_seen, positive = _block_of(members, panel, starts)
        n = members.shape[0]
        phases = place[place.shape[0] - block[0].shape[0] :]
        weights, start, state, work = (
            np.empty((4, n)),
            np.empty((n_states, n)),
            np.empty((n_states, n)),
            np.empty((5, n)),
        )
        memory = (weights, start, state, work)
        point, best = np.full((4, n), 0.1), np.empty(n)
        point[PHI] = 0.8
        for f in range(forms.shape[0]):
            form = forms[f]
            if form[1] == MULTIPLIED and not positive.any():
                continue
            _first_states(block, phases, form, start)
            _search(block, phases, form, point, memory, best)
            _backcast(block, phases, form, point, memory, best)
            _weights_of(point, form, weights)
            for j in range(n):
                value, i = _criterion(best[j], n_seen[j], form, n_states - 2), members[j]
                # a history too short for every form gets the first and simplest one
                if f == 0 or (value < criteria[i] and (positive[j] or form[1] != MULTIPLIED)):
                    criteria[i], chosen[i] = value, f
                    for k in range(4):
                        weights_out[i, k] = weights[k, j]
                    for k in range(n_states):
                        states_out[i, k] = start[k, j]


@njit(cache=True, nogil=True)
def forecasts(
    begin: Any, end: Any, panel: Any, starts: Any, learned: Any, origins: Any, place: Any, season: Any, result: Any
) -> None:
    """Expected units of the series begin … end − 1 after each origin, in one sweep over each series.

    Args:
        begin: first series.
        end: one after the last series.
        panel: demand, NaN = gap, shape (n_series, n_periods).
        starts: first period of each series, shape (n_series,).
        learned: α, β, γ, φ, shape (n_series, 4), and first states, shape (n_series, 2 + n_phases).
        origins: numbers of periods known, ascending, shape (n_origins,).
        place: phase of every period, those ahead included, shape (n_periods + horizon,).
        season: kind of season of each series, shape (n_series,).
        result: receives units, NaN before a start, shape (n_series, n_origins, horizon).
    """
    weights, states = learned
    state = np.empty(states.shape[1])
    for i in range(begin, end):
        alpha, beta, gamma, phi = weights[i, ALPHA], weights[i, BETA], weights[i, GAMMA], weights[i, PHI]
        for k in range(state.shape[0]):
            state[k] = states[i, k]
        asked = 0
        for t in range(panel.shape[1] + 1):
            while asked < origins.shape[0] and origins[asked] == t:
                _ahead(state, phi, season[i], place[t:], result[i, asked], starts[i] < t)
                asked += 1
            if t < starts[i] or t == panel.shape[1]:
                continue
            base = state[LEVEL] + phi * state[TREND]
            own = state[SEASON + place[t]]
            error = 0.0
            if not np.isnan(panel[i, t]):
                error = panel[i, t] - (base * own if season[i] == MULTIPLIED else base + own)
            level_error = error / max(own, 0.01) if season[i] == MULTIPLIED else error
            state[LEVEL] = base + alpha * level_error
            state[TREND] = phi * state[TREND] + beta * level_error
            state[SEASON + place[t]] += gamma * (error / max(base, SMALLEST) if season[i] == MULTIPLIED else error)


@njit(cache=True, nogil=True)
def _ahead(state: Any, phi: Any, season: Any, place: Any, out: Any, begun: Any) -> None:
    """Continue without errors; fills the units expected, shape (horizon,)."""
    level, slope = state[LEVEL], state[TREND]
    for h in range(out.shape[0]):
        slope *= phi
        level += slope
        own = state[SEASON + place[h]]
        out[h] = (level * own if season == MULTIPLIED else level + own) if begun else np.nan
