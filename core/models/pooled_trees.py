"""Trees grown on feature rows correct simple smoothing."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import FloatArray
from core.models.pooled_growing import POISSON, Binned, Growing, Grown
from core.models.pooled_rows import Rows

LEAST_EXPECTED: Final = 0.2
"""Share of the level that a count is measured by where smoothing expects less; a factor on nothing would be nothing."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Trees as a learner over rows; counts multiply what smoothing expects, anything else adds to it.

    Attributes:
        growing: how they are grown.
    """

    growing: Growing

    def learn(self, rows: Rows, seed: int) -> "Trees":
        """Grow the trees."""
        counts = self.growing.loss == POISSON
        usual = np.maximum(rows.features[:, -1], LEAST_EXPECTED)
        target, weight = (rows.ratio / usual, rows.weight * usual) if counts else (rows.residual, rows.weight)
        if not weight.any() or (counts and not (target * weight).any()):
            return Trees((), counts)
        return Trees((self.growing.grow(Binned.of(rows.features), target, weight, seed),), counts)


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Trees whose answers are averaged.

    Attributes:
        members: ensembles or single trees.
        counts: whether they answer with a factor on what smoothing expects.
    """

    members: tuple[Grown, ...]
    counts: bool = False

    def expected(self, features: FloatArray) -> FloatArray:
        """What smoothing will miss, over the level, shape (n_rows,)."""
        if not self.members:
            return np.zeros(len(features))
        answers = self.members[0].expected(features)
        for member in self.members[1:]:
            answers = answers + member.expected(features)
        answers = answers / len(self.members)
        if not self.counts:
            return np.asarray(answers)
        return np.asarray(np.maximum(features[:, -1], LEAST_EXPECTED) * answers - features[:, -1])
