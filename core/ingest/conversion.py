"""A raw table and its mapping → typed rows of a role; unreadable rows are set aside with their line and reason."""

from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import pyarrow as pa

from core.base.columns import DATES, FIELDS, MAIN_LOCATION, NUMBERS, REQUIRED, TIMESTAMPS
from core.base.errors import MappingError, examples
from core.ingest import dates, melting, numerals, platforms
from core.ingest.cells import Cells, keep, read_cells, type_of
from core.ingest.mapping import TableMapping
from core.ingest.synonyms import is_personal
from core.ingest.tables import RawTable, Rejected

_MEANING: Final = {
    "sold_at": "the date of the sale", "sku": "the item's code", "quantity": "the units sold",
    "on_hand": "the units in stock", "moved_on": "the date of the movement", "supplier": "the supplier", "ordered_on": "the date of the order",
    "ordered_units": "the units ordered", "driver": "what drives demand",
}  # fmt: skip
_LOCATED: Final = frozenset({"sales", "stock", "movements", "orders"})
"""Roles whose rows always stand at a location."""


class _Mapped(Protocol):
    """Anything that stands for a mapping, such as a Recognition."""

    def to_mapping(self) -> TableMapping: ...


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """Typed rows of a role.

    `records == rows.num_rows + len(quarantined)` always. In a long table a record is a line of the file under the
    header that is not blank; in a wide one it is a cell that is not missing, or a line that was refused.

    Attributes:
        role: the role.
        rows: `line` (int64, unique) and FIELDS[role], typed as in the store; shape (n_rows, 1 + n_fields).
            Long tables: line of the file. Wide tables: running number of the cell, column by column.
        quarantined: what could not be read, by line of the file.
        records: see above.
        dropped_columns: headers of columns about persons that were left out.
    """

    role: str
    rows: pa.Table
    quarantined: tuple[Rejected, ...]
    records: int
    dropped_columns: tuple[str, ...]


def convert(table: RawTable, mapping: TableMapping | _Mapped, *, customer_key: bytes) -> Converted:
    """The typed rows of a raw table.

    Args:
        table: the raw table.
        mapping: which column is which field, or the recognition that says so.
        customer_key: secret that customer numbers are hashed with.

    Raises:
        MappingError: a required field has no column or no readable value, or only the user can say how to read it.
    """
    decided = mapping if isinstance(mapping, TableMapping) else mapping.to_mapping()
    # repairs come first: they may fill the very cells that decide date order and decimal mark
    source = replace(table, columns=platforms.repaired(decided.platform, table.header, table.columns))
    decided = settled(source, decided)
    cells = _cells(source, decided, customer_key)
    rows = pa.table({"line": pa.array(cells.numbers), **{name: cells.columns[name] for name in FIELDS[decided.role]}})
    dropped = tuple(
        name for i, name in enumerate(table.header) if is_personal(name) and decided.fields.get(i) != "customer"
    )
    quarantined = _without_people(table, decided, dropped) + cells.rejected
    return Converted(decided.role, rows, quarantined, rows.num_rows + len(quarantined), dropped)


def settled(table: RawTable, mapping: TableMapping) -> TableMapping:
    """The mapping with decimal mark and date order decided by the whole file.

    Raises:
        MappingError: a required field has no column, or the values fit two readings.
    """
    _check_fields(mapping)
    _check_required(table, mapping)
    if mapping.layout == "wide" and mapping.role == "sales" and mapping.column("sku") is not None:
        labels = [table.header[i] for i in mapping.columns("quantity")]
        melting.period_days(labels, mapping)
    return replace(mapping, date_order=_order(table, mapping), decimal=_decimal(table, mapping))


def _check_fields(mapping: TableMapping) -> None:
    if mapping.role not in FIELDS:
        raise MappingError(f"The role must be one of {', '.join(FIELDS)}; “{mapping.role[:40]}” was given.")
    unknown = [field for field in mapping.fields.values() if field not in FIELDS[mapping.role]]
    if unknown:
        raise MappingError(
            f"A {mapping.role} table has no field {examples(unknown)}. Choose among {', '.join(FIELDS[mapping.role])}."
        )
    if mapping.layout == "long":
        taken = list(mapping.fields.values())
        doubled = sorted({field for field in taken if taken.count(field) > 1})
        if doubled:
            raise MappingError(f"Several columns are mapped to {examples(doubled)}. Keep one column for each field.")


def _check_required(table: RawTable, mapping: TableMapping) -> None:
    """Every required field has a column; in wide sales tables the headers stand for the date or the SKU."""
    needed = set(REQUIRED[mapping.role])
    if mapping.layout == "wide" and mapping.role == "sales":
        needed -= {"sold_at"} if mapping.column("sku") is not None else {"sku"}
    # told in the order of the role, so that the date comes before the quantity
    missing = [field for field in REQUIRED[mapping.role] if field in needed and mapping.column(field) is None]
    if missing:
        wanted = " and ".join(f"{field} ({_MEANING[field]})" for field in missing)
        found = ", ".join(table.header)
        raise MappingError(
            f"A {mapping.role} table needs a column for {wanted}; none was found. "
            f"Headers found: {found[:200]}{'…' if len(found) > 200 else ''}. Map a column to it or choose another role."
        )


def _decimal(table: RawTable, mapping: TableMapping) -> str:
    """Decimal mark of all number columns together."""
    columns = [i for i, field in mapping.fields.items() if field in NUMBERS]
    if mapping.role == "drivers" and mapping.layout == "wide":
        columns = mapping.columns("driver")
    return numerals.decimal_mark(_distinct_texts(table, columns), mapping.decimal or table.options.decimal)


def _order(table: RawTable, mapping: TableMapping) -> str:
    """Order of day and month of all date columns together, headers of period columns included."""
    columns = [i for i, field in mapping.fields.items() if field in DATES | TIMESTAMPS]
    texts = _distinct_texts(table, columns)
    if mapping.layout == "wide" and mapping.role == "sales" and not columns:
        texts = pa.array([table.header[i] for i in mapping.columns("quantity")], pa.string())
    return dates.day_order(texts, mapping.date_order or table.options.date_order)


def _distinct_texts(table: RawTable, columns: list[int]) -> Any:
    """Distinct texts of some columns; columns of very wide tables are taken as one."""
    # one chunked array over all columns costs one pass, not one per column
    chunks = [chunk for i in columns for chunk in table.columns.column(i).chunks]
    return pa.chunked_array(chunks, pa.string()).unique() if chunks else pa.array([], pa.string())


def _cells(table: RawTable, mapping: TableMapping, key: bytes) -> Cells:
    if mapping.layout == "wide" and mapping.role == "sales":
        return melting.melted_sales(table, mapping, key)
    if mapping.layout == "wide" and mapping.role == "drivers":
        return melting.melted_drivers(table, mapping, key)
    return _long(table, mapping, key)


def _long(table: RawTable, mapping: TableMapping, key: bytes) -> Cells:
    """One record per row."""
    cells = read_cells(table, mapping, key)
    for field in REQUIRED[mapping.role]:
        cells.require(field)
    if mapping.role in _LOCATED:
        cells.fill("location", MAIN_LOCATION)
    _check_readable(table, mapping, cells)
    return keep(cells, table)


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


def _without_people(table: RawTable, mapping: TableMapping, dropped: tuple[str, ...]) -> tuple[Rejected, ...]:
    """Refused lines; their content is withheld when it may name a person, because its fields cannot be told apart."""
    if not dropped and mapping.column("customer") is None:
        return table.rejected
    return tuple(replace(line, content="") for line in table.rejected)
