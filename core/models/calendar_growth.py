"""How a shop grows from year to year, so that a forecast does not stand still where the shop does not."""

from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.types import FloatArray, IntArray
from core.series.features_history import RunningSums
from core.series.panel import Panel

HALF_YEAR: Final = {Frequency.DAY: 182, Frequency.WEEK: 26, Frequency.MONTH: 6}
"""Days, weeks or months that are compared with the same of the year before."""
MOST_GROWTH: Final = 0.3
"""Growth believed at most, log scale per year."""
LAG_DAYS: Final = 9.0
"""By how much a level smoothed with weight 0.1 a day lies behind, (1 − α)/α days."""
LEAST_SHARE: Final = 0.8
"""Part of both half-years in which a series must have been observed to tell of growth."""


def yearly_growth(history: Panel, demand: FloatArray, origins: IntArray) -> FloatArray:
    """Growth of the shop at each origin, log scale per year, shape (n_origins,).

    Units of the last half-year over those of the same half-year before, of the series that were on sale in both: what
    new SKUs add is not growth of the old ones. 0 while less than about a year and a half is known.

    Args:
        history: the panel whose calendar places the periods.
        demand: units, NaN = teaches nothing, shape (n_series, n_periods).
        origins: numbers of periods known, ascending or not, shape (n_origins,).
    """
    daily = history.frequency is Frequency.DAY
    half = HALF_YEAR[history.frequency]
    clock = history.calendar.periods.astype(np.int64) if daily else np.arange(history.n_periods)
    end = clock[np.asarray(origins) - 1] + 1
    begin, then_end, then_begin = (np.searchsorted(clock, end - back) for back in (half, 2 * half, 3 * half))
    sums, series = RunningSums.of(demand), np.arange(len(demand))[:, None]
    now, then = sums.mean(series, begin, np.asarray(origins)), sums.mean(series, then_begin, then_end)
    # trading days: a shop that closes on Sundays has fewer
    usual = LEAST_SHARE * half * (history.calendar.season_length / 7 if daily else 1.0)
    seen = np.minimum(
        sums.counts[:, origins] - sums.counts[:, begin], sums.counts[:, then_end] - sums.counts[:, then_begin]
    )
    total_now, total_then = (np.where(seen >= usual, each, 0.0).sum(axis=0) for each in (now, then))
    known = (total_now > 0) & (total_then > 0)
    ratio = np.where(known, total_now, 1.0) / np.where(known, total_then, 1.0)
    return np.asarray(np.clip(np.log(ratio), -MOST_GROWTH, MOST_GROWTH))


def growth_at(history: Panel, demand: FloatArray, origins: IntArray, horizon: int) -> FloatArray:
    """What growth multiplies each period ahead by, at most half a year of it, shape (n_origins, horizon)."""
    year = 2.0 * HALF_YEAR[Frequency.DAY]
    days = np.minimum(np.arange(1, horizon + 1) * history.frequency.days + LAG_DAYS, year / 2)
    return np.asarray(np.exp(yearly_growth(history, demand, origins)[:, None] * days / year))
