"""Wide tables, baskets, counters, spans, movements, and columns that speak of another role."""

from datetime import date, datetime, timedelta

import pytest

from core.base.errors import FileFormatError, MappingError
from core.ingest.conversion import convert
from core.ingest.mapping import TableMapping, fingerprint, from_json
from core.ingest.movements import kind_of
from core.ingest.recognition import recognise

at = datetime.fromisoformat


def rows(converted, *names):
    return [tuple(row[name] for name in names) for row in converted.rows.to_pylist()]


def reasons(converted):
    return [(line.line, line.reason) for line in converted.quarantined]


def fields_of(found):
    return {entry.header: entry.field for entry in found.mapping}


@pytest.mark.parametrize(
    ("heads", "second"),
    [
        ("Week 1,Week 2,Week 3", "2024-01-08"),
        ("第1周,第2周,第3周", "2024-01-08"),
        ("KW01,KW02,KW03", "2024-01-08"),
        ("D1,D2,D3", "2024-01-02"),
        ("1月,2月,3月", "2024-02-01"),
        ("Jan,Feb,Mar", "2024-02-01"),
        ("Qty W1,Qty W2,Qty W3", "2024-01-08"),
    ],
)
def test_numbered_periods_ask_for_their_first_day(load, heads, second):
    text = f"sku,{heads}\nA,1,2,3\n"
    with pytest.raises(MappingError, match=r"carry no dates\. Give the first day of"):
        load(text)
    assert rows(load(text, start_date="2024-01-01"), "sold_at", "quantity")[1] == (at(second), 2.0)


def test_months_of_a_year_that_begins_in_november_go_on_after_december(load):
    found = load("sku,Nov,Dec,Jan\nA,1,2,3\n", start_date="2023-11-01")
    assert rows(found, "sold_at") == [(at("2023-11-01"),), (at("2023-12-01"),), (at("2024-01-01"),)]


def test_weeks_that_run_into_a_new_year_are_refused(load):
    with pytest.raises(MappingError, match="After W52 comes W1, so the columns run into a new year"):
        load("sku,W51,W52,W1\nA,1,2,3\n", start_date="2023-12-18")


@pytest.mark.parametrize(
    "heads", ["2024-01-01,2024-01-08,2024-01-15", "Qty 2024-01-01,Qty 2024-01-08,Qty 2024-01-15", "45292,45299,45306"]
)
def test_dated_headers_need_no_first_day(load, heads):
    assert rows(load(f"sku,name,{heads}\nA,Mug,1,,3\n"), "sku", "sold_at", "quantity") == [
        ("A", at("2024-01-01"), 1.0), ("A", at("2024-01-15"), 3.0),
    ]  # fmt: skip


def test_revenue_beside_units_per_period_is_left_out(load):
    found = load("sku,Qty 2024-01,Qty 2024-02,Qty 2024-03,Revenue 2024-01,Revenue 2024-02\nA,1,2,3,10,20\n")
    assert rows(found, "quantity") == [(1.0,), (2.0,), (3.0,)]


def test_stock_with_a_column_per_location(load):
    found = load("SKU,Berlin,Paris\nA,3,\n" + "".join(f"P{i},,{i}\n" for i in range(12)) + "B,4,x\n", "stock.csv")
    assert rows(found, "sku", "location", "on_hand")[:3] == [
        ("A", "Berlin", 3.0), ("B", "Berlin", 4.0), ("P0", "Paris", 0.0),
    ]  # fmt: skip
    assert reasons(found) == [(15, "“x” in column “Paris” is not a number.")]


BASKETS = "bread,milk,butter\nmilk\nbread,butter\nmilk,bread\n"


def test_baskets_are_never_read_without_being_asked_for(table):
    with pytest.raises(FileFormatError, match="choose the layout “baskets”"):
        table(BASKETS)


