"""What one pass over each series tells: errors at past origins, what was usual there, the shape of the week."""

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def past_errors(begin: Any, end: Any, observed: Any, origins: Any, expected: Any, found: Any) -> None:
    """Errors after each origin, unknown ones replaced by the vector's known ones in turn.

    Args:
        begin: first series worked on.
        end: one after the last.
        observed: units, NaN = not observed, shape (n_series, n_periods).
        origins: numbers of periods known, newest first, shape (n_origins,).
        expected: units, shape (n_origins, n_series, block).
        found: receives actual − expected, units, shape (n_series, n_origins, block), 0 where fewer than half of the
            periods are known; and how many periods were observed before the origin, −1 there,
            shape (n_series, n_origins).
    """
    errors, seen = found
    block = expected.shape[2]
    known = np.empty(block, np.float32)
    for i in range(begin, end):
        count, upto = 0, 0
        for k in range(origins.shape[0] - 1, -1, -1):
            for t in range(upto, origins[k]):
                count += not np.isnan(observed[i, t])
            upto = origins[k]
            actual, said, vector = observed[i, upto : upto + block], expected[k, i], errors[i, k]
            n_known = 0
            for h in range(block):
                vector[h] = actual[h] - said[h]
                if not np.isnan(vector[h]):
                    known[n_known] = vector[h]
                    n_known += 1
            seen[i, k] = count if 2 * n_known >= block else -1
            turn = 0
            for h in range(block):
                if seen[i, k] < 0:
                    vector[h] = 0.0
                elif np.isnan(vector[h]):
                    vector[h] = known[turn % n_known]
                    turn += 1


@njit(cache=True, nogil=True)
def sums_until(begin: Any, end: Any, observed: Any, origins: Any, found: Any) -> None:
    """What was seen of each series until some origins.

    Args:
        begin: first series worked on.
        end: one after the last.
        observed: units, NaN = not observed, shape (n_series, n_periods).
        origins: numbers of periods known, newest first, shape (n_origins,).
        found: receives periods observed, those of them until the latest sale, units, and periods with a sale, shape
            (4, n_origins, n_series).
    """
    for i in range(begin, end):
        seen, active, sales, units, upto = 0, 0, 0, 0.0, 0
        for k in range(origins.shape[0] - 1, -1, -1):
            for t in range(upto, origins[k]):
                if not np.isnan(observed[i, t]):
                    seen += 1
                    units += observed[i, t]
                    if observed[i, t] > 0.0:
                        active = seen
                        sales += 1
            upto = origins[k]
            found[0, k, i], found[1, k, i], found[2, k, i], found[3, k, i] = seen, active, units, sales


@njit(cache=True, nogil=True)
def week_sums(begin: Any, end: Any, demand: Any, place: Any, season: Any, found: Any) -> None:
    """What each weekday sold, and the mean over the trading weeks around its days.

    Args:
        begin: first series worked on.
        end: one after the last.
        demand: units, NaN = not observed, shape (n_series, n_periods).
        place: weekday of each period, 0 to 6, shape (n_periods,).
        season: trading days in a week.
        found: zeros; receives units sold, the sums of those means, and the days that counted, shape (3, n_series, 7).
    """
    for i in range(begin, end):
        units, known = 0.0, 0.0
        for last in range(demand.shape[1]):
            first = last - season
            if not np.isnan(demand[i, last]):
                units += demand[i, last]
                known += 1.0
            if first >= 0 and not np.isnan(demand[i, first]):
                units -= demand[i, first]
                known -= 1.0
            middle = first + 1 + season // 2
            if first >= -1 and not np.isnan(demand[i, middle]):
                found[0, i, place[middle]] += demand[i, middle]
                found[1, i, place[middle]] += units / known
                found[2, i, place[middle]] += 1.0
