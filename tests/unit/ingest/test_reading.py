"""Bytes to texts: encoding, delimiter, header, lines."""

import gzip
import io
import zipfile

import pandas as pd
import pytest

from core.base.errors import FileFormatError
from core.ingest import scanning
from core.ingest.source import open_sources
from core.report.export import csv_bytes

PLAIN = "date,sku,quantity\n2026-01-02,A1,3\n2026-01-03,A1,4\n"


def cells(table):
    return [tuple(row.values()) for row in table.columns.to_pylist()]


def test_a_plain_file_keeps_every_cell_and_its_line(table):
    read = table(PLAIN)
    assert read.header == ("date", "sku", "quantity")
    assert cells(read) == [("2026-01-02", "A1", "3"), ("2026-01-03", "A1", "4")]
    assert read.lines.tolist() == [2, 3]


def test_a_byte_order_mark_is_no_part_of_the_first_name(table):
    assert table(b"\xef\xbb\xbf" + PLAIN.encode()).header[0] == "date"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_marked_encodings_read_without_asking(table, encoding):
    read = table(PLAIN.replace("A1", "Köln").encode(encoding))
    assert cells(read)[0][1] == "Köln"
    assert read.notes == ()


def test_chinese_without_a_mark_is_read_as_gb18030_and_said_so(table):
    read = table("日期,商品编码,数量\n2026-01-02,苹果,3\n".encode("gb18030"))
    assert (read.dialect.encoding, cells(read)[0][1]) == ("gb18030", "苹果")
    assert read.notes == ("Not UTF-8 (first bad byte: line 1, column 1). Proposed: gb18030. Check the preview.",)


@pytest.mark.parametrize("word", ["créée", "Müller", "Größe", "señor", "façade"])
def test_western_accents_are_not_taken_for_chinese(table, word):
    read = table(f"date,sku,quantity\n2026-01-02,{word},3\n".encode("cp1252"))
    assert (read.dialect.encoding, cells(read)[0][1]) == ("cp1252", word)


def test_a_chosen_encoding_is_used(table):
    read = table("date,sku,quantity\n2026-01-02,Привет,3\n".encode("cp1251"), encoding="cp1251")
    assert cells(read)[0][1] == "Привет"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_each_delimiter_is_found(table, mark):
    assert table(PLAIN.replace(",", mark)).dialect.delimiter == mark


def test_a_decimal_comma_does_not_pass_for_a_delimiter(table):
    read = table("datum;sku;menge\n2026-01-02;A;1,5\n2026-01-03;B;2,5\n")
    assert (read.dialect.delimiter, read.dialect.decimal) == (";", ",")


def test_title_lines_above_the_header_are_passed_over_and_lines_still_count_from_the_top(table):
    read = table("Sales report\n\n" + PLAIN)
    assert read.dialect.header_line == 3
    assert read.lines.tolist() == [4, 5]


@pytest.mark.parametrize("title", ["Store:,North\nFrom:,2026-01-01\n", "Store:,North,\n,,\n"])
def test_titles_of_two_cells_are_no_header(table, title):
    read = table(title + PLAIN)
    assert (read.header[0], read.lines.tolist()) == ("date", [4, 5])


def test_a_group_of_columns_over_half_of_a_header_is_no_title(table):
    with pytest.raises(FileFormatError, match="Row 1 has 2 fields, but most rows have 3"):
        table("sku,January\n,quantity,unit_price\nA,1,2\nB,3,4\n")


@pytest.mark.parametrize("footers", [["Total,12"], ["Grand total", "Printed on 4 March 2026"], ["24 rows in all"]])
@pytest.mark.parametrize("more", ["", '2026-01-04,x"y,5\n'])
def test_footers_of_a_short_file_are_set_aside_and_named(table, footers, more):
    read = table(PLAIN + more + "\n\n".join(footers))
    assert read.columns.num_rows == 2 + bool(more)
    assert [each.content for each in read.rejected] == footers
    assert all("stands below the table: a sum or a remark." in each.reason for each in read.rejected)


@pytest.mark.parametrize("last", ["2026-01-0", "INV-2026", "Total,12\n2026-01-04,C,5\n"])
def test_a_last_line_that_may_be_a_record_cut_off_is_no_footer(table, last):
    with pytest.raises(FileFormatError, match="rows do not fit the header"):
        table(PLAIN + last)


def test_a_declared_separator_line_is_obeyed(table):
    read = table("sep=;\n" + PLAIN.replace(",", ";"))
    assert (read.dialect.delimiter, read.header[0]) == (";", "date")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends_read_alike(table, end):
    assert table(PLAIN.replace("\n", end)).lines.tolist() == [2, 3]


def test_a_quoted_line_break_keeps_later_lines_right(table):
    read = table('date,sku,note,quantity\n2026-01-02,A,"two\nlines",3\n2026-01-03,B,x,4\n')
    assert cells(read)[0][2] == "two\nlines"
    assert read.lines.tolist() == [2, 4]


def test_a_missing_final_line_break_loses_nothing(table):
    assert table(PLAIN.rstrip("\n")).columns.num_rows == 2


def test_blank_and_empty_rows_are_no_records(table):
    assert table(PLAIN + "\n,,\n   \n".replace("   ", "")).records == 2


def test_an_inch_mark_inside_a_field_is_text(table):
    read = table('date,sku,name,quantity\n2026-01-02,A,12" pipe,3\n2026-01-03,B,"a, b",4\n')
    assert [row[2] for row in cells(read)] == ['12" pipe', "a, b"]


