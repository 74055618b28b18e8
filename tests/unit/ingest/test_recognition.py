"""What a table is taken for."""

import pytest

from core.base.errors import MappingError
from core.ingest.mapping import from_json
from core.ingest.recognition import recognise

SAMPLE_SHOP = {
    "sales": "order_id,date,sku,product_name,location,quantity,unit_price,discount,status,channel,customer_id\n"
    "1,2026-01-02,A1,Mug,north,2,9.5,0,paid,web,77\n",
    "stock": "date,sku,location,on_hand,on_order\n2026-01-02,A1,north,12,5\n",
    "products": "sku,product_name,category,brand,unit_cost,unit_price,supplier,launched_on\n"
    "A1,Mug,Kitchen,Own,4,9.5,S1,2024-01-01\n",
    "suppliers": "supplier,sku,lead_time_days,lead_time_sd_days,moq,pack,order_cost\nS1,A1,14,3,24,6,40\n",
    "orders": "po_id,supplier,sku,location,ordered_on,due_on,received_on,ordered_units,received_units\n"
    "7,S1,A1,north,2026-01-02,2026-01-16,,24,\n",
    "drivers": "date,sku,price,promotion,clicks,ad_spend,competitor_price\n2026-01-02,A1,9.5,0,120,15,9.9\n",
}


@pytest.mark.parametrize(("role", "text"), SAMPLE_SHOP.items())
def test_each_table_of_a_plain_shop_is_recognised_by_its_columns_alone(table, role, text):
    found = recognise(table(text, "export.csv"), "export.csv")
    assert found.role == role
    assert all(entry.field for entry in found.mapping), [e.header for e in found.mapping if not e.field]
    assert found.questions == ()


CHINESE = "订单号,下单时间,商品编码,商品名称,数量,单价\n1,2026-01-02 08:00:00,A1,杯子,2,9.5\n"


def test_chinese_headers_are_recognised(table):
    found = recognise(table(CHINESE), "导出.csv")
    assert {entry.header: entry.field for entry in found.mapping} == {
        "订单号": "order_id", "下单时间": "sold_at", "商品编码": "sku", "商品名称": "product_name", "数量": "quantity",
        "单价": "unit_price",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "role", "platform"),
    [
        ("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
         "536365,85123A,LAMP,6,2010-12-01 08:26:00,2.55,17850.0,UK\n", "sales", "uci_online_retail"),
        ("Store,Dept,Date,Weekly_Sales,IsHoliday\n1,1,2010-02-05,24924.5,FALSE\n", "sales", "walmart_2014"),
        ("Store,Date,Temperature,Fuel_Price,MarkDown1,IsHoliday\n1,2010-02-05,42.31,2.572,NA,FALSE\n",
         "drivers", "walmart_2014"),
        ("unique_id,ds,y\nA,2026-01-02,3\n", "sales", "nixtla"),
        ("订单号,商品ID,商品名称,订购数量,下单时间,京东价\n1,99,杯,2,2026-01-02 08:00:00,5\n", "sales", "jd_orders"),
        ("amazon-order-id\tpurchase-date\tsku\tquantity\titem-price\n1\t2026-01-02T08:00:00Z\tA\t2\t9.5\n",
         "sales", "amazon_orders"),
        ("series_id,d_1,d_2,d_3\nTOTAL,3,4,5\n", "sales", "m5"),
    ],
)  # fmt: skip
def test_platforms_are_known_by_their_signature(table, text, role, platform):
    found = recognise(table(text), "x.csv")
    assert (found.role, found.platform) == (role, platform)


def test_a_column_named_like_a_quantity_but_holding_dates_is_not_taken(table):
    found = recognise(table("date,sku,sales,quantity\n2026-01-02,A,2026-01-02,5\n"), "x.csv")
    assert {e.header: e.field for e in found.mapping}["sales"] is None


def test_ambiguous_dates_are_a_question(table):
    found = recognise(table("date,sku,quantity\n01/02/2026,A,3\n"), "sales.csv")
    assert "Choose date_order" in found.questions[0]


