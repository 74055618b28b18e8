"""Conditional sum of squares of a seasonal ARMA, with exact derivatives, one series at a time.

The model for a differenced series w is φ(B) Φ(B^m) (w − μ) = θ(B) Θ(B^m) e with p, q ≤ 2 and P, Q ≤ 1, signs as in
Box & Jenkins for φ and with + for θ. Deviations and innovations before the first period count as 0; the innovations of
the first 2 + m periods are computed but not summed, the same for every order, so that criteria compare.

Every work row starts with 2 + m zeros, so that no recursion asks whether a lag exists.
"""

from typing import Any

import numpy as np
from numba import njit

PHI1, PHI2, SEASONAL_PHI, THETA1, THETA2, SEASONAL_THETA, MEAN = range(7)
N_PARAMETERS = 7
X, A, E, BY_PHI, BY_SEASONAL_PHI, BY_MEAN, BY_THETA, BY_SEASONAL_THETA = range(8)
MARGIN = 0.99
"""Inverse roots of every polynomial stay below this modulus."""


@njit(cache=True, nogil=True, fastmath=True)
def _less(row: Any, lagged: Any, factor: Any, out: Any) -> None:
    """Row − factor · lagged, into `out`."""
    for t in range(out.shape[0]):
        out[t] = row[t] - factor * lagged[t]


@njit(cache=True, nogil=True, fastmath={"contract"})
def _undo_ma(row: Any, par: Any) -> None:
    """Divide a row by θ(B)."""
    theta1, theta2, one, two = par[THETA1], par[THETA2], 0.0, 0.0
    for t in range(row.shape[0]):
        now = (row[t] - theta2 * two) - theta1 * one
        row[t] = now
        two, one = one, now


@njit(cache=True, nogil=True, fastmath={"contract"})
def _undo_ma_four(a: Any, b: Any, c: Any, d: Any, par: Any) -> None:
    """Divide four rows by θ(B) side by side: each recursion waits for its own last value, four fill the wait."""
    theta1, theta2 = par[THETA1], par[THETA2]
    a1 = a2 = b1 = b2 = c1 = c2 = d1 = d2 = 0.0
    for t in range(a.shape[0]):
        a0 = (a[t] - theta2 * a2) - theta1 * a1
        b0 = (b[t] - theta2 * b2) - theta1 * b1
        c0 = (c[t] - theta2 * c2) - theta1 * c1
        d0 = (d[t] - theta2 * d2) - theta1 * d1
        a[t], b[t], c[t], d[t] = a0, b0, c0, d0
        a2, a1, b2, b1 = a1, a0, b1, b0
        c2, c1, d2, d1 = c1, c0, d1, d0


@njit(cache=True, nogil=True, fastmath={"contract"})
def _undo_seasonal_ma(row: Any, theta: Any, pad: Any) -> None:
    """Divide a row with its zeros in front by Θ(B^m)."""
    # views instead of t − period: an index that might be negative costs a comparison per period
    now, then = row[pad:], row[2 : row.shape[0] - pad + 2]
    for t in range(now.shape[0]):
        now[t] -= theta * then[t]


@njit(cache=True, nogil=True, fastmath=True)
def innovations(series: Any, par: Any, pad: Any, work: Any) -> None:
    """One-step errors e of the model, into work row E (rows X and A hold the steps before).

    Args:
        series: differenced demand w, shape (n_periods,).
        par: φ1, φ2, Φ, θ1, θ2, Θ, μ; those outside the order are 0, shape (7,).
        pad: 2 + periods in a season, the zeros before the first period.
        work: rows to write, shape (8, pad + n_periods).
    """
    n, x, a, e = work.shape[1], work[X], work[A], work[E]
    phi1, phi2, mean = par[PHI1], par[PHI2], par[MEAN]
    x0, x1, x2, out = x[pad:], x[pad - 1 : n - 1], x[pad - 2 : n - 2], a[pad:]
    for t in range(x0.shape[0]):
        x0[t] = series[t] - mean
    for t in range(out.shape[0]):
        out[t] = x0[t] - phi1 * x1[t] - phi2 * x2[t]
    _less(out, a[2 : n - pad + 2], par[SEASONAL_PHI], e[pad:])
    if par[THETA1] != 0.0 or par[THETA2] != 0.0:
        _undo_ma(e[pad:], par)
    if par[SEASONAL_THETA] != 0.0:
        _undo_seasonal_ma(e, par[SEASONAL_THETA], pad)


