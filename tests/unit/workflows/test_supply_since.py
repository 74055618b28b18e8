"""Stock counted before the data end is carried on by what was sold and received since."""

from dataclasses import dataclass
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
COUNTS = {
    "CARRIED": ("2026-02-20", 60),
    "LAST-DAY": ("2026-02-28", 60),
    "STATES": ("2026-02-20", 60),
    "AFTER": ("2026-02-20", 60),
    "SAME-DAY": ("2026-02-20", 60),
    "UNDATED": ("2026-02-20", 60),
    "UNKNOWN": ("2026-02-20", 60),
    "TOO-FEW": ("2026-01-20", 60),
    "OWED": ("2026-02-26", -4),
}
"""Day of the count of each SKU, and the units counted."""
CAME_IN = """P1,N,north,AFTER,2026-02-10,2026-03-09,2026-02-24,30,
P2,N,north,SAME-DAY,2026-02-10,2026-03-09,2026-02-20,30,
P3,N,north,UNDATED,2026-02-21,2026-03-09,,30,12
P4,N,north,UNKNOWN,2026-02-10,2026-03-09,,30,12
"""
STATES = """c1,2026-02-25,north,STATES,7,2,cancelled,C900
g1,2026-02-25,north,STATES,3,0,paid,C901
r1,2026-02-26,north,STATES,-2,2,returned,C1"""


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "shop.duckdb")


def sold(*skus: str) -> str:
    """Five pieces a day of A1 or the SKUs named."""
    days = [f"{n}-{sku},{day},north,{sku},5,2,paid,C{n}" for sku in skus or ("A1",) for n, day in enumerate(DAYS)]
    return HEAD + "\n".join(days)


def supplied(shop: Workspace, sales: str, **files: str) -> Supply:
    import_files(shop, sales=sales, **files)
    return supply.supply_of(shop, datasets.current_dataset(shop).panel)


def counted(day: str, units: int) -> str:
    return f"Date,Store,SKU,On hand\n{day},north,A1,{units}\n"


@dataclass(frozen=True)
class Known:
    """What is known of the stock of one SKU."""

    on_hand: float
    told: str


@pytest.fixture(scope="module")
def since(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Known]:
    """By SKU what is known at the end of the data, in a shop with one SKU per case."""
    shop = open_workspace(tmp_path_factory.mktemp("since") / "shop.duckdb")
    stock = [f"{day},north,{sku},{units}" for sku, (day, units) in COUNTS.items()]
    found = supplied(
        shop,
        f"{sold(*COUNTS)}\n{STATES}",
        stock="\n".join(["Date,Store,SKU,On hand", *stock]),
        orders=ORDERS + CAME_IN,
    )
    known = map(Known, found.position.on_hand.tolist(), found.counts.sentences())
    return dict(zip(datasets.current_dataset(shop).panel.skus, known, strict=True))


def test_what_was_sold_after_the_count_is_no_longer_on_hand(since: dict[str, Known]) -> None:
    assert since["CARRIED"].on_hand == 60 - 8 * 5
    assert since["CARRIED"].told == "Counted 60 on 20 Feb 2026; since then 40 were sold and 0 received."


def test_a_count_of_the_last_day_holds(since: dict[str, Known]) -> None:
    assert since["LAST-DAY"] == Known(60.0, "")


def test_cancelled_lines_took_nothing_and_gifts_and_returns_did(since: dict[str, Known]) -> None:
    assert since["STATES"].on_hand == 60 - 40 - 3 + 2


@pytest.mark.parametrize(
    ("sku", "received"),
    [
        ("AFTER", 30),
        ("SAME-DAY", 0),  # it came on the day of the count, at whose end it is part of it
        ("UNDATED", 12),  # nobody says when; it was ordered after the count
        ("UNKNOWN", 0),  # nobody says when, and it may have been before
    ],
)
def test_what_came_in_after_the_count_is_on_hand(since: dict[str, Known], sku: str, received: int) -> None:
    assert since[sku].on_hand == 60 - 40 + received