def test_baskets_ask_for_their_day(load):
    with pytest.raises(
        MappingError, match=r"The baskets carry no date\. Give the day they are counted on as start_date"
    ):
        load(BASKETS, layout="baskets")
    found = load(BASKETS, layout="baskets", start_date="2024-01-31")
    assert found.records == 8
    assert rows(found, "order_id", "sku", "quantity", "sold_at")[2:5] == [
        ("1", "butter", 1.0, at("2024-01-31")), ("2", "milk", 1.0, at("2024-01-31")),
        ("3", "bread", 1.0, at("2024-01-31")),
    ]  # fmt: skip


def test_baskets_with_a_header_keep_their_order_numbers(load):
    found = load("id,Goods\n7,bread\n7,milk\n8,milk\n", layout="baskets", start_date="2024-01-31")
    assert rows(found, "order_id", "sku") == [("7", "bread"), ("7", "milk"), ("8", "milk")]


def counter_text(days=25):
    lines = ["date,sku,quantity"]
    for k in range(days):
        day = date(2026, 1, 1) + timedelta(days=k)
        lines += [f"{day},A,{100 + 3 * k}", f"{day},B,{50 + 2 * k if k < 20 else 2 * (k - 19)}"]
    return "\n".join(lines) + "\n"


def test_a_counter_is_asked_about(table):
    found = recognise(table(counter_text()), "sales.csv")
    assert found.questions[-1].startswith("The column “quantity” only grows for each SKU, like a counter.")


def test_a_counter_gives_the_units_between_readings_and_starts_anew(load):
    found = load(counter_text(), counter="difference")
    by_sku = {sku: [q for s, q in rows(found, "sku", "quantity") if s == sku] for sku in "AB"}
    assert by_sku == {"A": [3.0] * 24, "B": [2.0] * 24}
    assert reasons(found) == [
        (line, "It is the first reading of its counter, so there is nothing to subtract it from.") for line in (2, 3)
    ]
    assert found.records == 50


def test_readings_are_subtracted_in_the_order_of_time_not_of_the_file(table):
    raw = table("date,sku,quantity\n2026-01-03,A,9\n2026-01-01,A,4\n2026-01-02,A,5\n")
    mapping = TableMapping(
        "sales", "own columns", "long", {0: "sold_at", 1: "sku", 2: "quantity"}, counter="difference"
    )
    found = convert(raw, mapping, customer_key=b"k")
    assert rows(found, "sold_at", "quantity") == [(at("2026-01-03"), 4.0), (at("2026-01-02"), 1.0)]


def test_few_rising_sales_are_no_counter_unless_they_are_called_one(table):
    text = counter_text(days=10)
    assert recognise(table(text), "sales.csv").questions == ()
    named = recognise(table(text.replace("quantity", "cumulative sales quantity")), "sales.csv")
    assert "like a counter" in named.questions[-1]


def test_growing_sales_taken_as_they_are(load):
    assert load(counter_text(), counter="as_is").records == 50


def test_ordinary_sales_are_no_counter(table):
    lines = [f"2026-01-{k + 1:02d},A,{(7 * k) % 5 + 1}" for k in range(20)]
    assert recognise(table("date,sku,quantity\n" + "\n".join(lines) + "\n"), "sales.csv").questions == ()


def test_day_numbers_of_a_spreadsheet_are_said_and_may_count_from_1904(table, load):
    text = "date,sku,quantity\n45292,A,1\n45293,A,2\n"
    assert recognise(table(text), "sales.csv").questions == (
        "The column “date” holds a spreadsheet's day numbers: 45292 is read as 1 Jan 2024. "
        "If the workbook counts from 1904, choose epoch “1904”.",
    )
    assert rows(load(text, epoch="1904"), "sold_at")[0] == (at("2028-01-02"),)


def test_long_codes_stay_byte_for_byte_in_every_role(load):
    ids = ["000012", "1E5", "123456789012345", "12345678901234567890123"]
    found = load("date,sku,on hand,on order\n" + "".join(f"2026-01-02,{sku},1,0\n" for sku in ids), "stock.csv")
    assert [sku for (sku,) in rows(found, "sku")] == ids


