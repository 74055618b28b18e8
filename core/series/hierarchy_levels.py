"""Hierarchy: which groups each series belongs to, level by level; sums and their reverse without a summing matrix."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np

from core.base.errors import ParameterError
from core.base.types import AnyArray, BoolArray, FloatArray, IntArray
from core.series.group_demand import group_demand
from core.series.hierarchy import total_panel
from core.series.panel import Panel, from_dense

SHORT_SHARE: Final = 0.2
"""Share of a group's usual demand that stock-outs must take for the period to count as out of stock."""


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """Groups of series on one or more levels; levels may cross one another (category and location).

    Attributes:
        levels: names of the levels, coarsest first.
        names: names of the groups of each level, in order.
        member: number of each series' group on each level, counted on over the levels, shape (n_levels, n_series).
    """

    levels: tuple[str, ...]
    names: tuple[AnyArray, ...]
    member: IntArray

    @property
    def n_groups(self) -> int:
        """Number of groups of all levels together."""
        return sum(len(each) for each in self.names)

    @property
    def n_series(self) -> int:
        """Number of series at the bottom."""
        return int(self.member.shape[1])

    @property
    def sizes(self) -> IntArray:
        """Number of series in each group, shape (n_groups,)."""
        return np.bincount(self.member.ravel(), minlength=self.n_groups)

    def rows(self, level: str) -> slice:
        """Where the groups of a level stand among all groups."""
        place = self.levels.index(level)
        first = sum(len(each) for each in self.names[:place])
        return slice(first, first + len(self.names[place]))

    def sums(self, values: FloatArray) -> FloatArray:
        """Sums over the series of every group: S·values, shape (n_groups, …).

        Args:
            values: per series, shape (n_series, …).
        """
        result = np.zeros((self.n_groups, *values.shape[1:]))
        for numbers in self.member:
            order = np.argsort(numbers, kind="stable")
            first = np.flatnonzero(np.diff(numbers[order], prepend=-1))
            result[numbers[order][first]] = np.add.reduceat(values[order], first, axis=0)
        return result

    def spread(self, values: FloatArray) -> FloatArray:
        """What the groups of each series have together: Sᵀ·values, shape (n_series, …).

        Args:
            values: per group, shape (n_groups, …).
        """
        return np.asarray(sum(values[numbers] for numbers in self.member), np.float64)

    def cross(self, weights: FloatArray) -> FloatArray:
        """S·diag(weights)·Sᵀ: weight that two groups have in common, shape (n_groups, n_groups).

        Args:
            weights: per series, shape (n_series,).
        """
        size = self.n_groups
        total = np.zeros(size * size)
        for one in self.member:
            for other in self.member:
                total += np.bincount(one * size + other, weights=weights, minlength=size * size)
        return total.reshape(size, size)

    def cells(self) -> tuple[Self, IntArray]:
        """Series that share all their groups taken as one.

        Returns:
            The same groups over the cells, and the number of each series' cell, shape (n_series,).
        """
        unique, cell = np.unique(self.member, axis=1, return_inverse=True)
        return type(self)(self.levels, self.names, unique), cell.ravel().astype(np.int64)


def hierarchy_of(groups: Mapping[str, AnyArray]) -> Hierarchy:
    """The hierarchy of named groups.

    Args:
        groups: per level, coarsest first, the name of each series' group, shape (n_series,).

    Raises:
        ParameterError: there is no level, or the levels differ in their number of series.

    Example:
        >>> shop = hierarchy_of({"total": ["all", "all", "all"], "category": ["b", "a", "b"]})
        >>> shop.sums(np.array([1.0, 2.0, 4.0])).tolist()
        [7.0, 2.0, 5.0]
    """
    lengths = {len(each) for each in groups.values()}
    if len(lengths) != 1:
        raise ParameterError(
            f"One group per series is expected on every level; levels of {sorted(lengths)} series were given. "
            "Name a group for each series."
        )
    names, members, first = [], [], 0
    for each in groups.values():
        found, place = np.unique(np.asarray([str(name) for name in each], dtype=str), return_inverse=True)
        names.append(_objects(found))
        members.append(place.ravel() + first)
        first += len(found)
    return Hierarchy(tuple(groups), tuple(names), np.array(members, np.int64))


def _objects(names: Any) -> AnyArray:
    return np.asarray(names, dtype=object)


