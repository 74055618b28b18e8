"""An independent pass over a delimited text: where records begin, on which line, and how many fields they have.

The columns themselves are cut by another reader; both must agree on the number of rows, so neither can drop one
silently.
"""

import csv
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from core.base.errors import FileFormatError
from core.base.types import AnyArray, BoolArray, IntArray

MAX_RECORD: Final = 2**20
"""Bytes a record may have."""
MAX_RECORD_LINES: Final = 1000
_BLOCK: Final = 2**21  # larger ones spend more on fresh memory than they save
_THREADS: Final = min(4, os.cpu_count() or 1)
_LF, _CR = 10, 13


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


class _Marks(NamedTuple):
    """What a block of the text holds, counted from the block's beginning.

    Attributes:
        ends: offsets of record ends in the whole text, shape (n,).
        fields: separators before each end, shape (n,).
        breaks: line breaks up to each end, shape (n,).
        n_fields, n_breaks: totals of the block.
    """

    ends: IntArray
    fields: IntArray
    breaks: IntArray
    n_fields: int
    n_breaks: int


def scan(text: bytes, delimiter: str, quote: str = '"') -> Records | None:
    """The records of a text whose quoting follows RFC 4180; None where a quote mark stands inside an unquoted field.

    Args:
        text: UTF-8 text, not empty.
        delimiter: one ASCII character.
        quote: the quote mark, one ASCII character.

    Raises:
        FileFormatError: a record is longer than the limit.
    """
    data = np.frombuffer(text, np.uint8)
    if quote.encode() in text and not well_quoted(data, delimiter, quote):
        return None
    ends, fields, breaks = _boundaries(data, ord(delimiter), ord(quote))
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


def _boundaries(data: AnyArray, delimiter: int, quote: int) -> tuple[IntArray, IntArray, IntArray]:
    """Offsets of record ends, and up to each of them the number of separators and of line breaks.

    The last entry of the two counts is the total of the text.
    """
    offsets = range(0, data.size, _BLOCK)
    # numpy lets go of the interpreter in long loops, so that blocks are marked side by side
    with ThreadPoolExecutor(_THREADS) as pool:
        quotes = list(pool.map(lambda at: int(np.count_nonzero(data[at : at + _BLOCK] == quote)), offsets))
        inside = (np.cumsum([0, *quotes]) % 2).astype(bool)

        def marked(i: int) -> _Marks:
            return _marks(data, offsets[i], delimiter, quote if quotes[i] else None, inside=bool(inside[i]))

        blocks = list(pool.map(marked, range(len(offsets))))
    fields = np.cumsum([0, *(block.n_fields for block in blocks)])
    breaks = np.cumsum([0, *(block.n_breaks for block in blocks)])
    return (
        np.concatenate([block.ends for block in blocks]),
        np.concatenate([*(block.fields + seen for block, seen in zip(blocks, fields[:-1], strict=True)), fields[-1:]]),
        np.concatenate([*(block.breaks + seen for block, seen in zip(blocks, breaks[:-1], strict=True)), breaks[-1:]]),
    )


def _marks(data: AnyArray, offset: int, delimiter: int, quote: int | None, *, inside: bool) -> _Marks:
    """Record ends, separators and line breaks of one block.

    Args:
        data: the whole text, shape (n_bytes,).
        offset: where the block begins.
        delimiter: byte of the separator.
        quote: byte of the quote mark; None where the block has none.
        inside: whether the block begins inside quotes.
    """
    block = data[offset : offset + _BLOCK]
    newline, separator = _newlines(data, offset, block), block == delimiter
    every = np.flatnonzero(newline)
    outside = None
    if quote is not None:
        outside = np.logical_xor.accumulate(block == quote) == inside
    elif inside:
        outside = np.zeros(block.size, bool)
    if outside is not None:
        separator &= outside
    ends = every if outside is None else every[outside[every]]
    # a running count would need eight bytes for each byte of text; the places of the separators need far fewer
    places = np.flatnonzero(separator)
    breaks = np.arange(1, every.size + 1) if outside is None else np.searchsorted(every, ends) + 1
    return _Marks(ends + offset, np.searchsorted(places, ends), breaks, places.size, every.size)


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


def well_quoted(data: AnyArray, delimiter: str, quote: str) -> bool:
    """Whether every quote mark opens a field at its start, closes it at its end, or is doubled inside it."""
    marks = np.flatnonzero(data == ord(quote))
    if marks.size % 2:
        return False
    edges = np.zeros(256, bool)
    edges[[ord(delimiter), _LF, _CR]] = True
    opening, closing = marks[0::2], marks[1::2]
    # "" inside a quoted field closes and opens again at once
    doubled = closing[:-1] + 1 == opening[1:]
    starts_field = (opening == 0) | edges[data[np.maximum(opening - 1, 0)]]
    ends_field = (closing == data.size - 1) | edges[data[np.minimum(closing + 1, data.size - 1)]]
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


def scan_slowly(text: bytes, delimiter: str, quote: str = '"') -> Iterator[tuple[int, list[str]]]:
    """Line and fields of each record, read mark by mark, for texts with quote marks inside unquoted fields.

    Raises:
        FileFormatError: a quote is not closed, or closed in the middle of a field.
    """
    # read as a stream: the whole text as one Python string would need four bytes for each of its letters
    stream = io.TextIOWrapper(io.BytesIO(text), "utf-8", newline="")
    reader = csv.reader(stream, delimiter=delimiter, quotechar=quote, strict=True)
    line = 1
    try:
        for row in reader:
            if reader.line_num - line >= MAX_RECORD_LINES:
                raise FileFormatError(f"Quote opened at line {line:,} is not closed within 1,000 lines. Correct it.")
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileFormatError(_quote_fault(str(error), line)) from None


def _quote_fault(fault: str, line: int) -> str:
    if "unexpected end" in fault or "field larger" in fault:
        return f"Quote opened at line {line:,} is not closed. Add the missing quote mark or remove the stray one."
    return f"A quoted field in the row at line {line:,} goes on after its closing quote. Double quote marks inside it."
