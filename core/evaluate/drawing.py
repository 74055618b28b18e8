"""What a fitted method says of the periods ahead and of their total, both from the same few sample paths."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import Float32Array, FloatArray
from core.models.contract import FittedModel
from core.models.harvest import Harvest, Quantiles
from core.models.sampling import SampledFit, salt_of
from core.models.substitution import Patchwork
from core.series.forecast import LEVELS

PATHS: Final = 192
"""Paths behind the quantiles of a comparison: fewer than behind a forecast, since thousands of outcomes average out."""
TOTAL_LEVELS: Final = (*LEVELS, 0.99)
"""Quantile levels kept of the total: those of single periods, and one more for high service levels."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What a method says at one origin.

    Attributes:
        mean: expected units per period, shape (n_series, horizon).
        quantiles: units per period at LEVELS, shape (n_series, horizon, n_levels).
        totals: quantiles of the units of all periods together at TOTAL_LEVELS, shape (n_series, n_total_levels).
    """

    mean: FloatArray
    quantiles: Float32Array
    totals: Float32Array


def drawn(fitted: FittedModel, horizon: int, gap: int, seed: int) -> Drawn:
    """Mean, quantiles of each period and of the total, from one set of paths.

    Args:
        fitted: the method.
        horizon: periods that are judged.
        gap: periods before them that are forecast but not judged.
        seed: root of the random streams.
    """
    if not isinstance(fitted, Patchwork):
        return _of_one(fitted, horizon, gap, seed)
    found, _wanted = _empty(len(fitted.panel), horizon, gap)
    for part, chosen in fitted.parts:
        own = drawn(part, horizon, gap, seed)
        found.mean[chosen], found.quantiles[chosen], found.totals[chosen] = own.mean, own.quantiles, own.totals
    return found


def _of_one(fitted: FittedModel, horizon: int, gap: int, seed: int) -> Drawn:
    ahead, rng = gap + horizon, np.random.default_rng(seed)
    if isinstance(fitted, SampledFit):
        found, wanted = _empty(len(fitted.history), horizon, gap)
        mean = fitted.reap(salt_of(rng), wanted)
    else:
        forecast = fitted.predict(ahead, (0.5,))
        mean = forecast.mean
        found, wanted = _empty(len(forecast), horizon, gap)
        wanted.keep(slice(None), fitted.simulate(ahead, PATHS, rng).units.swapaxes(0, 1))
    found.mean[:] = mean[:, gap:]
    return found


def _empty(n_series: int, horizon: int, gap: int) -> tuple[Drawn, Harvest]:
    """Zeros, and what fills them while paths are drawn."""
    found = Drawn(
        np.zeros((n_series, horizon)),
        np.zeros((n_series, horizon, len(LEVELS)), np.float32),
        np.zeros((n_series, len(TOTAL_LEVELS)), np.float32),
    )
    each, totals = Quantiles(fair(LEVELS, PATHS), found.quantiles), Quantiles(fair(TOTAL_LEVELS, PATHS), found.totals)
    return found, Harvest(PATHS, gap + horizon, each=each, totals=totals, gap=gap, pilots=PATHS)


def fair(levels: tuple[float, ...], n: int) -> FloatArray:
    """Places of quantiles among n ascending values that the next value really falls below as often as they say.

    Linear between the values, the k-th of n standing at k/(n + 1) (type 6, Hyndman & Fan 1996): a new value from the
    same source lies below it with just that chance. Type 7, whose ends are the extremes, is too narrow for few values.

    Example:
        >>> fair((0.25, 0.5, 0.875), 3).tolist()
        [0.0, 1.0, 2.0]
    """
    return np.clip(np.asarray(levels) * (n + 1) - 1, 0, n - 1)
