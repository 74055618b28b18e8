"""A source → a raw table of texts: nothing is sniffed by a library, nothing is dropped without a word."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from core.base.errors import FileFormatError, MappingError
from core.base.formulas import RISKY, restored
from core.base.progress import Progress, silent
from core.base.types import BoolArray, IntArray, frozen
from core.ingest import dialect as dialects
from core.ingest import numerals
from core.ingest.baskets import BASKETS, HINT, has_no_header, looks_like_baskets, read_baskets
from core.ingest.dialect import Layout
from core.ingest.encoding import Decoded, decode
from core.ingest.scanning import Records, scan, scan_slowly
from core.ingest.source import Source
from core.ingest.strays import is_below_table
from core.ingest.swallowed import refuse_holding, refuse_swallowed
from core.ingest.tables import Dialect, RawTable, ReadOptions, Rejected

__all__ = ["Dialect", "RawTable", "ReadOptions", "Rejected", "read"]

MAX_BAD_SHARE: Final = 0.01
"""Share of lines with a wrong number of fields above which the whole file is refused."""
_NO_ROWS: Final = "No data rows under the header."
_FOOTERS: Final = 3  # lines of sums and remarks that may stand below a table
_BATCH: Final = 20_000
_NEUTRALISED: Final = f"^'([{re.escape(''.join(RISKY))}])"
"""The beginning of a text that an export of ours has made harmless."""
_KEPT_AS_TEXT: Final = r"""^(?:="([^"]*)"|'(\d+))$"""
"""A number that a program has kept from losing its zeros in a spreadsheet: ="00123", '00123."""
_UNSEEN: Final = "\t\u00a0\u200b\u2060\ufeff"
"""What nobody sees at the edge of a cell: a tab for spreadsheets' sake, a mark where two files were joined."""
_AT_EDGES: Final = f"^[{_UNSEEN}]+|[{_UNSEEN}]+$"
_MARKS: Final = tuple(mark.encode() for mark in _UNSEEN)
_NOTHING_CHOSEN: Final = ReadOptions()


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """The body of a text, cut into columns: texts, their lines, and what did not fit."""

    columns: pa.Table
    lines: IntArray
    rejected: tuple[Rejected, ...]
    header_line: int


def read(source: Source, options: ReadOptions = _NOTHING_CHOSEN, progress: Progress | None = None) -> RawTable:
    """The table in a source, as texts.

    Args:
        source: one table file.
        options: what the user has chosen; the rest is found out.
        progress: told how far the reading has come.

    Returns:
        Every record under the header, either as a row or as a rejected line.

    Raises:
        FileFormatError: the file is no table, or more than 1 % of its lines do not fit the header.
        MappingError: only the user can say how to read it.
    """
    told = progress or silent()
    told.report(f"Reading {source.label}", 0.0)
    if source.kind == "parquet":
        return _from_parquet(source, options)
    return _restored(_from_cells(source, options, told))


def _from_cells(source: Source, options: ReadOptions, told: Progress) -> RawTable:
    """The table of a text or a workbook, cell by cell as they stand there."""
    if source.kind == "excel":
        # like parquet: loaded by those parsers only that get such a file
        from core.ingest.excel_table import workbook_table

        return workbook_table(source.data, source.label, options)
    decoded = decode(source.data, options.encoding)
    if not decoded.text[:4096].strip() and not decoded.text.strip():
        raise FileFormatError(f"“{source.label}”: the file is empty.")
    told.report(f"Counting the rows of {source.label}", 0.2)
    if options.layout == BASKETS and has_no_header(decoded.text):
        return read_baskets(decoded.text, decoded.encoding, options)
    try:
        return _from_text(decoded, options, told)
    except FileFormatError as error:
        if looks_like_baskets(decoded.text):
            raise FileFormatError(f"{error} {HINT}") from None
        raise


