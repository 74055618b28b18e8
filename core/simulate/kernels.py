"""The loop that plays one policy through time, for every series and path.

Order of events in a period: receipts come in · the review, if it is due, places an order (a lead time of 0 arrives at
once) · what is owed to customers is delivered · the period's demand is served. So an order placed at the start of
period t must cover the R + L periods until the next order can arrive, which is the protection interval of the plan.
"""

import math

import numpy as np
from numba import njit, uint64

from core.base.types import AnyArray, FloatArray, IntArray
from core.inventory.kernels import rounded_units, wanted_units

DEMANDED, UNMET, ON_HAND, SHORT_PERIODS, CYCLES, SHORT_CYCLES, ORDERS, ORDERED = range(8)
"""Columns of the statistics of a path; sums over the periods counted.

DEMANDED, UNMET (not served at once from stock): units. ON_HAND: units × periods held. SHORT_PERIODS: periods in which
some demand was not served. CYCLES: replenishment cycles ended, SHORT_CYCLES: those with unmet demand. ORDERS, ORDERED:
orders placed, units ordered."""
N_STATISTICS = 8

OPENING, INCOMING, ORDER, DEMAND, SOLD, CLOSING, BACKLOG = range(7)
"""Columns of a trace: stock at the start, received, ordered, demanded, delivered, stock and backlog at the end."""
N_TRACE = 7

MIX_1, MIX_2, GOLDEN = uint64(0xBF58476D1CE4E5B9), uint64(0x94D049BB133111EB), uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def drawn(stream: int, path: int, period: int, n: int) -> int:
    """A number below n that depends on nothing but stream, path and period.

    An order placed in the same period meets the same luck in every scenario, whatever was ordered before.

    Source: Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators" (the SplitMix64 finaliser).
    """
    x = uint64(stream) * GOLDEN + uint64(path) * MIX_1 + uint64(period) * MIX_2 + GOLDEN
    x = (x ^ (x >> uint64(30))) * MIX_1
    x = (x ^ (x >> uint64(27))) * MIX_2
    x ^= x >> uint64(31)
    return int((x >> uint64(33)) % uint64(n))


@njit(cache=True, nogil=True)
def play(
    units: AnyArray, play_of: tuple[FloatArray, FloatArray, IntArray, IntArray, IntArray], counting: tuple[bool, int],
    place: tuple[int, int, int], due: FloatArray, result: FloatArray, trace: FloatArray,
) -> None:  # fmt: skip
    """One series on one path; the arrays are those of `play_some`.

    They come whole, with the place in them: slices of arrays that all cores share would count references to them, and
    the cores would wait for one another's counts.

    Args:
        units: demand of the block.
        play_of: receipts, rules, reviews, lead times and streams of all series.
        counting: whether unmet demand is lost (else it waits), and the first period that counts.
        place: path within the block, series, and number of the block's first path.
        due: receipts per period of this path, shape (horizon,); new receipts are added to it.
        result: receives the statistics.
        trace: receives every period, or has no periods for none.
    """
    (p, i, first), (lost_sales, counted_from) = place, counting
    _dated, rules, review, lead, streams = play_of
    on_hand, on_order, owed, trigger, target = rules[i, 0], rules[i, 1], rules[i, 2], rules[i, 3], rules[i, 4]
    demanded, lost, held, bought = 0.0, 0.0, 0.0, 0.0
    short_periods, cycles, short_cycles, orders = 0, 0, 0, 0
    short_cycle, until_review = False, 0
    for t in range(units.shape[2]):
        demand, counts = units[p, i, t], t >= counted_from
        opening, received, ordered = on_hand, due[t], 0.0
        # rare events stand in branches, so that the chain of dependent additions from period to period stays short
        if received > 0.0:
            on_hand += received
            on_order -= received
        if until_review == 0:
            until_review = review[i]
            wanted = wanted_units(on_hand + on_order - owed, trigger, target, rules[i, 5])
            ordered = rounded_units(wanted, rules[i, 6], rules[i, 7])
        until_review -= 1
        if ordered > 0.0:
            orders += counts
            bought += ordered if counts else 0.0
            arrival = t + lead[i, drawn(streams[i], first + p, t, lead.shape[1])]
            if arrival == t:
                on_hand += ordered
                received += ordered
            else:
                on_order += ordered
                if arrival < len(due):
                    due[arrival] += ordered
        if received > 0.0 and t > counted_from:
            cycles += 1
            short_cycles += short_cycle
            short_cycle = False
        late, unmet = 0.0, 0.0
        if owed > 0.0:
            late = min(on_hand, owed)
            on_hand -= late
            owed -= late
        left = on_hand - demand
        if left < 0.0:
            unmet, left = -left, 0.0
            owed += 0.0 if lost_sales else unmet
            lost += unmet if counts else 0.0
            short_periods += counts
            short_cycle |= counts
        if counts:
            demanded += demand
            # stock falls evenly within a period, so its mean is half-way between the two ends
            held += 0.5 * (on_hand + left)
        on_hand = left
        if t < trace.shape[2]:
            trace[p, i, t, OPENING], trace[p, i, t, INCOMING], trace[p, i, t, ORDER] = opening, received, ordered
            trace[p, i, t, DEMAND], trace[p, i, t, SOLD] = demand, late + demand - unmet
            trace[p, i, t, CLOSING], trace[p, i, t, BACKLOG] = on_hand, owed
    result[p, i, DEMANDED], result[p, i, UNMET], result[p, i, ON_HAND] = demanded, lost, held
    result[p, i, SHORT_PERIODS], result[p, i, CYCLES], result[p, i, SHORT_CYCLES] = short_periods, cycles, short_cycles
    result[p, i, ORDERS], result[p, i, ORDERED] = orders, bought


