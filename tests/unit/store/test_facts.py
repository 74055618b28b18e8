from datetime import date, datetime

import pyarrow as pa
import pytest

from core.store.facts import (
    driver_rows,
    line_statistics,
    open_orders,
    product_rows,
    purchase_history,
    stock_history,
    stock_rows,
    supply_rows,
)
from core.store.joining import sold_keys
from core.store.settings import Settings, write_settings
from core.store.uploads import add_upload

TEXTS = {
    "products": ("product_name", "category", "supplier"),
    "suppliers": ("sku", "location"),
    "orders": ("po_id", "supplier"),
    "drivers": ("sku", "location"),
}
moment = datetime.fromisoformat
DAY = {number: date(2024, 1, number) for number in range(1, 32)}


@pytest.fixture
def add(workspace, upload):
    """Load rows given as dicts; every call is a later upload."""
    count = iter(range(100))

    def added(role, *rows):
        names = {name: None for row in rows for name in row}
        frame = pa.table({name: [row.get(name) for row in rows] for name in names})
        for name in TEXTS.get(role, ()):
            if name not in names:
                frame = frame.append_column(name, pa.nulls(len(rows), pa.string()))
        frame = frame.append_column("line", pa.array(range(2, len(rows) + 2)))
        add_upload(workspace, upload(f"c{next(count)}", role=role), frame)

    return added


def test_the_latest_driver_value_wins_per_key(workspace, add):
    add(
        "drivers",
        {"period": DAY[1], "driver": "price", "value": 2.0},
        {"period": DAY[2], "driver": "price", "value": 3.0},
    )
    add("drivers", {"period": DAY[1], "driver": "price", "value": 1.5})
    rows = driver_rows(workspace)
    assert rows.column("value").to_pylist() == [1.5, 3.0]


def test_products_take_the_latest_value_given_for_each_attribute(workspace, add):
    add("products", {"sku": "A", "product_name": "Mug", "unit_cost": 2.0})
    add("products", {"sku": "A", "product_name": None, "unit_cost": 2.5, "category": "Kitchen"})
    (row,) = product_rows(workspace).to_pylist()
    assert (row["product_name"], row["unit_cost"], row["category"]) == ("Mug", 2.5, "Kitchen")


def test_a_sku_known_from_sales_only_has_its_name_and_the_price_it_sold_at(workspace, upload):
    rows = pa.table(
        {
            "line": [2, 3, 4],
            "sold_at": [moment("2023-01-01T00:00"), moment("2024-01-01T00:00"), moment("2024-01-02T00:00")],
            "sku": ["A"] * 3,
            "location": ["main"] * 3,
            "quantity": [1.0, 3.0, 1.0],
            "unit_price": [99.0, 4.0, 8.0],
            "product_name": ["Mug"] * 3,
        }
    )
    add_upload(workspace, upload(), rows)
    (row,) = product_rows(workspace).to_pylist()
    assert (row["product_name"], row["unit_price"], row["sold_price"]) == ("Mug", None, 5.0)


def test_supply_terms_for_all_skus_and_for_one_stand_side_by_side(workspace, add):
    add("suppliers", {"supplier": "S", "lead_time_days": 10.0})
    add("suppliers", {"supplier": "S", "sku": "A", "lead_time_days": 20.0}, {"supplier": "S", "lead_time_days": 12.0})
    rows = supply_rows(workspace).to_pylist()
    assert [(row["sku"], row["lead_time_days"]) for row in rows] == [(None, 12.0), ("A", 20.0)]


def test_a_suppliers_file_that_tells_new_costs_only_leaves_the_other_terms(workspace, add):
    told = {"supplier": "S", "sku": "A", "lead_time_days": 20.0, "lead_time_sd_days": 4.0, "moq": 50.0, "pack": 10.0}
    add("suppliers", told)
    add("suppliers", {"supplier": "S", "sku": "A", "unit_cost": 3.5})
    (row,) = supply_rows(workspace).to_pylist()
    assert row["unit_cost"] == 3.5
    assert {name: row[name] for name in told} == told


def test_a_new_lead_time_drops_the_spread_of_the_old_one(workspace, add):
    add("suppliers", {"supplier": "S", "sku": "A", "lead_time_days": 60.0, "lead_time_sd_days": 10.0})
    add("suppliers", {"supplier": "S", "sku": "A", "lead_time_days": 5.0})
    (row,) = supply_rows(workspace).to_pylist()
    assert (row["lead_time_days"], row["lead_time_sd_days"]) == (5.0, None)


