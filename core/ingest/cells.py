"""Texts → typed columns, with the first thing wrong about each row."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.columns import DATES, FIELDS, NUMBERS, TIMESTAMPS
from core.base.types import BoolArray, IntArray
from core.ingest import dates, numerals, strays
from core.ingest.mapping import TableMapping
from core.ingest.pseudonyms import pseudonyms
from core.ingest.synonyms import driver_name
from core.ingest.tables import RawTable, Rejected

_LONGEST: Final = 300
_SHARES: Final = frozenset({"discount", "value"})
"""Numbers that may be given in percent."""


def type_of(name: str) -> pa.DataType:
    """Type of a field, as in the store."""
    if name in TIMESTAMPS:
        return pa.timestamp("us")
    if name in DATES:
        return pa.date32()
    return pa.float64() if name in NUMBERS else pa.string()


@dataclass(slots=True, eq=False)
class Cells:
    """Typed columns while they are being read.

    Attributes:
        columns: field → values, null where not given; each of shape (n_rows,).
        numbers: number of each row in the result, shape (n_rows,).
        wrong: whether a row must be set aside, shape (n_rows,).
        faults: for each fault found: the rows it concerns, its sentence, and the column at fault (one, or one per row).
        headers: field → header of the column it came from.
        mapped: columns whose cells may be shown for a row that is set aside.
        rejected: rows set aside.
        notes: what the user should know about how the columns were made.
    """

    columns: dict[str, Any]
    numbers: IntArray
    wrong: BoolArray
    faults: list[tuple[IntArray, str, IntArray | None]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    mapped: list[int] = field(default_factory=list)
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()

    def require(self, name: str) -> None:
        """Set aside rows without a value in this field."""
        empty = np.asarray(pc.is_null(self.columns[name]).to_numpy(zero_copy_only=False)) & ~self.wrong
        where = f" (column “{self.headers[name]}”)" if name in self.headers else ""
        self.fault(empty, f"There is no {name}{where}.".replace("{", "("))

    def fault(self, rows: BoolArray, sentence: str, column: IntArray | int | None = None) -> None:
        """Note a fault; the first one of a row is the one told.

        Args:
            rows: rows that have it, shape (n_rows,).
            sentence: the reason; {value} and {column} stand for the text at fault and its header.
            column: index of the column at fault, for all rows or for each; shape (n_rows,).
        """
        new = np.flatnonzero(rows & ~self.wrong)
        if new.size:
            at = None if column is None else np.broadcast_to(np.asarray(column), rows.shape)[new]
            self.faults.append((new, sentence, at))
            self.wrong = self.wrong | rows

    def fill(self, name: str, value: str) -> None:
        """Put a value where none is given."""
        self.columns[name] = pc.fill_null(self.columns[name], value)


def read_cells(table: RawTable, mapping: TableMapping, key: bytes | None) -> Cells:
    """The mapped columns of a table, typed; fields without a column are null.

    Args:
        table: the raw table.
        mapping: decided down to date order and decimal mark.
        key: secret for customer numbers; None when they are hashes already.
    """
    n = table.columns.num_rows
    cells = Cells({}, np.asarray(table.lines), np.zeros(n, bool))
    cells.mapped = [i for i, name in sorted(mapping.fields.items()) if name != "customer"]
    for wrong, sentence, column in () if mapping.doubts == "passed over" else strays.faults(table, mapping):
        cells.fault(wrong, sentence, column)
    for name in FIELDS[mapping.role]:
        index = mapping.column(name)
        if index is None:
            cells.columns[name] = pa.nulls(n, type_of(name))
            continue
        cells.headers[name] = table.header[index]
        values, bad = typed(table.columns.column(index), name, mapping, key)
        cells.columns[name] = values
        kind = "number" if name in NUMBERS else "date"
        cells.fault(bad, f"“{{value}}” in column “{{column}}” is not a {kind}.", index)
        if name in NUMBERS:
            _doubtful(cells, table.columns.column(index), name, mapping)
    return cells


def _doubtful(cells: Cells, column: pa.ChunkedArray, name: str, mapping: TableMapping) -> None:
    """Set aside numbers whose mark says that they are not what the rest of the column is."""
    index = mapping.column(name)
    if name not in _SHARES:
        cells.fault(numerals.percentages(column), "“{value}” in column “{column}” is a percentage.", index)
    # where a column names the currency, different signs are no contradiction
    if mapping.column("currency") is None:
        other = "“{value}” in column “{column}” is in another currency than most of it."
        cells.fault(numerals.other_currency(column), other, index)


def typed(column: pa.ChunkedArray, name: str, mapping: TableMapping, key: bytes | None) -> tuple[Any, BoolArray]:
    """One column as values of a field, and which rows hold a text that is none."""
    if name in NUMBERS:
        return numerals.numbers(column, mapping.decimal, truths=mapping.role == "drivers")
    if name in TIMESTAMPS | DATES:
        values, bad = dates.moments(column, mapping.date_order)
        return (values if name in TIMESTAMPS else _whole_days(values)), bad
    if name == "customer":
        # the plain number must not reach any value that could be stored or shown
        values = texts_of(column) if key is None else pseudonyms(column, key)
    elif name == "driver":
        texts, places = numerals.distinct(column)
        values = pc.take(pa.array([driver_name(text) or None for text in texts.to_pylist()], pa.string()), places)
    else:
        values = texts_of(column)
    return values, np.zeros(len(values), bool)


def _whole_days(moments: Any) -> Any:
    return pc.cast(pc.floor_temporal(moments, unit="day"), pa.date32())


def texts_of(column: pa.ChunkedArray) -> Any:
    """Texts byte for byte; null where there is nothing but blanks."""
    texts = column.combine_chunks()
    empty = pc.equal(pc.utf8_trim_whitespace(texts), "")
    # most columns have no gaps, and a copy of millions of order numbers costs time and memory
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts) if pc.any(empty).as_py() else texts


def keep(cells: Cells, table: RawTable, rows: IntArray | None = None) -> Cells:
    """The cells without the rows set aside, which are listed with line, reason and content.

    Args:
        cells: typed columns, shape (n,) each.
        table: where they came from.
        rows: row of the table for each entry, shape (n,); None when they are the same.
    """
    if not cells.wrong.any():  # filtering millions of rows for nothing costs a second
        return cells
    if not cells.faults:
        return cells
    origin = np.arange(cells.numbers.size) if rows is None else rows
    listed: list[tuple[int, Rejected]] = []
    for wrong, sentence, at in cells.faults:
        for k, i in enumerate(wrong.tolist()):
            row = int(origin[i])
            reason = sentence if at is None else _told(table, sentence, int(at[k]), row)
            listed.append((i, Rejected(int(table.lines[row]), reason, _shown(table, cells.mapped, row))))
    # in the order of the file, not of the fields: the user reads the list beside the file
    good = pa.array(~cells.wrong)
    columns = {name: pc.filter(values, good) for name, values in cells.columns.items()}
    ordered = tuple(entry for _, entry in sorted(listed, key=lambda item: item[0]))
    numbers = cells.numbers[~cells.wrong]
    return replace(
        cells, columns=columns, numbers=numbers, wrong=np.zeros(numbers.size, bool), faults=[], rejected=ordered
    )


def _told(table: RawTable, sentence: str, column: int, row: int) -> str:
    """The reason with the text at fault and its header."""
    return sentence.format(value=table.columns.column(column)[row].as_py()[:60], column=table.header[column])


def _shown(table: RawTable, mapped: list[int], row: int) -> str:
    """The mapped cells of a row; columns about persons are never among them."""
    return ", ".join(table.columns.column(i)[row].as_py() for i in mapped[:20])[:_LONGEST]
