"""How much SKUs whose forecast has sunk far below their usual demand sold after all, learned at past origins."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import BoolArray, FloatArray, IntArray
from core.compute.threads import over_slices
from core.models.kernels.looking_back import sums_until
from core.models.trajectories import LookBack

LOW: Final = 0.25
"""Share of usual demand below which a forecast counts as sunk."""
DOUBT: Final = 20.0
"""How many SKUs' worth of the prior is mixed in."""
MOST: Final = 3.0
"""Demand counts up to this multiple of the usual."""
SILENT: Final = 0.1
"""Below this plausibility a run of zeros is no mere chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """What was usual at some origins, whatever the method.

    Attributes:
        average: mean observed units per period until then, shape (n_origins, n_series).
        silent: whether the latest run of zeros was no mere chance, shape (n_origins, n_series).
    """

    average: FloatArray
    silent: BoolArray


def usual_at(observed: FloatArray, origins: IntArray) -> Usual:
    """Usual demand at some origins, and who had gone silent.

    A SKU that used to sell in a share p of the periods stays r periods without a sale with chance (1 − p)^r; from 1 %
    on that counts as chance, below it the plausibility falls in proportion.

    Args:
        observed: units, NaN = not observed, shape (n_series, n_periods).
        origins: numbers of periods known, newest first, shape (n_origins,).
    """
    sums = np.empty((4, len(origins), len(observed)))
    over_slices(sums_until, len(observed), observed, np.asarray(origins, np.int64), sums)
    seen, active, units, sales = sums
    still = (1.0 - sales / np.maximum(active, 1)) ** (seen - active) / 0.01
    return Usual(units / np.maximum(seen, 1), still < SILENT)


def sunk(expected: FloatArray, usual: FloatArray) -> FloatArray:
    """How far a forecast lies below a quarter of the usual demand: 0 at it or above, 1 at nothing."""
    return np.asarray(np.clip(1.0 - expected / np.where(usual > 0, LOW * usual, 1.0), 0.0, 1.0) * (usual > 0))


def waking(seen: LookBack, usual: Usual) -> FloatArray:
    """Share of usual demand that sunk SKUs sold: those gone silent and the others, shape (2,).

    Args:
        seen: what the method would have said at past origins, and what happened.
        usual: at the same origins.
    """
    expected = np.nan_to_num(seen.expected.sum(axis=2))
    ordinary = usual.average * seen.block
    depth = np.where(seen.usable.T, sunk(expected, ordinary), 0.0)
    sold = np.maximum(expected + seen.errors.sum(axis=2).T, 0.0)
    excess = np.minimum(sold, MOST * ordinary) - expected
    excess = np.divide(excess, ordinary, out=np.zeros_like(excess), where=depth > 0)
    learned = [
        (excess[chosen].sum() + prior * DOUBT) / (depth[chosen].sum() + DOUBT)
        for chosen, prior in ((usual.silent, 0.0), (~usual.silent, LOW))
    ]
    # sums of floats depend on the order of the series, which must change no draw
    return np.round(np.clip(learned, 0.0, 1.0), 6)
