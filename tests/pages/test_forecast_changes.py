"""Changes by hand on the Forecast page: previewed, saved with a reason, listed, taken back, and judged afterwards."""

from datetime import timedelta

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import work
from core.jobs.runner import JobRunner
from core.report import numbers
from core.store.acting import as_user
from core.workflows import forecasting, overrides, value_added, viewing
from core.workflows.overrides import OverrideRequest
from core.workflows.scopes import CATEGORY, SKU, Scope
from pages.ui import downloads, tables
from tests.pages.conftest import FIRST_DAY, N_DAYS, SKUS, units_sold
from tests.pages.reading import metrics, table_with, texts
from tests.uploading import import_files

KITCHEN = Scope(CATEGORY, "Kitchen")


def opened(page, **query: str):
    return page("forecast", closer="Changes by hand", **query)


def of_kitchen(page):
    at = opened(page)
    at.segmented_control(key="forecast-level").set_value("category").run()
    return at.selectbox(key="forecast-name-category").set_value("Kitchen").run()


def save(at, workspace, finished):
    at.button(key="change-save").click().run()
    finished(workspace)
    return at.run()


def asked(workspace, value: float = 20.0, weeks: slice = slice(1, 3), scope: Scope = KITCHEN, **more: str):
    """A request for some weeks of the newest forecast."""
    chosen = overrides.spans(workspace, scope)[weeks]
    return OverrideRequest(scope, chosen[0].first, chosen[-1].last, more.get("kind", "percent"), value, "promotion")


def units(text: str) -> float:
    return float(text.removesuffix(" units").replace(",", ""))


def test_a_change_is_previewed_first_and_saved_with_a_reason(planned_shop, page, finished):
    at = of_kitchen(page)
    assert not at.exception
    assert "Say by how much" in texts(at.caption)
    before = units(metrics(at)["Next four weeks"])
    at.number_input(key="change-value-percent-0").set_value(20.0).run()
    # the history ends on a Monday, so that the first week offered is not whole
    rest, first = overrides.spans(planned_shop, KITCHEN)[:2]
    assert (rest.whole, first.whole) == (False, True)
    assert (at.selectbox(key="change-from-0").value, at.selectbox(key="change-to-0").value) == (first.first, first.last)
    week = first.units
    assert metrics(at)["Before"] == f"{week:,.0f} units"
    assert metrics(at)["After"] == f"{1.2 * week:,.0f} units"
    assert len(table_with(at, "Difference")) == 6
    assert at.button(key="change-save").disabled
    assert not overrides.listing(planned_shop)
    at.selectbox(key="change-reason-0").set_value("promotion").run()
    save(at, planned_shop, finished)
    assert not at.exception
    assert "The change is saved" in texts(at.success)
    assert units(metrics(at)["Next four weeks"]) == pytest.approx(before + 0.2 * week, abs=1.0)
    assert "With 1 change by hand; the thin dashed line is the forecast before" in texts(at.caption)
    row = table_with(at, "State").iloc[0]
    assert row[["Take back", "For", "Change", "State"]].tolist() == [
        "Take back",
        "Category Kitchen",
        "+20%",
        "in force",
    ]
    assert at.number_input(key="change-value-percent-1").value is None


def test_taking_back_gives_the_former_forecast(planned_shop, page, finished):
    former = viewing.newest(planned_shop).run_id
    assert "Change the forecast of category Kitchen" in texts(of_kitchen(page).subheader)
    overrides.save(planned_shop, [asked(planned_shop)], "")
    at = opened(page)
    override_id = overrides.listing(planned_shop)[0].override.override_id
    at.session_state["changes-job-id"] = work.start_take_back(
        JobRunner.for_workspace(planned_shop), planned_shop, override_id
    )
    finished(planned_shop)
    at.run()
    assert not at.exception
    assert "taken back" in texts(at.success)
    assert "None of them is in force now." in texts(at.caption)
    assert viewing.newest(planned_shop).run_id == former
    row = table_with(at, "State").iloc[0]
    assert row["Take back"] is None
    assert row["State"].startswith("taken back by local user")


def test_the_last_day_shown_is_the_one_meant_once_the_first_has_passed_it(planned_shop, page):
    at = of_kitchen(page)
    third = overrides.spans(planned_shop, KITCHEN)[3]
    at.selectbox(key="change-from-0").set_value(third.first).run()
    last = at.selectbox(key="change-to-0")
    assert last.value == third.last
    # the browser goes on showing the former day unless it is told of the new one
    assert last.proto.set_value
    assert last.proto.raw_value == numbers.day(third.last)


def test_single_weeks_are_set_one_by_one(planned_shop, page, monkeypatch, finished):
    def written(table: pd.DataFrame, **_settings: object) -> pd.DataFrame:
        return table.assign(New=pd.array([None, 100.0, 0.0, *[None] * (len(table) - 3)], "Float64"))

    monkeypatch.setattr(tables, "edit", written)
    at = opened(page, sku="SKU-05")
    at.segmented_control(key="change-how").set_value("each").run()
    assert not at.exception
    assert metrics(at)["After"] == "100 units"
    at.selectbox(key="change-reason-0").set_value("event").run()
    save(at, planned_shop, finished)
    found = [each.units for each in overrides.spans(planned_shop, Scope(SKU, "SKU-05"))]
    assert found[1:3] == pytest.approx([100.0, 0.0])


