"""Random forest: many deep trees, each grown on other rows and asked other questions, averaged."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.base.randomness import generator
from core.models.pooled_fit import RowLearner
from core.models.pooled_growing import Growing, Grown
from core.models.pooled_method import PooledRegression
from core.models.pooled_rows import Rows
from core.models.pooled_trees import Growth, Trees

ROWS_PER_TREE: Final = 20_000
"""Rows each tree is grown on, drawn with replacement."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees on bootstrap samples.

    Attributes:
        trees: their number.
        growth: how each is grown.
    """

    trees: int
    growth: Growth

    def learn(self, rows: Rows, seed: int) -> Trees:
        """Grow every tree on rows drawn with replacement."""
        rng = generator(seed, "random forest")
        n_rows = len(rows.target)
        members: list[Grown] = []
        for _tree in range(self.trees):
            drawn = np.sort(rng.integers(n_rows, size=min(n_rows, ROWS_PER_TREE)))
            members += self.growth.learn(rows.where(drawn), int(rng.integers(2**31))).members
        return Trees(tuple(members))


@dataclass(frozen=True, slots=True)
class RandomForest(PooledRegression):
    """Averaged trees correct simple smoothing by calendar, drivers, recent demand and what like series did.

    Source:
        Breiman 2001, Random forests, Machine Learning 45.
    """

    key: ClassVar[str] = "random_forest"
    label: ClassVar[str] = "Random forest"
    stock_outs: ClassVar[bool] = True

    trees: int = parameter(30, "Trees", low=1, high=1_000)
    leaves: int = parameter(200, "Leaves per tree", low=2, high=4_096)
    columns: float = parameter(
        0.33, "Columns per split", low=0.01, high=1.0, help="Share of the columns that each split may ask about."
    )

    def learner(self) -> RowLearner:
        """Deep trees, each on rows of its own."""
        growth = Growth(Growing(leaves=self.leaves, least_rows=20, shrinkage=1.0, columns=self.columns))
        return Forest(self.trees, growth)
