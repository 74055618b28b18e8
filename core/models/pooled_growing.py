"""Trees grown one after the other on rows whose values were sorted into bins; each learns what is left unexplained."""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from core.base.randomness import generator
from core.base.types import AnyArray, Float32Array, FloatArray, IntArray
from core.models.kernels import trees

SQUARED, POISSON = "squared", "poisson"
LOSSES: Final = (SQUARED, POISSON)
HALF_BINS: Final = trees.MOST_BINS // 2
SORTED_ROWS: Final = 10_000
"""Rows from which the values of a column are chosen, of all and of those that differ from the middle one."""
LEAST_PULL: Final = 1e-6
"""Part of the mean curvature of a row by which a leaf is pulled towards 0 at least, so that it always has an answer."""


@dataclass(frozen=True, slots=True, eq=False)
class Binned:
    """Rows as trees see them.

    Attributes:
        codes: bin of each row and column, uint8, shape (n_rows, n_columns).
        edges: of each column, value up to which rows belong to each of its bins but the last, ascending.
    """

    codes: AnyArray
    edges: tuple[FloatArray, ...]

    @classmethod
    def of(cls, features: AnyArray) -> Self:
        """Sort rows into at most 64 bins per column, around values that the column has; features: (n_rows, n_columns).

        Half of these values are quantiles of the rows; half are quantiles of the distinct values, so that what is rare
        (a price cut, the eve of an event) is still told apart in a column that is nearly always 0. The edges lie
        halfway between.
        """
        table = np.array(features.T, np.float64, order="C")
        codes = np.empty(features.shape, np.uint8)
        stride = max(len(features) // SORTED_ROWS, 1)
        shares, edges = np.linspace(0.0, 1.0, HALF_BINS), []
        for number, column in enumerate(table):
            usual = np.sort(column[::stride])
            # what is rare differs from the middle value, which is all that a column of flags mostly holds
            rest = column[column != usual[len(usual) // 2]]
            distinct = np.unique(np.concatenate([usual, rest[:: max(len(rest) // SORTED_ROWS, 1)]]))
            places = np.unique(np.concatenate([_at(usual, shares), _at(distinct, shares)]))
            edges.append((places[1:] + places[:-1]) / 2)
            codes[:, number] = np.searchsorted(edges[-1], column)
        return cls(codes, tuple(edges))


def _at(ordered: FloatArray, shares: FloatArray) -> FloatArray:
    """The values that stand at the given shares of an ordered list."""
    return np.asarray(ordered[np.rint(shares * (len(ordered) - 1)).astype(np.int64)])


@dataclass(frozen=True, slots=True)
class Growing:
    """How trees are grown.

    Attributes:
        rounds: trees, each on what those before it left unexplained.
        rate: share of each tree that counts.
        leaves: leaves per tree, at most.
        least_rows: rows a leaf must have.
        shrinkage: weight, in rows, by which a leaf is pulled towards 0.
        columns: share of the columns looked at for each split.
        tree_columns: share of the columns that each tree sees at all.
        loss: "squared", or "poisson" for counts.
    """

    rounds: int = 1
    rate: float = 1.0
    leaves: int = 31
    least_rows: int = 50
    shrinkage: float = 10.0
    columns: float = 1.0
    tree_columns: float = 1.0
    loss: str = SQUARED

    def grow(self, rows: Binned, target: FloatArray, weight: FloatArray, seed: int) -> "Grown":
        """Grow the trees; there must be some weight, and of counts something other than 0.

        Source:
            Friedman 2001, Annals of Statistics 29 (gradient boosting); Ke et al. 2017, LightGBM, NeurIPS 30 (bins); Ho
            1998, IEEE Trans. Pattern Analysis and Machine Intelligence 20 (each tree sees some of the columns).
        """
        counts, rng = self.loss == POISSON, generator(seed, "trees")
        mean = float(np.average(target, weights=weight))
        base = float(np.log(mean)) if counts else mean
        said = np.full(len(target), base)
        found = [self._tree(rows, self._errors(said, target, weight), rng, said) for _ in range(self.rounds)]
        nodes = trees.Nodes(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
        sizes = np.array([len(tree.left) for tree in found])
        roots = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        within = nodes.left > 0
        nodes.left[within] += np.repeat(roots, sizes)[within].astype(np.int32)
        cuts = np.array(
            [rows.edges[k][int(cut)] for k, cut in zip(nodes.column[within], nodes.cut[within], strict=True)]
        )
        nodes.cut[within] = cuts
        return Grown(nodes, roots, base, counts)

    def _errors(self, said: FloatArray, target: FloatArray, weight: FloatArray) -> tuple[Float32Array, Float32Array]:
        """First and second derivative of each row's loss."""
        expected = np.exp(said) if self.loss == POISSON else said
        curves = weight * expected if self.loss == POISSON else weight
        return (weight * (expected - target)).astype(np.float32), curves.astype(np.float32)

    def _tree(
        self, rows: Binned, errors: tuple[Float32Array, Float32Array], rng: np.random.Generator, said: FloatArray
    ) -> trees.Nodes:
        """One more tree, with bins for cuts; what it answers is added to what was said."""
        n_rows, n_columns = rows.codes.shape
        columns = np.arange(n_columns)
        if self.tree_columns < 1.0:
            columns = np.sort(rng.permutation(n_columns)[: max(round(self.tree_columns * n_columns), 1)])
        pull = max(self.shrinkage, LEAST_PULL * float(errors[1].mean()))
        leaves = max(min(self.leaves, n_rows // max(self.least_rows, 1)), 1)
        shape = trees.Shape(leaves, self.least_rows, pull, self.columns, np.uint64(rng.integers(2**63)))
        room = 2 * leaves - 1
        nodes = trees.Nodes(np.zeros(room, np.int32), np.zeros(room), np.zeros(room, np.int32), np.zeros(room))
        work = trees.work(n_rows, len(columns), leaves)
        size = trees.grow(np.take(rows.codes, columns, axis=1), *errors, shape, work, nodes)
        nodes.answer[:] *= self.rate
        trees.add_leaves(work, nodes, (size + 1) // 2, said)
        return trees.Nodes(columns[nodes.column[:size]].astype(np.int32), *(each[:size] for each in nodes[1:]))


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """Trees whose answers add up.

    Attributes:
        nodes: of all trees.
        roots: first node of each, shape (n_trees,).
        base: what is said before any tree.
        counts: whether the sum is the logarithm of what is expected.
    """

    nodes: Any
    roots: IntArray
    base: float
    counts: bool

    def expected(self, features: FloatArray) -> FloatArray:
        """What is expected of each row, shape (n_rows,); features: shape (n_rows, n_columns)."""
        sums = np.full(len(features), self.base)
        trees.add_answers(features, self.nodes, self.roots, sums)
        return np.exp(sums) if self.counts else sums
