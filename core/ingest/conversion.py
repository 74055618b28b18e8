"""A raw table and its mapping → typed rows of a role; unreadable rows are set aside with their line and reason."""

from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.columns import DATES, FIELDS, MAIN_LOCATION, NUMBERS, REQUIRED, TIMESTAMPS
from core.base.errors import MappingError
from core.ingest import (
    counters,
    counts,
    date_doubts,
    dates,
    limits,
    melting,
    movements,
    numerals,
    platforms,
    settling,
    sides,
    spans,
)
from core.ingest.cells import Cells, keep, read_cells, type_of
from core.ingest.mapping import TableMapping
from core.ingest.sheet import Repaired
from core.ingest.synonyms import is_personal
from core.ingest.tables import RawTable, Rejected

_LOCATED: Final = frozenset({"sales", "stock", "movements", "orders"})
"""Roles whose rows always stand at a location."""
_LONGEST: Final = 300


class _Mapped(Protocol):
    """Anything that stands for a mapping, such as a Recognition."""

    def to_mapping(self) -> TableMapping: ...


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """Typed rows of a role.

    `records == rows.num_rows + len(quarantined)` always. In a long table a record is a line of the file under the
    header that is not blank; in a wide one it is a cell that is not missing, or a line that was refused; where one
    line holds several items or days, each of them is a record.

    Attributes:
        role: the role.
        rows: `line` (int64, unique) and FIELDS[role], typed as in the store; shape (n_rows, 1 + n_fields).
            Long tables: line of the file. Wide tables and split lines: running number.
        quarantined: what could not be read, by line of the file.
        records: see above.
        dropped_columns: headers of columns about persons that were left out.
        also: rows of other roles found in the same table, to be stored with it; none of them is set aside.
        notes: what the user should know about how the rows were made.
    """

    role: str
    rows: pa.Table
    quarantined: tuple[Rejected, ...]
    records: int
    dropped_columns: tuple[str, ...]
    also: tuple["Converted", ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """Typed columns, rows of other roles, and remarks."""

    cells: Cells
    beside: tuple[sides.Side, ...] = ()
    notes: tuple[str, ...] = ()


def convert(table: RawTable, mapping: TableMapping | _Mapped, *, customer_key: bytes | None) -> Converted:
    """The typed rows of a raw table.

    Args:
        table: the raw table.
        mapping: which column is which field, or the recognition that says so.
        customer_key: secret that customer numbers are hashed with; None when the table holds hashes already.

    Raises:
        MappingError: a required field has no column or no readable value, or only the user can say how to read it.
    """
    repair, decided = _prepared(table, mapping if isinstance(mapping, TableMapping) else mapping.to_mapping())
    source = settling.in_1900(repair.table, decided)
    read = _cells(source, decided, customer_key)
    cells = read.cells
    rows = pa.table({"line": pa.array(cells.numbers), **{name: cells.columns[name] for name in FIELDS[decided.role]}})
    dropped = tuple(
        name for i, name in enumerate(table.header) if is_personal(name) and decided.fields.get(i) != "customer"
    )
    refused = _refused(table, decided, repair)
    quarantined = _without_people(table, decided, dropped) + refused + cells.rejected
    also = tuple(Converted(side.role, side.rows, (), side.rows.num_rows, ()) for side in read.beside)
    return Converted(
        decided.role, rows, quarantined, rows.num_rows + len(quarantined), dropped, also, repair.notes + read.notes
    )


def checked(table: RawTable, mapping: TableMapping) -> tuple[str, ...]:
    """What conversion will remark about a table.

    Raises:
        MappingError: what conversion would refuse to guess.
    """
    repair, decided = _prepared(table, mapping)
    counted = settling.counted_dates(repair.table, decided)
    return (*repair.notes, counted) if counted else repair.notes


def _prepared(table: RawTable, mapping: TableMapping) -> tuple[Repaired, TableMapping]:
    """The table repaired and the mapping settled; repairs first, they may fill the very cells that decide."""
    repair = platforms.repaired(table, mapping)
    return repair, settling.settled(repair.table, mapping)


def _cells(table: RawTable, mapping: TableMapping, key: bytes | None) -> _Read:
    if mapping.layout == "wide" and mapping.role == "sales":
        cells = melting.melted_sales(table, mapping, key)
        return _Read(cells, (), cells.notes)
    if mapping.layout == "wide" and mapping.role == "stock":
        return _Read(melting.melted_stock(table, mapping, key))
    if mapping.layout == "wide" and mapping.role == "drivers":
        return _over_days(melting.melted_drivers(table, mapping, key), mapping)
    return _long(table, mapping, key)


def _over_days(cells: Cells, mapping: TableMapping) -> _Read:
    """Drivers with a first and a last day stand for each day between them."""
    return _Read(cells, (), spans.expand(cells) if melting.spanned(mapping) else ())


def _long(table: RawTable, mapping: TableMapping, key: bytes | None) -> _Read:
    """One record per row."""
    cells = read_cells(table, mapping, key)
    if (np.diff(cells.numbers) <= 0).any():  # split lines share their number
        cells.numbers = np.arange(1, cells.numbers.size + 1)
    _completed(cells, table, mapping, key)
    for field in REQUIRED[mapping.role]:
        cells.require(field)
    if mapping.role in _LOCATED:
        cells.fill("location", MAIN_LOCATION)
    if mapping.doubts != "passed over":
        _set_doubtful_aside(cells, mapping)
    _check_readable(table, mapping, cells)
    if mapping.counter == "difference" and mapping.role == "sales":
        counters.difference(cells)
    if mapping.role == "stock":
        counts.settle(cells, table, mapping)
    notes = sides.carry(cells, table, mapping)
    kept = keep(cells, table)
    beside = sides.taken(kept, table, mapping)
    if mapping.role == "movements":
        movements.with_destinations(kept)
    return _over_days(kept, mapping) if mapping.role == "drivers" else _Read(kept, beside, notes)


def _set_doubtful_aside(cells: Cells, mapping: TableMapping) -> None:
    """Note rows that can be read and cannot be true."""
    if mapping.role == "sales":
        far = date_doubts.far_from_all(cells.columns["sold_at"], ~cells.wrong)
        cells.fault(far, "“{value}” in column “{column}” is years from all other dates.", mapping.column("sold_at"))
    limits.set_aside(cells, mapping)


def _completed(cells: Cells, table: RawTable, mapping: TableMapping, key: bytes | None) -> None:
    """Fields that follow from others: units of a basket's item, signs of movements, days of spans, names of items."""
    n = cells.wrong.size
    if mapping.layout == "baskets":
        if mapping.column("quantity") is None:
            cells.columns["quantity"] = pa.array(np.ones(n))
        if mapping.column("sold_at") is None:
            day = dates.parse(mapping.start_date, serial=False)
            cells.columns["sold_at"] = pa.array([day] * n, pa.timestamp("us"))
    if mapping.role == "movements":
        movements.complete(cells, table, mapping, key)
    if mapping.role == "drivers" and melting.spanned(mapping):
        spans.add_span(cells, table, mapping)
        cells.require("period")
    if mapping.platform in platforms.NAMED_BY_TITLE and mapping.column("product_name") is None:
        cells.columns["product_name"] = cells.columns["sku"]


def _check_readable(table: RawTable, mapping: TableMapping, cells: Cells) -> None:
    """A required column in which nothing can be read is mapped wrongly, not full of mistakes."""
    for field in REQUIRED[mapping.role]:
        index = mapping.column(field)
        if index is not None and cells.columns[field].null_count == len(cells.numbers):
            kind = "a date" if type_of(field) in {pa.timestamp("us"), pa.date32()} else "a number"
            seen = next((text for text in table.head(index) if not numerals.is_missing(text)), "")
            what = f"“{seen[:40]}” is not {kind}" if seen and field in NUMBERS | DATES | TIMESTAMPS else "it is empty"
            raise MappingError(
                f"No value of the column “{table.header[index]}” can be read as {field}: {what}. Map another column."
            )


def _refused(table: RawTable, mapping: TableMapping, repair: Repaired) -> tuple[Rejected, ...]:
    """Rows that the repair of a known export set aside, with the cells that are mapped and are about nobody."""
    if not repair.refused:
        return ()
    shown = [i for i, field in sorted(mapping.fields.items()) if field != "customer"][:20]
    rows = pa.array([row for row, _ in repair.refused])
    cells = [pc.take(table.columns.column(i), rows).to_pylist() for i in shown]
    contents = [", ".join(row)[:_LONGEST] for row in zip(*cells, strict=True)]
    return tuple(
        Rejected(int(table.lines[row]), reason, content)
        for (row, reason), content in zip(repair.refused, contents, strict=True)
    )


def _without_people(table: RawTable, mapping: TableMapping, dropped: tuple[str, ...]) -> tuple[Rejected, ...]:
    """Refused lines; their content is withheld when it may name a person, because its fields cannot be told apart."""
    if not dropped and mapping.column("customer") is None:
        return table.rejected
    return tuple(replace(line, content="") for line in table.rejected)
