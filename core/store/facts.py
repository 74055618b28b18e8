"""What the uploads say besides demand: drivers, products, supply terms, stock, purchase orders, the days of sale."""

from datetime import date

import pyarrow as pa

from core.base.columns import COUNTS, PRICES
from core.store.settings import money_rates
from core.store.shelves import contradictions, stock_days
from core.store.sql import arrow
from core.store.workspace import Workspace


def driver_rows(workspace: Workspace) -> pa.Table:
    """Drivers: period, sku, location (NULL = all), driver, value, label; the latest upload wins per key.

    What is said of a code that stands for another SKU counts for that one: prices per piece of it, counts added up.
    """
    with workspace.cursor() as cursor:
        return arrow(cursor, "drivers", {"prices": sorted(PRICES), "counts": sorted(COUNTS)})


def product_rows(workspace: Workspace) -> pa.Table:
    """Every SKU of product files or sales with the latest value given for each attribute.

    Returns:
        sku, product_name, category, brand, unit_cost, unit_price, sold_price (revenue per unit over the last 90 days of
        its sales), supplier, launched_on, discontinued_on, shelf_life_days, units_per_pack, lead_time_days, moq, pack,
        declared (whether a product file names it); NULL = unknown.
    """
    with workspace.cursor() as cursor:
        return arrow(cursor, "products", money_rates(cursor))


def supply_rows(workspace: Workspace) -> pa.Table:
    """Supply terms per supplier, SKU and location (NULL = all of them) with the latest value given for each term."""
    return _answer(workspace, "supply_terms")


def stock_rows(workspace: Workspace, as_of: date | None = None) -> pa.Table:
    """Newest stock per SKU and location, not after as_of: day, sku, location, on_hand, on_order, allocated, moves."""
    with workspace.cursor() as cursor:
        return stock_days(cursor, as_of, newest=True)


def stock_history(workspace: Workspace) -> pa.Table:
    """Stock per SKU, location and day counted or moved: day, sku, location, on_hand, on_order, allocated, moves."""
    with workspace.cursor() as cursor:
        return stock_days(cursor)


def stock_contradictions(workspace: Workspace) -> pa.Table:
    """Where stock counts and movements cannot both be right: day, sku, location, on_hand, expected, counted."""
    with workspace.cursor() as cursor:
        return contradictions(cursor)


def open_orders(workspace: Workspace, as_of: date) -> pa.Table:
    """Order lines not yet received on as_of, with the units that are still to come.

    Returns:
        po_id, supplier, sku, location, ordered_on, due_on, received_on, ordered_units, remaining_units, unit_cost. A
        line whose receipt lies after as_of counts in full, one placed after as_of where nothing came of it yet: to
        leave it out would order the goods twice. A delivery closes its line even when it was short, since counting
        on goods that never come empties shelves.
    """
    with workspace.cursor() as cursor:
        return arrow(cursor, "open_orders", {"as_of": as_of})


def purchase_history(workspace: Workspace) -> pa.Table:
    """Received order lines with what the supplier really took: lead_time_days, and late_days after the promise.

    Returns:
        po_id, supplier, sku, location, ordered_on, due_on, received_on, ordered_units, received_units, lead_time_days,
        late_days (NULL = no promise).
    """
    return _answer(workspace, "purchase_history")


def line_statistics(workspace: Workspace) -> pa.Table:
    """Per day with sales: day, lines, units, skus, orders, timed (lines with a time), first_sold_at, last_sold_at.

    From these the closed days and a last day that is not over are told.
    """
    return _answer(workspace, "line_statistics")


def sale_days(workspace: Workspace) -> pa.Table:
    """Every day with sales: day."""
    return _answer(workspace, "sale_days")


def _answer(workspace: Workspace, question: str) -> pa.Table:
    with workspace.cursor() as cursor:
        return arrow(cursor, question)
