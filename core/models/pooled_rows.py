"""Rows that teach one model for all series: what simple smoothing missed, told by what was known at the origin."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from core.base.calendar import Frequency
from core.base.randomness import generator
from core.base.types import BoolArray, FloatArray, IntArray
from core.compute.threads import over_slices
from core.models import season
from core.models.kernels import smoothing
from core.series.features import FeatureSettings, FeatureSource, feature_source
from core.series.panel import Panel

ROWS_AT_ONCE: Final = 20_000
"""Feature rows made at once by each thread: few enough to stay in a core's cache."""
LATER_SHARE: Final = 0.2
"""Share of the rows' target periods, the latest, that judge the settings chosen on the earlier ones."""

LEAST_ROWS: Final = 30
"""Rows by which settings may be judged."""


@dataclass(frozen=True, slots=True, eq=False)
class Smoothing:
    """What simple smoothing learned from a panel.

    Attributes:
        weights: share of each error that moves the level, shape (n_series,). [α]
        profile: ratio of each weekday, shape (n_series, 7).
    """

    weights: FloatArray
    profile: FloatArray

    @classmethod
    def of(cls, panel: Panel) -> Self:
        """Choose the weight of every series and take the shape of its week."""
        profile = season.weekly_profile(panel)
        return cls(smoothing.best_weights(season.without_profile(panel, profile)), profile)


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """What simple smoothing with a weekday profile says; the pooled models learn what it misses.

    Attributes:
        learned: weights and profile of each series.
        levels: smoothed units per average period after 0 … n_periods periods, NaN before the first observation,
            shape (n_periods + 1, n_series).
        place: weekday of each past and prepared period, 0 for weeks and months, shape (n_periods + n_ahead,).
    """

    learned: Smoothing
    levels: FloatArray
    place: IntArray

    @classmethod
    def of(cls, panel: Panel, n_ahead: int, learned: Smoothing) -> Self:
        """Roll the levels along a panel."""
        steady = season.without_profile(panel, learned.profile)
        levels = smoothing.levels_after(steady, learned.weights, np.arange(panel.n_periods + 1))
        places = season.phases(panel.calendar, n_ahead)
        return cls(learned, levels, places if panel.frequency is Frequency.DAY else np.zeros_like(places))

    def at(self, series: IntArray, origins: IntArray, steps: IntArray) -> FloatArray:
        """Units expected per row, 0 where nothing was observed yet; arguments go together by broadcasting."""
        return np.nan_to_num(self.levels[origins, series]) * self.ratio(series, origins + steps - 1)

    def ratio(self, series: IntArray, target: IntArray) -> FloatArray:
        """What the season multiplies the level of each target period by."""
        return np.asarray(self.learned.profile[series, self.place[target]])


@dataclass(frozen=True, slots=True, eq=False)
class RowSource:
    """A panel prepared for rows of features with what smoothing expects beside them.

    Attributes:
        features: answers what was known at an origin.
        baseline: answers what smoothing would have said.
    """

    features: FeatureSource
    baseline: Baseline

    @classmethod
    def of(cls, panel: Panel, n_ahead: int, settings: FeatureSettings, learned: Smoothing) -> Self:
        """Prepare a panel; n_ahead: periods after its end that rows may be about."""
        return cls(feature_source(panel, n_ahead, settings), Baseline.of(panel, n_ahead, learned))

    @property
    def names(self) -> tuple[str, ...]:
        """Name of each column of `rows`; the last one is what smoothing expects, over the level."""
        return (*self.features.names, "baseline")

    def rows(self, series: IntArray, origins: IntArray, steps: IntArray) -> FloatArray:
        """One row per (series, origin, step), named by tables that go together by broadcasting."""
        level = self.features.level(series, origins)
        return with_baseline(
            self.features.rows(series, origins, steps), over(self.baseline.at(series, origins, steps), level)
        )


def with_baseline(features: FloatArray, expected: FloatArray) -> FloatArray:
    """Feature rows with one column more; expected: ratios to the level, any shape of as many entries."""
    return np.concatenate([features, expected.reshape(-1, 1)], axis=1)