def _restored(table: RawTable) -> RawTable:
    """Texts without what programs put around them for spreadsheets' sake: ="00123" is the SKU 00123.

    Our own exports put an apostrophe before what spreadsheets would run: “'-A1” is the SKU “-A1”.
    """
    columns = table.columns
    for place, name in enumerate(columns.column_names):
        texts = found = columns.column(place)
        # few columns have such texts, and nobody should pay for the patterns
        if _has_unseen(texts):
            texts = pc.replace_substring_regex(texts, _AT_EDGES, "")
        if pc.any(pc.or_(pc.starts_with(texts, "'"), pc.starts_with(texts, '="')), min_count=0).as_py():
            texts = pc.replace_substring_regex(texts, _KEPT_AS_TEXT, r"\1\2")
            texts = pc.replace_substring_regex(texts, _NEUTRALISED, r"\1")
        if texts is not found:
            columns = columns.set_column(place, name, texts)
    return replace(table, columns=columns, header=dialects.shown_names(tuple(map(restored, table.header))))


def _has_unseen(texts: pa.ChunkedArray) -> bool:
    """Whether a column may hold what nobody sees; a search of its bytes spares most columns the pattern."""
    held = (chunk.buffers()[2] for chunk in texts.chunks)
    content = (buffer.to_pybytes() for buffer in held if buffer is not None)
    return any(b"\t" in each or (not each.isascii() and any(mark in each for mark in _MARKS)) for each in content)


def _from_parquet(source: Source, options: ReadOptions) -> RawTable:
    """Rows count from 2, as if the column names stood in a first line."""
    # most uploads hold none, and each starts a parser that would load it
    from core.ingest.parquet import parquet_columns

    header, columns, decimal = parquet_columns(source.data, source.label, options.decimal)
    if columns.num_rows == 0:
        raise FileFormatError(_NO_ROWS)
    lines = frozen(np.arange(2, columns.num_rows + 2))
    dialect = Dialect("parquet", "", "", decimal, 1)
    return RawTable(dialects.shown_names(header), columns, lines, dialect, options=replace(options, decimal=decimal))


def _from_text(decoded: Decoded, options: ReadOptions, told: Progress) -> RawTable:
    layout = dialects.lay_out(decoded.text, options)
    text = dialects.unescaped_bytes(decoded.text) if layout.escape else decoded.text
    cut = _cut(text, layout, told)
    decimal = options.decimal or _sampled_decimal(layout)
    dialect = Dialect(
        decoded.encoding, layout.delimiter, layout.quote, decimal, cut.header_line,
        escape=layout.escape, line_end=layout.line_end,
    )  # fmt: skip
    notes = ((decoded.note,) if decoded.note else ()) + dialects.remarks(layout)
    shown = dialects.shown_names(layout.header)
    return RawTable(shown, cut.columns, cut.lines, dialect, cut.rejected, notes, options=options)


def _sampled_decimal(layout: Layout) -> str:
    """The decimal mark of the first rows, empty while they leave it open."""
    cells = [cell.strip() for row in layout.sample[:50] for cell in row[:200]]
    texts = pa.array([cell for cell in cells if numerals.looks_numeric(cell)], pa.string())
    try:
        return numerals.decimal_mark(texts)
    except MappingError:
        return ""


def _cut(text: bytes, layout: Layout, told: Progress) -> _Cut:
    """Columns and rejected lines of everything under the header.

    Args:
        text: UTF-8 text.
        layout: separator, quote mark and header.
        told: progress of the reading.

    Raises:
        FileFormatError: too many lines do not fit, none are there, or two readers disagree.
    """
    # two passes that know nothing of each other: this one counts, the other cuts
    records = scan(text, layout.delimiter, layout.quote)
    if records is None:
        return _cut_slowly(text, layout)
    told.report("Cutting the rows into columns", 0.5, f"{records.widths.size:,} rows")
    body = np.arange(records.widths.size) > layout.header_index
    # spreadsheets export rows of nothing but separators below the last one
    filled = body & ~records.blank
    fits = filled & (records.widths == len(layout.header))
    misfits = np.flatnonzero(filled & ~fits)
    beyond = misfits[misfits > np.flatnonzero(fits).max(initial=-1)]
    footers = _footers((i, _fields(text, records, i, layout)) for i in beyond.tolist())
    wrong = np.setdiff1d(misfits, footers).tolist()
    _refuse_ragged(records, wrong, int(filled.sum()) - len(footers), layout)
    rejected = tuple(
        _misfit(int(records.lines[i]), int(records.widths[i]), layout, _content(text, records, i)) for i in wrong
    ) + tuple(_footer(int(records.lines[i]), _content(text, records, i)) for i in footers)
    refuse_swallowed(text, records, fits, layout)
    columns = _columns(text, records, fits, layout)
    return _Cut(columns, frozen(records.lines[fits]), rejected, int(records.lines[layout.header_index]))


