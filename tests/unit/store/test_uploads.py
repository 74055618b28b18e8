from dataclasses import dataclass, replace
from datetime import date, datetime

import pyarrow as pa
import pytest

from core.base.errors import StoreError
from core.store.uploads import (
    Incoming,
    add_upload,
    add_uploads,
    list_uploads,
    overlapping_rows,
    quarantined_rows,
    remove_upload,
)
from core.store.workspace import Workspace, ledger_problems


@dataclass
class Rejected:
    line: int
    reason: str
    content: str


def stored(workspace, table="sales_lines"):
    with workspace.cursor() as cursor:
        return cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608


def test_the_summary_tells_what_was_loaded(workspace, sales, upload):
    summary = add_upload(workspace, upload(records=4), sales(3), [Rejected(5, "no date", "TOTAL;12")])
    assert (summary.file, summary.role, summary.records, summary.loaded, summary.quarantined) == (
        "march.csv", "sales", 4, 3, 1,
    )  # fmt: skip
    assert (summary.skus, summary.first_period, summary.last_period) == (1, date(2024, 3, 1), date(2024, 3, 3))
    assert summary.already_loaded_at is None


def test_lines_set_aside_are_kept_with_their_reason(workspace, sales, upload):
    add_upload(workspace, upload(), sales(1), [Rejected(5, "no date", "TOTAL;12")])
    row = quarantined_rows(workspace).iloc[0]
    assert (row.file_name, row.line, row.reason, row.content) == ("march.csv", 5, "no date", "TOTAL;12")


def test_the_same_file_is_not_loaded_twice_even_under_another_name(workspace, sales, upload):
    add_upload(workspace, upload(), sales(3))
    again = add_upload(workspace, upload(file_name="copy of march.csv"), sales(3))
    assert stored(workspace) == 3
    assert again.already_loaded_at == list_uploads(workspace)[0].loaded_at
    assert again.loaded == 3


def test_the_same_file_twice_in_one_action_is_loaded_once(workspace, sales, upload):
    first, second = add_uploads(workspace, [Incoming(upload(), sales(3)), Incoming(upload(), sales(3))])
    assert stored(workspace) == 3
    assert first.already_loaded_at is None
    assert second.already_loaded_at is not None


def test_another_mapping_of_the_same_file_is_another_load(workspace, sales, upload):
    add_upload(workspace, upload(), sales(3))
    add_upload(workspace, upload(mapping_json='{"quantity": 2}'), sales(3, sku="B-9"))
    assert stored(workspace) == 6
    assert len(list_uploads(workspace)) == 2


def test_one_bad_table_keeps_the_whole_action_out(workspace, sales, upload):
    bad = sales(2).set_column(3, "sku", pa.array(["A", None]))
    with pytest.raises(StoreError, match=r"needs a value of “sku”; march.csv has 1 empty cells"):
        add_uploads(workspace, [Incoming(upload("c1"), sales(3)), Incoming(upload("c2"), bad)])
    assert stored(workspace) == 0
    assert list_uploads(workspace) == []


def test_a_failure_in_the_second_table_rolls_the_first_back(workspace, sales, upload):
    bad = sales(2).set_column(2, "sold_at", pa.array(["no date", "none"]))
    with pytest.raises(Exception, match="no date"):
        add_uploads(workspace, [Incoming(upload("c1"), sales(3)), Incoming(upload("c2"), bad)])
    assert stored(workspace) == 0
    assert ledger_problems(workspace) == []


def test_replace_removes_earlier_rows_of_the_same_days_and_locations_only(workspace, sales, upload):
    add_upload(workspace, upload("jan"), sales(10, first="2024-01-01"))
    elsewhere = sales(10, first="2024-01-01").set_column(4, "location", pa.array(["outlet"] * 10))
    add_upload(workspace, upload("outlet"), elsewhere)
    summary = add_upload(workspace, upload("fix"), sales(3, first="2024-01-04", quantity=9.0), on_conflict="replace")
    assert summary.replaced == 3
    assert [record.loaded for record in list_uploads(workspace)] == [7, 10, 3]
    assert ledger_problems(workspace) == []


def test_files_of_one_action_do_not_replace_one_another(workspace, sales, upload):
    items = [Incoming(upload("online"), sales(5)), Incoming(upload("shop"), sales(5, sku="B"))]
    add_uploads(workspace, items, on_conflict="replace")
    assert stored(workspace) == 10


