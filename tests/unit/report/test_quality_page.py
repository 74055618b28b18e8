"""The quality report: figures as the reader writes them, texts of the data never as markup."""

import pandas as pd
import plotly.graph_objects as go

from core.report.quality_page import Part, page_bytes


def page(*parts: Part) -> str:
    return page_bytes("Data quality", parts).decode()


def test_numbers_are_right_aligned_and_shares_are_percent() -> None:
    table = pd.DataFrame({"Rule": ["Returns"], "Units": [12345.67], "Share": [0.0161], "In force": [True]})
    shown = page(Part("Rules", "", table, shares=("Share",)))
    assert "<td>Returns</td><td class=n>12,345.7</td><td class=n>1.61%</td><td>yes</td>" in shown


def test_what_is_undefined_stays_blank() -> None:
    assert "<td class=n>–</td>" in page(Part("Scores", "", pd.DataFrame({"Score": [float("nan")]})))


def test_an_empty_table_says_so() -> None:
    assert "<p>None.</p>" in page(Part("Issues", "", pd.DataFrame({"Issue": []})))


def test_texts_of_the_data_are_text() -> None:
    evil = "<script>alert(1)</script>"
    shown = page(Part(evil, evil, pd.DataFrame({evil: [evil]})))
    assert "<script>" not in shown
    assert shown.count("&lt;script&gt;") == 4


def test_the_chart_library_comes_along_once() -> None:
    figure = go.Figure(go.Scatter(x=[1], y=[2]))
    none, one, two = (len(page(*[Part("Chart", figure=figure)] * n)) for n in (0, 1, 2))
    assert one - none > 1_000_000 > two - one
