"""Exports of Chinese marketplaces, business software, planners and libraries, each with its traps."""

from datetime import date, datetime

import pytest

from core.base.errors import MappingError
from core.ingest.conversion import convert
from core.ingest.pairing import paired
from core.ingest.recognition import recognise

at = datetime.fromisoformat


def rows(converted, *names):
    return [tuple(row[name] for name in names) for row in converted.rows.to_pylist()]


def reasons(converted):
    return [(line.line, line.reason) for line in converted.quarantined]


TAOBAO_LIST = (
    "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,收货地址 ,订单创建时间,订单付款时间 ,"
    "宝贝标题,宝贝种类,宝贝总数量,店铺名称\n"
)
TAOBAO_DETAILS = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码\n"
LIST_ROWS = (
    "360000000000000001,甲,19,19,交易成功,某路1号,2026-01-05 10:00:00,2026-01-05 10:01:00,杯子,1,2,小店\n"
    "360000000000000002,乙,30,0,等待买家付款,某路2号,2026-01-06 10:00:00,,碗，盘,2,3,小店\n"
    "360000000000000003,丙,9,0,交易关闭,某路3号,2026-01-07 10:00:00,,碗,1,1,小店\n"
)
DETAIL_ROWS = (
    "360000000000000001,杯子,9.5,2,S-1,红,,,,M1\n360000000000000002,碗,10,1,S-2,,,,,\n360000000000000002,盘,20,2,,,,,,\n"
    "999,盘,20,2,,,,,,P1\n"
)


def test_taobao_order_lists_and_details_are_joined_by_order_number(table):
    orders = table((TAOBAO_LIST + LIST_ROWS).encode("gb18030"), "ExportOrderList.csv")
    details = table((TAOBAO_DETAILS + DETAIL_ROWS).encode("gb18030"), "ExportOrderDetailList.csv")
    first, second = paired([orders, details])
    assert (first.used_in, second.used_in, second.partners) == (1, None, (0,))
    found = convert(second.table, recognise(second.table, "details.csv"), customer_key=b"k")
    assert rows(found, "order_id", "sold_at", "sku", "quantity", "status", "channel") == [
        ("360000000000000001", at("2026-01-05T10:00"), "M1", 2.0, "交易成功", "小店"),
        ("360000000000000002", at("2026-01-06T10:00"), "S-2", 1.0, "unpaid", "小店"),
        ("360000000000000002", at("2026-01-06T10:00"), "盘", 2.0, "unpaid", "小店"),
    ]
    assert reasons(found) == [(5, "There is no sold_at (column “订单创建时间”).")]
    assert second.note.endswith("Lines of orders that are not in it, set aside for want of a date: 1.")


def test_taobao_details_alone_ask_for_the_order_list(load):
    with pytest.raises(MappingError, match=r"These order details carry no dates\. Import the order list \(订单列表"):
        load((TAOBAO_DETAILS + DETAIL_ROWS).encode("gb18030"))


def test_a_taobao_list_alone_serves_for_orders_of_one_item(load):
    found = load((TAOBAO_LIST + LIST_ROWS).encode("gb18030"))
    assert rows(found, "sku", "product_name", "quantity", "status") == [
        ("杯子", "杯子", 2.0, "交易成功"), ("碗", "碗", 1.0, "交易关闭"),
    ]  # fmt: skip
    assert [line for line, _ in reasons(found)] == [3]
    assert "import the order details" in reasons(found)[0][1]


def test_tables_that_do_not_belong_together_stay_as_they_are(table):
    raw = table("date,sku,quantity\n2026-01-02,A1,3\n")
    (only,) = paired([raw])
    assert only.table is raw
    assert only.used_in is None


def test_jd_totals_that_repeat_on_every_line_are_no_amounts(load):
    found = load(
        "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,订单状态,下单帐号,客户姓名,客户地址,联系电话\n"
        "100000000000000000012,0012,杯,2,在线支付,2026-01-02 08:00:00,5,40,40,完成,u,王,某路,139\n"
        "100000000000000000012,0013,碗,3,在线支付,2026-01-02 08:00:00,10,40,40,完成,u,王,某路,139\n"
    )
    assert rows(found, "order_id", "sku", "quantity", "unit_price", "amount") == [
        ("100000000000000000012", "0012", 2.0, 5.0, None), ("100000000000000000012", "0013", 3.0, 10.0, None),
    ]  # fmt: skip
    assert {"客户姓名", "客户地址", "联系电话"} <= set(found.dropped_columns)


