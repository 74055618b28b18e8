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
from core.clean.negative_binomial import truncated, truncated_quantile
from core.series.blocks import parts
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
AT_A_TIME: Final = 256
"""Series whose levels are followed side by side; two years of so many days fit into the cache."""
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
    """What the loop works on: sums over the weekdays of each series, and each out-of-stock period of its own.

    Attributes:
        sold: units of the periods in stock, shape (n_series, 7); weeks and months count as one weekday.
        squares: sum of their squares, units², shape (n_series,).
        live: periods on sale, out of stock or not, shape (n_series, 7).
        classes: demand class of each series, shape (n_series,).
        cells: flat position of each out-of-stock period, shape (n_short,).
        places: of each of those, 7 · series + weekday, shape (n_short,).
        units: sold in those, shape (n_short,).
    """

    sold: FloatArray
    squares: FloatArray
    live: FloatArray
    classes: AnyArray
    cells: IntArray
    places: IntArray
    units: FloatArray

    def short(self, values: FloatArray) -> FloatArray:
        """Values of the out-of-stock periods added up, shape (n_series, 7)."""
        total = np.bincount(self.places, weights=values, minlength=self.sold.size)
        return np.asarray(total.reshape(self.sold.shape), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """What the loop has learned.

    Attributes:
        overall: level, shape (n_series,).
        profile: ratio of each weekday, shape (7,); all 1 for weeks and months.
        size: of the negative binomial, shape (n_series,).
    """

    overall: FloatArray
    profile: FloatArray
    size: FloatArray

    def mean(self) -> FloatArray:
        """Expected demand of each weekday, shape (n_series, 7)."""
        return self.overall[:, None] * self.profile


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
    if not panel.censored.any():
        return _nothing()
    # Series that are never short take part too: they tell the profile and the spread of their class.
    sales = _sales(panel, wanted)
    if not len(sales.units):
        return _nothing()
    state = _steady(sales)
    mean = _drifted(panel, sales, state)
    size = state.size[sales.places // 7]
    demand = truncated(sales.units, mean, size)
    low, high = (truncated_quantile(sales.units, mean, size, level) for level in RANGE)
    return Estimate(sales.cells, demand.mean, np.sqrt(demand.variance), low, high)


def _nothing() -> Estimate:
    empty = np.empty(0)
    return Estimate(np.empty(0, np.int64), empty, empty, empty, empty)


def _days(panel: Panel) -> IntArray:
    """Weekday of each period, 0 for weeks and months, shape (n_periods,)."""
    daily = panel.frequency is Frequency.DAY
    return weekday(panel.calendar.periods) if daily else np.zeros(panel.n_periods, np.int64)


def _sales(panel: Panel, wanted: BoolArray) -> _Sales:
    days, n = _days(panel), len(panel)
    sold, squares, live = np.zeros((n, 7)), np.zeros(n), np.zeros((n, 7))
    classes, short = np.empty(n, dtype=object), []
    for part in parts(panel):
        own, at = part.panel, part.series
        rows, place = own.rows, own.rows * 7 + days[own.columns]
        on_sale = ~np.isnan(own.values) & (~own.censored | (wanted[at] & _known_enough(own))[rows])
        kept, cut = on_sale & ~own.censored, np.flatnonzero(on_sale & own.censored)
        units = own.values[kept]
        sold[at] = np.bincount(place[kept], weights=units, minlength=7 * len(own)).reshape(-1, 7)
        squares[at] = np.bincount(rows[kept], weights=units**2, minlength=len(own))
        live[at] = np.bincount(place[on_sale], minlength=7 * len(own)).reshape(-1, 7)
        classes[at] = demand_class(own.observed())
        short.append((cut + part.cells.start, place[cut] + 7 * at.start, own.values[cut]))
    cells, places, lost = (np.concatenate(column) for column in zip(*short, strict=True))
    return _Sales(sold, squares, live, classes, cells, places, lost)


def _known_enough(panel: Panel) -> BoolArray:
    """Series with enough periods in stock and at least one sale, shape (n_series,)."""
    sold = np.bincount(panel.rows, weights=np.nan_to_num(panel.values), minlength=len(panel)) > 0
    return np.asarray(~panel.shorter_than(FEWEST_SEEN) & sold)


def _steady(sales: _Sales) -> _State:
    """Level, profile and spread with one level per series."""
    periods = np.maximum(sales.live.sum(axis=1), 1.0)
    overall = np.maximum((sales.sold + sales.short(sales.units)).sum(axis=1) / periods, LEAST_LEVEL)
    state = _State(overall, np.ones(7), np.full(len(overall), 0.5))
    for _step in range(STEADY_STEPS):
        mean = np.maximum(state.mean().ravel()[sales.places], LEAST_LEVEL)
        expected, unsure = _completed(sales.units, mean, state.size[sales.places // 7])
        demand = sales.sold + sales.short(expected)
        state = replace(state, overall=np.maximum((demand / state.profile).sum(axis=1) / periods, LEAST_LEVEL))
        state = replace(state, profile=_profile(sales, state, demand))
        squares = sales.squares + sales.short(expected**2 + unsure).sum(axis=1)
        state = replace(state, size=_size(sales, state, demand, squares))
    return state


def _completed(units: FloatArray, mean: FloatArray, size: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Expected demand of out-of-stock periods given what was sold, and the variance left, each (n_short,)."""
    # A whole period without stock says nothing about demand, so its expectation needs no tail.
    expected, variance, sold = mean.copy(), mean + mean**2 / size, units > 0
    cut = truncated(units[sold], mean[sold], size[sold])
    expected[sold], variance[sold] = cut.mean, cut.variance
    return expected, variance


def _profile(sales: _Sales, state: _State, demand: FloatArray) -> FloatArray:
    """Mean ratio of demand to the level per weekday, every series counting alike, scaled to a mean of 1, shape (7,)."""
    total, count = (demand / state.overall[:, None]).sum(axis=0), sales.live.sum(axis=0)
    profile = np.where(count > 0, total / np.maximum(count, 1.0), 1.0)
    return np.asarray(np.maximum(profile / profile[count > 0].mean(), 0.01))


def _size(sales: _Sales, state: _State, demand: FloatArray, squares: FloatArray) -> FloatArray:
    """Size of the negative binomial from its second moment, shrunk to the demand class's median, shape (n_series,).

    The squared errors of a series are Σ D² − 2 Σ m D + Σ m² with the mean m of each weekday, so sums by weekday do.
    """
    mean = state.mean()
    expected, level = (mean * sales.live).sum(axis=1), (mean**2 * sales.live).sum(axis=1)
    excess = squares - 2.0 * (mean * demand).sum(axis=1) + level - expected
    own, usual = excess / np.maximum(level, LEAST_LEVEL), np.empty(len(level))
    for name in np.unique(sales.classes.astype(str)):
        members = sales.classes == name
        usual[members] = np.median(own[members])
    periods = sales.live.sum(axis=1)
    shrunk = (periods * own + CLASS_WEIGHT * usual) / (periods + CLASS_WEIGHT)
    return np.asarray(1.0 / np.clip(shrunk, *SPREADS))


def _drifted(panel: Panel, sales: _Sales, state: _State) -> FloatArray:
    """Expected demand of each out-of-stock period before its sales are looked at, by drifting levels, shape (n_short,).

    With the spread still free, a drifting level and a growing spread would drive each other up without bound. So spread
    and profile stay, every series is on its own, and only those that were ever short need a level.
    """
    bare, profile = replace(panel, drivers={}, future_drivers={}, attributes={}), state.profile[_days(panel)]
    series, begins = sales.places // 7, panel.offsets[:-1] - panel.starts
    owners, mean = np.unique(series), np.empty(len(series))
    for first in range(0, len(owners), AT_A_TIME):
        chosen = owners[first : first + AT_A_TIME]
        own = slice(*np.searchsorted(series, [chosen[0], chosen[-1] + 1]))
        short = _Short(
            places=(sales.cells[own] - begins[series[own]], np.searchsorted(chosen, series[own])),
            units=sales.units[own],
            size=state.size[series[own]],
        )
        level = _Level(state.overall[chosen], profile, MEMORY[panel.frequency])
        mean[own] = _drifting(bare.take(chosen).dense().T, short, level)
    return mean


@dataclass(frozen=True, slots=True, eq=False)
class _Short:
    """Out-of-stock periods of a few series: period and series, units sold, size of their distribution, (n_short,)."""

    places: tuple[IntArray, IntArray]
    units: FloatArray
    size: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Overall level of a few series, the weekday ratio of each period, and the weight of a neighbouring period."""

    overall: FloatArray
    profile: FloatArray
    memory: float


def _drifting(demand: FloatArray, short: _Short, level: _Level) -> FloatArray:
    """Expected demand of the out-of-stock periods, the level of each held to the overall one, shape (n_short,).

    Args:
        demand: units, NaN = not on sale, shape (n_periods, n_series): every step runs over neighbouring memory.
        short: its out-of-stock periods.
        level: what is known of the series' levels.
    """
    live = np.where(np.isnan(demand), 0.0, 1.0)
    completed, weight = np.nan_to_num(demand), _both_ways(live, level.memory) + ANCHOR
    profile, low, high = level.profile[short.places[0]], level.overall / MOST_DRIFT, level.overall * MOST_DRIFT
    mean = np.maximum(level.overall[short.places[1]] * profile, LEAST_LEVEL)
    for _step in range(DRIFT_STEPS):
        completed[short.places] = _completed(short.units, mean, short.size)[0]
        total = _both_ways(completed / level.profile[:, None] * live, level.memory)
        drifted = np.clip((total + ANCHOR * level.overall) / weight, low, high)
        mean = np.maximum(drifted[short.places] * profile, LEAST_LEVEL)
    return np.asarray(mean)


def _both_ways(values: FloatArray, memory: float) -> FloatArray:
    """Each period with its neighbours on both sides, weights falling by `memory`, shape (n_periods, n_series)."""
    ahead, back = values.copy(), values.copy()
    for t in range(1, len(values)):
        ahead[t] += memory * ahead[t - 1]
        back[-1 - t] += memory * back[-t]
    # Both sums hold the period itself.
    return np.asarray(ahead + back - values)


def rounded_along(panel: Panel, cells: IntArray, excess: FloatArray) -> FloatArray:
    """Units put on top, whole where a series sells whole units: their running total stays within half a unit.

    Args:
        panel: the panel.
        cells: flat positions in ascending order, shape (n_cells,).
        excess: units to add, ≥ 0, shape (n_cells,).

    Returns:
        Units to add, unchanged for series sold by weight, shape (n_cells,).
    """
    rows = panel.rows[cells]
    running = np.cumsum(excess)
    first = np.searchsorted(rows, rows, side="left")
    running -= running[first] - excess[first]
    steps = np.floor(running + 0.5)
    before = np.concatenate([[0.0], steps[:-1]])
    before[first == np.arange(len(rows))] = 0.0
    return np.where(panel.whole_units()[rows], steps - before, excess)
