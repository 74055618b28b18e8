"""Workbooks: cells as they stand, and everything that other readers pass over in silence counted and listed."""

import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest

from core.base.errors import FileFormatError
from core.ingest.excel_parts import sheet_facts

HEAD = ["date", "sku", "quantity"]
ROW = [date(2026, 1, 2), "A1", 3]


def saved(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def workbook(rows, title="Sheet1", change=lambda _sheet: None):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    change(book.active)
    return saved(book)


def with_part(data, name, edit):
    """The workbook with one of its parts edited."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry.filename, edit(part) if entry.filename.endswith(name) else part)
    return out.getvalue()


def cells(read):
    return [tuple(row.values()) for row in read.columns.to_pylist()]


def test_a_workbook_keeps_long_ids_dates_and_row_numbers(load):
    rows = [["Report"], HEAD, [date(2026, 1, 2), 102900005115762, 2.5], [date(2026, 1, 3), "00012", 3]]
    found = load(workbook(rows), name="sales.xlsx")
    read = [(row["line"], row["sold_at"].date(), row["sku"], row["quantity"]) for row in found.rows.to_pylist()]
    assert read == [(3, date(2026, 1, 2), "102900005115762", 2.5), (4, date(2026, 1, 3), "00012", 3.0)]


def test_an_unknown_sheet_is_named_with_those_there_are(table):
    with pytest.raises(FileFormatError, match=r"There is no sheet “May”\. Sheets: Sheet1"):
        table(workbook([["date", "sku"], [1, 2]]), "book.xlsx", sheet="May")


def test_an_empty_sheet_is_said_to_be_empty(table):
    with pytest.raises(FileFormatError, match=r"The sheet “Sheet1” of “book\.xlsx” is empty"):
        table(workbook([]), "book.xlsx")


def test_the_sheet_may_be_chosen_and_hidden_sheets_are_listed(table):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    for name in ("May", "Old"):
        sheet = book.create_sheet(name)
        sheet.append(HEAD)
        sheet.append(ROW)
    book["Old"].sheet_state = "hidden"
    read = table(saved(book), "book.xlsx", sheet="May")
    assert (read.dialect.sheet, read.sheets) == ("May", ("Sheet", "May", "Old"))
    assert "Hidden sheets, not read: Old." in read.notes


def test_a_hidden_sheet_is_read_only_when_asked_for(table):
    book = openpyxl.Workbook()
    book.active.title = "Old"
    book.active.sheet_state = "hidden"
    for name, sku in (("Old", "hidden"), ("New", "shown")):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet.append(HEAD)
        sheet.append([ROW[0], sku, 1])
    assert cells(table(saved(book), "book.xlsx"))[0][1] == "shown"
    assert cells(table(saved(book), "book.xlsx", sheet="Old"))[0][1] == "hidden"


def test_a_formula_without_a_value_sets_its_row_aside(table):
    read = table(workbook([HEAD, ROW, [date(2026, 1, 3), "A2", "=1+1"], ROW]), "book.xlsx")
    assert [(each.line, each.reason) for each in read.rejected] == [
        (3, "Row 3: the formula in cell C3 has no stored value. Open the workbook in Excel and save it.")
    ]
    assert (read.lines.tolist(), read.records) == ([2, 4], 3)
    assert "1 formula cells have no stored value, first C3" in read.notes[0]


def test_a_workbook_of_nothing_but_formulas_without_values_is_refused(table):
    with pytest.raises(FileFormatError, match=r"cell C2 has no stored value.* So it is with all 2 rows"):
        table(workbook([HEAD, [*ROW[:2], "=1"], [*ROW[:2], "=2"]]), "book.xlsx")


def test_a_formula_with_its_value_is_a_value(table):
    data = workbook([HEAD, [*ROW[:2], "=1+2"]])
    data = with_part(data, "sheet1.xml", lambda xml: re.sub(rb"<v */>|<v></v>", b"<v>3</v>", xml))
    assert cells(table(data, "book.xlsx")) == [("2026-01-02", "A1", "3")]


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell(table):
    data = workbook([HEAD, [*ROW[:2], "=1+2"], ROW])
    edit = lambda xml: re.sub(rb'<c r="C2"[^>]*><f>', b'<c r="C2" t="str"><f>', xml)  # noqa: E731
    read = table(with_part(data, "sheet1.xml", edit), "book.xlsx")
    assert (cells(read)[0][2], read.rejected) == ("", ())


def test_an_error_is_kept_as_its_text_and_set_aside_where_a_number_is_needed(load, table):
    def spoil(sheet):
        sheet["C3"].data_type = "e"

    data = workbook([HEAD, ROW, [date(2026, 1, 3), "A2", "#REF!"]], change=spoil)
    read = table(data, "sales.xlsx")
    assert cells(read)[1][2] == "#REF!"
    assert "1 error cells are kept as text, first #REF! in C3." in read.notes
    found = load(data, name="sales.xlsx")
    assert [(each.line, "#REF!" in each.reason) for each in found.quarantined] == [(3, True)]


def test_numbers_kept_as_text_are_counted_and_left_as_they_are(table):
    read = table(workbook([HEAD, [date(2026, 1, 2), "00012", "5"]]), "book.xlsx")
    assert cells(read) == [("2026-01-02", "00012", "5")]
    assert "2 cells hold numbers as text and are kept as written, first B2." in read.notes


def test_hidden_rows_and_columns_are_read_and_listed(table):
    def hide(sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True

    read = table(workbook([HEAD, ROW, ROW, ROW], change=hide), "book.xlsx")
    assert read.columns.num_rows == 3
    assert "1 hidden rows are read like the others: 3." in read.notes
    assert "1 hidden columns are read like the others: C." in read.notes


def test_merged_header_cells_fill_their_area_and_may_reach_over_two_rows(table):
    rows = [["Report", None, None, None], ["date", "sku", "January", None], [None, None, "units", "price"]]

    def merge(sheet):
        for area in ("A1:D1", "A2:A3", "B2:B3", "C2:D2"):
            sheet.merge_cells(area)

    read = table(workbook([*rows, [*ROW, 9.5]], change=merge), "book.xlsx")
    assert read.header == ("date", "sku", "units", "price")
    assert (cells(read), read.lines.tolist()) == ([("2026-01-02", "A1", "3", "9.5")], [4])


def test_a_name_that_repeats_under_merged_groups_takes_the_group_s_name(table):
    rows = [["sku", "January", None, "February", None], [None, "units", "price", "units", "price"]]

    def merge(sheet):
        for area in ("A1:A2", "B1:C1", "D1:E1"):
            sheet.merge_cells(area)

    read = table(workbook([*rows, ["A", 1, 2, 3, 4]], change=merge), "book.xlsx")
    assert read.header == ("sku", "January units", "January price", "February units", "February price")


def test_merged_cells_among_the_data_keep_their_value_in_the_first_cell_only(table):
    data = workbook([HEAD, ROW, [None, "A2", 4]], change=lambda sheet: sheet.merge_cells("A2:A3"))
    read = table(data, "book.xlsx")
    assert [row[0] for row in cells(read)] == ["2026-01-02", ""]
    assert any(note.startswith("1 merged cells among the data") and "rows 2" in note for note in read.notes)


def test_a_table_that_begins_further_down_and_right_keeps_its_row_numbers(table):
    book = openpyxl.Workbook()
    for row, values in enumerate([HEAD, ROW], start=5):
        for column, value in enumerate(values, start=3):
            book.active.cell(row, column, value)
    read = table(saved(book), "book.xlsx")
    assert (read.header, read.lines.tolist()) == (("date", "sku", "quantity"), [6])


def test_empty_columns_and_rows_are_left_out(table):
    read = table(
        workbook([["date", None, "sku", "quantity"], [ROW[0], None, "A", 3], [], [ROW[0], None, "B", 4]]), "b.xlsx"
    )
    assert read.header == ("date", "sku", "quantity")
    assert read.lines.tolist() == [2, 4]


def test_a_sheet_that_claims_billions_of_cells_is_refused_before_it_is_opened(table):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = with_part(workbook([["date", "sku"], [1, 2]]), "sheet1.xml", lambda xml: xml.replace(b"</sheetData>", far))
    with pytest.raises(FileFormatError, match="the sheet claims 17 billion cells"):
        table(data, "far.xlsx")


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
    ids=["external", "multiplying"],
)
def test_declared_entities_are_refused(table, declared):
    data = workbook([HEAD, ROW])
    data = with_part(data, "sheet1.xml", lambda xml: b'<?xml version="1.0"?>' + declared + xml)
    with pytest.raises(FileFormatError, match="declares a document type or entities"):
        table(data, "book.xlsx")


def test_sheet_facts_are_right_across_pieces(monkeypatch):
    data = workbook([HEAD, *([ROW] * 50), [*ROW[:2], "=1"]], change=lambda sheet: sheet.append([1, 2, "#N/A"]))
    data = with_part(data, "sheet1.xml", lambda xml: re.sub(rb'(<c r="C53") t="\w+"', rb'\1 t="e"', xml))
    monkeypatch.setattr("core.ingest.excel_parts._PIECE", 100)
    facts = sheet_facts(data, ["Sheet1"], "Sheet1", "book.xlsx")
    assert (facts.unvalued, list(facts.errors), facts.rows) == ([(52, 3)], [(53, 3)], 53)


def test_a_row_of_more_than_64_mb_is_refused_before_it_is_opened(table, monkeypatch):
    monkeypatch.setattr("core.ingest.excel_parts._PIECE", 100)
    monkeypatch.setattr("core.ingest.excel_parts._MAX_ROW", 1000)
    long = b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"A b1" * 1000 + b"</t></is></c></row></sheetData>"
    data = with_part(workbook([HEAD, ROW]), "sheet1.xml", lambda xml: xml.replace(b"</sheetData>", long))
    with pytest.raises(FileFormatError, match="A row of the sheet holds more than 64 MB"):
        table(data, "book.xlsx")


def test_years_over_months_tell_the_months_apart(load):
    rows = [["sku", 2024, None, None, 2025, None, None], [None, *["Jan", "Feb", "Mar"] * 2], ["A", 1, 2, 3, 4, 5, 6]]

    def years(sheet):
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:D1")
        sheet.merge_cells("E1:G1")

    found = load(workbook(rows, change=years), name="sales.xlsx")
    read = {(row["sold_at"].year, row["sold_at"].month): row["quantity"] for row in found.rows.to_pylist()}
    assert read == {(2024, 1): 1, (2024, 2): 2, (2024, 3): 3, (2025, 1): 4, (2025, 2): 5, (2025, 3): 6}


def test_sheets_that_are_not_read_are_named_unless_one_was_chosen(table):
    book = openpyxl.Workbook()
    for name in ("Jan", "Feb"):
        sheet = book.create_sheet(name)
        for row in (HEAD, ROW):
            sheet.append(row)
    del book["Sheet"]
    assert "Other sheets, not read: Feb." in table(saved(book), "sales.xlsx").notes
    assert table(saved(book), "sales.xlsx", sheet="Jan").notes == ()
