"""The loop that plays one policy through time, for every series and path.

A period is played in steps, a week in seven and a month in thirty days, over which its demand is spread evenly: a
supplier who delivers within three days is not made to wait for the month to end, nor is a weekly review.

Order of events in a step: receipts come in · the review, if it is due, places an order (a lead time of 0 arrives at
once) · what is owed to customers is delivered · the step's demand is served. So an order placed at the start of
step t must cover the R + L steps until the next order can arrive, which is the protection interval of the plan.
"""

import math

import numpy as np
from numba import njit, uint64

from core.base.types import AnyArray, FloatArray, IntArray
from core.inventory.kernels import rounded_units, wanted_units

DEMANDED, UNMET, ON_HAND, SHORT_STEPS, CYCLES, SHORT_CYCLES, ORDERS, ORDERED = range(8)
"""Columns of the statistics of a path; sums over the steps counted.

DEMANDED, UNMET (not served at once from stock): units. ON_HAND: units × steps held. SHORT_STEPS: steps in which
some demand was not served. CYCLES: replenishment cycles ended, SHORT_CYCLES: those with unmet demand. ORDERS, ORDERED:
orders placed, units ordered."""
N_STATISTICS = 8

OPENING, INCOMING, ORDER, DEMAND, SOLD, CLOSING, BACKLOG = range(7)
"""Columns of a trace, per period: stock at its start, received, ordered, demanded, delivered, stock and backlog at its
end."""
N_TRACE = 7

PlayOf = tuple[FloatArray, FloatArray, IntArray, IntArray, IntArray, FloatArray]
"""What is played, of all series; its arrays are told at `play_some`."""

MIX_1, MIX_2, GOLDEN = uint64(0xBF58476D1CE4E5B9), uint64(0x94D049BB133111EB), uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def drawn(stream: int, path: int, step: int, n: int) -> int:
    """A number below n that depends on nothing but stream, path and step.

    An order placed in the same step meets the same luck in every scenario, whatever was ordered before.

    Source: Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators" (the SplitMix64 finaliser).
    """
    x = uint64(stream) * GOLDEN + uint64(path) * MIX_1 + uint64(step) * MIX_2 + GOLDEN
    x = (x ^ (x >> uint64(30))) * MIX_1
    x = (x ^ (x >> uint64(27))) * MIX_2
    x ^= x >> uint64(31)
    return int((x >> uint64(33)) % uint64(n))


@njit(cache=True, nogil=True)
def note(
    row: FloatArray, step: int, opening: float, flows: tuple[float, float, float, float], end: tuple[float, float]
) -> None:
    """Add a step, counted from 0, to the row of its period: flows are summed up, stock and backlog those at the end."""
    if step == 0:
        row[:] = 0.0
        row[OPENING] = opening
    row[INCOMING] += flows[0]
    row[ORDER] += flows[1]
    row[DEMAND] += flows[2]
    row[SOLD] += flows[3]
    row[CLOSING], row[BACKLOG] = end


@njit(cache=True, nogil=True)
def lay_out(
    units: AnyArray, dated: FloatArray, place: tuple[int, int, int], demands: FloatArray, due: FloatArray
) -> None:
    """Demand of a path spread evenly over the steps of each period, and receipts of open orders in the steps they come.

    Args:
        units: demand of the block.
        dated: receipts of open orders, shape (n_series, horizon · steps).
        place: path within the block, series, and steps of a period.
        demands: receives demand per step, shape (horizon · steps,).
        due: receives receipts per step, same shape.
    """
    p, i, steps = place
    # days are played most often, and a plain copy costs least
    if steps == 1:
        for t in range(units.shape[2]):
            demands[t], due[t] = units[p, i, t], dated[i, t]
        return
    for t in range(units.shape[2]):
        demand = units[p, i, t] / steps
        for k in range(t * steps, (t + 1) * steps):
            demands[k], due[k] = demand, dated[i, k]