PROMOTIONS = "SKU,Start date,End date,Promotion name,Discount %\n"


def test_promotions_from_and_until_stand_for_each_day(load):
    body = "A,2026-03-30,2026-04-01,Spring,20\nB,2026-03-30,2026-03-01,Back,10\nC,soon,2026-03-31,Never,10\n"
    found = load(PROMOTIONS + body, "promotions.csv")
    assert sorted(rows(found, "period", "sku", "driver", "value", "label")) == [
        (date(2026, 3, 30), "A", "discount", 20.0, None), (date(2026, 3, 30), "A", "promotion", 1.0, "Spring"),
        (date(2026, 3, 31), "A", "discount", 20.0, None), (date(2026, 3, 31), "A", "promotion", 1.0, "Spring"),
        (date(2026, 4, 1), "A", "discount", 20.0, None), (date(2026, 4, 1), "A", "promotion", 1.0, "Spring"),
    ]  # fmt: skip
    assert {line.reason for line in found.quarantined} == {
        "It ends (“2026-03-01”) before it begins.", "“soon” in column “Start date” is not a date.",
    }  # fmt: skip


def test_promotions_without_an_end_hold_for_two_years_and_it_is_said(load):
    found = load(PROMOTIONS + "A,2026-01-01,,Ever,10\n", "promotions.csv")
    assert max(rows(found, "period")) == (date(2026, 1, 1) + timedelta(days=730),)
    assert found.notes == ("2 entries have no last day: they hold until the next change, at most until 1 Jan 2028.",)


def test_a_discount_from_and_until_is_a_promotion(load):
    found = load("sku,valid from,valid until,discount\nA,2026-01-01,2026-01-01,15\n", "promotions.csv")
    assert sorted(rows(found, "driver", "value")) == [("discount", 15.0), ("promotion", 1.0)]


def test_prices_hold_until_the_next_one(load):
    text = "sku,valid from,valid to,price\nA,2026-01-01,9999-12-31,9.5\nA,2026-01-03,2026-01-04,8\n"
    found = load(text, "prices.csv")
    assert rows(found, "period", "driver", "value") == [
        (date(2026, 1, 1), "price", 9.5), (date(2026, 1, 2), "price", 9.5), (date(2026, 1, 3), "price", 8.0),
        (date(2026, 1, 4), "price", 8.0),
    ]  # fmt: skip


def test_a_price_valid_from_a_day_holds_until_the_next_one(load):
    found = load("sku,valid from,price\nA,2026-01-01,9.5\nA,2026-01-03,8\nB,2026-01-01,7\n", "prices.csv")
    days = {sku: [period for s, period in rows(found, "sku", "period") if s == sku] for sku in "AB"}
    assert rows(found, "sku", "period", "value")[:3] == [
        ("A", date(2026, 1, 1), 9.5), ("A", date(2026, 1, 2), 9.5), ("A", date(2026, 1, 3), 8.0),
    ]  # fmt: skip
    assert max(days["A"]) == max(days["B"]) == date(2026, 1, 3) + timedelta(days=730)


def test_events_with_a_start_date_alone_last_a_day(load):
    found = load("start date,event\n2026-01-01,Opening\n2026-02-01,Party\n", "events.csv")
    assert rows(found, "period", "driver") == [
        (date(2026, 1, 1), "event:Opening"), (date(2026, 2, 1), "event:Party"),
    ]  # fmt: skip


def test_behaviour_per_sku_and_day_keeps_its_kinds_apart(load):
    text = "日期,商品编码,浏览量,访客数,点击量,加购件数,收藏数,转化率\n2026-01-02,A1,100,40,30,5,4,2.5%\n"
    assert rows(load(text, "行为.csv"), "driver", "value") == [
        ("views", 100.0), ("sessions", 40.0), ("clicks", 30.0), ("add_to_cart", 5.0), ("favourites", 4.0),
        ("conversion", 0.025),
    ]  # fmt: skip


