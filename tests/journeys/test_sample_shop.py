"""The sample shop: every page stands, and a planner goes from what needs attention to the order list as a file.

In one file, which one worker runs: making the sample shop takes longer than all that is done with it here.
"""

from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, expect

from core.base.formulas import restored
from core.report.tables_plan import plan_export
from core.workflows import home, planning
from core.workflows.workspace import open_workspace
from tests.journeys.browsing import NARROW, WIDE, App, Visitor, visiting

pytestmark = pytest.mark.browser

PAGES = {
    "": "Home", "upload": "Upload", "clean": "Clean", "segments": "Segments", "compare": "Compare models",
    "forecast": "Forecast", "order_plan": "Order plan", "what_if": "What-if", "runs": "Runs & settings",
}  # fmt: skip


@pytest.mark.parametrize(("opened", "turned", "scheme"), [(WIDE, NARROW, "light"), (NARROW, WIDE, "dark")])
def test_every_page_stands_without_a_fault(
    browser: Browser, sample_app: App, opened: tuple[int, int], turned: tuple[int, int], scheme: str
) -> None:
    with visiting(browser, sample_app, opened, scheme) as visitor:
        for path, title in PAGES.items():
            visitor.open(path, title)
            assert "Stockcast" in visitor.page.title()
            stands(visitor, title, opened[0])
            visitor.turn(turned)
            stands(visitor, title, turned[0])
            visitor.turn(opened)


def stands(visitor: Visitor, title: str, width: int) -> None:
    """Nothing went wrong on the page, and nobody has to scroll sideways."""
    assert visitor.page.get_by_text("Something went wrong").count() == 0
    wider = "document.documentElement.scrollWidth - window.innerWidth"
    assert visitor.page.evaluate(wider) <= 0, f"{title} is too wide at {width} px"


def test_a_planner_goes_from_home_to_the_reason_of_an_order_and_takes_the_list_along(
    browser: Browser, sample_app: App, tmp_path: Path
) -> None:
    workspace = open_workspace(sample_app.copied(tmp_path / "copy"))
    status, plan = home.status(workspace), planning.latest(workspace)
    workspace.close()
    assert plan is not None
    stored = plan_export(plan.lines, plan.steps)
    with visiting(browser, sample_app) as visitor:
        visitor.open("", "Home")
        assert visitor.metric("Stocked out") == f"{status.stocked_out:,}"
        assert visitor.metric("About to run out") == f"{status.soon:,}"
        expect(visitor.page.locator(".st-key-home-exceptions").get_by_test_id("stDataFrame")).to_be_visible()
        visitor.go("Order plan")
        assert visitor.metric("Lines to order") == f"{(plan.lines['order_units'] > 0).sum():,}"
        why = visitor.page.get_by_role("heading", level=3).filter(has_text="Why")
        first = why.inner_text()
        visitor.choose_row("plan-lines", 2)
        expect(why).not_to_have_text(first)
        expect(visitor.page.get_by_text("The sum", exact=True)).to_be_visible()
        # while the chart of another row replaces it, the one before may stand beside it for a moment
        expect(visitor.page.locator(".st-key-plan-waterfall .js-plotly-plot").last).to_be_visible()
        written = pd.read_csv(visitor.download("download-stockcast-order-plan-csv", tmp_path), encoding="utf-8-sig")
        book = visitor.download("download-stockcast-order-plan-xlsx", tmp_path)
    assert written["sku"].tolist() == stored["sku"].tolist()
    assert written["order_units"].to_numpy() == pytest.approx(stored["order_units"].to_numpy())
    assert [restored(text) for text in written["reason"]] == stored["reason"].tolist()
    sheets = pd.read_excel(book, sheet_name=None, engine="openpyxl")
    assert any(len(sheet) >= (stored["order_units"] > 0).sum() for sheet in sheets.values())
