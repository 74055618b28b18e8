"""What a workbook's XML says beyond its values: cells claimed, formulas without value, errors, hidden rows, columns.

The parser of values turns an error and a formula that was never calculated into the same empty cell, and makes room
for every cell up to the last one claimed, before anyone can look. So the sheet's XML is read first, as a stream.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Final
from xml.etree import ElementTree as ET

from core.base.errors import FileFormatError
from core.ingest.excel_binary import Errors, errors_of_xls, errors_of_xlsb, sheets_of_xlsb

MAX_CELLS: Final = 40_000_000
"""Cells the rectangle around a sheet's content may have; each takes about 32 bytes while it is read."""
_PIECE: Final = 2**22
_MAX_INDEX: Final = 2**23  # bytes of the parts that list the sheets
_MAX_ROW: Final = 2**26
_MANY: Final = 100_000  # places remembered of each kind
_TAG: Final = rb"<(?:\w+:)?"
_ROW: Final = re.compile(_TAG + rb"row\b([^>]*)>")
# patterns that begin with letters are searched ten times as fast as those that begin with a choice
_ROW_START: Final = re.compile(rb"row\b[^>]*?\br=[\"'](\d{1,7})[\"']")
_ROW_NUMBER: Final = re.compile(rb"\br=[\"'](\d{1,7})[\"']")
_FAR_COLUMN: Final = re.compile(rb" r=[\"']([A-Z]{2,3})\d")
_REFERENCE: Final = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_UNVALUED: Final = re.compile(
    _TAG + rb"c\b([^>]*)>\s*" + _TAG + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v\s*>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)  # fmt: skip
_ERROR: Final = re.compile(
    _TAG + rb"c\b([^>]*\bt=[\"']e[\"'][^>]*)>(?:(?!</(?:\w+:)?c>).)*?" + _TAG + rb"v>([^<]*)<", re.DOTALL
)
_HIDDEN: Final = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_COLUMN: Final = re.compile(_TAG + rb"col\b([^>]*)>")
_BROKEN: Final = (OSError, EOFError, NotImplementedError, ValueError)  # what a damaged archive raises besides
_DOCTYPE: Final = (b"<!DOCTYPE", b"<!ENTITY")


@dataclass(slots=True, eq=False)
class SheetFacts:
    """What a sheet's XML says; cells are (row, column), both from 1.

    Attributes:
        unvalued: formula cells without a stored value.
        errors: cells that hold an error, and its text such as "#N/A".
        hidden_rows: hidden rows.
        hidden_columns: hidden columns, as letters.
        rows, columns: the last ones claimed.
    """

    unvalued: list[tuple[int, int]] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[str] = field(default_factory=list)
    rows: int = 0
    columns: int = 26


def letters(column: int) -> str:
    """A column's letters.

    Example:
        >>> letters(1), letters(28), letters(16384)
        ('A', 'AB', 'XFD')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def number_of(column: str) -> int:
    """A column's number from 1.

    Example:
        >>> number_of("XFD")
        16384
    """
    number = 0
    for letter in column:
        number = 26 * number + ord(letter) - 64
    return number


def sheet_facts(data: bytes, names: Sequence[str], sheet: str, label: str) -> SheetFacts:
    """What the XML of one sheet says; of workbooks without XML (XLS, XLSB) only their error cells are told.

    Args:
        data: the workbook.
        names: its sheets.
        sheet: name of one of them.
        label: name of the file, for messages.

    Raises:
        FileFormatError: the workbook is damaged, or claims more cells than can be read.
    """
    place = list(names).index(sheet)
    if not data.startswith(b"PK"):
        return SheetFacts(errors=errors_of_xls(data, place))
    with _opened(data, label) as archive:
        if "xl/workbook.bin" in archive.namelist():
            return SheetFacts(errors=_errors_of_xlsb(archive, place))
        part = _part_of(archive, sheet)
        return _read_facts(archive, part, label) if part else SheetFacts()


def _errors_of_xlsb(archive: zipfile.ZipFile, place: int) -> Errors:
    keys = sheets_of_xlsb(archive.read("xl/workbook.bin")[:_MAX_INDEX])
    targets = _targets(archive, "xl/_rels/workbook.bin.rels")
    part = _within(targets.get(keys[place], "")) if place < len(keys) else ""
    return errors_of_xlsb(archive.read(part)) if part in archive.namelist() else {}


def _targets(archive: zipfile.ZipFile, relations: str) -> dict[str, str]:
    """Where the parts of the workbook lie, by the keys it gives them."""
    return {each.get("Id", ""): each.get("Target", "") for each in _index(archive, relations).iter()}


def _within(target: str) -> str:
    """Name of a part within the archive."""
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def check_parts(data: bytes, label: str) -> None:
    """Refuse a workbook that is damaged or declares entities, before its values are looked at."""
    if data.startswith(b"PK"):
        with _opened(data, label) as archive:
            _refuse_declarations(archive, label)


@contextmanager
def _opened(data: bytes, label: str) -> Iterator[zipfile.ZipFile]:
    """The workbook as an archive; whatever is wrong with it becomes one sentence."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except FileFormatError:
        raise
    except (ET.ParseError, KeyError, zlib.error, RuntimeError, zipfile.BadZipFile, *_BROKEN):
        raise FileFormatError(
            f"“{label}” is damaged or cut off: its parts cannot be read. Open it in Excel and save it again."
        ) from None


