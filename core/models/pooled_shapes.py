"""The shape of demand apart from its size, and groups of series whose demand has a like shape."""

from typing import Final

import numpy as np

from core.base.calendar import Frequency, weekday
from core.base.columns import PROMOTION
from core.base.types import AnyArray, FloatArray, IntArray
from core.compute.linear_algebra import one_thread
from core.series.features_drivers import has_driver, switch
from core.series.panel import Panel

MOST_GROUPS: Final = 6
"""Largest number of groups tried."""
MEMBERS_PER_GROUP: Final = 5
"""Series a group must have on average; fewer teach too little."""
JUDGED: Final = 1_000
"""Series on which the silhouette is computed."""


def demand_shape(history: Panel) -> FloatArray:
    """What each series' demand looks like apart from its size, shape (n_series, n_measures); always finite.

    Share of each weekday (days) and, with a year of history, of each month; log of the mean gap between sales;
    log of 1 + squared variation of the sizes sold; log growth of the second half over the first; log response to
    promotion.
    """
    observed = history.observed()
    parts = []
    if history.frequency is Frequency.DAY:
        parts.append(_profile(observed, weekday(history.calendar.periods), 7))
    months = history.calendar.periods.astype("datetime64[M]").astype(np.int64) % 12
    if len(np.unique(months)) == 12:
        parts.append(_profile(observed, months, 12))
    parts.append(_rhythm(observed))
    if has_driver(history, PROMOTION):
        promoted = switch(history, PROMOTION, 0) > 0
        parts.append(_log_ratio(_mean(observed, promoted), _mean(observed, ~promoted))[:, None])
    return np.concatenate(parts, axis=1)


def group_series(shape: FloatArray, n_groups: int, seed: int) -> IntArray:
    """Group of each series by K-Means on its standardised shape, shape (n_series,).

    Args:
        shape: measures of each series, shape (n_series, n_measures).
        n_groups: how many; 0 = the number with the largest silhouette, at most one group per five series.
        seed: root of the starts.
    """
    from sklearn.cluster import KMeans

    spread = shape.std(axis=0)
    points = (shape - shape.mean(axis=0)) / np.where(spread > 1e-9, spread, np.inf)
    n_distinct = len(np.unique(points.round(9), axis=0))
    if n_groups > 0:
        candidates = [min(n_groups, n_distinct)]
    else:
        most = min(MOST_GROUPS, len(shape) // MEMBERS_PER_GROUP, n_distinct - 1)
        candidates = list(range(2, most + 1))
    divisions = []
    with one_thread():
        for k in (candidate for candidate in candidates if candidate > 1):
            found = KMeans(k, n_init=3, random_state=seed % 2**32).fit_predict(points)
            divisions.append(found.astype(np.int64))
    return _clearest(points, divisions, seed) if divisions else np.zeros(len(shape), np.int64)


def _clearest(points: FloatArray, divisions: list[IntArray], seed: int) -> IntArray:
    """The division with the largest silhouette on a sample of the series."""
    from sklearn.metrics import silhouette_score

    if len(divisions) == 1:
        return divisions[0]
    sample = np.random.default_rng(seed).permutation(len(points))[:JUDGED]
    judged = [labels[sample] for labels in divisions]
    scores = [
        silhouette_score(points[sample], labels) if 1 < len(np.unique(labels)) < len(sample) else -1.0
        for labels in judged
    ]
    return divisions[int(np.argmax(scores))]


def _profile(observed: FloatArray, codes: IntArray, n_codes: int) -> FloatArray:
    """Mean demand at each place of the season over the sum of all, shape (n_series, n_codes)."""
    means = np.stack(
        [_mean(observed, np.broadcast_to(codes == code, observed.shape)) for code in range(n_codes)], axis=1
    )
    known = np.nan_to_num(means)
    total = known.sum(axis=1, keepdims=True)
    return np.where(total > 0, known / np.where(total > 0, total, 1.0), 1.0 / n_codes)


def _rhythm(observed: FloatArray) -> FloatArray:
    """Log mean gap between sales, log of 1 + squared variation of sizes, log growth; shape (n_series, 3)."""
    sold = np.nan_to_num(observed) > 0
    seen = ~np.isnan(observed)
    n_sold = np.maximum(sold.sum(axis=1), 1)
    gap = np.maximum(seen.sum(axis=1), 1) / n_sold
    size = np.where(sold, observed, 0.0).sum(axis=1) / n_sold
    variance = (np.where(sold, observed - size[:, None], 0.0) ** 2).sum(axis=1) / n_sold
    variation = variance / np.where(size > 0, size, 1.0) ** 2
    late = np.broadcast_to(np.arange(observed.shape[1]) >= observed.shape[1] // 2, observed.shape)
    growth = _log_ratio(_mean(observed, late), _mean(observed, ~late))
    return np.stack([np.log(gap), np.log1p(variation), growth], axis=1)


def _mean(observed: FloatArray, chosen: AnyArray) -> FloatArray:
    """Mean of the chosen observed periods, NaN where there is none, shape (n_series,)."""
    counted = chosen & ~np.isnan(observed)
    count = counted.sum(axis=1)
    return np.where(count > 0, np.where(counted, observed, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _log_ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """Log of a ratio of two means, between −2 and 2; 0 where either is unknown or zero."""
    known = (above > 0) & (below > 0)
    return np.where(known, np.clip(np.log(np.where(known, above, 1.0) / np.where(known, below, 1.0)), -2.0, 2.0), 0.0)
