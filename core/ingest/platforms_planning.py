"""Exports of business software and planning tools, and published data sets: their signature and their columns."""

from typing import Final

from core.ingest.platforms_base import export

M5: Final = "m5"
M5_START: Final = "2011-01-29"
"""First day (d_1) of the M5 competition's data, as published with its calendar."""

_ODOO_LINE: Final = "Order Lines/"

BUSINESS: Final = (
    export(
        "odoo_purchases", "orders", "Vendor,Order Lines/Product,Order Lines/Quantity",
        {"Order Reference": "po_id", "Vendor": "supplier", "Order Deadline": "ordered_on", "Order Date": "ordered_on",
         "Expected Arrival": "due_on", "Receipt Date": "due_on", f"{_ODOO_LINE}Product": "sku",
         f"{_ODOO_LINE}Quantity": "ordered_units", f"{_ODOO_LINE}Received Qty": "received_units",
         f"{_ODOO_LINE}Unit Price": "unit_cost"},
    ),
    export(
        "odoo_orders", "sales", "Order Lines/Product,Order Lines/Quantity",
        {"Order Reference": "order_id", "Order Date": "sold_at", "Creation Date": "sold_at", "Status": "status",
         "Warehouse": "location", f"{_ODOO_LINE}Product": "sku", f"{_ODOO_LINE}Description": "product_name",
         f"{_ODOO_LINE}Quantity": "quantity", f"{_ODOO_LINE}Unit Price": "unit_price",
         f"{_ODOO_LINE}Subtotal": "amount", f"{_ODOO_LINE}Unit of Measure": "unit", "Currency": "currency"},
    ),
    export(
        "odoo_sales", "sales", "Date Order,Product,# of Qty",
        {"Date Order": "sold_at", "Product": "sku", "# of Qty": "quantity", "Unit of Measure": "unit",
         "Total Price": "amount", "Category of Product": "category", "Order Status": "status", "Warehouse": "location"},
    ),
    export(
        "odoo_sales", "sales", "Order Date,Product Variant,Qty Ordered",
        {"Order Reference": "order_id", "Order Date": "sold_at", "Product Variant": "sku", "Product": "product_name",
         "Qty Ordered": "quantity", "Unit of Measure": "unit", "Untaxed Total": "amount",
         "Product Category": "category", "Status": "status", "Warehouse": "location"},
    ),
    export(
        "odoo_stock", "stock", "Product,Min Quantity,Max Quantity,On Hand",
        {"Product": "sku", "Warehouse": "location", "Location": "location", "On Hand": "on_hand"},
    ),
    export(
        "erpnext_sales", "sales", "Item Code,Quantity,Rate,Sales Order,Transaction Date",
        {"Item Code": "sku", "Item Name": "product_name", "Item Group": "category", "Quantity": "quantity",
         "UOM": "unit", "Rate": "unit_price", "Amount": "amount", "Sales Order": "order_id",
         "Transaction Date": "sold_at", "Customer": "customer", "Description": "", "Billed Amount": "",
         "Delivered Quantity": "", "Territory": "", "Project": "", "Company": ""},
    ),
    export(
        "erpnext_sales", "sales", "物料组,销售订单,数量,金额", {"已交付数量": "", "开票金额": "", "描述": ""},
        by_words=True,
    ),
    export(
        "erpnext_sales", "sales", "Artikelgruppe,Menge,Betrag,Kundenauftrag",
        {"Kundenauftrag": "order_id", "Gelieferte Menge": "", "Beschreibung": "", "Berechneter Betrag": ""},
        by_words=True,
    ),
    export(
        "erpnext_stock", "stock", "Item Code,Warehouse,Actual Qty,Projected Qty",
        {"Item Code": "sku", "Warehouse": "location", "Actual Qty": "on_hand", "Ordered Qty": "on_order",
         "Reserved Qty": "allocated"},
    ),
    export("erpnext_stock", "stock", "仓库,实际数量,预计数量", {"实际数量": "on_hand"}, by_words=True),
    export("erpnext_stock", "stock", "仓库,实际数量,预计可用数量", {"实际数量": "on_hand"}, by_words=True),
    export(
        "erpnext_stock", "stock", "Lager,Tatsächliche Menge,Projizierte Menge", {"Tatsächliche Menge": "on_hand"},
        by_words=True,
    ),
)  # fmt: skip
"""Odoo and ERPNext."""

PLANNERS: Final = (
    export(
        "frepple_item_supplier", "suppliers", "supplier,item,leadtime,size_minimum",
        {"supplier": "supplier", "item": "sku", "location": "location", "cost": "unit_cost",
         "leadtime": "lead_time_days", "size_minimum": "moq", "size_multiple": "pack"},
    ),
    export(
        "streamline_orders", "orders", "Item code,Qty to receive,Delivery date,Sendout date",
        {"Item code": "sku", "Location": "location", "Qty to receive": "ordered_units", "Delivery date": "due_on",
         "Sendout date": "ordered_on", "Order number": "po_id", "Supplier": "supplier"},
    ),
    export(
        "streamline_items", "stock", "Item code,On hand",
        {"Item code": "sku", "Location": "location", "On hand": "on_hand"}, by_words=True,
    ),
    export("nixtla", "sales", "unique_id,ds,y", {"unique_id": "sku", "ds": "sold_at", "y": "quantity"}),
    export(
        "autogluon", "sales", "item_id,timestamp,target",
        {"item_id": "sku", "timestamp": "sold_at", "target": "quantity"},
    ),
)  # fmt: skip
"""Interchange files of planning tools and forecasting libraries."""

DATA_SETS: Final = (
    export(
        "uci_online_retail", "sales", "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice",
        {"InvoiceNo": "order_id", "StockCode": "sku", "Description": "product_name", "Quantity": "quantity",
         "InvoiceDate": "sold_at", "UnitPrice": "unit_price", "CustomerID": "customer"},
    ),
    export(
        "walmart_2014", "sales", "Store,Dept,Date,Weekly_Sales",
        {"Store": "location", "Dept": "sku", "Date": "sold_at", "Weekly_Sales": "quantity"},
    ),
    export(
        "walmart_2014", "drivers", "Store,Date,Temperature,Fuel_Price",
        {"Store": "location", "Date": "period", "Temperature": "driver", "Fuel_Price": "driver", "CPI": "driver",
         "Unemployment": "driver", "IsHoliday": "driver"} | {f"MarkDown{i}": "driver" for i in range(1, 6)},
    ),
    export("walmart_2014", "drivers", "Store,Type,Size", {"Store": "location", "Type": "driver", "Size": "driver"}),
    export(
        M5, "drivers", "date,wm_yr_wk,event_name_1,snap_CA",
        {"date": "period", "event_name_1": "driver", "event_name_2": "driver", "snap_CA": "driver",
         "snap_TX": "driver", "snap_WI": "driver"},
    ),
    export(
        M5, "drivers", "series_id,Dollar_Sales,weight",
        {"series_id": "sku", "Dollar_Sales": "driver", "weight": "driver"},
    ),
    export(
        "m5_prices", "drivers", "store_id,item_id,wm_yr_wk,sell_price",
        {"store_id": "location", "item_id": "sku", "wm_yr_wk": "period", "sell_price": "driver"},
    ),
)  # fmt: skip
"""Published data sets."""
