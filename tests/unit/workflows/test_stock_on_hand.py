"""Stock that moved while the shop was closed, and what a movement leaves of orders on their way."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.base.calendar import Frequency
from core.workflows import datasets, supply
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

CLOSED_SATURDAYS = [
    day for day in np.arange("2026-01-01", "2026-03-01", dtype="datetime64[D]") if (day.astype(int) + 3) % 7 != 5
]


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "shop.duckdb")


def loaded(shop: Workspace, **files: str) -> datasets.Dataset:
    import_files(shop, **files)
    return datasets.current_dataset(shop)


def sales(*without: str) -> str:
    days = [str(day) for day in CLOSED_SATURDAYS]
    lines = [f"{day},north,A1,5\n" for day in days if day not in without] + [f"{day},north,B1,5\n" for day in days]
    return "Date,Store,SKU,Quantity\n" + "".join(lines)


def test_goods_that_came_in_on_a_closed_day_end_the_stock_out(shop: Workspace) -> None:
    stock = "Date,Store,SKU,On hand\n2026-02-11,north,A1,2\n"
    moves = (
        "Date,Store,SKU,Movement type,Quantity\n2026-02-12,north,A1,shipment,-2\n2026-02-14,north,A1,receipt,100\n"
        "2026-02-20,north,A1,shipment,-20\n"
    )
    panel = loaded(shop, sales=sales("2026-02-13"), stock=stock, stock_movements=moves).panel
    assert panel.calendar.closed_weekdays == frozenset({5})
    out = panel.calendar.periods[panel.dense(panel.censored.astype(float))[panel.skus == "A1"][0] > 0]
    assert "2026-02-13" in out.astype(str)
    assert not set(out.astype(str)) & {"2026-02-15", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19"}


def test_a_movement_after_the_count_leaves_what_is_on_order_in_the_plan(shop: Workspace) -> None:
    stock = "Date,Store,SKU,On hand,On order,Allocated\n2026-02-20,north,A1,20,50,7\n"
    moves = "Date,Store,SKU,Movement type,Quantity\n2026-02-22,north,A1,shipment,-5\n"
    panel = loaded(shop, sales=sales(), stock=stock, stock_movements=moves).panel
    position = supply.supply_of(shop, panel).position
    own = panel.skus == "A1"
    assert (position.on_hand[own], position.on_order[own], position.allocated[own]) == (15.0, 50.0, 2.0)


def test_units_on_order_of_which_no_order_is_known_have_no_day_and_are_not_lost(shop: Workspace) -> None:
    stock = "Date,Store,SKU,On hand,On order\n2026-02-20,north,A1,20,50\n"
    found = supply.supply_of(shop, loaded(shop, sales=sales(), stock=stock).panel)
    assert found.position.on_order.sum() == 50.0
    assert (
        supply.receipts_of(found, np.arange("2026-03-01", "2026-03-29", dtype="datetime64[D]"), Frequency.DAY) is None
    )


def test_an_order_due_on_the_day_after_the_horizon_does_not_come_within_it(shop: Workspace) -> None:
    orders = (
        "PO,Supplier,Store,SKU,Ordered on,Due on,Ordered units\n"
        "P1,N,north,A1,2026-02-20,2026-03-28,5\nP2,N,north,A1,2026-02-20,2026-03-29,7\n"
    )
    found = supply.supply_of(shop, loaded(shop, sales=sales(), orders=orders).panel)
    receipts = supply.receipts_of(found, np.arange("2026-03-01", "2026-03-29", dtype="datetime64[D]"), Frequency.DAY)
    assert receipts.sum() == 5.0


@pytest.mark.parametrize(
    ("step", "ordered"),
    [("D", "2026-11-02"), ("7D", "2026-10-29"), ("MS", "2026-10-15")],
    ids=["after the last day", "in the last week", "in the last month"],
)
def test_an_order_placed_lately_is_not_placed_again(shop: Workspace, step: str, ordered: str) -> None:
    days = pd.date_range("2024-01-01", "2026-10-31", freq=step).strftime("%Y-%m-%d")
    sold = "Date,Store,SKU,Quantity\n" + "".join(f"{day},north,A1,{5 + n % 3}\n" for n, day in enumerate(days))
    orders = f"PO,Supplier,Store,SKU,Ordered on,Due on,Ordered units\nP1,N,north,A1,{ordered},2026-11-28,50\n"
    found = supply.supply_of(shop, loaded(shop, sales=sold, orders=orders).panel)
    assert found.position.on_order.tolist() == [50.0]


def test_goods_that_were_counted_on_the_shelf_are_not_on_order_too(shop: Workspace) -> None:
    stock = "Date,Store,SKU,On hand\n2026-03-03,north,A1,70\n2026-02-27,north,B1,70\n"
    orders = (
        "PO,Supplier,Store,SKU,Ordered on,Due on,Received on,Ordered units\n"
        "P1,N,north,A1,2026-02-10,2026-03-02,2026-03-02,50\nP2,N,north,B1,2026-02-10,2026-03-02,2026-03-02,50\n"
    )
    found = supply.supply_of(shop, loaded(shop, sales=sales(), stock=stock, orders=orders).panel)
    assert found.position.on_order.tolist() == [0.0, 50.0]


@pytest.mark.parametrize("place", ["north", "main"])
def test_a_sku_is_looked_up_once_however_many_lines_name_it(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    days = [str(day) for day in CLOSED_SATURDAYS[:20]]
    orders = "PO,Supplier,Store,SKU,Ordered on,Due on,Received on,Ordered units,Received units\n" + "".join(
        f"P{n},N,{place},A1,{day},{day},{day},5,5\n" for n, day in enumerate(days)
    )
    stock = "Date,Store,SKU,On hand\n" + "".join(f"{day},{place},A1,9\n" for day in days)
    panel = loaded(shop, sales=sales(), orders=orders, stock=stock).panel
    asked, isin = [], pd.Series.isin
    monkeypatch.setattr(pd.Series, "isin", lambda column, values: (asked.append(len(values)), isin(column, values))[1])
    supply.supply_of(shop, panel)
    assert asked
    assert max(asked) <= len(set(panel.skus))
