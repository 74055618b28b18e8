"""Decision tree: rows split again and again by the question that tells most, the number of leaves chosen."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.base.parameters import parameter
from core.models.pooled_fit import RowLearner, least_error
from core.models.pooled_growing import Growing
from core.models.pooled_method import PooledRegression
from core.models.pooled_rows import Rows
from core.models.pooled_trees import Growth, Trees

LEAVES: Final = (8, 32, 128)
"""Numbers of leaves tried."""


@dataclass(frozen=True, slots=True)
class TreeOfSize:
    """A single tree.

    Attributes:
        leaves: numbers of leaves to choose from, the most cautious first.
    """

    leaves: tuple[int, ...]

    def learn(self, rows: Rows, seed: int) -> Trees:
        """Choose the number of leaves on the latest rows, then grow the tree on all of them."""
        sizes = [Growth(Growing(leaves=leaves)) for leaves in self.leaves]
        if len(sizes) == 1:
            return sizes[0].learn(rows, seed)
        earlier, later = rows.earlier_and_later()
        return sizes[least_error([size.learn(earlier, seed) for size in sizes], later)].learn(rows, seed)


@dataclass(frozen=True, slots=True)
class DecisionTree(PooledRegression):
    """One tree corrects simple smoothing by calendar, drivers, recent demand and what like series did.

    Coarser than a forest or boosted trees, but it can be read: every forecast is the mean of one kind of past row.

    Source:
        Breiman, Friedman, Olshen and Stone 1984, Classification and Regression Trees, chapter 8.
    """

    key: ClassVar[str] = "decision_tree"
    label: ClassVar[str] = "Decision tree"
    stock_outs: ClassVar[bool] = True

    leaves: int = parameter(
        0, "Leaves", low=0, high=4_096, help="At most; 0 chooses 8, 32 or 128 on the latest periods."
    )

    def learner(self) -> RowLearner:
        """A tree of the size chosen, or of several to choose from."""
        return TreeOfSize(LEAVES if self.leaves == 0 else (max(self.leaves, 2),))
