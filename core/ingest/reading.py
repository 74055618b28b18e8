"""A source → a raw table of texts: nothing is sniffed by a library, nothing is dropped without a word."""

import csv
import io
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from core.base.errors import FileFormatError, MappingError
from core.base.types import BoolArray, IntArray, frozen
from core.ingest import dialect as dialects
from core.ingest import numerals
from core.ingest.dialect import Layout
from core.ingest.encoding import Decoded, decode
from core.ingest.excel import workbook_rows
from core.ingest.parquet import parquet_columns
from core.ingest.scanning import Records, scan, scan_slowly
from core.ingest.source import Source
from core.ingest.tables import Dialect, RawTable, ReadOptions, Rejected

__all__ = ["Dialect", "RawTable", "ReadOptions", "Rejected", "read"]

MAX_BAD_SHARE: Final = 0.01
"""Share of lines with a wrong number of fields above which the whole file is refused."""
_NO_ROWS: Final = "No data rows under the header."


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """The body of a text, cut into columns: texts, their lines, and what did not fit."""

    columns: pa.Table
    lines: IntArray
    rejected: tuple[Rejected, ...]
    header_line: int


def read(source: Source, options: ReadOptions = ReadOptions()) -> RawTable:  # noqa: B008 - a frozen value
    """The table in a source, as texts.

    Args:
        source: one table file.
        options: what the user has chosen; the rest is found out.

    Returns:
        Every record under the header, either as a row or as a rejected line.

    Raises:
        FileFormatError: the file is no table, or more than 1 % of its lines do not fit the header.
    """
    if source.kind == "parquet":
        return _from_parquet(source, options)
    if source.kind == "excel":
        return _from_workbook(source, options)
    decoded = decode(source.data, options.encoding)
    if not decoded.text.strip():
        raise FileFormatError(f"“{source.label}”: the file is empty.")
    return _from_text(decoded, options)


def _from_parquet(source: Source, options: ReadOptions) -> RawTable:
    header, columns = parquet_columns(source.data, source.label)
    if columns.num_rows == 0:
        raise FileFormatError(_NO_ROWS)
    lines = frozen(np.arange(2, columns.num_rows + 2))
    dialect = Dialect("parquet", "", "", ".", 1)
    return RawTable(dialects.shown_names(header), columns, lines, dialect, options=replace(options, decimal="."))


def _from_workbook(source: Source, options: ReadOptions) -> RawTable:
    """A workbook comes as clean CSV from the child process; its row numbers stand for lines."""
    sheet = workbook_rows(source.data, source.label, options.sheet)
    if not sheet.text.strip(b"\r\n ,"):
        raise FileFormatError(f"The sheet “{sheet.name}” of “{source.label}” is empty.")
    layout = dialects.lay_out(sheet.text, ",")
    cut = _cut(sheet.text, layout, first_row=sheet.first_row)
    dialect = Dialect("excel", ",", '"', ".", cut.header_line, sheet.name)
    options = replace(options, decimal=options.decimal or ".")
    shown = dialects.shown_names(layout.header)
    return RawTable(shown, cut.columns, cut.lines, dialect, cut.rejected, _remarks(layout), sheet.names, options)


def _from_text(decoded: Decoded, options: ReadOptions) -> RawTable:
    layout = dialects.lay_out(decoded.text, options.delimiter)
    cut = _cut(decoded.text, layout)
    decimal = options.decimal or _sampled_decimal(layout)
    dialect = Dialect(decoded.encoding, layout.delimiter, '"', decimal, cut.header_line)
    notes = ((decoded.note,) if decoded.note else ()) + _remarks(layout)
    shown = dialects.shown_names(layout.header)
    return RawTable(shown, cut.columns, cut.lines, dialect, cut.rejected, notes, options=options)


def _remarks(layout: Layout) -> tuple[str, ...]:
    """What the user should know about the header."""
    shown = dialects.shown_names(layout.header)
    changed = [name for name, cell in zip(shown, layout.header, strict=True) if name != cell.strip()]
    return (f"Columns renamed because their names repeat or are empty: {', '.join(changed[:5])}.",) if changed else ()


def _sampled_decimal(layout: Layout) -> str:
    """The decimal mark of the first rows, empty while they leave it open."""
    cells = [cell.strip() for row in layout.sample[:50] for cell in row[:200]]
    texts = pa.array([cell for cell in cells if numerals.looks_numeric(cell)], pa.string())
    try:
        return numerals.decimal_mark(texts)
    except MappingError:
        return ""


