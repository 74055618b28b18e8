"""Support vector regression: small errors are free, and a curve through all rows is as flat as it can be."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.base.randomness import generator
from core.base.types import FloatArray
from core.models.pooled_fit import RowLearner
from core.models.pooled_lines import Standard
from core.models.pooled_method import PooledRegression
from core.models.pooled_rows import Rows

LINEAR, RBF = "linear", "rbf"
WAVES: Final = 150
"""Random waves that stand for the curved kernel."""
FARTHEST: Final = 3.0
"""Standard deviations at which a column stops counting further."""
MOST_ROWS: Final = 40_000
"""Rows drawn to learn from; the time grows with rows × columns."""
LEAST_SPREAD: Final = 1e-9
"""Targets that vary less are all the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Columns whose products are those of a kernel: the straight ones, and random waves for the curved kernel.

    The mean of cos(w·x + b)·cos(w·y + b) over normal w and even b is half of exp(−γ|x − y|²).

    Attributes:
        standard: brings the feature columns to one scale.
        directions: w of each wave, shape (n_features, n_waves).
        shifts: b of each wave, shape (n_waves,).

    Source:
        Rahimi and Recht 2007, Random features for large-scale kernel machines, NeurIPS 20, theorem 1.
    """

    standard: Standard
    directions: FloatArray
    shifts: FloatArray

    def __call__(self, features: FloatArray) -> FloatArray:
        """All columns, shape (n_rows, n_features + n_waves)."""
        straight = np.clip(self.standard(features), -FARTHEST, FARTHEST)
        if not len(self.shifts):
            return straight
        # not a matrix product: its rounding would depend on how many rows are asked for at once
        angle = np.einsum("rf,fw->rw", straight, self.directions) + self.shifts
        return np.concatenate([straight, np.cos(angle) * np.sqrt(2.0 / len(self.shifts))], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Flattest:
    """A weighted sum of columns, held within the targets seen.

    Attributes:
        columns: makes the columns.
        coefficients: per column.
        intercept: what is expected where all columns are 0.
        low, high: range of the targets that taught it.
    """

    columns: Waves
    coefficients: FloatArray
    intercept: float
    low: float
    high: float

    def expected(self, features: FloatArray) -> FloatArray:
        """What smoothing will miss, over the level, shape (n_rows,)."""
        found = np.einsum("rc,c->r", self.columns(features), self.coefficients) + self.intercept
        return np.clip(found, self.low, self.high)


@dataclass(frozen=True, slots=True)
class SupportVectors:
    """A support vector regression.

    Attributes:
        kernel: "linear" or "rbf".
        cost: what an error costs against a less flat curve.
        free: size of errors that cost nothing, in usual errors. [ε]
    """

    kernel: str
    cost: float
    free: float

    def learn(self, rows: Rows, seed: int) -> Flattest:
        """Fit; squared errors beyond ε cost, so that the answer is a mean and not a median."""
        from sklearn.svm import LinearSVR

        standard, rng = Standard.of(rows), generator(seed, "support vectors")
        n_features, n_waves = rows.features.shape[1], WAVES if self.kernel == RBF else 0
        active = max(int(np.isfinite(standard.scale).sum()), 1)
        columns = Waves(
            standard,
            # a kernel one unit wide per active column: γ = 1 / (number of columns), directions of variance 2γ
            rng.normal(0.0, np.sqrt(2.0 / active), (n_features, n_waves)),
            rng.uniform(0.0, 2.0 * np.pi, n_waves),
        )
        total = max(float(rows.weight.sum()), 1e-300)
        mean = float(rows.weight @ rows.residual) / total
        spread = float(np.sqrt(float(rows.weight @ (rows.residual - mean) ** 2) / total))
        bounds = float(rows.residual.min()), float(rows.residual.max())
        if spread < LEAST_SPREAD:
            return Flattest(columns, np.zeros(n_features + n_waves), mean, *bounds)
        fitted = LinearSVR(
            epsilon=self.free,
            C=self.cost,
            loss="squared_epsilon_insensitive",
            dual=False,
            intercept_scaling=10.0,
            tol=1e-3,
        ).fit(columns(rows.features), (rows.residual - mean) / spread, rows.weight)
        return Flattest(columns, fitted.coef_.ravel() * spread, mean + float(fitted.intercept_[0]) * spread, *bounds)


@dataclass(frozen=True, slots=True)
class SupportVector(PooledRegression):
    """A flat curve corrects simple smoothing by calendar, drivers, recent demand and what like series did.

    Source:
        Vapnik 1995, The Nature of Statistical Learning Theory, chapter 6; Drucker, Burges, Kaufman, Smola and Vapnik
        1997, Support vector regression machines, NeurIPS 9; Fan et al. 2008, LIBLINEAR, J. Machine Learning Research 9.
    """

    key: ClassVar[str] = "support_vector"
    label: ClassVar[str] = "Support vector regression"
    most_rows: ClassVar[int] = MOST_ROWS

    kernel: str = parameter(RBF, "Kernel", choices=(RBF, LINEAR), help="rbf: curved; linear: a straight line.")
    cost: float = parameter(0.01, "Cost of errors", low=1e-6, high=1_000.0, help="Smaller values keep it flatter.")
    free_error: float = parameter(0.1, "Free error", unit="usual errors", low=0.0, high=3.0)

    def learner(self) -> RowLearner:
        """Support vectors with the kernel chosen."""
        return SupportVectors(self.kernel, self.cost, self.free_error)
