"""Straight lines through feature rows: columns brought to one scale, and least squares from weighted sums alone."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from core.base.types import FloatArray
from core.models.pooled_rows import Rows

ROWS_AT_ONCE = 50_000
"""Rows whose products are summed at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """Brings each column to mean 0 and spread 1, inside the range that was seen.

    Attributes:
        mean: weighted mean of each column, shape (n_features,).
        scale: its standard deviation; infinite for columns that hardly vary: they teach nothing, and dividing by their
            spread would only magnify rounding errors. Shape (n_features,).
        low, high: the range seen; rows are brought into it, so that a line is not followed to where nobody has been.
    """

    mean: FloatArray
    scale: FloatArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def of(cls, rows: Rows) -> Self:
        """Read means, spreads and ranges off the rows."""
        weight = rows.weight / max(float(rows.weight.sum()), 1e-300)
        mean = weight @ rows.features
        spread = np.sqrt(np.maximum(weight @ rows.features**2 - mean**2, 0.0))
        scale = np.where(spread > 1e-6, spread, np.inf)
        return cls(mean, scale, rows.features.min(axis=0), rows.features.max(axis=0))

    def __call__(self, features: FloatArray) -> FloatArray:
        """The columns on one scale, shape (n_rows, n_features)."""
        return (np.clip(features, self.low, self.high) - self.mean) / self.scale


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """All that least squares needs to know of the rows.

    Attributes:
        products: weighted mean of column × column, shape (n_columns, n_columns).
        answers: weighted mean of column × (target − its mean), shape (n_columns,).
        centre: weighted mean of each column, shape (n_columns,).
        mean: weighted mean of the target.
    """

    products: FloatArray
    answers: FloatArray
    centre: FloatArray
    mean: float

    @classmethod
    def of(cls, columns: FloatArray, target: FloatArray, weight: FloatArray) -> Self:
        """Sum up rows; columns: shape (n_rows, n_columns)."""
        share = weight / max(float(weight.sum()), 1e-300)
        centre, mean = share @ columns, float(share @ target)
        products = np.zeros((columns.shape[1], columns.shape[1]))
        for first in range(0, len(columns), ROWS_AT_ONCE):
            part = columns[first : first + ROWS_AT_ONCE]
            products += (share[first : first + ROWS_AT_ONCE, None] * part).T @ part
        answers = (share * (target - mean)) @ columns
        return cls(products - np.outer(centre, centre), answers, centre, mean)

    def ridge(self, penalty: float) -> FloatArray:
        """Coefficients of ridge regression, shape (n_columns,); penalty: relative to columns of variance 1.

        Source:
            Hoerl and Kennard 1970, Technometrics 12, equation 2.1.
        """
        return np.asarray(np.linalg.solve(self.products + penalty * np.eye(len(self.answers)), self.answers))

    def elastic_net(self, penalty: float, share: float, sweeps: int = 300) -> FloatArray:
        """Coefficients that minimise ½·mean squared error + penalty·(share·Σ|b| + ½·(1 − share)·Σb²).

        Coordinate descent on the weighted sums: each sweep costs the square of the number of columns, whatever the
        number of rows.

        Args:
            penalty: relative to columns of variance 1.
            share: how much of the penalty is on absolute values (1 = lasso), fraction.
            sweeps: at most so many rounds over all columns.

        Source:
            Zou and Hastie 2005, JRSS B 67 (elastic net); Friedman, Hastie and Tibshirani 2010, J. Statistical Software
            33, equation 5 (coordinate descent).
        """
        found = np.zeros(len(self.answers))
        bound, shrink = penalty * share, np.diag(self.products) + penalty * (1.0 - share)
        left = self.answers.copy()
        tolerance = 1e-6 * float(np.abs(self.answers).max(initial=0.0))
        for _sweep in range(sweeps):
            moved = 0.0
            for k in np.flatnonzero(shrink > 0):
                pull = left[k] + self.products[k, k] * found[k]
                new = np.sign(pull) * max(abs(pull) - bound, 0.0) / shrink[k]
                if new != found[k]:
                    left -= self.products[k] * (new - found[k])
                    moved = max(moved, abs(new - found[k]))
                    found[k] = new
            if moved <= tolerance:
                break
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A weighted sum of feature columns.

    Attributes:
        standard: brings the columns to one scale.
        coefficients: per column, shape (n_features,).
        intercept: what is expected of an average row.
    """

    standard: Standard
    coefficients: FloatArray
    intercept: float

    @classmethod
    def through(cls, standard: Standard, moments: Moments, coefficients: FloatArray) -> Self:
        """The line with these coefficients whose mean error over the rows is 0."""
        return cls(standard, coefficients, moments.mean - float(moments.centre @ coefficients))

    def expected(self, features: FloatArray) -> FloatArray:
        """What smoothing will miss, over the level, shape (n_rows,)."""
        seen, per_unit = self.standard, self.coefficients / self.standard.scale
        # not a matrix product: its rounding would depend on how many rows are asked for at once
        moved = np.einsum("rf,f->r", np.clip(features, seen.low, seen.high), per_unit)
        return np.asarray(moved + (self.intercept - float(seen.mean @ per_unit)))
