"""Exports of shop systems and marketplaces, each in its own header and with its traps."""

from datetime import date, datetime

import pytest

from core.ingest.conversion import convert
from core.ingest.recognition import recognise

at = datetime.fromisoformat


def rows(converted, *names):
    return [tuple(row[name] for name in names) for row in converted.rows.to_pylist()]


def reasons(converted):
    return [(line.line, line.reason) for line in converted.quarantined]


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem sku,Cancelled at,Refunded Amount\n"
)


def test_shopify_lines_without_a_name_belong_to_the_order_above(load):
    body = (
        "#1,a@b.example,paid,,EUR,14,2026-08-04 05:24:22 +0500,1,Mug,9.5,M1,,0\n,,,,,,,2,Cup,4.5,C1,,\n"
        "#2,c@d.example,voided,,EUR,9.5,2026-08-05 05:24:22 +0500,1,Mug,9.5,M1,,0\n"
        "#3,c@d.example,refunded,,EUR,9.5,2026-08-06 05:24:22 +0500,1,Mug,9.5,M1,,9.5\n"
    )
    found = load(SHOPIFY + body)
    assert rows(found, "order_id", "sku", "status", "currency") == [
        ("#1", "M1", "paid", "EUR"), ("#1", "C1", "paid", "EUR"), ("#2", "M1", "voided", "EUR"),
        ("#3", "M1", "refunded", "EUR"),
    ]  # fmt: skip
    assert rows(found, "sold_at")[0] == (at("2026-08-04T05:24:22"),)


PACKS = SHOPIFY + (
    "#1,,paid,,EUR,18,2026-08-04 05:24:22 +0500,3,Mug - PACK OF TWO,18,M1,,0\n"
    "#2,,paid,,EUR,9.5,2026-08-05 05:24:22 +0500,1,Mug,9.5,M1,,0\n"
    "#3,,paid,,EUR,30,2026-08-05 05:24:22 +0500,1,Soap 6-pack,30,S6,,0\n"
)


def test_a_pack_counts_its_pieces_where_its_code_is_also_sold_singly(load):
    found = load(PACKS)
    assert rows(found, "sku", "quantity", "unit_price") == [("M1", 6.0, 9.0), ("M1", 1.0, 9.5), ("S6", 1.0, 30.0)]
    assert found.notes[0].startswith("Lines that are packs, such as “Mug - PACK OF TWO”: 1.")
    assert found.notes[1].startswith("Lines named as packs under a code of their own")


@pytest.mark.parametrize(("choice", "units"), [("pieces", [6.0, 1.0, 6.0]), ("packs", [3.0, 1.0, 1.0])])
def test_the_user_says_whether_packs_count_as_pieces(load, choice, units):
    assert [quantity for (quantity,) in rows(load(PACKS, packs=choice), "quantity")] == units


def test_partly_refunded_shopify_orders_are_said_to_count_as_sold(load):
    found = load(SHOPIFY + "#1,,partially_refunded,,EUR,18,2026-08-04 05:24:22 +0500,3,Mug,18,M1,,9\n")
    assert found.notes == (
        "Partly refunded orders: 1. The export does not say which items came back, so all of them count as sold.",
    )


@pytest.mark.parametrize(
    "header",
    [
        "Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Cost per item\n",
        "URL handle,Title,Vendor,Type,Option1 name,Option1 value,SKU,Price,Product image URL,Cost per item\n",
    ],
)
def test_shopify_products_have_a_row_per_variant_and_rows_of_pictures(load, header):
    body = "mug,Mug,Own,Kitchen,Colour,Red,M-R,9.5,r.png,4\nmug,,,,,Blue,,9.5,b.png,4\nmug,,,,,,,,c.png,\n"
    found = load(header + body, "products.csv")
    assert rows(found, "sku", "product_name", "category", "unit_cost") == [
        ("M-R", "Mug", "Kitchen", 4.0), ("Mug - Blue", "Mug", "Kitchen", 4.0),
    ]  # fmt: skip
    assert reasons(found) == [(4, "The row holds only a further picture of the product above; it is no item.")]


NEW_STOCK = (
    "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Location,Bin name,Incoming (not editable),"
    "Unavailable (not editable),Committed (not editable),Available (not editable),On hand (current),On hand (new)\n"
    "mug,Mug,Title,Default Title,M1,,,Berlin,,5,0,2,8,10,99\nmug,Mug,Title,Default Title,M1,,,Paris,,0,0,0,not stocked,"
    "not stocked,\n"
)
OLD_STOCK = (
    "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Location,Incoming,Unavailable,Committed,Available,"
    "On hand\nmug,Mug,Title,Default Title,M1,,,Berlin,5,0,2,8,10\n"
    "mug,Mug,Title,Default Title,M1,,,Paris,,,,not stocked,not stocked\n"
)


@pytest.mark.parametrize("text", [NEW_STOCK, OLD_STOCK])
def test_shopify_stock_is_what_lies_there_now(load, text):
    found = load(text, "inventory.csv")
    assert rows(found, "sku", "location", "on_hand", "on_order", "allocated") == [("M1", "Berlin", 10.0, 5.0, 2.0)]
    assert reasons(found) == [(3, "The item is not stocked at this location, so it has no stock there.")]


