"""Stock counted before the data end is carried on by what was sold and received since."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.base.calendar import Frequency
from core.workflows import datasets, planning, supply
from core.workflows.supply import Supply
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

DAYS = pd.date_range("2026-01-01", "2026-02-28").strftime("%Y-%m-%d")
HEAD = "Order,Date,Store,SKU,Quantity,Price,Status,Customer\n"
ORDERS = "PO,Supplier,Store,SKU,Ordered on,Due on,Received on,Ordered units,Received units\n"


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "shop.duckdb")


def sold(*more: str) -> str:
    """Five pieces of A1 a day."""
    lines = [f"{n},{day},north,A1,5,2,paid,C{n}" for n, day in enumerate(DAYS)]
    return HEAD + "\n".join([*lines, *more])


def supplied(shop: Workspace, sales: str, **files: str) -> Supply:
    import_files(shop, sales=sales, **files)
    return supply.supply_of(shop, datasets.current_dataset(shop).panel)


def counted(day: str, units: int, on_order: int = 0) -> str:
    return f"Date,Store,SKU,On hand,On order\n{day},north,A1,{units},{on_order}\n"


def test_what_was_sold_after_the_count_is_no_longer_on_hand(shop: Workspace) -> None:
    found = supplied(shop, sold(), stock=counted("2026-02-20", 60))
    assert found.position.on_hand.tolist() == [60 - 8 * 5]
    assert found.counts.sentences()[0] == ("Counted 60 on 20 Feb 2026; since then 40 were sold and 0 received.")


def test_a_count_of_the_last_day_holds(shop: Workspace) -> None:
    found = supplied(shop, sold(), stock=counted("2026-02-28", 60))
    assert found.position.on_hand.tolist() == [60.0]
    assert found.counts.sentences().tolist() == [""]


def test_cancelled_lines_took_nothing_and_gifts_and_returns_did(shop: Workspace) -> None:
    sales = sold(
        "c1,2026-02-25,north,A1,7,2,cancelled,C900", "g1,2026-02-25,north,A1,3,0,paid,C901",
        "r1,2026-02-26,north,A1,-2,2,returned,C1",
    )  # fmt: skip
    found = supplied(shop, sales, stock=counted("2026-02-20", 60))
    assert found.position.on_hand.tolist() == [60 - 40 - 3 + 2]


@pytest.mark.parametrize(
    ("ordered", "came", "units", "received"),
    [
        ("2026-02-10", "2026-02-24", "", 30),  # after the count
        ("2026-02-10", "2026-02-20", "", 0),  # on the day of the count, at whose end it is part of it
        ("2026-02-21", "", "12", 12),  # nobody says when; it was ordered after the count
        ("2026-02-10", "", "12", 0),  # nobody says when, and it may have been before
    ],
)
def test_what_came_in_after_the_count_is_on_hand(
    shop: Workspace, ordered: str, came: str, units: str, received: int
) -> None:
    orders = f"{ORDERS}P1,N,north,A1,{ordered},2026-03-09,{came},30,{units}\n"
    found = supplied(shop, sold(), stock=counted("2026-02-20", 60), orders=orders)
    assert found.position.on_hand.tolist() == [60 - 40 + received]


def test_what_a_count_called_on_order_is_no_longer_so_once_it_came_in(shop: Workspace) -> None:
    orders = f"{ORDERS}P1,N,north,A1,2026-02-10,2026-02-24,2026-02-24,30,\n"
    found = supplied(shop, sold(), stock=counted("2026-02-20", 60, on_order=50), orders=orders)
    assert found.position.on_order.tolist() == [20.0]


def test_more_sold_than_was_there_leaves_the_stock_unknown_and_says_so(shop: Workspace) -> None:
    found = supplied(shop, sold(), stock=counted("2026-01-20", 60))
    assert np.isnan(found.position.on_hand).all()
    assert found.counts.sentences()[0] == (
        "Counted 60 on 20 Jan 2026; since then 195 were sold and 0 received, more than was there: what is on hand is "
        "not known."
    )


def test_a_count_below_zero_is_carried_on_as_what_is_owed(shop: Workspace) -> None:
    found = supplied(shop, sold(), stock=counted("2026-02-26", -4))
    assert found.position.on_hand.tolist() == [-14.0]


@pytest.mark.parametrize(
    ("counted_on", "left"),
    [("2026-03-21", 300 - 60 * 10 / 31 - 60), ("2026-03-01", 300 - 60), ("2026-04-01", 300), ("2026-04-30", 300)],
    ids=["within a month", "the month it names", "the last month", "its end"],
)
def test_of_a_month_the_days_after_the_count_went(shop: Workspace, counted_on: str, left: float) -> None:
    months = pd.date_range("2024-01-01", "2026-04-01", freq="MS").strftime("%Y-%m-%d")
    sales = HEAD + "\n".join(f"{n},{day},north,A1,60,2,paid,C{n}" for n, day in enumerate(months))
    found = supplied(shop, sales, stock=counted(counted_on, 300))
    assert found.position.on_hand.tolist() == pytest.approx([left])


def test_movements_carry_a_count_on_alone(shop: Workspace) -> None:
    moves = "Date,Store,SKU,Movement type,Quantity\n2026-02-22,north,A1,shipment,-5\n"
    found = supplied(shop, sold(), stock=counted("2026-02-20", 60), stock_movements=moves)
    assert found.position.on_hand.tolist() == [55.0]
    assert found.counts.sentences().tolist() == [""]


def test_an_order_without_a_due_day_is_awaited_a_lead_time_after_it_was_placed(shop: Workspace) -> None:
    orders = "PO,Supplier,Store,SKU,Ordered on,Ordered units\nP1,N,north,A1,2026-02-20,9\nP2,N,north,A1,2026-01-02,4\n"
    found = supplied(shop, sold(), orders=orders)
    receipts = supply.receipts_of(found, np.arange("2026-03-01", "2026-03-29", dtype="datetime64[D]"), Frequency.DAY)
    # two weeks are the lead time of a shop that states none
    assert np.flatnonzero(receipts[0]).tolist() == [0, 5]


def test_an_order_due_within_a_week_or_month_comes_on_its_day(shop: Workspace) -> None:
    orders = f"{ORDERS}P1,N,north,A1,2026-02-20,2026-03-05,,9,\nP2,N,north,A1,2026-02-20,2026-03-31,,4,\n"
    found = supplied(shop, sold(), orders=orders)
    weeks = np.arange("2026-03-02", "2026-04-06", 7, dtype="datetime64[D]")
    assert np.argwhere(supply.receipts_of(found, weeks, Frequency.WEEK)).tolist() == [[0, 3], [0, 29]]
    months = np.array(["2026-03-01", "2026-04-01"], "datetime64[D]")
    assert np.argwhere(supply.receipts_of(found, months, Frequency.MONTH)).tolist() == [[0, 3], [0, 29]]


def test_an_order_of_many_lines_tells_one_lead_time(shop: Workspace) -> None:
    lines = [f"P1,N,north,{sku},2026-01-02,2026-01-09,2026-01-12,30,\n" for sku in ("A1", "B", "C", "D")]
    lines.append("P2,N,north,A1,2026-02-02,2026-02-09,2026-02-10,30,\n")
    terms = "Supplier,SKU,Lead time days,Lead time sd\nN,A1,7,5\n"
    found = supplied(shop, sold(), orders=ORDERS + "".join(lines), suppliers=terms)
    # two deliveries, of 10 and 8 days, beside the 7 agreed
    assert found.terms.lead_time_days.tolist() == pytest.approx([(2 * 9 + 20 * 7) / 22])
    assert found.terms.lead_time_sd_days.tolist() == pytest.approx([(2 * 2**0.5 + 20 * 5) / 22])


@pytest.mark.parametrize(
    ("sold_at", "kept_at", "on_hand", "on_order"),
    [
        ("north", "", 40, 9),  # the only place that sells
        ("", "north", 40, 9),  # sales of all places
        ("", "north south", 80, 18),
        ("north", "south", np.nan, 0),  # another place
        ("north south", "", np.nan, 0),  # nobody says which
    ],
)
def test_a_file_without_places_is_about_the_only_one(
    shop: Workspace, sold_at: str, kept_at: str, on_hand: float, on_order: float
) -> None:
    def table(head: str, places: str, row: str) -> str:
        named = places.split()
        lines = [f"{place},{row}" for place in named] if named else [row]
        return ("Store," if named else "") + head + "\n" + "\n".join(lines) + "\n"

    sales = table("Date,SKU,Quantity", sold_at, "DAY,A1,5")
    head, *lines = sales.splitlines()
    days = [line.replace("DAY", day) for day in DAYS for line in lines]
    stock = table("Date,SKU,On hand", kept_at, "2026-02-28,A1,40")
    orders = table("PO,Supplier,SKU,Ordered on,Due on,Ordered units", kept_at, "P1,N,A1,2026-02-20,2026-03-05,9")
    found = supplied(shop, "\n".join([head, *days]), stock=stock, orders=orders)
    assert found.position.on_hand[0] == pytest.approx(on_hand, nan_ok=True)
    assert found.position.on_order[0] == on_order


def test_what_reports_call_on_order_counts_beside_the_orders_of_other_skus(shop: Workspace) -> None:
    more = [f"b{n},{day},north,B,5,2,paid,C{n}" for n, day in enumerate(DAYS)]
    stock = "Date,Store,SKU,On hand,On order\n2026-02-28,north,A1,40,77\n2026-02-28,north,B,40,50\n"
    orders = f"{ORDERS}P1,N,north,A1,2026-02-20,2026-03-05,,9,\n"
    found = supplied(shop, sold(*more), stock=stock, orders=orders)
    assert found.position.on_order.tolist() == [9.0, 50.0]
    receipts = supply.receipts_of(found, np.arange("2026-03-01", "2026-03-29", dtype="datetime64[D]"), Frequency.DAY)
    assert np.argwhere(receipts).tolist() == [[0, 4], [1, 14]]


def test_a_plan_tells_of_old_counts_and_of_those_that_cannot_be() -> None:
    told = planning.PlanRun("", "", {"counts_carried_on": 3, "counts_contradicted": 1}, pd.DataFrame(), [], ())
    assert planning.stock_notes(told) == [
        "3 stock counts are older than the last sale; what was sold and received since is reckoned in.",
        "In 1 case more was sold since than was there, so goods came in that no file tells: the stock is not known. "
        "Upload a newer stock file, or the purchase orders.",
    ]
    assert planning.stock_notes(planning.PlanRun("", "", {}, pd.DataFrame(), [], ())) == []
