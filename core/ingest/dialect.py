"""Which separator and quote mark a text uses and which line is its header, decided on its first rows."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.base.errors import FileFormatError
from core.ingest import dates, numerals, scanning
from core.ingest.scanning import MAX_RECORD
from core.ingest.strays import is_title
from core.ingest.synonyms import is_known
from core.ingest.tables import ReadOptions

DELIMITERS: Final = (",", ";", "\t", "|")
QUOTES: Final = ('"', "'")
MAX_COLUMNS: Final = 512
MAX_WIDE_COLUMNS: Final = 20_000
"""Columns of a table with one column per period or SKU."""
_SAMPLED: Final = 100
_TITLES: Final = 10  # rows of titles and blanks that may stand above a header
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the first rows are laid out.

    Attributes:
        delimiter: separator of fields.
        header_index: record that holds the header, from 0.
        header: its cells as they stand.
        sample: the first rows under the header that have as many fields.
        quote: quote mark around fields.
        escape: what stands before a quote mark inside a field; empty when it is doubled.
        line_end: "LF", "CRLF", "CR" or "mixed".
    """

    delimiter: str
    header_index: int
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    quote: str = '"'
    escape: str = ""
    line_end: str = ""


def lay_out(text: bytes, options: ReadOptions) -> Layout:
    """Separator, quote mark and header of a text.

    Args:
        text: UTF-8 text.
        options: what the user has chosen.

    Raises:
        FileFormatError: a line or the number of columns is beyond the limits, or there is no header.
    """
    sample = _beginning(text)
    wanted, skipped = _declared(sample, options.delimiter)
    _refuse_too_wide(re.split(r"[\r\n]", sample, maxsplit=1)[0])
    reading = _clearest(sample, wanted, options)
    layout = header_of(reading.rows, _Header(reading.delimiter, skipped, options.header_line, reading.lines))
    if len(layout.header) == 1:
        raise FileFormatError(
            f"Only one column was found (“{layout.header[0][:80]}”). A table needs several, separated by , ; TAB or |, "
            f"and every row as many fields as the header."
        )
    return replace(layout, quote=reading.quote, escape=reading.escape, line_end=_line_end(sample))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The first records under one separator, quote mark and escape; and the line each begins on."""

    delimiter: str
    quote: str
    escape: str
    rows: list[list[str]]
    lines: list[int]

    def alike(self) -> float:
        """Share of the records that have the commonest number of fields."""
        filled = sum(1 for row in self.rows if any(cell.strip() for cell in row))
        return _usual_width(self.rows)[1] / max(filled, 1)


def _clearest(sample: str, delimiter: str, options: ReadOptions) -> _Reading:
    """The reading under which the rows agree best; other quoting than RFC 4180's only where it is consistent."""
    for name, mark, known in (("quote", options.quote, QUOTES), ("escape", options.escape, ("\\",))):
        if mark and mark not in known:
            raise FileFormatError(f"The {name} mark must be one of {' '.join(known)}; “{mark[:10]}” was given.")
    plain = _read(sample, delimiter, options.quote or '"', options.escape)
    if not options.quote and _is_single_quoted(sample, delimiter, plain):
        return _read(sample, delimiter, "'", options.escape)
    if not options.escape and not options.quote and '\\"' in sample and not _fits(sample, plain):
        escaped = _read(sample, delimiter, '"', "\\")
        if _fits(unescaped(sample), escaped) and escaped.alike() >= plain.alike():
            return escaped
    return plain


def _is_single_quoted(sample: str, delimiter: str, plain: _Reading) -> bool:
    """Whether ' encloses fields: the header says so, or only then do all rows have as many fields."""
    if "'" not in sample or any(cell.startswith('"') for cell in re.split(r"[,;\t|\r\n]", sample)):
        return False
    single = _read(sample, delimiter, "'", "")
    if not _fits(sample, single):
        return False
    # separators inside enclosed cells may have misled the plain reading
    plain = plain if plain.delimiter == single.delimiter else _read(sample, single.delimiter, '"', "")
    # titles may stand above the header
    named = any(_is_enclosed(cell) for cell in plain.rows[0]) or any(map(_is_all_enclosed, plain.rows[:20]))
    return named or (plain.alike() < 1.0 and single.alike() == 1.0)


def _is_all_enclosed(row: list[str]) -> bool:
    cells = [cell for cell in row if cell]
    return len(cells) > 1 and all(map(_is_enclosed, cells))


def _is_enclosed(cell: str) -> bool:
    return len(cell) > 2 and cell.startswith("'") and cell.endswith("'")


def _fits(sample: str, reading: _Reading) -> bool:
    data = np.frombuffer(sample.encode(), np.uint8)
    return scanning.well_quoted(data, reading.delimiter, reading.quote)


def unescaped(text: str) -> str:
    """Quote marks after a backslash as doubled ones, which every reader understands."""
    return re.sub(r'\\([\\"])', lambda match: '""' if match[1] == '"' else "\\", text)


