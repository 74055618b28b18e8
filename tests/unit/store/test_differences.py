"""Overlapping exports never double a row, real repetitions stay, and what would change is told before."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from core.base.errors import StoreError
from core.store.differences import difference
from core.store.uploads import ConflictError, Incoming, Upload, add_upload, add_uploads, list_uploads, remove_upload


def table(rows, **columns):
    """Sales lines from (order, day of January 2024, SKU, quantity, price)."""
    orders, days, skus, quantities, prices = zip(*rows, strict=True)
    return pa.table(
        {
            "line": pa.array(range(2, len(rows) + 2), pa.int64()),
            "order_id": pa.array(orders, pa.string()),
            "sold_at": [datetime(2024, 1, day, 9, 30) for day in days],  # noqa: DTZ001
            "sku": pa.array(skus, pa.string()),
            "location": ["main"] * len(rows),
            "quantity": [float(quantity) for quantity in quantities],
            "unit_price": pa.array(prices, pa.float64()),
            **columns,
        }
    )


def an_upload(content, role="sales"):
    return Upload(content, f"{content}.csv", "", role, "own columns", "{}", 0)


def units(workspace):
    with workspace.cursor() as cursor:
        return cursor.execute("SELECT count(*), coalesce(sum(quantity), 0) FROM sales_lines").fetchone()


def told(workspace, content, rows, mode="append", role="sales"):
    (found,) = difference(workspace, [Incoming(an_upload(content, role), rows)], mode)
    return found.adds, found.changes, found.removes, found.already_there


ORDERS = [("1", 1, "A", 2, 5.0), ("1", 1, "B", 1, 7.5), ("2", 2, "A", 1, 5.0)]
SUMS = [(None, 1, "A", 5, None), (None, 1, "B", 2, None), (None, 2, "A", 4, None)]


def test_an_export_that_overlaps_adds_only_its_new_orders(workspace):
    add_upload(workspace, an_upload("jan"), table(ORDERS))
    later = table([*ORDERS, ("3", 3, "A", 4, 5.0)])
    assert told(workspace, "feb", later) == (1, 0, 0, 3)
    summary = add_upload(workspace, an_upload("feb"), later)
    assert (summary.loaded, summary.skipped) == (1, 3)
    assert units(workspace) == (4, 8.0)


def test_an_export_under_other_headers_with_line_totals_instead_of_prices_is_known(workspace):
    add_upload(workspace, an_upload("a"), table(ORDERS))
    totals = table([(f"#{order}", day, sku, n, None) for order, day, sku, n, _ in ORDERS], amount=[10.0, 7.5, 5.0])
    assert told(workspace, "b", totals) == (0, 0, 0, 3)


def test_an_export_without_prices_or_with_a_status_is_known(workspace):
    add_upload(workspace, an_upload("a"), table(ORDERS))
    bare = table([(order, day, sku, n, None) for order, day, sku, n, _ in ORDERS], status=["paid"] * 3)
    assert told(workspace, "b", bare) == (0, 0, 0, 3)


def test_rows_that_a_file_repeats_stay_as_often_as_it_repeats_them(workspace):
    twice = [("1", 1, "A", 1, 5.0)] * 2
    assert add_upload(workspace, an_upload("a"), table(twice)).loaded == 2
    assert told(workspace, "b", table([*twice, twice[0]])) == (1, 0, 0, 2)
    add_upload(workspace, an_upload("b"), table([*twice, twice[0]]))
    assert units(workspace) == (3, 3.0)


def test_a_gift_line_beside_a_sold_one_is_no_change(workspace):
    add_upload(workspace, an_upload("a"), table([("1", 1, "A", 1, 10.0)]))
    assert told(workspace, "b", table([("1", 1, "A", 1, 0.0), ("1", 1, "A", 1, 10.0)])) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (table([("1", 1, "A", 2, 5.0)]), table([("1", 1, "A", 3, 5.0)])),
        (table([("1", 1, "A", 2, 5.0)], status=["paid"]), table([("1", 1, "A", 2, 5.0)], status=["refunded"])),
        (table([("1", 1, "A", 2, 5.0)]), table([("1", 1, "A", 2, 6.0)])),
        (table(SUMS[:1]), table([(None, 1, "A", 6, None)])),
        (table(SUMS[:1]), table([("1", 1, "A", 2, 5.0)])),
        (table([("1", 1, "A", 2, 5.0)]), table(SUMS[:1])),
        (table(SUMS[:1]), table([(None, 1, "A", 6, None)], channel=["web"])),
    ],
    ids=["quantity", "status", "price", "sum", "orders beside sums", "sums beside orders", "channel known now"],
)
def test_rows_that_say_something_else_are_changes_and_appending_refuses_them(workspace, earlier, later):
    add_upload(workspace, an_upload("a"), earlier)
    assert told(workspace, "b", later) == (0, 1, 0, 0)
    with pytest.raises(
        ConflictError, match=r"b\.csv: 1 of 1 rows say something else .* --on-conflict replace .*skip .*add"
    ):
        add_upload(workspace, an_upload("b"), later)
    assert [record.file_name for record in list_uploads(workspace)] == ["a.csv"]


def test_the_return_of_an_order_is_new(workspace):
    add_upload(workspace, an_upload("a"), table(ORDERS))
    assert told(workspace, "b", table([*ORDERS, ("1", 1, "A", -2, 5.0)])) == (1, 0, 0, 3)


def test_another_channel_of_the_same_day_is_new(workspace):
    add_upload(workspace, an_upload("a"), table(SUMS, channel=["web"] * 3))
    assert told(workspace, "b", table(SUMS, channel=["shop"] * 3)) == (3, 0, 0, 0)


def test_sums_of_days_known_with_the_same_value_are_there(workspace):
    add_upload(workspace, an_upload("a"), table(SUMS))
    assert told(workspace, "b", table([*SUMS, (None, 3, "A", 1, None)])) == (1, 0, 0, 3)


def test_adding_stores_what_differs_beside_what_is_there(workspace):
    add_upload(workspace, an_upload("a"), table(ORDERS))
    corrected = table([("1", 1, "A", 3, 5.0), *ORDERS[1:]])
    assert told(workspace, "b", corrected, "add") == (0, 1, 0, 2)
    add_upload(workspace, an_upload("b"), corrected, on_conflict="add")
    assert units(workspace) == (4, 7.0)


def test_sums_of_another_shop_are_added_even_where_they_are_equal_by_chance(workspace):
    add_upload(workspace, an_upload("a"), table(SUMS))
    other = table([(None, 1, "A", 5, None), (None, 1, "B", 9, None)])
    assert told(workspace, "b", other, "add") == (1, 1, 0, 0)
    add_upload(workspace, an_upload("b"), other, on_conflict="add")
    assert units(workspace) == (5, 25.0)


def test_adding_the_same_sums_again_adds_nothing(workspace):
    add_upload(workspace, an_upload("a"), table(SUMS))
    add_upload(workspace, an_upload("b"), table(SUMS), on_conflict="add")
    assert units(workspace) == (3, 11.0)


def test_replacing_tells_what_goes_and_what_changes(workspace):
    add_upload(workspace, an_upload("a"), table(ORDERS))
    later = table([("1", 1, "A", 9, 5.0), ("9", 1, "C", 1, 1.0)])
    assert told(workspace, "b", later, "replace") == (1, 1, 1, 0)
    summary = add_upload(workspace, an_upload("b"), later, on_conflict="replace")
    assert (summary.replaced, summary.loaded, units(workspace)) == (2, 2, (3, 11.0))


def test_replacing_all_leaves_only_the_file(workspace):
    add_upload(workspace, an_upload("a"), table(ORDERS))
    march = table([("7", 20, "A", 1, 5.0)])
    assert told(workspace, "b", march, "replace_all") == (1, 0, 3, 0)
    add_upload(workspace, an_upload("b"), march, on_conflict="replace_all")
    assert units(workspace) == (1, 1.0)
    assert [record.loaded for record in list_uploads(workspace)] == [0, 1]


def test_of_several_files_that_replace_all_what_one_brings_back_is_not_removed_by_another(workspace):
    add_upload(workspace, an_upload("a"), table([*ORDERS, ("8", 8, "A", 1, 5.0), ("9", 9, "A", 1, 5.0)]))
    days = [table([order]) for order in (*ORDERS, ("7", 9, "C", 1, 5.0))]
    items = [Incoming(an_upload(f"d{place}"), rows) for place, rows in enumerate(days)]
    told = difference(workspace, items, "replace_all")
    assert [(each.adds, each.already_there) for each in told] == [(0, 1), (0, 1), (0, 1), (1, 0)]
    assert sum(each.removes for each in told) == 2
    add_uploads(workspace, items, on_conflict="replace_all")
    assert units(workspace) == (4, 5.0)


def test_what_files_of_one_action_both_say_takes_the_place_of_nothing_else(workspace):
    add_upload(workspace, an_upload("a"), table([ORDERS[0], *(("8", 8, sku, 1, 5.0) for sku in "XYZ")]))
    items = [Incoming(an_upload("w1"), table(ORDERS[:2])), Incoming(an_upload("w2"), table(ORDERS))]
    told = difference(workspace, items, "replace_all")
    assert sum(each.removes for each in told) == 3
    assert sum(each.adds for each in told) == 2


def test_of_several_files_that_replace_their_days_each_tells_what_goes_of_them(workspace):
    add_upload(workspace, an_upload("a"), table([*ORDERS, ("9", 9, "A", 1, 5.0), ("9", 9, "B", 1, 5.0)]))
    days = [table([ORDERS[0]]), table([("7", 9, "C", 1, 5.0)])]
    items = [Incoming(an_upload(f"d{place}"), rows) for place, rows in enumerate(days)]
    told = difference(workspace, items, "replace")
    assert [(each.adds, each.removes, each.already_there) for each in told] == [(0, 1, 1), (1, 2, 0)]
    add_uploads(workspace, items, on_conflict="replace")
    assert units(workspace) == (3, 4.0)


def test_telling_the_difference_changes_nothing(workspace):
    add_upload(workspace, an_upload("a"), table(ORDERS))
    for mode in ("append", "add", "replace", "replace_all", "skip"):
        told(workspace, "b", table([("1", 1, "A", 9, 5.0)]), mode)
    assert units(workspace) == (3, 4.0)
    assert len(list_uploads(workspace)) == 1


def test_overlapping_files_of_one_action_are_stored_once(workspace):
    items = [Incoming(an_upload("w1"), table(ORDERS[:2])), Incoming(an_upload("w2"), table(ORDERS))]
    first, second = difference(workspace, items)
    assert (first.adds, second.adds, second.already_there) == (2, 1, 2)
    add_uploads(workspace, items)
    assert units(workspace) == (3, 4.0)


def test_the_difference_is_said_in_words(workspace):
    add_upload(workspace, an_upload("a"), table(ORDERS))
    (found,) = difference(workspace, [Incoming(an_upload("b"), table([("1", 1, "A", 9, 5.0), ORDERS[1]]))], "skip")
    assert found.sentence() == "adds 0 rows, changes 0, removes 0; 1 are there already; 1 are left out"


def test_the_very_same_file_changes_nothing(workspace):
    add_upload(workspace, an_upload("a"), table(ORDERS))
    (found,) = difference(workspace, [Incoming(an_upload("a"), table(ORDERS))])
    assert (found.loaded_before, found.adds, found.already_there) == (True, 0, 3)


def stock(on_hand, day=date(2024, 1, 1)):
    return pa.table(
        {
            "line": pa.array([2], pa.int64()),
            "stock_date": pa.array([day], pa.date32()),
            "sku": ["A"],
            "location": ["main"],
            "on_hand": [on_hand],
        }
    )


def test_a_stock_report_that_says_the_same_is_not_stored_again_and_one_that_differs_holds(workspace):
    add_upload(workspace, an_upload("a", "stock"), stock(5.0))
    assert told(workspace, "b", stock(5.0), role="stock") == (0, 0, 0, 1)
    assert told(workspace, "c", stock(7.0), role="stock") == (0, 1, 0, 0)
    add_upload(workspace, an_upload("c", "stock"), stock(7.0))
    # what it says was said before, but is not what holds now
    assert told(workspace, "d", stock(5.0), role="stock") == (0, 1, 0, 0)


def test_a_stock_report_without_a_date_of_another_day_is_new(workspace):
    add_uploads(
        workspace,
        [Incoming(an_upload("a", "stock"), stock(5.0, None))],
        at=datetime(2024, 1, 1, 8),  # noqa: DTZ001
    )
    assert told(workspace, "b", stock(5.0, None), role="stock") == (1, 0, 0, 0)


def order(lines):
    return pa.table(
        {
            "line": pa.array(range(2, len(lines) + 2), pa.int64()),
            "po_id": ["P1"] * len(lines),
            "sku": ["A"] * len(lines),
            "location": ["main"] * len(lines),
            "ordered_on": pa.array([date(2024, 1, 1)] * len(lines), pa.date32()),
            "ordered_units": lines,
        }
    )


def test_an_order_of_two_lines_with_one_changed_is_stored_whole(workspace):
    add_upload(workspace, an_upload("a", "orders"), order([5.0, 7.0]))
    summary = add_upload(workspace, an_upload("b", "orders"), order([5.0, 8.0]))
    assert (summary.loaded, summary.changes) == (2, 2)


def test_taking_an_upload_back_leaves_what_a_later_one_says_too(workspace):
    add_upload(workspace, an_upload("jan"), table(ORDERS))
    both = Incoming(an_upload("jan and feb"), table([*ORDERS, ("3", 3, "A", 4, 5.0)]))
    add_uploads(workspace, [both])
    remove_upload(workspace, an_upload("jan").upload_id, [both])
    assert units(workspace) == (4, 8.0)
    assert [record.loaded for record in list_uploads(workspace)] == [4]


def test_what_a_later_upload_replaced_does_not_come_back_with_its_removal(workspace):
    add_upload(workspace, an_upload("a"), table(ORDERS))
    earlier = Incoming(an_upload("a"), table(ORDERS))
    add_upload(workspace, an_upload("b"), table([("1", 1, "A", 9, 5.0)]), on_conflict="replace")
    remove_upload(workspace, an_upload("b").upload_id, [earlier])
    assert units(workspace) == (1, 1.0)


def test_an_unknown_role_is_refused(workspace):
    with pytest.raises(StoreError, match="The role must be one of"):
        add_upload(workspace, an_upload("a", "weather"), table(ORDERS))
