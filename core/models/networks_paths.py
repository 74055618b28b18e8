"""Sample paths out of a generative network: one draw of hidden numbers per path bends all periods ahead together."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.randomness import streams
from core.base.types import Float32Array, FloatArray, IntArray
from core.models import networks_trunk as trunk
from core.models.harvest import Harvest
from core.models.networks import WindowSource, ahead
from core.models.networks_method import TrainedNetwork
from core.models.networks_spread import units_of
from core.models.sampling import SampledFit

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

    def reap(self, salt: int, wanted: Harvest) -> FloatArray:
        """Draw paths a few series at a time, for those that sell at all; arguments and result as of SampledFit."""
        mean = self.mean(wanted.horizon)
        if wanted.n_paths == 0:
            return mean
        source = self.point.source_at(np.array([self.history.n_periods]), wanted.horizon)
        selling = np.flatnonzero(mean.sum(axis=1) > 0)
        at_once = max(PATH_ROWS // wanted.n_paths, 1)
        for first in range(0, len(selling), at_once):
            rows = selling[first : first + at_once]
            drawn = self._drawn_rows(source, rows, (wanted.n_paths, wanted.horizon), salt)
            wanted.keep(rows, drawn.swapaxes(0, 1))
        return mean

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
