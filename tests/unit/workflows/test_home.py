"""What the Home page says of a plan."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from core.workflows import forecasting, home, like_items, planning, simulating
from core.workflows.forecasting import ForecastRequest
from core.workflows.workspace import Workspace

LAST = date(2026, 3, 29)


@pytest.fixture
def shop(imported: Callable[..., Workspace]) -> Workspace:
    """Two SKUs that sell evenly on every day for twelve weeks, with stock for about a week of one of them."""
    days = [LAST - timedelta(ago) for ago in range(84)]
    sales = "".join(f"{day},north,{sku},{10 + day.day % 3}\n" for day in days for sku in ("A1", "B1"))
    products = (
        "SKU,Product name,Unit cost,Unit price,Supplier\nA1,Lamp,3,8,North\nB1,Chair,4,9,North\nC1,Desk,5,9,North\n"
    )
    return imported(
        sales="Date,Store,SKU,Quantity\n" + sales,
        stock=f"Date,Store,SKU,On hand\n{LAST},north,A1,70\n",
        products=products,
    )


def planned(shop: Workspace) -> planning.PlanRun:
    forecasting.forecast(shop, ForecastRequest("moving_average"))
    return planning.plan(shop, planning.PlanOptions())


def test_where_stock_is_known_and_none_is_too_much_the_value_in_excess_is_0(shop: Workspace) -> None:
    planned(shop)
    found = home.status(shop)
    assert (found.excess, found.excess_value) == (0, 0.0)


def test_an_item_that_never_sold_is_new_and_can_be_played(shop: Workspace) -> None:
    like_items.choose(shop, "C1", "A1")
    lines = planned(shop).lines
    assert home.status(shop).exceptions.set_index("sku")["state"]["C1"] == home.NEW
    assert (
        simulating.what_if(shop, simulating.Scenario("as it is"), "C1", "north").baseline.result.demand_units.total > 0
    )
    assert len(simulating.case_of(shop).paths) == len(lines) == 3
    assert simulating.series_of(shop)["sku"].tolist() == ["A1", "B1", "C1"]


def test_an_item_named_new_after_the_forecast_waits_for_the_next_one(shop: Workspace) -> None:
    planned(shop)
    like_items.choose(shop, "C1", "A1")
    assert simulating.case_of(shop).paths.skus.tolist() == ["A1", "B1"]
    assert simulating.series_of(shop)["sku"].tolist() == ["A1", "B1"]
