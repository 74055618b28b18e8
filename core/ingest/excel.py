"""One sheet of a workbook → a table of texts, with what an honest reader must say about it."""

import datetime as dt
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import FileFormatError, examples
from core.ingest import numerals
from core.ingest.excel_parts import MAX_CELLS, SheetFacts, check_parts, letters, sheet_facts

MAX_TEXT: Final = 2**30
"""Bytes of text a sheet may hold."""
_BATCH: Final = 10_000
_MARKED: Final = 10_000  # different numbers kept as text that are asked for their decimal mark
_BEGINNINGS: Final = frozenset("0123456789+-(.,$€£¥￥")
_LOOKED_AT: Final = 100_000  # cells in which numbers kept as text are counted

Area = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class SheetTexts:
    """One sheet as texts.

    Attributes:
        name: the sheet.
        names: all sheets of the workbook.
        first_row: the sheet's number of the first row, 1-based.
        rows: the cells, columns c0, c1, …, shape (n_rows, n_columns).
        merged: merged areas as first row, first column, last row, last column, counted from 0 in `rows`.
        unvalued: for each row (number in the sheet) with a formula that has no value, the cell's name.
        notes: what the user should know.
        decimal: decimal mark of all numbers, those kept as texts included; empty when only the user can know it.
    """

    name: str
    names: tuple[str, ...]
    first_row: int
    rows: pa.Table
    merged: tuple[Area, ...]
    unvalued: dict[int, str]
    notes: tuple[str, ...]
    decimal: str = "."


