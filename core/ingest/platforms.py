"""Exports of known shops and published data sets: which one a table is, and the repairs it needs."""

from collections.abc import Callable, Sequence
from typing import Final

from core.ingest import repairs_others, repairs_shops
from core.ingest.mapping import TableMapping
from core.ingest.platforms_base import Platform, export
from core.ingest.platforms_planning import BUSINESS, DATA_SETS, M5, M5_START, PLANNERS
from core.ingest.platforms_shops import CHINESE, MARKETPLACES, SHOPIFY
from core.ingest.profile import Profile
from core.ingest.repairs_shops import counted_items
from core.ingest.sheet import Repaired, Sheet
from core.ingest.spelling import plain
from core.ingest.tables import RawTable

__all__ = ["M5", "M5_START", "PLATFORMS", "TAOBAO_DETAILS", "Platform", "match", "repaired"]

PLATFORMS: Final = (*DATA_SETS, *SHOPIFY, *MARKETPLACES, *CHINESE, *BUSINESS, *PLANNERS)
"""Known exports, the most particular first."""
TAOBAO_DETAILS: Final = "taobao_details"
NAMED_BY_TITLE: Final = frozenset({"woocommerce_orders", "taobao_orders"})
"""Exports whose items have no code: their name stands for it."""


def match(header: Sequence[str], profile: Profile | None = None) -> Platform | None:
    """The known export whose whole signature a table has.

    Args:
        header: its column names.
        profile: what its columns hold, for exports that only their values tell.
    """
    names = {plain(name) for name in header}
    known = next((platform for platform in PLATFORMS if platform.signature <= names), None)
    return known or (_by_values(profile) if profile is not None else None)


def _by_values(profile: Profile) -> Platform | None:
    """WooCommerce's order report, whose headers are in the shop's language: a column lists items with their number."""
    for column, header in enumerate(profile.header):
        values = profile.values(column) if "×" in "".join(profile.values(column)[:3]) else []
        if values and sum(1 for text in values if counted_items(text)) >= 0.8 * len(values):
            return export("woocommerce_orders", "sales", "", {header: "sku"}, by_words=True)
    return None


def repaired(table: RawTable, mapping: TableMapping) -> Repaired:
    """A known export with its peculiarities put right; any other table unchanged.

    Args:
        table: the table as it was read.
        mapping: the platform, the columns of its fields and the user's choices.
    """
    repair = _REPAIRS.get(mapping.platform)
    if repair is None:
        return Repaired(table)
    sheet = Sheet(table, mapping.decimal)
    repair(sheet, mapping)
    return sheet.done()


_REPAIRS: Final[dict[str, Callable[[Sheet, TableMapping], None]]] = {
    "amazon_fba_stock": repairs_shops.amazon_fba_stock,
    "amazon_ledger": repairs_shops.amazon_ledger,
    "amazon_orders": repairs_shops.amazon_orders,
    "frepple_item_supplier": repairs_others.frepple_item_supplier,
    "m5_prices": repairs_others.m5_prices,
    "odoo_orders": repairs_others.odoo_orders,
    "odoo_purchases": repairs_others.odoo_orders,
    "odoo_sales": repairs_others.odoo_products,
    "odoo_stock": repairs_others.odoo_products,
    "shopify_inventory": repairs_shops.shopify_inventory,
    "shopify_inventory_by_location": repairs_shops.shopify_inventory_by_location,
    "shopify_orders": repairs_shops.shopify_orders,
    "shopify_products": repairs_shops.shopify_products,
    "square_items": repairs_shops.square_items,
    "taobao_details": repairs_others.taobao_details,
    "taobao_orders": repairs_others.taobao_orders,
    "woocommerce_orders": repairs_shops.woocommerce_orders,
}
