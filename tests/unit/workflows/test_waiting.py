"""Rules that move much wait for the planner; what rules only notice is listed."""

import pytest

from core.store.workspace import Workspace
from core.workflows import asking, cleaning, waiting
from tests.uploading import import_files


@pytest.fixture
def shop(tmp_path):
    opened = Workspace.open(tmp_path / "shop.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def third_cancelled(imported):
    """A shop with 28 orders, every third of them cancelled."""
    opened = imported(sales=orders(every_third))
    yield opened
    opened.close()


def orders(status_of, unit=""):
    lines = [f"{1000 + n},2024-01-{n:02d},A-17,10,2.50,{status_of(n)},{unit}" for n in range(1, 29)]
    return "\n".join(["order id,date,sku,quantity,price,status,unit", *lines])


def every_third(n):
    return "cancelled" if n % 3 == 0 else "paid"


def test_the_first_import_does_not_remove_a_third_of_all_units_unasked(shop):
    done = import_files(shop, sales=orders(every_third))
    assert any("“Cancelled and unpaid orders” would move 32% of all units" in note for note in done.notes)
    assert cleaning.clean_demand(shop)["units"].sum() == 280
    assert [(held.rule, round(held.share, 2)) for held in waiting.held_back(shop)] == [("cancelled_orders", 0.32)]


def test_a_rule_that_was_confirmed_is_carried_out(third_cancelled):
    cleaning.apply(third_cancelled, cleaning.active_recipe(third_cancelled).confirmed("cancelled_orders"))
    assert cleaning.clean_demand(third_cancelled)["units"].sum() == 190
    assert waiting.held_back(third_cancelled) == ()


def test_setting_a_rule_anew_confirms_it(third_cancelled):
    recipe = cleaning.active_recipe(third_cancelled)
    cleaning.apply(
        third_cancelled, cleaning.changed(recipe, "cancelled_orders", enabled=True, settings={"unpaid": False})
    )
    assert cleaning.clean_demand(third_cancelled)["units"].sum() == 190


def test_a_few_cancelled_orders_go_without_a_question(shop):
    done = import_files(shop, sales=orders(lambda n: "cancelled" if n == 7 else "paid"))
    assert not any("left out" in note for note in done.notes)
    assert cleaning.clean_demand(shop)["units"].sum() == 270


def test_a_preview_says_the_share(third_cancelled):
    shown = cleaning.preview(third_cancelled, "cancelled_orders", {})
    assert shown.removed == 9
    assert shown.share > cleaning.LARGE_SHARE


def test_held_back_rules_are_found_again_by_a_process_that_did_not_make_the_data(third_cancelled, monkeypatch):
    monkeypatch.setattr(asking, "_recent", {})
    assert [held.rule for held in waiting.held_back(third_cancelled)] == ["cancelled_orders"]


def test_packs_of_unknown_size_are_listed(shop):
    import_files(shop, sales=orders(lambda _n: "paid", unit="box"))
    noticed = waiting.suspicions(shop)
    assert noticed[["rule", "sku", "units"]].to_numpy().tolist() == [["units_of_measure", "A-17", 280.0]]
    assert "nobody says how many pieces it holds" in noticed["reason"][0]