def text_of(cell: Any, mark: str = ".") -> str:
    """A cell as text: whole numbers without a fraction, dates in ISO form, truth as TRUE and FALSE.

    Args:
        cell: its value.
        mark: decimal mark; empty for a spelling that needs none, 25e-1.

    Example:
        >>> text_of(102900005115762.0), text_of(2.5), text_of(dt.date(2026, 3, 4)), text_of(True)
        ('102900005115762', '2.5', '2026-03-04', 'TRUE')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else numerals.spelled(cell, mark)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    return str(cell)


def sheet_texts(data: bytes, label: str, wanted: str = "", decimal: str = "") -> SheetTexts:
    """One sheet of a workbook.

    Args:
        data: the workbook: XLSX, XLSM, XLSB or XLS.
        label: its name, for messages.
        wanted: the sheet; empty for the first visible one with rows.
        decimal: decimal mark of numbers that stand as texts, as chosen by the user; empty to find out.

    Raises:
        FileFormatError: the workbook is damaged or protected, claims too many cells, or lacks the sheet.
    """
    import python_calamine

    check_parts(data, label)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        name, sheet, facts = _chosen(workbook, data, label, wanted)
        area = sheet.height * sheet.width
        if area > MAX_CELLS:
            raise FileFormatError(f"“{label}”: the sheet has {area:,} cells; the limit is {MAX_CELLS:,}. Split it.")
        start = sheet.start or (0, 0)
        rows, texts = _rows(sheet, start, facts)
        mark = numerals.mark_beside_numbers(pa.array(sorted(texts.marked), pa.string()), decimal)
        if mark != ".":
            # “1.234,50” kept as text sets the mark for the true numbers too, so that one mark reads the table
            rows, _ = _rows(sheet, start, facts, mark)
        visible = _visible(workbook)
        unread = {
            "Hidden sheets": [each for each in workbook.sheet_names if each not in visible],
            "Other sheets": [each for each in visible if each != name and not wanted],
        }
        merged = tuple(_shifted(area, start) for area in sheet.merged_cell_ranges or ())
    except python_calamine.PasswordError:
        raise FileFormatError(f"“{label}” is protected by a password. Save it without one.") from None
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        if isinstance(error, FileFormatError):
            raise
        raise FileFormatError(
            f"“{label}”: the workbook is damaged or cut off. Open it in Excel and save it again."
        ) from None
    unvalued = {row: f"{letters(column)}{row}" for row, column in reversed(facts.unvalued)}
    notes = _notes(facts, unread, texts)
    return SheetTexts(name, tuple(workbook.sheet_names), start[0] + 1, rows, merged, unvalued, notes, mark)


def _chosen(workbook: Any, data: bytes, label: str, wanted: str) -> tuple[str, Any, SheetFacts]:
    """The sheet asked for, or the first visible one that has rows; its XML is looked at before its values."""
    names = list(workbook.sheet_names)
    if wanted and wanted not in names:
        raise FileFormatError(
            f"“{label}”: There is no sheet “{wanted[:80]}”. Sheets: {examples([n[:40] for n in names])}."
        )
    # a hidden sheet is rarely what the user means, but may be asked for by name
    visible = _visible(workbook)
    if not wanted and not visible:
        raise FileFormatError(f"“{label}”: The workbook has no visible sheet.")
    found = None
    for name in [wanted] if wanted else visible:
        facts = sheet_facts(data, names, name, label)
        sheet = workbook.get_sheet_by_name(name)
        found = found or (name, sheet, facts)
        if sheet.height > 0:
            return name, sheet, facts
    return found or (names[0], workbook.get_sheet_by_name(names[0]), SheetFacts())


def _visible(workbook: Any) -> list[str]:
    # the two other states are called SheetVisibleEnum.Hidden and SheetVisibleEnum.VeryHidden
    return [each.name for each in workbook.sheets_metadata if str(each.visible).endswith(".Visible")]


def _shifted(area: Any, start: tuple[int, int]) -> Area:
    (top, left), (bottom, right) = area
    return top - start[0], left - start[1], bottom - start[0], right - start[1]


@dataclass(slots=True)
class _Numbers:
    """Numbers that stand as texts: how many, and the first."""

    looked_at: int = 0
    count: int = 0
    first: str = ""
    marked: set[str] = field(default_factory=set)

    def look(self, cells: Sequence[Any], row: int, column: int) -> None:
        """Count the cells of a row; (row, column) is the place of the first, from 1."""
        for cell in cells:
            if isinstance(cell, str) and ("." in cell or "," in cell) and len(self.marked) < _MARKED:
                self._note_mark(cell)
        if self.looked_at > _LOOKED_AT:
            return
        self.looked_at += len(cells)
        for i, cell in enumerate(cells):
            if isinstance(cell, str) and cell[:1].isdigit() and numerals.parse(cell) is not None:
                self.count += 1
                self.first = self.first or f"{letters(column + i)}{row}"

    def _note_mark(self, cell: str) -> None:
        # a look at its beginning spares most texts the closer one
        if cell.strip()[:1] in _BEGINNINGS and cell not in self.marked and numerals.looks_numeric(cell):
            self.marked.add(cell)


def _rows(sheet: Any, start: tuple[int, int], facts: SheetFacts, mark: str = ".") -> tuple[pa.Table, _Numbers]:
    """The cells as texts, errors put back in their places."""
    errors = _by_row(facts, start[1], sheet.width)
    names = [f"c{i}" for i in range(sheet.width)]
    counted = _Numbers()
    batches: list[pa.RecordBatch] = []
    batch: list[list[Any]] = []
    written = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        # rows above the first filled one are given as well
        if number <= start[0]:
            continue
        counted.look(cells, number, start[1] + 1)
        for column, text in errors.get(number, {}).items():
            # an error is an empty cell to the parser, so what has a value is none
            cells[column] = text if cells[column] == "" else cells[column]
        batch.append(cells)
        if len(batch) == _BATCH:
            batches.append(_texts(batch, names, mark))
            written += batches[-1].nbytes
            _refuse_long(written)
            batch = []
    if batch or not batches:
        batches.append(_texts(batch, names, mark))
    return pa.Table.from_batches(batches), counted


def _by_row(facts: SheetFacts, left: int, width: int) -> dict[int, dict[int, str]]:
    """Error texts by row of the sheet and column of the table, which begins after `left` columns."""
    errors: dict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), text in facts.errors.items():
        # a spoilt workbook may name a cell beside the table
        if 0 <= (place := column - left - 1) < width:
            errors[row][place] = text
    return errors


def _refuse_long(written: int) -> None:
    if written > MAX_TEXT:
        raise FileFormatError("The sheet expands to more than 1,024 MB. Save it as CSV in parts.")


def _texts(rows: list[list[Any]], names: list[str], mark: str) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.record_batch([_column(cells, mark) for cells in columns], names=names)


def _column(cells: Sequence[Any], mark: str) -> pa.Array:
    texts = cells if set(map(type, cells)) <= {str} else [text_of(cell, mark) for cell in cells]
    try:
        array = pa.array(texts, pa.string())
    except UnicodeEncodeError:
        # a broken character of a damaged workbook must not end the reading
        array = pa.array([text.encode("utf-8", "replace").decode() for text in texts], pa.string())
    return pc.replace_substring(array, "\0", "")


def _notes(facts: SheetFacts, unread: dict[str, list[str]], texts: _Numbers) -> tuple[str, ...]:
    """Counted and listed: whatever a reader might wonder about later."""
    notes = [f"{kind}, not read: {examples([name[:40] for name in names])}." for kind, names in unread.items() if names]
    if facts.hidden_rows:
        shown = examples([str(row) for row in facts.hidden_rows])
        notes.append(f"{len(facts.hidden_rows):,} hidden rows are read like the others: {shown}.")
    if facts.hidden_columns:
        notes.append(
            f"{len(facts.hidden_columns):,} hidden columns are read like the others: {examples(facts.hidden_columns)}."
        )
    if facts.errors:
        (row, column), text = next(iter(facts.errors.items()))
        notes.append(f"{len(facts.errors):,} error cells are kept as text, first {text} in {letters(column)}{row}.")
    if facts.unvalued:
        row, column = facts.unvalued[0]
        rows = len({row for row, _ in facts.unvalued})
        notes.append(
            f"{len(facts.unvalued):,} formula cells have no stored value, first {letters(column)}{row}; their {rows:,} "
            f"rows are set aside. Open the workbook in Excel and save it to store the values."
        )
    if texts.count:
        more = "At least " if texts.looked_at > _LOOKED_AT else ""
        notes.append(f"{more}{texts.count:,} cells hold numbers as text and are kept as written, first {texts.first}.")
    return tuple(notes)
