"""Wide tables → one record per cell."""

import re
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.columns import FIELDS, MAIN_LOCATION, PROMOTION
from core.base.errors import MappingError
from core.base.types import BoolArray, DateArray, IntArray
from core.ingest import dates, numerals, spans
from core.ingest.cells import Cells, keep, read_cells, type_of
from core.ingest.mapping import TableMapping
from core.ingest.shapes import bare, period_starts
from core.ingest.synonyms import driver_name
from core.ingest.tables import RawTable

_HOLIDAY: Final = re.compile(r"holiday|节假日|节日|feiertag|festivo", re.IGNORECASE)
_DISCOUNT: Final = re.compile(r"discount|percent.?off|markdown|折扣|rabatt|remise|descuento", re.IGNORECASE)
_NO_NUMBER: Final = "“{value}” in column “{column}” is not a number."


def period_days(labels: list[str], mapping: TableMapping) -> DateArray:
    """First day of each period column, datetime64[D], shape (n_columns,); raises MappingError when it is not known."""
    texts = pa.array(list(map(bare, labels)), pa.string())
    order = dates.day_order(texts, mapping.date_order, doubting=mapping.doubts == "refused")
    return period_starts(labels, order, mapping.start_date)


def melted_sales(table: RawTable, mapping: TableMapping, key: bytes | None) -> Cells:
    """Sales cells, column by column: a row per SKU with a column per period, or a row per period with one per SKU.

    Missing cells are no records: before a SKU's first one it was not on sale, later ones count as nothing sold.
    """
    across = mapping.columns("quantity")
    n, labels = table.columns.num_rows, [table.header[i] for i in across]
    ids = read_cells(table, _without(mapping, "quantity"), key)
    ids.require("sku" if mapping.column("sku") is not None else "sold_at")
    values, bad, missing = _numbers_of(table, across, mapping)
    if pc.all(pc.is_null(values)).as_py():
        raise MappingError(
            f"No cell of the columns {labels[0]}…{labels[-1]} is a number. Map other columns to quantity."
        )
    # cells stand column by column, as the number columns were put one after the other
    rows, owners = np.tile(np.arange(n), len(across)), np.repeat(np.arange(len(across)), n)
    columns = {name: pc.take(ids.columns[name], pa.array(rows)) for name in FIELDS["sales"]} | {"quantity": values}
    if mapping.column("sku") is not None:
        days = pa.array(period_days(labels, mapping).astype("datetime64[us]"), pa.timestamp("us"))
        columns["sold_at"] = pc.take(days, pa.array(owners))
        cells_of_periods, days_of_periods = missing.reshape(len(across), n), days
    else:
        cells_of_periods, days_of_periods = missing.reshape(len(across), n).T, ids.columns["sold_at"]
        columns["sku"] = pc.take(pa.array(labels, pa.string()), pa.array(owners))
    cells = Cells(columns, np.arange(1, rows.size + 1), np.zeros(rows.size, bool), mapped=ids.mapped)
    if missing.any() and pc.any(pc.equal(values, 0.0)).as_py():
        cells.notes = _gaps(cells_of_periods, days_of_periods)
    _inherit(cells, ids, rows)
    cells.fault(bad, _NO_NUMBER, np.array(across)[owners])
    cells.fill("location", MAIN_LOCATION)
    return _present(cells, table, rows, ~missing)


def _gaps(missing: BoolArray, days: Any) -> tuple[str, ...]:
    """What to say of cells that are missing in a table that writes its zeros, as a sentence; () for nothing.

    Args:
        missing: whether a cell is missing, shape (n_periods, n_series).
        days: first day of each period, timestamps, shape (n_periods,).
    """
    ordered = missing[np.asarray(pc.sort_indices(days))]
    gaps = ordered & np.logical_or.accumulate(~ordered, axis=0)
    if not gaps.any():
        return ()
    return (
        f"Empty cells after the first filled one of an item: {gaps.sum():,}, of {gaps.any(axis=0).sum():,} items. They "
        f"count as nothing sold, as the zeros do. For an item that was no longer on sale, state in a products file "
        f"until when it was.",
    )