def over(units: FloatArray, level: FloatArray) -> FloatArray:
    """Units over the level, 0 where nothing was ever sold."""
    return np.where(level > 0, units / np.where(level > 0, level, 1.0), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows that teach a model shared by many series.

    Attributes:
        series: index of the series of each row, shape (n_rows,).
        target: position of the period each row is about, shape (n_rows,).
        origin: number of periods known, shape (n_rows,).
        features: shape (n_rows, n_features); the last column is what smoothing expects, over the level.
        ratio: demand over the level at the origin, extreme ones held down, shape (n_rows,).
        weight: of each row's squared error, 0 to 1: (level / usual change of the series)², so that an error counts in
            units of its series. A level near nothing makes any sale a ratio of thousands, which would drown all other
            rows. Shape (n_rows,).
    """

    series: IntArray
    target: IntArray
    origin: IntArray
    features: FloatArray
    ratio: FloatArray
    weight: FloatArray

    @property
    def residual(self) -> FloatArray:
        """What smoothing missed, over the level, shape (n_rows,)."""
        return self.ratio - self.features[:, -1]

    def where(self, chosen: BoolArray | IntArray) -> Self:
        """The chosen rows only (a mask, or row numbers that may repeat)."""
        return type(self)(
            series=self.series[chosen],
            target=self.target[chosen],
            origin=self.origin[chosen],
            features=self.features[chosen],
            ratio=self.ratio[chosen],
            weight=self.weight[chosen],
        )

    def earlier_and_later(self) -> tuple[Self, Self]:
        """Rows whose outcome was known at a date, and rows that looked ahead from that date on.

        Where either side would be too small to tell anything, all rows and none.
        """
        cut = int(np.quantile(self.target, 1.0 - LATER_SHARE)) if len(self.target) else 0
        known, ahead = self.target < cut, self.origin >= cut
        enough = min(known.sum(), ahead.sum()) >= LEAST_ROWS
        return self.where(known | ~enough), self.where(ahead & enough)


def draw_rows(source: RowSource, horizon: int, n_rows: int, seed: int) -> Rows:
    """A random sample of (series, origin, step) whose outcome is known.

    Sampling keeps the time bounded however many series there are; half of the rows look no further ahead than a third
    of the horizon, where most decisions fall.

    Args:
        source: the panel prepared for rows.
        horizon: steps ahead to learn, periods.
        n_rows: rows to draw; those without an observed outcome or any sale before are then left out.
        seed: root of the draw.
    """
    rng, known = generator(seed, "training rows"), source.features
    n_series, n_periods = known.history.observed.shape
    # in order, so that looking up the history reads memory forward
    series = np.sort(rng.integers(n_series, size=n_rows))
    near = rng.random(n_rows) < 0.5
    steps = rng.integers(1, np.where(near, max(horizon // 3, 1), horizon) + 1)
    # a season must be known at the origin; where a series is too short for that, as much of it as there is
    lowest = np.minimum(known.starts[series] + known.level_window, (known.starts[series] + n_periods) // 2)
    highest = np.maximum(n_periods - steps, lowest)
    origins = np.maximum(rng.integers(lowest, highest + 1), 1)
    target, level = known.targets(series, origins, steps), known.level(series, origins)
    keep = (level > 0) & ~np.isnan(target)
    series, origins, steps, level = series[keep], origins[keep], steps[keep], level[keep]
    weight = np.minimum(level / usual_change(known.history.observed)[series], 1.0) ** 2
    return Rows(
        series=series,
        target=origins + steps - 1,
        origin=origins,
        features=_rows_of(source, series, origins, steps),
        ratio=without_outliers(target[keep] / level, weight),
        weight=weight,
    )


def _rows_of(source: RowSource, series: IntArray, origins: IntArray, steps: IntArray) -> FloatArray:
    """Feature rows, made by all threads."""
    result = np.empty((len(series), len(source.names)))

    def make(begin: int, end: int) -> None:
        for first in range(begin, end, ROWS_AT_ONCE):
            part = slice(first, min(first + ROWS_AT_ONCE, end))
            result[part] = source.rows(series[part], origins[part], steps[part])

    over_slices(make, len(series))
    return result


def usual_change(observed: FloatArray) -> FloatArray:
    """Root mean squared change from one period to the next, but no less than the mean, units, shape (n_series,); > 0.

    Source:
        Makridakis, Spiliotis and Assimakopoulos 2022, Int. J. Forecasting 38: the scale of RMSSE.
    """
    change = np.diff(observed, axis=1)
    known = ~np.isnan(change)
    square = np.where(known, change, 0.0) ** 2
    root = np.sqrt(square.sum(axis=1) / np.maximum(known.sum(axis=1), 1))
    seen = ~np.isnan(observed)
    mean = np.where(seen, observed, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    usual = np.maximum(root, mean)
    return np.where(usual > 0, usual, 1.0)


def without_outliers(target: FloatArray, weight: FloatArray) -> FloatArray:
    """Targets brought down to the one that 99.5 % of the weight does not exceed, shape (n_rows,).

    One wholesale order a thousand times the level would bend the model of the whole group. Where sales are rare the
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
