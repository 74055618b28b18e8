"""Trees grown on feature rows whose values are sorted into bins."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from core.base.types import FloatArray
from core.models.pooled_rows import Rows

SQUARED, POISSON = "squared", "poisson"
LOSSES: Final = (SQUARED, POISSON)
LEAST_EXPECTED: Final = 0.2
"""Share of the level that a count is measured by where smoothing expects less; a factor on nothing would be nothing."""

HALF_BINS: Final = 100
BINNED_ROWS: Final = 10_000
"""Half as many values as a column may have, and rows from which those that occur often are chosen."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How trees are grown.

    Attributes:
        rounds: trees, each on what those before it left unexplained.
        rate: share of each tree that counts.
        leaves: leaves per tree, at most.
        least_rows: rows a leaf must have.
        shrinkage: weight, in rows, by which a leaf is pulled towards 0.
        columns: share of the columns looked at for each split.
        loss: "squared", or "poisson" for counts: the model then multiplies what smoothing expects.
    """

    rounds: int = 1
    rate: float = 1.0
    leaves: int = 31
    least_rows: int = 50
    shrinkage: float = 10.0
    columns: float = 1.0
    loss: str = SQUARED

    def learn(self, rows: Rows, seed: int) -> "Trees":
        """Grow the trees.

        Source:
            Friedman 2001, Annals of Statistics 29 (gradient boosting); Ke et al. 2017, LightGBM, NeurIPS 30 (bins).
        """
        from sklearn.ensemble import HistGradientBoostingRegressor

        counts = self.loss == POISSON
        usual = np.maximum(rows.features[:, -1], LEAST_EXPECTED)
        target, weight = (rows.ratio / usual, rows.weight * usual) if counts else (rows.residual, rows.weight)
        if not weight.any() or (counts and not target.any()):
            return Trees((), counts)
        grown = HistGradientBoostingRegressor(
            loss="poisson" if counts else "squared_error",
            max_iter=self.rounds,
            learning_rate=self.rate,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.least_rows,
            l2_regularization=self.shrinkage,
            max_features=self.columns,
            early_stopping=False,
            random_state=seed % 2**32,
        )
        return Trees((grown.fit(snapped(rows.features), target, weight),), counts)


def snapped(features: FloatArray) -> FloatArray:
    """Each value moved to the nearest of at most 200 that its column has, shape (n_rows, n_features).

    Half of them are quantiles of the rows; half are quantiles of the distinct values, so that what is rare (a price
    cut, the eve of an event) is still told apart in a column that is nearly always 0. Trees split halfway between
    values that occur, so they treat untouched values just the same. The library would find bins for weighted rows
    itself, but takes many times longer than growing the trees does.
    """
    table = np.array(features, order="F")
    stride = max(len(table) // BINNED_ROWS, 1)
    shares = np.linspace(0.0, 1.0, HALF_BINS)
    for column in table.T:
        usual = np.sort(column[::stride])
        distinct = np.unique(column)
        places = np.unique(np.concatenate([_at(usual, shares), _at(distinct, shares)]))
        column[:] = places[np.searchsorted((places[1:] + places[:-1]) / 2, column)]
    return table


def _at(ordered: FloatArray, shares: FloatArray) -> FloatArray:
    """The values that stand at the given shares of an ordered list."""
    return np.asarray(ordered[np.rint(shares * (len(ordered) - 1)).astype(np.int64)])


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Trees whose answers are averaged.

    Attributes:
        members: fitted ensembles or single trees.
        counts: whether they answer with a factor on what smoothing expects.
    """

    members: tuple[Any, ...]
    counts: bool = False

    def expected(self, features: FloatArray) -> FloatArray:
        """What smoothing will miss, over the level, shape (n_rows,)."""
        if not self.members:
            return np.zeros(len(features))
        answers = self.members[0].predict(features)
        for member in self.members[1:]:
            answers = answers + member.predict(features)
        answers = answers / len(self.members)
        if not self.counts:
            return np.asarray(answers)
        return np.asarray(np.maximum(features[:, -1], LEAST_EXPECTED) * answers - features[:, -1])
