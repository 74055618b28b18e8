"""What the groups a series belongs to sold: the whole shop, its category, its SKU over all locations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import AnyArray, FloatArray, IntArray
from core.series.features_history import DemandHistory
from core.series.group_demand import group_demand
from core.series.panel import Panel

SHOP: Final = "shop"
LEAST_MEMBERS: Final = 3
"""Series a group must have on average; smaller ones say little that the series does not say itself."""
MOST_GROUPINGS: Final = 5
"""Groupings looked at besides the whole shop."""
HINDSIGHT: Final = frozenset({"life_stage"})
"""Attributes that were read off the whole history and so know what came after an origin."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupHistory:
    """Mean demand of the members of each group, with everything needed to look back from any origin.

    Its season and its last year are far less noisy than those of one member.

    Attributes:
        member: group of each series, shape (n_series,).
        history: mean units per member and period of each group, n_groups rows.
        window: width of the level, periods.
    """

    member: IntArray
    history: DemandHistory
    window: int

    def columns(self, name: str, series: IntArray, origins: IntArray, steps: IntArray) -> Mapping[str, FloatArray]:
        """Of each row's group, over its level at the origin: the last season, the target's place in it, last year.

        Args:
            name: of the grouping, the prefix of the columns.
            series: index of the series of each row.
            origins: number of periods known.
            steps: periods ahead.
        """
        past = self.history
        # the whole shop is one group: looked up once for all series
        group = self.member[series] if len(past.observed) > 1 else np.zeros(1, np.int64)
        level = past.level(group, origins, self.window)
        recent = past.recent_mean(group, origins, max(self.window // 4, 1))
        place = past.same_season(group, origins, steps, 0)
        found = {f"{name}_recent": _over(recent, level), f"{name}_same_season": _over(place, level)}
        last_year = past.last_year(group, origins, steps, self.window)
        return found | {f"{name}_last_year": np.clip(np.nan_to_num(last_year, nan=1.0), 0.0, 5.0)}


def group_histories(panel: Panel, n_ahead: int, window: int) -> dict[str, GroupHistory]:
    """The whole shop, and each way to group its series that forms more than one group of several members.

    Args:
        panel: demand with its attributes.
        n_ahead: periods after the last one that rows may be about.
        window: width of the level, periods.
    """
    named = {"sku": panel.skus, "location": panel.locations, **panel.attributes}
    codes: dict[str, IntArray] = {SHOP: np.zeros(len(panel), np.int64)}
    for name, texts in named.items():
        code = _codes(texts)
        n_groups = int(code.max(initial=0)) + 1
        repeated = any(np.array_equal(code, other) for other in codes.values())
        if name not in HINDSIGHT and not repeated and 1 < n_groups <= len(panel) / LEAST_MEMBERS:
            codes[name] = code
    observed = panel.observed()
    return {
        name: GroupHistory(code, DemandHistory.of(panel, n_ahead, _means(panel, observed, code)), window)
        for name, code in list(codes.items())[: MOST_GROUPINGS + 1]
    }


def _codes(texts: AnyArray) -> IntArray:
    """A number per distinct text, in the order of the texts."""
    return np.asarray(np.unique([str(text) for text in texts], return_inverse=True)[1], np.int64)


def _means(panel: Panel, observed: FloatArray, code: IntArray) -> FloatArray:
    """Mean of the members of each group, NaN where none was observed, shape (n_groups, n_periods)."""
    units, members = group_demand(panel, observed, code)
    return np.where(members > 0, units / np.maximum(members, 1.0), np.nan)


def _over(values: FloatArray, level: FloatArray) -> FloatArray:
    """Values over the level, at most 5; 1 where either is unknown or nothing was ever sold."""
    ratio = np.where(level > 0, values / np.where(level > 0, level, 1.0), np.nan)
    return np.minimum(np.nan_to_num(ratio, nan=1.0), 5.0)