def test_two_columns_for_one_driver_do_not_hide_each_other(load):
    found = load("date,sku,sessions,visitors\n2026-01-02,A,9,8\n", "traffic.csv")
    assert rows(found, "driver", "value") == [("sessions", 9.0), ("visitors", 8.0)]


def test_market_figures_without_a_sku_hold_for_all(load):
    found = load("Date,CPI,Search index,Rainfall\n2026-01-02,101.5,88,3.2\n", "market.csv")
    assert rows(found, "sku", "driver", "value") == [
        (None, "macro_index", 101.5), (None, "search_index", 88.0), (None, "rain", 3.2),
    ]  # fmt: skip


def test_drivers_inside_a_sales_file_come_along_as_daily_means(load):
    found = load(
        "date,sku,quantity,page views,on promotion\n2026-01-02 08:00:00,A,1,10,1\n2026-01-02 09:00:00,A,2,20,0\n"
        "2026-01-03 09:00:00,A,bad,99,0\n",
        "sales.csv",
    )
    assert found.rows.num_rows == 2
    (beside,) = found.also
    assert beside.role == "drivers"
    assert rows(beside, "period", "sku", "location", "driver", "value") == [
        (date(2026, 1, 2), "A", "main", "views", 15.0), (date(2026, 1, 2), "A", "main", "promotion", 0.5),
    ]  # fmt: skip
    assert beside.records == beside.rows.num_rows == 2


def test_movements_get_their_kind_and_their_sign(load):
    found = load(
        "Posting date,Item code,Warehouse,Movement type,Quantity,Document no\n"
        "2026-01-02,A,Berlin,Purchase Receipt,10,R1\n"
        "2026-01-03,A,Berlin,Sales shipment,4,S1\n2026-01-04,A,Berlin,Stock adjustment,-1,J1\n",
        "export.csv",
    )
    assert found.role == "movements"
    assert rows(found, "moved_on", "sku", "location", "kind", "quantity", "document") == [
        (date(2026, 1, 2), "A", "Berlin", "receipt", 10.0, "R1"),
        (date(2026, 1, 3), "A", "Berlin", "shipment", -4.0, "S1"),
        (date(2026, 1, 4), "A", "Berlin", "adjustment", -1.0, "J1"),
    ]


def test_units_in_and_out_become_one_signed_number(load):
    found = load(
        "日期,商品编码,仓库,入库数量,出库数量\n2026-01-02,A,北京,10,\n2026-01-03,A,北京,,4\n2026-01-04,A,北京,,\n",
        "出入库.csv",
    )
    assert rows(found, "kind", "quantity") == [("receipt", 10.0), ("shipment", -4.0)]
    assert reasons(found) == [(4, "There is no quantity.")]


def test_a_transfer_leaves_one_location_and_reaches_the_other(load):
    found = load(
        "date,sku,from location,to location,movement type,quantity\n2026-01-02,A,Berlin,Paris,Transfer,5\n", "moves.csv"
    )
    assert rows(found, "location", "kind", "quantity") == [("Berlin", "transfer", -5.0), ("Paris", "transfer", 5.0)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("采购入库", ("receipt", 1)), ("销售出库", ("shipment", -1)), ("退货入库", ("return", 1)),
     ("盘亏", ("adjustment", -1)),
     ("Stock Reconciliation", ("adjustment", 0)), ("Umlagerung", ("transfer", 0)), ("whatever", ("other", 0))],
)  # fmt: skip
def test_kinds_of_movements(text, kind):
    assert kind_of(text) == kind


def test_a_sales_file_with_sales_and_returns_is_no_movement_file(table):
    raw = table("date,sku,quantity,type\n2026-01-02,A,3,Sale\n2026-01-03,A,-1,Return\n")
    assert recognise(raw, "export.csv").role == "sales"