def stacked_totals(panel: Panel, groups: Mapping[str, AnyArray]) -> Panel:
    """Demand of all groups of all levels, one series each, named "level:group"; as `group_panel` wants it.

    Drivers that are known ahead and the same for every member (events, holidays) go with them; prices and promotions of
    single SKUs do not.

    Args:
        panel: the members.
        groups: per level, coarsest first, the name of each series' group.
    """
    hierarchy = hierarchy_of(groups)
    names = [f"{level}:{name}" for level, found in zip(groups, hierarchy.names, strict=True) for name in found]
    past, ahead = _shared_drivers(panel)
    return from_dense(
        _wanted(panel, hierarchy),
        panel.calendar,
        names,
        censored=mostly_short(panel, panel.observed(), hierarchy),
        drivers={name: np.tile(line, (len(names), 1)) for name, line in past.items()},
        future_drivers={name: np.tile(line, (len(names), 1)) for name, line in ahead.items()},
    )


def group_panel(panel: Panel, groups: AnyArray, *, wanted: bool = False) -> Panel:
    """Observed demand of each group, out of stock only where its stock was mostly gone, see `mostly_short`.

    Args:
        panel: the members; their drivers are left out.
        groups: name of each series' group, shape (n_series,).
        wanted: whether what members out of stock would have sold is added to what was sold, see `group_demand`.

    Returns:
        Panel of the groups in order of their names.
    """
    total = total_panel(panel, groups)
    if not panel.censored.any():
        return total
    hierarchy = hierarchy_of({"": groups})
    short = mostly_short(panel, panel.observed(), hierarchy)
    inside = np.arange(total.n_periods)[None, :] >= total.starts[:, None]
    values = _wanted(panel, hierarchy)[inside] if wanted else total.values
    return replace(total, values=values, censored=short[inside])


def _wanted(panel: Panel, hierarchy: Hierarchy) -> FloatArray:
    """Units of every group as if no member had been out of stock, no less than were sold; NaN = none observed.

    Whole numbers where only whole numbers were sold. Shape (n_groups, n_periods).
    """
    demand = panel.dense()
    known = hierarchy.sums((~np.isnan(demand)).astype(np.float64)) > 0
    sold = np.where(known, hierarchy.sums(np.nan_to_num(demand)), np.nan)
    if not panel.censored.any():
        return sold
    observed = panel.observed()
    filled = np.concatenate([group_demand(panel, observed, each - each.min())[0] for each in hierarchy.member])
    whole = ((sold == np.rint(sold)) | ~known).all(axis=1, keepdims=True)
    return np.fmax(sold, np.where(whole, np.rint(filled), filled))


def together(panel: Panel) -> tuple[FloatArray, BoolArray]:
    """Some series as one: units of each period, NaN = not observed, and whether it was mostly out of stock.

    Returns:
        Two arrays of shape (n_periods,).
    """
    one = group_panel(panel, np.full(len(panel), "", dtype=object))
    return one.dense()[0], one.dense(one.censored.astype(np.float64), fill=0.0)[0] > 0


def sold_together(panel: Panel) -> FloatArray:
    """Units of each period over all series, NaN = none observed, shape (n_periods,); of stock-outs what sold."""
    known = ~np.isnan(panel.values)
    place = panel.columns[known]
    units = np.bincount(place, weights=panel.values[known], minlength=panel.n_periods)
    return np.where(np.bincount(place, minlength=panel.n_periods) > 0, units, np.nan)


def mostly_short(panel: Panel, observed: FloatArray, hierarchy: Hierarchy) -> BoolArray:
    """Periods in which stock-outs took more than a fifth of a group's usual demand, shape (n_groups, n_periods).

    In a large group some SKU is out of stock on any day; if that alone counted, its past errors would all be unknown.
    """
    count = np.maximum((~np.isnan(observed)).sum(axis=1), 1)
    usual = (np.nan_to_num(observed).sum(axis=1) / count)[:, None]
    out, known = panel.dense(panel.censored.astype(np.float64), fill=0.0) > 0, ~np.isnan(observed)
    short = hierarchy.sums(usual * out) > SHORT_SHARE * hierarchy.sums(usual * (out | known))
    # of members that were never seen in stock nobody knows what is usual
    return short | ((hierarchy.sums(out.astype(np.float64)) > 0) & (hierarchy.sums(known.astype(np.float64)) == 0))


def _shared_drivers(panel: Panel) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Drivers that are the same for all series, one line of past values and one of planned ones each."""
    past, ahead = {}, {}
    for name, flat in panel.drivers.items():
        line = _common_line(panel.dense(flat)) if panel.known_ahead(name) else None
        if line is not None:
            past[name] = line
            planned = _common_line(panel.future_drivers[name]) if name in panel.future_drivers else None
            if planned is not None:
                ahead[name] = planned
    return past, ahead


def _common_line(values: FloatArray) -> FloatArray | None:
    """What all rows say where they say anything, shape (n_columns,); None when they differ."""
    known = ~np.isnan(values)
    low = np.where(known, values, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, values, -np.inf).max(axis=0, initial=-np.inf)
    told = known.any(axis=0)
    return np.where(told, low, np.nan) if (low[told] == high[told]).all() else None