def _refuse_declarations(archive: zipfile.ZipFile, label: str) -> None:
    """Excel writes no document type; one can only be there to read files or to multiply itself."""
    for entry in archive.infolist():
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        with archive.open(entry) as stream:
            beginning = stream.read(8192)
        if any(mark in beginning for mark in _DOCTYPE):
            raise FileFormatError(
                f"“{label}” declares a document type or entities, which no spreadsheet program writes. It is not "
                f"opened. Save the sheet as CSV."
            )
        if entry.filename.startswith("xl/worksheets/") and b"\0" in beginning:
            raise FileFormatError(f"“{label}” holds a sheet in UTF-16. Open it in Excel and save it again.")


def _index(archive: zipfile.ZipFile, name: str) -> ET.Element:
    with archive.open(name) as stream:
        text = stream.read(_MAX_INDEX)
    if any(mark in text for mark in _DOCTYPE):
        raise ET.ParseError
    return ET.fromstring(text)  # noqa: S314 - without a document type there is nothing to expand


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Name of the XML part of a sheet; empty where there is none."""
    if "xl/workbook.xml" not in archive.namelist():
        return ""
    targets = _targets(archive, "xl/_rels/workbook.xml.rels")
    for element in _index(archive, "xl/workbook.xml").iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            key = next((value for name, value in element.items() if name.endswith("}id")), "")
            return _within(targets.get(key, ""))
    return ""


def _read_facts(archive: zipfile.ZipFile, part: str, label: str) -> SheetFacts:
    facts = SheetFacts()
    with archive.open(part) as stream:
        for piece in _pieces(stream):
            _claims(piece, facts)
            if facts.rows * facts.columns > MAX_CELLS:
                raise FileFormatError(
                    f"“{label}”: the sheet claims {_amount(facts.rows * facts.columns)} cells (limit "
                    f"{MAX_CELLS // 10**6} million). Delete the empty rows and columns, or save the sheet as CSV."
                )
            _places(piece, facts)
    return facts


def _amount(cells: int) -> str:
    return f"{cells / 1e9:,.0f} billion" if cells >= 10**9 else f"{cells / 1e6:,.0f} million"


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The XML in pieces that end with a row, so that no cell is cut."""
    rest = b""
    while piece := stream.read(_PIECE):
        piece = rest + piece
        stop = max(piece.rfind(b"</row>"), piece.rfind(b":row>"), piece.rfind(b"</sheetData>"))
        # a row longer than a piece waits for its end
        stop = piece.find(b">", stop) + 1 if stop >= 0 else 0
        rest = piece[stop:]
        if len(rest) > _MAX_ROW:
            raise FileFormatError("A row of the sheet holds more than 64 MB. Shorten its texts, or save it as CSV.")
        if stop:
            yield piece[:stop]
    yield rest


def _claims(piece: bytes, facts: SheetFacts) -> None:
    """The last row and column that the piece mentions."""
    facts.rows = max(facts.rows, max(map(int, _ROW_START.findall(piece)), default=0))
    columns = {column.decode() for column in _FAR_COLUMN.findall(piece)}
    facts.columns = max([facts.columns, *map(number_of, columns)])


def _places(piece: bytes, facts: SheetFacts) -> None:
    """Cells and rows of the piece that need saying something about."""
    if b"<f" in piece or b":f" in piece:
        for match in _UNVALUED.finditer(piece):
            # a formula that gives an empty text has its (empty) value stored
            stored = match[2] is not None and b't="str"' in match[1]
            if not stored and len(facts.unvalued) < _MANY and (place := _place(match[1])):
                facts.unvalued.append(place)
    if b't="e"' in piece or b"t='e'" in piece:
        for match in _ERROR.finditer(piece):
            if len(facts.errors) < _MANY and (place := _place(match[1])):
                facts.errors[place] = match[2].decode("utf-8", "replace")[:20]
    if b"hidden=" in piece:
        _hidden(piece, facts)


def _place(attributes: bytes) -> tuple[int, int] | None:
    match = _REFERENCE.search(attributes)
    return (int(match[2]), number_of(match[1].decode())) if match else None


def _hidden(piece: bytes, facts: SheetFacts) -> None:
    for attributes in _ROW.findall(piece):
        if _HIDDEN.search(attributes) and (match := _ROW_NUMBER.search(attributes)) and len(facts.hidden_rows) < _MANY:
            facts.hidden_rows.append(int(match[1]))
    for attributes in _COLUMN.findall(piece):
        limits = dict(re.findall(rb"\b(min|max)=[\"'](\d{1,5})[\"']", attributes))
        if _HIDDEN.search(attributes) and len(limits) == 2:
            # programs hide “all the rest” up to the last possible column
            last = min(int(limits[b"max"]), int(limits[b"min"]) + 50)
            facts.hidden_columns += [letters(column) for column in range(int(limits[b"min"]), last + 1)]
