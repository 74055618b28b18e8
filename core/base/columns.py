"""Canonical column names, fixed once; files are translated to them on the way in."""

from typing import Final

SKU: Final = "sku"
LOCATION: Final = "location"
PERIOD: Final = "period"
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
        "discontinued_on", "shelf_life_days", "units_per_pack",
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
        "ordered_units", "received_units", "value", "shelf_life_days", "units_per_pack",
    }
)  # fmt: skip
TIMESTAMPS: Final = frozenset({"sold_at"})
DATES: Final = frozenset(
    {"stock_date", "launched_on", "discontinued_on", "ordered_on", "due_on", "received_on", "period", "moved_on"}
)

KNOWN_AHEAD: Final = frozenset({"price", "promotion", "holiday", "event"})
"""Drivers whose future values a planner knows; drivers named `event:…` and `holiday:…` belong here too."""


def known_ahead(driver: str) -> bool:
    """Whether future values of the driver may be used at forecast time."""
    return driver in KNOWN_AHEAD or driver.split(":", 1)[0] in KNOWN_AHEAD
