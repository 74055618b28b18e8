"""Audit of pages against exports: what is drawn, what is downloaded and what the command line writes are one."""

from datetime import timedelta

import pandas as pd
import pytest

from tests.audit import books, small_shop

LAST_OF_FIRST_FILE = str(small_shop.LATE_FILE + timedelta(4))


@pytest.fixture(scope="module")
def plan(shop):
    return shop.written("plan")


def test_the_order_plan_as_shown(page, plan):
    shown = page("order_plan")
    table = shown.table("Order by").set_index(["SKU", "Location"])
    ordered = plan[plan["order_units"] > 0].set_index(["sku", "location"])
    assert set(table.index) == set(ordered.index)
    for label, name in {
        "Order": "order_units", "On hand": "on_hand", "On order": "on_order", "Expected demand": "expected_demand",
        "Reorder point": "reorder_point", "Suggested": "suggested_units",
    }.items():  # fmt: skip
        assert (table[label] - ordered[name].reindex(table.index)).abs().max() <= 0.51, label
    for label, name in {"Order by": "order_by", "Stock-out": "stock_out_date"}.items():
        assert table[label].dt.strftime("%Y-%m-%d").to_dict() == ordered[name].to_dict()


def test_the_reorder_point_shown_is_expected_demand_plus_safety_stock(page):
    table = page("order_plan").table("Order by")
    assert (table["Expected demand"] + table["Safety stock"] == table["Reorder point"]).all()


def test_cards_and_suppliers_of_the_order_plan(shop, page, plan):
    cards, suppliers = page("order_plan").cards, page("order_plan").table("Lines")
    assert cards["Lines to order"] == (str((plan["order_units"] > 0).sum()), f"of {len(plan)}")
    assert cards["Units to order"][0] == f"{plan['order_units'].sum():,.0f}"
    assert cards["Order value"][0] == f"€{shop.told['plan']['order_value']:,.0f}"
    assert suppliers["Units"].sum() == plan["order_units"].sum()
    assert suppliers["Value, EUR"].sum() == shop.told["plan"]["order_value"]


def test_files_of_the_order_plan_say_what_the_command_line_wrote(page, plan):
    shown = page("order_plan")
    assert shown.csv("stockcast-order-plan").equals(plan)
    lines = shown.sheet("stockcast-order-plan", "All lines")
    numbers = plan.select_dtypes("number").columns
    assert lines[numbers].to_numpy() == pytest.approx(plan[numbers].to_numpy())
    own = shown.sheet("stockcast-order-plan", "North Co")
    assert own["order_units"].sum() == plan[plan["supplier"] == "North Co"]["order_units"].sum()


def test_the_leaderboard_as_shown_and_as_printed(shop, page):
    table = page("compare").table("WAPE")
    rows = shop.told["compare"]
    shares = {"WAPE": "wape", "Bias": "bias", "In 80 % band": "coverage_80", "Stock lasted": "lasted"}
    for label, name in {**shares, "RMSSE": "rmsse", "MASE": "mase", "Cost index": "cost_index"}.items():
        factor = 100 if label in shares else 1
        assert table[label].tolist() == pytest.approx([factor * row[name] for row in rows]), label
    assert page("compare").csv("model-comparison")["WAPE"].tolist() == [row["wape"] for row in rows]


def test_segments_as_shown_and_as_written(shop, page):
    table, written = page("segments").table("ABC").set_index("SKU"), shop.written("segments").set_index("sku")
    assert table["ABC"].to_dict() == written["abc"].to_dict()
    assert table["XYZ"].to_dict() == written["xyz"].to_dict()
    assert table["Units, last year"].to_dict() == written["units"].round(1).to_dict()
    assert table["Revenue, last year"].to_dict() == written["revenue"].round().to_dict()
    assert page("segments").csv("segments")["Units, last year"].tolist() == table["Units, last year"].tolist()


def test_clean_demand_as_downloaded_and_as_written(shop, page):
    written = shop.written("clean")
    assert page("clean").csv("clean-demand").set_axis(written.columns, axis=1).equals(written)


def test_units_imported_and_clean(page, files):
    """Units sold of products, as the files have them; the postage belongs to no SKU."""
    late = books.table(files["sales_late.csv"])
    told = pd.concat([books.table(files["sales.csv"]), late[late["order_date"] > LAST_OF_FIRST_FILE]])
    imported = told[(told["quantity"] > 0) & (told["sku"] != "POSTAGE")]["quantity"].sum()
    clean = page("clean").csv("clean-demand")["Units"].sum()
    caption = f"{imported:,} units were imported; {clean:,.0f} are clean demand"
    assert any(caption in each.value for each in page("clean").at.caption)


def test_cards_of_the_what_if_say_what_the_command_line_says(shop, page):
    told = shop.run("simulate", "--sku", "TIN", "--location", "north")
    cards = page("what_if", sku="TIN", location="north").cards
    value = {name: pair["baseline"][0] for name, pair in told.items()}
    assert cards["Fill rate"][0] == f"{value['fill_rate']:.1%}"
    assert cards["Cycle service"][0] == f"{value['cycle_service_level']:.1%}"
    assert cards["Stock-out days"][0] == f"{value['stock_out_days']:.1f}"
    assert cards["Stock value"][0] == f"€{value['average_value']:,.0f}"
    assert cards["Total cost"][0] == f"€{value['total_cost']:,.0f}"
