"""What the regressions share: least squares for many series at once, and rows that teach one model for all."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from core.base.randomness import generator
from core.base.types import FloatArray, IntArray
from core.series.features import FeatureSource, grid

SERIES_AT_ONCE: Final = 2_000
"""Series whose equations are held in memory at once."""
ROWS_AT_ONCE: Final = 250_000
"""Feature rows held in memory at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Columns that explain each series: some shared by all series, some of their own.

    Attributes:
        names: the shared columns first, then the own ones.
        shared: shape (n_periods, n_shared).
        own: one table per own column, each of shape (n_series, n_periods).
    """

    names: tuple[str, ...]
    shared: FloatArray
    own: tuple[FloatArray, ...]

    def between(self, first: int, end: int) -> Self:
        """The same columns for positions first … end − 1 only."""
        return type(self)(self.names, self.shared[first:end], tuple(table[:, first:end] for table in self.own))

    def of_series(self, chosen: slice) -> Self:
        """The same columns for some series only."""
        return type(self)(self.names, self.shared, tuple(table[chosen] for table in self.own))

    def effects(self, coefficients: FloatArray) -> FloatArray:
        """Sum of column × coefficient, shape (n_series, n_periods); coefficients: shape (n_series, n_columns)."""
        n_shared = self.shared.shape[1]
        total = coefficients[:, :n_shared] @ self.shared.T
        for k, table in enumerate(self.own):
            total = total + coefficients[:, n_shared + k, None] * table
        return np.asarray(total)


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What is believed about the coefficients before seeing data.

    Attributes:
        noise: variance of what the columns leave unexplained, shape (n_series,).
        precision: inverse prior covariance of the coefficients, shape (n_columns, n_columns).
    """

    noise: FloatArray
    precision: FloatArray


def ridge(design: Design, target: FloatArray, weights: FloatArray, prior: Prior) -> FloatArray:
    """Coefficients of every series that minimise Σ weight·(target − design·b)² + noise·bᵀ·precision·b.

    The normal equations of many series are formed and solved together.

    Args:
        design: columns of n_periods rows.
        target: what to explain, 0 where the weight is 0, shape (n_series, n_periods).
        weights: ≥ 0, 0 = not observed, shape (n_series, n_periods).
        prior: pulls the coefficients towards 0; together with the data it must determine them.

    Returns:
        Coefficients, shape (n_series, n_columns).

    Source:
        Hoerl and Kennard 1970, Ridge regression, Technometrics 12, equation 2.1; Lindley and Smith 1972, JRSS B 34,
        for the penalty as noise variance over prior variance.
    """
    result = np.empty((len(target), len(design.names)))
    for first in range(0, len(target), SERIES_AT_ONCE):
        chosen = slice(first, first + SERIES_AT_ONCE)
        part, known = design.of_series(chosen), weights[chosen]
        normal = _products(part, known) + prior.noise[chosen, None, None] * prior.precision
        weighted = known * target[chosen]
        own = [(weighted * table).sum(axis=1)[:, None] for table in part.own]
        moments = np.concatenate([weighted @ part.shared, *own], axis=1)
        result[chosen] = np.linalg.solve(normal, moments[:, :, None])[:, :, 0]
    return result


def _products(design: Design, weights: FloatArray) -> FloatArray:
    """Weighted sum over periods of column × column, shape (n_series, n_columns, n_columns).

    Products of shared columns are the same for all series, so their weighted sums are one matrix product.
    """
    n_shared, n_columns = design.shared.shape[1], len(design.names)
    result = np.empty((len(weights), n_columns, n_columns))
    row, column = np.triu_indices(n_shared)
    sums = weights @ (design.shared[:, row] * design.shared[:, column])
    result[:, row, column] = sums
    result[:, column, row] = sums
    for k, table in enumerate(design.own):
        weighted = weights * table
        crossed = weighted @ design.shared
        result[:, n_shared + k, :n_shared] = crossed
        result[:, :n_shared, n_shared + k] = crossed
        for other, beside in enumerate(design.own[: k + 1]):
            paired = (weighted * beside).sum(axis=1)
            result[:, n_shared + k, n_shared + other] = paired
            result[:, n_shared + other, n_shared + k] = paired
    return result