def unescaped_bytes(text: bytes) -> bytes:
    """The same for a whole text in UTF-8."""
    return re.sub(rb'\\([\\"])', lambda match: b'""' if match[1] == b'"' else b"\\", text)


def _read(sample: str, delimiter: str, quote: str, escape: str) -> _Reading:
    """The records under the separator given, or under that which makes them agree best."""
    text = unescaped(sample) if escape else sample
    readings = []
    for mark in [delimiter] if delimiter else DELIMITERS:
        rows, lines = _rows(text, mark, quote)
        readings.append(_Reading(mark, quote, escape, rows, lines))
    # a separator that splits nothing agrees with every text, so several columns win over one
    return max(readings, key=lambda reading: _agreement(reading.rows))


def _line_end(sample: str) -> str:
    windows = sample.count("\r\n")
    counts = {"CRLF": windows, "LF": sample.count("\n") - windows, "CR": sample.count("\r") - windows}
    used = [name for name, count in counts.items() if count]
    return used[0] if len(used) == 1 else "mixed" if used else ""


def _beginning(text: bytes) -> str:
    """The first lines, up to 1 MB."""
    head = text[: MAX_RECORD + 1]
    if len(text) > MAX_RECORD:
        stop = max(head.rfind(b"\n"), head.rfind(b"\r"))
        if stop < 0:
            raise FileFormatError("Line 1 is longer than 1 MB, so this is not a table. Export it again as CSV.")
        head = head[: stop + 1]
    return head.decode("utf-8", "ignore")


def _declared(sample: str, wanted: str) -> tuple[str, int]:
    """Separator and number of records to pass over, from a first line such as “sep=;”."""
    match = re.match(r"sep=(.)\r?\n", sample)
    if wanted and wanted not in DELIMITERS:
        raise FileFormatError(f"The delimiter must be one of , ; TAB |; “{wanted[:10]}” was given.")
    if match and match[1] in DELIMITERS:
        return wanted or match[1], 1
    return wanted, 0


def _refuse_too_wide(first_line: str) -> None:
    # counted before any parsing: 100,000 columns would keep a CSV reader busy for seconds
    widest = max(first_line.count(mark) for mark in DELIMITERS) + 1
    if widest > MAX_WIDE_COLUMNS:
        raise FileFormatError(
            f"The first line has {widest:,} columns; the limit is {MAX_WIDE_COLUMNS:,}. Split the file."
        )


def _rows(sample: str, delimiter: str, quote: str) -> tuple[list[list[str]], list[int]]:
    """The first records, blank ones as empty lists, and the line each begins on."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, quotechar=quote)
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            rows.append(row)
            lines.append(line)
            line = reader.line_num + 1
            if len(rows) > _SAMPLED:
                break
    except csv.Error:  # a field beyond the reader's limit: the rows so far decide, the scan names the line
        return rows, lines
    return rows, lines


def _usual_width(rows: list[list[str]]) -> tuple[int, int]:
    """The commonest number of fields, and how many rows have it."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    return max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))


def _agreement(rows: list[list[str]]) -> tuple[bool, float, int, float]:
    """How well a separator explains the rows: several columns, most rows alike, many columns."""
    width, alike = _usual_width(rows)
    filled = sum(1 for row in rows if any(cell.strip() for cell in row))
    share = alike / max(filled, 1)
    # some broken rows must not give the choice to a decimal comma, which agrees with every row but the header
    return width > 1, min(share, 0.9), width, share


@dataclass(frozen=True, slots=True)
class _Header:
    """Where to look for the header.

    Attributes:
        delimiter: separator of fields.
        skipped: records to pass over.
        line: line of the header as chosen by the user, 0 to find out.
        lines: line each record begins on.
    """

    delimiter: str
    skipped: int
    line: int
    lines: Sequence[int]


def header_of(rows: list[list[str]], about: _Header) -> Layout:
    """The header the user names, or the first row as wide as most, at least half filled; titles may stand above.

    Raises:
        FileFormatError: there is no header, it is unclear, or it has too many columns.
    """
    if about.line:
        layout = _named_header(rows, about)
    else:
        layout = _first_header(rows, about)
        _refuse_headless(layout)
    _refuse_many_columns(layout)
    return layout


def _named_header(rows: list[list[str]], about: _Header) -> Layout:
    if about.line not in about.lines or not any(cell.strip() for cell in rows[about.lines.index(about.line)]):
        raise FileFormatError(
            f"Line {about.line:,} cannot be the header: it is blank, or not among the first {_SAMPLED} rows. "
            f"Choose another header_line."
        )
    at = about.lines.index(about.line)
    return _layout_at(at, rows, about.delimiter)


def _layout_at(at: int, rows: list[list[str]], delimiter: str) -> Layout:
    sample = tuple(tuple(below) for below in rows[at + 1 :] if len(below) == len(rows[at]))
    return Layout(delimiter, at, tuple(rows[at]), sample)


