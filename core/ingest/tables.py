"""The values this room passes on: a raw table of texts, how it was read, and the lines that were refused."""

from dataclasses import dataclass, field

import pyarrow as pa

from core.base.types import IntArray


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that cannot be loaded.

    Attributes:
        line: line in the file, 1-based (row number for Excel and Parquet).
        reason: one sentence.
        content: the cells as they stood, without personal columns; cut to 300 characters.
    """

    line: int
    reason: str
    content: str


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user has chosen about a file; an empty text means "find out".

    Attributes:
        encoding: name of the text encoding, e.g. "gb18030".
        delimiter: one of , ; TAB |.
        quote: quote mark around fields, " or '.
        escape: a backslash where quote marks inside fields stand after one, instead of being doubled.
        header_line: line of the header, 1-based; 0 to find out.
        sheet: sheet of a workbook.
        decimal: "." or ",".
        date_order: "dmy", "mdy" or "ymd", for dates such as 03/04/2026.
        start_date: first day of the first period column that carries no date (W0, d_1), ISO.
        layout: "baskets" when each line holds the items of one order.
        counter, packs, epoch: answers to questions about the values; see TableMapping.
    """

    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    escape: str = ""
    header_line: int = 0
    sheet: str = ""
    decimal: str = ""
    date_order: str = ""
    start_date: str = ""
    layout: str = ""
    counter: str = ""
    packs: str = ""
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file was read.

    Attributes:
        encoding: text encoding, or "excel" or "parquet".
        delimiter: field separator; empty for Parquet.
        quote: quote mark around fields.
        decimal: "." or ","; empty when the first rows leave it open.
        header_line: line of the header, 1-based.
        sheet: sheet read, for workbooks.
        escape: what stands before a quote mark inside a field, empty when it is doubled.
        line_end: "LF", "CRLF", "CR" or "mixed"; empty for formats without lines.
    """

    encoding: str
    delimiter: str
    quote: str
    decimal: str
    header_line: int
    sheet: str = ""
    escape: str = ""
    line_end: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """A file as texts, nothing interpreted yet.

    Attributes:
        header: column names as shown to the user, unique; shape (n_columns,).
        columns: texts, columns named c0, c1, …, shape (n_rows, n_columns); missing cells are empty texts.
        lines: line in the file of each row, shape (n_rows,).
        dialect: how the file was read.
        rejected: lines with another number of fields than the header.
        notes: remarks the user should see, e.g. about a guessed encoding.
        sheets: all sheets of a workbook.
        options: what the user had chosen.
    """

    header: tuple[str, ...]
    columns: pa.Table
    lines: IntArray
    dialect: Dialect
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    options: ReadOptions = field(default_factory=ReadOptions)

    @property
    def records(self) -> int:
        """Rows plus rejected lines: everything under the header that is not blank."""
        return int(self.columns.num_rows) + len(self.rejected)

    def head(self, column: int, n: int = 200) -> list[str]:
        """The first n texts of a column."""
        texts: list[str] = self.columns.column(column).slice(0, n).to_pylist()
        return texts
