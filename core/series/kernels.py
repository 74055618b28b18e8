"""The loop behind group demand: periods in their order, since each one's stock-outs are filled by what came before."""

from typing import Any

import numpy as np
from numba import njit

SEASONS = 4
"""Seasons back whose index says what is usual at a place in the season."""


@njit(cache=True, nogil=True)
def fill_stock_outs(units: Any, out: Any, member: Any, pace: Any, found: Any) -> None:
    """Sums of groups with every stock-out filled by what its series should have sold, and the series behind them.

    Args:
        units: demand, NaN = not observed, shape (n_periods, n_series).
        out: where a series was out of stock, shape (n_periods, n_series).
        member: group of each series, shape (n_series,).
        pace: how much of the memory of a base is kept from one observed period to the next, and periods in a season.
        found: receives the sums, units, NaN where none was observed; and the number of series in them; each of shape
            (n_groups, n_periods).
    """
    keep, season = pace
    sums, counts = found
    n_periods, n_series = units.shape
    n_groups = len(sums)
    sold, behind = np.zeros(n_series), np.zeros(n_series)
    index = np.ones((n_periods, n_groups))
    for t in range(n_periods):
        total, told, usual, lost = np.zeros((4, n_groups))
        seen = np.zeros(n_groups, np.int64)
        for i in range(n_series):
            g = member[i]
            if not np.isnan(units[t, i]):
                seen[g] += 1
                counts[g, t] += 1
                total[g] += units[t, i]
                if behind[i] > 0:
                    told[g] += units[t, i]
                    usual[g] += sold[i] / behind[i]
            elif out[t, i] and behind[i] > 0:
                counts[g, t] += 1
                lost[g] += sold[i] / behind[i]
        n_back = min(SEASONS, t // season)
        for g in range(n_groups):
            expected = 0.0
            for back in range(1, n_back + 1):
                expected += index[t - back * season, g] / n_back
            # stock-outs count as what is usual at this place in the season: a single series in stock tells little
            weight = lost[g] if n_back > 0 else 0.0
            if usual[g] + weight > 0:
                index[t, g] = (told[g] + weight * expected) / (usual[g] + weight)
            sums[g, t] = total[g] + lost[g] * index[t, g] if seen[g] > 0 else np.nan
        for i in range(n_series):
            if not np.isnan(units[t, i]):
                sold[i] = keep * sold[i] + units[t, i]
                behind[i] = keep * behind[i] + index[t, member[i]]
