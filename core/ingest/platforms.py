"""Exports of known shops and published data sets: their signature, their columns, and the repairs they need."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.ingest.numerals import distinct
from core.ingest.synonyms import plain


@dataclass(frozen=True, slots=True)
class Platform:
    """One known export.

    Attributes:
        key: name stored with the upload.
        role: role of its rows.
        signature: headers that must all be there (compared as in synonyms).
        fields: field of each header.
        start_date: published first day of its first numbered period column, ISO.
    """

    key: str
    role: str
    signature: frozenset[str]
    fields: dict[str, str]
    start_date: str = ""


def _platform(key: str, role: str, signature: str, fields: dict[str, str], start_date: str = "") -> Platform:
    heads = frozenset(plain(name) for name in signature.split(","))
    return Platform(key, role, heads, {plain(name): field for name, field in fields.items()}, start_date)


M5: Final = "m5"
M5_START: Final = "2011-01-29"
"""First day (d_1) of the M5 competition's data, as published with its calendar."""

PLATFORMS: Final = (
    _platform(
        "uci_online_retail", "sales", "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice",
        {"InvoiceNo": "order_id", "StockCode": "sku", "Description": "product_name", "Quantity": "quantity",
         "InvoiceDate": "sold_at", "UnitPrice": "unit_price", "CustomerID": "customer"},
    ),
    _platform(
        "walmart_2014", "sales", "Store,Dept,Date,Weekly_Sales",
        {"Store": "location", "Dept": "sku", "Date": "sold_at", "Weekly_Sales": "quantity"},
    ),
    _platform(
        "walmart_2014", "drivers", "Store,Date,Temperature,Fuel_Price",
        {"Store": "location", "Date": "period", "Temperature": "driver", "Fuel_Price": "driver", "CPI": "driver",
         "Unemployment": "driver", "IsHoliday": "driver"} | {f"MarkDown{i}": "driver" for i in range(1, 6)},
    ),
    _platform("walmart_2014", "drivers", "Store,Type,Size", {"Store": "location", "Type": "driver", "Size": "driver"}),
    _platform(
        M5, "drivers", "date,wm_yr_wk,event_name_1,snap_CA",
        {"date": "period", "event_name_1": "driver", "event_name_2": "driver", "snap_CA": "driver",
         "snap_TX": "driver", "snap_WI": "driver"},
    ),
    _platform(
        "m5_prices", "drivers", "store_id,item_id,wm_yr_wk,sell_price",
        {"store_id": "location", "item_id": "sku", "wm_yr_wk": "period", "sell_price": "driver"},
    ),
    _platform(
        "shopify_orders", "sales", "Name,Lineitem quantity,Lineitem name",
        {"Name": "order_id", "Created at": "sold_at", "Lineitem sku": "sku", "Lineitem name": "product_name",
         "Lineitem quantity": "quantity", "Lineitem price": "unit_price", "Lineitem discount": "discount",
         "Financial Status": "status", "Source": "channel"},
    ),
    _platform(
        "shopify_products", "products", "Handle,Title,Vendor,Variant SKU",
        {"Variant SKU": "sku", "Title": "product_name", "Type": "category", "Vendor": "brand",
         "Cost per item": "unit_cost", "Variant Price": "unit_price"},
    ),
    _platform(
        "shopify_inventory", "stock", "Handle,Title,SKU,Location,On hand",
        {"SKU": "sku", "Location": "location", "On hand": "on_hand", "Incoming": "on_order", "Committed": "allocated"},
    ),
    _platform(
        "woocommerce_products", "products", "ID,Type,SKU,Name,Published,Regular price",
        {"SKU": "sku", "Name": "product_name", "Categories": "category", "Regular price": "unit_price"},
    ),
    _platform(
        "amazon_orders", "sales", "amazon-order-id,purchase-date,sku,quantity",
        {"amazon-order-id": "order_id", "purchase-date": "sold_at", "sku": "sku", "product-name": "product_name",
         "quantity": "quantity", "item-price": "amount", "item-promotion-discount": "discount",
         "order-status": "status", "sales-channel": "channel"},
    ),
    _platform(
        "amazon_ledger", "stock", "Date,FNSKU,MSKU,EndingWarehouseBalance",
        {"Date": "stock_date", "MSKU": "sku", "EndingWarehouseBalance": "on_hand", "Location": "location"},
    ),
    _platform(
        "square_items", "sales", "Date,Item,Qty,Price Point Name,Gross Sales",
        {"Date": "sold_at", "Item": "product_name", "Qty": "quantity", "SKU": "sku", "Gross Sales": "amount",
         "Discounts": "discount", "Transaction ID": "order_id", "Event Type": "status", "Location": "location",
         "Channel": "channel", "Category": "category", "Customer ID": "customer"},
    ),
    _platform(
        "taobao_orders", "sales", "订单编号,宝贝标题,宝贝总数量,订单创建时间",
        {"订单编号": "order_id", "订单创建时间": "sold_at", "宝贝标题": "sku", "宝贝总数量": "quantity",
         "买家实际支付金额": "amount", "订单状态": "status", "店铺名称": "channel"},
    ),
    _platform(
        "taobao_details", "sales", "订单编号,标题,价格,购买数量",
        {"订单编号": "order_id", "订单创建时间": "sold_at", "商家编码": "sku", "标题": "product_name",
         "购买数量": "quantity", "价格": "unit_price", "订单状态": "status"},
    ),
    _platform(
        "jd_orders", "sales", "订单号,商品ID,订购数量,下单时间",
        {"订单号": "order_id", "下单时间": "sold_at", "商品ID": "sku", "商品名称": "product_name",
         "订购数量": "quantity", "京东价": "unit_price", "订单状态": "status", "订单渠道": "channel"},
    ),
    _platform("nixtla", "sales", "unique_id,ds,y", {"unique_id": "sku", "ds": "sold_at", "y": "quantity"}),
)  # fmt: skip
"""Known exports, the most particular first."""


