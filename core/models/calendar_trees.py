"""Trees that correct a calendar regression, grown so that past origins can be asked without having been seen."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numba
import numpy as np

from core.base.types import FloatArray, IntArray
from core.models.pooled_growing import Binned, Growing, Grown

LEARNERS: Final = 3
"""Ensembles, each taught by all blocks of time but every third."""
BLOCKS_PER_YEAR: Final = 5
"""Blocks of time in a year; no multiple of the learners, so that each of them sees every season of some year."""
GROWING: Final = Growing(rate=0.15, leaves=31, least_rows=200, shrinkage=0.0, tree_columns=0.5)
"""How they are grown; a leaf needs many rows, since what happened once to few series is no lesson."""


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Rows that teach.

    Attributes:
        features: shape (n_rows, n_features).
        miss: actual − expected over the level at the origin, shape (n_rows,).
        weight: of each row's squared error, ≥ 0, shape (n_rows,).
        block: number of the block of time of each row's origin, shape (n_rows,).
    """

    features: FloatArray
    miss: FloatArray
    weight: FloatArray
    block: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Learners:
    """Ensembles of trees; empty when there was nothing to learn from.

    Attributes:
        members: number k was not taught by the blocks k, k + 3, k + 6 …
    """

    members: tuple[Grown, ...]

    def miss(self, features: FloatArray, block: int | None) -> FloatArray:
        """What the regression will miss, over the level, shape (n_rows,).

        Args:
            features: shape (n_rows, n_features).
            block: block of time of the origin, whose outcome must not have been seen; None asks all of them.
        """
        asked = self.members if block is None else self.members[block % LEARNERS :][:1]
        return np.asarray(np.mean([member.expected(features) for member in asked], axis=0))


def block_of(origins: IntArray, now: int, periods_per_year: float) -> IntArray:
    """Number of the block of time of each origin, counted back from now."""
    return np.asarray((now - origins) // max(round(periods_per_year / BLOCKS_PER_YEAR), 1))


def grow(lessons: Lessons, rounds: int, seed: int) -> Learners:
    """Grow all ensembles side by side.

    Source:
        Stone 1974, JRSS B 36 (answers of those who have not seen the outcome).
    """
    taught = [lessons.block % LEARNERS != number for number in range(LEARNERS)]
    if any(not lessons.weight[each].any() for each in taught):
        return Learners(())
    rows = Binned.of(lessons.features)

    def one(number: int) -> Grown:
        chosen = taught[number]
        growing = replace(GROWING, rounds=rounds)
        return growing.grow(
            Binned(rows.codes[chosen], rows.edges), lessons.miss[chosen], lessons.weight[chosen], seed + number
        )

    with ThreadPoolExecutor(min(LEARNERS, int(numba.get_num_threads()))) as pool:
        return Learners(tuple(pool.map(one, range(LEARNERS))))
