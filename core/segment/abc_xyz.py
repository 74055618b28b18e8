"""ABC by how much of the money a SKU moves, XYZ by how evenly it sells."""

from typing import Final

import numpy as np

from core.base.errors import ParameterError
from core.base.types import AnyArray, FloatArray

A_SHARE: Final = 0.80
B_SHARE: Final = 0.95
X_CUT: Final = 0.5
Y_CUT: Final = 1.0


def abc(amount: FloatArray, a_share: float = A_SHARE, b_share: float = B_SHARE) -> AnyArray:
    """Class of each SKU by its place in the running total of `amount` (Pareto), texts of shape (n_series,).

    A holds the largest SKUs up to and including the one that passes a_share of the total, B those up to b_share, C
    the rest and everything without any amount. SKUs of the same amount share the better class: where all are equal,
    none matters less than another.

    Args:
        amount: revenue, margin or units over a year, ≥ 0; NaN counts as 0, shape (n_series,).
        a_share: cut-off of A as a fraction of the total.
        b_share: cut-off of B, a_share < b_share < 1.

    Raises:
        ParameterError: the cut-offs are not in that order.

    Example:
        >>> abc(np.array([80.0, 15.0, 4.0, 1.0])).tolist()
        ['A', 'B', 'C', 'C']
    """
    if not 0 < a_share < b_share < 1:
        raise ParameterError(f"ABC cut-offs must rise between 0 and 1; {a_share} and {b_share} were given.")
    known = np.nan_to_num(amount)
    order = np.argsort(-known, kind="stable")
    total = known.sum()
    ranked = known[order]
    first_alike = np.searchsorted(-ranked, -ranked)
    before = np.empty(len(known))
    before[order] = (np.cumsum(ranked) - ranked)[first_alike] / (total if total > 0 else 1.0)
    classes = np.select([before < a_share - 1e-12, before < b_share - 1e-12], ["A", "B"], "C")
    return np.asarray(np.where(known > 0, classes, "C"), dtype=object)


def xyz(variation: FloatArray, x_cut: float = X_CUT, y_cut: float = Y_CUT) -> AnyArray:
    """Class by coefficient of variation: X even (≤ 0.5), Y varying (≤ 1.0), Z erratic or unknown, (n_series,).

    Args:
        variation: standard deviation / mean of weekly (or monthly) units, NaN = unknown, shape (n_series,).
        x_cut: upper end of X.
        y_cut: upper end of Y.
    """
    return np.asarray(np.select([variation <= x_cut, variation <= y_cut], ["X", "Y"], "Z"), dtype=object)


def coefficient_of_variation(dense: FloatArray, periods_per_bucket: int) -> FloatArray:
    """Standard deviation over mean of units per bucket (a week of days, say), NaN without demand, shape (n_series,).

    Args:
        dense: units, NaN = not observed, shape (n_series, n_periods); the oldest incomplete bucket is left out.
        periods_per_bucket: periods summed before the variation is taken, so that weekdays do not count as variation.
    """
    n_buckets = dense.shape[1] // periods_per_bucket
    kept = dense[:, dense.shape[1] - n_buckets * periods_per_bucket :].reshape(
        len(dense), n_buckets, periods_per_bucket
    )
    known = ~np.isnan(kept)
    full = known.sum(axis=2) > 0
    mean_units = np.nansum(kept, axis=2) / np.maximum(known.sum(axis=2), 1)
    count = np.maximum(full.sum(axis=1), 1)
    mean = (mean_units * full).sum(axis=1) / count
    spread = np.sqrt((((mean_units - mean[:, None]) ** 2) * full).sum(axis=1) / count)
    return np.asarray(np.where(mean > 0, spread / np.where(mean > 0, mean, 1.0), np.nan))