def test_skip_leaves_out_orders_that_are_known_with_other_values(workspace, sales, upload):
    add_upload(workspace, upload("a"), sales(5, first="2024-01-01"))
    summary = add_upload(workspace, upload("b"), sales(7, first="2024-01-01", quantity=9.0), on_conflict="skip")
    assert (summary.skipped, summary.loaded) == (5, 2)
    assert stored(workspace) == 7


def test_a_replaced_file_can_be_brought_back_by_replacing_again(workspace, sales, upload):
    add_upload(workspace, upload("a"), sales(3))
    add_upload(workspace, upload("b"), sales(3, quantity=9.0), on_conflict="replace")
    back = add_upload(workspace, upload("a"), sales(3), on_conflict="replace")
    assert back.already_loaded_at is None
    assert [record.loaded for record in list_uploads(workspace)] == [0, 3]


@pytest.mark.parametrize(
    ("role", "table", "rows"),
    [
        (
            "stock",
            "stock_levels",
            {"stock_date": [date(2024, 1, 1)], "sku": ["A"], "location": ["main"], "on_hand": [4.0]},
        ),
        ("products", "products", {"sku": ["A"], "unit_cost": [2.5]}),
        ("suppliers", "supply_terms", {"supplier": ["S"], "sku": pa.array([None], pa.string()), "moq": [6.0]}),
        (
            "orders",
            "purchase_orders",
            {"sku": ["A"], "location": ["main"], "ordered_on": [date(2024, 1, 1)], "ordered_units": [5.0]},
        ),
        ("drivers", "drivers", {"period": [date(2024, 1, 1)], "driver": ["price"], "value": [1.5]}),
    ],
)
def test_every_role_is_loaded_replaced_and_skipped(workspace, upload, role, table, rows):
    frame = pa.table({"line": [2], **rows})
    empty = {name: pa.nulls(1, pa.string()) for name in ("sku", "location", "supplier", "po_id") if name not in rows}
    known = {"suppliers": ("location",), "orders": ("supplier", "po_id"), "drivers": ("sku", "location")}.get(role, ())
    for name in known:
        frame = frame.append_column(name, empty[name])
    add_upload(workspace, upload("1", role=role), frame)
    assert overlapping_rows(workspace, role, frame) == 1
    assert add_upload(workspace, upload("2", role=role), frame, on_conflict="skip").skipped == 1
    assert add_upload(workspace, upload("3", role=role), frame, on_conflict="replace").replaced == 1
    assert stored(workspace, table) == 1
    assert ledger_problems(workspace) == []


def test_a_removed_upload_leaves_nothing_and_can_be_loaded_again(workspace, sales, upload):
    add_upload(workspace, upload(), sales(3), [Rejected(9, "no date", "x")])
    key = list_uploads(workspace)[0].upload_id
    assert remove_upload(workspace, key) == 3
    assert (stored(workspace), stored(workspace, "quarantine"), list_uploads(workspace)) == (0, 0, [])
    assert ledger_problems(workspace) == []
    assert add_upload(workspace, upload(), sales(3)).already_loaded_at is None


def test_removing_what_is_not_there_says_so(workspace):
    with pytest.raises(StoreError, match="no upload nothing in this workspace"):
        remove_upload(workspace, "nothing")


def test_hostile_names_are_data(workspace, sales, upload):
    nasty = "'; DROP TABLE sales_lines; --"
    add_upload(workspace, upload(file_name=nasty * 20, member="../../etc"), sales(1, sku=nasty))
    record = list_uploads(workspace)[0]
    assert len(record.file_name) == 120
    with workspace.cursor() as cursor:
        assert cursor.execute("SELECT sku FROM sales_lines").fetchone() == (nasty,)


def test_what_was_loaded_survives_closing(workspace, sales, upload):
    add_upload(workspace, upload(), sales(3))
    workspace.close()
    again = Workspace.open(workspace.path)
    assert stored(again) == 3
    assert ledger_problems(again) == []
    again.close()


def test_times_of_day_are_kept_as_they_are(workspace, sales, upload):
    moment = datetime(2024, 3, 31, 2, 30)  # noqa: DTZ001 - an hour that summer time skips in Europe
    rows = sales(1).set_column(2, "sold_at", pa.array([moment]))
    add_upload(workspace, replace(upload(), records=1), rows)
    with workspace.cursor() as cursor:
        assert cursor.execute("SELECT sold_at FROM sales_lines").fetchone() == (moment,)
