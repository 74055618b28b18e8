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
from core.base.types import AnyArray, BoolArray, FloatArray, IntArray
from core.clean.negative_binomial import none_at_all
from core.series.blocks import Part, parts
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


@dataclass(frozen=True, slots=True, eq=False)
class _Usual:
    """How series sell as a rule.

    Attributes:
        total, count: units sold in, and number of, the periods on sale and in stock, each of shape (n_series,).
        size: of the negative binomial, shape (n_series,).
        week: ratio of each period's weekday to the usual day of the shop, shape (n_periods,).
    """

    total: FloatArray
    count: FloatArray
    size: FloatArray
    week: FloatArray


def silences(panel: Panel) -> Silence:
    """All stretches without a sale of series that have a pattern, in the order of their cells.

    Source:
        Chance of no sale: negative binomial, Johnson, Kemp & Kotz 2005, section 5.4, mixed over Gamma(1/κ, 1/κ):
        P = (1 + κ H)^(−1/κ) with H = Σ r ln(1 + m / r) over the stretch.
    """
    usual = _usual(panel)
    found = [_of_part(part, usual) for part in parts(panel)]
    rows, first, last, silent, expected = (
        np.concatenate([np.empty(0, kind), *(each[place] for each in found)])
        for place, kind in enumerate((np.int64, np.int64, np.int64, np.float64, np.float64))
    )
    return Silence(
        rows=rows,
        first=first,
        last=last,
        chance=(1.0 + DRIFT * silent) ** (-1.0 / DRIFT),
        expected=expected,
        open_ended=np.asarray(last == panel.offsets[1:][rows] - 1),
        days_per_period=panel.frequency.days,
    )


def _of_part(part: Part, usual: _Usual) -> tuple[IntArray, IntArray, IntArray, FloatArray, FloatArray]:
    """Series, first and last cell, hazard H and expected units of each stretch of a run of series."""
    panel, rows = part.panel, part.panel.rows
    seen = _seen(panel)
    sold = seen & (panel.values > 0)
    enough = np.bincount(rows[sold], minlength=len(panel)) >= FEWEST_SALES
    running = np.cumsum(sold)
    begun = running > np.concatenate([[0], running])[panel.offsets[:-1]][rows]
    quiet = seen & ~sold & begun & enough[rows]
    edge = np.concatenate([[True], rows[1:] != rows[:-1]]) if len(rows) else np.empty(0, bool)
    starts = np.flatnonzero(quiet & (edge | ~np.concatenate([[False], quiet[:-1]])))
    after = np.concatenate([edge[1:], [True]]) if len(rows) else edge
    ends = np.flatnonzero(quiet & (after | ~np.concatenate([quiet[1:], [False]])))
    lengths, cells = ends - starts + 1, np.flatnonzero(quiet)
    series = rows[cells] + part.series.start
    # The stretch itself is no witness: its periods are taken out of the mean it is judged by.
    others = np.maximum(usual.count[series] - np.repeat(lengths, lengths), 1.0)
    mean = np.maximum(usual.total[series] / others, LEAST_RATE) * usual.week[panel.columns[cells]]
    begins = np.cumsum(lengths) - lengths
    hazard = np.add.reduceat(none_at_all(mean, usual.size[series]), begins) if len(begins) else np.empty(0)
    expected = np.add.reduceat(mean, begins) if len(begins) else np.empty(0)
    return rows[starts] + part.series.start, starts + part.cells.start, ends + part.cells.start, hazard, expected


def _seen(panel: Panel) -> BoolArray:
    """Periods on sale and in stock, shape (n_obs,)."""
    return np.asarray(~np.isnan(panel.values) & ~panel.censored)


def _usual(panel: Panel) -> _Usual:
    total, count, own = np.zeros(len(panel)), np.zeros(len(panel)), np.zeros(len(panel))
    classes = np.empty(len(panel), dtype=object)
    by_day, days_seen = np.zeros(7), np.zeros(7)
    days = weekday(panel.calendar.periods)
    for part in parts(panel):
        seen, at = _seen(part.panel), part.series
        rows, values = part.panel.rows[seen], part.panel.values[seen]
        total[at] = np.bincount(rows, weights=values, minlength=len(part.panel))
        count[at] = np.bincount(rows, minlength=len(part.panel))
        own[at] = _own_spread(rows, values, total[at], count[at])
        classes[at] = demand_class(part.panel.observed())
        day = days[part.panel.columns[seen]]
        by_day += np.bincount(day, weights=values, minlength=7)
        days_seen += np.bincount(day, minlength=7)
    week = np.ones(panel.n_periods) if panel.frequency is not Frequency.DAY else _week(by_day, days_seen)[days]
    return _Usual(total, count, _sizes(own, count, classes), week)


def _own_spread(rows: IntArray, values: FloatArray, total: FloatArray, count: FloatArray) -> FloatArray:
    """Squared spread beyond Poisson of each series, 1/r by moments, shape (n_series,)."""
    n = np.maximum(count, 1.0)
    mean = total / n
    variance = np.bincount(rows, weights=(values - mean[rows]) ** 2, minlength=len(n)) / n
    return np.asarray((variance - mean) / np.maximum(mean**2, LEAST_RATE))


def _week(total: FloatArray, count: FloatArray) -> FloatArray:
    """Ratio of each weekday to the usual day of the shop, shape (7,)."""
    ratio, seen = np.where(count > 0, total / np.maximum(count, 1.0), 0.0), max(int((count > 0).sum()), 1)
    return np.asarray(np.maximum(ratio / max(ratio.sum() / seen, LEAST_RATE), 0.01))


def _sizes(own: FloatArray, count: FloatArray, classes: AnyArray) -> FloatArray:
    """Size of the negative binomial, shrunk to the demand class's median, shape (n_series,)."""
    n, usual = np.maximum(count, 1.0), np.empty(len(own))
    for name in np.unique(classes.astype(str)):
        usual[classes == name] = np.median(own[classes == name])
    shrunk = (n * own + CLASS_WEIGHT * usual) / (n + CLASS_WEIGHT)
    return np.asarray(1.0 / np.clip(shrunk, *SPREADS))
