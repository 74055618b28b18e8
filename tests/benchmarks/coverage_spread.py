"""How sure a measured coverage is, as all series of a shop share each date's fortune and each series has its own."""

from typing import Final

import numpy as np
from scipy.stats import t

SURE: Final = 0.95
"""Chance with which an interval is to hold the truth."""


def interval(hit: np.ndarray, date: np.ndarray, series: np.ndarray) -> tuple[float, float]:
    """Between which shares the true one lies, where outcomes of a date, and those of a series, come out alike.

    Variance of a mean clustered two ways, by dates and by series, each part times G/(G − 1), never less than by
    either alone; Student's t with one less than the fewer clusters; on the scale of log odds, since shares near 1 are
    skewed.
    Where every outcome was hit (or none), as if each date had brought a single one.

    Args:
        hit: whether each outcome fell inside what was promised, shape (n,).
        date: number of its origin, shape (n,).
        series: number of its series, shape (n,).

    Returns:
        Lowest and highest share, in [0, 1]; 0 and 1 from a single date.

    Source:
        Cameron, Gelbach & Miller (2011), section 2.3; log odds as in Korn & Graubard (1998); all alike: Clopper &
        Pearson (1934).
    """
    share, dates = float(hit.mean()), len(np.unique(date))
    if min(dates, len(np.unique(series))) < 2:
        return 0.0, 1.0
    if share in (0.0, 1.0):
        far = ((1.0 - SURE) / 2) ** (1.0 / dates)
        return (far, 1.0) if share else (0.0, 1.0 - far)
    error = hit - share
    by_date, by_series = _clustered(error, date), _clustered(error, series)
    pair = date.astype(np.int64) * (int(series.max()) + 1) + series
    variance = max(by_date + by_series - _clustered(error, pair), by_date, by_series)
    fewest = min(dates, len(np.unique(series)))
    reach = t.ppf(0.5 + SURE / 2, fewest - 1) * np.sqrt(variance) / (share * (1.0 - share))
    low, high = 1.0 / (1.0 + (1.0 - share) / share * np.exp([reach, -reach]))
    return float(low), float(high)


def _clustered(error: np.ndarray, cluster: np.ndarray) -> float:
    """Variance of the mean of errors that come out alike within clusters."""
    sums = np.bincount(np.unique(cluster, return_inverse=True)[1], error)
    return float(len(sums) / (len(sums) - 1) * np.square(sums).sum() / len(error) ** 2)
