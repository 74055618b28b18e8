"""What groups of series sold in each period, with what stock-outs kept their members from selling filled in."""

from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.types import FloatArray, IntArray
from core.series.panel import Panel

MEMORY: Final = {Frequency.DAY: 8, Frequency.WEEK: 16, Frequency.MONTH: 8}
"""After how many observed periods one counts 1/e of the latest for the base of a series; for days in trading weeks."""


def group_demand(panel: Panel, observed: FloatArray, member: IntArray) -> tuple[FloatArray, FloatArray]:
    """Units of each group as if no member had been out of stock, and how many series are behind them.

    Else a stock-out of what sells most would look like a fall in the demand of all that stands beside it. A series out
    of stock counts with its base times the group's index:

        base = Σ units / Σ index over its observed periods so far, older ones counting less
        index = (Σ units of those observed + Σ base of those out of stock · usual index)
                / (Σ base of those observed + Σ base of those out of stock)

    where the usual index is its mean at the same place of the last four seasons (of weeks and months, the last four).
    Only what came before a period, and the period itself, count for it. A series never observed before counts nothing.

    Args:
        panel: says which periods were out of stock.
        observed: its demand, NaN = not on sale or out of stock, shape (n_series, n_periods).
        member: group of each series, shape (n_series,); every number below the largest occurs.

    Returns:
        Units, NaN where no member was observed, and numbers of series, each of shape (n_groups, n_periods).

    Source:
        Cochran 1977, Sampling Techniques, chapter 6 (ratio estimator).
    """
    if not panel.censored.any():
        return _plain(observed, member)
    from core.series.kernels import fill_stock_outs

    found = np.zeros((2, int(member.max(initial=0)) + 1, panel.n_periods))
    out = panel.dense(panel.censored.astype(np.float64), fill=0.0) > 0
    season = panel.calendar.season_length if panel.frequency is Frequency.DAY else 1
    keep = float(np.exp(-1.0 / (MEMORY[panel.frequency] * season)))
    fill_stock_outs(
        np.ascontiguousarray(observed.T), np.ascontiguousarray(out.T), member, (keep, max(season, 1)), found
    )
    return found[0], found[1]


def _plain(observed: FloatArray, member: IntArray) -> tuple[FloatArray, FloatArray]:
    """Sums and numbers of the members observed."""
    order = np.argsort(member, kind="stable")
    first = np.searchsorted(member[order], np.arange(int(member.max(initial=0)) + 1))
    known = ~np.isnan(observed)
    sums = np.add.reduceat(np.where(known, observed, 0.0)[order], first, axis=0)
    counts = np.add.reduceat(known[order], first, axis=0, dtype=np.int64)
    return np.where(counts > 0, sums, np.nan), counts.astype(np.float64)
