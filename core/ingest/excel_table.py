"""A workbook's sheet → a raw table: header with its merged cells, rows, and rows set aside."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import FileFormatError
from core.base.types import BoolArray, frozen
from core.ingest import dialect as dialects
from core.ingest.dialect import Layout
from core.ingest.excel import Area, SheetTexts, sheet_texts
from core.ingest.tables import Dialect, RawTable, ReadOptions, Rejected

_HEAD: Final = 100  # rows in which the header is looked for
_HEADER_ROWS: Final = 3  # rows that a header of merged cells may have


def workbook_table(data: bytes, label: str, options: ReadOptions) -> RawTable:
    """The table in one sheet of a workbook; the sheet's row numbers stand for lines.

    Args:
        data: the workbook.
        label: its name, for messages.
        options: what the user has chosen.

    Raises:
        FileFormatError: the workbook or its sheet cannot be read as a table.
    """
    sheet = sheet_texts(data, label, options.sheet, options.decimal)
    kept = [i for i in range(sheet.rows.num_columns) if _has_text(sheet.rows.column(i))]
    if not kept:
        raise FileFormatError(f"The sheet “{sheet.name}” of “{label}” is empty.")
    rows = sheet.rows.select(kept)
    head = [list(row.values()) for row in rows.slice(0, _HEAD).to_pylist()]
    layout = dialects.header_in_sheet(head, sheet.first_row, options.header_line)
    if len(layout.header) == 1:
        raise FileFormatError(
            f"The sheet “{sheet.name}” of “{label}” has one column only (“{layout.header[0][:80]}”). Choose another."
        )
    layout = _with_merged(layout, head, _in_kept(sheet.merged, kept))
    return _table(sheet, rows, layout, options)


def _has_text(column: Any) -> bool:
    """Whether any cell of a column holds something."""
    return bool(pc.any(pc.not_equal(column, "")).as_py())


def _in_kept(merged: tuple[Area, ...], kept: list[int]) -> list[Area]:
    """Merged areas in the numbering of the columns that are not empty."""
    place = np.searchsorted(kept, np.arange((kept[-1] if kept else 0) + 2))
    found = []
    for top, left, bottom, right in merged:
        first = int(place[min(max(left, 0), place.size - 1)])
        last = int(np.searchsorted(kept, right, "right")) - 1
        if first <= last:
            found.append((top, first, bottom, last))
    return found


def _with_merged(layout: Layout, head: list[list[str]], merged: list[Area]) -> Layout:
    """The header with the value of merged cells in all of their area; it may reach over several rows.

    Names that stand twice, such as months of two years, take along what stands above them.

    Args:
        layout: the header as found without looking at merged cells.
        head: the first rows of the sheet, all of the same width.
        merged: merged areas, in the numbering of `head`.

    Returns:
        The layout with the last row of the header and its names.
    """
    top = layout.header_index
    bottom = max((area[2] for area in merged if area[0] == top), default=top)
    bottom = min(bottom, top + _HEADER_ROWS - 1, len(head) - 1)
    filled = [list(row) for row in head[top : bottom + 1]]
    for first, left, last, right in merged:
        # a name may begin above the header, beside the years over its months
        if 0 <= first <= bottom and last >= top:
            value = head[first][left]
            for row in filled[max(first - top, 0) : last - top + 1]:
                row[left : right + 1] = [value] * (right + 1 - left)
    header = filled[-1]
    # “quantity” under “January” and again under “February” needs both names
    doubled = {name for name in header if name and header.count(name) > 1}
    above = filled[0] if len(filled) > 1 else _above(head, top, merged)
    header = [
        f"{over} {name}" if name in doubled and over and over != name else name
        for over, name in zip(above, header, strict=True)
    ]
    sample = layout.sample[bottom - top :]
    return replace(layout, header_index=bottom, header=tuple(header), sample=sample)


def _above(head: list[list[str]], top: int, merged: list[Area]) -> list[str]:
    """What merged cells in the row above the header say of each column, shape (n_columns,); empty for nothing."""
    said = [""] * len(head[top])
    for first, left, last, right in merged:
        if last == top - 1 and right > left:
            said[left : right + 1] = [head[first][left]] * (right + 1 - left)
    return said


def _table(sheet: SheetTexts, rows: pa.Table, layout: Layout, options: ReadOptions) -> RawTable:
    """The rows under the header; those with a formula that has no value are set aside.

    Raises:
        FileFormatError: no row is left.
    """
    first = layout.header_index + 1
    body = rows.slice(first).rename_columns([f"c{i}" for i in range(rows.num_columns)])
    numbers = np.arange(body.num_rows) + sheet.first_row + first
    unvalued = np.isin(numbers, np.fromiter(sheet.unvalued, np.int64, len(sheet.unvalued)))
    fits = ~_blank(body) & ~unvalued
    rejected = tuple(
        _without_value(int(numbers[i]), sheet, ", ".join(body.slice(i, 1).to_pylist()[0].values()))
        for i in np.flatnonzero(unvalued).tolist()
    )
    if not fits.any():
        if rejected:
            raise FileFormatError(f"{rejected[0].reason} So it is with all {len(rejected):,} rows.")
        raise FileFormatError("No data rows under the header.")
    dialect = Dialect("excel", "", "", sheet.decimal, sheet.first_row + layout.header_index, sheet.name)
    notes = dialects.remarks(layout) + sheet.notes + _merged_note(sheet, layout.header_index)
    options = replace(options, decimal=options.decimal or sheet.decimal)
    shown = dialects.shown_names(layout.header)
    columns = body.filter(pa.array(fits))
    return RawTable(shown, columns, frozen(numbers[fits]), dialect, rejected, notes, sheet.names, options)


def _blank(body: pa.Table) -> BoolArray:
    """Rows without any text, shape (n_rows,)."""
    blank = np.ones(body.num_rows, bool)
    for column in body.columns:
        blank &= pc.equal(pc.utf8_trim_whitespace(column), "").to_numpy()
    return blank


def _without_value(row: int, sheet: SheetTexts, content: str) -> Rejected:
    reason = (
        f"Row {row}: the formula in cell {sheet.unvalued[row]} has no stored value. Open the workbook in Excel and "
        f"save it."
    )
    return Rejected(row, reason, content[:300])


def _merged_note(sheet: SheetTexts, header_index: int) -> tuple[str, ...]:
    """Merged areas among the data: only their first cell has the value, and nobody knows what the others meant."""
    among = [area for area in sheet.merged if area[0] > header_index]
    if not among:
        return ()
    shown = ", ".join(str(sheet.first_row + area[0]) for area in among[:3])
    return (
        f"{len(among):,} merged cells among the data: only the first cell of each has its value, the others are empty "
        f"(rows {shown}{', …' if len(among) > 3 else ''}).",
    )
