"""Anonymous exports one after another, and the commands about persons."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from core.base.errors import NoDataError, StoreError
from core.command.main import main
from core.ingest.pseudonyms import pseudonym
from core.store import anonymous as groupings
from core.store.people import customer_key
from core.store.uploads import Upload, add_upload, remove_upload
from core.store.workspace import Workspace
from core.workflows.privacy import DisclosureError, anonymous_sales

NEW_YEAR = datetime.fromisoformat("2026-01-01")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("STOCKCAST_KEY", raising=False)
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    yield workspace
    workspace.close()


def sell(shop: Workspace, name: str, *groups: tuple[int, str, range]) -> str:
    """One line in a month at a location for each of some customers; returns the upload."""
    sold = [(month, place, who) for month, place, customers in groups for who in customers]
    key = customer_key(shop)
    rows = pa.table(
        {
            "line": pa.array(range(len(sold)), pa.int64()),
            "order_id": [f"{name}-{n}" for n in range(len(sold))],
            "sold_at": [NEW_YEAR.replace(month=month, day=1 + n % 28) for n, (month, _at, _who) in enumerate(sold)],
            "sku": ["A"] * len(sold), "location": [place for _month, place, _who in sold],
            "quantity": [3.0] * len(sold), "unit_price": [2.5] * len(sold),
            "customer": [pseudonym(f"c{who}", key) for _month, _at, who in sold],
        }
    )  # fmt: skip
    about = Upload(name, f"{name}.csv", "", "sales", "own columns", "{}", len(sold))
    add_upload(shop, about, rows, on_conflict="add")
    return about.upload_id


def test_groups_of_five_are_handed_out_with_lines_units_and_revenue(shop: Workspace) -> None:
    sell(shop, "a", (1, "north", range(6)), (1, "south", range(7)))
    found = anonymous_sales(shop, ["location"]).table
    assert found.values.tolist() == [["north", 6, 18.0, 45.0], ["south", 7, 21.0, 52.5]]


def test_the_first_day_stands_for_its_month_and_week(shop: Workspace) -> None:
    sell(shop, "a", (1, "north", range(28)))
    assert anonymous_sales(shop, ["month"]).table["month"].tolist() == [pd.Timestamp("2026-01-01")]
    weeks = anonymous_sales(shop, ["week"], fresh=True).table["week"]
    assert weeks.dt.day_of_week.unique().tolist() == [0]


def test_the_same_export_twice_says_the_same(shop: Workspace) -> None:
    sell(shop, "a", (1, "north", range(6)), (2, "north", range(7)))
    first, second = (anonymous_sales(shop, ["month"]).table for _ in range(2))
    assert first.equals(second)


def test_a_crossing_grouping_is_refused_and_allowed_only_afresh(shop: Workspace) -> None:
    sell(shop, "a", (1, "north", range(6)), (2, "north", range(7)))
    anonymous_sales(shop, ["month"])
    with pytest.raises(
        DisclosureError,
        match=r"of \d+ \w+ 20\d\d \d\d:\d\d was grouped by month\. Crossed with one by location it could show single",
    ):
        anonymous_sales(shop, ["location"])
    assert len(anonymous_sales(shop, ["location"], fresh=True).table) == 1


def test_one_person_more_since_the_last_export_does_not_show(shop: Workspace) -> None:
    sell(shop, "a", (1, "north", range(6)), (2, "north", range(7)), (3, "north", range(8)))
    before = anonymous_sales(shop, ["month"]).table
    sell(shop, "b", (1, "north", range(100, 101)))
    after = anonymous_sales(shop, ["month"]).table
    assert before["lines"].tolist() == [6, 7, 8]
    assert dict(zip(after["month"].dt.month, after["lines"], strict=True)) == {2: 7, 3: 8}


def test_five_persons_more_do(shop: Workspace) -> None:
    sell(shop, "a", (1, "north", range(6)), (2, "north", range(7)))
    anonymous_sales(shop, ["month"])
    sell(shop, "b", (1, "north", range(100, 105)))
    assert anonymous_sales(shop, ["month"]).table["lines"].tolist() == [11, 7]


def test_a_group_shown_before_hides_nobody_now(shop: Workspace) -> None:
    """With the total of all months, which a coarser export gives, January would be what February leaves."""
    places = ("north", "south")
    april = range(30, 34)
    sell(shop, "a", *[(1, at, range(1)) for at in places], *[(2, at, range(10, 16)) for at in places],
         *[(3, at, range(20, 29)) for at in places], *[(4, at, april) for at in places])  # fmt: skip
    before = anonymous_sales(shop, ["month", "location"]).table
    assert sorted(set(before["month"].dt.month)) == [2, 3]
    sell(shop, "b", *[(4, at, range(40, 50)) for at in places])
    after = anonymous_sales(shop, ["month", "location"]).table
    known = set(before["month"].dt.month) | set(after["month"].dt.month)
    assert known == {2, 3}, "with April known, only January were not"


def test_an_export_by_months_knows_of_one_by_days(shop: Workspace) -> None:
    sell(shop, "a", *[(1, "north", range(28 * n, 28 * n + 28)) for n in range(6)])
    anonymous_sales(shop, ["day"])
    assert anonymous_sales(shop, ["month"]).table["lines"].tolist() == [168]


def test_after_sales_were_removed_the_difference_is_refused(shop: Workspace) -> None:
    sell(shop, "a", (1, "north", range(6)))
    gone = sell(shop, "b", (1, "north", range(10, 11)))
    anonymous_sales(shop, ["month"], fresh=True)
    remove_upload(shop, gone)
    with pytest.raises(
        DisclosureError, match="were removed or replaced since; the difference could show single persons"
    ):
        anonymous_sales(shop, ["month"])


def test_no_sales_no_export(shop: Workspace) -> None:
    with pytest.raises(NoDataError, match="There are no sales yet"):
        anonymous_sales(shop, ["month"])


def test_every_export_is_noted(shop: Workspace) -> None:
    sell(shop, "a", (1, "north", range(6)))
    anonymous_sales(shop, ["month"])
    with shop.cursor() as cursor:
        found = cursor.execute("SELECT detail FROM audit WHERE action = 'anonymous export'").fetchall()
    assert found == [("by month, groups of 5 persons or more",)]


def test_the_commands_write_forget_and_change_the_key(shop: Workspace, tmp_path: Path, capsys) -> None:
    sell(shop, "a", (1, "north", range(6)), (1, "south", range(2)), (1, "west", range(9)))
    where = ["--workspace", str(shop.path)]
    assert main(["export-anonymous", "--by", "location", "--out", str(tmp_path / "groups.csv"), "--json", *where]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "groups": 3, "suppressed": 2, "suppressed_lines": 8, "k": 5, "rows": 1,
    }  # fmt: skip
    assert (tmp_path / "groups.csv").read_text("utf-8-sig").splitlines() == [
        "Location,Lines,Units,Revenue",
        "west,9,27.0,67.5",
    ]
    assert main(["forget-person", "c0", *where]) == 0
    assert capsys.readouterr().out.startswith(
        "3 sales lines no longer name the customer; 0 kept uploads and 0 lines set"
    )
    assert main(["rotate-key", *where]) == 0
    assert capsys.readouterr().out.startswith("8 pseudonyms were hashed again.")


def test_an_identifier_may_be_given_where_no_one_can_read_it(shop: Workspace, capsys, monkeypatch) -> None:
    sell(shop, "a", (1, "north", range(6)))
    monkeypatch.setattr("sys.stdin", type("Typed", (), {"readline": staticmethod(lambda: "c3\n")}))
    assert main(["forget-person", "-", "--workspace", str(shop.path)]) == 0
    assert capsys.readouterr().out.startswith("1 sales lines no longer name the customer")


def test_backups_made_before_are_pointed_out(shop: Workspace, capsys) -> None:
    from core.workflows import backups

    sell(shop, "a", (1, "north", range(6)))
    backups.make(shop)
    assert main(["forget-person", "c3", "--workspace", str(shop.path)]) == 0
    assert (
        "1 backups made before still hold what was taken out. Make a new one and delete them."
        in capsys.readouterr().out
    )


def test_an_export_of_sales_that_changed_meanwhile_is_refused(shop: Workspace, monkeypatch) -> None:
    sell(shop, "a", (1, "north", range(6)))
    group = groupings.persons_by_group

    def slowly(*given):
        found = group(*given)
        sell(shop, "b", (1, "north", range(6, 7)))
        return found

    monkeypatch.setattr(groupings, "persons_by_group", slowly)
    with pytest.raises(StoreError, match=r"while the export was made\. Make it again\."):
        anonymous_sales(shop, ["location"])


def test_of_two_exports_at_the_same_time_the_second_knows_of_the_first(shop: Workspace, monkeypatch) -> None:
    sell(shop, "a", (1, "north", range(6)))
    group, inside, go_on = groupings.persons_by_group, threading.Event(), threading.Event()

    def slowly(*given):
        inside.set()
        go_on.wait(10)
        return group(*given)

    monkeypatch.setattr(groupings, "persons_by_group", slowly)
    with ThreadPoolExecutor() as sessions:
        first = sessions.submit(anonymous_sales, shop, ["location"])
        inside.wait(10)
        second = sessions.submit(anonymous_sales, shop, ["channel"])
        wait([second], 0.3)
        go_on.set()
        assert len(first.result().table) == 1
        with pytest.raises(DisclosureError):
            second.result()
