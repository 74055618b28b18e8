"""Rows for learners: what was known at an origin about a period ahead, for all series at once and without leaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.columns import PROMOTION
from core.base.types import BoolArray, FloatArray, IntArray
from core.series.features_calendar import Columns, calendar_columns
from core.series.features_drivers import (
    PRICE,
    aftermath,
    behaviour_drivers,
    eve,
    event_plans,
    has_driver,
    has_price,
    log_price,
    morrow,
    reaching,
    run_up,
    switch,
)
from core.series.features_groups import GroupHistory, group_histories
from core.series.features_history import DemandHistory, RunningSums
from core.series.panel import Panel

WINDOWS: Final[dict[Frequency, tuple[int, ...]]] = {
    Frequency.DAY: (1, 2, 4, 13, 52),
    Frequency.WEEK: (4, 8, 13, 26, 52),
    Frequency.MONTH: (2, 3, 6, 12),
}
"""Widths of the means of recent demand; for days in trading weeks, else in periods."""
LEVEL_WINDOW: Final[dict[Frequency, int]] = {Frequency.DAY: 4, Frequency.WEEK: 8, Frequency.MONTH: 4}
"""Width of the level; for days in trading weeks, else in periods."""
SEASONS_BACK: Final = 4
"""Seasons averaged at the target's place in the season."""


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """Which columns to make.

    Attributes:
        yearly_pairs: sine and cosine pairs of the yearly wave.
        drivers: whether price, promotion, events and shoppers' behaviour become columns.
        groups: whether what the whole shop, a category, a brand, a SKU over all its locations did becomes columns.
        stock_outs: whether the share of periods out of stock becomes a column, if there were any.
    """

    yearly_pairs: int = 2
    drivers: bool = True
    groups: bool = False
    stock_outs: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A driver known ahead and its running sums.

    Attributes:
        values: shape (n_series or 1, n_periods + n_ahead); one row where all series share it.
        running: sums for the mean of any window.
    """

    values: FloatArray
    running: RunningSums

    def at(self, series: IntArray, target: IntArray) -> FloatArray:
        """The value planned for each row's period, shape (n_rows,)."""
        row = series if len(self.values) > 1 else np.zeros(1, np.int64)
        return np.asarray(self.values[row, target])


