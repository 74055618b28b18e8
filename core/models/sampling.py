"""From a point forecast to demand paths whose sums over a lead time are as uncertain as they were in the past."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.base.errors import InsufficientHistoryError
from core.base.types import BoolArray, Float32Array, FloatArray
from core.models import calibration, trajectories, waking
from core.models.contract import ForecastModel, PointForecaster
from core.models.groundwork import Groundwork, groundwork, past_usual
from core.models.kernels import sampling
from core.models.trajectories import Pools, Trajectories
from core.series.forecast import DemandPaths, Forecast
from core.series.panel import Panel

PREDICTION_PATHS = sampling.PILOTS
"""Paths behind the quantiles of a forecast."""


def require_history(history: Panel, model: ForecastModel | type[ForecastModel]) -> None:
    """Refuse a panel in which some series are shorter than the method needs.

    Raises:
        InsufficientHistoryError: names the SKUs that have too few observed periods.
    """
    needed = model.capabilities.min_history
    short = history.shorter_than(needed)
    if short.any():
        raise InsufficientHistoryError.for_skus(model.label, needed, [str(sku) for sku in history.skus[short]])


@dataclass(frozen=True, slots=True, eq=False)
class SampledFit:
    """A fitted method whose uncertainty is taken from the errors it would have made in the past.

    Half of the paths are Gaussian errors pushed through a smoothing recursion (level += α·ε), so that errors
    accumulate; half are whole error vectors seen at up to ten past origins, the SKU's own with chance K/(K + 5) and
    otherwise those of its demand class and volume, scaled to its present size. Paths are lowered before the floor at
    zero, so that the floor does not lift their mean, and made whole for SKUs that count whole units. The draws of a
    SKU depend on its name, the seed and the vectors of its class, never on its place in the panel.

    Totals of the next weeks are then bent as past totals strayed from paths drawn at past origins; the mean stays. Only
    where the forecast has sunk far below usual demand may paths have a higher mean, by what such SKUs sold after all.

    Attributes:
        history: the panel the method was fitted to.
        point: says what the method would have expected at any origin.
        seed: root of the random streams of `predict`.
        of_sums: whether the series are sums of many; their Gaussian errors then accumulate no faster than their own
            error vectors grew, because the smoothing weight of a smooth total follows its seasons and events.
    """

    history: Panel
    point: PointForecaster
    seed: int
    of_sums: bool = False

    def mean(self, horizon: int) -> FloatArray:
        """Expected units per period, shape (n_series, horizon); 0 for series that never sold or have not begun."""
        expected = self.point.mean_at(np.array([self.history.n_periods]), horizon)[0]
        return np.where(never_sold(self.history)[:, None], 0.0, np.nan_to_num(expected))

    def predict(self, horizon: int, levels: Sequence[float]) -> Forecast:
        """Mean and quantiles for the next `horizon` trading periods, from 384 paths."""
        unkept = np.zeros((PREDICTION_PATHS, 0, horizon), np.float32)
        return self._drawn(self.seed, levels, unkept)

    def simulate(self, horizon: int, n_paths: int, rng: np.random.Generator) -> DemandPaths:
        """Joint sample paths, float32; one number is taken from `rng`, the streams of the SKUs follow from it."""
        return self.predict_and_simulate((), n_paths, horizon, rng)[1]

    def predict_and_simulate(
        self, levels: Sequence[float], n_paths: int, horizon: int, rng: np.random.Generator
    ) -> tuple[Forecast, DemandPaths]:
        """Joint sample paths as `simulate` draws them, and the mean with the quantiles of these very paths."""
        units = np.zeros((n_paths, len(self.history), horizon), np.float32)
        forecast = self._drawn(int(rng.integers(2**62)), levels, units)
        return forecast, DemandPaths(units, forecast.skus, forecast.locations, forecast.periods)

    def _drawn(self, salt: int, levels: Sequence[float], paths: Float32Array) -> Forecast:
        """Draw into `paths` and take the quantiles; paths: shape (n_paths, n_series or 0 to keep none, horizon)."""
        horizon = paths.shape[2]
        mean = self.mean(horizon)
        quantiles = np.zeros((*mean.shape, len(levels)))
        if mean.size and len(paths):
            self.draw(mean, salt, paths, (np.asarray(levels, np.float64), quantiles))
        return Forecast(
            skus=self.history.skus,
            locations=self.history.locations,
            periods=self.history.calendar.following(horizon),
            levels=tuple(levels),
            quantiles=quantiles,
            mean=mean,
        )

    def draw(self, mean: FloatArray, salt: int, paths: Float32Array, wanted: tuple[FloatArray, FloatArray]) -> None:
        """Draw paths around the mean.

        Args:
            mean: units per period, shape (n_series, horizon).
            salt: root of the streams of all SKUs.
            paths: where they go, shape (n_paths, n_series or 0 to keep none, horizon).
            wanted: quantile levels, and where the quantiles go, shape (n_series, horizon, n_levels).
        """
        basis = basis_of(self.history, self.point, mean, salt, of_sums=self.of_sums)
        sampling.sample(basis, wanted[0], paths, wanted[1])


def never_sold(history: Panel) -> BoolArray:
    """Which series were observed but sold nothing in any period, shape (n_series,)."""
    known = groundwork(history)
    return np.asarray((known.seen > 0) & ~known.sold)


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How far a series strays from its forecast.

    Attributes:
        alpha: share of an error that stays in the level, shape (n_series,).
        average: mean observed units per period, shape (n_series,).
        rms: typical error of one period, units, shape (n_series,).
        quiet: series without any error in the past, shape (n_series,).
    """

    alpha: FloatArray
    average: FloatArray
    rms: FloatArray
    quiet: BoolArray


