"""What exports of Chinese marketplaces, business software and published data sets need before they are tables."""

import re
from datetime import date, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.ingest.mapping import TableMapping
from core.ingest.numerals import distinct, parse
from core.ingest.sheet import Sheet, spelled

_CODED: Final = re.compile(r"^\[([^\]]+)\]\s*(.*)$")
_OF_ORDER: Final = (
    "Order Date", "Creation Date", "Status", "Warehouse", "Currency", "Vendor", "Order Deadline", "Expected Arrival",
    "Receipt Date",
)  # fmt: skip
"""Cells of an order that Odoo writes in its first row only."""
_DURATION: Final = re.compile(r"^(?:(\d+)\s+(?:days?,?\s*)?)?(\d{1,3}):(\d{2}):(\d{2})$")
_DAY_SECONDS: Final = 86_400.0


def taobao_orders(sheet: Sheet, _mapping: TableMapping) -> None:
    """Several items of an order share one title cell and one number; orders without a time of payment are unpaid."""
    if sheet.place("宝贝种类") is not None:
        mixed = np.array([(number or 1.0) > 1.0 for number in sheet.numbers("宝贝种类")], bool)
        sheet.refuse(
            mixed,
            "The order has several items but one number of units for all; import the order details (宝贝报表) too.",
        )
    mark_unpaid(sheet)


def taobao_details(sheet: Sheet, _mapping: TableMapping) -> None:
    """Items without a merchant's code go by the code of another system, else by their title."""
    if sheet.get("商家编码") is not None:
        codes = [sheet.get(name) for name in ("商家编码", "外部系统编号", "标题")]
        sheet.put("商家编码", pc.coalesce(*(texts for texts in codes if texts is not None)))
    mark_unpaid(sheet)


def mark_unpaid(sheet: Sheet) -> None:
    """Orders without a time of payment get the status “unpaid”, unless they are closed."""
    paid = sheet.get("订单付款时间") if sheet.place("订单付款时间") is not None else sheet.get("付款时间")
    if paid is None or sheet.place("订单状态") is None:
        return
    status = sheet.get("订单状态")
    closed = pc.match_substring(pc.fill_null(status, ""), "关闭")
    waiting = pc.and_(pc.is_null(paid), pc.invert(closed))
    sheet.put("订单状态", pc.if_else(waiting, "unpaid", status))


def odoo_orders(sheet: Sheet, mapping: TableMapping) -> None:
    """An order's cells stand only in its first row; products are written “[code] name”."""
    key = "Order Reference" if sheet.place("Order Reference") is not None else mapping.column("sold_at")
    if key is not None:
        sheet.fill_down(key, [name for name in _OF_ORDER if name != key and sheet.place(name) is not None])
    odoo_products(sheet, mapping)


def odoo_products(sheet: Sheet, mapping: TableMapping) -> None:
    """Products are written “[code] name”: the code is what other files know them by."""
    place = mapping.column("sku")
    if place is None:
        return
    texts, places = distinct(sheet.columns.column(place))
    codes = [match[1] if (match := _CODED.match(text.strip())) else text for text in texts.to_pylist()]
    sheet.put(place, pc.take(pa.array(codes, pa.string()), places))


def frepple_item_supplier(sheet: Sheet, _mapping: TableMapping) -> None:
    """Lead times are spans of time, or seconds."""
    texts = sheet.texts("leadtime")
    spans = [number for text in texts if (number := parse(text)) is not None and number > 0]
    # nothing is delivered after ten years, and nothing within a second
    in_seconds = min(spans, default=0.0) >= 3600.0
    sheet.put("leadtime", pa.array([_days(text, in_seconds=in_seconds) for text in texts], pa.string()))


def _days(text: str, *, in_seconds: bool) -> str:
    """A span of time in days: “7 00:00:00”, “7 days, 0:00:00”, “P7D”, seconds, or days as they are."""
    if match := _DURATION.match(text):
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return spelled(days + (hours * 3600 + minutes * 60 + seconds) / _DAY_SECONDS)
    if match := re.fullmatch(r"P(\d+)D(?:T.*)?", text):
        return match[1]
    number = parse(text)
    return spelled(number / _DAY_SECONDS) if in_seconds and number is not None else text


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


def m5_prices(sheet: Sheet, _mapping: TableMapping) -> None:
    """Weeks are given by Walmart's numbers."""
    place = sheet.place("wm_yr_wk")
    if place is not None:
        texts, places = distinct(sheet.columns.column(place))
        days = pa.array([fiscal_week((code or "").strip()) for code in texts.to_pylist()], pa.string())
        sheet.put(place, pc.take(days, places))
