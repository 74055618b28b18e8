"""What planners complain of elsewhere: lost edits, unsharp pictures, limits told too late, columns that are missing."""

import json

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.charts.theme import LIGHT
from tests.pages.reading import table_with

SHARP = 2

CHARTS = ("home", "compare", "forecast", "segments", "order_plan", "what_if")


def weeks() -> None:
    """A page with a table to edit, and a control beside it."""
    import pandas as pd
    import streamlit as st

    from pages.ui import tables

    st.toggle("Another control", key="other")
    table = pd.DataFrame({"Week": ["5 Jan", "12 Jan"], "New": pd.array([None, None], "Float64")})
    edited = tables.edit(table, alt="Weeks", key="weeks", editable={"New": st.column_config.NumberColumn()})
    st.metric("Filled in", int(edited["New"].notna().sum()))


def test_an_edited_table_is_the_same_one_to_the_browser_after_another_control_was_touched() -> None:
    """Streamlit drops what was typed where identity or data of the editor change; neither may by itself."""
    at = AppTest.from_function(weeks).run()
    (before,) = at.data_editor
    at.toggle(key="other").set_value(True).run()
    (after,) = at.data_editor
    assert after.proto.id == before.proto.id
    pd.testing.assert_frame_equal(after.value, before.value)


@pytest.mark.usefixtures("imported_shop")
def test_choices_for_stock_outs_stay_in_their_table_while_the_page_is_used(page) -> None:
    at = page("clean", **{"clean-section": "Stock-outs"})
    (before,) = at.data_editor
    at.toggle[0].set_value(not at.toggle[0].value).run()
    assert not at.exception
    (after,) = at.data_editor
    assert after.proto.id == before.proto.id
    pd.testing.assert_frame_equal(after.value, before.value)


@pytest.mark.usefixtures("planned_shop")
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_saves_a_sharp_picture_in_the_browser_on_a_ground_of_its_own(page, name: str) -> None:
    drawn = page(name).get("plotly_chart")
    for chart in drawn:
        picture = json.loads(chart.proto.config)["toImageButtonOptions"]
        assert picture["scale"] >= SHARP
        assert picture["format"] in {"png", "svg"}
        assert json.loads(chart.proto.spec)["layout"]["paper_bgcolor"] == LIGHT.paper
    assert drawn or name not in {"compare", "forecast"}


@pytest.mark.usefixtures("empty_shop")
def test_the_limit_of_a_file_is_told_before_anything_is_uploaded(page) -> None:
    uploaders = page("upload").get("file_uploader")
    assert any("up to 200 MB per file" in each.proto.help for each in uploaders)


@pytest.mark.usefixtures("compared_shop")
def test_the_leaderboard_tells_who_uses_drivers_and_how_long_each_method_took(page) -> None:
    table = table_with(page("compare"), "Uses drivers")
    assert set(table["Uses drivers"]) <= {"Yes", "No", "as its methods"}
    assert (table["Fit time, s"].dropna() >= 0).all()