def match(header: Sequence[str]) -> Platform | None:
    """The known export whose whole signature the header has."""
    names = {plain(name) for name in header}
    return next((platform for platform in PLATFORMS if platform.signature <= names), None)


def repaired(platform: str, header: tuple[str, ...], columns: pa.Table) -> pa.Table:
    """The texts of a known export with its peculiarities put right; anything else unchanged.

    Args:
        platform: key of the export.
        header: its column names, shape (n_columns,).
        columns: its texts, shape (n_rows, n_columns).
    """
    repair = _REPAIRS.get(platform)
    return repair(_Sheet(header, columns)).columns if repair else columns


class _Sheet:
    """Columns addressed by their header while they are being repaired."""

    def __init__(self, header: tuple[str, ...], columns: pa.Table) -> None:
        self.columns = columns
        # of equal headers the first counts
        self._places = {plain(name): i for i, name in reversed(list(enumerate(header)))}

    def get(self, name: str) -> Any:
        """The texts under a header, empty ones as null; None when there is no such column."""
        place = self._places.get(plain(name))
        if place is None:
            return None
        texts = self.columns.column(place)
        return pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), pa.scalar(None, pa.string()), texts)

    def put(self, name: str, texts: Any) -> None:
        """Replace the texts under a header, nulls as empty texts."""
        place = self._places[plain(name)]
        self.columns = self.columns.set_column(place, f"c{place}", pc.fill_null(texts, ""))


def _fill_down(sheet: _Sheet, key: str, names: Sequence[str]) -> None:
    """Repeat cells that stand only in the first row of each order or product, never across two of them."""
    owner = pc.fill_null_forward(sheet.get(key))
    first = pc.invert(pc.fill_null(pc.equal(owner[1:], owner[:-1]), pa.scalar(value=False))) if len(owner) > 1 else None
    opens = pa.chunked_array([pa.array([True], pa.bool_()), *(first.chunks if first is not None else [])])
    # an order whose first row is empty must not inherit from the order above it
    barrier = "\x1f"
    for name in names:
        texts = sheet.get(name)
        if texts is not None:
            guarded = pc.if_else(pc.and_(opens, pc.is_null(texts)), barrier, texts)
            sheet.put(name, pc.replace_substring(pc.fill_null_forward(guarded), barrier, ""))
    sheet.put(key, owner)


def _shopify_orders(sheet: _Sheet) -> _Sheet:
    """Order-level cells stand only in an order's first row; a missing SKU falls back to the line's name."""
    _fill_down(sheet, "Name", ("Created at", "Financial Status", "Cancelled at", "Source"))
    cancelled = sheet.get("Cancelled at")
    if cancelled is not None and sheet.get("Financial Status") is not None:
        sheet.put("Financial Status", pc.if_else(pc.is_valid(cancelled), "cancelled", sheet.get("Financial Status")))
    if sheet.get("Lineitem sku") is not None:
        sheet.put("Lineitem sku", pc.coalesce(sheet.get("Lineitem sku"), sheet.get("Lineitem name")))
    return sheet


def _shopify_products(sheet: _Sheet) -> _Sheet:
    """Product-level cells stand only in a product's first row; a missing SKU falls back to the handle."""
    _fill_down(sheet, "Handle", ("Title", "Vendor", "Type"))
    sheet.put("Variant SKU", pc.coalesce(sheet.get("Variant SKU"), sheet.get("Handle")))
    return sheet


def _square(sheet: _Sheet) -> _Sheet:
    """Items without a SKU go by their name."""
    if sheet.get("SKU") is not None:
        sheet.put("SKU", pc.coalesce(sheet.get("SKU"), sheet.get("Item")))
    return sheet


def _taobao_details(sheet: _Sheet) -> _Sheet:
    """Items without a merchant's code go by their title."""
    if sheet.get("商家编码") is not None:
        sheet.put("商家编码", pc.coalesce(sheet.get("商家编码"), sheet.get("标题")))
    return sheet


def fiscal_week(code: str) -> str:
    """First day (ISO) of a Walmart week such as 11325: 1, two digits of the year, two of the week.

    Week 1 begins on the last Saturday up to 1 February; "" for anything else.

    Example:
        >>> fiscal_week("11101"), fiscal_week("11621")
        ('2011-01-29', '2016-06-18')
    """
    if not re.fullmatch(r"1\d{4}", code):
        return ""
    latest = date(2000 + int(code[1:3]), 2, 1)
    saturday = latest - timedelta(days=(latest.weekday() - 5) % 7)
    return (saturday + timedelta(weeks=int(code[3:]) - 1)).isoformat()


def _m5_prices(sheet: _Sheet) -> _Sheet:
    """Weeks are given by Walmart's numbers."""
    texts, places = distinct(sheet.get("wm_yr_wk"))
    days = pa.array([fiscal_week(code or "") for code in texts.to_pylist()], pa.string())
    sheet.put("wm_yr_wk", pc.take(days, places))
    return sheet


_REPAIRS: Final[dict[str, Callable[[_Sheet], _Sheet]]] = {
    "m5_prices": _m5_prices,
    "shopify_orders": _shopify_orders,
    "shopify_products": _shopify_products,
    "square_items": _square,
    "taobao_details": _taobao_details,
}
