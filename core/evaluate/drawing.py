"""What a fitted method says of the periods ahead and of their total, both from the same few sample paths."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import Float32Array, FloatArray
from core.compute.threads import over_slices
from core.models.contract import FittedModel
from core.models.sampling import SampledFit
from core.models.substitution import Patchwork
from core.series.forecast import LEVELS

PATHS: Final = 192
"""Paths behind the quantiles of a comparison: fewer than behind a forecast, since thousands of outcomes average out."""
FEWEST: Final = 96
"""Paths where a shop and horizon are so large that memory would be short."""
MOST_BYTES: Final = 1_500_000_000
"""Memory the paths of one fold may take before their number is lowered."""
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
    n_series = len(fitted.panel)
    found = Drawn(
        np.zeros((n_series, horizon)),
        np.zeros((n_series, horizon, len(LEVELS)), np.float32),
        np.zeros((n_series, len(TOTAL_LEVELS)), np.float32),
    )
    for part, chosen in fitted.parts:
        own = drawn(part, horizon, gap, seed)
        found.mean[chosen], found.quantiles[chosen], found.totals[chosen] = own.mean, own.quantiles, own.totals
    return found


def _of_one(fitted: FittedModel, horizon: int, gap: int, seed: int) -> Drawn:
    rng, ahead = np.random.default_rng(seed), gap + horizon
    if isinstance(fitted, SampledFit):
        n_paths = affordable(len(fitted.history), ahead)
        forecast, paths = fitted.predict_and_simulate((), n_paths, ahead, rng)
    else:
        forecast = fitted.predict(ahead, (0.5,))
        paths = fitted.simulate(ahead, affordable(len(forecast), ahead), rng)
    quantiles, totals = summarised(paths.units[:, :, gap:])
    return Drawn(forecast.mean[:, gap:], quantiles, totals)


def affordable(n_series: int, ahead: int) -> int:
    """Paths whose units fit into memory, between 96 and 192.

    Example:
        >>> affordable(1_000, 28), affordable(30_490, 28), affordable(30_490, 365)
        (192, 192, 96)
    """
    fitting = MOST_BYTES // max(4 * n_series * ahead, 1)
    return int(min(max(fitting - fitting % 2, FEWEST), PATHS))


def summarised(units: Float32Array) -> tuple[Float32Array, Float32Array]:
    """Quantiles of single periods at LEVELS and of their total at TOTAL_LEVELS.

    Args:
        units: demand of each path, shape (n_paths, n_series, horizon).

    Returns:
        Shapes (n_series, horizon, n_levels) and (n_series, n_total_levels).
    """
    _n_paths, n_series, horizon = units.shape
    quantiles = np.zeros((n_series, horizon, len(LEVELS)), np.float32)
    totals = np.zeros((n_series, len(TOTAL_LEVELS)), np.float32)
    over_slices(_summarise, n_series, units, quantiles, totals)
    return quantiles, totals


def _summarise(begin: int, end: int, units: Float32Array, quantiles: Float32Array, totals: Float32Array) -> None:
    if begin == end:
        return
    each = np.ascontiguousarray(np.moveaxis(units[:, begin:end], 0, -1))
    total = each.sum(axis=1, dtype=np.float64)
    each.sort(axis=-1)
    total.sort(axis=-1)
    quantiles[begin:end] = at_levels(each, LEVELS)
    totals[begin:end] = at_levels(total, TOTAL_LEVELS)


def at_levels(ordered: Float32Array | FloatArray, levels: tuple[float, ...]) -> FloatArray:
    """Quantiles of few ascending values (last axis) that the next value really falls below as often as they say.

    Linear between the values, the k-th of n standing at k/(n + 1) (type 6, Hyndman & Fan 1996): a new value from the
    same source lies below it with just that chance. Type 7, whose ends are the extremes, is too narrow for few values.

    Example:
        >>> at_levels(np.array([10.0, 20.0, 30.0]), (0.25, 0.5, 0.875)).tolist()
        [10.0, 20.0, 30.0]
    """
    n = ordered.shape[-1]
    place = np.clip(np.asarray(levels) * (n + 1) - 1, 0, n - 1)
    low = np.minimum(place.astype(np.int64), max(n - 2, 0))
    below = ordered[..., low].astype(np.float64)
    above = ordered[..., np.minimum(low + 1, n - 1)]
    return np.asarray(below + (place - low) * (above - below))
