"""Regression with ARIMA errors over a whole panel: the columns of drivers known ahead, and their effects by GLS."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from core.base.calendar import Frequency
from core.base.columns import PROMOTION
from core.base.types import BoolArray, FloatArray, IntArray
from core.compute.threads import over_slices
from core.models.box_jenkins import ArimaPoint, Prepared, fit_orders
from core.models.calendar_columns import priced_by_sales
from core.models.kernels.arima_regression import filter_columns
from core.series.features_drivers import (
    PRICE,
    aftermath,
    common_row,
    event_drivers,
    has_driver,
    log_price,
    run_up,
    switch,
)
from core.series.panel import Panel

REACH: Final = 4
"""Periods around the calendar's end that events reach across."""
CELLS_AT_ONCE: Final = 10_000_000
"""Filtered values held in memory at once, 8 bytes each."""
PRIOR: Final[dict[str, float]] = {PRICE: 1.5, PROMOTION: 0.7, "event": 0.5, "run_up": 0.15, "aftermath": 0.15}
"""How large an effect may be expected before seeing data, as a share of mean demand (price: per unit of its log)."""
ESTIMATED: Final = (0, 2, 3, 5, 6)
"""Columns of an order that count parameters: p, q, P, Q and the mean."""
HUGE: Final = 1e12
PATIENCE: Final = 2
"""Rounds in which noise variance and coefficients are estimated in turn."""
SLACK: Final = 0.5
"""How far beyond those seen an effect may reach, as a share of the range seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Regressors:
    """Columns that explain each series.

    Attributes:
        kinds: key of PRIOR per column, shared columns first.
        shared: shape (n_shared, n_periods).
        own: shape (n_own, n_series, n_periods).
    """

    kinds: tuple[str, ...]
    shared: FloatArray
    own: FloatArray

    def effects(self, coefficients: FloatArray) -> FloatArray:
        """Sum of column × coefficient, shape (n_series, n_periods); coefficients: shape (n_series, n_columns)."""
        n_shared = len(self.shared)
        total = coefficients[:, :n_shared] @ self.shared
        for table, coefficient in zip(self.own, coefficients[:, n_shared:].T, strict=True):
            total += coefficient[:, None] * table
        return np.asarray(total)


def regressors(history: Panel, n_ahead: int) -> Regressors:
    """Events with the days around them, promotion and log price, shape (…, n_periods + n_ahead).

    Events that all series share are shared columns; of days they also get their run-up and aftermath. The price stands
    against that of the first period known, so that it says nothing about later ones.
    """
    length = history.n_periods + n_ahead
    shared: list[tuple[str, FloatArray]] = []
    own: list[tuple[str, FloatArray]] = []
    for name in (*event_drivers(history), PROMOTION):
        if not has_driver(history, name):
            continue
        kind = PROMOTION if name == PROMOTION else "event"
        # agreement is judged over the whole plan, so that it does not depend on how far the forecast reaches
        plan = history.future_drivers[name].shape[1] if name in history.future_drivers else 0
        values = switch(history, name, max(plan, n_ahead + REACH))
        row = common_row(values, history)
        if row is None:
            own.append((kind, values[:, :length]))
            continue
        shared.append((kind, row[:length]))
        if kind == "event" and history.frequency is Frequency.DAY:
            shared += [("run_up", run_up(row)[:length]), ("aftermath", aftermath(row)[:length])]
    if has_driver(history, PRICE):
        price = log_price(history, n_ahead)
        first = np.take_along_axis(price, (~np.isnan(price)).argmax(axis=1)[:, None], axis=1)
        own.append((PRICE, np.nan_to_num(price - first)))
    return Regressors(
        tuple(kind for kind, _ in (*shared, *own)),
        np.array([row for _, row in shared]).reshape(len(shared), length),
        np.array([table for _, table in own]).reshape(len(own), len(history), length),
    )


@dataclass(frozen=True, slots=True, eq=False)
class RegressionPoint:
    """Effects of the drivers of every series, and the ARIMA of what they leave.

    Attributes:
        history: the panel learned from.
        noise: ARIMA of demand (over its season) less the effects; its own history is not looked at.
        coefficients: units per unit of a column, 0 for series explained better without, shape (n_series, n_columns).
        bounds: smallest and largest effect, units, so that nothing is extrapolated wildly, shape (n_series, 2).
    """

    rolls: ClassVar[bool] = True

    history: Panel
    noise: ArimaPoint
    coefficients: FloatArray
    bounds: FloatArray

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, ≥ 0, shape (n_origins, n_series, horizon); NaN before a series begins."""
        n_ahead = max(int(np.max(origins)) + horizon - self.history.n_periods, 0)
        columns, places = regressors(self.history, n_ahead), np.asarray(origins)
        found = columns.effects(self.coefficients)
        coming = found[:, places[:, None] + np.arange(horizon)]
        if PRICE in columns.kinds:
            coming += self._unknown(columns.own[-1], places, horizon)
        low, high = self.bounds[:, :1], self.bounds[:, 1:]
        effects, ahead = np.clip(found, low, high), np.clip(coming, low[:, :, None], high[:, :, None])
        return replace(self.noise, history=self.history).continued(origins, horizon, effects, ahead)

    def _unknown(self, price: FloatArray, origins: IntArray, horizon: int) -> FloatArray:
        """What is taken off the effects after past origins, where a price was known only once a piece was sold.

        Args:
            price: column of the log price, shape (n_series, n_periods + n_ahead).
            origins: numbers of periods known, shape (n_origins,).
            horizon: periods ahead.
        """
        sold = priced_by_sales(self.history)[:, None, None] & (origins < self.history.n_periods)[:, None]
        change = price[:, origins - 1][:, :, None] - price[:, origins[:, None] + np.arange(horizon)]
        return self.coefficients[:, -1, None, None] * np.where(sold, change, 0.0)