def melted_stock(table: RawTable, mapping: TableMapping, key: bytes | None) -> Cells:
    """Stock cells, column by column: a row per SKU with a column per location. Missing cells are no records."""
    across = mapping.columns("on_hand")
    n, labels = table.columns.num_rows, [table.header[i] for i in across]
    ids = read_cells(table, _without(mapping, "on_hand"), key)
    ids.require("sku")
    values, bad, missing = _numbers_of(table, across, mapping)
    rows, owners = np.tile(np.arange(n), len(across)), np.repeat(np.arange(len(across)), n)
    columns = {name: pc.take(ids.columns[name], pa.array(rows)) for name in FIELDS["stock"]} | {"on_hand": values}
    columns["location"] = pc.take(pa.array(labels, pa.string()), pa.array(owners))
    cells = Cells(columns, np.arange(1, rows.size + 1), np.zeros(rows.size, bool), mapped=ids.mapped)
    _inherit(cells, ids, rows)
    cells.fault(bad, _NO_NUMBER, np.array(across)[owners])
    return _present(cells, table, rows, ~missing)


def _inherit(cells: Cells, ids: Cells, rows: IntArray) -> None:
    """A fault in a row's own columns, such as a missing SKU, concerns each of its cells.

    Args:
        cells: the melted cells, shape (n_cells,).
        ids: the columns that stand once per row, shape (n_rows,).
        rows: row of each cell, shape (n_cells,).
    """
    for wrong, sentence, at in ids.faults:
        concerned = np.zeros(len(ids.wrong), bool)
        concerned[wrong] = True
        column = np.zeros(len(ids.wrong), np.int64)
        column[wrong] = 0 if at is None else at
        cells.fault(concerned[rows], sentence, None if at is None else column[rows])


def _without(mapping: TableMapping, field: str) -> TableMapping:
    return replace(mapping, fields={i: name for i, name in mapping.fields.items() if name != field})


def _numbers_of(table: RawTable, columns: list[int], mapping: TableMapping) -> tuple[Any, BoolArray, BoolArray]:
    """Numbers of several columns one after the other, which cells are no numbers, and which are missing."""
    chunks = [chunk for i in columns for chunk in table.columns.column(i).chunks]
    values, bad = numerals.numbers(
        pa.chunked_array(chunks, pa.string()), mapping.decimal, truths=mapping.role == "drivers"
    )
    missing = np.asarray(pc.is_null(values).to_numpy(zero_copy_only=False)) & ~bad
    return values, bad, missing


def _present(cells: Cells, table: RawTable, rows: IntArray, present: BoolArray) -> Cells:
    """The cells that are records, those set aside listed."""
    cells.columns = {name: pc.filter(values, pa.array(present)) for name, values in cells.columns.items()}
    cells.numbers, cells.wrong = cells.numbers[present], cells.wrong[present]
    # faults are kept by position, and positions move when missing cells go
    places = np.cumsum(present) - 1
    cells.faults = [
        (places[wrong[present[wrong]]], sentence, None if at is None else at[present[wrong]])
        for wrong, sentence, at in cells.faults
    ]
    return keep(cells, table, rows[present])


def melted_drivers(table: RawTable, mapping: TableMapping, key: bytes | None) -> Cells:
    """Driver cells, column by column.

    A column of numbers gives values; a column of texts gives events (value 1) when the table has dates, and labels
    when it has none. In a table of spans the name of a campaign is the label of a promotion.
    """
    n, across = table.columns.num_rows, mapping.columns("driver")
    ids = read_cells(table, _without(mapping, "driver"), key)
    dated = _dated_rows(table, mapping, ids)
    parts = [_driver_column(table, index, mapping, dated=dated) for index in across]
    _tell_apart(parts, [table.header[index] for index in across])
    if spanned(mapping) and _is_promotion(parts, [table.header[index] for index in across]):
        across, parts = [*across, -1], [*parts, _flag(n)]
    rows = np.tile(np.arange(n), len(across))
    shared: list[str] = [name for name in ("period", "until", "sku", "location") if name in ids.columns]
    columns = {name: pc.take(ids.columns[name], pa.array(rows)) for name in shared}
    for name in ("driver", "value", "label"):
        columns[name] = pa.chunked_array([chunk for part in parts for chunk in _chunks(part[name])], type_of(name))
    cells = Cells(columns, np.arange(1, rows.size + 1), np.zeros(rows.size, bool), mapped=ids.mapped)
    _inherit(cells, ids, rows)
    cells.fault(np.concatenate([part["bad"] for part in parts]), _NO_NUMBER, np.repeat(across, n))
    present = np.concatenate([part["present"] for part in parts])
    return _present(cells, table, rows, present)


