"""Texts to typed rows."""

import hashlib
import hmac
from datetime import date, datetime

import pyarrow as pa
import pytest

from core.base.columns import FIELDS
from core.base.errors import MappingError
from core.ingest.conversion import convert
from core.ingest.mapping import TableMapping

at = datetime.fromisoformat


def rows(converted, *names):
    return [tuple(row[name] for name in names) for row in converted.rows.to_pylist()]


def test_rows_have_the_stores_columns_and_types(load):
    found = load("date,sku,quantity\n2026-01-02,A1,3\n")
    assert found.rows.column_names == ["line", *FIELDS["sales"]]
    types = {name: found.rows.schema.field(name).type for name in ("line", "sold_at", "sku", "quantity")}
    assert types == {"line": pa.int64(), "sold_at": pa.timestamp("us"), "sku": pa.string(), "quantity": pa.float64()}
    assert rows(found, "line", "sold_at", "location") == [(2, at("2026-01-02"), "main")]


def test_rows_that_cannot_be_read_are_set_aside_with_line_and_reason(load):
    found = load("date,sku,quantity\n2026-01-02,A1,3\n2026-01-03,A1,three\nTOTAL,,3\n2026-01-04,,1\n2026-01-05,B,\n")
    assert [(r.line, r.reason) for r in found.quarantined] == [
        (3, "“three” in column “quantity” is not a number."),
        (4, "“TOTAL” in column “date” is not a date."),
        (5, "There is no sku (column “sku”)."),
        (6, "There is no quantity (column “quantity”)."),
    ]
    assert found.records == found.rows.num_rows + len(found.quarantined) == 5


def test_braces_in_cells_and_headers_stay_text(load):
    found = load("date,sku,qty {x}\n2026-01-02,A1,3\n2026-01-02,A2,{0}\n")
    assert found.quarantined[0].reason == "“{0}” in column “qty {x}” is not a number."


def test_ids_stay_byte_for_byte(load):
    ids = ["000012", "1E5", "12345678901234567890123", "NA", "null", " A"]
    text = "date,sku,quantity\n" + "".join(f"2026-01-02,{sku},1\n" for sku in ids)
    assert [sku for (sku,) in rows(load(text), "sku")] == ids


def test_a_returned_unit_is_negative(load):
    assert rows(load("date,sku,quantity\n2026-01-02,A,-2\n"), "quantity") == [(-2.0,)]


def test_customers_become_keyed_hashes_and_people_are_dropped(load):
    body = "2026-01-02,A,1,17850.0,a@b.example\n2026-01-02,A,1,17850,x@y.example\n2026-01-02,A,1,,z\n"
    text = "date,sku,quantity,customer_id,email\n" + body
    found = load(text, key=b"k")
    expected = hmac.new(b"k", b"17850", hashlib.sha256).hexdigest()[:32]
    assert rows(found, "customer") == [(expected,), (expected,), (None,)]
    assert found.dropped_columns == ("email",)


def test_set_aside_rows_show_no_customer(load):
    body = "".join(f"2026-01-02,A,{i},55512{i}\n" for i in range(200))
    found = load(
        "date,sku,quantity,customer_id\n" + body + "bad,A,1,secretperson\n2026-01-03,A,1,otherperson,surplus\n"
    )
    assert [r.line for r in found.quarantined] == [203, 202]
    assert not [r for r in found.quarantined if "person" in r.content + r.reason]


def test_a_column_per_week_needs_its_first_day(load):
    text = "Product_Code,W0,W1,W2,MIN\nP1,1,2,3,1\n"
    with pytest.raises(MappingError, match=r"W0…W2 carry no dates\. Give the first day of W0 as start_date"):
        load(text)
    found = load(text, start_date="2024-01-01")
    assert rows(found, "sku", "sold_at", "quantity") == [
        ("P1", at("2024-01-01"), 1.0), ("P1", at("2024-01-08"), 2.0), ("P1", at("2024-01-15"), 3.0),
    ]  # fmt: skip


def test_m5_days_count_from_the_published_start(load):
    found = load("item_id,store_id,d_1914,d_1915,d_1916\nA,CA_1,3,NA,5\n")
    assert rows(found, "sku", "location", "sold_at", "quantity") == [
        ("A", "CA_1", at("2016-04-25"), 3.0), ("A", "CA_1", at("2016-04-27"), 5.0),
    ]  # fmt: skip


def test_a_column_per_sku_gives_a_row_per_cell_and_missing_cells_none(load):
    found = load("month,21029627,21029628,21029629\n1998-01,0.0,1.0,NA\n1998-02,2.0,x,3.0\n", name="parts.csv")
    assert sorted(rows(found, "sku", "sold_at", "quantity")) == [
        ("21029627", at("1998-01-01"), 0.0), ("21029627", at("1998-02-01"), 2.0),
        ("21029628", at("1998-01-01"), 1.0), ("21029629", at("1998-02-01"), 3.0),
    ]  # fmt: skip
    assert [(r.line, r.reason) for r in found.quarantined] == [(3, "“x” in column “21029628” is not a number.")]
    assert found.records == 5
    assert len(set(found.rows.column("line").to_pylist())) == 4


