"""Category profile: the season of the whole category, at a level between the SKU's own and its category's."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.calendar import Frequency
from core.base.parameters import parameter
from core.base.types import BoolArray, FloatArray, IntArray
from core.models import season
from core.models.contract import Capabilities
from core.models.kernels import smoothing
from core.models.sampling import SampledFit, require_history
from core.series.hierarchy_levels import group_panel
from core.series.panel import Panel

CATEGORY: Final = "category"
OWN: Final = {Frequency.DAY: 56, Frequency.WEEK: 26, Frequency.MONTH: 12}
"""Observed periods from which on a series' level is its own alone."""
MOST_DOUBT: Final = 100.0
FURTHEST: Final = 4.0
"""How far a category's level may lie from a series' own, as a factor, to be believed."""
FEW: Final = 8
"""Launched series that a category needs before only they speak for it."""


@dataclass(frozen=True, slots=True, eq=False)
class CategoryPoint:
    """Level of each series times the season of its category.

    Attributes:
        history: all series.
        steady: demand without its category's season, NaN = not observed, shape (n_series, n_periods).
        weights: smoothing weight of each series, shape (n_series,). [α]
        group: number of each series' category, shape (n_series,).
        profile: demand per phase of the season as a multiple of the average, shape (n_groups, n_phases).
        doubt: periods of own history that the category's level counts for, shape (n_groups,).
        launched: series whose usual level stands for their category's, shape (n_series,).
    """

    history: Panel
    steady: FloatArray
    weights: FloatArray
    group: IntArray
    profile: FloatArray
    doubt: FloatArray
    launched: BoolArray

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, shape (n_origins, n_series, horizon); NaN before the first observation."""
        places = np.asarray(origins)
        phase = season.phases(self.history.calendar, horizon)[places[:, None] + np.arange(horizon)]
        own = smoothing.levels_after(self.steady, self.weights, places)
        seen = np.cumsum(~np.isnan(self.steady), axis=1)
        counts = np.concatenate([np.zeros((len(seen), 1), np.int64), seen], axis=1)[:, places].T
        return self._shrunk(own, counts)[:, :, None] * np.moveaxis(self.profile[self.group][:, phase], 0, 1)

    def _shrunk(self, own: FloatArray, seen: IntArray) -> FloatArray:
        """Own levels drawn towards those of the category; all of shape (n_origins, n_series).

        The doubt fades out, so that a series with a history has its own level exactly.
        """
        told = (seen > 0) & self.launched
        size = len(self.profile)
        members = np.stack([np.bincount(self.group, line, size) for line in told.astype(np.float64)])
        levels = np.stack([np.bincount(self.group, line, size) for line in np.where(told, own, 0.0)])
        usual = np.divide(levels, members, out=np.zeros_like(levels), where=members > 0)[:, self.group]
        # one SKU that sells a thousand times as much must not speak for one that sells now and then
        usual = np.where(own > 0, np.clip(usual, own / FURTHEST, own * FURTHEST), usual)
        fading = np.maximum(1.0 - seen / OWN[self.history.frequency], 0.0)
        doubt = self.doubt[self.group] * fading * (members > 0)[:, self.group]
        weight = seen / np.maximum(seen + doubt, 1e-12)
        return np.where(seen > 0, weight * np.nan_to_num(own) + (1.0 - weight) * usual, np.nan)


@dataclass(frozen=True, slots=True)
class CategoryProfile:
    """The season of the category at a level shrunk towards the category's: for items with little history.

    A few weeks tell a SKU's level badly and its season not at all; the SKUs beside it tell both. Level =
    n/(n + k)·own smoothed level + k/(n + k)·mean level of the category's SKUs launched within the history. k is the
    variance from period to period over that from SKU to SKU: where SKUs differ widely, their mean says little. It fades
    to 0 over half a year of weeks.

    Source:
        Shrinkage to the group mean: Efron & Morris (1975), J. Am. Stat. Assoc. 70, 311-319; group seasons Dekker, van
        Donselaar & Ouwehand (2004), Int. J. Prod. Econ. 90, 151-167.
    """

    key: ClassVar[str] = "category_profile"
    label: ClassVar[str] = "Category profile"
    capabilities: ClassVar[Capabilities] = Capabilities(pooled=True, default=False)

    trust: float = parameter(
        1.0, "Trust in the category", low=0.0, high=10.0,
        help="Factor on the weight of the category's level, which follows from how widely its SKUs differ.",
    )  # fmt: skip

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Learn the season of every category.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        names = history.attributes.get(CATEGORY, np.full(len(history), "", dtype=object))
        _unique, place = np.unique(names.astype(str), return_inverse=True)
        group = place.astype(np.int64)
        whole = group_panel(history, names, wanted=True)
        daily = history.frequency is Frequency.DAY
        profile = season.weekly_profile(whole) if daily else season.smoothed_profile(whole)
        steady = season.without(history, profile[group])
        launched, doubt = category_weights(history.starts > 0, steady, group)
        weights = smoothing.best_weights(steady)
        point = CategoryPoint(history, steady, weights, group, profile, self.trust * doubt, launched)
        return SampledFit(history, point, seed)


def category_weights(begun: BoolArray, steady: FloatArray, group: IntArray) -> tuple[BoolArray, FloatArray]:
    """Which series speak for their category's level, and for how many periods of own history that level counts.

    Series launched within the history speak where there are eight; else all: those that always sold are seldom like
    those that begin.

    Args:
        begun: series launched within the history, shape (n_series,).
        steady: demand without its season, NaN = not observed, shape (n_series, n_periods).
        group: number of each series' category, shape (n_series,).

    Returns:
        Which series, shape (n_series,), and mean variance within a series over the variance of their means, at most
        100, shape (n_groups,).
    """
    size = int(group.max()) + 1
    launched = begun | (np.bincount(group, begun, size) < FEW)[group]
    known = ~np.isnan(steady)
    count = known.sum(axis=1)
    mean = np.nan_to_num(steady).sum(axis=1) / np.maximum(count, 1)
    within = np.where(known, steady - mean[:, None], 0.0)
    variance = np.square(within).sum(axis=1) / np.maximum(count - 1, 1)
    told = (launched & (count > 1)).astype(np.float64)
    members = np.maximum(np.bincount(group, told, size), 1.0)
    noise = np.bincount(group, told * variance, size) / members
    middle = np.bincount(group, told * mean, size) / members
    apart = np.bincount(group, told * np.square(mean - middle[group]), size) / members
    # the means themselves are noisy by variance / count
    apart -= np.bincount(group, told * variance / np.maximum(count, 1), size) / members
    doubt = np.divide(noise, apart, out=np.full_like(noise, MOST_DOUBT), where=apart > 0)
    return np.asarray(launched), np.minimum(doubt, MOST_DOUBT)
