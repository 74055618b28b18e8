"""Exports open as they were meant: no live formulas, dates as dates, numbers as numbers."""

import csv
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import DemandError
from core.base.formulas import neutralised, restored
from core.base.language import use
from core.charts.comparison import silhouettes
from core.report.export import Sheet, csv_bytes, html_bytes, xlsx_bytes
from core.report.numbers import change, compact, day, money, number, percent

TABLE = pd.DataFrame(
    {
        "SKU": ["=1+1", "A-17"],
        "Units": [-3.5, np.nan],
        "Order by": pd.to_datetime(["2026-11-21", None]),
        "Share": [0.25, 0.5],
    }
)


def test_csv_has_a_mark_iso_dates_and_no_formula() -> None:
    text = csv_bytes(TABLE).decode("utf-8")
    assert text == "\ufeffSKU,Units,Order by,Share\r\n'=1+1,-3.5,2026-11-21,0.25\r\nA-17,,,0.5\r\n"


def test_workbook_cells_have_their_types() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes({"Plan": Sheet(TABLE, percent=("Share",), note="Made up")})))
    page = book["Plan"]
    assert page["A1"].value == "Made up"
    assert (page["A4"].value, page["A4"].data_type) == ("=1+1", "s")
    assert page["B4"].value == -3.5
    assert page["B5"].value is None
    assert page["C4"].is_date
    assert page["D4"].number_format == "0.0%"


def test_a_cell_too_long_is_refused_not_cut() -> None:
    with pytest.raises(DemandError, match="40,000 characters"):
        xlsx_bytes({"Plan": Sheet(pd.DataFrame({"text": ["x" * 40_000]}))})


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_no_text_that_a_spreadsheet_would_run_is_exported_and_numbers_below_zero_stay(sign: str) -> None:
    table = pd.DataFrame({"SKU": [f"{sign}HYPERLINK(1)"], "Change": [-3.5]})
    _head, line = csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig"), newline=""))
    assert line == [f"'{sign}HYPERLINK(1)", "-3.5"]
    page = openpyxl.load_workbook(io.BytesIO(xlsx_bytes({"Plan": Sheet(table)})))["Plan"]
    cells = [cell for row in page.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert [(cell.data_type, cell.hyperlink) for cell in cells] == [("s", None)]


@given(st.text(max_size=20))
def test_neutralising_can_be_undone(text: str) -> None:
    assert restored(neutralised(text)) == text or text.startswith("'")


def test_html_escapes_titles_and_needs_no_network() -> None:
    page = html_bytes("<b>shop</b>", {"Bars": silhouettes({2: 0.4}, 2)}).decode()
    assert "&lt;b&gt;shop&lt;/b&gt;" in page
    assert "cdn.plot.ly" not in page.split("</script>")[-1]


def test_numbers_are_written_for_readers_and_blank_when_undefined() -> None:
    assert [number(1234.6), percent(0.931), money(1234.5, "EUR"), compact(12_300), day("2026-04-03")] == [
        "1,235",
        "93.1%",
        "€1,234",
        "12.3K",
        "3 Apr 2026",
    ]
    assert {number(None), percent(float("nan")), money(None, "EUR"), day(None), compact(float("inf"))} == {"–"}


def test_what_rounds_to_nothing_has_no_minus() -> None:
    assert [number(-0.3), number(-0.04, 1), percent(-0.0001), money(-0.4, "EUR"), change(-0.0001)] == [
        "0", "0.0", "0.0%", "€0", "0.0%",
    ]  # fmt: skip
    assert [number(-0.6), percent(-0.001), money(-0.6, "EUR")] == ["-1", "-0.1%", "-€1"]


def test_times_of_the_day_are_not_lost_in_exports() -> None:
    log = pd.DataFrame({"When": pd.to_datetime(["2026-11-21 09:30:05", None])})
    assert "2026-11-21 09:30:05\r\n" in csv_bytes(log).decode("utf-8")
    cell = openpyxl.load_workbook(io.BytesIO(xlsx_bytes({"Log": Sheet(log)})))["Log"]["A2"]
    assert (str(cell.value), cell.number_format) == ("2026-11-21 09:30:05", "yyyy-mm-dd hh:mm:ss")


def test_charts_on_a_page_say_their_language() -> None:
    use("zh_CN")
    try:
        assert b'<html lang="zh">' in html_bytes("shop", {})
    finally:
        use("en")
