"""What is kept of sample paths: they themselves, quantiles of single periods, quantiles of their totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.base.types import AnyArray, Float32Array, FloatArray, IntArray
from core.models.kernels.sampling import PILOTS, at_places


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles:
    """Where some quantiles stand and where they go.

    Attributes:
        places: of each level among the ascending values of all paths, counted from 0, shape (n_levels,).
        units: receives them, shape (n_series, ..., n_levels).
    """

    places: FloatArray
    units: AnyArray

    def take(self, rows: Any, ordered: AnyArray) -> None:
        """Note the quantiles of some series from their ascending values (last axis)."""
        self.units[rows] = at_places(ordered, self.places)


def linear(levels: Sequence[float], n: int) -> FloatArray:
    """Places of quantiles among n ascending values, the ends being the extremes (type 7, Hyndman & Fan 1996)."""
    return np.asarray(levels, np.float64) * (n - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Harvest:
    """What is wanted of the paths of every series, filled while they are drawn a few series at a time.

    Attributes:
        n_paths: paths of each series.
        horizon: periods of each path.
        paths: receives them, shape (n_paths, n_series, horizon); None = they are not kept.
        each: quantiles of single periods, units of shape (n_series, horizon − gap, n_levels); None = not wanted.
        totals: quantiles of the sum of the same periods, units of shape (n_series, n_levels); None = not wanted.
        gap: first periods of which no quantile is wanted.
        pilots: first paths on which the lift by the floor and the ranks of totals are measured, an even number; paths
            are the same as far as this number and the seed are.
    """

    n_paths: int
    horizon: int
    paths: Float32Array | None = None
    each: Quantiles | None = None
    totals: Quantiles | None = None
    gap: int = 0
    pilots: int = PILOTS

    def keep(self, rows: slice | IntArray, drawn: AnyArray) -> None:
        """Take what is wanted of some series.

        Args:
            rows: which series.
            drawn: their paths, units, shape (n_rows, n_paths, horizon).
        """
        if self.paths is not None:
            self.paths[:, rows] = drawn.swapaxes(0, 1)
        if self.each is None and self.totals is None:
            return
        periods = np.array(drawn[:, :, self.gap :].swapaxes(1, 2), order="C")
        if self.totals is not None:
            self.totals.take(rows, np.sort(periods.sum(axis=1, dtype=np.float64), axis=-1))
        if self.each is not None:
            periods.sort(axis=-1)
            self.each.take(rows, periods)
