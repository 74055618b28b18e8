"""Polynomial regression: squares, cubes and products of the columns that matter most, the degree chosen."""

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.base.types import FloatArray
from core.models.pooled_fit import RowLearner, least_error
from core.models.pooled_lines import Moments, Standard
from core.models.pooled_method import PooledRegression
from core.models.pooled_rows import Rows

MULTIPLIED: Final = {2: 10, 3: 4}
"""Columns that are multiplied with one another at each degree: at most 55 and 20 terms more than a straight line."""
PENALTY: Final = 0.003
"""Ridge penalty relative to columns of variance 1."""
FARTHEST: Final = 3.0
"""Standard deviations at which a column stops counting further: a cube of more would rule the forecast."""

MOST_ROWS: Final = 100_000
"""Rows drawn to learn from; each brings up to 75 terms more than its columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Which columns are multiplied with which.

    Attributes:
        standard: brings the columns to one scale.
        products: columns of each term beyond the straight ones.
    """

    standard: Standard
    products: tuple[tuple[int, ...], ...]

    def __call__(self, features: FloatArray) -> FloatArray:
        """All terms, shape (n_rows, n_terms)."""
        straight = np.clip(self.standard(features), -FARTHEST, FARTHEST)
        wide = np.empty((len(features), straight.shape[1] + len(self.products)))
        wide[:, : straight.shape[1]] = straight
        for place, chosen in enumerate(self.products, straight.shape[1]):
            wide[:, place] = np.prod(straight[:, chosen], axis=1)
        return wide


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A weighted sum of terms, held within what it said about the rows that taught it.

    Attributes:
        terms: makes the terms.
        coefficients: per term, shape (n_terms,).
        intercept: what is expected where all terms are 0.
        low, high: range of its answers to the rows that taught it.
    """

    terms: Terms
    coefficients: FloatArray
    intercept: float
    low: float = -np.inf
    high: float = np.inf

    def expected(self, features: FloatArray) -> FloatArray:
        """What smoothing will miss, over the level, shape (n_rows,)."""
        # not a matrix product: its rounding would depend on how many rows are asked for at once
        found = np.einsum("rt,t->r", self.terms(features), self.coefficients) + self.intercept
        return np.clip(found, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Curves:
    """Polynomials to choose from.

    Attributes:
        degrees: highest powers tried, the most cautious first.
    """

    degrees: tuple[int, ...]

    def learn(self, rows: Rows, seed: int) -> Curve:  # noqa: ARG002 - nothing is drawn
        """Choose the degree on the latest rows, then fit all of them."""
        degree = self.degrees[0]
        if len(self.degrees) > 1:
            earlier, later = rows.earlier_and_later()
            degree = self.degrees[least_error([curve_through(earlier, degree) for degree in self.degrees], later)]
        return curve_through(rows, degree)


def curve_through(rows: Rows, degree: int) -> Curve:
    """The polynomial of one degree; a ridge penalty keeps terms that say nearly the same apart."""
    standard = Standard.of(rows)
    straight = Moments.of(standard(rows.features), rows.residual, rows.weight)
    terms = Terms(standard, products_of(np.abs(straight.answers), degree))
    columns = terms(rows.features)
    moments = Moments.of(columns, rows.residual, rows.weight)
    coefficients = moments.ridge(PENALTY)
    curve = Curve(terms, coefficients, moments.mean - float(moments.centre @ coefficients))
    said = columns @ coefficients + curve.intercept
    return Curve(terms, coefficients, curve.intercept, float(said.min(initial=0.0)), float(said.max(initial=0.0)))


def products_of(strength: FloatArray, degree: int) -> tuple[tuple[int, ...], ...]:
    """Products of two (and three) of the columns that go with the target most, squares and cubes among them.

    Args:
        strength: how much each column goes with the target, shape (n_columns,).
        degree: 1 = none, 2 = pairs, 3 = pairs and triples.
    """
    order = np.argsort(-strength, kind="stable")
    order = order[strength[order] > 0]
    return tuple(
        chosen
        for power in range(2, degree + 1)
        for chosen in combinations_with_replacement(sorted(order[: MULTIPLIED[power]].tolist()), power)
    )


@dataclass(frozen=True, slots=True)
class PolynomialRegression(PooledRegression):
    """A polynomial corrects simple smoothing by calendar, drivers, recent demand and what like series did.

    Source:
        Gergonne 1815, reprinted in Historia Mathematica 1 (1974); Hastie, Tibshirani and Friedman 2009, The Elements of
        Statistical Learning, section 5.1 (basis expansions) and 3.4.1 (ridge).
    """

    key: ClassVar[str] = "polynomial"
    label: ClassVar[str] = "Polynomial regression"
    most_rows: ClassVar[int] = MOST_ROWS

    degree: int = parameter(0, "Degree", low=0, high=3, help="Highest power; 0 chooses 1 to 3 on the latest periods.")

    def learner(self) -> RowLearner:
        """Polynomials up to the degree chosen, or of every degree to choose from."""
        return Curves((self.degree,) if self.degree > 0 else (1, 2, 3))
