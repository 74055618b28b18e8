"""The loop that plays one policy through time, for every series and path.

Every period is played in its days, on which its demand falls as in the plan: a supplier who delivers within three days
is not made to wait for the month to end, nor is a weekly review.

Order of events in a day: receipts come in · the review, if it is due, places an order (a lead time of 0 arrives at
once) · what is owed to customers is delivered · the day's demand is served. So an order placed at the start of
day t must cover the R + L days until the next order can arrive, which is the protection interval of the plan.
"""

import numpy as np
from numba import njit, uint64

from core.base.types import AnyArray, FloatArray, IntArray
from core.inventory.kernels import rounded_units, wanted_units
from core.inventory.kernels_days import DaysOf, fall_on_all, luck

DEMANDED, UNMET, ON_HAND, SHORT_DAYS, CYCLES, SHORT_CYCLES, ORDERS, ORDERED = range(8)
"""Columns of the statistics of a path; sums over the days counted.

DEMANDED, UNMET (not served at once from stock): units. ON_HAND: units × days held. SHORT_DAYS: days on which
some demand was not served. CYCLES: replenishment cycles ended, SHORT_CYCLES: those with unmet demand. ORDERS, ORDERED:
orders placed, units ordered."""
N_STATISTICS = 8

OPENING, INCOMING, ORDER, DEMAND, SOLD, CLOSING, BACKLOG = range(7)
"""Columns of a trace, per period: stock at its start, received, ordered, demanded, delivered, stock and backlog at its
end."""
N_TRACE = 7

PlayOf = tuple[FloatArray, FloatArray, IntArray, IntArray, IntArray, FloatArray]
"""What is played, of all series; its arrays are told at `play_some`."""


@njit(cache=True, nogil=True)
def drawn(stream: int, path: int, day: int, n: int) -> int:
    """A number below n: an order placed on the same day meets the same luck in every scenario, whatever came before."""
    return int((luck(stream, path, day) >> uint64(33)) % uint64(n))


@njit(cache=True, nogil=True)
def note(
    row: FloatArray, day: int, opening: float, flows: tuple[float, float, float, float], end: tuple[float, float]
) -> None:
    """Add a day, counted from 0, to the row of its period: flows are summed up, stock and backlog those at the end."""
    if day == 0:
        row[:] = 0.0
        row[OPENING] = opening
    row[INCOMING] += flows[0]
    row[ORDER] += flows[1]
    row[DEMAND] += flows[2]
    row[SOLD] += flows[3]
    row[CLOSING], row[BACKLOG] = end


@njit(cache=True, nogil=True)
def play(
    demands: FloatArray, due: FloatArray, play_of: PlayOf,
    counting: tuple[bool, int, IntArray], place: tuple[int, int, int], result: FloatArray, trace: FloatArray,
) -> None:  # fmt: skip
    """One series on one path; the arrays are those of `play_some`.

    They come whole, with the place in them: slices of arrays that all cores share would count references to them, and
    the cores would wait for one another's counts.

    Args:
        demands: demand per day of this path, shape (n_days,).
        due: receipts per day of this path, same shape; new receipts are added to it.
        play_of: receipts, rules, reviews, lead times, streams and limits of all series.
        counting: whether unmet demand is lost (else it waits), the first day that counts, and the first day of each
            period and that after the last one.
        place: path within the block, series, and number of the block's first path.
        result: receives the statistics.
        trace: receives every period, or has no periods for none.
    """
    (p, i, first), (lost_sales, counted_from, begins) = place, counting
    _dated, rules, review, lead, streams, limits = play_of
    on_hand, on_order, owed, trigger, target = rules[i, 0], rules[i, 1], rules[i, 2], rules[i, 3], rules[i, 4]
    demanded, lost, held, bought = 0.0, 0.0, 0.0, 0.0
    short_days, cycles, short_cycles, orders = 0, 0, 0, 0
    short_cycle, until_review, period = False, 0, 0
    for t in range(len(demands)):
        period += t == begins[period + 1]
        demand, counts = demands[t], t >= counted_from
        opening, received, ordered = on_hand, due[t], 0.0
        # rare events stand in branches, so that the chain of dependent additions from day to day stays short
        if received > 0.0:
            on_hand += received
            on_order -= received
        if until_review == 0:
            until_review = review[i]
            position = on_hand + on_order - owed
            wanted = wanted_units(position, trigger, target, rules[i, 5])
            # what would spoil, or outlast its sale, is not ordered
            wanted = min(wanted, max(limits[i, period] - position, 0.0))
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
            short_days += counts
            short_cycle |= counts
        if counts:
            demanded += demand
            # stock falls evenly within a day, so its mean is half-way between the two ends
            held += 0.5 * (on_hand + left)
        on_hand = left
        if trace.shape[2] > 0:
            flows = (received, ordered, demand, late + demand - unmet)
            note(trace[p, i, period], t - begins[period], opening, flows, (on_hand, owed))
    result[p, i, DEMANDED], result[p, i, UNMET], result[p, i, ON_HAND] = demanded, lost, held
    result[p, i, SHORT_DAYS], result[p, i, CYCLES], result[p, i, SHORT_CYCLES] = short_days, cycles, short_cycles
    result[p, i, ORDERS], result[p, i, ORDERED] = orders, bought


@njit(cache=True, nogil=True)
def play_some(
    first: int, end: int, units: AnyArray, days: DaysOf, play_of: PlayOf,
    counting: tuple[bool, int], results: tuple[FloatArray, FloatArray],
) -> None:  # fmt: skip
    """Statistics of every series on the paths first … end − 1, on one core.

    Args:
        first: number of the first path.
        end: number after the last path.
        units: demand of all paths, shape (n_paths, n_series, horizon).
        days: how demand falls on days, the arrays of `core.inventory.days.Days`.
        play_of: receipts of open orders (n_series, n_days); on hand, on order, owed, trigger, target, quantity, MOQ and
            pack (n_series, 8); days between reviews, ≥ 1 (n_series,); equally likely lead times in days
            (n_series, n_points); streams of their draws (n_series,); positions beyond which no unit is worth having,
            inf = none (n_series, horizon).
        counting: whether unmet demand is lost, and the first day that counts.
        results: receive the statistics, shape (n_paths, n_series, N_STATISTICS), and every period, shape
            (n_paths, n_series, horizon or 0, N_TRACE).
    """
    dated, begins = play_of[0], days[0]
    block, statistics, trace = units[first:end], results[0][first:end], results[1][first:end]
    # buffers per core: every path starts again from the open orders
    demands, due = np.empty(dated.shape[1]), np.empty(dated.shape[1])
    for p in range(end - first):
        for i in range(units.shape[1]):
            fall_on_all(block, days, (p, first + p, i), demands)
            for t in range(len(due)):
                due[t] = dated[i, t]
            play(demands, due, play_of, (counting[0], counting[1], begins), (p, i, first), statistics, trace)