def test_odoo_order_lines_inherit_their_order_and_lose_their_brackets(load):
    found = load(
        "Order Reference,Order Date,Customer,Status,Order Lines/Product,Order Lines/Quantity,Order Lines/Unit Price\n"
        "S0001,2026-01-02 08:00:00,Ann,Sales Order,[M1] Mug,2,9.5\n,,,,[C1] Cup,1,4.5\n"
        "S0002,2026-01-03 08:00:00,Ben,Quotation,Plate,1,7\n"
    )
    assert rows(found, "order_id", "sold_at", "sku", "quantity", "status") == [
        ("S0001", at("2026-01-02T08:00"), "M1", 2.0, "Sales Order"),
        ("S0001", at("2026-01-02T08:00"), "C1", 1.0, "Sales Order"),
        ("S0002", at("2026-01-03T08:00"), "Plate", 1.0, "Quotation"),
    ]


def test_odoo_purchases_are_no_sales(load):
    found = load(
        "Order Reference,Vendor,Order Date,Order Lines/Product,Order Lines/Quantity,Order Lines/Unit Price\n"
        "P1,Acme,2026-01-02,[M1] Mug,3,2.5\n,,,[C1] Cup,4,1\n",
        "purchase.order.csv",
    )
    assert found.role == "orders"
    assert rows(found, "po_id", "supplier", "sku", "ordered_on", "ordered_units", "unit_cost") == [
        ("P1", "Acme", "M1", date(2026, 1, 2), 3.0, 2.5),
        ("P1", "Acme", "C1", date(2026, 1, 2), 4.0, 1.0),
    ]


def test_odoo_products_with_their_vendors_keep_code_cost_and_minimum(load):
    found = load(
        "Internal Reference,Name,Vendors/Vendor,Vendors/Price,Vendors/Quantity,Vendors/Delivery Lead Time\n"
        "M1,Mug,Acme,3.5,100,14\nC1,Cup,Acme,2.5,50,14\n",
        "product.template.csv",
    )
    assert found.role == "products"
    assert rows(found, "sku", "product_name", "unit_cost", "unit_price", "supplier", "moq", "lead_time_days") == [
        ("M1", "Mug", 3.5, None, "Acme", 100.0, 14.0),
        ("C1", "Cup", 2.5, None, "Acme", 50.0, 14.0),
    ]


