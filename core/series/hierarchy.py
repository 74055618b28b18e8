"""Totals of series by category, location or the whole shop: sums of paths, and so coherent by construction."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from core.base.errors import ParameterError
from core.base.types import AnyArray, FloatArray, IntArray
from core.series.forecast import DemandPaths
from core.series.panel import Panel, from_dense

TOTAL: Final = "total"
"""Name of the group that holds every series, and the location of a total over several locations."""


def total_paths(paths: DemandPaths, groups: Sequence[str] | AnyArray) -> DemandPaths:
    """Demand of each group on each path: the sum of its members' paths, never a sum of their quantiles.

    Args:
        paths: joint sample paths, shape (n_paths, n_series, horizon).
        groups: name of each series' group, shape (n_series,).

    Returns:
        Paths of the groups in order of their names, shape (n_paths, n_groups, horizon); sku = the group's name,
        location = that of its members, or "total" when they differ.

    Raises:
        ParameterError: not exactly one group per series.
    """
    names, place = _numbered(groups, len(paths))
    units = np.zeros((paths.n_paths, len(names), paths.horizon))
    for member, group in enumerate(place):
        units[:, group] += paths.units[:, member]
    return DemandPaths(units, names, _locations(paths.locations, place, len(names)), paths.periods)


def total_panel(panel: Panel, groups: Sequence[str] | AnyArray) -> Panel:
    """Observed demand of each group: a period counts as observed when any member was, and as out of stock when any was.

    Args:
        panel: demand of the members; their drivers are left out, a total has no price of its own.
        groups: name of each series' group, shape (n_series,).

    Returns:
        Panel of the groups in order of their names, NaN where no member was observed.

    Raises:
        ParameterError: not exactly one group per series.
    """
    names, place = _numbered(groups, len(panel))
    dense = panel.dense()
    known = _summed(~np.isnan(dense), place, len(names)) > 0
    short = _summed(panel.dense(panel.censored.astype(np.float64), fill=0.0), place, len(names)) > 0
    return from_dense(
        np.where(known, _summed(np.nan_to_num(dense), place, len(names)), np.nan),
        panel.calendar,
        list(names),
        locations=list(_locations(panel.locations, place, len(names))),
        censored=short,
    )


def _numbered(groups: Sequence[str] | AnyArray, n_series: int) -> tuple[AnyArray, IntArray]:
    """Names of the groups in order, and the number of each series' group."""
    if len(groups) != n_series:
        raise ParameterError(f"Totals need one group per series; {len(groups):,} groups for {n_series:,} series given.")
    names, place = np.unique(np.asarray([str(group) for group in groups], dtype=str), return_inverse=True)
    return names.astype(object), place.astype(np.int64)


def _summed(table: AnyArray, place: IntArray, n_groups: int) -> FloatArray:
    """Rows of a table added up by group, shape (n_groups, n_periods)."""
    result = np.zeros((n_groups, table.shape[1]))
    np.add.at(result, place, table)
    return result


def _locations(locations: AnyArray, place: IntArray, n_groups: int) -> AnyArray:
    """The location all members of a group share, or "total"."""
    found = [set(locations[place == group]) for group in range(n_groups)]
    return np.array([next(iter(names)) if len(names) == 1 else TOTAL for names in found], dtype=object)
