"""New items: forecast like a known one from its first weeks on, until their own history tells more."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.randomness import generator
from core.base.types import AnyArray, FloatArray, IntArray
from core.models.champions import of_groups
from core.models.contract import PointForecaster
from core.series.group_demand import group_demand
from core.series.panel import Panel

FADE: Final = {Frequency.DAY: 28, Frequency.WEEK: 4, Frequency.MONTH: 2}
"""Observed periods after which a new item's own forecast counts as much as its like-item."""
FIRST_WEEKS: Final = {Frequency.DAY: 13, Frequency.WEEK: 13, Frequency.MONTH: 6}
"""Blocks of a launch: trading weeks of days, weeks, months."""
USUAL: Final = {Frequency.DAY: 26, Frequency.WEEK: 26, Frequency.MONTH: 12}
"""Blocks over which the usual share of a grown item is taken, up to its last sale."""
DOUBT: Final = 0.5
"""Coefficient of variation of a new item's level around its like-item's, while it has no history at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Which series are forecast like which others.

    Attributes:
        new: numbers of the new series, shape (n_new,).
        like: numbers of their like-items, shape (n_new,).
        multiplier: units expected per unit of the like-item, shape (n_new,).
        group: name of the group (category) of every series, whose demand carries season and growth, shape (n_series,).
    """

    new: IntArray
    like: IntArray
    multiplier: FloatArray
    group: AnyArray


@dataclass(frozen=True, slots=True, eq=False)
class LikePoint:
    """A forecast in which new items borrow the first weeks of known ones.

    like(t) = multiplier · share of the like-item in its group's demand at the same age · the group's forecast of t.
    The own forecast counts n/(n + k), n the item's observed periods and k four weeks. Histories are left as they are.

    Attributes:
        point: forecasts every series by itself.
        history: all series; new items without any sale have length 0.
        likeness: who is like whom.
    """

    point: PointForecaster
    history: Panel
    likeness: Likeness

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, shape (n_origins, n_series, horizon); NaN before the first observation.

        At the end of the history a new item that never sold is forecast as well.
        """
        said = np.array(self.point.mean_at(origins, horizon))
        observed = self.history.observed()
        known, demand = ~np.isnan(observed), np.nan_to_num(observed)
        chosen = self.likeness
        _names, group = np.unique(self.likeness.group.astype(str), return_inverse=True)
        # a share of what the group would have sold while the like-item was on sale and in stock
        whole = group_demand(self.history, observed, group)[0]
        wholes = np.where(known[chosen.like], np.nan_to_num(whole)[group[chosen.like]], 0.0)
        for number, origin in enumerate(np.asarray(origins).tolist()):
            ahead = of_groups(np.nan_to_num(said[number]), group)
            seen = known[chosen.new, :origin].sum(axis=1)
            own = np.nan_to_num(said[number, chosen.new])
            weight = own_weight(self.history, seen)[:, None]
            borrowed = np.stack(
                [
                    factor * self._shares(like, (demand[like], whole), (int(origin), int(age)), horizon)
                    * ahead[group[like]]
                    for like, whole, factor, age in zip(
                        chosen.like, wholes, chosen.multiplier, self._ages(origin), strict=True
                    )
                ]
            )  # fmt: skip
            blended = weight * own + (1.0 - weight) * borrowed
            unborn = (seen == 0) & (origin < self.history.n_periods)
            said[number, chosen.new] = np.where(unborn[:, None], np.nan, blended)
        return said

    def _ages(self, origin: int) -> IntArray:
        """Periods since the first one of each new item, shape (n_new,)."""
        return np.maximum(origin - self.history.starts[self.likeness.new], 0)

    def _shares(
        self, like: int, demands: tuple[FloatArray, FloatArray], place: tuple[int, int], horizon: int
    ) -> FloatArray:
        """Share of a like-item in its group's demand at the ages the new item will have, shape (horizon,).

        Args:
            like: number of the like-item.
            demands: demand of the like-item and of its group, 0 where that of the like-item is unknown, each of shape
                (n_periods,).
            place: number of periods known; age of the new item by then.
            horizon: periods ahead.
        """
        origin, age = place
        frequency, start = self.history.frequency, int(self.history.starts[like])
        size = max(self.history.calendar.season_length, 1) if frequency is Frequency.DAY else 1
        sold, whole = (_blocks(each[start:origin], size) for each in demands)
        last = len(sold) - int(np.argmax(sold[::-1] > 0)) if (sold > 0).any() else 0
        usual = slice(max(last - USUAL[frequency], 0), last)
        grown = _share(sold[usual].sum(), whole[usual].sum())
        result = np.full(horizon, grown)
        if start < size:
            # sold from the first week of the data on: nobody saw its launch
            return result
        blocks = (age + np.arange(horizon)) // size
        for block in range(min(last, FIRST_WEEKS[frequency])):
            near = slice(max(block - 1, 0), block + 2)
            if whole[near].any():
                result[blocks == block] = _share(sold[near].sum(), whole[near].sum())
        return result


def own_weight(history: Panel, seen: IntArray) -> FloatArray:
    """Weight n/(n + k) of a new item's own forecast, shape of seen.

    Args:
        history: gives the length of a period.
        seen: observed periods [n].
    """
    return np.asarray(seen / (seen + FADE[history.frequency]), np.float64)


def doubt(history: Panel, likeness: Likeness, n_paths: int, seed: int) -> FloatArray:
    """Factor on each path of each series: how far a new item may lie from its like-item, shape (n_paths, n_series).

    Gamma with mean 1 and a coefficient of variation of one half, fading with the like-item itself; 1 for all others.

    Args:
        history: all series.
        likeness: who is like whom.
        n_paths: number of paths.
        seed: of the draws; each SKU has a stream of its own.
    """
    factors = np.ones((n_paths, len(history)))
    seen = (~np.isnan(history.observed()[likeness.new])).sum(axis=1)
    spread = DOUBT * (1.0 - own_weight(history, seen))
    for place, variation in zip(likeness.new, spread, strict=True):
        shape = 1.0 / variation**2
        factors[:, place] = generator(seed, history.keys[place]).gamma(shape, 1.0 / shape, n_paths)
    return factors


def _blocks(values: FloatArray, size: int) -> FloatArray:
    """Sums over blocks of periods from the first on; a last block that is not full is left out."""
    full = len(values) // size
    return np.asarray(values[: full * size].reshape(full, size).sum(axis=1))


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 0.0
