"""Ridge regressions of many series on columns that are mostly the same for all of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Self

import numba
import numpy as np

from core.base.types import FloatArray, IntArray

BYTES_AT_ONCE: Final = 32_000_000
"""Memory for the equations of the series that a thread works on."""
NOISE_STEP: Final = 0.1
"""Noise variances closer than this, on the log scale, share their equations."""


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

    def effects(self, coefficients: FloatArray) -> FloatArray:
        """Sum of column × coefficient, shape (n_series, n_periods); coefficients: shape (n_series, n_columns)."""
        n_shared = self.shared.shape[1]
        total = coefficients[:, :n_shared] @ self.shared.T
        for k, table in enumerate(self.own):
            total = total + coefficients[:, n_shared + k, None] * table
        return np.asarray(total)


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What is to be explained, and what is believed about the coefficients before seeing it.

    Attributes:
        values: 0 where not observed, shape (n_series, n_periods).
        noise: variance of what the columns leave unexplained, shape (n_series,).
        precision: inverse prior covariance of the coefficients, shape (n_columns, n_columns).
    """

    values: FloatArray
    noise: FloatArray
    precision: FloatArray


def ridge(design: Design, targets: tuple[Target, ...], weights: FloatArray) -> list[FloatArray]:
    """Coefficients of every series that minimise Σ weight·(target − design·b)² + noise·bᵀ·precision·b.

    Sums of products are formed once per pattern of observed periods and serve all targets; equations that agree in
    pattern and noise (rounded to a tenth on the log scale) are solved once.

    Args:
        design: columns of n_periods rows.
        targets: each with its own noise and prior; together with the data the prior must determine the coefficients.
        weights: ≥ 0, 0 = not observed, shape (n_series, n_periods).

    Returns:
        Per target, coefficients of shape (n_series, n_columns).

    Source:
        Hoerl and Kennard 1970, Ridge regression, Technometrics 12, equation 2.1; Lindley and Smith 1972, JRSS B 34,
        for the penalty as noise variance over prior variance.
    """
    n_series, n_columns = len(weights), len(design.names)
    result = [np.empty((n_series, n_columns)) for _ in targets]
    size = max(1, BYTES_AT_ONCE // (8 * n_columns**2))
    pattern = np.arange(n_series) if design.own else _patterns(weights)
    order = np.argsort(pattern, kind="stable")

    def solve(first: int) -> None:
        rows = order[first : first + size]
        _leaders, heads, place = np.unique(pattern[rows], return_index=True, return_inverse=True)
        normal = _products(design, weights[rows[heads]], rows[heads])
        for target, found in zip(targets, result, strict=True):
            moments = _moments(design, weights[rows] * target.values[rows], rows)
            found[rows] = _solved(normal, place, moments, target.noise[rows], target.precision)

    # linear algebra lets go of the interpreter, so blocks of series are solved side by side
    with ThreadPoolExecutor(int(numba.get_num_threads())) as pool:
        list(pool.map(solve, range(0, n_series, size)))
    return result


def _patterns(weights: FloatArray) -> IntArray:
    """A number for each distinct row of weights, shape (n_series,)."""
    packed = np.packbits(weights > 0, axis=1)
    return np.unique(packed, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _solved(
    normal: FloatArray, place: IntArray, moments: FloatArray, noise: FloatArray, precision: FloatArray
) -> FloatArray:
    """Coefficients of some series; normal: one matrix per pattern, place: the pattern of each series."""
    level = np.round(np.log(noise) / NOISE_STEP).astype(np.int64)
    pairs, number = np.unique(np.stack([place, level]), axis=1, return_inverse=True)
    if 2 * pairs.shape[1] > len(place):
        equations = np.exp(NOISE_STEP * level)[:, None, None] * precision
        equations += normal[place]
        return np.asarray(np.linalg.solve(equations, moments[:, :, None])[:, :, 0])
    penalty = np.exp(NOISE_STEP * pairs[1])[:, None, None] * precision
    inverse = np.linalg.inv(normal[pairs[0]] + penalty)
    return np.asarray(np.matmul(moments[:, None, :], inverse[number.reshape(-1)])[:, 0])


def _moments(design: Design, weighted: FloatArray, rows: IntArray) -> FloatArray:
    """Weighted sum over periods of column × target, shape (n_rows, n_columns)."""
    own = [(weighted * table[rows]).sum(axis=1)[:, None] for table in design.own]
    return np.concatenate([weighted @ design.shared, *own], axis=1)


def _products(design: Design, weights: FloatArray, rows: IntArray) -> FloatArray:
    """Weighted sum over periods of column × column, shape (n_rows, n_columns, n_columns).

    Products of shared columns are the same for all series, so their weighted sums are matrix products.
    """
    shared, n_shared = design.shared, design.shared.shape[1]
    result = np.empty((len(weights), len(design.names), len(design.names)))
    for column in range(n_shared):
        sums = weights @ (shared[:, column:n_shared] * shared[:, column, None])
        result[:, column, column:n_shared] = sums
        result[:, column:n_shared, column] = sums
    for k, table in enumerate(design.own):
        weighted = weights * table[rows]
        crossed = [weighted @ shared]
        crossed += [(weighted * other[rows]).sum(axis=1)[:, None] for other in design.own[: k + 1]]
        sums = np.concatenate(crossed, axis=1)
        result[:, n_shared + k, : n_shared + k + 1] = sums
        result[:, : n_shared + k + 1, n_shared + k] = sums
    return result
