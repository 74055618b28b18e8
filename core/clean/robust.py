"""What is usual for a series: order statistics per group and demand relative to its weekday."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.calendar import Frequency, weekday
from core.base.columns import DATED_KINDS, PROMOTION
from core.base.types import BoolArray, FloatArray, IntArray
from core.series.panel import Panel

MIN_SALES: Final = 8
"""Periods with sales below which nothing can be called unusual."""
MIN_PER_WEEKDAY: Final = 4
"""Periods with sales a weekday needs for a level of its own."""


@dataclass(frozen=True, slots=True)
class Residuals:
    """Demand of selling periods relative to what is usual, on a log scale.

    Attributes:
        cells: flat positions of the periods judged, shape (n_judged,).
        rows: series of each, shape (n_judged,).
        level: usual log(1 + units) of each, shape (n_judged,).
        residual: log(1 + units) minus level, shape (n_judged,).
        noise: standard deviation on the log scale that Poisson demand of the usual size has, shape (n_series,).
    """

    cells: IntArray
    rows: IntArray
    level: FloatArray
    residual: FloatArray
    noise: FloatArray


def order_statistic(values: FloatArray, groups: IntArray, n_groups: int, quantile: float) -> FloatArray:
    """The value at the given quantile of each group, always one of the group's own values, shape (n_groups,).

    Taking the lower neighbour instead of a mean of two keeps the answer unchanged when larger values are capped.
    Groups without values give NaN.
    """
    order = np.lexsort((values, groups))
    counts = np.bincount(groups, minlength=n_groups)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    place = first + np.floor(quantile * np.maximum(counts - 1, 0)).astype(np.int64)
    result = np.full(n_groups, np.nan)
    filled = counts > 0
    result[filled] = values[order[place[filled]]]
    return result


def residuals(panel: Panel) -> Residuals:
    """Selling periods without promotion or event, against the weekday's (or the series') median.

    Series with fewer than MIN_SALES such periods are left out. Zeros do not take part: for intermittent demand they are
    the rule and say nothing about the size of a sale.
    """
    rows, sold = panel.rows, panel.values > 0
    # What a promotion sold must not raise the level against which other periods are judged.
    judged = sold & ~panel.censored & ~known_exceptions(panel)
    enough = np.bincount(rows[judged], minlength=len(panel)) >= MIN_SALES
    cells = np.flatnonzero(judged & enough[rows])
    chosen = rows[cells]
    logs = np.log1p(panel.values[cells])
    overall = order_statistic(logs, chosen, len(panel), 0.5)
    level = overall[chosen]
    if panel.frequency is Frequency.DAY:
        days = weekday(panel.calendar.periods)[panel.columns[cells]]
        level = np.where(
            _count(chosen * 7 + days, 7 * len(panel)) >= MIN_PER_WEEKDAY,
            order_statistic(logs, chosen * 7 + days, 7 * len(panel), 0.5)[chosen * 7 + days],
            level,
        )
    # Delta method: Var log(1 + X) is near Var X / (1 + m)², at most 1 / (1 + m) for Poisson X with mean m.
    noise = np.exp(-overall / 2)
    return Residuals(cells, chosen, level, logs - level, noise)


def known_exceptions(panel: Panel) -> BoolArray:
    """Periods with a promotion, an event or a holiday, where unusual sales are expected, shape (n_obs,)."""
    known = np.zeros(len(panel.values), bool)
    for name, flat in panel.drivers.items():
        if name.split(":", 1)[0] in {PROMOTION, *DATED_KINDS}:
            known |= np.nan_to_num(flat) != 0
    return known


def _count(groups: IntArray, n_groups: int) -> IntArray:
    """Size of the group of each value, shape (n_values,)."""
    return np.bincount(groups, minlength=n_groups)[groups]
