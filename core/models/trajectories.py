"""Error vectors at past origins, standardised by size and pooled by demand class."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.types import BoolArray, Float32Array, FloatArray, IntArray
from core.compute.threads import over_slices
from core.models.contract import PointForecaster
from core.models.kernels.looking_back import past_errors
from core.models.kernels.sampling import at_levels
from core.series.panel import Panel

SPANS: Final = {Frequency.DAY: 28, Frequency.WEEK: 8, Frequency.MONTH: 4}
"""Periods that are summed, about a lead time and review; shorter where the forecast itself is."""
MAX_ORIGINS = 10
MIN_OBSERVED = 3
"""Periods a series must have been observed before an origin for its error there to count."""
FULL_POOL, CLASS_POOL = 150, 50
"""Vectors a pool needs: class × volume tercile, else class alone, else all series together."""
CALM: Final = 4
"""Past dates that may all have been calm: what so few say of too wide ranges counts nothing."""
THIRDS: Final = np.array([1 / 3, 2 / 3])
ALL: Final = slice(None)


@dataclass(frozen=True, slots=True, eq=False)
class Trajectories:
    """Whole error vectors of each series.

    Attributes:
        errors: actual − expected, units, the known vectors first, the others 0, shape (n_series, n_origins, block).
        levels: mean expected units per period at each vector's origin, shape (n_series, n_origins).
        counts: how many vectors of a series are known, shape (n_series,).
        fresh: share of a vector that the next one does not repeat, in (0, 1]; origins may lie closer than a block.
    """

    errors: Float32Array
    levels: FloatArray
    counts: IntArray
    fresh: float

    @property
    def block(self) -> int:
        """Periods per vector."""
        return int(self.errors.shape[2])

    def trust(self) -> FloatArray:
        """Weight K/(K + 5) of a series' own vectors against its class, shape (n_series,); K counts overlaps once."""
        distinct = self.distinct()
        return np.asarray(distinct / (distinct + 5.0))

    def distinct(self) -> FloatArray:
        """Vectors of each series, overlaps counted once, shape (n_series,)."""
        return np.asarray(self.fresh * self.counts)

    def rms(self) -> FloatArray:
        """Root mean square of each series' errors, units, shape (n_series,); 0 without vectors."""
        squares = np.square(self.errors).sum(axis=(1, 2), dtype=np.float64)
        return np.asarray(np.sqrt(squares / np.maximum(self.block * self.counts, 1)))


def believed(dates: FloatArray | float) -> FloatArray:
    """Share of what so many past dates, overlaps counted once, say of too wide ranges that is believed: 1 − 4/n."""
    return np.asarray(1.0 - CALM / np.maximum(dates, CALM))


