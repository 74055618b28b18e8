"""K-Means-pooled regression: series of like demand shape share one linear model."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.calendar import Frequency, weekday
from core.base.parameters import parameter
from core.base.types import AnyArray, FloatArray, IntArray
from core.models.contract import Capabilities, FittedModel
from core.models.pooled import Groups, TrainingRows, mean_of_groups, one_thread, training_rows
from core.models.sampling import SampledFit, require_history
from core.series.features import FeatureSettings, feature_source
from core.series.features_calendar import DAYS_PER_YEAR
from core.series.features_drivers import PROMOTION, has_driver, switch
from core.series.panel import Panel

ROWS_PER_SERIES: Final = 200
MOST_ROWS: Final = 200_000
"""Rows drawn to learn from, as many as a small shop has to tell and no more than the time allows for a large one."""
MOST_GROUPS: Final = 6
"""Largest number of groups tried."""
MEMBERS_PER_GROUP: Final = 5
"""Series a group must have on average; fewer teach too little."""
JUDGED: Final = 1_000
"""Series on which the silhouette is computed."""


@dataclass(frozen=True, slots=True, eq=False)
class PooledDemand:
    """One linear model per group, and the panel it looks back on.

    Attributes:
        history: the panel learned from.
        settings: which features the rows have.
        groups: group of each series and the model of each group.
    """

    history: Panel
    settings: FeatureSettings
    groups: Groups

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Level at each origin × the ratio its group expects, units, shape (n_origins, n_series, horizon)."""
        n_ahead = max(int(np.max(origins)) + horizon - self.history.n_periods, 0)
        source = feature_source(self.history, n_ahead, self.settings)
        return mean_of_groups(source, self.groups, origins, horizon)


@dataclass(frozen=True, slots=True)
class KMeansRegression:
    """Series are grouped by the shape of their demand; one ridge regression per group forecasts each horizon directly.

    The target is demand over the series' own level, so that a group's members teach one another whatever their size.

    Source:
        Grouping: Lloyd 1982, IEEE Trans. Information Theory 28 (K-Means); number of groups: Rousseeuw 1987, J. Comput.
        Appl. Math. 20 (silhouette). Pooling: Montero-Manso and Hyndman 2021, Int. J. Forecasting 37.
    """

    key: ClassVar[str] = "kmeans_regression"
    label: ClassVar[str] = "K-Means-pooled regression"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=8, drivers=True, pooled=True)

    n_groups: int = parameter(
        0, "Groups", low=0, high=12, help="Number of groups of series; 0 chooses the clearest division."
    )
    penalty: float = parameter(
        10.0, "Ridge penalty", low=0.01, high=10_000.0, help="Larger values keep the effects nearer to zero."
    )
    drivers: bool = parameter(default=True, label="Use price, promotion, events and shoppers' behaviour")

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Group the series and learn one model per group.

        Raises:
            InsufficientHistoryError: a series has fewer than 8 observed periods.
        """
        require_history(history, self)
        # a yearly wave cannot be told from growth before a year has passed
        has_year = int((history.calendar.last - history.calendar.periods[0]).astype(int)) >= DAYS_PER_YEAR
        settings = FeatureSettings(yearly_pairs=2 if has_year else 0, drivers=self.drivers)
        source = feature_source(history, 0, settings)
        # no further ahead than half of the history, so that every step has outcomes to learn from
        horizon = max(1, min(history.frequency.planning_horizon, history.n_periods // 2))
        rows = training_rows(source, horizon, min(ROWS_PER_SERIES * len(history), MOST_ROWS), seed)
        member = group_series(demand_shape(history), self.n_groups, seed)
        groups = regress(rows, member, self.penalty, len(source.names))
        return SampledFit(history, PooledDemand(history, settings, groups), seed)


def regress(rows: TrainingRows, member: IntArray, penalty: float, n_features: int) -> Groups:
    """One ridge regression per group of series; a group without any row expects the level to stay."""
    from sklearn.linear_model import Ridge

    n_groups = int(member.max(initial=0)) + 1
    coefficients, intercepts = np.zeros((n_groups, n_features)), np.ones(n_groups)
    seen = np.zeros((2, n_groups, n_features))
    group_of_row = member[rows.series]
    for group in range(n_groups):
        chosen = group_of_row == group
        if not chosen.any():
            continue
        features = rows.features[chosen]
        seen[:, group] = features.min(axis=0), features.max(axis=0)
        spread = features.std(axis=0)
        # columns that hardly vary teach nothing; dividing by their spread would only magnify rounding errors
        scale = np.where(spread > 1e-6, spread, np.inf)
        with one_thread():
            fitted = Ridge(alpha=penalty).fit(
                (features - features.mean(axis=0)) / scale,
                without_outliers(rows.target[chosen], rows.weight[chosen]),
                rows.weight[chosen],
            )
        coefficients[group] = fitted.coef_ / scale
        intercepts[group] = fitted.intercept_ - features.mean(axis=0) @ coefficients[group]
    return Groups(member, coefficients, intercepts, seen)


def without_outliers(target: FloatArray, weight: FloatArray) -> FloatArray:
    """Targets brought down to the one that 99.5 % of the weight does not exceed, shape (n_rows,).

    One wholesale order a thousand times the level would bend the line of the whole group. Where sales are rare the
    bound is never below nine tenths of the sales themselves, so that they are not taken for outliers.

    Args:
        target: ratios to the level, ≥ 0, shape (n_rows,).
        weight: of each row, shape (n_rows,).
    """
    sold = target > 0
    if not weight[sold].any():
        return target
    bounds = (_weighted_quantile(target, weight, 0.995), _weighted_quantile(target[sold], weight[sold], 0.9))
    return np.minimum(target, max(bounds))


def _weighted_quantile(values: FloatArray, weight: FloatArray, level: float) -> float:
    """The smallest value that `level` of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weight[order])
    return float(values[order][min(np.searchsorted(running, level * running[-1]), len(values) - 1)])


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
