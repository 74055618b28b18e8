"""How much stock is worth having: no more than sells before it spoils, or before its sale ends."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.base.calendar import Frequency
from core.base.types import DateArray, FloatArray, IntArray
from core.inventory.contract import SupplyTerms
from core.inventory.formulas import levels_for, newsvendor_quantity
from core.series.forecast import DemandPaths


@dataclass(frozen=True, slots=True, eq=False)
class Lifetime:
    """How long goods keep and are sold, arrays of shape (n_series,).

    Attributes:
        shelf_life_days: NaN = not stated.
        ends_on: first day on which a series is no longer on sale, NaT = not stated.
    """

    shelf_life_days: FloatArray
    ends_on: DateArray

    def take(self, chosen: IntArray) -> "Lifetime":
        """That of the chosen series."""
        return Lifetime(self.shelf_life_days[chosen], self.ends_on[chosen])


def worth_having(
    paths: DemandPaths, terms: SupplyTerms, life: Lifetime, frequency: Frequency, level: npt.ArrayLike
) -> FloatArray:
    """Position beyond which a unit would spoil, or outlast the item's sale at the service level; inf = never.

    Args:
        paths: demand from now on.
        terms: supply terms of the same series.
        life: of the same series.
        frequency: length of a period.
        level: service level, fraction in (0, 1), one or one per series.

    Returns:
        Units, shape (n_series,).

    Source:
        The newsvendor's quantity over the days left: Snyder & Shen 2019, section 4.3.
    """
    limit = _keeping(paths, terms, life, frequency)
    ends = _ending(paths, life, frequency)
    left = paths.units[:, ends].sum(axis=2, dtype=np.float64)
    limit[ends] = np.minimum(limit[ends], newsvendor_quantity(left, levels_for(level, len(paths))[ends]))
    return limit


def worth_having_then(
    paths: DemandPaths, terms: SupplyTerms, life: Lifetime, frequency: Frequency, level: npt.ArrayLike
) -> FloatArray:
    """The same as it will be at the start of each period, when less is left of a sale that ends.

    What is given is the same, too.

    Returns:
        Units, shape (n_series, horizon); the first column is `worth_having`.
    """
    limit = np.repeat(_keeping(paths, terms, life, frequency)[:, None], paths.horizon, axis=1)
    ends = _ending(paths, life, frequency)
    # of what nobody will ask for, as of all that ended long ago, nothing is worth having at any time
    asked = paths.units[:, ends].any(axis=(0, 2))
    limit[ends[~asked]] = 0.0
    ends = ends[asked]
    levels = levels_for(level, len(paths))[ends]
    left = np.zeros((paths.n_paths, len(ends)))
    # from the last period back, so that what is left grows by one period's demand at a time
    for t in range(paths.horizon - 1, -1, -1):
        left += paths.units[:, ends, t]
        limit[ends, t] = np.minimum(limit[ends, t], newsvendor_quantity(left, levels))
    return limit


def _keeping(paths: DemandPaths, terms: SupplyTerms, life: Lifetime, frequency: Frequency) -> FloatArray:
    """Units that sell at the mean rate from an order until what it brings has spoiled; inf = shelf life not stated."""
    limit = np.full(len(paths), np.inf)
    known = np.flatnonzero(~np.isnan(life.shelf_life_days))
    per_day = paths.units[:, known].mean(axis=(0, 2), dtype=np.float64) / frequency.days
    limit[known] = per_day * (np.asarray(terms.lead_time_days, float)[known] + life.shelf_life_days[known])
    return limit


def _ending(paths: DemandPaths, life: Lifetime, frequency: Frequency) -> IntArray:
    """Series whose sale ends within the periods of the paths."""
    return np.flatnonzero(life.ends_on <= frequency.last_day(paths.periods[-1]))