def rolling_origins(n_periods: int, horizon: int, season: int) -> tuple[IntArray, int]:
    """Past origins to look from, newest first, and how many periods to look ahead.

    At least a third of the history stands before the oldest origin. With a short season (a trading week) origins lie
    whole seasons back, so that an error of a Saturday is drawn for a Saturday.

    Returns:
        Numbers of periods known, shape (n_origins,), at most ten; periods per vector.
    """
    first = max(MIN_OBSERVED, n_periods // 3)
    block = min(horizon, max((n_periods - first) // 2, 1))
    newest = n_periods - block
    aligned = n_periods - season * -(-block // season)
    if season <= 7 and aligned >= first:
        newest = aligned
    if newest < first:
        return np.empty(0, np.int64), block
    step = max((newest - first) // (MAX_ORIGINS - 1), 1)
    if season <= 7:
        step = max(step // season, 1) * season
    return np.arange(newest, first - 1, -step, dtype=np.int64)[:MAX_ORIGINS], block


@dataclass(frozen=True, slots=True, eq=False)
class LookBack:
    """What the method would have said at each past origin, and what happened.

    Attributes:
        origins: numbers of periods known, newest first, shape (n_origins,).
        expected: units, shape (n_origins, n_series, block).
        errors: actual − expected, units, unknown ones replaced by known ones, shape (n_series, n_origins, block).
        usable: whether enough was known before the origin and in the block after it, shape (n_series, n_origins).
    """

    origins: IntArray
    expected: FloatArray
    errors: Float32Array
    usable: BoolArray

    @property
    def block(self) -> int:
        """Periods per vector."""
        return int(self.errors.shape[2])

    def trajectories(self, now: int, rows: IntArray | slice = ALL) -> Trajectories:
        """Vectors of the chosen series.

        Args:
            now: number of periods known; only vectors that were complete by then are kept.
            rows: numbers of the series, all by default.
        """
        complete = np.flatnonzero(self.origins + self.block <= now)
        origins, usable = self.origins[complete], self.usable[rows][:, complete]
        # usable vectors first, so that a draw is one index below the count
        order = np.argsort(~usable, axis=1, kind="stable")
        levels = np.where(usable, np.nan_to_num(self.expected[:, rows].mean(axis=2).T[:, complete]), 0.0)
        spanned = (origins[0] - origins[-1]) / self.block + 1 if len(origins) else 0.0
        return Trajectories(
            errors=self.errors[np.arange(len(self.errors))[rows, None], complete[order]],
            levels=np.take_along_axis(levels, order, axis=1),
            counts=usable.sum(axis=1),
            fresh=min(spanned / max(len(origins), 1), 1.0),
        )


def look_back(point: PointForecaster, history: Panel, origins: IntArray, block: int) -> LookBack:
    """Errors the method would have made at each origin.

    Args:
        point: the fitted method.
        history: demand of all series.
        origins: numbers of periods known, newest first, shape (n_origins,).
        block: periods per vector.
    """
    expected = point.mean_at(origins, block) if len(origins) else np.zeros((0, len(history), block))
    return against(history, origins, expected)


def against(history: Panel, origins: IntArray, expected: FloatArray) -> LookBack:
    """What was said at each origin against what happened.

    Periods not on sale or out of stock have no error: they take the vector's known errors in turn, so that
    the vector keeps its level and its spread. A vector with fewer than half of its periods known is left out.

    Args:
        history: demand of all series.
        origins: numbers of periods known, newest first, shape (n_origins,).
        expected: units, shape (n_origins, n_series, block).
    """
    errors = np.zeros((len(history), len(origins), expected.shape[2]), np.float32)
    seen = np.zeros(errors.shape[:2], np.int64)
    # one memory layout, writable: the kernel is compiled for each kind of array it meets
    said = np.require(expected, np.float64, ["C", "W"])
    over_slices(past_errors, len(history), history.observed(), origins, said, (errors, seen))
    return LookBack(origins, said, errors, seen >= MIN_OBSERVED)


def demand_class(observed: FloatArray) -> IntArray:
    """Smooth 0, intermittent 1, erratic 2 or lumpy 3 of each series, shape (n_series,).

    Mean interval between sales above 1.32 periods is intermittent, squared variation of the sizes above 0.49 erratic,
    both together lumpy.

    Source:
        Syntetos, Boylan & Croston (2005), On the categorization of demand patterns, J. Oper. Res. Soc. 56, 495–503.
    """
    sizes = np.where(observed > 0, observed, 0.0)
    sales = (observed > 0).sum(axis=1)
    average = sizes.sum(axis=1) / np.maximum(sales, 1)
    spread = np.square(sizes).sum(axis=1) / np.maximum(sales, 1) - average**2
    interval = (~np.isnan(observed)).sum(axis=1) / np.maximum(sales, 1)
    variation = spread / np.where(average > 0, average, 1.0) ** 2
    return np.asarray((interval > 1.32).astype(np.int64) + 2 * (variation > 0.49))


def volume_tercile(volume: FloatArray, classes: IntArray) -> IntArray:
    """Lower, middle or upper third of mean demand within each class, 0 to 2, shape (n_series,)."""
    third = np.zeros(len(volume), np.int64)
    for kind in np.unique(classes):
        inside = classes == kind
        bounds = at_levels(np.sort(volume[inside]), THIRDS)
        third[inside] = np.searchsorted(bounds, volume[inside], side="left")
    return third


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """Whose error vectors a series may borrow.

    Attributes:
        group: pool of each series, −1 where no series at all has vectors, shape (n_series,).
        members: series of each pool, flat, shape (n_members,).
        bounds: pool g owns members[bounds[g]:bounds[g + 1]], shape (n_pools + 1,).
    """

    group: IntArray
    members: IntArray
    bounds: IntArray


def pools(classes: IntArray, terciles: IntArray, counts: IntArray, streams: IntArray) -> Pools:
    """Class × tercile where it has 150 vectors, else the class where it has 50, else all.

    Members stand in the order of their stream numbers, so that the order of SKUs in a file changes no draw.
    """
    group = np.full(len(classes), -1, np.int64)
    # sums of floats depend on their order, so even the centre of a pool is taken in this one
    by_stream = np.argsort(streams, kind="stable")
    donors = by_stream[counts[by_stream] > 0]
    members = [donors]
    if len(donors):
        group[:] = 0
    for kind in np.unique(classes):
        for third in (None, 0, 1, 2):
            inside = (classes == kind) if third is None else (classes == kind) & (terciles == third)
            chosen = donors[inside[donors]]
            if counts[chosen].sum() >= (CLASS_POOL if third is None else FULL_POOL):
                group[inside] = len(members)
                members.append(chosen)
    bounds = np.concatenate([[0], np.cumsum([len(chosen) for chosen in members])])
    return Pools(group, np.concatenate(members), bounds)