def growth_of(past: Trajectories) -> FloatArray:
    """The weight at which smoothing errors would grow as the error vectors did, in [0, 1], shape (n_series,).

    Solves 1 + α²(h − 1) = mean square of the last errors / mean square of the first ones, h between their middles.
    """
    width = max(min(past.block // 4, 28), 1)
    squares = np.where(past.known[:, :, None], np.square(past.errors, dtype=np.float64), 0.0).sum(axis=1)
    first, last = squares[:, :width].mean(axis=1), squares[:, -width:].mean(axis=1)
    growth = np.where(first > 0, last / np.where(first > 0, first, 1.0), 1.0) - 1.0
    return np.asarray(np.sqrt(np.clip(growth / max(past.block - width, 1), 0.0, 1.0)))


def spread_of(known: Groundwork, past: Trajectories, *, of_sums: bool = False) -> Spread:
    """Typical one-step error of each series, its own past errors mixed with those of simple smoothing.

    The mean square of the vectors' errors is brought to one step by 1 + α²(block − 1)/2, the growth of the variance of
    simple smoothing over the block (Hyndman et al. 2008, table 6.1). Series too short for either take the median
    ratio of error to mean demand of the others; without others, the square root of mean demand.
    """
    seen, average, simple = known.seen, known.average, known.simple
    alpha = np.minimum(known.alpha, growth_of(past)) if of_sums else known.alpha
    own = past.rms() / np.sqrt(1.0 + alpha**2 * (past.block - 1) / 2)
    weight = past.trust()
    rms = np.sqrt(weight * own**2 + (1 - weight) * simple**2)
    told = (seen > trajectories.MIN_OBSERVED) & (average > 0)
    ratio = np.median(rms[told] / average[told]) if told.any() else np.nan
    guess = np.sqrt(average) if np.isnan(ratio) else ratio * average
    # running totals leave rounding errors of this size on constant demand
    tiny = 1e-9 * average
    return Spread(
        alpha=alpha,
        average=average,
        rms=np.where(seen > trajectories.MIN_OBSERVED, rms, guess),
        quiet=(past.counts >= 2) & (own <= tiny) & (simple <= tiny),
    )


def basis_of(
    history: Panel, point: PointForecaster, mean: FloatArray, salt: int, *, of_sums: bool = False
) -> sampling.Basis:
    """What the sampler needs for paths around `mean`, units per period, shape (n_series, horizon)."""
    horizon, n_periods, season_length = mean.shape[1], history.n_periods, history.calendar.season_length
    ground = groundwork(history)
    seen = trajectories.look_back(point, history, *trajectories.rolling_origins(n_periods, horizon, season_length))
    past = seen.trajectories(n_periods)
    wake = waking.waking(seen, past_usual(history, ground, seen.origins))

    def drawn_at(known: Groundwork, expected: FloatArray, past: Trajectories) -> sampling.Basis:
        # the same draws whatever the seed, so that predictions and simulations are bent alike
        return unbent(known, expected, spread_of(known, past, of_sums=of_sums), past, Draw(0, span, wake))

    span = min(calibration.span_of(history, horizon), seen.block)
    basis = unbent(ground, mean, spread_of(ground, past, of_sums=of_sums), past, Draw(salt, span, wake))
    if span < seen.block:
        seen = trajectories.look_back(point, history, *trajectories.rolling_origins(n_periods, span, season_length))
    if seen.block != span:
        return basis
    bends, bend = calibration.learn(history, mean, seen, drawn_at)
    return basis._replace(bends=bends, bend=np.where(basis.bend >= 0, bend, -1))


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """What every series of a draw has in common.

    Attributes:
        seed: of the random streams.
        span: periods in the total that is bent.
        wake: share of usual demand that sunk SKUs sell, those gone silent and the others, shape (2,).
    """

    seed: int
    span: int
    wake: FloatArray


def unbent(known: Groundwork, mean: FloatArray, spread: Spread, past: Trajectories, draw: Draw) -> sampling.Basis:
    """What the sampler needs while the totals of the paths stay as they are drawn."""
    # one memory layout: the sampler is compiled for each it meets
    mean = np.ascontiguousarray(mean)
    thirds = trajectories.volume_tercile(spread.average, known.classes)
    pooled = trajectories.pools(known.classes, thirds, past.counts, known.streams)
    # one size per forecast: scaling each period by its own size would undo the season's shape
    now = mean.mean(axis=1)
    vectors = np.asarray(past.errors / size_of(past.levels, spread, known.whole)[:, :, None], np.float32)
    own = np.asarray(np.where(spread.quiet, 1.0, past.trust()), np.float64)
    alive = mean.any(axis=1) | (spread.average > 0)
    expected, usual = mean.sum(axis=1), mean.shape[1] * spread.average
    woken = waking.sunk(expected, usual) * usual * draw.wake[np.where(known.silent, 0, 1)]
    return sampling.Basis(
        mean=mean,
        sigma=np.where(alive, spread.rms * np.sqrt(level_ratio(now, spread.average)), 0.0),
        alpha=spread.alpha,
        scale=np.where(alive, size_of(now[:, None], spread, known.whole)[:, 0], 0.0),
        own=own,
        group=pooled.group,
        centre=centre_of(vectors, past, pooled, own),
        vectors=vectors,
        counts=past.counts,
        members=pooled.members,
        bounds=pooled.bounds,
        target=expected + woken,
        whole=known.whole,
        streams=np.random.SeedSequence(draw.seed).generate_state(1, np.uint64)[0]
        ^ (known.streams.astype(np.uint64) << np.uint64(31)),
        bends=np.zeros((1, calibration.RANKS)),
        bend=np.where(alive & ~spread.quiet, 0, -1),
        span=draw.span,
        usual=np.maximum(mean[:, : draw.span].sum(axis=1), 0.25 * draw.span * spread.average),
    )


def level_ratio(level: FloatArray, average: FloatArray) -> FloatArray:
    """Present size against average size, both raised by 10 % of the average so that a dormant SKU keeps some spread."""
    base = np.where(average > 0, 1.1 * average, 1.0)
    return np.where(average > 0, (level + 0.1 * average) / base, 1.0)


def size_of(levels: FloatArray, spread: Spread, whole: BoolArray) -> FloatArray:
    """By what an error vector is divided at its origin and multiplied now, units, shape (n_series, n_origins).

    Half of it is the usual error times the root of the level ratio (as for counts), half the level itself (as for
    prices and fashions); 0.3 units more for whole units, where even a tiny level can bring one order.
    """
    average = spread.average[:, None]
    size = 0.5 * spread.rms[:, None] * np.sqrt(level_ratio(levels, np.broadcast_to(average, levels.shape)))
    size = size + 0.5 * (levels + 0.1 * average) + 0.3 * whole[:, None]
    return np.where(size > 0, size, 1.0)


def centre_of(vectors: Float32Array, past: Trajectories, pooled: Pools, own: FloatArray) -> FloatArray:
    """Mean of the vectors a series will draw, so that paths keep the forecast's mean, shape (n_series, block)."""
    mine = np.where(past.known[:, :, None], vectors, 0.0).sum(axis=1) / np.maximum(past.counts, 1)[:, None]
    theirs = np.zeros(mine.shape)
    for group in range(len(pooled.bounds) - 1):
        members = pooled.members[pooled.bounds[group] : pooled.bounds[group + 1]]
        if len(members):
            theirs[pooled.group == group] = mine[members].mean(axis=0)
    return own[:, None] * mine + (1 - own[:, None]) * theirs
