"""A panel in runs of neighbouring series, small enough that what is worked out of one stays in the cache."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.base.types import IntArray
from core.series.panel import Panel

CELLS: Final = 100_000
"""Cells of a run, 800 kB of numbers: steps over seven million cells at once spend their time waiting for memory."""


def runs(offsets: IntArray, cells: int = CELLS) -> Iterator[tuple[slice, slice]]:
    """Series and flat cells of each run, in their order; a run has at least one series.

    Args:
        offsets: series i owns cells offsets[i]:offsets[i + 1], shape (n_series + 1,).
        cells: a run ends with the series that fills it up to so many.

    Example:
        >>> [(series.start, series.stop) for series, _cells in runs(np.array([0, 3, 5, 9]), cells=4)]
        [(0, 2), (2, 3)]
    """
    n_series, first = len(offsets) - 1, 0
    while first < n_series:
        beyond = int(np.searchsorted(offsets, offsets[first] + cells, side="left"))
        last = min(max(beyond, first + 1), n_series)
        yield slice(first, last), slice(int(offsets[first]), int(offsets[last]))
        first = last


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Demand of a run of series, without drivers and attributes; its arrays are views.

    Attributes:
        panel: the series.
        series, cells: where they and their flat cells stand in the whole panel.
    """

    panel: Panel
    series: slice
    cells: slice


def parts(panel: Panel) -> Iterator[Part]:
    """The panel in runs of series, in their order."""
    for series, cells in runs(panel.offsets):
        demand = replace(
            panel,
            values=panel.values[cells],
            offsets=panel.offsets[series.start : series.stop + 1] - cells.start,
            skus=panel.skus[series],
            locations=panel.locations[series],
            censored=panel.censored[cells],
            drivers={},
            future_drivers={},
            attributes={},
        )
        yield Part(demand, series, cells)
