"""Demand behind empty shelves: what would have been sold, with its uncertainty, for all series at once.

Sales of an out-of-stock period only bound demand from below. An expectation–maximisation loop completes them: given a
level per series, a weekday profile of the shop and the spread of demand, each such period gets its expected demand;
given the completed history, level, profile and spread are estimated anew. First with one level per series, which
settles the spread; then with a level that drifts, anchored at the first one, because shelves run empty exactly when
demand is high.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.base.calendar import Frequency, weekday
from core.base.types import AnyArray, BoolArray, FloatArray, IntArray
from core.clean.changes import rows_of
from core.clean.negative_binomial import truncated, truncated_quantile
from core.series.demand_class import demand_class
from core.series.panel import Panel

FEWEST_SEEN: Final = 8
"""Periods in stock below which a series says too little about itself."""
MEMORY: Final[dict[Frequency, float]] = {Frequency.DAY: 0.96, Frequency.WEEK: 0.88, Frequency.MONTH: 0.75}
"""Weight of the neighbouring period in the drifting level; at 0.96 the nearest 25 days each side carry two thirds."""
ANCHOR: Final = 10.0
"""Periods' worth of weight of the series' overall level in its drifting one."""
MOST_DRIFT: Final = 4.0
"""The drifting level stays within a quarter and four times the overall one."""
CLASS_WEIGHT: Final = 30.0
"""Periods' worth of weight of the demand class in a series' spread."""
SPREADS: Final = (0.01, 20.0)
"""Range of 1/r, the squared spread beyond Poisson."""
STEADY_STEPS: Final = 12
DRIFT_STEPS: Final = 8
LEAST_LEVEL: Final = 1e-4
RANGE: Final = (0.1, 0.9)
"""The central 80 % of demand."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Demand of the out-of-stock periods that could be estimated.

    Attributes:
        cells: their flat positions in the panel, shape (n_cells,).
        mean: expected demand, units, ≥ what was sold, shape (n_cells,).
        sd: standard deviation of the demand around it, units, shape (n_cells,).
        low, high: central 80 % of demand, units, each of shape (n_cells,).
    """

    cells: IntArray
    mean: FloatArray
    sd: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Sales:
    """What the loop works on; dense arrays of shape (n_series, n_periods).

    Attributes:
        sold: units, 0 where nothing is known.
        live: 1.0 where the series was on sale.
        short: row and column of each out-of-stock period.
        units: sold in those, shape (n_short,).
        days: place of each period in the profile, shape (n_periods,).
        classes: demand class of each series, shape (n_series,).
    """

    sold: FloatArray
    live: FloatArray
    short: tuple[IntArray, IntArray]
    units: FloatArray
    days: IntArray
    classes: AnyArray


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """What the loop has learned.

    Attributes:
        overall: level, shape (n_series, 1).
        level: level of each period, shape (n_series, n_periods).
        profile: ratio of each weekday, shape (7,); all 1 for weeks and months.
        size: of the negative binomial, shape (n_series,).
    """

    overall: FloatArray
    level: FloatArray
    profile: FloatArray
    size: FloatArray

    def mean(self, days: IntArray) -> FloatArray:
        """Expected demand of every period, shape (n_series, n_periods)."""
        return np.asarray(self.level * self.profile[days][None, :])


def unconstrained(panel: Panel, wanted: BoolArray) -> Estimate:
    """Expected demand of the out-of-stock periods of the wanted series.

    Series with fewer than FEWEST_SEEN periods in stock, or without any sale, are left out.

    Args:
        panel: demand with its out-of-stock flags.
        wanted: which series, shape (n_series,).

    Source:
        Dempster, Laird & Rubin 1977, Maximum likelihood from incomplete data via the EM algorithm; for lost sales with
        negative binomial demand Agrawal & Smith 1996, Estimating negative binomial demand for retail inventory
        management with unobservable lost sales, Naval Research Logistics 43. We depart in taking the spread from
        moments shrunk to the demand class, and in the drifting level.
    """
    # Series that are never short take part too: they tell the profile and the spread of their class.
    sales = _sales(panel, wanted & _known_enough(panel))
    if len(sales.units) == 0:
        empty = np.empty(0)
        return Estimate(np.empty(0, np.int64), empty, empty, empty, empty)
    state = _fitted(sales, MEMORY[panel.frequency])
    mean = np.maximum(state.mean(sales.days)[sales.short], LEAST_LEVEL)
    size = state.size[sales.short[0]]
    demand = truncated(sales.units, mean, size)
    low, high = (truncated_quantile(sales.units, mean, size, level) for level in RANGE)
    cells = panel.offsets[sales.short[0]] + sales.short[1] - panel.starts[sales.short[0]]
    return Estimate(cells, demand.mean, np.sqrt(demand.variance), low, high)


def _known_enough(panel: Panel) -> BoolArray:
    """Series with enough periods in stock and at least one sale, shape (n_series,)."""
    sold = np.bincount(rows_of(panel), weights=np.nan_to_num(panel.values), minlength=len(panel)) > 0
    return np.asarray(~panel.shorter_than(FEWEST_SEEN) & sold)


def _sales(panel: Panel, wanted: BoolArray) -> _Sales:
    dense = panel.dense()
    short = panel.dense(panel.censored, fill=0.0).astype(bool)
    open_cells = ~np.isnan(dense) & (~short | wanted[:, None])
    days = weekday(panel.calendar.periods) if panel.frequency is Frequency.DAY else np.zeros(panel.n_periods, np.int64)
    rows, columns = np.nonzero(short & open_cells)
    sold = np.where(open_cells, np.nan_to_num(dense), 0.0)
    return _Sales(
        sold, open_cells.astype(np.float64), (rows, columns), sold[rows, columns], days, demand_class(panel.observed())
    )


def _fitted(sales: _Sales, memory: float) -> _State:
    periods = np.maximum(sales.live.sum(axis=1, keepdims=True), 1.0)
    overall = np.maximum(sales.sold.sum(axis=1, keepdims=True) / periods, LEAST_LEVEL)
    state = _State(overall, np.broadcast_to(overall, sales.sold.shape), np.ones(7), np.full(len(overall), 0.5))
    for _step in range(STEADY_STEPS):
        completed, unsure = _completed(sales, state)
        overall = np.maximum(
            _without_profile(sales, state, completed).sum(axis=1, keepdims=True) / periods, LEAST_LEVEL
        )
        state = replace(state, overall=overall, level=np.broadcast_to(overall, completed.shape))
        state = replace(state, profile=_profile(sales, state, completed))
        state = replace(state, size=_size(sales, completed - state.mean(sales.days), unsure, state))
    # With the spread still free, a drifting level and a growing spread would drive each other up without bound.
    for _step in range(DRIFT_STEPS):
        completed, _unsure = _completed(sales, state)
        state = replace(state, level=_drifting(sales, state, _without_profile(sales, state, completed), memory))
    return state


def _completed(sales: _Sales, state: _State) -> tuple[FloatArray, FloatArray]:
    """Expected demand of every period given what was sold, and the variance left, each (n_series, n_periods)."""
    mean = np.maximum(state.mean(sales.days)[sales.short], LEAST_LEVEL)
    size = state.size[sales.short[0]]
    # A whole period without stock says nothing about demand, so its expectation needs no tail.
    expected, variance = mean.copy(), mean + mean**2 / size
    sold = sales.units > 0
    cut = truncated(sales.units[sold], mean[sold], size[sold])
    expected[sold], variance[sold] = cut.mean, cut.variance
    completed, unsure = sales.sold.copy(), np.zeros_like(sales.sold)
    completed[sales.short], unsure[sales.short] = expected, variance
    return completed, unsure


def _without_profile(sales: _Sales, state: _State, completed: FloatArray) -> FloatArray:
    return np.asarray(completed / state.profile[sales.days][None, :])


def _profile(sales: _Sales, state: _State, completed: FloatArray) -> FloatArray:
    """Mean ratio of demand to the level per weekday, every series counting alike, scaled to a mean of 1, shape (7,)."""
    ratio = (sales.live * completed / state.level).sum(axis=0)
    total = np.bincount(sales.days, weights=ratio, minlength=7)
    count = np.bincount(sales.days, weights=sales.live.sum(axis=0), minlength=7)
    profile = np.where(count > 0, total / np.maximum(count, 1.0), 1.0)
    return np.asarray(np.maximum(profile / profile[count > 0].mean(), 0.01))


def _size(sales: _Sales, error: FloatArray, unsure: FloatArray, state: _State) -> FloatArray:
    """Size of the negative binomial from its second moment, shrunk to the demand class's median, shape (n_series,)."""
    mean = state.mean(sales.days) * sales.live
    excess = (sales.live * (error**2 + unsure) - mean).sum(axis=1)
    own = excess / np.maximum((mean**2).sum(axis=1), LEAST_LEVEL)
    usual = np.empty(len(own))
    for name in np.unique(sales.classes.astype(str)):
        members = sales.classes == name
        usual[members] = np.median(own[members])
    periods = sales.live.sum(axis=1)
    shrunk = (periods * own + CLASS_WEIGHT * usual) / (periods + CLASS_WEIGHT)
    return np.asarray(1.0 / np.clip(shrunk, *SPREADS))


