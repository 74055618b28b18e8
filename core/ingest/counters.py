"""Readings of a counter that only grows → the units between two readings."""

import re
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.types import BoolArray, FloatArray, IntArray
from core.ingest import dates, numerals
from core.ingest.cells import Cells
from core.ingest.mapping import TableMapping
from core.ingest.tables import RawTable

_JUDGED_SKUS: Final = 20
_FEWEST_READINGS: Final = 8
_ENOUGH_READINGS: Final = 40
_NAMED: Final = re.compile(
    r"cumul|counter|lifetime|to.?date|running|reading|累计|累積|kumul|zähler|acumul", re.IGNORECASE
)
_RESET: Final = 0.2  # a fall to less than a fifth is a counter that started anew
_MOST: Final = 0.8


def looks_cumulative(table: RawTable, mapping: TableMapping) -> bool:
    """Whether the quantities of a long sales table read like a counter: per SKU they never fall but to start anew.

    Judged on the first 20 SKUs that have at least eight readings at different times; four in five of them must grow at
    most readings, and forty readings in all must speak for it unless the column's name does.

    Args:
        table: the raw table.
        mapping: decided down to date order and decimal mark.
    """
    names = ("sku", "location", "sold_at", "quantity")
    places = {name: place for name in names if (place := mapping.column(name)) is not None}
    if not {"sku", "sold_at", "quantity"} <= places.keys():
        return False
    codes = table.columns.column(places["sku"])
    judged = pc.unique(codes.slice(0, 2_000)).slice(0, _JUDGED_SKUS)
    rows = table.columns.filter(pc.is_in(codes, value_set=judged))
    values, _ = numerals.numbers(rows.column(places["quantity"]), mapping.decimal)
    moments, _ = dates.moments(rows.column(places["sold_at"]), mapping.date_order)
    group = _codes(rows.column(places["sku"]))
    if "location" in places:
        sites = _codes(rows.column(places["location"]))
        group = group * (1 + sites.max(initial=0)) + sites
    series = _series(group, _stamps(moments), _floats(values))
    told = [(grows, stamps.size) for stamps, readings in series if (grows := _grows(stamps, readings)) is not None]
    growing = [size for grows, size in told if grows]
    named = bool(_NAMED.search(table.header[places["quantity"]]))
    # few SKUs whose sales happen to rise must not stop an import
    return len(growing) >= max(_MOST * len(told), 1) and (named or sum(growing) >= _ENOUGH_READINGS)


def _codes(texts: Any) -> IntArray:
    """A number for each distinct text."""
    _, places = numerals.distinct(texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts]))
    return np.asarray(pc.fill_null(places, -1).to_numpy(zero_copy_only=False), np.int64)


def _stamps(moments: Any) -> IntArray:
    """Microseconds since 1970; the smallest number where there is none."""
    filled = pc.fill_null(pc.cast(moments, pa.int64()), np.iinfo(np.int64).min)
    return np.asarray(filled.to_numpy(zero_copy_only=False), np.int64)


def _floats(values: Any) -> FloatArray:
    return np.asarray(values.to_numpy(zero_copy_only=False), np.float64)


def _series(group: IntArray, stamps: IntArray, values: FloatArray) -> list[tuple[IntArray, FloatArray]]:
    """Moments and values of each group, in order of time; unreadable rows left out."""
    fine = np.isfinite(values) & (stamps > np.iinfo(np.int64).min)
    order = np.flatnonzero(fine)[np.lexsort((stamps[fine], group[fine]))]
    edges = np.flatnonzero(np.diff(group[order])) + 1
    return [(stamps[part], values[part]) for part in np.split(order, edges) if part.size]


def _grows(stamps: IntArray, values: FloatArray) -> bool | None:
    """Whether one series reads like a counter; None when it is too short, too flat or not one value a time."""
    if values.size < _FEWEST_READINGS or (np.diff(stamps) == 0).any() or values.min() == values.max():
        return None
    steps = np.diff(values)
    resets = (steps < 0) & (values[1:] <= _RESET * values[:-1])
    ups = steps[steps > 0]
    # sales that happen to rise stay near their step; a counter has long left it behind
    return bool(
        not ((steps < 0) & ~resets).any()
        and resets.sum() <= max(0.1 * steps.size, 1.0)
        and ups.size >= 0.5 * steps.size
        and values.max() >= 5.0 * ups.mean()
    )


def difference(cells: Cells) -> None:
    """Turn readings into units since the last reading of the same SKU and location, in place.

    The first reading tells nothing and is set aside. A reading below the last one is a counter that started anew: its
    units are the reading itself.

    Args:
        cells: sales cells with required fields checked, shape (n_rows,).
    """
    values = _floats(cells.columns["quantity"])
    places = _codes(cells.columns["location"])
    group = _codes(cells.columns["sku"]) * (1 + places.max(initial=0)) + places
    usable = np.flatnonzero(~cells.wrong)
    order = usable[np.lexsort((usable, _stamps(cells.columns["sold_at"])[usable], group[usable]))]
    # the first of each group follows nothing
    same: BoolArray = np.append([False], group[order][1:] == group[order][:-1])[: order.size]
    before = np.append([0.0], values[order][:-1])[: order.size]
    steps = np.where(same, np.where(values[order] < before, values[order], values[order] - before), values[order])
    result = values.copy()
    result[order] = steps
    first = np.zeros(values.size, bool)
    first[order[~same]] = True
    cells.fault(first, "It is the first reading of its counter, so there is nothing to subtract it from.")
    cells.columns["quantity"] = pa.array(result, pa.float64(), from_pandas=True)
