"""From a point forecast to demand paths whose sums over a lead time are as uncertain as they were in the past."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.base.errors import InsufficientHistoryError
from core.base.types import BoolArray, Float32Array, FloatArray, IntArray
from core.models import calibration, seldom, trajectories, waking
from core.models.contract import ForecastModel, PointForecaster
from core.models.groundwork import Groundwork, groundwork, past_experience, past_usual
from core.models.harvest import Harvest, Quantiles, linear
from core.models.kernels import sampling
from core.models.seldom import Experience
from core.models.trajectories import LookBack, Pools, Trajectories
from core.series.forecast import DemandPaths, Forecast
from core.series.panel import Panel

EVEN = 16.0
"""Shape of gamma periods from which on they are even enough for Gaussian errors alone."""
DOUBT = 4.0
"""Shape of the gamma level of demand that comes seldom or in sizes that vary much."""
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
    zero, so that the floor does not lift their mean, and made whole for SKUs that count whole units. A third of the
    paths of intermittent, erratic and lumpy SKUs are gamma demand under one gamma level instead, two thirds of those of
    SKUs that have hardly sold yet, at the level such SKUs had in the past. The draws of a SKU depend on its name, the
    seed and the vectors of its class, never on its place in the panel.

    Totals of the next weeks are then bent as past totals strayed from paths drawn at past origins; the mean stays but
    for what totals beyond the 97.5 % point get. Only where a SKU has hardly sold yet, or its forecast has sunk far
    below usual demand, may paths have another mean, by what such SKUs sold after all.

    Attributes:
        history: the panel the method was fitted to.
        point: says what the method would have expected at any origin.
        seed: root of the random streams of `predict`.
        of_sums: whether the series are sums of many; their Gaussian errors then accumulate no faster than their own
            error vectors grew, because the smoothing weight of a smooth total follows its seasons and events.
        told: numbers of series whose forecast another's history tells, however few their own sales.
    """

    history: Panel
    point: PointForecaster
    seed: int
    of_sums: bool = False
    told: tuple[int, ...] = ()

    def mean(self, horizon: int) -> FloatArray:
        """Expected units per period, shape (n_series, horizon); 0 for series that never sold or have not begun.

        Those forecast like another are not taken for dead because their first days brought no sale.
        """
        return self._mean_of(self.point.mean_at(np.array([self.history.n_periods]), horizon)[0])

    def _mean_of(self, expected: FloatArray) -> FloatArray:
        dead = never_sold(self.history)
        dead[list(self.told)] = False
        return np.where(dead[:, None], 0.0, np.nan_to_num(expected))

    def predict(self, horizon: int, levels: Sequence[float]) -> Forecast:
        """Mean and quantiles for the next `horizon` trading periods, from 384 paths."""
        return self._forecast(self.seed, levels, Harvest(PREDICTION_PATHS, horizon))

    def simulate(self, horizon: int, n_paths: int, rng: np.random.Generator) -> DemandPaths:
        """Joint sample paths, float32; one number is taken from `rng`, the streams of the SKUs follow from it."""
        return self.predict_and_simulate((), n_paths, horizon, rng)[1]

    def predict_and_simulate(
        self, levels: Sequence[float], n_paths: int, horizon: int, rng: np.random.Generator
    ) -> tuple[Forecast, DemandPaths]:
        """Joint sample paths as `simulate` draws them, and the mean with the quantiles of these very paths."""
        units = np.zeros((n_paths, len(self.history), horizon), np.float32)
        forecast = self._forecast(salt_of(rng), levels, Harvest(n_paths, horizon, paths=units))
        return forecast, DemandPaths(units, forecast.skus, forecast.locations, forecast.periods)

    def _forecast(self, salt: int, levels: Sequence[float], wanted: Harvest) -> Forecast:
        """The mean and the quantiles of single periods, and whatever else is wanted of the paths."""
        units = np.zeros((len(self.history), wanted.horizon, len(levels)))
        each = Quantiles(linear(levels, wanted.n_paths), units) if len(levels) else None
        mean = self.reap(salt, replace(wanted, each=each))
        return Forecast(
            skus=self.history.skus,
            locations=self.history.locations,
            periods=self.history.calendar.following(wanted.horizon),
            levels=tuple(levels),
            quantiles=units,
            mean=mean,
        )

    def reap(self, salt: int, wanted: Harvest) -> FloatArray:
        """Draw what is wanted, and give the mean.

        Args:
            salt: root of the streams of all SKUs.
            wanted: what is kept of the paths; its arrays hold zeros so far.

        Returns:
            Expected units per period, shape (n_series, horizon).
        """
        if not (len(self.history) and wanted.horizon and wanted.n_paths):
            return self.mean(wanted.horizon)
        seen, now = looked_back(self.point, self.history, wanted.horizon)
        mean = self._mean_of(now)
        basis = basis_of(self, mean, salt, seen)
        sampling.sample(basis, wanted.n_paths, wanted.pilots, wanted.keep)
        return mean


