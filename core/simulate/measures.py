"""A measured outcome with its simulation error: means, ratios of sums and paired differences across paths."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from core.base.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """An outcome per series and overall, each with the standard error that comes from the number of paths.

    Attributes:
        mean: per series, NaN = undefined, shape (n_series,).
        error: standard error of `mean`, shape (n_series,).
        total: over all series (sum for amounts, ratio of sums for ratios), series without a value left out.
        total_error: standard error of `total`.
        by_path: what each path contributes to `total`: its mean is `total`, shape (n_paths,).
    """

    mean: FloatArray
    error: FloatArray
    total: float
    total_error: float
    by_path: FloatArray

    @classmethod
    def of_amount(cls, values: FloatArray) -> Self:
        """From amounts per series and path, shape (n_series, n_paths)."""
        # a series is unknown on all paths or on none, so its first path tells
        known = ~np.isnan(values[:, 0]) if values.shape[1] else np.zeros(len(values), bool)
        by_path = values[known].sum(axis=0) if known.any() else np.full(values.shape[1], np.nan)
        return cls(
            values.mean(axis=1), _standard_error(values), float(by_path.mean()),
            float(_standard_error(by_path[None, :])[0]), by_path,
        )  # fmt: skip

    @classmethod
    def of_ratio(cls, above: FloatArray, below: FloatArray) -> Self:
        """From numerators and denominators per series and path, shape (n_series, n_paths); NaN where below sums to 0.

        The error is that of a ratio estimator: the spread of above − ratio·below, over the mean of below.

        Source: Law 2015, Simulation Modeling and Analysis, section 9.5.3 (ratio estimators); Cochran 1977, eq. 2.45.
        """
        ratio, error, _influence = _ratio(above, below)
        known = ~(np.isnan(above[:, 0]) | np.isnan(below[:, 0]))
        total, total_error, by_path = _ratio(
            above[known].sum(axis=0, keepdims=True), below[known].sum(axis=0, keepdims=True)
        )
        return cls(ratio, error, float(total[0]), float(total_error[0]), by_path[0])

    def minus(self, other: Self) -> tuple[float, float]:
        """How much larger the total is than another's on the same paths, and the standard error of that difference."""
        difference = self.by_path - other.by_path
        return float(difference.mean()), float(_standard_error(difference[None, :])[0])


def _ratio(above: FloatArray, below: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Ratio of sums, its standard error, and each path's linearised share, shapes (n,), (n,), (n, n_paths)."""
    mean_below = below.mean(axis=1)
    safe = np.where(mean_below > 0, mean_below, np.nan)
    ratio = above.mean(axis=1) / safe
    influence = ratio[:, None] + (above - ratio[:, None] * below) / safe[:, None]
    return ratio, _standard_error(influence), influence


def _standard_error(values: FloatArray) -> FloatArray:
    """Standard error of the mean over the last axis; NaN for a single path."""
    n_paths = values.shape[-1]
    if n_paths < 2:
        return np.full(values.shape[:-1], np.nan)
    return np.asarray(values.std(axis=-1, ddof=1) / np.sqrt(n_paths))