def _content(text: bytes, records: Records, i: int) -> str:
    return text[records.starts[i] : records.starts[i + 1]][:400].decode("utf-8", "ignore").strip()[:300]


def _fields(text: bytes, records: Records, i: int, layout: Layout) -> list[str]:
    line = io.StringIO(_content(text, records, i), newline="")
    return next(csv.reader(line, delimiter=layout.delimiter, quotechar=layout.quote), [])


def _footers(beyond: Iterable[tuple[int, list[str]]]) -> list[int]:
    """Which of the records below the last one that fits are sums and remarks, by their numbers; at most three."""
    return [number for number, fields in islice(beyond, _FOOTERS) if is_below_table(fields)]


def _footer(line: int, content: str) -> Rejected:
    return Rejected(line, f"Line {line} stands below the table: a sum or a remark.", content)


def _misfit(line: int, width: int, layout: Layout, content: str) -> Rejected:
    fields = "1 field" if width == 1 else f"{width} fields"
    return Rejected(line, f"Line {line} has {fields}, expected {len(layout.header)}.", content)


def _refuse_ragged(records: Records, wrong: Sequence[int], n_records: int, layout: Layout) -> None:
    # before the lines are described: a file of nothing but misfits would give millions of sentences
    first = _misfit(int(records.lines[wrong[0]]), int(records.widths[wrong[0]]), layout, "").reason if wrong else ""
    _refuse_share(first, len(wrong), n_records)


def _refuse_share(first: str, n_wrong: int, n_records: int) -> None:
    """Refuse a file of which too much does not fit.

    Args:
        first: what is wrong with the first misfit.
        n_wrong: misfits.
        n_records: records under the header that are not blank.
    """
    if n_records == 0:
        raise FileFormatError(_NO_ROWS)
    if n_wrong > MAX_BAD_SHARE * n_records:
        raise FileFormatError(
            f"{first} {n_wrong:,} of {n_records:,} rows do not fit the header (at most 1 % may). "
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
                delimiter=layout.delimiter, quote_char=layout.quote, double_quote=True, escape_char=False,
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
    if layout.escape:
        raise FileFormatError(
            "The file puts a backslash before quote marks inside fields, but somewhere a quote mark stands outside "
            "of quoted fields. Export it again with quote marks doubled."
        )
    width = len(layout.header)
    batches: list[pa.RecordBatch] = []
    good: list[list[str]] = []
    misfits: list[tuple[int, list[str]]] = []
    lines: list[int] = []
    header_line = 1
    for i, (line, row) in enumerate(scan_slowly(text, layout.delimiter, layout.quote)):
        header_line = line if i == layout.header_index else header_line
        if i <= layout.header_index or not any(cell.strip() for cell in row):
            continue
        if len(row) != width:
            misfits.append((line, row))
            continue
        refuse_holding(row, layout.delimiter, line)
        good.append(row)
        lines.append(line)
        if len(good) == _BATCH:
            batches.append(_batch(good, width))
            good = []
    footers = _footers(each for each in misfits if each[0] > max(lines, default=0))
    wrong = [_misfit(line, len(row), layout, _joined(row)) for line, row in misfits if line not in footers]
    _refuse_share(wrong[0].reason if wrong else "", len(wrong), len(lines) + len(wrong))
    columns = pa.Table.from_batches([*batches, _batch(good, width)])
    rejected = (*wrong, *(_footer(line, _joined(row)) for line, row in misfits if line in footers))
    return _Cut(columns, frozen(np.array(lines, np.int64)), rejected, header_line)


def _batch(rows: list[list[str]], width: int) -> pa.RecordBatch:
    cells = zip(*rows, strict=True) if rows else ([] for _ in range(width))
    return pa.record_batch([pa.array(column, pa.string()) for column in cells], names=[f"c{i}" for i in range(width)])


def _joined(row: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(row)
    return buffer.getvalue().strip()[:300]