def test_few_ragged_lines_are_listed_with_their_line(table):
    rows = "".join(f"2026-01-02,A{i},3\n" for i in range(200))
    read = table("date,sku,quantity\n" + rows + "2026-01-03,B,4,surplus\n" + rows)
    assert [(r.line, r.reason) for r in read.rejected] == [(202, "Line 202 has 4 fields, expected 3.")]
    assert read.records == 401
    assert read.lines[200] == 203


def test_single_quotes_enclose_fields_where_the_header_says_so(table):
    read = table("'date','sku','quantity'\n'2026-01-02','A, blue','3'\n'2026-01-03','B','4'\n")
    assert [row[1] for row in cells(read)] == ["A, blue", "B"]
    assert read.dialect.quote == "'"
    assert "Fields are enclosed in single quote marks" in read.notes[0]


def test_single_quotes_enclose_fields_where_only_then_the_rows_agree(table):
    read = table("date,sku,quantity\n2026-01-02,'A, blue',3\n2026-01-03,B,4\n")
    assert [row[1] for row in cells(read)] == ["A, blue", "B"]


@pytest.mark.parametrize("sku", ["'A'", "O'Neill", "'", "''"])
def test_single_quotes_elsewhere_are_text(table, sku):
    read = table(f"date,sku,quantity\n2026-01-02,{sku},3\n2026-01-03,B,4\n")
    assert cells(read)[0][1] == sku


def test_single_quotes_enclose_fields_when_chosen(table):
    read = table("date,sku,quantity\n2026-01-02,'A',3\n2026-01-03,B,4\n", quote="'")
    assert cells(read)[0][1] == "A"


def test_a_backslash_before_quote_marks_is_undone_where_it_is_consistent(table):
    read = table('date,sku,quantity\n2026-01-02,"12\\" pipe, \\\\blue",3\n2026-01-03,"B",4\n')
    assert [row[1] for row in cells(read)] == ['12" pipe, \\blue', "B"]
    assert read.dialect.escape == "\\"


def test_a_backslash_elsewhere_is_text(table):
    read = table('date,sku,quantity\n2026-01-02,"C:\\dir\\",3\n2026-01-03,a\\b,4\n')
    assert [row[1] for row in cells(read)] == ["C:\\dir\\", "a\\b"]
    assert read.dialect.escape == ""


def test_the_header_line_may_be_chosen(table):
    read = table("date,sku,quantity\nunit,code,pieces\n2026-01-02,A,3\n", header_line=2)
    assert (read.header, read.lines.tolist()) == (("unit", "code", "pieces"), [3])


def test_a_blank_line_cannot_be_the_header(table):
    with pytest.raises(FileFormatError, match="Line 2 cannot be the header"):
        table("date,sku\n\n2026-01-02,A\n", header_line=2)


@pytest.mark.parametrize(("end", "name"), [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")])
def test_line_ends_are_named(table, end, name):
    assert table(PLAIN.replace("\n", end)).dialect.line_end == name


def test_blocks_of_the_scan_do_not_show(table, monkeypatch):
    monkeypatch.setattr(scanning, "_BLOCK", 7)
    text = 'date,sku,quantity\r\n2026-01-02,"a ""b"",\r\nc",3\r\n\r\n2026-01-03,d,4\r\n'
    read = table(text)
    assert [row[1] for row in cells(read)] == ['a "b",\r\nc', "d"]
    assert read.lines.tolist() == [2, 5]


def test_repeated_and_empty_headers_are_numbered(table):
    read = table("date,qty,qty,\n2026-01-02,1,2,3\n")
    assert read.header == ("date", "qty", "qty (2)", "column 4")
    assert "Columns renamed" in read.notes[0]


def test_all_digit_headers_are_a_header(table):
    assert table("month,21029627,21029628\n1998-01,0.0,1.0\n").header[1] == "21029627"


def test_gzip_and_zip_are_opened():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", PLAIN)
        archive.writestr("b.csv.gz", gzip.compress(PLAIN.encode()))
        archive.writestr("__MACOSX/._a.csv", b"junk")
    sources = open_sources("both.zip", buffer.getvalue())
    assert [(s.member, s.kind, s.data) for s in sources] == [
        ("a.csv", "text", PLAIN.encode()),
        ("b.csv.gz", "text", PLAIN.encode()),
    ]
    assert len({s.content_hash for s in sources}) == 1


def test_a_zip_bomb_is_refused_by_its_table_of_contents():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"0" * 30_000_000)
    with pytest.raises(FileFormatError, match="expands to 29 MB"):
        open_sources("bomb.zip", buffer.getvalue())


def test_a_gzip_bomb_is_refused():
    with pytest.raises(FileFormatError, match="expands to more than 10 MB"):
        open_sources("bomb.csv.gz", gzip.compress(b"0" * 30_000_000))


def test_an_export_of_ours_comes_back_as_it_was_stored(table):
    skus = ["-A1", "=B", "+49", "@home", "＝C", "'n Sync", "A'-1"]
    ours = csv_bytes(pd.DataFrame({"-sku": skus, "units": range(7)}))
    again = table(ours, "export.csv")
    assert again.header == ("-sku", "units")
    assert again.columns.column(0).to_pylist() == skus


def test_documents_that_are_archives_within_are_named(table):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part in ("mimetype", "content.xml", "META-INF/manifest.xml"):
            archive.writestr(part, "<?xml version='1.0'?>")
    with pytest.raises(
        FileFormatError, match=r"“sales\.ods” is a LibreOffice document, not a table\. Save the sheet as"
    ):
        table(buffer.getvalue(), "sales.ods")
