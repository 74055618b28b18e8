"""One sweep of a fitted ARIMA over a series as it is, gaps and all, and forecasts from any point of it.

The state has three rows, each with 2 + m zeros in front: the series y (gaps replaced by what was expected), the
differenced series less its mean x, and the innovations e.
"""

from typing import Any

import numpy as np
from numba import njit

from core.models.kernels.arima import MEAN, PHI1, PHI2, SEASONAL_PHI, SEASONAL_THETA, THETA1, THETA2

D, SEASONAL_D = 1, 4
Y, X, E = range(3)


@njit(cache=True, nogil=True)
def _one_ahead(state: Any, at: Any, par: Any, period: Any) -> Any:
    """Expected deviation x at position `at` from the rows before it: the two polynomials multiplied out."""
    phi, theta = par[SEASONAL_PHI], par[SEASONAL_THETA]
    expected = par[PHI1] * state[X, at - 1] + par[PHI2] * state[X, at - 2]
    expected += par[THETA1] * state[E, at - 1] + par[THETA2] * state[E, at - 2]
    if period > 0:
        then = at - period
        expected += phi * (state[X, then] - par[PHI1] * state[X, then - 1] - par[PHI2] * state[X, then - 2])
        expected += theta * (state[E, then] + par[THETA1] * state[E, then - 1] + par[THETA2] * state[E, then - 2])
    return expected


@njit(cache=True, nogil=True)
def _carried(state: Any, at: Any, order: Any, period: Any) -> Any:
    """What differencing takes off the value at position `at`: y = carried + differenced value."""
    carried = 0.0
    if order[D] == 1:
        carried += state[Y, at - 1]
    if order[SEASONAL_D] == 1:
        carried += state[Y, at - period]
    if order[D] == 1 and order[SEASONAL_D] == 1:
        carried -= state[Y, at - period - 1]
    return carried


@njit(cache=True, nogil=True)
def run_filter(series: Any, order: Any, par: Any, period: Any) -> Any:
    """Run the model over one series; a gap takes its one-step expectation, so that its innovation is 0.

    Args:
        series: standardised demand, NaN = gap, shape (n_periods,).
        order: p, d, q, P, D, Q, with mean, shape (7,).
        par: φ1, φ2, Φ, θ1, θ2, Θ, μ, shape (7,).
        period: periods in a season of the seasonal terms; 0 when there are none.

    Returns:
        Rows y, x and e, shape (3, 2 + period + n_periods). A gap among the first d + D·period values, which nothing
        can be expected of yet, repeats the value before it (0, the mean, when there is none).
    """
    n, pad = series.shape[0], 2 + period
    lead = order[D] + period * order[SEASONAL_D]
    state = np.zeros((3, pad + n))
    for t in range(n):
        at = pad + t
        missing = np.isnan(series[t])
        if t < lead:
            state[Y, at] = state[Y, at - 1] if missing else series[t]
            continue
        carried, expected = _carried(state, at, order, period), _one_ahead(state, at, par, period)
        if missing:
            state[X, at] = expected
            state[Y, at] = carried + par[MEAN] + expected
        else:
            state[X, at] = series[t] - carried - par[MEAN]
            state[E, at] = state[X, at] - expected
            state[Y, at] = series[t]
    return state


@njit(cache=True, nogil=True)
def _forecast(state: Any, known: Any, order: Any, par: Any, period: Any, ahead: Any) -> None:
    """Continue the recursion after `known` periods with innovations of 0; fills `ahead`, shape (horizon,)."""
    pad = 2 + period
    future = np.zeros((3, pad + ahead.shape[0]))
    # the last pad positions before the origin are all that any lag reaches back to
    for row in range(3):
        for k in range(pad):
            future[row, k] = state[row, known + k]
    for h in range(ahead.shape[0]):
        at = pad + h
        future[X, at] = _one_ahead(future, at, par, period)
        future[Y, at] = _carried(future, at, order, period) + par[MEAN] + future[X, at]
        ahead[h] = future[Y, at]


@njit(cache=True, nogil=True)
def _forecasts_of_one(series: Any, origins: Any, order: Any, par: Any, period: Any, result: Any) -> None:
    """Forecasts of one standardised series after each number of known periods, result (n_origins, horizon)."""
    lead, pad = order[D] + period * order[SEASONAL_D], 2 + period
    state = run_filter(series, order, par, period)
    for k in range(origins.shape[0]):
        known, so_far = origins[k], 0.0
        if known >= max(lead, 1):
            _forecast(state, known, order, par, period, result[k])
            continue
        for t in range(known):
            so_far += state[Y, pad + t] / known
        for h in range(result.shape[1]):
            result[k, h] = so_far if known > 0 else np.nan


@njit(cache=True, nogil=True)
def forecasts(
    begin: Any, end: Any, panel: Any, starts: Any, orders: Any, pars: Any, scales: Any, origins: Any, seasons: Any,
    result: Any,
) -> None:  # fmt: skip
    """Expected demand of the series begin … end − 1 after each origin, on the scale of the data.

    Args:
        begin: first series.
        end: one after the last series.
        panel: demand, NaN = gap, shape (n_series, n_periods).
        starts: first period of each series, shape (n_series,).
        orders: p, d, q, P, D, Q, with mean, shape (n_series, 7).
        pars: φ1, φ2, Φ, θ1, θ2, Θ, μ of the standardised series, shape (n_series, 7).
        scales: mean and standard deviation in the first two columns, shape (n_series, 3).
        origins: numbers of periods known, shape (n_origins,).
        seasons: periods in the season of the seasonal terms, 0 for none, shape (n_series,).
        result: units, NaN before a start, the mean so far where differencing has not begun, shape (n_series,
            n_origins, horizon).
    """
    known = np.empty(origins.shape[0], np.int64)
    for i in range(begin, end):
        mean, deviation, start = scales[i, 0], scales[i, 1], starts[i]
        standard = np.empty(panel.shape[1] - start)
        for t in range(standard.shape[0]):
            standard[t] = (panel[i, start + t] - mean) / (deviation if deviation > 0.0 else 1.0)
        for k in range(origins.shape[0]):
            known[k] = origins[k] - start
        _forecasts_of_one(standard, known, orders[i], pars[i], seasons[i], result[i])
        for k in range(origins.shape[0]):
            for h in range(result.shape[2]):
                # a constant has order 0 and deviation 0, so that exactly its value comes back
                if known[k] > 0:
                    result[i, k, h] = mean + deviation * result[i, k, h]