def salt_of(rng: np.random.Generator) -> int:
    """One number of a generator, from which the streams of all SKUs follow."""
    return int(rng.integers(2**62))


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
    squares = np.square(past.errors).sum(axis=1, dtype=np.float64)
    first, last = squares[:, :width].mean(axis=1), squares[:, -width:].mean(axis=1)
    growth = np.where(first > 0, last / np.where(first > 0, first, 1.0), 1.0) - 1.0
    return np.asarray(np.sqrt(np.clip(growth / max(past.block - width, 1), 0.0, 1.0)))


def followed(known: Groundwork, past: Trajectories, *, of_sums: bool) -> FloatArray:
    """Share of an error that stays in the level, in [0, 1], shape (n_series,).

    The weight with which simple smoothing follows demand; where the error vectors grew more slowly than it would have
    them grow, theirs, as far as their dates are believed. A weight set high by events that a method knows ahead would
    make errors accumulate that do not.

    Args:
        known: facts about each series.
        past: error vectors of each series.
        of_sums: whether the vectors of smooth totals are believed altogether.
    """
    slower = np.minimum(known.alpha, growth_of(past))
    share = 1.0 if of_sums else trajectories.believed(past.distinct())
    return np.asarray(known.alpha + share * (slower - known.alpha))


def spread_of(known: Groundwork, past: Trajectories, *, of_sums: bool = False) -> Spread:
    """Typical one-step error of each series, its own past errors mixed with those of simple smoothing.

    The mean square of the vectors' errors is brought to one step by 1 + α²(block − 1)/2, the growth of the variance of
    simple smoothing over the block (Hyndman et al. 2008, table 6.1). Series too short for either take the median
    ratio of error to mean demand of the others; without others, the square root of mean demand.
    """
    seen, average, simple = known.seen, known.average, known.simple
    alpha = followed(known, past, of_sums=of_sums)
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


def looked_back(point: PointForecaster, history: Panel, horizon: int) -> tuple[LookBack, FloatArray]:
    """What the method would have said in the past, and what it says now, shape (n_series, horizon)."""
    now = history.n_periods
    origins, block = trajectories.rolling_origins(now, horizon, history.calendar.season_length)
    if block < horizon:
        return trajectories.look_back(point, history, origins, block), point.mean_at(np.array([now]), horizon)[0]
    # in one go: for either, a method runs through the whole history
    expected = point.mean_at(np.append(origins, now), horizon)
    return trajectories.against(history, origins, expected[:-1]), expected[-1]