def spanned(mapping: TableMapping) -> bool:
    """Whether the table's drivers hold from a first to a last day."""
    return mapping.column("since") is not None or mapping.column("until") is not None


def _dated_rows(table: RawTable, mapping: TableMapping, ids: Cells) -> bool:
    """Check the columns that say when and where the drivers hold; whether they say when."""
    if spanned(mapping):
        spans.add_span(ids, table, mapping)
        ids.headers["period"] = table.header[mapping.column("since") or 0]
    elif mapping.column("period") is None:
        if mapping.column("sku") is None and mapping.column("location") is None:
            raise MappingError("A drivers table needs a column for period, sku or location. Map one of them.")
        _check_static(ids, table.header)
        return False
    ids.require("period")
    return True


def _is_promotion(parts: list[dict[str, Any]], headers: list[str]) -> bool:
    """Whether spans are promotions though no column says so: they bear a discount, or nothing at all."""
    names = {name for part in parts for name in pc.unique(part["driver"]).to_pylist()}
    return PROMOTION not in names and all(_DISCOUNT.search(header) for header in headers)


def _flag(n: int) -> dict[str, Any]:
    """A promotion on every row."""
    nothing = np.zeros(n, bool)
    return {"driver": pa.array([PROMOTION] * n, pa.string()), "value": pa.array(np.ones(n)),
            "label": pa.nulls(n, pa.string()), "present": ~nothing, "bad": nothing}  # fmt: skip


def _tell_apart(parts: list[dict[str, Any]], headers: list[str]) -> None:
    """Two columns that mean one driver keep their headers, or one would hide the other."""
    taken: set[str] = set()
    for part, header in zip(parts, headers, strict=True):
        name = part["name"]
        if name in taken and name != header.strip():
            renamed = pa.array([header.strip()], pa.string())
            part["driver"] = pc.if_else(pc.equal(part["driver"], name), renamed[0], part["driver"])
        taken.add(name)


def _check_static(ids: Cells, header: tuple[str, ...]) -> None:
    """Without dates each SKU and location has one value of each driver."""
    places = pa.table({name: ids.columns[name] for name in ("sku", "location")})
    if places.group_by(["sku", "location"]).aggregate([]).num_rows < places.num_rows:
        raise MappingError(
            f"The table has several rows for the same sku and location but no dates, so it is unclear when they hold. "
            f"Headers found: {', '.join(header)[:200]}. Map a column with dates to period."
        )


def _chunks(values: Any) -> list[Any]:
    return list(values.chunks) if isinstance(values, pa.ChunkedArray) else [values]


def _driver_column(table: RawTable, index: int, mapping: TableMapping, *, dated: bool) -> dict[str, Any]:
    """One driver column: name, value and label of each cell, which are there and which are wrong.

    Args:
        table: the raw table.
        index: the column.
        mapping: decided down to the decimal mark.
        dated: whether the table has dates, so that words are events and not labels.

    Returns:
        "driver", "value", "label", "present" and "bad", each of shape (n_rows,), and "name", the driver of the column.
    """
    values, bad, missing = _numbers_of(table, [index], mapping)
    n, name = len(missing), driver_name(table.header[index])
    names = pa.array([name] * n, pa.string())
    told = {"name": name, "present": ~missing, "bad": np.zeros(n, bool)}
    # a few words among numbers are mistakes; mostly words are names of events or kinds
    if bad.sum() <= 0.5 * (~missing).sum():
        return told | {"driver": names, "value": values, "label": pa.nulls(n, pa.string()), "bad": bad}
    texts = table.columns.column(index).combine_chunks()
    if not dated:
        return told | {"driver": names, "value": pa.nulls(n, pa.float64()), "label": texts}
    if spanned(mapping) and name in {PROMOTION, "event"}:
        promotions = pa.array([PROMOTION] * n, pa.string())
        return told | {"driver": promotions, "value": pa.array(np.ones(n)), "label": texts}
    kind = "holiday" if _HOLIDAY.search(table.header[index]) else "event"
    events = pa.array([f"{kind}:{text.strip()}" for text in texts.to_pylist()], pa.string())
    return told | {"driver": events, "value": pa.array(np.ones(n)), "label": texts}
