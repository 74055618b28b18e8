"""Files with the commonest faults, in a real browser: one sentence each, the question answered, nothing stored."""

import io
import re
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, expect

from core.workflows import importing
from core.workflows.workspace import open_workspace
from tests.csv.fixtures import FIXTURES
from tests.journeys.browsing import App, Visitor, visiting

pytestmark = pytest.mark.browser

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
REFUSED = {
    "picture.csv": (lambda: PICTURE, "picture|PNG"),
    "empty.csv": (lambda: b"", "the file is empty"),
    "header.csv": (FIXTURES["header only"].build, "No data rows under the header"),
    "ragged.csv": (FIXTURES["ragged rows"].build, r"Line 8 has 5 fields, expected 4"),
    "quote.csv": (FIXTURES["unclosed quote"].build, "Quote opened at line 12 is not closed"),
    "nul.csv": (FIXTURES["NUL inside a cell"].build, "binary data at byte"),
    "book.xlsx": (FIXTURES["Windows line ends"].build, "not an Excel workbook"),
    "late.csv": (FIXTURES["one bad byte at row 30,001"].build, r"first bad byte: line 30,001, column 15"),
    "marks.csv": (
        FIXTURES["thousands or decimals"].build,
        r"can be 1\.500 or 1500\. Choose the decimal mark\.$",
    ),
    "order.csv": (
        FIXTURES["day first, undecided"].build,
        "fit day-first and month-first.*Choose “Order of day and month”",
    ),
}


def test_the_ten_commonest_faults_are_told_in_a_sentence_each(browser: Browser, empty_app: App, tmp_path: Path) -> None:
    for name, (build, _says) in REFUSED.items():
        (tmp_path / name).write_bytes(build())
    with visiting(browser, empty_app) as visitor:
        visitor.open("upload", "Upload")
        visitor.upload(*(tmp_path / name for name in REFUSED))
        errors = visitor.page.get_by_test_id("stMain").get_by_test_id("stAlertContentError")
        expect(errors).to_have_count(len(REFUSED))
        said = errors.all_inner_texts()
        for name, (_build, says) in REFUSED.items():
            assert any(re.search(says, text) for text in said), (name, said)
        assert not any("Traceback" in text or len(text) > 700 for text in said)
        expect(visitor.button("upload-import")).to_be_disabled()
        expect(visitor.page.get_by_text("Order of day and month", exact=True)).to_be_visible()
        answered_by_a_click(visitor, "In which encoding is this line right?", "cp1252", len(REFUSED) - 1)
        visitor.open("upload", "Upload")
        folder_beside_a_workbook(visitor, tmp_path)
    workspace = open_workspace(empty_app.copied(tmp_path / "copy"))
    assert not importing.imported(workspace)
    workspace.close()


def answered_by_a_click(visitor: Visitor, question: str, answer: str, left: int) -> None:
    """The proposals stand on the page with a preview of the line; choosing one settles the error."""
    box = visitor.page.get_by_role("radiogroup", name=question)
    box.get_by_text(answer, exact=True).click()
    visitor.settle()
    errors = visitor.page.get_by_test_id("stMain").get_by_test_id("stAlertContentError")
    expect(errors).to_have_count(left)


def folder_beside_a_workbook(visitor: Visitor, place: Path) -> None:
    """Daily files of a folder are decided about once; single files may stand beside them."""
    folder = place / "days"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"day{day}.csv").write_text(f"date,sku,quantity\n2026-01-0{day},A,2\n2026-01-0{day},B,3\n")
    (place / "book.xlsx").write_bytes(workbook())
    visitor.page.get_by_role("button", name="A whole folder").click()
    with visitor.page.expect_file_chooser() as chooser:
        visitor.page.locator("[class*=st-key-upload-folder] button").first.click()
    chooser.value.set_files(folder)
    expect(visitor.page.get_by_text("and 4 more with the same columns")).to_be_visible()
    visitor.upload(place / "book.xlsx")
    expect(visitor.page.get_by_test_id("stMetric").filter(has_text="Rows to load")).to_contain_text("12")
    expect(visitor.button("upload-import")).to_be_enabled()


def workbook() -> bytes:
    book = Workbook()
    for title, units in (("January", 1), ("February", 2)):
        sheet = book.active if title == "January" else book.create_sheet(title)
        assert sheet is not None
        sheet.title = title
        for row in (["date", "sku", "units"], ["2026-02-02", "A", units], ["2026-02-03", "A", units]):
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