@njit(cache=True, nogil=True)
def play(
    demands: FloatArray, due: FloatArray, play_of: PlayOf,
    counting: tuple[bool, int, int], place: tuple[int, int, int], result: FloatArray, trace: FloatArray,
) -> None:  # fmt: skip
    """One series on one path; the arrays are those of `play_some`.

    They come whole, with the place in them: slices of arrays that all cores share would count references to them, and
    the cores would wait for one another's counts.

    Args:
        demands: demand per step of this path, shape (horizon · steps,).
        due: receipts per step of this path, same shape; new receipts are added to it.
        play_of: receipts, rules, reviews, lead times, streams and limits of all series.
        counting: whether unmet demand is lost (else it waits), the first step that counts, and steps of a period.
        place: path within the block, series, and number of the block's first path.
        result: receives the statistics.
        trace: receives every period, or has no periods for none.
    """
    (p, i, first), (lost_sales, counted_from, steps) = place, counting
    _dated, rules, review, lead, streams, limits = play_of
    on_hand, on_order, owed, trigger, target = rules[i, 0], rules[i, 1], rules[i, 2], rules[i, 3], rules[i, 4]
    demanded, lost, held, bought = 0.0, 0.0, 0.0, 0.0
    short_steps, cycles, short_cycles, orders = 0, 0, 0, 0
    short_cycle, until_review = False, 0
    for t in range(len(demands)):
        demand, counts = demands[t], t >= counted_from
        opening, received, ordered = on_hand, due[t], 0.0
        # rare events stand in branches, so that the chain of dependent additions from period to period stays short
        if received > 0.0:
            on_hand += received
            on_order -= received
        if until_review == 0:
            until_review = review[i]
            position = on_hand + on_order - owed
            wanted = wanted_units(position, trigger, target, rules[i, 5])
            # what would spoil, or outlast its sale, is not ordered
            wanted = min(wanted, max(limits[i, t // steps] - position, 0.0))
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
            short_steps += counts
            short_cycle |= counts
        if counts:
            demanded += demand
            # stock falls evenly within a step, so its mean is half-way between the two ends
            held += 0.5 * (on_hand + left)
        on_hand = left
        if trace.shape[2] > 0:
            flows = (received, ordered, demand, late + demand - unmet)
            note(trace[p, i, t // steps], t % steps, opening, flows, (on_hand, owed))
    result[p, i, DEMANDED], result[p, i, UNMET], result[p, i, ON_HAND] = demanded, lost, held
    result[p, i, SHORT_STEPS], result[p, i, CYCLES], result[p, i, SHORT_CYCLES] = short_steps, cycles, short_cycles
    result[p, i, ORDERS], result[p, i, ORDERED] = orders, bought


@njit(cache=True, nogil=True)
def play_some(
    first: int, end: int, units: AnyArray, play_of: PlayOf,
    counting: tuple[bool, int, int], results: tuple[FloatArray, FloatArray],
) -> None:  # fmt: skip
    """Statistics of every series on the paths first … end − 1, on one core.

    Args:
        first: number of the first path.
        end: number after the last path.
        units: demand of all paths, shape (n_paths, n_series, horizon).
        play_of: receipts of open orders (n_series, horizon · steps); on hand, on order, owed, trigger, target,
            quantity, MOQ and pack (n_series, 8); steps between reviews, ≥ 1 (n_series,); equally likely lead times in
            steps (n_series, n_points); streams of their draws (n_series,); positions beyond which no unit is worth
            having, inf = none (n_series, horizon).
        counting: whether unmet demand is lost, the first step that counts, and steps of a period.
        results: receive the statistics, shape (n_paths, n_series, N_STATISTICS), and every period, shape
            (n_paths, n_series, horizon or 0, N_TRACE).
    """
    dated = play_of[0]
    horizon, steps = units.shape[2], counting[2]
    block, statistics, trace = units[first:end], results[0][first:end], results[1][first:end]
    # buffers per core: every path starts again from the open orders
    demands, due = np.empty(horizon * steps), np.empty(horizon * steps)
    for p in range(end - first):
        for i in range(units.shape[1]):
            lay_out(block, dated, (p, i, steps), demands, due)
            play(demands, due, play_of, counting, (p, i, first), statistics, trace)


@njit(cache=True, nogil=True)
def whole_steps(points: FloatArray, days_per_step: float) -> IntArray:
    """Lead times in whole steps whose mean is that of the fractional ones, shape (n_series, n_points).

    Each point is rounded up or down against an evenly spread threshold (multiples of the golden ratio), so a lead
    time of 1.4 days becomes one day on 60 % of the points and two days on 40 %.
    """
    result = np.empty(points.shape, np.int64)
    for k in range(points.shape[1]):
        threshold = (k + 1) * 0.6180339887498949 % 1.0
        for i in range(len(points)):
            result[i, k] = math.floor(points[i, k] / days_per_step + threshold * (1.0 - 1e-9) + 1e-9)
    return result