def test_dated_period_columns_need_no_start(load):
    found = load("sku,2024-01,2024-02,2024-03\nA,1,2,3\n")
    assert rows(found, "sold_at")[2] == (at("2024-03-01"),)


def test_drivers_become_one_row_per_value(load):
    text = "Store,Date,Temperature,Fuel_Price,MarkDown1,IsHoliday\n1,2010-02-05,42.31,2.572,NA,TRUE\n"
    found = load(text, name="features.csv")
    assert rows(found, "period", "location", "driver", "value") == [
        (date(2010, 2, 5), "1", "temperature", 42.31), (date(2010, 2, 5), "1", "Fuel_Price", 2.572),
        (date(2010, 2, 5), "1", "holiday", 1.0),
    ]  # fmt: skip


def test_named_events_become_drivers_of_their_own(load):
    text = "date,event,clicks\n2026-01-01,New Year,5\n2026-01-02,,6\n"
    assert rows(load(text, name="drivers.csv"), "driver", "value", "label")[0] == ("event:New Year", 1.0, "New Year")


def test_places_without_dates_get_fixed_attributes(load):
    found = load("Store,Type,Size\r1,A,151315\r2,B,202307\r", name="stores.csv")
    assert rows(found, "period", "location", "driver", "value", "label") == [
        (None, "1", "Type", None, "A"), (None, "2", "Type", None, "B"),
        (None, "1", "Size", 151315.0, None), (None, "2", "Size", 202307.0, None),
    ]  # fmt: skip


def test_drivers_without_dates_may_not_repeat(load):
    with pytest.raises(MappingError, match="several rows for the same sku and location but no dates"):
        load("sku,clicks,promotion\nA,1,0\nA,2,1\n", name="drivers.csv")


def test_shopify_lines_inherit_their_order_and_never_the_one_before(load):
    text = (
        "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem sku,Lineitem price,"
        "Cancelled at\n"
        "#1,a@b.example,paid,2026-08-04 05:24:22 +0500,1,Mug,M1,9.5,\n#1,,,,2,Cup,,4.5,\n"
        "#2,c@d.example,,2026-08-05 05:24:22 +0500,1,Mug,M1,9.5,2026-08-06\n"
    )
    assert rows(load(text), "order_id", "sold_at", "sku", "quantity", "status") == [
        ("#1", at("2026-08-04T05:24:22"), "M1", 1.0, "paid"),
        ("#1", at("2026-08-04T05:24:22"), "Cup", 2.0, "paid"),
        ("#2", at("2026-08-05T05:24:22"), "M1", 1.0, "cancelled"),
    ]


def test_a_required_column_that_nobody_can_read_is_a_wrong_mapping(table):
    raw = table("date,sku,quantity,name\n2026-01-02,A,3,Mug\n")
    wrong = TableMapping("sales", "own columns", "long", {0: "sold_at", 1: "sku", 3: "quantity"})
    with pytest.raises(
        MappingError, match="No value of the column “name” can be read as quantity: “Mug” is not a number"
    ):
        convert(raw, wrong, customer_key=b"k")


def test_two_columns_for_one_field_are_refused(table):
    raw = table("date,sku,quantity,name\n2026-01-02,A,3,Mug\n")
    wrong = TableMapping("sales", "own columns", "long", {0: "sold_at", 1: "sku", 2: "quantity", 3: "sku"})
    with pytest.raises(MappingError, match="Several columns are mapped to sku"):
        convert(raw, wrong, customer_key=b"k")


def test_the_chosen_date_order_sets_contradictions_aside(load):
    found = load("date,sku,quantity\n13/01/2026,A,1\n01/13/2026,A,2\n", date_order="dmy")
    assert [r.reason for r in found.quarantined] == ["“01/13/2026” in column “date” is not a date."]


def test_a_market_file_gives_an_index_flags_and_named_holidays(load):
    found = load(
        "Date,Competitor price index,Holiday,Holiday name\n2026-01-01,98.5,1,New Year\n2026-01-02,99,0,\n"
        "2026-01-03,97,0,\n",
        "market.csv",
    )
    assert rows(found, "driver", "value") == [
        ("competitor_price", 98.5), ("competitor_price", 99.0), ("competitor_price", 97.0),
        ("holiday", 1.0), ("holiday", 0.0), ("holiday", 0.0), ("holiday:New Year", 1.0),
    ]  # fmt: skip


def test_of_two_counts_on_one_day_the_later_holds(load):
    found = load(
        "Date,SKU,On hand\n2026-11-01 18:00,A1,15\n2026-11-01 08:00,A1,20\n2026-11-02 08:00,A1,9\n", "stock.csv"
    )
    assert found.rows["on_hand"].to_pylist() == [15.0, 9.0]
    assert [(line.line, line.reason) for line in found.quarantined] == [(3, "A later count of the same day holds.")]


def test_a_stock_line_pasted_twice_is_no_second_bin(load):
    found = load("SKU,Bin,On hand\nA1,b1,20\nA1,b2,20\nA1,b1,20\n", "stock.csv")
    assert found.rows["on_hand"].to_pylist() == [20.0, 20.0]
    assert [line.reason for line in found.quarantined] == ["The line repeats another one word for word."]