def basis_of(fit: SampledFit, mean: FloatArray, salt: int, seen: LookBack) -> sampling.Basis:
    """What the sampler needs for paths around a mean.

    Args:
        fit: the fitted method.
        mean: forecast, units per period, shape (n_series, horizon).
        salt: root of the streams of all SKUs.
        seen: what the method would have said as far ahead in the past.
    """
    history, horizon = fit.history, mean.shape[1]
    n_periods, season_length = history.n_periods, history.calendar.season_length
    ground = groundwork(history)
    past = seen.trajectories(n_periods)
    wake = waking.waking(seen, past_usual(history, ground, seen.origins))
    told = ground.streams[np.array(fit.told, np.int64)]
    span = min(calibration.span_of(history, horizon), seen.block)
    # the same draws whatever the seed, so that predictions and simulations are bent alike
    draw = Draw(0, span, wake, past_experience(history, ground, seen.origins, seen.block), told)

    def drawn_at(known: Groundwork, expected: FloatArray, past: Trajectories) -> sampling.Basis:
        return unbent(known, expected, spread_of(known, past, of_sums=fit.of_sums), past, draw)

    spread = spread_of(ground, past, of_sums=fit.of_sums)
    basis = unbent(ground, mean, spread, past, replace(draw, seed=salt))
    if span < seen.block:
        seen = trajectories.look_back(fit.point, history, *trajectories.rolling_origins(n_periods, span, season_length))
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
        learned: what SKUs that have hardly sold yet have in common; None = too little is known.
        told: stream numbers of series whose forecast another's history tells.
    """

    seed: int
    span: int
    wake: FloatArray
    learned: Experience | None
    told: IntArray


def unbent(known: Groundwork, mean: FloatArray, spread: Spread, past: Trajectories, draw: Draw) -> sampling.Basis:
    """What the sampler needs while the totals of the paths stay as they are drawn."""
    # one memory layout: the sampler is compiled for each it meets
    mean = np.ascontiguousarray(mean)
    thirds = trajectories.volume_tercile(spread.average, known.classes)
    pooled = trajectories.pools(known.classes, thirds, past.counts, known.streams)
    # one size per forecast: scaling each period by its own size would undo the season's shape
    now = mean.mean(axis=1)
    vectors = past.errors / size_of(past.levels, spread, known.whole).astype(np.float32)[:, :, None]
    own = np.asarray(np.where(spread.quiet, 1.0, past.trust()), np.float64)
    alive = mean.any(axis=1) | (spread.average > 0)
    expected, usual = mean.sum(axis=1), mean.shape[1] * spread.average
    woken = waking.sunk(expected, usual) * usual * draw.wake[np.where(known.silent, 0, 1)]
    ahead = seldom.outlook(known.sales, draw.learned)
    few = (ahead.mean > 0) & alive & ~spread.quiet & ~np.isin(known.streams, draw.told)
    sigma = np.where(alive, spread.rms * np.sqrt(level_ratio(now, spread.average)), 0.0)
    return sampling.Basis(
        mean=mean,
        sigma=sigma,
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
        grain=np.where(few, ahead.grain, grain_of(known, (expected + woken) / mean.shape[1], sigma)),
        surge=np.where(few, ahead.mean * mean.shape[1], expected + woken),
        level=np.where(few, ahead.level, DOUBT),
        surges=np.where(few, 4, 2),
        whole=known.whole,
        streams=np.random.SeedSequence(draw.seed).generate_state(1, np.uint64)[0]
        ^ (known.streams.astype(np.uint64) << np.uint64(31)),
        bends=np.zeros((1, len(calibration.RANKS))),
        bend=np.where(alive & ~spread.quiet, 0, -1),
        span=draw.span,
        usual=np.maximum(mean[:, : draw.span].sum(axis=1), 0.25 * draw.span * spread.average),
    )


def level_ratio(level: FloatArray, average: FloatArray) -> FloatArray:
    """Present size against average size, both raised by 10 % of the average so that a dormant SKU keeps some spread."""
    base = np.where(average > 0, 1.1 * average, 1.0)
    return np.where(average > 0, (level + 0.1 * average) / base, 1.0)


def grain_of(known: Groundwork, level: FloatArray, sigma: FloatArray) -> FloatArray:
    """Shape of the gamma periods of demand that comes seldom or in sizes that vary much, 0 for all other, (n_series,).

    Args:
        known: facts about each series.
        level: mean of the periods, units, shape (n_series,).
        sigma: one-step error now, units, shape (n_series,).
    """
    shape = np.divide(level, sigma, out=np.zeros_like(level), where=(sigma > 0) & (known.classes > 0)) ** 2
    return np.where(shape < EVEN, shape, 0.0)


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
    mine = vectors.sum(axis=1, dtype=np.float64) / np.maximum(past.counts, 1)[:, None]
    theirs = np.zeros(mine.shape)
    for group in range(len(pooled.bounds) - 1):
        members = pooled.members[pooled.bounds[group] : pooled.bounds[group + 1]]
        if len(members):
            theirs[pooled.group == group] = mine[members].mean(axis=0)
    return own[:, None] * mine + (1 - own[:, None]) * theirs