def test_shopifys_oldest_stock_export_has_a_column_per_location(load):
    found = load(
        "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Berlin,Paris\n"
        "mug,Mug,Title,Default Title,,,,10,not stocked\n",
        "inventory.csv",
    )
    assert rows(found, "sku", "location", "on_hand") == [("Mug", "Berlin", 10.0)]


WOO = {
    "en": "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales",
    "de": "Datum,Bestellung #,N. Umsatz (formatiert),Status,Kunde,Kundentyp,Produkt(e),"
    "Verkaufte Artikel,Gutschein(e),Nettoumsatz",
    "fr": "Date,Commande #,Revenu net (formaté),État,Client,Type de client,Produit(s),"
    "Articles vendus,Code(s) promo,Ventes nettes",
    "es": "Fecha,Pedido #,Ingresos netos (formateado),Estado,Cliente,Tipo de cliente,Producto(s),Artículos vendidos,"
    "Cupón(es),Ventas netas",
    "zh": "日期,订单 #,净收入（格式化）,状态,客户,客户类型,产品,已售商品,优惠券,净销售额",
}
WOO_ROWS = (
    "\n2026-01-05 10:00:00,17,€ 24.50,completed,Ann,new,\"2× Mug, blue, 1× Cup\",3,,24.50\n"
    "2026-01-06 10:00:00,18,€ 9.00,completed,Ben,new,1× Cup,1,,9.00\n"
    "2026-01-07 10:00:00,19,€ -9.00,refunded,Ben,new,1× Cup,-1,,-9.00\n"
    "2026-01-07 11:00:00,20,€ 9.00,completed,Eve,new,2× Cup,1,,9.00\n"
)  # fmt: skip


@pytest.mark.parametrize("language", WOO)
def test_woocommerce_lists_of_products_become_lines_in_any_language(load, language):
    found = load(WOO[language] + WOO_ROWS, "orders.csv")
    assert rows(found, "order_id", "sold_at", "sku", "quantity", "amount", "status") == [
        ("17", at("2026-01-05T10:00"), "Mug, blue", 2.0, None, "completed"),
        ("17", at("2026-01-05T10:00"), "Cup", 1.0, None, "completed"),
        ("18", at("2026-01-06T10:00"), "Cup", 1.0, 9.0, "completed"),
        ("19", at("2026-01-07T10:00"), "Cup", -1.0, -9.0, "refunded"),
    ]
    assert reasons(found) == [(5, "The products listed do not add up to the number of items sold.")]
    assert found.records == 5
    assert len(set(found.rows.column("line").to_pylist())) == 4


AMAZON = (
    "amazon-order-id\tmerchant-order-id\tpurchase-date\torder-status\tsales-channel\tproduct-name\tsku\tasin\titem-status\t"
    "quantity\tcurrency\titem-price\titem-promotion-discount\tship-city\n"
)


def test_amazon_orders_have_the_price_of_the_line_and_items_cancelled_on_their_own(load):
    body = (
        "1\t\t2026-01-02T08:00:00+00:00\tShipped\tAmazon.de\tMug\tM1\tB0\tShipped\t2\tEUR\t19.00\t1.00\tBonn\n"
        "1\t\t2026-01-02T08:00:00+00:00\tShipped\tAmazon.de\tCup\tC1\tB1\tCancelled\t0\tEUR\t\t\tBonn\n"
        "2\t\t2026-01-03T08:00:00+00:00\tPending\tAmazon.de\tCup\tC1\tB1\tUnshipped\t1\t\t\t\tBonn\n"
    )
    found = load(AMAZON + body, "orders.txt")
    assert rows(found, "sku", "quantity", "unit_price", "amount", "discount", "status") == [
        ("M1", 2.0, None, 19.0, 1.0, "Shipped"), ("C1", 0.0, None, None, None, "Cancelled"),
        ("C1", 1.0, None, None, None, "Pending"),
    ]  # fmt: skip
    assert found.dropped_columns == ("ship-city",)


def test_amazon_fba_stock_is_what_can_be_sold_and_all_that_is_on_its_way(load):
    text = (
        "sku\tfnsku\tasin\tproduct-name\tcondition\tyour-price\tafn-warehouse-quantity\tafn-fulfillable-quantity\t"
        "afn-unsellable-quantity\tafn-reserved-quantity\tafn-inbound-working-quantity\tafn-inbound-shipped-quantity\t"
        "afn-inbound-receiving-quantity\nM1\tX1\tB0\tMug\tNew\t9.50\t12\t8\t1\t3\t10\t5\t2\n"
    )
    found = load(text, "inventory.txt")
    assert rows(found, "sku", "on_hand", "on_order", "allocated") == [("M1", 8.0, 17.0, None)]


