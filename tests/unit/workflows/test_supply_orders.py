"""A newer list of open orders tells what an older one left open."""

from datetime import date

import pytest

from core.store import facts
from core.workflows import importing, supply_orders
from core.workflows.workspace import Workspace
from tests.uploading import import_files

HEAD = "PO,Supplier,Store,SKU,Ordered on,Due on,Ordered units,Received units\n"
FIRST = (
    f"{HEAD}P1,N,north,0012,2026-02-10,2026-03-02,50,\nP2,N,north,0012,2026-02-12,2029-03-05,24,4\n"
    "P3,S,north,B,2026-02-12,2029-03-05,7,\n"
)


def awaited(shop: Workspace) -> dict[str, float]:
    found = facts.open_orders(shop, date(2026, 2, 28)).to_pandas()
    return dict(zip(found["po_id"], found["remaining_units"], strict=True))


def missed(shop: Workspace) -> list[str]:
    found = supply_orders.left_open(shop)
    return [] if found is None else found.lines["po_id"].tolist()


def test_orders_that_a_newer_list_of_open_orders_leaves_out_are_named(uncleaned: Workspace) -> None:
    import_files(uncleaned, orders=FIRST)
    import_files(
        uncleaned, newer=f"{HEAD}P1,N,north,0012,2026-02-10,2026-03-02,50,\nP4,N,north,B,2026-02-20,2029-03-09,5,\n"
    )
    assert missed(uncleaned) == ["P2"]
    assert supply_orders.left_open(uncleaned).sentence() == (
        "newer.csv lists open orders only and no longer names 1 order that an earlier file left open: P2: 20 of 0012. "
        "It still counts as on order. Has it arrived, or was it cancelled?"
    )


def test_a_list_of_new_orders_misses_only_what_is_overdue(uncleaned: Workspace) -> None:
    import_files(uncleaned, orders=FIRST)
    import_files(uncleaned, newer=f"{HEAD}P4,N,north,B,2026-02-20,2029-03-09,5,\n")
    assert missed(uncleaned) == ["P1"]


@pytest.mark.parametrize(
    "newer", ["P1,N,north,0012,2026-02-10,2026-03-02,50,50\n", "P9,N,north,B,2026-02-10,2026-03-02,5,5\n"]
)
def test_a_file_that_tells_what_came_in_leaves_nothing_open(uncleaned: Workspace, newer: str) -> None:
    import_files(uncleaned, orders=FIRST)
    import_files(uncleaned, newer=f"{HEAD}{newer}P4,N,north,B,2026-02-20,2029-03-09,5,\n")
    assert missed(uncleaned) == []


@pytest.mark.parametrize("arrived", [True, False])
def test_settled_orders_are_no_longer_awaited_until_that_is_taken_back(uncleaned: Workspace, arrived: bool) -> None:
    import_files(uncleaned, orders=FIRST)
    import_files(uncleaned, newer=f"{HEAD}P1,N,north,0012,2026-02-10,2026-03-02,50,\n")
    assert awaited(uncleaned) == {"P1": 50.0, "P2": 20.0, "P3": 7.0}
    wanted = supply_orders.settling(uncleaned, supply_orders.left_open(uncleaned), arrived=arrived)
    importing.import_tables(uncleaned, wanted)
    assert awaited(uncleaned) == {"P1": 50.0, "P3": 7.0}
    assert missed(uncleaned) == []
    importing.remove(uncleaned, importing.imported(uncleaned)[-1].upload_id)
    assert missed(uncleaned) == ["P2"]
