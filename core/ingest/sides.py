"""Columns that speak of another role: drivers in a sales table, movements in a table of stock."""

from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.base.columns import FIELDS
from core.ingest import numerals
from core.ingest.cells import Cells, texts_of
from core.ingest.mapping import TableMapping
from core.ingest.movements import kind_of
from core.ingest.synonyms import driver_name
from core.ingest.tables import RawTable

_SIDES: Final = {"sales": "driver", "stock": "movement"}


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Rows of another role found beside those of a table.

    Attributes:
        role: their role.
        rows: `line` (a running number) and FIELDS[role].
    """

    role: str
    rows: pa.Table


def carry(cells: Cells, table: RawTable, mapping: TableMapping) -> tuple[str, ...]:
    """Put the columns of another role beside those of the table's own, so that rows set aside take them along.

    Args:
        cells: typed columns, shape (n_rows,) each.
        table: where they came from.
        mapping: decided down to the decimal mark.

    Returns:
        What could not be read in them; the rows themselves stay.
    """
    notes = []
    for index in mapping.columns(_SIDES.get(mapping.role, "")):
        column = table.columns.column(index)
        values, bad = numerals.numbers(column, mapping.decimal, truths=True)
        # mostly words are names of events; a few words among numbers are mistakes
        wordy = mapping.role == "sales" and bool(bad.sum() > 0.5 * (len(values) - values.null_count + bad.sum()))
        cells.columns[_name(index)] = texts_of(column) if wordy else values
        if bad.any() and not wordy:
            notes.append(f"Cells of the column “{table.header[index]}” that are no numbers, left out: {bad.sum():,}.")
    return tuple(notes)


def taken(cells: Cells, table: RawTable, mapping: TableMapping) -> tuple[Side, ...]:
    """The rows of another role, after rows were set aside; their columns leave the cells."""
    columns = {index: cells.columns.pop(_name(index)) for index in mapping.columns(_SIDES.get(mapping.role, ""))}
    if not columns or not len(cells.numbers):
        return ()
    if mapping.role == "sales":
        return (Side("drivers", _drivers(cells, table, columns)),)
    if mapping.column("stock_date") is None:
        return ()
    return (Side("movements", _movements(cells, table, columns)),)


def _name(index: int) -> str:
    return f"side {index}"


def _drivers(cells: Cells, table: RawTable, columns: dict[int, Any]) -> pa.Table:
    """One value per SKU, location, day and driver: the mean of its lines; an event counts as 1."""
    day = pc.cast(pc.floor_temporal(cells.columns["sold_at"], unit="day"), pa.date32())
    keys = {"period": day, "sku": cells.columns["sku"], "location": cells.columns["location"]}
    parts, names = [], set()
    for index, values in columns.items():
        name = driver_name(table.header[index])
        name = table.header[index].strip() if name in names else name
        names.add(name)
        parts.append(_events(keys, values) if pa.types.is_string(values.type) else _means(keys, values, name))
    rows = pa.concat_tables(parts)
    return rows.select(FIELDS["drivers"]).add_column(0, "line", pa.array(range(1, rows.num_rows + 1), pa.int64()))


def _means(keys: dict[str, Any], values: Any, name: str) -> pa.Table:
    lines = pa.table(keys | {"value": values})
    lines = lines.filter(pc.is_valid(lines["value"]))
    means = lines.group_by(list(keys), use_threads=False).aggregate([("value", "mean")])
    n = means.num_rows
    return pa.table(
        {**{key: means[key] for key in keys}, "driver": pa.array([name] * n, pa.string()),
         "value": means["value_mean"], "label": pa.nulls(n, pa.string())}
    )  # fmt: skip


def _events(keys: dict[str, Any], texts: Any) -> pa.Table:
    lines = pa.table(keys | {"label": texts})
    lines = lines.filter(pc.is_valid(lines["label"]))
    named = lines.group_by([*keys, "label"], use_threads=False).aggregate([])
    events = pc.binary_join_element_wise("event", pc.utf8_trim_whitespace(named["label"]), ":")
    ones = pa.array([1.0] * named.num_rows, pa.float64())
    return pa.table({**{key: named[key] for key in keys}, "driver": events, "value": ones, "label": named["label"]})


def _movements(cells: Cells, table: RawTable, columns: dict[int, Any]) -> pa.Table:
    """One movement per row and column with units; what goes out is written as a negative number."""
    parts = []
    for index, values in columns.items():
        kind, sign = kind_of(table.header[index])
        units = pc.cast(values, pa.float64())
        if sign < 0 and not pc.any(pc.less(units, 0.0)).as_py():
            units = pc.negate(units)
        rows = pa.table(
            {"moved_on": cells.columns["stock_date"], "sku": cells.columns["sku"],
             "location": cells.columns["location"], "quantity": units}
        )  # fmt: skip
        rows = rows.filter(
            pc.and_(pc.not_equal(pc.fill_null(rows["quantity"], 0.0), 0.0), pc.is_valid(rows["moved_on"]))
        )
        n = rows.num_rows
        rows = rows.append_column("kind", pa.array([kind] * n, pa.string()))
        parts.append(rows.append_column("document", pa.nulls(n, pa.string())).select(FIELDS["movements"]))
    found = pa.concat_tables(parts)
    return found.add_column(0, "line", pa.array(range(1, found.num_rows + 1), pa.int64()))
