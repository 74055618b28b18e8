"""Drivers given from a first to a last day → one record per day."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import MappingError
from core.base.language import day
from core.base.types import BoolArray, IntArray
from core.ingest.cells import Cells, typed
from core.ingest.mapping import TableMapping
from core.ingest.tables import RawTable

OPEN_DAYS: Final = 730
"""Days after the last day a table names for which a driver without an end is taken to hold."""
_MOST_DAYS: Final = 20_000_000
_FOREVER: Final = r"9999"


def add_span(cells: Cells, table: RawTable, mapping: TableMapping) -> None:
    """Put the first day into `period` and the last into `until`, and set aside spans that end before they begin.

    Args:
        cells: typed columns of a drivers table, a row per line, shape (n_rows,).
        table: where they came from.
        mapping: decided down to the date order.
    """
    since = _days(cells, table, mapping, "since")
    cells.columns["period"] = since
    place = mapping.column("until")
    until = _days(cells, table, mapping, "until") if place is not None else pa.nulls(len(since), pa.date32())
    backwards = pc.fill_null(pc.less(until, since), pa.scalar(value=False))
    cells.fault(
        np.asarray(backwards.to_numpy(zero_copy_only=False), bool), "It ends (“{value}”) before it begins.", place or 0
    )
    cells.columns["until"] = until


def _days(cells: Cells, table: RawTable, mapping: TableMapping, name: str) -> Any:
    place = mapping.column(name)
    if place is None:
        raise MappingError("A column is mapped to until, but none to since. Map the first day to since.")
    column = table.columns.column(place)
    if name == "until":
        # business software writes the year 9999 for “no end”
        column = pc.if_else(pc.match_substring(column, _FOREVER), "", column)
    values, bad = typed(column, name, mapping, b"")
    cells.fault(bad, "“{value}” in column “{column}” is not a date.", place)
    return values


def expand(cells: Cells) -> tuple[str, ...]:
    """Repeat each record for every day of its span, in place; returns what the user should know.

    A span without an end holds until the same driver of the same SKU and location changes, and otherwise for two years
    after the last day the table names.
    """
    since = _numbers(cells.columns["period"])
    until, is_open = _ends(cells, since)
    lengths = until - since + 1
    if lengths.sum() > _MOST_DAYS:
        raise MappingError(
            f"The spans make {lengths.sum():,} days, more than {_MOST_DAYS:,}. Leave out columns or split the file."
        )
    rows = pa.array(np.repeat(np.arange(since.size), lengths))
    offsets = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    days = np.repeat(since, lengths) + offsets
    cells.columns = {name: pc.take(values, rows) for name, values in cells.columns.items() if name != "until"}
    cells.columns["period"] = pa.array(days.astype("datetime64[D]"), pa.date32())
    cells.numbers, cells.wrong = np.arange(1, len(rows) + 1), np.zeros(len(rows), bool)
    if not is_open.any():
        return ()
    told = day(np.datetime64(int(until[is_open].max()), "D"))
    return (f"{int(is_open.sum()):,} entries have no last day: they hold until the next change, at most until {told}.",)


def _ends(cells: Cells, since: IntArray) -> tuple[IntArray, BoolArray]:
    """Last day of each span, in days since 1970, and which were open."""
    given = cells.columns["until"]
    is_open = np.asarray(pc.is_null(given).to_numpy(zero_copy_only=False), bool)
    until = np.where(is_open, since, _numbers(pc.fill_null(given, pa.scalar(0, pa.int32()).cast(pa.date32()))))
    horizon = int(max(since.max(initial=0), until.max(initial=0))) + OPEN_DAYS
    names = [pc.fill_null(pc.cast(cells.columns[name], pa.string()), "") for name in ("driver", "sku", "location")]
    group = pa.table({"a": names[0], "b": names[1], "c": names[2]})
    keys = pc.binary_join_element_wise(group["a"], group["b"], group["c"], "\x1f")
    codes = keys.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    # each distinct first day of a driver ends what was open before it
    starts, place = np.unique(np.stack([codes, since], axis=1), axis=0, return_inverse=True)
    follows = np.append(starts[1:, 0] == starts[:-1, 0], [False])
    later = np.where(follows, np.append(starts[1:, 1], [0]) - 1, horizon)[place.ravel()]
    return np.where(is_open, later, np.minimum(until, horizon)), is_open


def _numbers(days: Any) -> IntArray:
    return np.asarray(pc.cast(days, pa.int32()).to_numpy(zero_copy_only=False), np.int64)
