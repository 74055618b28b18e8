"""Error cells of workbooks without XML (XLS, XLSB), which the parser of values turns into empty cells.

Both are sequences of records, each with its kind and its length. Those of an XLS stand in a file of sectors like those
of a disk, of which a table says which sector follows which.

Source: Microsoft [MS-CFB], [MS-XLS] (BoundSheet8, BoolErr, Formula), [MS-XLSB] (BrtBundleSh, BrtRowHdr, BrtCellError,
BrtFmlaError).
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from core.base.types import IntArray

Errors = dict[tuple[int, int], str]
"""Text of the error by row and column, both from 1."""
_TEXTS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
_MANY: Final = 100_000  # errors remembered
# kinds of records
_BOUND_SHEET, _CONSTANT, _FORMULA, _END = 0x85, 0x205, 0x06, 0x0A
_BINARY_ROW, _BINARY_CONSTANT, _BINARY_FORMULA, _BINARY_SHEET = 0, 3, 11, 156
_HEADER: Final = 512
_SHORTEST: Final = 4096  # bytes of a stream that lies in sectors


def errors_of_xls(data: bytes, number: int) -> Errors:
    """Error cells of one sheet of an XLS.

    Args:
        data: the workbook.
        number: of the sheet, from 0.
    """
    stream = _stream(data)
    starts = [_number(body, 0, 4) for kind, body in _records(stream, 0) if kind == _BOUND_SHEET]
    found: Errors = {}
    for kind, body in _records(stream, starts[number]) if number < len(starts) else ():
        code = -1
        if kind == _CONSTANT and len(body) >= 8 and body[7] == 1:
            code = body[6]
        # the result of a formula is an error where it begins with a 2 and ends as no number does
        elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            code = body[8]
        if code >= 0 and len(found) < _MANY:
            found[_number(body, 0, 2) + 1, _number(body, 2, 2) + 1] = _TEXTS.get(code, "#ERROR")
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of the records from a place of an XLS on, up to the end of their sheet."""
    kind = -1
    while kind != _END and at + 4 <= len(stream):
        kind, size = _number(stream, at, 2), _number(stream, at + 2, 2)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _stream(data: bytes) -> bytes:
    """The stream of a compound file that holds the workbook; empty where it has none."""
    # sectors have 512 bytes, or 4096 in later files
    size = 4096 if _number(data, 30, 2) == 12 else 512
    sectors = _followers(data, size)
    folder = _chained(data[size:], _number(data, 48, 4), size, sectors)
    entries = {}
    for at in range(0, len(folder) - 127, 128):
        name = folder[at : at + max(_number(folder, at + 64, 2) - 2, 0)].decode("utf-16-le", "replace")
        entries[name] = (_number(folder, at + 116, 4), _number(folder, at + 120, 4))
    first, length = entries.get("Workbook") or entries.get("Book") or (0, 0)
    # a shorter stream would lie elsewhere, and no program writes such a short workbook
    return _chained(data[size:], first, size, sectors)[:length] if length >= _SHORTEST else b""


def _followers(data: bytes, size: int) -> IntArray:
    """Which sector follows each sector, shape (n_sectors,)."""
    tables = [_number(data, at, 4) for at in range(76, _HEADER, 4)]
    # a table of more than 109 sectors goes on in sectors of its own, each of which ends with the number of the next
    at, left = _number(data, 68, 4), _number(data, 72, 4)
    while left and (at + 1) * size < len(data) and len(tables) * size < len(data):
        own = data[(at + 1) * size : (at + 2) * size]
        tables += [_number(own, place, 4) for place in range(0, len(own) - 4, 4)]
        at, left = _number(own, size - 4, 4), left - 1
    parts = [data[(table + 1) * size : (table + 2) * size] for table in tables if (table + 2) * size <= len(data)]
    return np.frombuffer(b"".join(parts), "<u4").astype(np.int64)


def _chained(data: bytes, first: int, size: int, followers: IntArray) -> bytes:
    """The sectors from the first one on, joined; a chain that never ends is followed once through all sectors."""
    parts: list[bytes] = []
    at = first
    while at < len(followers) and len(parts) < len(followers):
        parts.append(data[at * size : (at + 1) * size])
        at = int(followers[at])
    return b"".join(parts)


def errors_of_xlsb(part: bytes) -> Errors:
    """Error cells of a sheet of an XLSB.

    Args:
        part: the sheet's part of the archive.
    """
    found: Errors = {}
    row = 0
    for kind, at in _binary_records(part):
        if kind == _BINARY_ROW:
            row = _number(part, at, 4)
        elif kind in {_BINARY_CONSTANT, _BINARY_FORMULA} and len(found) < _MANY:
            found[row + 1, _number(part, at, 4) + 1] = _TEXTS.get(_number(part, at + 8, 1), "#ERROR")
    return found


def sheets_of_xlsb(part: bytes) -> list[str]:
    """Keys of the sheets of an XLSB in their order, by which its list of relations names their parts."""
    return [
        part[at + 12 : at + 12 + 2 * _number(part, at + 8, 4)].decode("utf-16-le", "replace")
        for kind, at in _binary_records(part)
        if kind == _BINARY_SHEET
    ]


def _binary_records(part: bytes) -> Iterator[tuple[int, int]]:
    """Kind and place of the body of each record of an XLSB; kinds and lengths are numbers of seven bits a byte."""
    at = 0
    while at < len(part):
        kind = part[at]
        at += 1
        if kind >= 128:
            kind = (kind & 127) | (_number(part, at, 1) << 7)
            at += 1
        size = shift = 0
        going_on = True
        while going_on and shift < 28 and at < len(part):
            size |= (part[at] & 127) << shift
            going_on = part[at] >= 128
            at, shift = at + 1, shift + 7
        yield kind, at
        at += size
