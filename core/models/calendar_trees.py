"""Trees that correct a calendar regression, grown so that past origins can be asked without having been seen."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numba
import numpy as np

from core.base.types import Float32Array, FloatArray, IntArray
from core.models.pooled import one_core
from core.models.pooled_trees import snapped

LEARNERS: Final = 3
"""Ensembles, each taught by all blocks of time but every third."""
BLOCKS_PER_YEAR: Final = 5
"""Blocks of time in a year; no multiple of the learners, so that each of them sees every season of some year."""
RATE: Final = 0.1
"""Share of each tree that counts."""
LEAVES: Final = 31
"""Leaves per tree."""
LEAST_ROWS: Final = 200
"""Rows a leaf must have: what happened once to few series is no lesson."""
COLUMNS: Final = 0.5
"""Share of the columns looked at for each split."""


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Rows that teach.

    Attributes:
        features: shape (n_rows, n_features).
        miss: actual − expected over the level at the origin, shape (n_rows,).
        weight: of each row's squared error, ≥ 0, shape (n_rows,).
        block: number of the block of time of each row's origin, shape (n_rows,).
    """

    features: Float32Array
    miss: FloatArray
    weight: FloatArray
    block: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Learners:
    """Ensembles of trees; empty when there was nothing to learn from.

    Attributes:
        members: number k was not taught by the blocks k, k + 3, k + 6 …
    """

    members: tuple[Any, ...]

    def miss(self, features: Float32Array, block: int | None) -> FloatArray:
        """What the regression will miss, over the level, shape (n_rows,).

        Args:
            features: shape (n_rows, n_features).
            block: block of time of the origin, whose outcome must not have been seen; None asks all of them.
        """
        asked = self.members if block is None else self.members[block % LEARNERS :][:1]
        # on one core: the library's own threads wait for each other longer than they work when the machine is busy
        with one_core():
            return np.asarray(np.mean([member.predict(features) for member in asked], axis=0))


def block_of(origins: IntArray, now: int, periods_per_year: float) -> IntArray:
    """Number of the block of time of each origin, counted back from now."""
    return np.asarray((now - origins) // max(round(periods_per_year / BLOCKS_PER_YEAR), 1))


def grow(lessons: Lessons, rounds: int, seed: int) -> Learners:
    """Grow all ensembles side by side, each on one core: the library's own threads crowd each other on a busy machine.

    Source:
        Friedman 2001, Annals of Statistics 29 (gradient boosting); Ke et al. 2017, LightGBM, NeurIPS 30 (bins);
        Stone 1974, JRSS B 36 (answers of those who have not seen the outcome).
    """
    # imported here, so that the threads below do not import it at the same time
    from sklearn.ensemble import HistGradientBoostingRegressor

    features = snapped(lessons.features.astype(np.float64))

    def one(number: int) -> Any:
        taught = lessons.block % LEARNERS != number
        trees = HistGradientBoostingRegressor(
            max_iter=rounds,
            learning_rate=RATE,
            max_leaf_nodes=LEAVES,
            min_samples_leaf=LEAST_ROWS,
            max_features=COLUMNS,
            early_stopping=False,
            random_state=(seed + number) % 2**32,
        )
        with one_core():
            return trees.fit(features[taught], lessons.miss[taught], lessons.weight[taught])

    if any(not lessons.weight[lessons.block % LEARNERS != number].any() for number in range(LEARNERS)):
        return Learners(())
    with ThreadPoolExecutor(min(LEARNERS, int(numba.get_num_threads()))) as pool:
        return Learners(tuple(pool.map(one, range(LEARNERS))))