@pytest.mark.parametrize(
    ("text", "role", "platform", "expected"),
    [
        ("Date Order,Product,# of Qty,Unit of Measure,Partner,Salesperson,Total Price,"
         "Category of Product,Order Status\n2026-01-02,[M1] Mug,2,Dozen,Ann,Bob,19,Kitchen,sale\n",
         "sales", "odoo_sales",
         {"sku": "M1", "quantity": 2.0, "unit": "Dozen", "amount": 19.0, "category": "Kitchen"}),
        ("Product,Warehouse,Location,Trigger,Min Quantity,Max Quantity,Multiple Quantity,On Hand,Forecast,To Order\n"
         "[M1] Mug,Berlin,WH/Stock,Auto,5,20,1,7,9,0\n", "stock", "odoo_stock",
         {"sku": "M1", "location": "Berlin", "on_hand": 7.0}),
        ("Item Code,Item Name,Item Group,Description,Quantity,UOM,Rate,Amount,Sales Order,Transaction Date,Customer,"
         "Delivered Quantity,Billed Amount\nM1,Mug,Kitchen,A mug,2,Nos,9.5,19,SO-1,2026-01-02,Ann,1,9.5\n",
         "sales", "erpnext_sales",
         {"sku": "M1", "quantity": 2.0, "unit": "Nos", "unit_price": 9.5, "amount": 19.0, "order_id": "SO-1"}),
        ("物料代码,物料名称,物料组,描述,数量,单位,单价,金额,销售订单,交易日期,客户,已交付数量,开票金额\n"
         "M1,杯,厨房,杯子,2,个,9.5,19,SO-1,2026-01-02,甲,1,9.5\n", "sales", "erpnext_sales",
         {"sku": "M1", "product_name": "杯", "quantity": 2.0, "unit": "个", "amount": 19.0, "order_id": "SO-1"}),
        ("Artikel-Code,Artikelname,Artikelgruppe,Beschreibung,Menge,Einheit,Preis,Betrag,Kundenauftrag,Transaktionsdatum,"
         "Gelieferte Menge\nM1,Becher,Küche,Ein Becher,2,Stk,9.5,19,SO-1,2026-01-02,1\n", "sales", "erpnext_sales",
         {"sku": "M1", "product_name": "Becher", "quantity": 2.0, "unit": "Stk", "amount": 19.0, "order_id": "SO-1"}),
        ("Item Code,Item Name,Item Group,Brand,Warehouse,UOM,Actual Qty,Planned Qty,Requested Qty,Ordered Qty,"
         "Reserved Qty,Projected Qty,Reorder Level\nM1,Mug,Kitchen,Own,Berlin,Nos,7,0,0,12,3,16,5\n",
         "stock", "erpnext_stock",
         {"sku": "M1", "location": "Berlin", "on_hand": 7.0, "on_order": 12.0, "allocated": 3.0}),
        ("物料代码,物料名称,仓库,单位,实际数量,已订购数量,预留数量,预计数量\nM1,杯,北京,个,7,12,3,16\n",
         "stock", "erpnext_stock",
         {"sku": "M1", "location": "北京", "on_hand": 7.0, "on_order": 12.0, "allocated": 3.0}),
        ("Artikel-Code,Artikelname,Lager,Tatsächliche Menge,Bestellte Menge,Reservierte Menge,Projizierte Menge\n"
         "M1,Becher,Berlin,7,12,3,16\n", "stock", "erpnext_stock",
         {"sku": "M1", "location": "Berlin", "on_hand": 7.0, "on_order": 12.0, "allocated": 3.0}),
        ("supplier,item,location,cost,leadtime,size_minimum,size_multiple,size_maximum\nS1,M1,Berlin,4,604800,24,6,\n",
         "suppliers", "frepple_item_supplier",
         {"supplier": "S1", "sku": "M1", "unit_cost": 4.0, "lead_time_days": 7.0, "moq": 24.0, "pack": 6.0}),
        ("supplier,item,location,cost,leadtime,size_minimum\nS1,M1,Berlin,4,7 00:00:00,24\n", "suppliers",
         "frepple_item_supplier", {"lead_time_days": 7.0}),
        ("Item code,Location,On hand\nM1,Berlin,7\n", "stock", "streamline_items",
         {"sku": "M1", "location": "Berlin", "on_hand": 7.0}),
        ("Item code,Location,Qty to receive,Delivery date,Sendout date,Order number\n"
         "M1,Berlin,24,2026-02-01,2026-01-02,PO7\n", "orders", "streamline_orders",
         {"sku": "M1", "ordered_units": 24.0, "ordered_on": date(2026, 1, 2), "due_on": date(2026, 2, 1),
          "po_id": "PO7"}),
        ("item_id,timestamp,target\nA,2026-01-02,3\n", "sales", "autogluon", {"sku": "A", "quantity": 3.0}),
    ],
)  # fmt: skip
def test_an_export_is_known_and_read(load, table, text, role, platform, expected):
    found = recognise(table(text, "export.csv"), "export.csv")
    assert (found.role, found.platform) == (role, platform)
    (row,) = load(text, "export.csv").rows.to_pylist()
    assert {name: row[name] for name in expected} == expected


def test_m5_weights_are_fixed_facts_of_each_series(load):
    found = load("series_id,Dollar_Sales,weight\nLevel9/A,24644.59,0.0063\n", "weights.csv")
    assert rows(found, "period", "sku", "driver", "value") == [
        (None, "Level9/A", "Dollar_Sales", 24644.59), (None, "Level9/A", "weight", 0.0063),
    ]  # fmt: skip
