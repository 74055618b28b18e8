"""Which separator a text uses and which line is its header, decided on its first rows."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from core.base.errors import FileFormatError
from core.ingest import dates, numerals
from core.ingest.scanning import MAX_RECORD
from core.ingest.synonyms import is_known

DELIMITERS: Final = (",", ";", "\t", "|")
MAX_COLUMNS: Final = 512
MAX_WIDE_COLUMNS: Final = 20_000
"""Columns of a table with one column per period or SKU."""
_SAMPLED: Final = 100
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the first rows are laid out.

    Attributes:
        delimiter: separator of fields.
        header_index: record that holds the header, from 0.
        header: its cells as they stand.
        sample: the first rows under the header that have as many fields.
    """

    delimiter: str
    header_index: int
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]


def lay_out(text: bytes, wanted: str = "") -> Layout:
    """Separator and header of a text.

    Args:
        text: UTF-8 text.
        wanted: separator chosen by the user; empty to find out.

    Raises:
        FileFormatError: a line or the number of columns is beyond the limits, or there is no header.
    """
    sample = _beginning(text)
    wanted, skipped = _declared(sample, wanted)
    _refuse_too_wide(re.split(r"[\r\n]", sample, maxsplit=1)[0])
    rows = {mark: _rows(sample, mark) for mark in ([wanted] if wanted else DELIMITERS)}
    # a separator that splits nothing agrees with every text, so several columns win over one
    delimiter = max(rows, key=lambda mark: _agreement(rows[mark]))
    layout = _header(delimiter, rows[delimiter], skipped)
    if len(layout.header) == 1:
        raise FileFormatError(
            f"Only one column was found (“{layout.header[0][:80]}”). A table needs several, separated by , ; TAB or |, "
            f"and every row as many fields as the header."
        )
    _refuse_headless(layout)
    _refuse_many_columns(layout)
    return layout


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


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    """The first records, blank ones as empty lists."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > _SAMPLED:
                break
    except csv.Error:  # a field beyond the reader's limit: the rows so far decide, the scan names the line
        return rows
    return rows


def _usual_width(rows: list[list[str]]) -> tuple[int, int]:
    """The commonest number of fields, and how many rows have it."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    return max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))


def _agreement(rows: list[list[str]]) -> tuple[bool, float, int]:
    """How well a separator explains the rows: several columns, most rows alike, many columns."""
    width, alike = _usual_width(rows)
    filled = sum(1 for row in rows if any(cell.strip() for cell in row))
    return width > 1, alike / max(filled, 1), width


def _header(delimiter: str, rows: list[list[str]], skipped: int) -> Layout:
    """The first row as wide as most, at least half filled; narrower rows above it are titles."""
    width, _ = _usual_width(rows[skipped:])
    for i, row in enumerate(rows[skipped:], start=skipped):
        filled = sum(1 for cell in row if cell.strip())
        if len(row) == width and 2 * filled >= width and filled:
            sample = tuple(tuple(below) for below in rows[i + 1 :] if len(below) == width)
            return Layout(delimiter, i, tuple(row), sample)
        # a title has few cells; a fuller row of another width is a broken header and must not be skipped
        if filled > max(1, width // 2):
            raise FileFormatError(
                f"Row {i + 1} has {len(row)} fields, but most rows have {width}, so the header is unclear. "
                f"Give every row as many fields as the header."
            )
    raise FileFormatError("The file is empty.")


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
    if any(dates.looks_dated(cell) and all(map(dates.looks_dated, column)) for cell, column in pairs):
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
