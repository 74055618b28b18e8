"""The loops of inventory: the ordering rule for one position, demand over an interval, shortages, budget.

`wanted_units` and `rounded_units` are called by the policies, the plan and the simulation alike, so that what is
advised is what was tested.
"""

import math

import numpy as np
from numba import njit, prange

from core.base.types import AnyArray, BoolArray, FloatArray, IntArray

SMALL = 1_000_000
"""Steps below which waking the other cores costs more than it saves."""

TOLERANCE = 1e-9
"""Relative slack when counting packs, so that 3 × 0.1 is 3 packs of 0.1 and not 4."""


@njit(cache=True, nogil=True)
def wanted_units(position: float, trigger: float, target: float, quantity: float) -> float:
    """Units a policy wants at an inventory position, before MOQ and pack.

    Args:
        position: on hand + on order − backlog, units.
        trigger: nothing is ordered above it [s].
        target: position to order up to [S]; used when quantity is NaN.
        quantity: fixed lot [Q]; as many lots as bring the position above the trigger.
    """
    if position > trigger:
        return 0.0
    if math.isnan(quantity):
        return max(target - position, 0.0)
    # a lot of nothing would never lift the position
    if quantity <= 0.0:
        return 0.0
    return quantity * (math.floor((trigger - position) / quantity) + 1.0)


@njit(cache=True, nogil=True)
def rounded_units(units: float, moq: float, pack: float) -> float:
    """Units after minimum order quantity and pack: 0 stays 0, else at least the MOQ, up to whole packs."""
    if units <= 0.0:
        return 0.0
    packs = max(units, moq) / pack
    return pack * math.ceil(packs - TOLERANCE * max(packs, 1.0))


@njit(cache=True, nogil=True)
def wanted_flat(position: FloatArray, trigger: FloatArray, target: FloatArray, quantity: FloatArray) -> FloatArray:
    """`wanted_units` for each element of four arrays of shape (n,)."""
    result = np.empty(len(position))
    for i in range(len(position)):
        result[i] = wanted_units(position[i], trigger[i], target[i], quantity[i])
    return result


@njit(cache=True, nogil=True)
def rounded_flat(units: FloatArray, moq: FloatArray, pack: FloatArray) -> FloatArray:
    """`rounded_units` for each element of three arrays of shape (n,)."""
    result = np.empty(len(units))
    for i in range(len(units)):
        result[i] = rounded_units(units[i], moq[i], pack[i])
    return result


@njit(cache=True, nogil=True)
def interval_demand_some(units: AnyArray, periods: FloatArray) -> FloatArray:
    """`interval_demand` on one core."""
    n_paths, n_series, horizon = units.shape
    result = np.empty((n_paths, n_series))
    for p in range(n_paths):
        for i in range(n_series):
            whole = math.floor(periods[p, i])
            total = 0.0
            for t in range(whole):
                total += units[p, i, t]
            share = periods[p, i] - whole
            if share > 0.0 and whole < horizon:
                total += share * units[p, i, whole]
            result[p, i] = total
    return result


@njit(cache=True, nogil=True, parallel=True)
def interval_demand(units: AnyArray, periods: FloatArray) -> FloatArray:
    """Demand of the first periods, the last one taken in its linear share, shape (n_paths, n_series).

    Args:
        units: demand per period, shape (n_paths, n_series, horizon).
        periods: length of the interval in periods, fractions allowed, ≤ horizon, shape (n_paths, n_series).
    """
    n_paths = len(units)
    result = np.empty(periods.shape)
    blocks = min(n_paths, 64)
    for block in prange(blocks):
        low, high = block * n_paths // blocks, (block + 1) * n_paths // blocks
        result[low:high] = interval_demand_some(units[low:high], periods[low:high])
    return result


@njit(cache=True, nogil=True, parallel=True)
def empty_paths(units: AnyArray, stock: FloatArray, receipts: FloatArray) -> IntArray:
    """On how many paths the stock is used up at the end of each period, shape (n_series, horizon).

    Args:
        units: demand per period, shape (n_paths, n_series, horizon).
        stock: available at the start, may be negative, shape (n_series,).
        receipts: units of open orders coming in per period, shape (n_series, horizon).
    """
    n_paths, n_series, horizon = units.shape
    count = np.zeros((n_series, horizon), np.int64)
    for i in prange(n_series):
        for p in range(n_paths):
            left = stock[i]
            for t in range(horizon):
                left += receipts[i, t] - units[p, i, t]
                if left <= TOLERANCE:
                    count[i, t] += 1
    return count


@njit(cache=True, nogil=True, parallel=True)
def mean_shortage(demand: FloatArray, levels: FloatArray) -> FloatArray:
    """Expected demand above each stock level, units, shape (n_levels, n_series) [E(D − x)⁺].

    Args:
        demand: demand over an interval, shape (n_paths, n_series).
        levels: stock levels x, shape (n_levels, n_series).
    """
    n_paths, n_series = demand.shape
    result = np.zeros(levels.shape)
    for i in prange(n_series):
        for k in range(len(levels)):
            total = 0.0
            for p in range(n_paths):
                total += max(demand[p, i] - levels[k, i], 0.0)
            result[k, i] = total / n_paths
    return result


@njit(cache=True, nogil=True)
def affordable(series: IntArray, cost: FloatArray, budget: float, n_series: int) -> BoolArray:
    """Which steps, offered in order of preference, fit the budget; a series stops at its first one that does not.

    Args:
        series: index of the series each step belongs to, shape (n_steps,).
        cost: money each step takes, shape (n_steps,).
        budget: money in all.
        n_series: number of series.
    """
    # a later piece of an order is worthless without the earlier one, hence the stop per series
    taken = np.zeros(len(series), np.bool_)
    stopped = np.zeros(n_series, np.bool_)
    left = budget
    for k in range(len(series)):
        if stopped[series[k]]:
            continue
        if cost[k] <= left + TOLERANCE * budget:
            taken[k] = True
            left -= cost[k]
        else:
            stopped[series[k]] = True
    return taken