def test_a_mapping_survives_json(table):
    raw = table(SAMPLE_SHOP["sales"])
    mapping = recognise(raw, "sales.csv").to_mapping()
    assert from_json(mapping.to_json(raw.header), raw.header) == mapping


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "needs “role” and “fields”"),
        ('{"role": "sails", "fields": {}}', "“sails” was given"),
        ('{"role": "sales", "fields": {"Qty": "quantity"}}', "columns the file lacks: Qty"),
        ('{"role": "sales", "fields": {"date": "when"}}', "no field when"),
    ],
)
def test_a_wrong_mapping_file_is_refused(text, message):
    with pytest.raises(MappingError, match=message):
        from_json(text, ("date", "sku"))


def fields_of(found):
    return {entry.header: entry.field for entry in found.mapping}


def test_a_product_beside_a_sku_is_its_name(table):
    text = (
        "SKU,Product,Category,Unit cost,Supplier,Launch date,Discontinued date\n"
        "A1,Mug,Cups,4,S1,2024-01-01,2026-01-01\n"
    )
    assert fields_of(recognise(table(text, "products.csv"), "products.csv")) == {
        "SKU": "sku", "Product": "product_name", "Category": "category", "Unit cost": "unit_cost",
        "Supplier": "supplier", "Launch date": "launched_on", "Discontinued date": "discontinued_on",
    }  # fmt: skip


def test_a_product_alone_is_the_sku(table):
    found = fields_of(recognise(table("Date,Product,Quantity\n2026-01-02,Mug,3\n"), "sales.csv"))
    assert (found["Product"], found["Quantity"]) == ("sku", "quantity")


def test_a_product_beside_its_description_is_the_sku(table):
    found = fields_of(recognise(table("Date,Product,Description,Quantity\n2026-01-02,A1,Mug,3\n"), "sales.csv"))
    assert (found["Product"], found["Description"]) == ("sku", "product_name")


TERMS = {"lead_time_days", "moq", "pack", "supplier"}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("sku,product_name,unit_cost,supplier,lead_time_days,moq,pack_size", "A1,Mug,2.10,North,14,24,6"),
        ("SKU,Name,Preferred vendor,Lead time,Min order qty,Case pack", "A1,Mug,North,14,24,6"),
        ("Item Code,Item Name,Default Supplier,Lead Time in days,Minimum Order Qty,Order multiple", "A1,Mug,N,14,24,6"),
        ("Artikelnummer,Bezeichnung,EK,Lieferant,Lieferzeit (Tage),Mindestbestellmenge,VE", "A1,Becher,2,Nord,14,24,6"),
        ("SKU编码,商品名称,成本价,供应商名称,提前期,最小起订量,箱规", "A1,杯,2,北,14,24,6"),
    ],
)
def test_a_products_file_carries_the_terms_of_its_skus(table, header, values):
    found = recognise(table(f"{header}\n{values}\n", "list.csv"), "list.csv")
    assert found.role == "products"
    assert set(fields_of(found).values()) >= TERMS | {"sku", "product_name"}


@pytest.mark.parametrize(
    "text",
    [
        "Supplier,SKU,Name,Lead time,MOQ,Order cost\nNorth,A1,Mug,14,24,30\n",
        "Supplier,SKU,Name,Lead time,MOQ\nNorth,A1,Mug,14,24\nSouth,A1,Mug,9,30\n",
        "Supplier,SKU,Lead time,MOQ\nNorth,A1,14,24\n",
        "Supplier,Lead time,MOQ\nNorth,14,24\n",
    ],
    ids=["terms only suppliers have", "two suppliers of one SKU", "no name", "no SKU"],
)
def test_terms_that_a_products_file_could_not_hold_are_a_suppliers_file(table, text):
    assert recognise(table(text, "list.csv"), "list.csv").role == "suppliers"


def test_terms_of_skus_without_a_supplier_are_a_products_file(table):
    found = recognise(table("SKU,Lead time,MOQ\nA1,14,24\n", "list.csv"), "list.csv")
    assert (found.role, set(fields_of(found).values())) == ("products", {"sku", "lead_time_days", "moq"})


def test_a_stock_file_with_terms_remains_one(table):
    found = recognise(table("SKU,On hand,Lead time,MOQ,Pack size\nA1,5,14,24,6\n", "list.csv"), "list.csv")
    assert found.role == "stock"


