"""An independent pass over a delimited text: where records begin, on which line, and how many fields they have.

The columns themselves are cut by another reader; both must agree on the number of rows, so neither can drop one
silently.
"""

import csv
import io
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.errors import FileFormatError
from core.base.types import AnyArray, BoolArray, IntArray

MAX_RECORD: Final = 2**20
"""Bytes a record may have."""
MAX_RECORD_LINES: Final = 1000
_BLOCK: Final = 2**24
_QUOTE, _LF, _CR = 34, 10, 13


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """The records of a text.

    Attributes:
        starts: byte offset of each record and, last, the length of the text; shape (n_records + 1,).
        widths: fields per record, shape (n_records,).
        lines: line of each record's first byte, 1-based, shape (n_records,).
        blank: whether a record has no content but separators, shape (n_records,).
        multiline: whether some record spans several lines.
    """

    starts: IntArray
    widths: IntArray
    lines: IntArray
    blank: BoolArray
    multiline: bool


def scan(text: bytes, delimiter: str) -> Records | None:
    """The records of a text whose quoting follows RFC 4180; None where a quote mark stands inside an unquoted field.

    Args:
        text: UTF-8 text, not empty.
        delimiter: one ASCII character.

    Raises:
        FileFormatError: a record is longer than the limit.
    """
    data = np.frombuffer(text, np.uint8)
    quoted = b'"' in text
    if quoted and not _well_quoted(data, ord(delimiter)):
        return None
    ends, fields, breaks = _boundaries(data, ord(delimiter), quoted=quoted)
    closed = ends.size
    if closed == 0 or ends[-1] != data.size - 1:
        ends = np.append(ends, data.size)
    fields, breaks = fields[: ends.size], breaks[: ends.size]
    starts = np.concatenate([[0], np.minimum(ends + 1, data.size)])
    separators = np.diff(fields, prepend=0)
    lines = 1 + np.concatenate([[0], breaks[:-1]])
    # the line feed of CR LF ends the record; the carriage return before it is no content
    stops = ends - ((ends > 0) & (data[np.maximum(ends - 1, 0)] == _CR) & (ends > starts[:-1]))
    _refuse_long(stops - starts[:-1], np.diff(np.append(lines, breaks[-1])), lines)
    return Records(starts, separators + 1, lines, stops - starts[:-1] == separators, bool(breaks[-1] > closed))


def _boundaries(data: AnyArray, delimiter: int, *, quoted: bool) -> tuple[IntArray, IntArray, IntArray]:
    """Offsets of record ends, and up to each of them the number of separators and of line breaks.

    The last entry of the two counts is the total of the text.
    """
    ends, fields, breaks = [], [], []
    inside, seen, lines = False, 0, 0
    # in blocks, so that a file of 1 GB needs no index of every separator
    for offset in range(0, data.size, _BLOCK):
        block = data[offset : offset + _BLOCK]
        newline = _newlines(data, offset, block)
        outside, inside = _outside(block, quoted=quoted, inside=inside)
        marks = np.flatnonzero((block == delimiter) & outside)
        local = np.flatnonzero(newline & outside)
        every = np.flatnonzero(newline)
        ends.append(local + offset)
        fields.append(seen + np.searchsorted(marks, local))
        breaks.append(lines + np.searchsorted(every, local) + 1)
        seen, lines = seen + marks.size, lines + every.size
    return np.concatenate(ends), np.append(np.concatenate(fields), seen), np.append(np.concatenate(breaks), lines)


def _newlines(data: AnyArray, offset: int, block: AnyArray) -> BoolArray:
    """Line feeds, and carriage returns that no line feed follows."""
    returns = block == _CR
    newline = block == _LF
    if returns.any():
        following = np.zeros_like(block)
        ahead = data[offset + 1 : offset + 1 + block.size]
        following[: ahead.size] = ahead
        newline |= returns & (following != _LF)
    return np.asarray(newline)


def _outside(block: AnyArray, *, quoted: bool, inside: bool) -> tuple[BoolArray, bool]:
    """Which bytes of a block lie outside quotes, and whether the block ends inside."""
    if not quoted:
        return np.ones(block.size, bool), False
    within = np.logical_xor.accumulate(block == _QUOTE) ^ inside
    return ~within, bool(within[-1])


def _well_quoted(data: AnyArray, delimiter: int) -> bool:
    """Whether every quote mark opens a field at its start, closes it at its end, or is doubled inside it."""
    marks = np.flatnonzero(data == _QUOTE)
    if marks.size % 2:
        return False
    edges = np.array([delimiter, _LF, _CR])
    opening, closing = marks[0::2], marks[1::2]
    # "" inside a quoted field closes and opens again at once
    doubled = closing[:-1] + 1 == opening[1:]
    starts_field = (opening == 0) | np.isin(data[np.maximum(opening - 1, 0)], edges)
    ends_field = (closing == data.size - 1) | np.isin(data[np.minimum(closing + 1, data.size - 1)], edges)
    starts_field[1:] |= doubled
    ends_field[:-1] |= doubled
    return bool(starts_field.all() and ends_field.all())


def _refuse_long(lengths: IntArray, spans: IntArray, lines: IntArray) -> None:
    long = np.flatnonzero((lengths > MAX_RECORD) | (spans > MAX_RECORD_LINES))
    if long.size:
        line = lines[long[0]]
        raise FileFormatError(
            f"Line {line:,} begins a row of more than 1 MB or 1,000 lines. A quote mark may be missing there."
        )


def scan_slowly(text: bytes, delimiter: str) -> tuple[list[list[str]], IntArray]:
    """Rows and their lines, read mark by mark, for texts with quote marks inside unquoted fields.

    Raises:
        FileFormatError: a quote is not closed, or closed in the middle of a field.
    """
    reader = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            rows.append(row)
            lines.append(line)
            if reader.line_num - line >= MAX_RECORD_LINES:
                raise FileFormatError(f"Quote opened at line {line:,} is not closed within 1,000 lines. Correct it.")
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileFormatError(_quote_fault(str(error), line)) from None
    return rows, np.array(lines, np.int64)


def _quote_fault(fault: str, line: int) -> str:
    if "unexpected end" in fault or "field larger" in fault:
        return f"Quote opened at line {line:,} is not closed. Add the missing quote mark or remove the stray one."
    return f"A quoted field in the row at line {line:,} goes on after its closing quote. Double quote marks inside it."