@dataclass(frozen=True, slots=True, eq=False)
class FeatureSource:
    """A panel prepared to answer: what did we know at this origin about that period?

    A row is named by (series, origin, step): an origin is the number of periods known, step 1 is the period right after
    it. Demand stands in every row as a ratio to the series' level at the origin, so that large and small series can
    teach one another; where a value is unknown the neutral one stands (ratio 1, logarithm 0).

    Attributes:
        history: demand with its running sums.
        calendar: columns of the calendar for past and future periods.
        events: each holiday or event, and how near any of them is.
        promotion: strength of promotion, if the panel knows any.
        price: log price, NaN before the first known, if the panel knows any.
        priced: which series had a price of a file; that of others is what they last sold for, shape (n_series,).
        behaviour: running sums of each driver not known ahead.
        stock_outs: running sums of the share of periods out of stock, if there were any.
        groups: what the groups each series belongs to sold, by name.
        windows: widths of the means of recent demand, periods.
        level_window: width of the level, periods.
        starts: first period of each series, shape (n_series,).
    """

    history: DemandHistory
    calendar: Columns
    events: Mapping[str, Planned]
    promotion: Planned | None
    price: Planned | None
    priced: BoolArray
    behaviour: Mapping[str, RunningSums]
    stock_outs: RunningSums | None
    groups: Mapping[str, GroupHistory]
    windows: tuple[int, ...]
    level_window: int
    starts: IntArray

    @property
    def names(self) -> tuple[str, ...]:
        """Name of each column of `rows`."""
        none = np.empty(0, np.int64)
        return tuple(self._columns(none, none, none, none))

    def rows(self, series: IntArray, origins: IntArray, steps: IntArray, seen: IntArray | None = None) -> FloatArray:
        """One row of features per (series, origin, step), shape (n_rows, n_features); always finite.

        Only demand and behaviour of the first `origin` periods is read, besides what is known ahead about the target
        period: its place in the calendar, planned price, promotion and events.

        Args:
            series: index of the series, shape (n_rows,).
            origins: number of periods known, ≥ 1, shape (n_rows,).
            steps: periods ahead, 1 = the next, shape (n_rows,); origin + step − 1 must lie on the prepared calendar.
                Tables that go together by broadcasting name the rows of a whole grid, which is far quicker: what
                depends on the origin alone is then looked up once for all steps.
            seen: where demand up to the origin is partly a forecast, how many periods were truly observed; what is
                never forecast (behaviour, spread, stock-outs, groups) is read there.
        """
        columns = self._columns(series, origins, steps, origins if seen is None else seen)
        shape = np.broadcast_shapes(series.shape, origins.shape, steps.shape)
        result = np.empty((*shape, len(columns)))
        for place, values in enumerate(columns.values()):
            result[..., place] = values
        return result.reshape(-1, len(columns))

    def level(self, series: IntArray, origins: IntArray) -> FloatArray:
        """Units per period by which the demand in a row was divided, shape (n_rows,); 0 = nothing was ever sold."""
        return self.history.level(series, origins, self.level_window)

    def targets(self, series: IntArray, origins: IntArray, steps: IntArray) -> FloatArray:
        """Observed units of the period each row is about, NaN where not observed, shape (n_rows,)."""
        position = origins + steps - 1
        n_periods = self.history.observed.shape[1]
        found = self.history.observed[series, np.minimum(position, n_periods - 1)]
        return np.asarray(np.where(position < n_periods, found, np.nan))

    def _columns(self, series: IntArray, origins: IntArray, steps: IntArray, seen: IntArray) -> dict[str, FloatArray]:
        level = self.level(series, origins)
        target = origins + steps - 1
        columns = {"step": (target + 1 - seen) / self.level_window, "log_level": np.log1p(level)}
        columns |= self._memory(series, origins, steps, level)
        columns |= self._rhythm(series, origins, steps, seen)
        columns |= {name: self.calendar.values[target, k] for k, name in enumerate(self.calendar.names)}
        columns |= {name: event.at(series, target) for name, event in self.events.items()}
        columns |= self._offer(series, origins, target) | self._behaviour(series, seen)
        for name, group in self.groups.items():
            columns |= group.columns(name, series, seen, target + 1 - seen)
        return columns

    def _memory(self, series: IntArray, origins: IntArray, steps: IntArray, level: FloatArray) -> dict[str, FloatArray]:
        """Recent means and the same place in the season, over the level."""
        past = self.history
        found = {f"mean_{width}": past.recent_mean(series, origins, width) for width in self.windows}
        seasons = np.stack([past.same_season(series, origins, steps, back) for back in range(SEASONS_BACK)])
        found |= {"same_season": seasons[0], "same_season_before": seasons[1]}
        known = ~np.isnan(seasons)
        count = known.sum(axis=0)
        found["same_season_mean"] = np.where(
            count > 0, np.where(known, seasons, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan
        )
        return {name: _ratio(values, level) for name, values in found.items()}

    def _rhythm(self, series: IntArray, origins: IntArray, steps: IntArray, seen: IntArray) -> dict[str, FloatArray]:
        """Last year, growth, spread, idle share and age."""
        past, quarter = self.history, max(self.history.periods_per_year // 4, 1)
        known, level = origins - self.starts[series], self.level(series, seen)
        return {
            "last_year": np.clip(_neutral(past.last_year(series, origins, steps, self.level_window), 1.0), 0.0, 5.0),
            "growth": np.log(np.clip(_neutral(past.growth(series, origins, quarter), 1.0), 0.2, 5.0)),
            "volatility": np.minimum(_ratio(past.volatility(series, seen, quarter), level), 5.0),
            "idle_share": _neutral(past.zeros.mean(series, seen - quarter, seen), 0.0),
            "age": np.log1p(np.maximum(known, 0) / past.periods_per_year),
        }

    def _offer(self, series: IntArray, origins: IntArray, target: IntArray) -> dict[str, FloatArray]:
        """Planned promotion and price against what the level was built on."""
        columns: dict[str, FloatArray] = {}
        if self.promotion is not None:
            recent = self.promotion.running.mean(series, origins - self.level_window, origins)
            columns[PROMOTION] = self.promotion.at(series, target)
            columns["promotion_recent"] = _neutral(recent, 0.0)
        if self.price is not None:
            usual = self.price.running.mean(series, origins - self.history.periods_per_year, origins)
            lately = self.price.running.mean(series, origins - self.level_window, origins)
            now = self.price_known(series, origins, target)
            columns["price_to_usual"] = _neutral(now - usual, 0.0)
            columns["price_to_recent"] = _neutral(now - lately, 0.0)
        return columns

    def price_known(self, series: IntArray, origins: IntArray, target: IntArray) -> FloatArray:
        """Log price of a period as it was known at the origin, NaN where none was; the shape of its arguments together.

        What a piece will be sold for is only known once it is sold: of series without a price of a file that is the
        last one until the origin. Behind the history stands the plan.

        Args:
            series: index of the series.
            origins: number of periods known, ≥ 1.
            target: place of the period on the prepared calendar, from 0.

        Raises:
            ValueError: the panel knows no prices.
        """
        if self.price is None:
            raise ValueError("The panel knows no prices.")
        told = self.priced[series] | (target >= self.history.observed.shape[1])
        return self.price.at(series, np.where(told, target, np.minimum(target, origins - 1)))

    def _behaviour(self, series: IntArray, origins: IntArray) -> dict[str, FloatArray]:
        """Shoppers' behaviour of late against the quarter before, a logarithm, and how often the shelf was empty."""
        columns = {}
        if self.stock_outs is not None:
            columns["stock_out_recent"] = _neutral(
                self.stock_outs.mean(series, origins - self.level_window, origins), 0.0
            )
        for name, running in self.behaviour.items():
            lately = running.mean(series, origins - self.windows[0], origins)
            usual = running.mean(series, origins - self.history.periods_per_year // 4, origins)
            columns[f"{name}_recent"] = _neutral(np.log1p(np.maximum(lately, 0.0)), 0.0) - _neutral(
                np.log1p(np.maximum(usual, 0.0)), 0.0
            )
        return columns


def feature_source(
    panel: Panel, n_ahead: int, settings: FeatureSettings | None = None, demand: FloatArray | None = None
) -> FeatureSource:
    """Prepare a panel for feature rows.

    Args:
        panel: demand with its drivers.
        n_ahead: periods after the last one that rows may be about.
        settings: which columns to make; all by default.
        demand: what of it was observed, if less than the panel says; NaN = unknown, shape (n_series, n_periods).

    Returns:
        A source whose columns depend on the panel's frequency and drivers only, not on n_ahead.
    """
    chosen = settings or FeatureSettings()
    unit = panel.calendar.season_length if panel.frequency is Frequency.DAY else 1
    behaviour = behaviour_drivers(panel) if chosen.drivers else ()
    short = RunningSums.of(panel.dense(panel.censored.astype(np.float64))) if panel.censored.any() else None
    return FeatureSource(
        history=DemandHistory.of(panel, max(n_ahead, 0), demand, short),
        calendar=calendar_columns(panel.calendar, n_ahead, chosen.yearly_pairs),
        events=_events(panel, n_ahead) if chosen.drivers else {},
        promotion=_all(switch(panel, PROMOTION, n_ahead)) if chosen.drivers and has_driver(panel, PROMOTION) else None,
        price=_all(log_price(panel, n_ahead)) if chosen.drivers and has_driver(panel, PRICE) else None,
        priced=has_price(panel, 0) if has_driver(panel, PRICE) else np.zeros(len(panel), bool),
        behaviour={name: RunningSums.of(panel.dense(panel.drivers[name])) for name in behaviour},
        stock_outs=short if chosen.stock_outs else None,
        groups=group_histories(panel, n_ahead, unit * LEVEL_WINDOW[panel.frequency]) if chosen.groups else {},
        windows=tuple(unit * width for width in WINDOWS[panel.frequency]),
        level_window=unit * LEVEL_WINDOW[panel.frequency],
        starts=panel.starts,
    )


def grid(series: IntArray, origins: IntArray, horizon: int) -> tuple[IntArray, IntArray, IntArray]:
    """Names of the rows of every series × origin × step, series outermost.

    Returns:
        series, origins and steps, each of shape (n_series · n_origins · horizon,).
    """
    shape = (len(series), len(origins), horizon)
    steps = np.arange(1, horizon + 1)
    wide = (
        np.broadcast_to(series[:, None, None], shape),
        np.broadcast_to(np.asarray(origins)[None, :, None], shape),
        np.broadcast_to(steps[None, None, :], shape),
    )
    return wide[0].ravel(), wide[1].ravel(), wide[2].ravel()


def _events(panel: Panel, n_ahead: int) -> dict[str, Planned]:
    """One column per event, and how near any of them is before and after."""
    # a few periods more than asked for, so that the last ones see the event that comes after them
    length = panel.n_periods + max(n_ahead, 0) + 4
    events = {f"event {name}": reaching(plan, length) for name, plan in event_plans(panel).items()}
    if events:
        anything = reduce(np.maximum, events.values())
        before, after = (run_up, aftermath) if panel.frequency is Frequency.DAY else (eve, morrow)
        events |= {"events_run_up": before(anything), "events_aftermath": after(anything)}
    return {name: _all(values) for name, values in events.items()}


def _all(values: FloatArray) -> Planned:
    return Planned(values, RunningSums.of(values))


def _neutral(values: FloatArray, neutral: float) -> FloatArray:
    return np.where(np.isnan(values), neutral, values)


def _ratio(values: FloatArray, level: FloatArray) -> FloatArray:
    """Values over the level; 1 where either is unknown or nothing was ever sold."""
    return _neutral(np.where(level > 0, values / np.where(level > 0, level, 1.0), 1.0), 1.0)
