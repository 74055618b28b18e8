"""Workbooks, each read by the child process."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from core.base.errors import FileFormatError


def workbook(rows, title="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_keeps_long_ids_dates_and_row_numbers(load):
    rows = [
        ["Report"],
        ["date", "sku", "quantity"],
        [date(2026, 1, 2), 102900005115762, 2.5],
        [date(2026, 1, 3), "00012", 3],
    ]
    found = load(workbook(rows), name="sales.xlsx")
    read = [(row["line"], row["sold_at"].date(), row["sku"], row["quantity"]) for row in found.rows.to_pylist()]
    assert read == [(3, date(2026, 1, 2), "102900005115762", 2.5), (4, date(2026, 1, 3), "00012", 3.0)]


def test_an_unknown_sheet_is_named_with_those_there_are(table):
    with pytest.raises(FileFormatError, match=r"There is no sheet “May”\. Sheets: Sheet1"):
        table(workbook([["date", "sku"], [1, 2]]), "book.xlsx", sheet="May")


def test_an_empty_sheet_is_said_to_be_empty(table):
    with pytest.raises(FileFormatError, match=r"The sheet “Sheet1” of “book\.xlsx” is empty"):
        table(workbook([]), "book.xlsx")


def test_a_sheet_that_claims_billions_of_cells_ends_only_the_child(table):
    buffer = io.BytesIO(workbook([["date", "sku"], [1, 2]]))
    out = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                data = data.replace(b"</sheetData>", far)
            new.writestr(entry.filename, data)
    with pytest.raises(FileFormatError, match=r"needs more than 2 GB of memory|damaged"):
        table(out.getvalue(), "far.xlsx")