SHOPIFY = (
    "Handle,Title,Vendor,Type,Option1 Name,Variant SKU,Variant Price,Variant Barcode,SEO Title,Cost per item,Status"
)
WOO = "ID,Type,SKU,Name,Published,Short description,Stock,Weight (kg),Sale price,Regular price,Categories,Position"


@pytest.mark.parametrize(
    ("text", "added"),
    [
        (
            f"{SHOPIFY},Lead time (product.metafields.custom.lead),MOQ (product.metafields.custom.moq),"
            "Pack size (product.metafields.custom.pack),Supplier (product.metafields.custom.supplier)\n"
            "mug,Mug,Acme,Mugs,Size,A1,4.50,,x,2.10,active,14,24,6,North\n",
            11,
        ),
        (
            f"{WOO},Meta: lead_time_days,Meta: _moq,Meta: pack_size,Meta: supplier\n"
            "1,simple,A1,Mug,1,,12,,,4.50,Cups,0,14,24,6,North\n",
            12,
        ),
    ],
    ids=["Shopify", "WooCommerce"],
)
def test_fields_that_a_shop_added_to_its_products_are_terms(table, text, added):
    found = recognise(table(text, "export.csv"), "export.csv")
    assert found.role == "products"
    assert found.platform != "own columns"
    assert {entry.field for entry in found.mapping[added:]} == TERMS
    assert not TERMS & {entry.field for entry in found.mapping[:added]}


def questions(table, text, name="export.csv"):
    found = recognise(table(text, name), name)
    return {entry.header: entry.field for entry in found.mapping}, " ".join(found.questions)


@pytest.mark.parametrize("header", ["Lead time (weeks)", "Lieferzeit (in Wochen)", "lead time [months]"])
def test_weeks_are_not_taken_for_days(table, header):
    fields, asked = questions(table, f"supplier,sku,{header},moq\nS,A,2,10\n", "suppliers.csv")
    assert fields[header] is None
    assert f"“{header}”: left out, as the field has another unit" in asked


def test_thousands_and_cents_are_not_taken_for_ones(table):
    fields, asked = questions(table, "date,sku,units (000),price (cents)\n2024-01-13,A,1,250\n2024-01-14,A,2,250\n")
    assert (fields["units (000)"], fields["price (cents)"]) == (None, None)
    assert "left out" in asked


@pytest.mark.parametrize("header", ["Lead time (days)", "Lead time (calendar)"])
def test_brackets_that_contradict_nothing_are_passed_over(table, header):
    fields, _ = questions(table, f"supplier,sku,{header},moq\nS,A,2,10\n", "suppliers.csv")
    assert fields[header] == "lead_time_days"


def test_returns_that_only_a_word_tells_are_remarked(table):
    body = "2024-01-13,A,5,Sale\n2024-01-14,A,2,Return\n"
    _, asked = questions(table, "date,sku,quantity,type\n" + body)
    assert "“type” says “Return” of some lines, but no units are negative" in asked
    _, asked = questions(table, "date,sku,quantity,type\n" + body.replace(",2,", ",-2,"))
    assert asked == ""


def test_periods_that_repeat_are_remarked(table):
    _, asked = questions(table, "sku,Jan,Feb,Mar,Jan\nA,1,2,3,4\n")
    assert "Left out, as they repeat periods before them: Jan (2)." in asked


def test_periods_that_hold_money_or_dashes_are_remarked(table):
    _, asked = questions(table, "sku,2024-01,2024-02,2024-03\nA,1.99,2.49,3.10\nB,1.05,-,3.75\n", "prices.csv")
    assert "the file's name suggests drivers" in asked
    assert "The values have cents as money has" in asked
    assert "Cells with a dash are read as “not on sale”" in asked
    assert questions(table, "sku,2024-01,2024-02,2024-03\nA,1,2,\n", "sales.csv")[1] == ""


def test_order_numbers_that_a_spreadsheet_cut_short_are_remarked(table):
    _, asked = questions(table, "order id,date,sku,quantity\n4.00638E+12,2024-01-13,A,1\n4.00638E+12,2024-01-13,A,2\n")
    assert "“order id” holds numbers that a spreadsheet cut short (4.00638E+12)" in asked