def _first_header(rows: list[list[str]], about: _Header) -> Layout:
    width, _ = _usual_width(rows[about.skipped :])
    for i, row in enumerate(rows[about.skipped :], start=about.skipped):
        filled = sum(1 for cell in row if cell.strip())
        if is_title(rows[i : i + _TITLES], width):
            continue
        if len(row) == width and 2 * filled >= width and filled:
            return _layout_at(i, rows, about.delimiter)
        # a title has few cells; a fuller row of another width is a broken header and must not be skipped
        if filled > max(1, width // 2):
            raise FileFormatError(
                f"Row {i + 1} has {len(row)} fields, but most rows have {width}, so the header is unclear. "
                f"Give every row as many fields as the header."
            )
    raise FileFormatError("The file is empty.")


def header_in_sheet(rows: list[list[str]], first_row: int, header_row: int = 0) -> Layout:
    """The header of a sheet of a workbook.

    Args:
        rows: the first rows, all of the same width.
        first_row: the sheet's number of the first of them, 1-based.
        header_row: the sheet's number of the header as chosen by the user, 0 to find out.

    Raises:
        FileFormatError: there is no header, or too many columns.
    """
    return header_of(rows, _Header("", 0, header_row, range(first_row, first_row + len(rows))))


def _refuse_headless(layout: Layout) -> None:
    """A first row that looks like the rows under it is data, not a header."""
    cells = [cell for cell in layout.header if cell.strip()]
    if layout.sample and (all(map(_is_value, cells)) or _same_kinds(layout)):
        raise FileFormatError(
            f"No header: the first row looks like data ({', '.join(cells)[:80]}). Add a line with column names."
        )


def _is_value(cell: str) -> bool:
    return numerals.looks_numeric(cell) or dates.looks_dated(cell)


def _same_kinds(layout: Layout) -> bool:
    """Whether header and data agree: a date above dates, or a number above numbers with nothing that is a name."""
    # SKUs as column names are numbers over numbers too, but then one cell is a word such as “month”
    if any(is_known(cell) for cell in layout.header):
        return False
    below = list(zip(*layout.sample[:20], strict=True))[:50]
    pairs = [(cell, column) for cell, column in zip(layout.header, below, strict=False) if cell.strip()]
    if any(
        dates.looks_dated(cell) and sum(map(dates.looks_dated, column)) >= 0.8 * len(column) for cell, column in pairs
    ):
        return True
    numeric = [numerals.looks_numeric(cell) for cell, _ in pairs]
    alike = all(
        all(map(_is_value, filter(str.strip, column))) == is_number
        for is_number, (_, column) in zip(numeric, pairs, strict=True)
    )
    return any(numeric) and alike


def _refuse_many_columns(layout: Layout) -> None:
    """Beyond 512 columns only tables of numbers, one column per period or SKU, are meant."""
    width = len(layout.header)
    if width <= MAX_COLUMNS:
        return
    cells = [cell for row in layout.sample[:5] for cell in row]
    cells = cells[:: 1 + len(cells) // 2000]
    numeric = sum(1 for cell in cells if numerals.is_missing(cell) or numerals.looks_numeric(cell))
    if width > MAX_WIDE_COLUMNS or numeric < 0.8 * len(cells):
        raise FileFormatError(
            f"The table has {width:,} columns; the limit is {MAX_COLUMNS} (or {MAX_WIDE_COLUMNS:,} columns of numbers, "
            f"one per period or SKU). Remove columns."
        )


def remarks(layout: Layout) -> tuple[str, ...]:
    """What the user should know about the header and the quoting."""
    shown = shown_names(layout.header)
    changed = [name for name, cell in zip(shown, layout.header, strict=True) if name != cell.strip()]
    notes = []
    if changed:
        notes.append(f"Columns renamed because their names repeat or are empty: {', '.join(changed[:5])}.")
    if layout.quote == "'":
        notes.append("Fields are enclosed in single quote marks (').")
    if layout.escape:
        notes.append("Quote marks inside fields stand after a backslash.")
    return tuple(notes)


def shown_names(header: tuple[str, ...]) -> tuple[str, ...]:
    """Column names to show: control characters removed, cut to 120 characters, numbered where they repeat or are empty.

    Example:
        >>> shown_names(("sku", "qty", "qty", ""))
        ('sku', 'qty', 'qty (2)', 'column 4')
    """
    names: list[str] = []
    taken: Counter[str] = Counter()
    for i, cell in enumerate(header):
        name = _CONTROL.sub("", cell).strip()[:120] or f"column {i + 1}"
        # “qty (2)” may itself stand in the header
        taken[name] += 1
        while taken[name] > 1 and f"{name} ({taken[name]})" in taken:
            taken[name] += 1
        shown = f"{name} ({taken[name]})" if taken[name] > 1 else name
        taken[shown] += shown != name
        names.append(shown)
    return tuple(names)