def test_shelf_life_and_pack_of_products(load):
    found = load("SKU,Product name,Shelf life (days),Units per pack\nA,Milk,12,6\n", "products.csv")
    assert rows(found, "sku", "shelf_life_days", "units_per_pack") == [("A", 12.0, 6.0)]


def test_unit_and_currency_of_sales(load):
    found = load("日期,商品编码,数量,单位,单价,币种\n2026-01-02,A,3,箱,9.5,CNY\n")
    assert rows(found, "quantity", "unit", "unit_price", "currency") == [(3.0, "箱", 9.5, "CNY")]


@pytest.mark.parametrize(
    "header",
    ["Bestelldatum,Artikelnummer,Menge,Einzelpreis", "Date de commande,Référence,Quantité,Prix unitaire",
     "Fecha de pedido,Código,Cantidad,Precio unitario"],
)  # fmt: skip
def test_german_french_and_spanish_headers_are_known(table, header):
    found = recognise(table(f"{header}\n2026-01-02,A1,3,9.5\n"), "export.csv")
    assert [entry.field for entry in found.mapping] == ["sold_at", "sku", "quantity", "unit_price"]


def test_columns_are_proposed_by_their_values_where_no_name_tells(table):
    body = "".join(f"2026-01-{k + 1:02d},{'AB'[k % 2]}-1,{k % 3},{k}.55\n" for k in range(9))
    found = recognise(table("x1,x2,x3,x4\n" + body), "export.csv")
    assert fields_of(found) == {"x1": "sold_at", "x2": "sku", "x3": "quantity", "x4": None}
    assert {entry.confidence for entry in found.mapping if entry.field} == {0.5}
    assert "“x1” was taken for sold_at by its values alone. Check it." in found.questions


def test_two_columns_that_could_be_a_field_are_a_question(table):
    body = "".join(f"2026-01-{k + 1:02d},A-{k % 2},{k % 3},{k % 4}\n" for k in range(9))
    found = recognise(table("date,sku,n1,n2\n" + body), "export.csv")
    assert "“n1”, “n2” could each be quantity by their values. Map one of them." in found.questions


def test_a_date_column_full_of_words_gets_no_date(table):
    found = recognise(table("date,sku,quantity\nsoon,A,3\nlater,B,4\n"), "export.csv")
    assert fields_of(found)["date"] is None


def test_a_name_stands_for_a_missing_code_and_it_is_said(table):
    found = recognise(table("date,product name,quantity\n2026-01-02,Mug,3\n"), "export.csv")
    assert fields_of(found)["product name"] == "sku"
    assert found.questions == ("No column holds a code of the item; “product name”, its name, stands for it.",)


def test_prices_over_time_without_units_are_a_driver(load):
    found = load("日期,单品编码,批发价格(元/千克)\n2026-01-02,A,3.5\n", "附件3.csv")
    assert (found.role, rows(found, "driver", "value")) == ("drivers", [("批发价格(元/千克)", 3.5)])


def test_answers_survive_json_and_wrong_ones_are_refused():
    header = ("date", "sku", "quantity")
    mapping = TableMapping(
        "sales", "own columns", "long", {0: "sold_at", 1: "sku", 2: "quantity"}, counter="difference", epoch="1904"
    )
    assert from_json(mapping.to_json(header), header) == mapping
    with pytest.raises(MappingError, match="counter must be one of difference, as_is; “maybe” was given"):
        from_json('{"role": "sales", "fields": {}, "counter": "maybe"}', header)
    with pytest.raises(MappingError, match="The layout must be one of long, wide, baskets; “tall” was given"):
        from_json('{"role": "sales", "fields": {}, "layout": "tall"}', header)


def test_a_header_has_one_fingerprint_whatever_the_rows():
    assert fingerprint(("sku", "qty")) == fingerprint(["sku", "qty"])
    assert len({fingerprint(("sku", "qty")), fingerprint(("qty", "sku")), fingerprint(("sku,qty",))}) == 3
    assert len(fingerprint(())) == 64