def test_the_amazon_ledger_gives_daily_stock_and_movements_of_sellable_units(load):
    text = (
        "Date,FNSKU,ASIN,MSKU,Title,Disposition,Starting Warehouse Balance,In Transit Between Warehouses,Receipts,"
        "Customer Shipments,Customer Returns,Vendor Returns,Warehouse Transfer In/Out,Found,Lost,Damaged,Disposed,"
        "Other Events,Ending Warehouse Balance,Unknown Events,Location\n"
        "08/31/2026,X1,B0,M1,Mug,SELLABLE,10,0,5,-3,1,0,0,0,-1,0,0,0,12,0,FTW1\n"
        "08/31/2026,X1,B0,M1,Mug,DEFECTIVE,1,0,0,0,0,0,0,0,0,0,0,0,1,0,FTW1\n"
    )
    found = load(text, "ledger.csv")
    assert rows(found, "stock_date", "sku", "location", "on_hand") == [(date(2026, 8, 31), "M1", "FTW1", 12.0)]
    assert reasons(found) == [(3, "The disposition is not SELLABLE, so these units cannot be sold.")]
    (moves,) = found.also
    assert (moves.role, moves.records) == ("movements", 4)
    assert rows(moves, "moved_on", "kind", "quantity") == [
        (date(2026, 8, 31), "receipt", 5.0), (date(2026, 8, 31), "shipment", -3.0),
        (date(2026, 8, 31), "return", 1.0), (date(2026, 8, 31), "adjustment", -1.0),
    ]  # fmt: skip


SQUARE = (
    "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,"
    "Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,Customer ID,Customer Name,"
    "Itemization Type\n"
)


def test_square_items_leave_out_services_and_turn_refunds(load):
    lead, tail = "2026-07-18,12:59:30,Eastern Time (US & Canada),", ",Main,,,Ann,"
    body = (
        f"{lead}Mugs,Mug,1.0,Large,,,$8.00,$0.00,$8.00,$0.66,T1,P1,iPad,,,Payment{tail}Physical Good\n"
        f"{lead}Mugs,Mug,1.0,Regular,M1,,-$8.00,$0.00,-$8.00,$0.00,T2,P2,iPad,,,Refund{tail}Physical Good\n"
        f"{lead},Custom Amount,1.0,,,,$3.00,$0.00,$3.00,$0.00,T3,P3,iPad,,,Payment{tail}Custom Amount\n"
        f"{lead}Care,Engraving,1.0,Regular,,,$3.00,$0.00,$3.00,$0.00,T3,P3,iPad,,,Payment{tail}Service\n"
    )
    found = load(SQUARE + body, "items.csv")
    assert rows(found, "sold_at", "sku", "quantity", "amount") == [
        (at("2026-07-18T12:59:30"), "Mug - Large", 1.0, 8.0), (at("2026-07-18T12:59:30"), "M1", -1.0, -8.0),
    ]  # fmt: skip
    assert [line for line, _ in reasons(found)] == [4, 5]
    assert "Customer Name" in found.dropped_columns


def test_square_files_without_times_and_with_product_sales_are_known_too(table):
    raw = table("Date,Category,Item,Qty,Price Point Name,Product Sales\n2026-07-18,Mugs,Mug,1,Regular,$8.00\n")
    assert recognise(raw, "x.csv").platform == "square_items"


def test_a_platforms_column_whose_values_contradict_it_is_left_out(table):
    raw = table(SHOPIFY + "#1,,paid,,EUR,18,yesterday,3,Mug,18,M1,,9\n#2,,paid,,EUR,18,today,3,Mug,18,M1,,9\n")
    found = recognise(raw, "x.csv")
    assert {entry.header: entry.field for entry in found.mapping}["Created at"] is None
    assert "“Created at” was expected to hold sold_at, but its values do not; it is left out." in found.questions


def test_the_lines_of_a_workbook_like_export_survive_a_stored_mapping(table):
    raw = table(WOO["en"] + WOO_ROWS)
    mapping = recognise(raw, "orders.csv").to_mapping()
    assert convert(raw, mapping, customer_key=b"k").rows.num_rows == 4


def test_packs_in_a_file_with_decimal_commas_have_the_price_of_a_piece(load):
    text = (
        "Name;Created at;Financial Status;Lineitem quantity;Lineitem name;Lineitem price;Lineitem sku\n"
        "#1;2024-01-05 10:00:00 +0100;paid;2;Mug pack of two;12,50;M1\n"
        "#2;2024-01-05 10:00:00 +0100;paid;1;Mug;6,25;M1\n"
    )
    assert rows(load(text), "quantity", "unit_price") == [(4.0, 6.25), (1.0, 6.25)]


def test_woocommerce_items_are_told_apart_by_the_mark_of_the_first_only(load):
    text = 'Date,Order #,Product(s),Items sold\n2024-01-05,1,"1× Poster, 20 x 30 cm, 2× Mug",3\n'
    assert rows(load(text), "sku", "quantity") == [("Poster, 20 x 30 cm", 1.0), ("Mug", 2.0)]


def test_amazon_times_in_utc_are_remarked(load):
    text = "amazon-order-id\tpurchase-date\tsku\tquantity\n1-2\t2024-01-05T23:30:00+00:00\tA\t1\n"
    assert load(text).notes == (
        "Amazon states times in UTC: far from it, late orders count on the day after or before.",
    )