def fit_regression(history: Panel, ready: Prepared) -> RegressionPoint:
    """Effects and ARIMA orders of every series.

    1. An ARIMA of demand alone gives the first filter. 2. Generalised least squares: demand and regressors go through
    that filter, and a ridge regression on what comes out gives the effects. 3. The order is chosen again for demand
    less effects. 4. With that filter, the effects are estimated once more. Series whose AICc is no smaller with the
    effects (degrees of freedom: the trace of the ridge's hat matrix) keep the ARIMA alone.

    Source:
        Cochrane & Orcutt (1949), J. Am. Stat. Assoc. 44, 32–61 (in turn); Harvey & Phillips (1979), Biometrika 66,
        49–58 (ARMA errors); Hoerl & Kennard (1970) for the ridge.
    """
    alone, columns = fit_orders(history, ready, ready.standard), regressors(history, 0)
    if not columns.kinds:
        return RegressionPoint(history, alone, np.zeros((len(history), 0)), np.zeros((len(history), 2)))
    first = _effects_given(alone, ready, columns)
    left = ready.standard - columns.effects(first.coefficients)
    noise = fit_orders(history, ready, left)
    second = _effects_given(noise, ready, columns)
    better = _criteria(noise, first) < _criteria(alone, replace(first, freedom=np.zeros(len(history))))
    mixed = ArimaPoint(
        history,
        ready.profiles,
        orders=np.where(better[:, None], noise.orders, alone.orders),
        parameters=np.where(better[:, None], noise.parameters, alone.parameters),
        scales=np.where(better[:, None], noise.scales, alone.scales),
        seasons=ready.seasons,
    )
    coefficients = np.where(better[:, None], second.coefficients, 0.0) * ready.scales[:, 1:2]
    return RegressionPoint(history, mixed, coefficients, _bounds(columns.effects(coefficients), ready.demand))


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Effects on standardised demand.

    Attributes:
        coefficients: shape (n_series, n_columns).
        freedom: degrees of freedom they use up, shape (n_series,).
        counts: innovations they were learned from, shape (n_series,).
    """

    coefficients: FloatArray
    freedom: FloatArray
    counts: FloatArray


def _effects_given(noise: ArimaPoint, ready: Prepared, columns: Regressors) -> Effects:
    """Ridge regression of filtered demand on filtered columns, for given orders and parameters."""
    n_series, n_columns = len(ready.standard), len(columns.kinds)
    scales = ready.scales
    # a share of mean demand, told in standard deviations
    size = np.divide(np.abs(scales[:, 0]), scales[:, 1], out=np.zeros(n_series), where=scales[:, 1] > 0)
    prior = np.array([PRIOR[kind] for kind in columns.kinds])[None, :] * np.maximum(size, 1e-3)[:, None]
    result = Effects(np.zeros((n_series, n_columns)), np.zeros(n_series), np.zeros(n_series))
    at_once = max(CELLS_AT_ONCE // ((n_columns + 2) * ready.standard.shape[1]), 1)
    for begin in range(0, n_series, at_once):
        part = slice(begin, begin + at_once)
        rows = _filtered(noise, ready, columns, part)
        first = (
            2 + noise.seasons[part] * (1 + noise.orders[part, 4]) + noise.orders[part, 1] + noise.history.starts[part]
        )
        counted = np.arange(rows.shape[2]) >= first[:, None]
        result.counts[part] = (counted & ~np.isnan(ready.standard[part])).sum(axis=1)
        found, result.freedom[part] = _ridge(rows @ rows.transpose(0, 2, 1), result.counts[part], prior[part])
        result.coefficients[part] = np.where(scales[part, 1:2] > 0, found, 0.0)
    return result


def _filtered(noise: ArimaPoint, ready: Prepared, columns: Regressors, part: slice) -> FloatArray:
    """Regressors, a constant and demand of some series through their filters, shape (n_series, n_rows, n_periods)."""
    standard = ready.standard[part]
    rows = np.zeros((len(standard), len(columns.kinds) + 2, standard.shape[1]))
    over_slices(
        filter_columns,
        len(standard),
        standard,
        noise.history.starts[part],
        (columns.shared, np.ascontiguousarray(columns.own[:, part])),
        noise.orders[part],
        noise.parameters[part],
        noise.seasons[part],
        rows,
    )
    return rows


def _ridge(moments: FloatArray, counts: FloatArray, prior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Coefficients and degrees of freedom of every series, the penalty being noise variance over prior variance.

    Args:
        moments: sums of products of columns, constant and target, shape (n_series, n_columns + 2, n_columns + 2).
        counts: innovations summed, shape (n_series,).
        prior: standard deviation expected of each coefficient, shape (n_series, n_columns).
    """
    n_columns, known = prior.shape[1], np.maximum(counts, 1.0)
    square, cross, total = moments[:, :-1, :-1], moments[:, :-1, -1], moments[:, -1, -1]
    noise, precision = total / known, np.zeros((len(prior), n_columns + 1))
    precision[:, :n_columns] = prior**-2.0
    # the constant is free; the faintest pull makes the equations solvable where differencing has taken it off
    precision[:, n_columns] = 1e-6
    diagonal = np.eye(n_columns + 1)
    for _ in range(PATIENCE):
        penalty = np.maximum(noise, 1e-9)[:, None] * precision
        both = np.concatenate([cross[:, :, None], square], axis=2)
        solved = np.linalg.solve(square + penalty[:, :, None] * diagonal, both)
        found, hat = solved[:, :, 0], solved[:, :, 1:]
        left = total - 2 * (found * cross).sum(axis=1) + np.einsum("si,sij,sj->s", found, square, found)
        noise = np.maximum(left, 0.0) / known
    freedom = np.einsum("sii->si", hat)[:, :n_columns].sum(axis=1)
    return found[:, :n_columns], freedom


def _criteria(point: ArimaPoint, effects: Effects) -> FloatArray:
    """AICc of an ARIMA with the degrees of freedom of the effects added, shape (n_series,); infinite = too short."""
    own = point.orders[:, ESTIMATED].sum(axis=1) + 1.0
    n, whole = effects.counts, own + effects.freedom
    return point.scales[:, 2] - _penalty(own, n) + _penalty(whole, n)


def _penalty(k: FloatArray, n: FloatArray) -> FloatArray:
    """2 k n / (n − k − 1), what AICc adds to the likelihood for k parameters; huge when n is too small."""
    room = n - k - 1.0
    return np.where(room > 0, 2.0 * k * n / np.where(room > 0, room, 1.0), HUGE)


def _bounds(effects: FloatArray, demand: FloatArray) -> FloatArray:
    """Range of the effects in observed periods, widened by half of it, shape (n_series, 2)."""
    seen: BoolArray = ~np.isnan(demand)
    low = np.where(seen, effects, 0.0).min(axis=1)
    high = np.where(seen, effects, 0.0).max(axis=1)
    slack = SLACK * (high - low)
    return np.stack([low - slack, high + slack], axis=1)