@dataclass(frozen=True, slots=True, eq=False)
class TrainingRows:
    """Rows that teach a model shared by many series.

    Attributes:
        series: index of the series of each row, shape (n_rows,).
        features: shape (n_rows, n_features).
        target: demand over the level at the origin, a ratio, shape (n_rows,).
        weight: of each row's squared error, 0 to 1: (level / mean of the series)², so that an error counts in units of
            its series. A level near nothing makes any sale a ratio of thousands, which would drown all other rows.
            Shape (n_rows,).
    """

    series: IntArray
    features: FloatArray
    target: FloatArray
    weight: FloatArray


def training_rows(source: FeatureSource, horizon: int, n_rows: int, seed: int) -> TrainingRows:
    """A random sample of (series, origin, step) whose outcome is known.

    Sampling keeps the time bounded however many series there are; half of the rows look no further ahead than a third
    of the horizon, where most decisions fall.

    Args:
        source: the panel prepared for rows.
        horizon: steps ahead to learn, periods.
        n_rows: rows to draw; those without an observed outcome or any sale before are then left out.
        seed: root of the draw.
    """
    rng = generator(seed, "training rows")
    n_series, n_periods = source.history.observed.shape
    # in order, so that looking up the history reads memory forward
    series = np.sort(rng.integers(n_series, size=n_rows))
    near = rng.random(n_rows) < 0.5
    steps = rng.integers(1, np.where(near, max(horizon // 3, 1), horizon) + 1)
    # a season must be known at the origin; where a series is too short for that, as much of it as there is
    lowest = np.minimum(source.starts[series] + source.level_window, (source.starts[series] + n_periods) // 2)
    highest = np.maximum(n_periods - steps, lowest)
    origins = np.maximum(rng.integers(lowest, highest + 1), 1)
    target, level = source.targets(series, origins, steps), source.level(series, origins)
    keep = (level > 0) & ~np.isnan(target)
    series, origins, steps, level = series[keep], origins[keep], steps[keep], level[keep]
    usual = _mean_sold(source.history.observed)[series]
    weight = np.minimum(level / np.where(usual > 0, usual, level), 1.0) ** 2
    return TrainingRows(series, source.rows(series, origins, steps), target[keep] / level, weight)


def _mean_sold(observed: FloatArray) -> FloatArray:
    """Mean of what each series sold, units per period, 0 where nothing was observed, shape (n_series,)."""
    seen = ~np.isnan(observed)
    return np.asarray(np.where(seen, observed, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1))


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """One linear model per group of series, over feature rows.

    Attributes:
        member: group of each series, shape (n_series,).
        coefficients: shape (n_groups, n_features).
        intercepts: shape (n_groups,).
        seen: lowest and highest value of each feature that taught the group, shape (2, n_groups, n_features); rows are
            brought into that range, so that a straight line is not followed to where nobody has been.
    """

    member: IntArray
    coefficients: FloatArray
    intercepts: FloatArray
    seen: FloatArray

    def ratios(self, series: IntArray, rows: FloatArray) -> FloatArray:
        """Expected demand over the level of each row, ≥ 0, shape (n_rows,)."""
        group = self.member[series]
        expected = np.empty(len(series))
        for number in np.unique(group):
            chosen = group == number
            within = np.clip(rows[chosen], self.seen[0, number], self.seen[1, number])
            # not a matrix product: its rounding would depend on how many rows are asked for at once
            expected[chosen] = np.einsum("rf,f->r", within, self.coefficients[number]) + self.intercepts[number]
        return np.maximum(expected, 0.0)


def one_thread() -> AbstractContextManager[Any]:
    """Keeps linear algebra on one thread: same bytes on every machine, and no waiting for a busy core.

    Only libraries already imported are held back, so import what computes before entering.
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)


def mean_of_groups(source: FeatureSource, groups: Groups, origins: IntArray, horizon: int) -> FloatArray:
    """Expected units after each origin, NaN where a series had not begun, shape (n_origins, n_series, horizon)."""
    n_series = len(source.starts)
    result = np.full((len(origins), n_series, horizon), np.nan)
    size = max(1, ROWS_AT_ONCE // horizon)
    for place, origin in enumerate(origins):
        started = np.flatnonzero(source.starts < origin)
        for first in range(0, len(started), size):
            chosen = started[first : first + size]
            series, known, steps = grid(chosen, np.array([origin]), horizon)
            expected = groups.ratios(series, source.rows(series, known, steps)) * source.level(series, known)
            result[place, chosen] = expected.reshape(len(chosen), horizon)
    return result
