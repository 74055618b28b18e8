"""The loops of inventory: the ordering rule for one position, demand over an interval, shortages, budget.

`wanted_units` and `rounded_units` are called by the policies, the plan and the simulation alike, so that what is
advised is what was tested.
"""

import math
from collections.abc import Callable

import numpy as np
from numba import njit

from core.base.types import AnyArray, BoolArray, FloatArray, IntArray
from core.compute.threads import over_slices

SMALL = 1_000_000
"""Steps below which waking the other cores costs more than it saves."""

TOLERANCE = 1e-9
"""Relative slack when counting packs and money, so that 3 × 0.1 is 3 packs of 0.1 and not 4."""


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


def interval_demand(units: AnyArray, periods: FloatArray) -> FloatArray:
    """Demand of the first periods, the last one taken in its linear share, shape (n_paths, n_series).

    Args:
        units: demand per period, shape (n_paths, n_series, horizon).
        periods: length of the interval in periods, fractions allowed, ≤ horizon, shape (n_paths, n_series).
    """
    result = np.empty(periods.shape)
    _spread_out(units.size, _interval_demand, len(units), units, periods, result)
    return result


def empty_paths(units: AnyArray, stock: FloatArray, receipts: FloatArray) -> IntArray:
    """On how many paths the stock is used up at the end of each step, shape (n_series, horizon · steps).

    Args:
        units: demand per period, spread evenly over its steps, shape (n_paths, n_series, horizon).
        stock: available at the start, may be negative, shape (n_series,).
        receipts: units of open orders coming in per step, shape (n_series, horizon · steps).
    """
    count = np.zeros(receipts.shape, np.int64)
    _spread_out(len(units) * receipts.size, _empty_paths, len(stock), units, stock, receipts, count)
    return count


def mean_shortage(demand: FloatArray, levels: FloatArray) -> FloatArray:
    """Expected demand above each stock level, units, shape (n_levels, n_series) [E(D − x)⁺].

    Args:
        demand: demand over an interval, shape (n_paths, n_series).
        levels: stock levels x, shape (n_levels, n_series).
    """
    result = np.zeros(levels.shape)
    _spread_out(demand.size * len(levels), _mean_shortage, demand.shape[1], demand, levels, result)
    return result


def _spread_out(steps: int, kernel: Callable[..., None], n_items: int, *arguments: AnyArray) -> None:
    """Little work on one core, more on all."""
    if steps < SMALL:
        kernel(0, n_items, *arguments)
    else:
        over_slices(kernel, n_items, *arguments)


@njit(cache=True, nogil=True)
def _interval_demand(first: int, end: int, units: AnyArray, periods: FloatArray, result: FloatArray) -> None:
    horizon = units.shape[2]
    for p in range(first, end):
        for i in range(units.shape[1]):
            whole = math.floor(periods[p, i])
            total = 0.0
            for t in range(whole):
                total += units[p, i, t]
            share = periods[p, i] - whole
            if share > 0.0 and whole < horizon:
                total += share * units[p, i, whole]
            result[p, i] = total


@njit(cache=True, nogil=True)
def _empty_paths(
    first: int, end: int, units: AnyArray, stock: FloatArray, receipts: FloatArray, count: IntArray
) -> None:
    n_paths, _n_series, horizon = units.shape
    steps = receipts.shape[1] // max(horizon, 1)
    for i in range(first, end):
        for p in range(n_paths):
            left = stock[i]
            for k in range(horizon * steps):
                left += receipts[i, k] - units[p, i, k // steps] / steps
                if left <= TOLERANCE:
                    count[i, k] += 1


@njit(cache=True, nogil=True)
def _mean_shortage(first: int, end: int, demand: FloatArray, levels: FloatArray, result: FloatArray) -> None:
    n_paths = len(demand)
    for i in range(first, end):
        for k in range(len(levels)):
            total = 0.0
            for p in range(n_paths):
                total += max(demand[p, i] - levels[k, i], 0.0)
            result[k, i] = total / n_paths


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
