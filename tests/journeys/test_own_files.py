"""A shop's own files: from the file dialog over cleaning and planning to the order list on disk."""

from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from playwright.sync_api import Browser, expect

from core.base.formulas import restored
from tests.journeys.browsing import App, Visitor, visiting
from tests.journeys.files import SKUS, write_shop

pytestmark = pytest.mark.browser

HOSTILE = ("<img src=x onerror=alert(1)>", "![x](http://127.0.0.1:9/x.png)", "=1+1", "**bold** $x$ :red[y]")
"""SKUs that look like code; a window that runs one of them or asks for its picture has a fault."""


def imported(visitor: Visitor, files: list[Path]) -> None:
    """Choose the files, look at how they are understood, and import them."""
    visitor.open("upload", "Upload")
    visitor.upload(*files)
    expect(visitor.page.get_by_test_id("stMetric").filter(has_text="Tables found")).to_contain_text(str(len(files)))
    visitor.settle()
    assert visitor.metric("Tables that need you") == "0"
    visitor.press("upload-import")
    expect(visitor.page.get_by_text("rows imported in")).to_be_visible()
    visitor.settle()


def prepared(visitor: Visitor) -> None:
    """Let Home do all the steps to an order list."""
    visitor.go("Home")
    visitor.press("prepare")
    expect(visitor.page.get_by_role("heading", name="What needs attention")).to_be_visible(timeout=180_000)
    visitor.settle()


def switch_postage(visitor: Visitor) -> None:
    """Switch the rule about postage and fees to the other side and look at what it does."""
    box = visitor.page.locator("[class*='-non_products-box']")
    box.locator("summary").click()
    visitor.settle()
    box.get_by_role("button", name="Show what it would change").click()
    visitor.settle()
    expect(box.get_by_test_id("stMetric").filter(has_text="Lines removed")).to_contain_text("1")
    box.get_by_test_id("stCheckbox").locator("label").click()
    visitor.settle()


def a_rule_is_switched_off_and_on(visitor: Visitor) -> None:
    visitor.go("Clean")
    visitor.page.get_by_role("tab", name="Rules").click()
    visitor.settle()
    rule = visitor.page.locator("[class*='-non_products-box'] summary")
    expect(rule.filter(has_text="1 line").first).to_be_visible()
    switch_postage(visitor)
    visitor.press("clean-apply")
    expect(rule.filter(has_text="off").first).to_be_visible()
    visitor.settle()
    visitor.press("clean-undo")
    expect(rule.filter(has_text="1 line").first).to_be_visible()
    visitor.settle()


def more_demand_changes_the_figures(visitor: Visitor) -> None:
    visitor.go("What-if")
    before = visitor.metric("Fill rate"), visitor.metric("Total cost")
    slider = visitor.page.locator(".st-key-lever-demand").get_by_role("slider")
    slider.focus()
    for _step in range(8):
        slider.press("ArrowRight")
    expect(visitor.page.get_by_text("was ").first).to_be_visible()
    visitor.settle()
    assert (visitor.metric("Fill rate"), visitor.metric("Total cost")) != before


def names_are_only_names(visitor: Visitor) -> None:
    for name in HOSTILE:
        visitor.open(f"order_plan?sku={quote(name)}", "Order plan")
        why = visitor.page.get_by_role("heading", level=3).filter(has_text="Why")
        assert name in why.inner_text()
    assert visitor.page.locator("img[src='x'], img[src*='127.0.0.1:9']").count() == 0


def test_files_become_an_order_list_whatever_the_names_in_them(
    browser: Browser, empty_app: App, tmp_path: Path
) -> None:
    skus = [*SKUS, *HOSTILE]
    with visiting(browser, empty_app) as visitor:
        imported(visitor, write_shop(tmp_path, skus))
        a_rule_is_switched_off_and_on(visitor)
        prepared(visitor)
        visitor.go("Segments")
        visitor.go("Compare models")
        expect(visitor.page.get_by_test_id("stMain").get_by_test_id("stDataFrame").first).to_be_visible()
        visitor.go("Forecast")
        expect(visitor.page.locator(".st-key-forecast-fan .js-plotly-plot").last).to_be_visible()
        more_demand_changes_the_figures(visitor)
        names_are_only_names(visitor)
        written = visitor.download("download-stockcast-order-plan-csv", tmp_path)
        book = visitor.download("download-stockcast-order-plan-xlsx", tmp_path)
    plan = pd.read_csv(written, encoding="utf-8-sig")
    stock = dict(zip(plan["sku"].map(restored), plan["on_hand"], strict=True))
    assert stock == {sku: 15 * place for place, sku in enumerate(skus)}
    assert (plan["order_units"] > 0).any()
    assert not any(line.startswith(("=", '"=')) for line in written.read_text(encoding="utf-8-sig").splitlines())
    sheets = pd.read_excel(book, sheet_name=None, engine="openpyxl")
    assert any("=1+1" in str(cell) for sheet in sheets.values() for cell in sheet.to_numpy().ravel())


def test_work_outlives_a_reload_and_can_be_cancelled(browser: Browser, empty_app: App, tmp_path: Path) -> None:
    many = [f"LONG-{number:03d}" for number in range(150)]
    with visiting(browser, empty_app) as visitor:
        imported(visitor, write_shop(tmp_path, many))
        visitor.go("Home")
        visitor.press("prepare")
        running = visitor.page.get_by_test_id("stMain").get_by_test_id("stProgress")
        expect(running).to_be_visible()
        visitor.page.reload()
        expect(running).to_be_visible()
        visitor.press("home-job-cancel")
        expect(running).to_have_count(0)
        expect(visitor.button("prepare")).to_be_enabled()
        prepared(visitor)
