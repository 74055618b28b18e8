"""Exports that open cleanly everywhere: CSV with a byte-order mark, XLSX without live formulas, self-contained HTML."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.errors import DemandError
from core.base.formulas import neutralised
from core.base.language import current

SHEET_ROWS: Final = 1_048_575
CELL_LENGTH: Final = 32_767
CSV_TYPE: Final = "text/csv"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML_TYPE: Final = "text/html"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its table, and column numbers shown as percent or money.

    Attributes:
        table: what to write, headers as the reader sees them.
        percent: names of columns holding fractions to be shown as percent.
        note: a sentence above the table, "" for none.
    """

    table: pd.DataFrame
    percent: tuple[str, ...] = ()
    note: str = ""


def csv_bytes(table: pd.DataFrame) -> bytes:
    """The table as UTF-8 CSV with byte-order mark, ISO dates and times, text cells neutralised, numbers untouched."""
    plain = _plain(table).rename(columns=lambda name: neutralised(str(name)))
    return b"\xef\xbb\xbf" + plain.to_csv(index=False, lineterminator="\r\n").encode()


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Text cells neutralised, dates and times as ISO texts."""
    columns: dict[str, Any] = {}
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            columns[name] = column.dt.strftime("%Y-%m-%d %H:%M:%S" if _has_times(column) else "%Y-%m-%d")
        elif pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            columns[name] = column
        else:
            columns[name] = column.map(lambda cell: neutralised(cell) if isinstance(cell, str) else cell)
    return pd.DataFrame(columns, columns=table.columns)


def _has_times(column: pd.Series) -> bool:
    """Whether a column of dates tells the time of the day as well."""
    return bool((column.dropna() != column.dropna().dt.normalize()).any())


def xlsx_bytes(sheets: Mapping[str, Sheet]) -> bytes:
    """A workbook with one sheet per entry; text is never a formula or a link.

    Raises:
        DemandError: a sheet has more rows or a cell more characters than a workbook can hold.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        for title, sheet in sheets.items():
            _write(workbook, title, sheet)
    return buffer.getvalue()


def _write(workbook: Any, title: str, sheet: Sheet) -> None:
    table = sheet.table
    if len(table) > SHEET_ROWS:
        raise DemandError(f"“{title}” has {len(table):,} rows; a sheet holds {SHEET_ROWS:,}. Export it as CSV.")
    page = workbook.add_worksheet(title[:31])
    top = 2 if sheet.note else 0
    if sheet.note:
        page.write_string(0, 0, sheet.note)
    head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for place, name in enumerate(table.columns):
        page.write_string(top, place, str(name), head)
        _write_column(workbook, page, (top + 1, place), table[name], as_percent=name in sheet.percent)
    page.freeze_panes(top + 1, 1)
    page.autofilter(top, 0, top + max(len(table), 1), max(len(table.columns) - 1, 0))


def _write_column(workbook: Any, page: Any, corner: tuple[int, int], column: pd.Series, *, as_percent: bool) -> None:
    if pd.api.types.is_datetime64_any_dtype(column):
        pattern, width = ("yyyy-mm-dd hh:mm:ss", 20) if _has_times(column) else ("yyyy-mm-dd", 12)
        _write_dates(page, corner, column, workbook.add_format({"num_format": pattern}))
        page.set_column(corner[1], corner[1], width)
    elif pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        _write_numbers(page, corner, column, workbook.add_format({"num_format": "0.0%" if as_percent else "#,##0.##"}))
    else:
        _write_texts(page, corner, column)


def _write_dates(page: Any, corner: tuple[int, int], column: pd.Series, style: Any) -> None:
    for row, moment in enumerate(column):
        if not pd.isna(moment):
            page.write_datetime(corner[0] + row, corner[1], moment.to_pydatetime(), style)


def _write_numbers(page: Any, corner: tuple[int, int], column: pd.Series, style: Any) -> None:
    for row, value in enumerate(column):
        if pd.notna(value) and np.isfinite(value):
            page.write_number(corner[0] + row, corner[1], float(value), style)
    page.set_column(corner[1], corner[1], 12)


def _write_texts(page: Any, corner: tuple[int, int], column: pd.Series) -> None:
    texts = ["" if pd.isna(cell) else str(cell) for cell in column]
    for row, text in enumerate(texts):
        if len(text) > CELL_LENGTH:
            raise DemandError(f"A cell has {len(text):,} characters; a sheet holds {CELL_LENGTH:,}. Export it as CSV.")
        page.write_string(corner[0] + row, corner[1], text)
    page.set_column(
        corner[1], corner[1], min(max([len(text) for text in texts[:500]] + [len(str(column.name))]) + 2, 60)
    )


def html_bytes(title: str, figures: Mapping[str, Any]) -> bytes:
    """Figures in one page that needs neither this app nor the network to be opened."""
    import html as markup

    parts = [
        f"<h2>{markup.escape(name)}</h2>" + figure.to_html(full_html=False, include_plotlyjs=place == 0)
        for place, (name, figure) in enumerate(figures.items())
    ]
    language = markup.escape(current().split("_")[0])
    head = f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{markup.escape(title)}</title>'
    style = "<style>body{font-family:sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem}</style>"
    return (head + style + f"<h1>{markup.escape(title)}</h1>" + "".join(parts) + "</html>").encode()