def test_the_stock_is_the_newest_snapshot_not_after_the_day_asked_for(workspace, add):
    add(
        "stock",
        {"stock_date": DAY[1], "sku": "A", "location": "main", "on_hand": 5.0},
        {"stock_date": DAY[3], "sku": "A", "location": "main", "on_hand": 2.0},
    )
    assert stock_rows(workspace).column("on_hand").to_pylist() == [2.0]
    assert stock_rows(workspace, DAY[2]).column("on_hand").to_pylist() == [5.0]
    assert stock_history(workspace).column("day").to_pylist() == [DAY[1], DAY[3]]


def test_bins_of_one_report_add_up_and_a_later_report_of_the_day_holds(workspace, add):
    bins = {"stock_date": DAY[3], "sku": "A", "location": "main"}
    add("stock", bins | {"on_hand": 20.0, "on_order": 5.0}, bins | {"on_hand": 30.0, "on_order": 0.0})
    assert stock_rows(workspace).select(["on_hand", "on_order"]).to_pylist() == [{"on_hand": 50.0, "on_order": 5.0}]
    add("stock", bins | {"on_hand": 44.0})
    assert stock_rows(workspace).column("on_hand").to_pylist() == [44.0]


def test_a_snapshot_without_a_date_is_of_the_day_it_was_loaded(workspace, add):
    add("stock", {"sku": "A", "location": "main", "on_hand": 5.0})
    assert stock_rows(workspace).column("day").to_pylist()[0] >= date(2024, 1, 1)


def order(**about):
    return {"sku": "A", "location": "main", "ordered_on": DAY[1], "ordered_units": 10.0} | about


@pytest.mark.parametrize(
    ("about", "remaining"),
    [
        ({}, [10.0]),
        ({"received_units": 4.0}, [6.0]),
        ({"received_on": DAY[5]}, []),
        ({"received_on": DAY[5], "received_units": 4.0}, []),
        ({"received_on": DAY[20]}, [10.0]),
        ({"ordered_on": DAY[15]}, [10.0]),
        ({"ordered_on": DAY[15], "received_on": DAY[20]}, []),
    ],
)
def test_open_orders_are_what_was_awaited_on_the_day(workspace, add, about, remaining):
    add("orders", order(**about))
    assert open_orders(workspace, DAY[10]).column("remaining_units").to_pylist() == remaining


def test_a_later_export_of_an_order_replaces_its_state_and_all_its_lines_count(workspace, add):
    add("orders", order(po_id="P1"), order(po_id="P1", ordered_units=3.0))
    add("orders", order(po_id="P1", received_on=DAY[4]), order(po_id="P1", ordered_units=3.0))
    assert open_orders(workspace, DAY[10]).column("remaining_units").to_pylist() == [3.0]


def test_the_purchase_history_has_real_lead_times_and_lateness(workspace, add):
    add("orders", order(supplier="S", due_on=DAY[8], received_on=DAY[11]), order(supplier="S", ordered_units=2.0))
    (row,) = purchase_history(workspace).to_pylist()
    assert (row["lead_time_days"], row["late_days"], row["received_units"]) == (10, 3, 10.0)


def test_days_are_counted_with_the_time_of_their_last_line(workspace, upload):
    times = [moment("2024-01-01T09:00"), moment("2024-01-01T17:30"), moment("2024-01-03T00:00")]
    rows = pa.table(
        {
            "line": [2, 3, 4],
            "sold_at": times,
            "sku": ["A", "B", "A"],
            "location": ["main"] * 3,
            "quantity": [1.0, -2.0, 4.0],
            "order_id": ["o1", "o1", "o2"],
        }
    )
    add_upload(workspace, upload(), rows)
    first, last = line_statistics(workspace).to_pylist()
    assert (first["day"], first["lines"], first["units"], first["skus"], first["orders"]) == (DAY[1], 2, -1.0, 2, 1)
    assert (first["timed"], first["last_sold_at"], last["timed"]) == (2, times[1], 0)


def test_money_of_which_no_rate_is_known_is_no_price(workspace, add):
    write_settings(workspace, Settings(currency="EUR"), {"USD": 0.5})
    sold = {"sold_at": moment("2024-01-02"), "location": "main", "quantity": 2.0, "unit_price": 8.0}
    written = {"A": "€", "B": "USD", "C": "JPY", "D": ""}
    add("sales", *({"sku": sku, "currency": currency, **sold} for sku, currency in written.items()))
    prices = {row["sku"]: row["sold_price"] for row in product_rows(workspace).to_pylist()}
    assert prices == {"A": 8.0, "B": 4.0, "C": None, "D": 8.0}
    assert sold_keys(workspace).set_index("sku")["money"].fillna(-1).to_dict() == {"A": 16, "B": 8, "C": -1, "D": 16}