@njit(cache=True, nogil=True)
def play_some(
    first: int, end: int, units: AnyArray, play_of: tuple[FloatArray, FloatArray, IntArray, IntArray, IntArray],
    counting: tuple[bool, int], results: tuple[FloatArray, FloatArray],
) -> None:  # fmt: skip
    """Statistics of every series on the paths first … end − 1, on one core.

    Args:
        first: number of the first path.
        end: number after the last path.
        units: demand of all paths, shape (n_paths, n_series, horizon).
        play_of: receipts of open orders (n_series, horizon); on hand, on order, owed, trigger, target, quantity, MOQ
            and pack (n_series, 8); periods between reviews, ≥ 1 (n_series,); equally likely lead times in periods
            (n_series, n_points); streams of their draws (n_series,).
        counting: whether unmet demand is lost, and the first period that counts.
        results: receive the statistics, shape (n_paths, n_series, N_STATISTICS), and every period, shape
            (n_paths, n_series, horizon or 0, N_TRACE).
    """
    dated = play_of[0]
    horizon = units.shape[2]
    block, statistics, trace = units[first:end], results[0][first:end], results[1][first:end]
    # one buffer per core: every path starts again from the open orders
    due = np.empty(horizon)
    for p in range(end - first):
        for i in range(units.shape[1]):
            for t in range(horizon):
                due[t] = dated[i, t]
            play(block, play_of, counting, (p, i, first), due, statistics, trace)


@njit(cache=True, nogil=True)
def whole_periods(points: FloatArray, days_per_period: float) -> IntArray:
    """Lead times in whole periods whose mean is that of the fractional ones, shape (n_series, n_points).

    Each point is rounded up or down against an evenly spread threshold (multiples of the golden ratio), so a lead
    time of 1.4 weeks becomes one week on 60 % of the points and two weeks on 40 %.
    """
    result = np.empty(points.shape, np.int64)
    for k in range(points.shape[1]):
        threshold = (k + 1) * 0.6180339887498949 % 1.0
        for i in range(len(points)):
            result[i, k] = math.floor(points[i, k] / days_per_period + threshold * (1.0 - 1e-9) + 1e-9)
    return result
