"""Sample paths out of a generative network: one draw of hidden numbers per path bends all periods ahead together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.randomness import streams
from core.base.types import Float32Array, FloatArray, IntArray
from core.models import networks_trunk as trunk
from core.models.networks import WindowSource, ahead, source_until
from core.models.networks_method import TrainedNetwork
from core.models.networks_spread import units_of
from core.models.sampling import PREDICTION_PATHS, SampledFit
from core.series.forecast import DemandPaths, Forecast

PATH_ROWS: Final = 16_384
"""Series × paths decoded at once."""


@dataclass(frozen=True, slots=True, eq=False)
class GenerativeFit(SampledFit):
    """A fitted generative network that draws its own paths.

    A path takes hidden numbers from the standard normal distribution and keeps them over the whole horizon; the network
    turns them into expected demand and dispersion of each period, and units are drawn from a negative binomial (a Gamma
    with the same two moments where units are no whole numbers). Beyond the network's own horizon all paths go on from
    the mean forecast. The draws of a SKU depend on its name and the seed, never on its place in the panel.

    In a combination with other methods, or in a sum over SKUs, uncertainty comes from past errors as for any other
    method.

    Attributes:
        point: the network, with hidden numbers and dispersion.
    """

    point: TrainedNetwork

    def predict(self, horizon: int, levels: Sequence[float]) -> Forecast:
        """Mean and quantiles for the next `horizon` trading periods, from 384 paths."""
        return self.predict_and_drawn(levels, (PREDICTION_PATHS, horizon), self.seed, None)

    def simulate(self, horizon: int, n_paths: int, rng: np.random.Generator) -> DemandPaths:
        """Joint sample paths, float32; one number is taken from `rng`, the streams of the SKUs follow from it."""
        return self.predict_and_simulate((), n_paths, horizon, rng)[1]

    def predict_and_simulate(
        self, levels: Sequence[float], n_paths: int, horizon: int, rng: np.random.Generator
    ) -> tuple[Forecast, DemandPaths]:
        """Joint sample paths as `simulate` draws them, and the mean with the quantiles of these very paths."""
        units = np.zeros((n_paths, len(self.history), horizon), np.float32)
        forecast = self.predict_and_drawn(levels, (n_paths, horizon), int(rng.integers(2**62)), units)
        return forecast, DemandPaths(units, forecast.skus, forecast.locations, forecast.periods)

    def predict_and_drawn(
        self, levels: Sequence[float], size: tuple[int, int], salt: int, kept: Float32Array | None
    ) -> Forecast:
        """Mean and quantiles of paths drawn a few series at a time.

        Args:
            levels: quantile levels.
            size: paths and periods.
            salt: root of the streams of all SKUs.
            kept: where the paths go, shape (n_paths, n_series, horizon); None = they are not kept.
        """
        n_paths, horizon = size
        mean, now = self.mean(horizon), self.history.n_periods
        quantiles = np.zeros((*mean.shape, len(levels)))
        source = source_until(self.history, self.point.asked.shape, now, horizon)
        selling = np.flatnonzero(mean.sum(axis=1) > 0)
        at_once = max(PATH_ROWS // max(n_paths, 1), 1) if n_paths else max(len(selling), 1)
        for first in range(0, len(selling) if n_paths else 0, at_once):
            rows = selling[first : first + at_once]
            drawn = self._drawn_rows(source, rows, (n_paths, horizon), salt)
            quantiles[rows] = np.moveaxis(np.quantile(drawn, levels, axis=0), 0, -1)
            if kept is not None:
                kept[:, rows] = drawn
        return Forecast(
            skus=self.history.skus,
            locations=self.history.locations,
            periods=self.history.calendar.following(horizon),
            levels=tuple(levels),
            quantiles=quantiles,
            mean=mean,
        )

    def _drawn_rows(self, source: WindowSource, rows: IntArray, size: tuple[int, int], salt: int) -> FloatArray:
        """Paths of some series, units, shape (n_paths, n_rows, horizon); size: paths and periods."""
        n_paths, horizon = size
        part = self.history.take(rows)
        generators = [np.random.default_rng([salt, number]) for number in streams(part.keys).tolist()]
        shape = (n_paths, self.point.asked.latent)
        latent = np.stack([each.standard_normal(shape, np.float32) for each in generators], axis=1)
        means, dispersions = self._expected(source, rows, latent, horizon)
        whole = part.whole_units()
        units = np.empty(means.shape)
        for place, rng in enumerate(generators):
            expected, spread = means[:, place], dispersions[:, place]
            if whole[place]:
                units[:, place] = units_of(rng, expected, spread)
            else:
                scale = 1 + spread * expected
                units[:, place] = rng.gamma(expected / scale, scale)
        return units

    def _expected(
        self, source: WindowSource, rows: IntArray, latent: Float32Array, horizon: int
    ) -> tuple[FloatArray, FloatArray]:
        """Expected units and dispersion of each path and period, each of shape (n_paths, n_rows, horizon)."""
        asked, weights = self.point.asked, self.point.weights
        now = np.full(len(rows), self.history.n_periods)
        temperature, dispersion = trunk.spread_factors(weights)
        said = []
        for block in ahead(source, self.point.log_ratios, (rows, now), horizon):
            known = trunk.summary(asked, weights, block.past, self.point.identity[rows])
            said.append(trunk.decoded(asked, weights, known, block.future, temperature * latent))
        whole = np.concatenate(said, axis=2)[:, :, :horizon].astype(np.float64)
        return np.exp(whole[..., 0]) * source.source.level(rows, now)[:, None], np.exp(whole[..., 1]) * float(
            dispersion
        )
