"""Audit of the Home page's figures and of how the files meet, from the raw files and the exported plan."""

from datetime import timedelta

import pandas as pd
import pytest

from tests.audit import small_shop


def test_units_sold_in_the_last_28_days_and_the_28_before(shop):
    clean = shop.written("clean")
    day = pd.to_datetime(clean["period"])
    ago = (pd.Timestamp(small_shop.LAST) - day).dt.days
    assert shop.told["status"]["units"] == clean[ago < 28]["units"].sum()
    assert shop.told["status"]["units_before"] == clean[(ago >= 28) & (ago < 56)]["units"].sum()
    assert shop.told["status"]["data_until"] == str(small_shop.LAST)


def test_money_in_stock_and_to_order(shop):
    plan = shop.written("plan")
    cost = plan["sku"].map(small_shop.COSTS)
    assert shop.told["status"]["stock_value"] == (plan["on_hand"] * cost).sum()
    assert shop.told["status"]["order_value"] == (plan["order_units"] * cost).sum()
    assert shop.told["status"]["order_units"] == plan["order_units"].sum()


def test_states_of_stock(shop, page):
    """Nothing on hand; empty before a delivery could arrive; over the target with more than 120 days of cover."""
    plan = shop.written("plan")
    days = plan["supplier"].map({"North Co": 6, "West": 5, "South Ltd": 10})
    arrival = [str(small_shop.LAST + timedelta(1 + int(each))) for each in days]
    out = plan["on_hand"] <= 0
    soon = ~out & (plan["stock_out_date"] < arrival)
    excess = plan["sku"] == "POT"
    assert [shop.told["status"][name] for name in ("stocked_out", "soon", "excess")] == [out.sum(), soon.sum(), 1]
    over = plan[excess]["on_hand"] - plan[excess]["reorder_point"]
    assert shop.told["status"]["excess_value"] == pytest.approx((over * 15).sum())
    states = page("home").table("State").set_index(["SKU", "Location"])["State"].to_dict()
    keys = list(zip(plan["sku"], plan["location"], strict=True))
    expected = {key: "Stocked out" for key, is_out in zip(keys, out, strict=True) if is_out}
    expected |= {key: "Runs out before a delivery" for key, is_soon in zip(keys, soon, strict=True) if is_soon}
    assert states == expected | {("POT", "south"): "Excess"}


def test_the_cards_say_what_the_command_line_says(shop, page):
    status, cards = shop.told["status"], page("home").cards
    change = status["units"] / status["units_before"] - 1
    assert cards["Units sold, 28 days"] == (f"{status['units']:,.0f}", f"{change:+.1%}")
    assert cards["To order today"][0] == f"€{status['order_value']:,.0f}"
    assert cards["In excess"][0] == f"€{status['excess_value']:,.0f}"
    assert cards["Margin at risk"][0] == f"€{status['margin_at_risk']:,.0f}"
    assert (cards["Stocked out"][0], cards["About to run out"][0]) == (str(status["stocked_out"]), str(status["soon"]))


def test_files_of_the_page_say_what_it_shows(page):
    shown = page("home")
    table, file = shown.table("State"), shown.csv("stockcast-exceptions")
    for name in ("SKU", "Location", "At risk, EUR", "On hand", "Order", "Expected demand"):
        assert file[name].tolist() == table[name].tolist()
    assert shown.sheet("stockcast-exceptions", "Exceptions")["At risk, EUR"].tolist() == table["At risk, EUR"].tolist()


def test_what_of_the_files_meets_no_sales(shop):
    """CUP stands in the product file and never sold; every other key of the files did."""
    found = shop.told["fit"]
    assert [(each["role"], each["sku"]) for each in found["unmatched"]] == [("products", "CUP")]
    keys = {(each["role"], each["kind"]): (each["keys"], each["unmet"]) for each in found["roles"]}
    assert keys["products", "sku"] == (6, 1)
    assert keys["stock", "place"] == (6, 0)
    assert keys["orders", "sku"] == (4, 0)
    assert keys["suppliers", "supplier"] == (3, 0)


def test_postage_is_no_product_and_lacks_nothing(shop):
    assert shop.told["fit"]["lacking"] == []
