"""Order choice for many series at once: candidates are fitted by conditional least squares, AICc picks one.

No order errs less than one that holds all its terms and more, so an early fit of the largest order tells which others
cannot have the smallest AICc; those are not fitted.
"""

from typing import Any

import numpy as np
from numba import njit

from core.models.kernels.arima import (
    MEAN,
    N_PARAMETERS,
    PHI1,
    PHI2,
    SEASONAL_PHI,
    SEASONAL_THETA,
    THETA1,
    THETA2,
    admissible,
    damped_step,
    innovations,
    normal_equations,
    sensitivities,
    sum_of_squares,
)
from core.models.kernels.arima_filter import Y, run_filter
from core.models.kernels.differencing import difference, fill_gaps

P, D, Q, SEASONAL_P, SEASONAL_D, SEASONAL_Q, WITH_MEAN = range(7)
"""Columns of an order."""
N_ROWS = 8

SWEEPS = 8
ROUGH, FINE = 1e-4, 1e-7
"""A fit stops when a sweep lowers the sum of squares by less than this share: while orders are compared (0.01 % of the
sum of squares of 700 periods is 0.07 of AICc), and for the order chosen."""

DOUBT = 2.0
"""How far above the smallest AICc so far the least possible one of an order must be before the order is left out: the
fits that tell may have ended in a valley of their own."""

REPAIRS = 2
"""How often gaps are replaced by what the chosen model expected there, before it is fitted again."""


@njit(cache=True, nogil=True)
def active_parameters(order: Any) -> Any:
    """Indices of the parameters that an order estimates, ascending."""
    active = np.empty(N_PARAMETERS, np.int64)
    n = 0
    for parameter, column, needed in (
        (PHI1, P, 1), (PHI2, P, 2), (SEASONAL_PHI, SEASONAL_P, 1),
        (THETA1, Q, 1), (THETA2, Q, 2), (SEASONAL_THETA, SEASONAL_Q, 1), (MEAN, WITH_MEAN, 1),
    ):  # fmt: skip
        if order[column] >= needed:
            active[n] = parameter
            n += 1
    return active[:n]


@njit(cache=True, nogil=True)
def _copy(source: Any, target: Any) -> None:
    for k in range(source.shape[0]):
        target[k] = source[k]


@njit(cache=True, nogil=True)
def _move(par: Any, active: Any, step: Any, candidate: Any) -> Any:
    """Write the parameters after a step, halved until they are admissible; False when 12 halvings do not do."""
    _copy(par, candidate)
    share = 1.0
    for _ in range(12):
        for k in range(active.shape[0]):
            candidate[active[k]] = par[active[k]] + share * step[k]
        if admissible(candidate):
            return True
        share *= 0.5
    return False


@njit(cache=True, nogil=True)
def fit_order(
    series: Any, weights: Any, active: Any, period: Any, starts: Any, enough: Any, par: Any, work: Any
) -> Any:
    """Conditional least squares by Levenberg–Marquardt from the better of some starts.

    Args:
        series: differenced demand, shape (n_periods,).
        weights: 1, or 0 at a gap, shape (n_periods,).
        active: indices of the parameters estimated.
        period: periods in a season, 0 for none.
        starts: parameters to start from, shape (n_starts, 7).
        enough: share of the sum of squares below which a gain ends the search.
        par: the result, shape (7,).
        work: work rows, 0 before the first period, shape (8, 2 + period + n_periods).

    Returns:
        The sum of squares reached from period 2 + m on; never above that of a start.

    Source:
        Box & Jenkins (1976), section 7.1.2 (conditional sum of squares); Marquardt (1963).
    """
    gram, step, candidate = np.empty((8, 8)), np.empty(N_PARAMETERS), np.empty(N_PARAMETERS)
    pad, damping, fresh, best = 2 + period, 1e-3, False, np.inf
    for k in range(starts.shape[0]):
        innovations(series, starts[k], pad, work)
        reached = sum_of_squares(work, weights, pad, pad)
        fresh = reached < best
        if fresh:
            best = reached
            _copy(starts[k], par)
    if not fresh:
        innovations(series, par, pad, work)
        fresh = True
    for _ in range(SWEEPS if active.shape[0] > 0 else 0):
        if fresh:
            sensitivities(par, active, pad, work)
            normal_equations(work, weights, active, pad, pad, gram)
        damped_step(gram, active.shape[0], damping, step)
        if not _move(par, active, step, candidate):
            break
        innovations(series, candidate, pad, work)
        reached = sum_of_squares(work, weights, pad, pad)
        gained = best - reached
        fresh = gained > 0.0
        damping *= 0.1 if fresh else 10.0
        if fresh:
            best = reached
            _copy(candidate, par)
        if abs(gained) <= enough * best:
            break
    return best