def _drifting(sales: _Sales, state: _State, steady: FloatArray, memory: float) -> FloatArray:
    """Level of each period: neighbours on both sides with weights falling by `memory`, held to the overall level."""
    # Periods first, so that every step runs over neighbouring memory.
    total, weight, overall = (steady * sales.live).T.copy(), sales.live.T.copy(), state.overall.T
    ahead, ahead_weight = total.copy(), weight.copy()
    back, back_weight = total.copy(), weight.copy()
    for t in range(1, len(total)):
        ahead[t] += memory * ahead[t - 1]
        ahead_weight[t] += memory * ahead_weight[t - 1]
        back[-1 - t] += memory * back[-t]
        back_weight[-1 - t] += memory * back_weight[-t]
    # Both sums hold the period itself.
    level = (ahead + back - total + ANCHOR * overall) / (ahead_weight + back_weight - weight + ANCHOR)
    return np.ascontiguousarray(np.clip(level, overall / MOST_DRIFT, overall * MOST_DRIFT).T)


def rounded_along(panel: Panel, cells: IntArray, excess: FloatArray) -> FloatArray:
    """Units put on top, whole where a series sells whole units: their running total stays within half a unit.

    Args:
        panel: the panel.
        cells: flat positions in ascending order, shape (n_cells,).
        excess: units to add, ≥ 0, shape (n_cells,).

    Returns:
        Units to add, unchanged for series sold by weight, shape (n_cells,).
    """
    rows = rows_of(panel)[cells]
    running = np.cumsum(excess)
    first = np.searchsorted(rows, rows, side="left")
    running -= running[first] - excess[first]
    steps = np.floor(running + 0.5)
    before = np.concatenate([[0.0], steps[:-1]])
    before[first == np.arange(len(rows))] = 0.0
    return np.where(panel.whole_units()[rows], steps - before, excess)