def test_what_somebody_else_saved_meanwhile_is_said_before_anything_is_stored(planned_shop, page, finished):
    at = of_kitchen(page)
    at.number_input(key="change-value-percent-0").set_value(20.0)
    at.selectbox(key="change-reason-0").set_value("promotion").run()
    before = metrics(at)["Before"]
    with as_user("Bob"):
        overrides.save(planned_shop, [asked(planned_shop, 50.0, slice(1, 2))], "")
    save(at, planned_shop, finished)
    assert not at.exception
    assert "Bob changed this forecast by hand meanwhile" in texts(at.error)
    assert units(metrics(at)["Before"]) == pytest.approx(1.5 * units(before), abs=1.0)
    assert len(overrides.listing(planned_shop)) == 1
    save(at, planned_shop, finished)
    assert len(overrides.listing(planned_shop)) == 2


def below_what_was_drawn():
    """The changes by hand, drawn alone below a page that may have been drawn from an earlier forecast."""
    import streamlit as st

    from core.workflows import viewing
    from core.workflows.scopes import Scope
    from pages.ui import forecast_changes, forecast_scope, session

    head = st.session_state.pop("drawn", None) or viewing.newest(session.workspace())
    st.write(head.run_id)
    forecast_changes.show(head, Scope(), forecast_scope.view_of(head, head.version, Scope()), "day")


def test_the_page_is_drawn_anew_once_somebody_else_has_changed_the_forecast(planned_shop):
    at = AppTest.from_function(below_what_was_drawn)
    at.session_state["drawn"] = viewing.newest(planned_shop)
    overrides.save(planned_shop, [asked(planned_shop)], "")
    at.run()
    assert not at.exception
    assert at.markdown[0].value == viewing.newest(planned_shop).run_id


@pytest.mark.usefixtures("planned_shop")
def test_a_change_below_zero_is_refused_in_a_sentence(page):
    at = opened(page, sku="SKU-05")
    at.segmented_control(key="change-how").set_value("units").run()
    at.number_input(key="change-value-units-0").set_value(-1e6).run()
    assert not at.exception
    assert "fewer than 0 would be left" in texts(at.error)
    assert "change-save" not in [each.key for each in at.button]


def test_a_forecast_of_older_data_is_not_changed(planned_shop, page):
    overrides.save(planned_shop, [asked(planned_shop)], "")
    import_files(planned_shop, more=_sales(1))
    at = opened(page)
    assert not at.exception
    assert "Make a new forecast first" in texts(at.info)
    assert len(table_with(at, "State")) == 1


def test_the_workbook_holds_the_changes(planned_shop, page, monkeypatch):
    overrides.save(planned_shop, [asked(planned_shop)], "")
    offered = {}
    monkeypatch.setattr(downloads, "offer", lambda *_name, **given: offered.update(given))
    assert not page("forecast").exception
    sheets = offered["xlsx"]()
    assert sheets["Changes by hand"].table["For"].tolist() == ["Category Kitchen"]
    shown = sheets["Shown"].table
    assert (shown["Expected units"] - shown["Before changes"] > 0).sum() == 14


def test_an_earlier_forecast_differs_by_its_changes(planned_shop, page):
    overrides.save(planned_shop, [asked(planned_shop)], "")
    at = page("forecast", closer="Earlier forecasts")
    assert not at.exception
    told = table_with(at, "Newer").set_index("What").loc["Changes by hand"]
    assert told["Earlier"] == "–"
    assert told["Newer"].startswith("Category Kitchen +20%, ")


def _sales(days: int) -> bytes:
    """Sales of every SKU on the days after the history, half as high again as usual."""
    lines = ["order_id,order_date,sku,product_name,quantity,unit_price"]
    for day in range(N_DAYS, N_DAYS + days):
        for place, sku in enumerate(SKUS):
            sold = round(1.5 * units_sold(place, day))
            lines.append(f"o{day}-{place},{FIRST_DAY + timedelta(day)},{sku},Item {sku},{sold},{4 + place}.50")
    return "\n".join(lines).encode()


def test_once_the_weeks_are_over_the_page_says_whether_the_change_helped(planned_shop, page):
    overrides.save(planned_shop, [asked(planned_shop)], "")
    at = opened(page)
    waiting = value_added.outcome(planned_shop)
    assert (waiting.waiting, waiting.judged) == (1, ())
    overrides.save(planned_shop, [asked(planned_shop, scope=Scope())], "")
    overrides.take_back(planned_shop, overrides.listing(planned_shop)[0].override.override_id)
    assert "That is known once sales up to" in texts(at.info)
    import_files(planned_shop, more=_sales(21))
    forecasting.forecast(planned_shop, forecasting.ForecastRequest(model="moving_average", horizon=21))
    at = of_kitchen(page)
    assert not at.exception
    assert "1 of 1 change helped." in texts(at.caption)
    row = table_with(at, "Points taken off").iloc[0]
    assert row[["Reason", "Direction", "Changes", "Helped"]].tolist() == ["Promotion", "upwards", 1, "100%"]
    assert float(row["Points taken off"]) > 0
    whole, kitchen = table_with(at, "State")["Error"]
    assert (whole, " → " in kitchen) == ("–", True)
    at.number_input(key="change-value-percent-0").set_value(10.0)
    at.selectbox(key="change-reason-0").set_value("promotion").run()
    assert "Your changes upwards for “Promotion” so far: 1 of 1 helped; they took" in texts(at.info)