@njit(cache=True, nogil=True)
def aicc(squares: Any, n: Any, n_parameters: Any) -> Any:
    """Akaike's criterion with the correction for small samples, of a Gaussian model with its variance estimated.

    Source:
        Hurvich & Tsai (1989).
    """
    k = n_parameters + 1.0
    if n - k - 1.0 <= 0.0:
        return np.inf
    return n * np.log(max(squares / n, 1e-12)) + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0)


@njit(cache=True, nogil=True)
def _usual_start(order: Any, par: Any) -> None:
    """Values typical of demand: slow AR with a strong opposite MA, strong MA after differencing, else 0."""
    for k in range(N_PARAMETERS):
        par[k] = 0.0
    if order[Q] > 0 and order[D] > 0:
        par[THETA1] = -0.7
    elif order[Q] > 0 and order[P] > 0 and order[SEASONAL_D] == 0:
        par[PHI1], par[THETA1] = 0.9, -0.7
    if order[SEASONAL_Q] > 0 and order[SEASONAL_D] > 0:
        par[SEASONAL_THETA] = -0.7
    elif order[SEASONAL_Q] > 0 and order[SEASONAL_P] > 0:
        par[SEASONAL_PHI], par[SEASONAL_THETA] = 0.9, -0.7


@njit(cache=True, nogil=True)
def _starts(order: Any, nested: Any, starts: Any) -> Any:
    """Where to start a fit: the usual values, unless the nested fit has all of those terms, and the nested fit.

    The surface has valleys near cancelling AR and MA roots; a second start often finds the better one.

    Args:
        order: p, d, q, P, D, Q, with mean, shape (7,).
        nested: parameters of a smaller order, 0 outside it, shape (7,).
        starts: room for both, shape (2, 7).

    Returns:
        The starts worth trying, shape (1 or 2, 7).
    """
    _usual_start(order, starts[0])
    _copy(nested, starts[1])
    for k in range(N_PARAMETERS):
        if starts[0, k] != 0.0 and nested[k] == 0.0:
            return starts
    return starts[1:]


@njit(cache=True, nogil=True)
def _holds(candidate: Any, other: Any) -> Any:
    """Whether every term of the other order is one of the candidate's."""
    all_held = True
    for column in range(candidate.shape[0]):
        all_held = all_held and other[column] <= candidate[column]
    return all_held


@njit(cache=True, nogil=True)
def _nested(candidates: Any, squares: Any, at: Any) -> Any:
    """What the fits so far tell of a candidate: the best one within it, and a sum of squares it cannot undercut.

    Args:
        candidates: p, q, P, Q of each, shape (n_candidates, 4).
        squares: sums of squares reached, infinite where not fitted, shape (n_candidates,).
        at: the candidate.

    Returns:
        Index of the best one within it (its own when there is none), largest sum of squares of those around it or 0.
    """
    within, least, bound = at, np.inf, 0.0
    for other in range(candidates.shape[0]):
        if squares[other] == np.inf:
            continue
        if squares[other] < least and _holds(candidates[at], candidates[other]):
            within, least = other, squares[other]
        if squares[other] > bound and _holds(candidates[other], candidates[at]):
            bound = squares[other]
    return within, bound


@njit(cache=True, nogil=True)
def _set_order(order: Any, candidate: Any, with_mean: Any) -> None:
    order[P], order[Q] = candidate[0], candidate[1]
    order[SEASONAL_P], order[SEASONAL_Q] = candidate[2], candidate[3]
    order[WITH_MEAN] = with_mean


@njit(cache=True, nogil=True)
def _observed(series: Any, lead: Any) -> Any:
    """1 for each observed period after the first `lead`, 0 for a gap."""
    weights = np.empty(series.shape[0] - lead)
    for t in range(lead, series.shape[0]):
        weights[t - lead] = 0.0 if np.isnan(series[t]) else 1.0
    return weights


