"""The loops of inventory: the ordering rule for one position, demand over an interval, shortages, budget.

`wanted_units` and `rounded_units` are called by the policies, the plan and the simulation alike, so that what is
advised is what was tested.
"""

import math

import numpy as np
from numba import njit

from core.base.types import AnyArray, BoolArray, FloatArray, IntArray
from core.inventory.kernels_days import DaysOf, fall, fall_on_all, spread_out

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


def interval_demand(units: AnyArray, days: DaysOf, interval: IntArray) -> FloatArray:
    """Demand of the first days, units, shape (n_paths, n_series).

    Args:
        units: demand per period, shape (n_paths, n_series, horizon).
        days: the arrays of `core.inventory.days.Days`.
        interval: days to sum over, none beyond the horizon, shape (n_paths, n_series).
    """
    result = np.empty(interval.shape)
    spread_out(units.size, _interval_demand, len(units), units, days, interval, result)
    return result


def empty_paths(units: AnyArray, days: DaysOf, stock: FloatArray, receipts: FloatArray) -> IntArray:
    """On how many paths the stock is used up at the end of each day, shape (n_series, n_days).

    Args:
        units: demand per period, shape (n_paths, n_series, horizon).
        days: the arrays of `core.inventory.days.Days`.
        stock: available at the start, may be negative, shape (n_series,).
        receipts: units of open orders coming in per day, shape (n_series, n_days).
    """
    count = np.zeros(receipts.shape, np.int64)
    spread_out(len(units) * receipts.size, _empty_paths, len(stock), units, days, (stock, receipts), count)
    return count


def mean_shortage(demand: FloatArray, levels: FloatArray) -> FloatArray:
    """Expected demand above each stock level, units, shape (n_levels, n_series) [E(D − x)⁺].

    Args:
        demand: demand over an interval, shape (n_paths, n_series).
        levels: stock levels x, shape (n_levels, n_series).
    """
    result = np.zeros(levels.shape)
    spread_out(demand.size * len(levels), _mean_shortage, demand.shape[1], demand, levels, result)
    return result


@njit(cache=True, nogil=True)
def _interval_demand(
    first: int, end: int, units: AnyArray, days: DaysOf, interval: IntArray, result: FloatArray
) -> None:  # fmt: skip
    begins = days[0]
    horizon = units.shape[2]
    on_days = np.empty(begins[horizon])
    for p in range(first, end):
        for i in range(units.shape[1]):
            total, t = 0.0, 0
            while t < horizon and begins[t + 1] <= interval[p, i]:
                total += units[p, i, t]
                t += 1
            rest = interval[p, i] - begins[t]
            if rest > 0:
                fall(units[p, i, t], days, (p, i, t), 0, on_days)
                for k in range(rest):
                    total += on_days[k]
            result[p, i] = total


@njit(cache=True, nogil=True)
def _empty_paths(
    first: int, end: int, units: AnyArray, days: DaysOf, supply: tuple[FloatArray, FloatArray], count: IntArray
) -> None:  # fmt: skip
    stock, receipts = supply
    n_days = receipts.shape[1]
    demands = np.empty(n_days)
    for i in range(first, end):
        for p in range(len(units)):
            fall_on_all(units, days, (p, p, i), demands)
            left = stock[i]
            for k in range(n_days):
                left += receipts[i, k] - demands[k]
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