def test_what_a_count_called_on_order_is_no_longer_so_once_it_came_in(shop: Workspace) -> None:
    orders = f"{ORDERS}P1,N,north,A1,2026-02-10,2026-02-24,2026-02-24,30,\n"
    stock = "Date,Store,SKU,On hand,On order\n2026-02-20,north,A1,60,50\n"
    assert supplied(shop, sold(), stock=stock, orders=orders).position.on_order.tolist() == [20.0]


def test_more_sold_than_was_there_leaves_the_stock_unknown_and_says_so(since: dict[str, Known]) -> None:
    assert np.isnan(since["TOO-FEW"].on_hand)
    assert since["TOO-FEW"].told == (
        "Counted 60 on 20 Jan 2026; since then 195 were sold and 0 received, more than was there: what is on hand is "
        "not known."
    )


def test_a_count_below_zero_is_carried_on_as_what_is_owed(since: dict[str, Known]) -> None:
    assert since["OWED"].on_hand == -14.0


def test_of_a_month_the_days_after_the_count_went(shop: Workspace) -> None:
    months = pd.date_range("2024-01-01", "2026-04-01", freq="MS").strftime("%Y-%m-%d")
    within, named, last, end = "2026-03-21", "2026-03-01", "2026-04-01", "2026-04-30"
    left = {within: 300 - 60 * 10 / 31 - 60, named: 300 - 60, last: 300, end: 300}
    sales = [f"{n}-{day},{month},north,{day},60,2,paid,C{n}" for n, month in enumerate(months) for day in left]
    stock = [f"{day},north,{day},300" for day in left]
    found = supplied(shop, HEAD + "\n".join(sales), stock="\n".join(["Date,Store,SKU,On hand", *stock]))
    skus = datasets.current_dataset(shop).panel.skus
    assert dict(zip(skus, found.position.on_hand.tolist(), strict=True)) == pytest.approx(left)


def test_movements_carry_a_count_on_alone(shop: Workspace) -> None:
    moves = "Date,Store,SKU,Movement type,Quantity\n2026-02-22,north,A1,shipment,-5\n"
    found = supplied(shop, sold(), stock=counted("2026-02-20", 60), stock_movements=moves)
    assert found.position.on_hand.tolist() == [55.0]
    assert found.counts.sentences().tolist() == [""]


@pytest.fixture(scope="module")
def awaited(tmp_path_factory: pytest.TempPathFactory) -> Supply:
    """Two orders of A1 without a due day, and two of B with one."""
    shop = open_workspace(tmp_path_factory.mktemp("awaited") / "shop.duckdb")
    orders = (
        "P1,N,north,A1,2026-02-20,,,9,\nP2,N,north,A1,2026-01-02,,,4,\n"
        "P3,N,north,B,2026-02-20,2026-03-05,,9,\nP4,N,north,B,2026-02-20,2026-03-31,,4,\n"
    )
    return supplied(shop, sold("A1", "B"), orders=ORDERS + orders)


def test_an_order_without_a_due_day_is_awaited_a_lead_time_after_it_was_placed(awaited: Supply) -> None:
    days = np.arange("2026-03-01", "2026-03-29", dtype="datetime64[D]")
    # two weeks are the lead time of a shop that states none
    assert np.flatnonzero(supply.receipts_of(awaited, days, Frequency.DAY)[0]).tolist() == [0, 5]


def test_an_order_due_within_a_week_or_month_comes_on_its_day(awaited: Supply) -> None:
    weeks = np.arange("2026-03-02", "2026-04-06", 7, dtype="datetime64[D]")
    assert np.flatnonzero(supply.receipts_of(awaited, weeks, Frequency.WEEK)[1]).tolist() == [3, 29]
    months = np.array(["2026-03-01", "2026-04-01"], "datetime64[D]")
    assert np.flatnonzero(supply.receipts_of(awaited, months, Frequency.MONTH)[1]).tolist() == [4, 30]


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
    stock = "Date,Store,SKU,On hand,On order\n2026-02-28,north,A1,40,77\n2026-02-28,north,B,40,50\n"
    orders = f"{ORDERS}P1,N,north,A1,2026-02-20,2026-03-05,,9,\n"
    found = supplied(shop, sold("A1", "B"), stock=stock, orders=orders)
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
