"""Stock reckoned from counts and movements."""

from datetime import date

import pyarrow as pa
import pytest

from core.store.facts import stock_contradictions, stock_history, stock_rows
from core.store.links import Link, put_links
from core.store.uploads import add_upload

DAY = {number: date(2024, 3, number) for number in range(1, 32)}
COUNT = {"on_order": None, "allocated": None}


@pytest.fixture
def counted(workspace, upload):
    """Load counts given as (day, sku, on_hand, further columns)."""

    def added(*rows):
        table = [
            {"line": line, "stock_date": DAY[day], "sku": sku, "location": "main", "on_hand": on_hand} | COUNT | more
            for line, (day, sku, on_hand, more) in enumerate(rows, start=2)
        ]
        schema = pa.schema(
            [("line", pa.int64()), ("stock_date", pa.date32()), ("sku", pa.string()), ("location", pa.string()),
             ("on_hand", pa.float64()), ("on_order", pa.float64()), ("allocated", pa.float64())]
        )  # fmt: skip
        add_upload(workspace, upload("counts", role="stock"), pa.Table.from_pylist(table, schema))

    return added


@pytest.fixture
def moved(workspace, upload):
    """Load movements given as (day, sku, quantity)."""

    def added(*rows):
        days, skus, quantities = zip(*rows, strict=True)
        table = {
            "line": list(range(2, len(rows) + 2)),
            "moved_on": [DAY[day] for day in days],
            "sku": list(skus),
            "location": ["main"] * len(rows),
            "quantity": [float(quantity) for quantity in quantities],
        }
        add_upload(workspace, upload("moves", role="movements"), pa.table(table))

    return added


def by_day(workspace):
    return {row["day"].day: row["on_hand"] for row in stock_history(workspace).to_pylist()}


def test_movements_carry_a_count_forward_and_back(workspace, counted, moved):
    counted((5, "A", 10.0, {}))
    moved((3, "A", 4), (4, "A", -1), (6, "A", -3), (8, "A", 20))
    assert by_day(workspace) == {3: 11.0, 4: 10.0, 5: 10.0, 6: 7.0, 8: 27.0}


def test_a_count_holds_from_its_day_on_whatever_moved_that_day(workspace, counted, moved):
    counted((5, "A", 10.0, {}), (7, "A", 4.0, {}))
    moved((5, "A", -2), (6, "A", -3), (7, "A", -1), (8, "A", -1))
    assert by_day(workspace) == {5: 10.0, 6: 7.0, 7: 4.0, 8: 3.0}
    (wrong,) = stock_contradictions(workspace).to_pylist()
    assert (wrong["day"], wrong["on_hand"], wrong["expected"], wrong["counted"]) == (DAY[7], 4.0, 6.0, True)


def test_more_going_out_than_was_there_is_a_contradiction(workspace, counted, moved):
    counted((5, "A", 2.0, {}))
    moved((6, "A", -5))
    (wrong,) = stock_contradictions(workspace).to_pylist()
    assert (wrong["day"], wrong["on_hand"], wrong["counted"]) == (DAY[6], -3.0, False)


@pytest.mark.parametrize(
    ("moves", "left"),
    [
        ([], (20.0, 50.0, 7.0)),
        ([(6, "A", -5)], (15.0, 50.0, 2.0)),
        ([(6, "A", -9)], (11.0, 50.0, 0.0)),
        ([(6, "A", 30), (7, "A", -1)], (49.0, 20.0, 6.0)),
        ([(6, "A", 30), (6, "A", -1)], (49.0, 20.0, 6.0)),
        ([(6, "A", 60)], (80.0, 0.0, 7.0)),
        ([(5, "A", 30)], (20.0, 50.0, 7.0)),
    ],
)
def test_what_was_on_order_comes_in_first_and_what_was_allocated_goes_out_first(workspace, counted, moved, moves, left):
    counted((5, "A", 20.0, {"on_order": 50.0, "allocated": 7.0}))
    moved(*moves, (9, "another", -1))
    row = next(row for row in stock_rows(workspace).to_pylist() if row["sku"] == "A")
    assert (row["on_hand"], row["on_order"], row["allocated"]) == left


def test_a_later_count_that_says_nothing_of_orders_ends_what_an_earlier_one_said(workspace, counted, moved):
    counted((5, "A", 20.0, {"on_order": 50.0}), (7, "A", 18.0, {}))
    moved((8, "A", -1))
    (row,) = stock_rows(workspace).to_pylist()
    assert (row["on_hand"], row["on_order"]) == (17.0, None)


def test_the_stock_of_linked_codes_and_their_movements_is_one(workspace, counted, moved):
    counted((5, "A", 10.0, {}), (5, "BOX", 2.0, {}))
    moved((6, "BOX", -1), (7, "A", -4))
    put_links(workspace, [Link("BOX", "A", 12.0)])
    assert by_day(workspace) == {5: 34.0, 6: 22.0, 7: 18.0}


def test_sales_leave_the_shelf_where_movement_files_hold_receipts_only(workspace, upload, sales, counted, moved):
    add_upload(workspace, upload(), sales(2, first="2024-03-06", sku="A", quantity=3.0))
    counted((5, "A", 10.0, {}))
    moved((7, "A", 20))
    assert by_day(workspace) == {5: 10.0, 6: 7.0, 7: 24.0}
