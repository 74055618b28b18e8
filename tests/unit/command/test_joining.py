"""The commands about how files meet, on a shop of two codes that sell every day and a stock report."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from core.command.main import main

SALES = "Date,SKU,Quantity\n" + "".join(f"2026-01-{day:02d},{sku},2\n" for day in range(1, 29) for sku in ("A1", "B1"))
STOCK = "Date,SKU,On hand\n2026-01-28,A1,5\n2026-01-28,a1,7\n2026-01-28,C9,5\n"


@pytest.fixture(scope="module")
def imported(import_into: Callable[[dict[str, str]], Path]) -> Path:
    folder = import_into({"sales.csv": SALES, "stock.csv": STOCK})
    (folder / "links.csv").write_text("old_sku,new_sku,factor\nA1,B1,2\n")
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    status = main(arguments)
    heard = capsys.readouterr()
    return status, heard.out or heard.err


def test_codes_are_linked_from_a_file_listed_and_taken_back(shop: Path, capsys) -> None:
    where = ("--workspace", str(shop))
    status, text = told(capsys, "links", str(shop.parent / "links.csv"), "--json", *where)
    found = json.loads(text)
    assert (status, found["links"][0]["old_sku"], found["links"][0]["factor"]) == (0, "A1", 2.0)
    assert told(capsys, "links", "--remove", "A1", *where)[1].startswith("A1 counts by itself again.\n0 links in force")
    assert told(capsys, "links", "--remove", "A1", *where)[0] == 2
    status, text = told(capsys, "links", str(shop.parent / "nowhere.csv"), *where)
    assert (status, text.count("\n")) == (2, 1)
    assert text.startswith("There is no file")


def test_one_code_is_linked_and_the_list_written_for_the_next_workspace(shop: Path, capsys) -> None:
    where = ("--workspace", str(shop))
    assert told(capsys, "link", "A1", "B1", "--factor", "6", "--reason", "pack of six", *where)[0] == 0
    out = shop.parent / "out.csv"
    assert "A1 counts as 6" in told(capsys, "links", "--out", str(out), *where)[1]
    assert pd.read_csv(out).to_dict("records") == [
        {"old_sku": "A1", "new_sku": "B1", "factor": 6.0, "reason": "pack of six"}
    ]
    status, text = told(capsys, "link", "X", "Y", *where)
    assert (status, text.startswith("“X” and “Y” are named by no file.")) == (2, True)


def test_what_meets_no_sales_is_told_with_likely_mends(shop: Path, capsys) -> None:
    text = told(capsys, "fit", "--workspace", str(shop))[1]
    assert "stock: 2 of 3 keys (sku) meet no sales." in text
    assert "Perhaps a1 is A1 (sku, " in text
    found = json.loads(told(capsys, "fit", "--json", "--workspace", str(shop))[1])
    assert {row["sku"] for row in found["unmatched"]} == {"a1", "C9"}


def test_orders_left_open_are_named_and_settled(shop: Path, capsys) -> None:
    where = ("--workspace", str(shop))
    assert told(capsys, "orders", *where) == (0, "No order was left open.\n")
    head = "PO,Supplier,SKU,Ordered on,Due on,Ordered units\n"
    for name, lines in (
        ("orders", "P1,N,A1,2026-01-10,2029-01-20,5\nP2,N,A1,2026-01-11,2029-01-21,7\n"),
        ("newer", "P2,N,A1,2026-01-11,2029-01-21,7\n"),
    ):
        (shop.parent / f"{name}.csv").write_text(head + lines)
        assert told(capsys, "import", str(shop.parent / f"{name}.csv"), *where)[0] == 0
    assert "newer.csv lists open orders only and no longer names 1 order" in told(capsys, "orders", *where)[1]
    assert told(capsys, "orders", "--arrived", *where) == (0, "Orders no longer awaited: 1.\n")
    assert told(capsys, "orders", *where) == (0, "No order was left open.\n")


def test_coverage_tells_how_much_drivers_and_stock_say(shop: Path, capsys) -> None:
    found = json.loads(told(capsys, "coverage", "--json", "--workspace", str(shop))[1])
    (stock,) = [row for row in found if row["driver"] == "on_hand"]
    assert stock["skus"] == 1
    assert stock["known_until"] is None
