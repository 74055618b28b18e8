"""A raw table while a known export's peculiarities are put right: cells by header, rows dropped with their reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.types import BoolArray, IntArray, frozen
from core.ingest.numerals import parse
from core.ingest.spelling import plain
from core.ingest.tables import RawTable


@dataclass(frozen=True, slots=True, eq=False)
class Repaired:
    """A table put right.

    Attributes:
        table: the rows that remain; a row that was split stands once per part, with the same line.
        refused: rows of the original table that are no records of its role, and why.
        notes: what the user should know about the repair.
    """

    table: RawTable
    refused: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Sheet:
    """Columns addressed by header or place, while rows are filled, split or set aside.

    Attributes:
        table: the table as it was read.
        decimal: decimal mark as chosen by the user; empty for that of the first rows.
        columns: its texts as they are now, shape (n_rows, n_columns).
        origin: row of `table` that each row came from, shape (n_rows,).
        refused: rows of `table` set aside, with the reason.
        notes: remarks for the user.
    """

    table: RawTable
    decimal: str = ""
    columns: pa.Table = field(init=False)
    origin: IntArray = field(init=False)
    refused: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = self.table.columns
        self.decimal = self.decimal or self.table.options.decimal or self.table.dialect.decimal or "."
        self.origin = np.arange(self.table.columns.num_rows)

    def place(self, name: str) -> int | None:
        """Position of the first column with this header, compared as in synonyms; None when there is none."""
        wanted = plain(name)
        return next((i for i, header in enumerate(self.table.header) if plain(header) == wanted), None)

    def get(self, name: str | int) -> Any:
        """The texts of a column, blank ones as null; None when there is no such column."""
        place = self.place(name) if isinstance(name, str) else name
        if place is None:
            return None
        texts = self.columns.column(place)
        return pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), pa.scalar(None, pa.string()), texts)

    def texts(self, name: str | int) -> list[str]:
        """The texts of a column, stripped; "" where blank or where there is no such column."""
        found = self.get(name)
        return [""] * len(self.origin) if found is None else [(text or "").strip() for text in found.to_pylist()]

    def put(self, name: str | int, texts: Any) -> None:
        """Replace the texts of a column, nulls as empty texts."""
        place = self.place(name) if isinstance(name, str) else name
        if place is not None:
            filled = pc.fill_null(texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts]), "")
            self.columns = self.columns.set_column(place, self.columns.column_names[place], filled)

    def refuse(self, rows: BoolArray, reason: str) -> None:
        """Set rows aside.

        Args:
            rows: which, shape (n_rows,).
            reason: one sentence, the same for all.
        """
        if rows.any():
            self.refused += [(int(row), reason) for row in self.origin[rows]]
            self.keep(np.flatnonzero(~rows))

    def keep(self, rows: IntArray) -> None:
        """Keep these rows, in this order; a row named twice is doubled. Shape (n_kept,)."""
        self.columns = self.columns.take(pa.array(rows))
        self.origin = self.origin[rows]

    def fill_down(self, key: str | int, names: Sequence[str | int]) -> None:
        """Repeat cells that stand only in the first row of each order or product, never across two of them."""
        owner = pc.fill_null_forward(self.get(key))
        if len(owner) == 0:
            return
        same = pc.fill_null(pc.equal(owner[1:], owner[:-1]), pa.scalar(value=False))
        opens = pa.chunked_array([pa.array([True], pa.bool_()), *pc.invert(same).chunks])
        # an order whose first row is empty must not inherit from the order above it
        barrier = "\x1f"
        for name in names:
            texts = self.get(name)
            if texts is not None:
                guarded = pc.if_else(pc.and_(opens, pc.is_null(texts)), barrier, texts)
                self.put(name, pc.replace_substring(pc.fill_null_forward(guarded), barrier, ""))
        self.put(key, owner)

    def numbers(self, name: str | int) -> list[float | None]:
        """The numbers of a column, None where there is none."""
        return [parse(text, self.decimal) for text in self.texts(name)]

    def spelled(self, number: float) -> str:
        """A number as a cell, with the table's decimal mark."""
        return spelled(number).replace(".", self.decimal)

    def done(self) -> Repaired:
        """The table as it is now."""
        lines = frozen(np.asarray(self.table.lines)[self.origin])
        return Repaired(replace(self.table, columns=self.columns, lines=lines), tuple(self.refused), tuple(self.notes))


def spelled(number: float) -> str:
    """A number as a cell: no exponent, no needless decimals.

    Example:
        >>> spelled(2.0), spelled(4.75)
        ('2', '4.75')
    """
    return f"{number:.10f}".rstrip("0").rstrip(".")
