"""Exports of shop systems and marketplaces: their signature and their columns."""

from typing import Final

from core.ingest.platforms_base import export

SHOPIFY: Final = (
    export(
        "shopify_orders", "sales", "Name,Lineitem quantity,Lineitem name",
        {"Name": "order_id", "Created at": "sold_at", "Lineitem sku": "sku", "Lineitem name": "product_name",
         "Lineitem quantity": "quantity", "Lineitem price": "unit_price", "Lineitem discount": "discount",
         "Financial Status": "status", "Source": "channel", "Currency": "currency", "Location": "location"},
    ),
    export(
        "shopify_products", "products", "Handle,Title,Vendor,Variant SKU",
        {"Variant SKU": "sku", "Title": "product_name", "Type": "category", "Vendor": "brand",
         "Cost per item": "unit_cost", "Variant Price": "unit_price"},
        by_words=True,
    ),
    export(
        "shopify_products", "products", "URL handle,Title,Vendor,SKU,Price",
        {"SKU": "sku", "Title": "product_name", "Type": "category", "Vendor": "brand", "Cost per item": "unit_cost",
         "Price": "unit_price"},
        by_words=True,
    ),
    export(
        "shopify_inventory", "stock", "Handle,Title,SKU,Location,On hand",
        {"SKU": "sku", "Location": "location", "On hand (current)": "on_hand", "On hand (new)": "",
         "On hand": "on_hand", "Incoming": "on_order", "Committed": "allocated"},
    ),
    export(
        "shopify_inventory_by_location", "stock", "Handle,Title,SKU,HS Code,COO",
        {"SKU": "sku"} | dict.fromkeys(
            ("Handle", "Title", "HS Code", "COO", "Barcode", "Location", "Bin name", "Incoming", "Unavailable",
             "Committed", "Available", *(f"Option{i} {what}" for i in (1, 2, 3) for what in ("Name", "Value"))), ""
        ),
        rest="on_hand",
    ),
)  # fmt: skip
"""Shopify; its oldest stock export has one column per location.

What a shop has added to its products by itself, in Shopify or WooCommerce, is told by words.
"""

MARKETPLACES: Final = (
    export(
        "woocommerce_products", "products", "ID,Type,SKU,Name,Published,Regular price",
        {"SKU": "sku", "Name": "product_name", "Categories": "category", "Regular price": "unit_price",
         "Brands": "brand"},
        by_words=True,
    ),
    export(
        "amazon_orders", "sales", "amazon-order-id,purchase-date,sku,quantity",
        {"amazon-order-id": "order_id", "purchase-date": "sold_at", "sku": "sku", "product-name": "product_name",
         "quantity": "quantity", "item-price": "amount", "item-promotion-discount": "discount",
         "order-status": "status", "sales-channel": "channel", "currency": "currency"},
    ),
    export(
        "amazon_fba_stock", "stock", "sku,fnsku,asin,afn-fulfillable-quantity",
        {"sku": "sku", "afn-fulfillable-quantity": "on_hand", "afn-inbound-shipped-quantity": "on_order"},
    ),
    export(
        "amazon_ledger", "stock", "Date,FNSKU,MSKU,EndingWarehouseBalance",
        {"Date": "stock_date", "MSKU": "sku", "EndingWarehouseBalance": "on_hand", "Location": "location"}
        | dict.fromkeys(
            ("Receipts", "CustomerShipments", "CustomerReturns", "VendorReturns", "WarehouseTransferInOut", "Found",
             "Lost", "Damaged", "Disposed", "OtherEvents", "UnknownEvents"), "movement"
        ),
    ),
    export(
        "square_items", "sales", "Date,Item,Qty,Price Point Name",
        {"Date": "sold_at", "Item": "product_name", "Qty": "quantity", "SKU": "sku", "Gross Sales": "amount",
         "Product Sales": "amount", "Discounts": "discount", "Transaction ID": "order_id", "Event Type": "status",
         "Location": "location", "Channel": "channel", "Category": "category", "Customer ID": "customer",
         "Unit": "unit"},
    ),
)  # fmt: skip
"""WooCommerce, Amazon and Square; WooCommerce's order report is told by its values, as its headers are translated."""

CHINESE: Final = (
    export(
        "taobao_orders", "sales", "订单编号,宝贝标题,宝贝总数量,订单创建时间",
        {"订单编号": "order_id", "订单创建时间": "sold_at", "宝贝标题": "sku", "宝贝总数量": "quantity",
         "买家实际支付金额": "amount", "订单状态": "status", "店铺名称": "channel"},
    ),
    export(
        "taobao_details", "sales", "订单编号,标题,价格,购买数量",
        {"订单编号": "order_id", "订单创建时间": "sold_at", "商家编码": "sku", "外部系统编号": "",
         "标题": "product_name", "购买数量": "quantity", "价格": "unit_price", "订单状态": "status",
         "店铺名称": "channel"},
    ),
    export(
        "jd_orders", "sales", "订单号,商品ID,订购数量,下单时间",
        {"订单号": "order_id", "下单时间": "sold_at", "商品ID": "sku", "商品名称": "product_name",
         "订购数量": "quantity", "京东价": "unit_price", "订单状态": "status", "订单渠道": "channel"},
    ),
)  # fmt: skip
"""Taobao and Tmall, whose dates and items stand in two files, and JD, whose order totals repeat on every line."""