@njit(cache=True, nogil=True)
def choose(series: Any, candidates: Any, period: Any, order: Any, par: Any) -> Any:
    """Fit the candidates to one series and keep the one with the smallest AICc.

    Args:
        series: standardised demand, NaN = gap, shape (n_periods,).
        candidates: p, q, P, Q of each candidate, in the order in which they are tried, shape (n_candidates, 4).
        period: periods in a season for seasonal terms; 0 when there are none.
        order: p, d, q, P, D, Q, with mean; d and D given, the others the result, shape (7,).
        par: the result φ1, φ2, Φ, θ1, θ2, Θ, μ, shape (7,).

    Returns:
        AICc of the chosen order.
    """
    filled, starts = np.empty(series.shape[0]), np.empty((2, N_PARAMETERS))
    gaps, lead = fill_gaps(series, max(period, 1), filled), order[D] + period * order[SEASONAL_D]
    differenced, weights = difference(filled, order[D], order[SEASONAL_D], period), _observed(series, lead)
    work, counted = np.zeros((N_ROWS, 2 + period + differenced.shape[0])), np.sum(weights[2 + period :])
    pars, squares = np.zeros((candidates.shape[0], N_PARAMETERS)), np.full(candidates.shape[0], np.inf)
    chosen, lowest, with_mean = 0, np.inf, 1 if order[D] + order[SEASONAL_D] == 0 else 0
    for row in range(candidates.shape[0]):
        if period == 0 and candidates[row, 2] + candidates[row, 3] > 0:
            continue
        _set_order(order, candidates[row], with_mean)
        active = active_parameters(order)
        within, bound = _nested(candidates, squares, row)
        if aicc(bound, counted, active.shape[0]) > lowest + DOUBT:
            continue
        tried = _starts(order, pars[within], starts)
        squares[row] = fit_order(differenced, weights, active, period, tried, ROUGH, pars[row], work)
        criterion = aicc(squares[row], counted, active.shape[0])
        if criterion < lowest:
            chosen, lowest = row, criterion
    _set_order(order, candidates[chosen], with_mean)
    active = active_parameters(order)
    reached = fit_order(differenced, weights, active, period, pars[chosen : chosen + 1], FINE, par, work)
    lowest = aicc(reached, counted, active.shape[0])
    if order[D] + order[SEASONAL_D] == 1:
        # a drift is tried with the chosen terms only, because it seldom decides between them
        order[WITH_MEAN] = 1
        active = active_parameters(order)
        _copy(par, starts[1])
        reached = fit_order(differenced, weights, active, period, starts[1:], FINE, starts[0], work)
        criterion = aicc(reached, counted, active.shape[0])
        order[WITH_MEAN] = 1 if criterion < lowest else 0
        if criterion < lowest:
            _copy(starts[0], par)
            lowest = criterion
    # neighbours are smoother than demand is; the model's own expectation adds nothing to the sum of squares
    for _ in range(REPAIRS if gaps > 0 else 0):
        state = run_filter(series, order, par, period)
        _copy(state[Y, 2 + period :], filled)
        differenced = difference(filled, order[D], order[SEASONAL_D], period)
        _copy(par, starts[0])
        fit_order(differenced, weights, active_parameters(order), period, starts[:1], FINE, par, work)
    return lowest


@njit(cache=True, nogil=True)
def choose_orders(
    begin: Any, end: Any, standard: Any, starts: Any, candidates: Any, seasons: Any, scales: Any, orders: Any, pars: Any
) -> None:
    """Choose order and parameters of the series begin … end − 1; a constant one keeps what stands there.

    Args:
        begin: first series.
        end: one after the last series.
        standard: standardised demand, NaN = gap, shape (n_series, n_periods).
        starts: first period of each series, shape (n_series,).
        candidates: p, q, P, Q, in the order in which they are tried, shape (n_candidates, 4); those with seasonal terms
            are tried on series with a season only.
        seasons: periods in the season of each series, 0 for none, shape (n_series,).
        scales: mean, standard deviation (0 for a constant) and, as the result, AICc, shape (n_series, 3).
        orders: p, d, q, P, D, Q, with mean; d and D given, the others the result, shape (n_series, 7).
        pars: the result φ1, φ2, Φ, θ1, θ2, Θ, μ, shape (n_series, 7).
    """
    for i in range(begin, end):
        if scales[i, 1] > 0.0:
            scales[i, 2] = choose(standard[i, starts[i] :], candidates, seasons[i], orders[i], pars[i])
