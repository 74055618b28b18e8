"""Stretches without a sale: how likely chance alone explains them, and what else may lie behind.

A stretch of zeros is explained by demand itself when the SKU's own rate makes it likely. Per period the negative
binomial gives the chance of no sale; since the level of demand drifts, the stretch as a whole is mixed over a gamma
factor on the level, which makes long silences far likelier than independent periods would.

This is a weak sign. In trials on published sales with simulated stock-outs about half to nine in ten of the stretches
called likely were truly empty shelves in a shop that lost a third of its sales, and fewer than one in twenty in a shop
that lost a twelfth: a hint to look at, never a reason to change data unasked.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.calendar import Frequency, weekday
from core.base.types import BoolArray, FloatArray, IntArray
from core.clean.changes import columns_of, rows_of
from core.clean.negative_binomial import none_at_all
from core.series.demand_class import demand_class
from core.series.panel import Panel

DRIFT: Final = 0.5
"""Variance of the gamma factor by which the level of a stretch may differ from the usual one. [κ]"""
CLASS_WEIGHT: Final = 30.0
"""Periods' worth of weight of the demand class in a series' spread."""
SPREADS: Final = (0.01, 20.0)
FEWEST_SALES: Final = 5
"""Periods with sales below which a series has no pattern of its own."""
LEAST_RATE: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """Stretches of periods on sale and in stock without a sale, after the first sale; each array is n_stretches long.

    Attributes:
        rows: series.
        first, last: flat cells it begins and ends with.
        chance: chance that demand alone is silent for so long. [P]
        expected: units usually sold in such a stretch.
        open_ended: whether it lasts to the end of the history.
        days_per_period: mean length of a period, days.
    """

    rows: IntArray
    first: IntArray
    last: IntArray
    chance: FloatArray
    expected: FloatArray
    open_ended: BoolArray
    days_per_period: float

    def lengths(self) -> IntArray:
        """Periods of each stretch."""
        return np.asarray(self.last - self.first + 1)

    def empty_shelf(self, prior: float, usual_days: float) -> FloatArray:
        """Probability that the shelf was empty.

        An empty shelf surely sells nothing, but shelves are filled again: a stock-out lasts g days or longer with
        chance S = exp(−g / usual_days). By Bayes' rule the probability is π S / (π S + (1 − π) P).

        Args:
            prior: share of all stretches believed to be stock-outs before looking at their length, in (0, 1). [π]
            usual_days: mean length of a stock-out, days, > 0.
        """
        lasting = prior * np.exp(-self.lengths() * self.days_per_period / usual_days)
        return np.asarray(lasting / (lasting + (1.0 - prior) * self.chance))


def silences(panel: Panel) -> Silence:
    """All stretches without a sale of series that have a pattern, in the order of their cells.

    Source:
        Chance of no sale: negative binomial, Johnson, Kemp & Kotz 2005, section 5.4, mixed over Gamma(1/κ, 1/κ):
        P = (1 + κ H)^(−1/κ) with H = Σ r ln(1 + m / r) over the stretch.
    """
    rows, columns = rows_of(panel), columns_of(panel)
    seen = ~np.isnan(panel.values) & ~panel.censored
    sold = seen & (panel.values > 0)
    enough = np.bincount(rows[sold], minlength=len(panel)) >= FEWEST_SALES
    begun = np.cumsum(sold) - np.concatenate([[0], np.cumsum(sold)])[panel.offsets[:-1]][rows] > 0
    quiet = seen & ~sold & begun & enough[rows]
    edge = np.concatenate([[True], rows[1:] != rows[:-1]]) if len(rows) else np.empty(0, bool)
    starts = np.flatnonzero(quiet & (edge | ~np.concatenate([[False], quiet[:-1]])))
    after = np.concatenate([edge[1:], [True]]) if len(rows) else edge
    ends = np.flatnonzero(quiet & (after | ~np.concatenate([quiet[1:], [False]])))
    mean, size = _usual(panel, seen, _run_of(quiet, starts))
    hazard = np.concatenate([[0.0], np.cumsum(np.where(quiet, none_at_all(mean, size), 0.0))])
    units = np.concatenate([[0.0], np.cumsum(np.where(quiet, mean, 0.0))])
    silent = hazard[ends + 1] - hazard[starts]
    return Silence(
        rows=rows[starts],
        first=starts,
        last=ends,
        chance=(1.0 + DRIFT * silent) ** (-1.0 / DRIFT),
        expected=units[ends + 1] - units[starts],
        open_ended=np.asarray(columns[ends] == panel.n_periods - 1),
        days_per_period=panel.frequency.days,
    )


def _run_of(quiet: BoolArray, starts: IntArray) -> IntArray:
    """Number of the stretch each cell belongs to, −1 = none, shape (n_obs,)."""
    begins = np.zeros(len(quiet), np.int64)
    begins[starts] = 1
    return np.where(quiet, np.cumsum(begins) - 1, -1)


def _usual(panel: Panel, seen: BoolArray, run: IntArray) -> tuple[FloatArray, FloatArray]:
    """Mean and size of demand in each period if its stretch had been like the rest, each of shape (n_obs,)."""
    rows = rows_of(panel)
    total = np.bincount(rows[seen], weights=panel.values[seen], minlength=len(panel))
    count = np.bincount(rows[seen], minlength=len(panel)).astype(np.float64)
    # The stretch itself is no witness: its periods are taken out of the mean it is judged by.
    inside = run >= 0
    own = np.zeros(len(rows))
    own[inside] = np.bincount(run[inside])[run[inside]] if inside.any() else 0.0
    rate = np.maximum(total[rows] / np.maximum(count[rows] - own, 1.0), LEAST_RATE)
    mean = rate * _week(panel, seen)[columns_of(panel)]
    return mean, _sizes(panel, seen, total / np.maximum(count, 1.0))[rows]


def _week(panel: Panel, seen: BoolArray) -> FloatArray:
    """Ratio of each period's weekday to the usual day of the shop, all 1 for weeks and months, shape (n_periods,)."""
    if panel.frequency is not Frequency.DAY:
        return np.ones(panel.n_periods)
    days, column = weekday(panel.calendar.periods), columns_of(panel)[seen]
    total = np.bincount(days[column], weights=panel.values[seen], minlength=7)
    count = np.bincount(days[column], minlength=7)
    ratio = np.where(count > 0, total / np.maximum(count, 1), 0.0)
    return np.asarray(np.maximum(ratio / max(ratio[count > 0].mean(), LEAST_RATE), 0.01)[days])


def _sizes(panel: Panel, seen: BoolArray, mean: FloatArray) -> FloatArray:
    """Size of the negative binomial by moments, shrunk to the demand class's median, shape (n_series,)."""
    rows = rows_of(panel)[seen]
    n = np.maximum(np.bincount(rows, minlength=len(panel)), 1)
    variance = np.bincount(rows, weights=(panel.values[seen] - mean[rows]) ** 2, minlength=len(panel)) / n
    own = (variance - mean) / np.maximum(mean**2, LEAST_RATE)
    classes, usual = demand_class(panel.observed()), np.empty(len(panel))
    for name in np.unique(classes.astype(str)):
        usual[classes == name] = np.median(own[classes == name])
    shrunk = (n * own + CLASS_WEIGHT * usual) / (n + CLASS_WEIGHT)
    return np.asarray(1.0 / np.clip(shrunk, *SPREADS))