def _cut(text: bytes, layout: Layout, first_row: int = 0) -> _Cut:
    """Columns and rejected lines of everything under the header.

    Args:
        text: UTF-8 text.
        layout: separator and header.
        first_row: for workbooks, the sheet's row of the first record; 0 for text files, whose lines are counted.

    Raises:
        FileFormatError: too many lines do not fit, none are there, or two readers disagree.
    """
    # two passes that know nothing of each other: this one counts, the other cuts
    records = scan(text, layout.delimiter)
    if records is None:
        return _cut_slowly(text, layout)
    numbers = np.arange(first_row, first_row + records.lines.size) if first_row else records.lines
    body = np.arange(records.widths.size) > layout.header_index
    # spreadsheets export rows of nothing but separators below the last one
    filled = body & ~(records.blank & (records.widths > 1)) & ~(np.diff(records.starts) <= 1)
    fits = filled & (records.widths == len(layout.header))
    wrong = np.flatnonzero(filled & ~fits)
    rejected = tuple(
        _misfit(int(numbers[i]), int(records.widths[i]), len(layout.header), _content(text, records, int(i)))
        for i in wrong[:1000]
    )
    _refuse_ragged(rejected, len(wrong), int(filled.sum()))
    columns = _columns(text, records, fits, layout)
    return _Cut(columns, frozen(numbers[fits]), rejected, int(numbers[layout.header_index]))


def _content(text: bytes, records: Records, i: int) -> str:
    return text[records.starts[i] : records.starts[i + 1]][:400].decode("utf-8", "ignore").strip()[:300]


def _misfit(line: int, width: int, expected: int, content: str) -> Rejected:
    fields = "1 field" if width == 1 else f"{width} fields"
    return Rejected(line, f"Line {line} has {fields}, expected {expected}.", content)


def _refuse_ragged(rejected: tuple[Rejected, ...], n_wrong: int, n_records: int) -> None:
    if n_records == 0:
        raise FileFormatError(_NO_ROWS)
    if n_wrong > MAX_BAD_SHARE * n_records:
        raise FileFormatError(
            f"{rejected[0].reason} {n_wrong:,} of {n_records:,} rows do not fit the header (at most 1 % may). "
            f"Check the delimiter and quote marks, or correct the file."
        )


def _columns(text: bytes, records: Records, fits: BoolArray, layout: Layout) -> pa.Table:
    """The fitting records cut into columns by a second, fully pinned reader."""
    names = [f"c{i}" for i in range(len(layout.header))]
    try:
        columns = arrow_csv.read_csv(
            pa.BufferReader(_kept(text, records, fits)),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=2**22, use_threads=True),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter, quote_char='"', double_quote=True, escape_char=False,
                newlines_in_values=records.multiline, ignore_empty_lines=False,
            ),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False, column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as error:
        raise FileFormatError(f"The file cannot be cut into columns: {str(error)[:120]}. Export it again.") from None
    # sniffing readers have dropped rows here without a word; a wrong count stops the load
    if columns.num_rows != int(fits.sum()):
        raise FileFormatError(
            f"Two readers disagree: {int(fits.sum()):,} rows were counted, {columns.num_rows:,} were read. "
            f"Check quote marks and line ends."
        )
    return columns


def _kept(text: bytes, records: Records, fits: BoolArray) -> Any:
    """The bytes of the fitting records: one slice when they stand together, joined runs otherwise."""
    # where runs of fitting records begin and end
    edges = np.flatnonzero(np.diff(np.concatenate([[False], fits, [False]]).astype(np.int8)))
    runs = [(int(records.starts[a]), int(records.starts[b])) for a, b in zip(edges[0::2], edges[1::2], strict=True)]
    if len(runs) == 1:
        return pa.py_buffer(memoryview(text)[runs[0][0] : runs[0][1]])
    return pa.py_buffer(b"".join(text[start:stop] for start, stop in runs))


def _cut_slowly(text: bytes, layout: Layout) -> _Cut:
    """The same for texts with quote marks inside unquoted fields, row by row."""
    rows, lines = scan_slowly(text, layout.delimiter)
    width = len(layout.header)
    filled = [i for i, row in enumerate(rows) if i > layout.header_index and any(cell.strip() for cell in row)]
    good = [i for i in filled if len(rows[i]) == width]
    rejected = tuple(
        _misfit(int(lines[i]), len(rows[i]), width, _joined(rows[i])) for i in filled if len(rows[i]) != width
    )
    _refuse_ragged(rejected, len(rejected), len(filled))
    cells = list(zip(*(rows[i] for i in good), strict=True))
    columns = pa.table({f"c{i}": pa.chunked_array([pa.array(column, pa.string())]) for i, column in enumerate(cells)})
    return _Cut(columns, frozen(lines[good]), rejected, int(lines[layout.header_index]))


def _joined(row: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(row)
    return buffer.getvalue().strip()[:300]
