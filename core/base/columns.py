"""Canonical column names, fixed once; files are translated to them on the way in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SKU: Final = "sku"
LOCATION: Final = "location"
UNITS: Final = "units"
MAIN_LOCATION: Final = "main"
"""The location of a shop whose files name none."""

ROLES: Final = ("sales", "stock", "movements", "products", "suppliers", "orders", "drivers")

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "sales": (
        "order_id", "sold_at", "sku", "product_name", "location", "quantity", "unit_price", "amount", "discount",
        "status", "channel", "category", "customer", "unit", "currency",
    ),
    "stock": ("stock_date", "sku", "location", "on_hand", "on_order", "allocated"),
    "movements": ("moved_on", "sku", "location", "kind", "quantity", "document"),
    "products": (
        "sku", "product_name", "category", "brand", "unit_cost", "unit_price", "supplier", "launched_on",
        "discontinued_on", "shelf_life_days", "units_per_pack", "lead_time_days", "moq", "pack",
    ),
    "suppliers": (
        "supplier", "sku", "location", "lead_time_days", "lead_time_sd_days", "review_period_days", "moq", "pack",
        "order_minimum", "order_cost", "unit_cost",
    ),
    "orders": (
        "po_id", "supplier", "sku", "location", "ordered_on", "due_on", "received_on", "ordered_units",
        "received_units", "unit_cost",
    ),
    "drivers": ("period", "sku", "location", "driver", "value", "label"),
}  # fmt: skip
"""Fields a table of each role may have, in the store's column order (after upload_id and line)."""

TERMS_OF_PRODUCTS: Final = ("lead_time_days", "moq", "pack")
"""Supply terms that a products file may state of its SKUs; what a suppliers file states of a SKU goes before them."""

EXTRA: Final[dict[str, tuple[str, ...]]] = {
    "sales": ("driver",),
    "stock": ("movement",),
    "movements": ("quantity_in", "quantity_out", "to_location"),
    "drivers": ("since", "until"),
}
"""Fields a column may be mapped to that are no column of the store: conversion turns them into rows.

A `driver` column of a sales table and a `movement` column of a stock table become rows of those roles; units in and
out, and a transfer's destination, become signed movements; the span from `since` to `until` becomes days.
"""

MAPPABLE: Final = {role: (*fields, *EXTRA.get(role, ())) for role, fields in FIELDS.items()}
"""Every field that a column of a role's table may be mapped to."""

SEVERAL: Final = frozenset({"driver", "movement"})
"""Fields that many columns of a long table may share, each named by its header."""

REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "sales": ("sold_at", "sku", "quantity"),
    "stock": ("sku", "on_hand"),
    "movements": ("moved_on", "sku", "quantity"),
    "products": ("sku",),
    "suppliers": ("supplier",),
    "orders": ("sku", "ordered_on", "ordered_units"),
    "drivers": ("driver",),
}

NUMBERS: Final = frozenset(
    {
        "quantity", "unit_price", "amount", "discount", "on_hand", "on_order", "allocated", "unit_cost",
        "lead_time_days", "lead_time_sd_days", "review_period_days", "moq", "pack", "order_minimum", "order_cost",
        "ordered_units", "received_units", "value", "shelf_life_days", "units_per_pack", "quantity_in", "quantity_out",
    }
)  # fmt: skip
TIMESTAMPS: Final = frozenset({"sold_at"})
DATES: Final = frozenset(
    {"stock_date", "launched_on", "discontinued_on", "ordered_on", "due_on", "received_on", "period", "moved_on",
     "since", "until"}
)  # fmt: skip

PRICES: Final = frozenset({"price", "competitor_price"})
"""Drivers in money per piece: of a code that stands for several pieces of a SKU they are divided."""
COUNTS: Final = frozenset({"views", "sessions", "clicks", "add_to_cart", "favourites", "ad_spend"})
"""Drivers that add up over codes that stand for one SKU."""

PROMOTION: Final = "promotion"
"""The driver of promotions: above 0 in periods with one."""
KNOWN_AHEAD: Final = frozenset({"price", PROMOTION, "holiday", "event"})
"""Drivers whose future values a planner usually knows; those named `event:…` and `holiday:…` belong here too."""
DATED_KINDS: Final = frozenset({"event", "holiday"})
"""Kinds of drivers of which there are many, each with a name of its own: `event:sale`, `holiday:easter`."""
OUTLIER_EVENT: Final = "event:outlier"
"""The event that cleaning writes on unusual sales it leaves as they are; only the past can have it."""


def known_ahead(driver: str, marks: Mapping[str, bool] = MappingProxyType({})) -> bool:
    """Whether future values of the driver may be used at forecast time: as the planner marked it, else by its name."""
    if driver == OUTLIER_EVENT:
        return False
    return marks.get(driver, kind_of(driver) in KNOWN_AHEAD)


def kind_of(driver: str) -> str:
    """What a driver is before its own name: "event" of `event:sale`, the driver itself of all others."""
    kind = driver.split(":", 1)[0]
    return kind if kind in DATED_KINDS else driver
