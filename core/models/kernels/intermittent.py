"""Demand that comes now and then, many series at once: sizes and intervals, probabilities, sums over blocks."""

from typing import Any, Final

import numpy as np
from numba import njit

from core.base.types import FloatArray, IntArray
from core.compute.threads import over_slices

WEIGHTS: Final = np.array([0.02, 0.05, 0.1, 0.2, 0.3])
"""Smoothing weights tried."""
BLOCK_WEIGHTS: Final = np.array([0.05, 0.1, 0.2, 0.4])
WIDEST: Final = 12
"""Periods in the widest block that demand is added up over."""


@njit(cache=True, nogil=True)
def _croston(demand: Any, alpha: Any, levels: Any) -> Any:
    """Size over interval after each period; returns the mean squared one-step error."""
    size, interval, since, rate = 0.0, 1.0, 0.0, np.nan
    error, seen = 0.0, 0
    levels[0] = np.nan
    for t in range(demand.shape[0]):
        value = demand[t]
        if not np.isnan(value):
            since += 1.0
            if not np.isnan(rate):
                error += (value - rate) ** 2
                seen += 1
            if value > 0.0:
                first = size == 0.0
                size = value if first else size + alpha * (value - size)
                interval = since if first else interval + alpha * (since - interval)
                since = 0.0
            rate = size / interval
        levels[t + 1] = rate
    return error / seen if seen > 0 else 0.0


@njit(cache=True, nogil=True)
def _tsb(demand: Any, alpha: Any, beta: Any, levels: Any) -> Any:
    """Probability times size after each period; returns the mean squared one-step error.

    The gain of the first periods is 1/n, so that the probability begins as the share of periods with a sale.
    """
    size, chance, number = 0.0, 0.0, 0
    error = 0.0
    levels[0] = np.nan
    for t in range(demand.shape[0]):
        value = demand[t]
        if not np.isnan(value):
            if number > 0:
                error += (value - chance * size) ** 2
            number += 1
            chance += max(alpha, 1.0 / number) * ((1.0 if value > 0.0 else 0.0) - chance)
            if value > 0.0:
                size = value if size == 0.0 else size + beta * (value - size)
        levels[t + 1] = chance * size if number > 0 else np.nan
    return error / (number - 1) if number > 1 else 0.0


@njit(cache=True, nogil=True)
def _croston_all(begin: Any, end: Any, demand: Any, levels: Any) -> None:
    trial = np.empty(demand.shape[1] + 1)
    for i in range(begin, end):
        best, chosen = np.inf, WEIGHTS[0]
        for alpha in WEIGHTS:
            error = _croston(demand[i], alpha, trial)
            if error < best:
                best, chosen = error, alpha
        _croston(demand[i], chosen, levels[i, 1:])
        levels[i, 0] = chosen


@njit(cache=True, nogil=True)
def _tsb_all(begin: Any, end: Any, demand: Any, levels: Any) -> None:
    trial = np.empty(demand.shape[1] + 1)
    for i in range(begin, end):
        best, alpha, beta = np.inf, WEIGHTS[0], WEIGHTS[0]
        for tried_alpha in WEIGHTS:
            for tried_beta in WEIGHTS:
                error = _tsb(demand[i], tried_alpha, tried_beta, trial)
                if error < best:
                    best, alpha, beta = error, tried_alpha, tried_beta
        _tsb(demand[i], alpha, beta, levels[i])


def croston(demand: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Size over interval after each number of periods, and the weight chosen by squared one-step errors.

    Args:
        demand: units per period, NaN = not observed, shape (n_series, n_periods).

    Returns:
        Units per period, NaN before the first observation, shape (n_series, n_periods + 1); weights (n_series,).

    Source:
        Croston (1972), Forecasting and stock control for intermittent demands, Operational Research Quarterly 23.
    """
    levels = np.empty((demand.shape[0], demand.shape[1] + 2))
    over_slices(_croston_all, len(demand), demand, levels)
    return levels[:, 1:], levels[:, 0]


def tsb(demand: FloatArray) -> FloatArray:
    """Probability of a sale times its size after each number of periods, shape (n_series, n_periods + 1).

    Source:
        Teunter, Syntetos & Babai (2011), Intermittent demand: linking forecasting to inventory obsolescence, European
        Journal of Operational Research 214, 606–615; both weights by squared one-step errors.
    """
    levels = np.empty((demand.shape[0], demand.shape[1] + 1))
    over_slices(_tsb_all, len(demand), demand, levels)
    return levels


@njit(cache=True, nogil=True)
def _of_blocks(known: Any, count: Any, width: Any) -> Any:
    """Level per period from sums over blocks of `width` periods, the last ending now, smoothed by the best weight."""
    n_blocks = count // width
    skipped = count - n_blocks * width
    best, answer = np.inf, 0.0
    for alpha in BLOCK_WEIGHTS:
        level, error = 0.0, 0.0
        for b in range(n_blocks):
            total = 0.0
            for k in range(width):
                total += known[skipped + b * width + k]
            if b > 0:
                error += (total - level) ** 2
            level += max(alpha, 1.0 / (b + 1)) * (total - level)
        if error < best:
            best, answer = error, level / width
    return answer


@njit(cache=True, nogil=True)
def _aggregated(begin: Any, end: Any, demand: Any, origins: Any, every: Any, levels: Any) -> None:
    known = np.empty(demand.shape[1])
    for i in range(begin, end):
        for o in range(origins.shape[0]):
            count, sales = 0, 0
            for t in range(origins[o]):
                if not np.isnan(demand[i, t]):
                    known[count] = demand[i, t]
                    count += 1
                    sales += demand[i, t] > 0.0
            if count == 0:
                levels[o, i] = np.nan
                continue
            width = max(min(round(count / max(sales, 1)), WIDEST, count // 2), 1)
            total, number = 0.0, 0
            for w in range(1 if every else width, width + 1):
                total += _of_blocks(known, count, w)
                number += 1
            levels[o, i] = total / number


def aggregated(demand: FloatArray, origins: IntArray, *, every: bool) -> FloatArray:
    """Level after each origin from demand added up over blocks as long as the mean interval between sales.

    Args:
        demand: units per period, NaN = not observed, shape (n_series, n_periods).
        origins: numbers of periods known, shape (n_origins,).
        every: mean over all blocks from one period to that interval (IMAPA) instead of the interval alone (ADIDA).

    Returns:
        Units per period, NaN before the first observation, shape (n_origins, n_series).

    Source:
        Nikolopoulos, Syntetos, Boylan, Petropoulos & Assimakopoulos (2011), J. Oper. Res. Soc. 62, 544–554 (ADIDA);
        Petropoulos & Kourentzes (2015), J. Oper. Res. Soc. 66, 914–924 (IMAPA).
    """
    levels = np.empty((len(origins), len(demand)))
    over_slices(_aggregated, len(demand), demand, np.asarray(origins, np.int64), every, levels)
    return levels
