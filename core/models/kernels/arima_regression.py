"""Regressors of a series with ARIMA errors: everything goes through the same filter, then least squares apply.

With π(B) = φ(B) Φ(B^m) (1−B)^d (1−B^m)^D / θ(B) Θ(B^m), demand y = x β + n has the innovations π y − π x β: least
squares of π y on π x are generalised least squares of y on x. A gap in y is a gap in every regressor, so that the
filters agree.
"""

from typing import Any

import numpy as np
from numba import njit

from core.models.kernels.arima import MEAN, N_PARAMETERS
from core.models.kernels.arima_filter import E, run_filter


@njit(cache=True, nogil=True)
def _innovations(column: Any, order: Any, par: Any, period: Any, first: Any, row: Any) -> None:
    """Innovations of one column; 0 before period `first` and in gaps."""
    state, pad = run_filter(column, order, par, period), 2 + period
    for t in range(first, column.shape[0]):
        row[t] = state[E, pad + t]


@njit(cache=True, nogil=True)
def filter_columns(
    begin: Any, end: Any, standard: Any, starts: Any, regressors: Any, orders: Any, pars: Any, seasons: Any, rows: Any
) -> None:
    """Innovations of the regressors, of a constant and of the series begin … end − 1, each through the same filter.

    Those before period 2 + m after the differencing are 0: the choice of the order does not sum them either.

    Args:
        begin: first series.
        end: one after the last series.
        standard: standardised demand, NaN = gap, shape (n_series, n_periods).
        starts: first period of each series, shape (n_series,).
        regressors: columns shared by all series, shape (n_shared, n_periods), and of their own, shape (n_own, n_series,
            n_periods).
        orders: p, d, q, P, D, Q, with mean, shape (n_series, 7).
        pars: φ1, φ2, Φ, θ1, θ2, Θ, μ, shape (n_series, 7).
        seasons: periods in the season of each series, 0 for none, shape (n_series,).
        rows: the result, given as zeros; shared columns, own ones, the constant, the series; shape (n_series, n_rows,
            n_periods).
    """
    shared, own = regressors
    n_shared, n_own = shared.shape[0], own.shape[0]
    steady = np.zeros(N_PARAMETERS)
    for i in range(begin, end):
        start, period, order = starts[i], seasons[i], orders[i]
        series, first = standard[i, start:], 2 + period + order[1] + period * order[4]
        column = np.empty(series.shape[0])
        for k in range(N_PARAMETERS):
            steady[k] = pars[i, k] if k != MEAN else 0.0
        for k in range(n_shared + n_own + 1):
            for t in range(series.shape[0]):
                value = 1.0
                if k < n_shared:
                    value = shared[k, start + t]
                elif k < n_shared + n_own:
                    value = own[k - n_shared, i, start + t]
                column[t] = np.nan if np.isnan(series[t]) else value
            _innovations(column, order, steady, period, first, rows[i, k, start:])
        _innovations(series, order, steady, period, first, rows[i, n_shared + n_own + 1, start:])