@njit(cache=True, nogil=True, fastmath=True)
def _mean_through_ar(par: Any, pad: Any, row: Any) -> None:
    """−∂(φ(B) Φ(B^m) (w − μ))/∂μ: a step of 1 from the first period on goes through the AR filters."""
    phi1, phi2, phi, period = par[PHI1], par[PHI2], par[SEASONAL_PHI], pad - 2
    settled = (1.0 - phi1 - phi2) * (1.0 - phi)
    for t in range(pad, row.shape[0]):
        row[t] = settled
    for k in range(min(pad, row.shape[0] - pad)):
        recent = 1.0 - (phi1 if k > 0 else 0.0) - (phi2 if k > 1 else 0.0)
        then = k - period
        old = 1.0 - (phi1 if then > 0 else 0.0) - (phi2 if then > 1 else 0.0) if then >= 0 else 0.0
        row[pad + k] = recent - phi * old


@njit(cache=True, nogil=True)
def _among(active: Any, parameter: Any) -> Any:
    found = False
    for other in active:
        found = found or other == parameter
    return found


@njit(cache=True, nogil=True, fastmath=True)
def sensitivities(par: Any, active: Any, pad: Any, work: Any) -> None:
    """Rows whose lags are −∂e/∂parameter, from the rows that `innovations` left; the same recursions once more.

    −∂e/∂φi = B^i BY_PHI, −∂e/∂Φ = B^m BY_SEASONAL_PHI, −∂e/∂θi = B^i BY_THETA, −∂e/∂Θ = B^m BY_SEASONAL_THETA and
    −∂e/∂μ = BY_MEAN: each polynomial is divided out or left out of the chain of filters.

    Args:
        par: as for `innovations`.
        active: indices of the parameters estimated; the rows of the others hold nothing of use.
        pad: 2 + periods in a season.
        work: rows after `innovations`, shape (8, pad + n_periods).
    """
    n, theta = work.shape[1], par[SEASONAL_THETA]
    by_phi, by_seasonal_phi, by_mean = work[BY_PHI], work[BY_SEASONAL_PHI], work[BY_MEAN]
    by_theta, by_seasonal_theta = work[BY_THETA], work[BY_SEASONAL_THETA]
    _less(work[X, pad:], work[X, 2 : n - pad + 2], par[SEASONAL_PHI], by_phi[pad:])
    if _among(active, MEAN):
        _mean_through_ar(par, pad, by_mean)
    for t in range(n):
        by_seasonal_phi[t] = work[A, t]
        by_theta[t] = by_seasonal_theta[t] = work[E, t]
    if par[THETA1] != 0.0 or par[THETA2] != 0.0:
        _undo_ma_four(by_phi[pad:], by_seasonal_phi[pad:], by_mean[pad:], by_theta[pad:], par)
    if theta != 0.0:
        for row, parameter in (
            (by_phi, PHI1), (by_seasonal_phi, SEASONAL_PHI), (by_mean, MEAN), (by_seasonal_theta, SEASONAL_THETA),
        ):  # fmt: skip
            if _among(active, parameter):
                _undo_seasonal_ma(row, theta, pad)


@njit(cache=True, nogil=True, fastmath=True)
def _dot(left: Any, right: Any, weights: Any) -> Any:
    total = 0.0
    for t in range(weights.shape[0]):
        total += weights[t] * left[t] * right[t]
    return total


