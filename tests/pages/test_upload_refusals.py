"""Everything that can be wrong with a file, as its reader sees it on the Upload page: one sentence each."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import openpyxl
import pytest

from core.workflows import importing
from tests.contracts.test_untrusted_files import CASES, archive_of, sheet_with
from tests.csv.fixtures import FIXTURES, HEADER, dated, joined, lines, priced, text
from tests.pages.reading import table_with, texts
from tests.pages.test_upload import ORDER_DETAILS, by_ending, uploaded

pytestmark = pytest.mark.usefixtures("empty_shop")
RAGGED = joined([*lines(), *(["2024-01-28,SKU001,1,2.00"] * 300), "2024-01-29,SKU002,1,2.00,surplus"])
NUMBERED = b"sku,W1,W2,W3\nA,1,2,3\nB,4,5,6\n"
COUNTER = joined(
    ["date,sku,quantity", *(f"2024-01-{d:02d},{sku},{10 * d + d % 3}" for d in range(1, 29) for sku in ("A", "B", "C"))]
)


def bytes_of(name: str) -> bytes:
    built = CASES[name][0]()
    return built.encode() if isinstance(built, str) else built


def fixture(name: str) -> bytes:
    return FIXTURES[name].build()


def without_values(xml: bytes) -> bytes:
    return xml.replace(b"<v>2</v>", b"<f>1+1</f>")


@dataclass(frozen=True)
class Fault:
    """A file, what the page says of it in an error, remark or caption, and whether it cannot go in."""

    build: Callable[[], bytes]
    says: str
    name: str = "sales.csv"
    refused: bool = True


FAULTS = {
    "2 UTF-16 without mark": Fault(lambda: fixture("UTF-16 without mark"),
        r"This looks like UTF-16\. Choose the encoding or save as CSV UTF-8\."),
    "3 cp1252": Fault(lambda: fixture("cp1252"),
        r"Not UTF-8 \(first bad byte: line 2, column \d+\)\. Proposed: cp1252\. Check the preview\.", refused=False),
    "3 GBK": Fault(lambda: fixture("GBK"), r"Proposed: gb18030\. Check the preview\.", refused=False),
    "4 bad byte late": Fault(lambda: fixture("one bad byte at row 30,001"),
        r"Not UTF-8 \(first bad byte: line 30,001, column 15\)"),
    "5 semicolons and decimal comma": Fault(lambda: fixture("semicolons and decimal commas"),
        r"fields separated by semicolon · decimal mark ,", refused=False),
    "6 thousands or decimals": Fault(lambda: fixture("thousands or decimals"),
        r"“1\.500” can be 1\.500 or 1500\. Choose"),
    "8 day or month first": Fault(lambda: fixture("day first, undecided"),
        "All dates fit day-first and month-first"),
    "9 orders mixed": Fault(lambda: fixture("orders mixed"), "fits only day-first .* only month-first"),
    "10 years of two digits": Fault(lambda: dated([f"0{1 + i % 9}/0{2 + i % 7}/24" for i in range(28)]),
        "has a year of two digits: it can be"),
    "11 day numbers": Fault(lambda: fixture("Excel day numbers"), r"day numbers: 45292 is read as 1 Jan 2024",
        refused=False),
    "12 ragged": Fault(lambda: fixture("ragged rows"),
        r"Line 8 has 5 fields, expected 4\. 3 of 59 rows do not fit the header \(at most 1 % may\)"),
    "13 wider midway": Fault(lambda: fixture("rows grow wider"), r"Line 2041 has 5 fields, expected 4\."),
    "14 unclosed quote": Fault(lambda: fixture("unclosed quote"), r"Quote opened at line 12 is not closed\."),
    "17 empty": Fault(lambda: b"", "the file is empty"),
    "17 header only": Fault((HEADER + "\n").encode, r"No data rows under the header\."),
    "18 binary": Fault(lambda: fixture("NUL inside a cell"), r"The file holds binary data at byte \d+ \(line 12\)"),
    "19 long line": Fault(lambda: HEADER.encode() + b"\n2024-01-01," + b"A" * 2_000_000 + b",1,2\n",
        "more than 1 MB"),
    "19 columns": Fault(lambda: fixture("100,000 columns"), "100,000 columns; the limit is 20,000"),
    "23 bomb": Fault(lambda: archive_of(**{"xl/workbook.xml": b"<a/>" * 10_000_000}),
        r"expands to 38 MB \(limit 1,024 MB, 100:1\)", "book.xlsx"),
    "24 far cell": Fault(lambda: bytes_of("far cell"), "the sheet claims 17 billion cells", "book.xlsx"),
    "25 file read by XML": Fault(lambda: bytes_of("file read by XML"), "declares a document type or entities",
        "book.xlsx"),
    "25 billion laughs": Fault(lambda: bytes_of("billion laughs"), "declares a document type or entities",
        "book.xlsx"),
    "26 formula without value": Fault(lambda: sheet_with(without_values),
        r"1 formula cells have no stored value, first C3; their 1 rows are set aside", "book.xlsx", refused=False),
    "27 CSV named xlsx": Fault(lambda: bytes_of("csv as xlsx"), "this is not an Excel workbook \\(starts with “date",
        "book.xlsx"),
    "27 web page": Fault(lambda: bytes_of("web page as xls"), "not an Excel workbook|web page", "book.xls"),
    "27 protected": Fault(lambda: bytes_of("protected"), "protected by a password", "book.xlsx"),
    "27 cut off": Fault(lambda: bytes_of("workbook cut off"), "damaged or cut off", "book.xlsx"),
    "27 gzip cut off": Fault(lambda: bytes_of("gzip cut off"), "damaged or cut off", "sales.csv.gz"),
    "28 too large": Fault(lambda: b"a" * (200 * 2**20 + 1), "has 200 MB; the limit is 200 MB"),
    "no header": Fault(lambda: joined(lines()[1:]), "No header: the first row looks like data"),
    "columns without dates": Fault(lambda: NUMBERED, r"The columns W1…W3 carry no dates\. Give the first day of W1"),
    "counter": Fault(lambda: COUNTER, "only grows for each SKU, like a counter"),
    "order details alone": Fault(lambda: ORDER_DETAILS, r"carry no dates\. Import the order list"),
    "no required column": Fault(lambda: b"date,item code\n2024-01-01,A\n2024-01-02,B\n", "needs a column for"),
}  # fmt: skip


def said(at) -> str:
    return " ".join(texts(each) for each in (at.error, at.warning, at.info, at.caption))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_the_page_says_what_is_wrong_and_nothing_goes_in_unasked(empty_shop, page, fault):
    at = page("upload")
    at.file_uploader[0].upload(fault.name, fault.build())
    at.run()
    assert not at.exception
    assert re.search(fault.says, said(at)), said(at)
    assert at.button(key="upload-import").disabled == fault.refused
    assert importing.imported(empty_shop) == []
    assert not any(len(each.value) > 700 for each in at.error)


ASIDE = {
    "7 odd numbers": (lambda: priced(["1,234.50", "($12.50)", "4.50-", "12.5%"]), 5, r"“?12\.5%"),
    "12 one misfit of many": (lambda: RAGGED, 330, r"Line 330 has 5 fields, expected 4\."),
    "15 total": (lambda: fixture("total below the rows"), 30, "date|sku"),
}


@pytest.mark.parametrize(("build", "line", "reason"), ASIDE.values(), ids=ASIDE.keys())
def test_a_line_that_cannot_be_read_is_set_aside_with_its_number_and_reason(page, build, line, reason):
    at = uploaded(page("upload"), sales__csv=build())
    aside = table_with(at, "Why it was set aside")
    assert aside["Line"].tolist() == [line]
    assert re.search(reason, aside["Why it was set aside"][0])
    assert not at.button(key="upload-import").disabled


def test_rows_against_the_chosen_order_of_day_and_month_are_set_aside(page):
    at = uploaded(page("upload"), sales__csv=fixture("orders mixed"))
    by_ending(at, "selectbox", "-dates").select("dmy").run()
    assert table_with(at, "Why it was set aside")["Line"].tolist() == list(range(22, 30))


def test_a_byte_order_mark_does_not_reach_the_first_name(page):
    at = uploaded(page("upload"), sales__csv=fixture("byte order mark"))
    assert table_with(at, "confidence")["column"][0] == "date"


def test_repeated_names_of_columns_are_told_apart(page):
    at = uploaded(page("upload"), sales__csv=text().replace(HEADER, "date,sku,qty,qty").encode())
    assert table_with(at, "confidence")["column"].tolist() == ["date", "sku", "qty", "qty (2)"]


@pytest.mark.parametrize("name", ["leading zeros", "SKU like a power of ten", "23 digits", "words for nothing as SKU"])
def test_codes_are_shown_as_they_stand(page, name):
    at = uploaded(page("upload"), sales__csv=fixture(name))
    wanted = [row[1] for row in FIXTURES[name].rows]
    assert table_with(at, "Date of sale")["SKU"].tolist() == wanted


def test_a_return_is_shown_with_its_sign(page):
    at = uploaded(page("upload"), sales__csv=fixture("negative units"))
    assert table_with(at, "Date of sale")["Units sold"].tolist()[3] == -4
    assert "1 row is a return (4 units)" in texts(at.caption)


@pytest.mark.parametrize(
    ("content", "ending", "answer"),
    [
        (fixture("thousands or decimals"), "-decimal", ","),
        (COUNTER, "-counter", "difference"),
        (fixture("UTF-16 without mark"), "-encoding", "utf-16-le"),
    ],
    ids=["decimal mark", "counter", "encoding"],
)
def test_the_answer_to_what_is_asked_opens_the_way(page, content, ending, answer):
    at = uploaded(page("upload"), sales__csv=content)
    by_ending(at, "selectbox", ending).select(answer).run()
    assert not at.error
    assert not at.button(key="upload-import").disabled


def test_the_first_day_of_numbered_columns_is_asked_for(page):
    at = uploaded(page("upload"), sales__csv=NUMBERED)
    by_ending(at, "date_input", "-start").set_value("2024-01-01").run()
    assert not at.error
    assert table_with(at, "Date of sale")["Date of sale"].iloc[0].strftime("%Y-%m-%d") == "2024-01-01"


def test_a_doubtful_encoding_comes_with_previews_to_choose_from_and_the_choice_holds(page):
    at = uploaded(page("upload"), sales__csv=fixture("one bad byte at row 30,001"))
    proposals = by_ending(at, "radio", "-proposal")
    assert len(proposals.options) == 3
    proposals.set_value("cp1252").run()
    assert not at.error
    assert by_ending(at, "radio", "-proposal").value == "cp1252"
    assert "encoding cp1252" in texts(at.caption)


def test_the_sheet_of_a_workbook_can_be_chosen(page, tmp_path):
    book = openpyxl.Workbook()
    for title, units in (("January", 1), ("February", 2)):
        sheet = book.active if title == "January" else book.create_sheet(title)
        sheet.title = title
        for row in (["date", "sku", "quantity"], ["2026-01-02", "A", units], ["2026-01-03", "A", units]):
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    at = uploaded(page("upload"), book__xlsx=(tmp_path / "book.xlsx").read_bytes())
    by_ending(at, "selectbox", "-sheet").select("February").run()
    assert table_with(at, "Date of sale")["Units sold"].tolist() == [2, 2]