@njit(cache=True, nogil=True)
def _column(work: Any, parameter: Any, pad: Any, first: Any) -> Any:
    """−∂e/∂parameter for the summed periods, a view; the one after the last parameter is e itself."""
    n = work.shape[1]
    if parameter == MEAN:
        return work[BY_MEAN, pad + first : n]
    if parameter == N_PARAMETERS:
        return work[E, pad + first : n]
    row, lag = BY_PHI, 1 + parameter
    if parameter == SEASONAL_PHI:
        row, lag = BY_SEASONAL_PHI, pad - 2
    elif parameter == SEASONAL_THETA:
        row, lag = BY_SEASONAL_THETA, pad - 2
    elif parameter >= THETA1:
        row, lag = BY_THETA, parameter - THETA1 + 1
    return work[row, pad + first - lag : n - lag]


@njit(cache=True, nogil=True)
def sum_of_squares(work: Any, weights: Any, pad: Any, first: Any) -> Any:
    """Weighted sum of squared innovations from period `first` on; weights are 0 at gaps, shape (n_periods,)."""
    e = _column(work, N_PARAMETERS, pad, first)
    return _dot(e, e, weights[first:])


@njit(cache=True, nogil=True)
def normal_equations(work: Any, weights: Any, active: Any, pad: Any, first: Any, gram: Any) -> None:
    """Gauss–Newton matrix JᵀJ of the active parameters and, in its last used column, Jᵀe, where J = −∂e/∂parameters.

    Args:
        work: rows after `innovations` and `sensitivities`.
        weights: 1, or 0 at a gap, shape (n_periods,).
        active: indices of the parameters estimated, shape (n_active,).
        pad: 2 + periods in a season.
        first: first period summed.
        gram: the result in its upper left corner, shape (8, 8).
    """
    n_active, counted = active.shape[0], weights[first:]
    for i in range(n_active):
        left = _column(work, active[i], pad, first)
        for j in range(i, n_active):
            gram[i, j] = _dot(left, _column(work, active[j], pad, first), counted)
            gram[j, i] = gram[i, j]
        gram[i, n_active] = _dot(left, _column(work, N_PARAMETERS, pad, first), counted)


@njit(cache=True, nogil=True)
def damped_step(gram: Any, n_active: Any, damping: Any, step: Any) -> None:
    """Solve (JᵀJ + damping · diag) step = Jᵀe by Cholesky factors, shape (n_active,).

    Source:
        Marquardt (1963).
    """
    lower = np.empty((N_PARAMETERS, N_PARAMETERS))
    for i in range(n_active):
        for j in range(i + 1):
            # the small number keeps a parameter without effect (a column of zeros) where it is
            total = gram[i, j] + (damping * gram[i, i] + 1e-10 if i == j else 0.0)
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            lower[i, j] = np.sqrt(max(total, 1e-14)) if i == j else total / lower[j, j]
    for i in range(n_active):
        total = gram[i, n_active]
        for k in range(i):
            total -= lower[i, k] * step[k]
        step[i] = total / lower[i, i]
    for i in range(n_active - 1, -1, -1):
        total = step[i]
        for k in range(i + 1, n_active):
            total -= lower[k, i] * step[k]
        step[i] = total / lower[i, i]


@njit(cache=True, nogil=True)
def _inside(first: Any, second: Any) -> Any:
    """Whether the inverse roots of 1 − first·B − second·B² stay below the margin."""
    one, two = first / MARGIN, second / MARGIN**2
    return abs(two) < 1.0 and two + one < 1.0 and two - one < 1.0


@njit(cache=True, nogil=True)
def admissible(par: Any) -> Any:
    """Whether the model is stationary and invertible with a margin."""
    return (
        _inside(par[PHI1], par[PHI2])
        and _inside(-par[THETA1], -par[THETA2])
        and abs(par[SEASONAL_PHI]) < MARGIN
        and abs(par[SEASONAL_THETA]) < MARGIN
    )
