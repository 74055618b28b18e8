"""What the files name: SKUs, locations and suppliers of every role, and the sales they should meet."""

import pandas as pd

from core.store.settings import money_rates
from core.store.sql import arrow
from core.store.workspace import Workspace


def named_keys(workspace: Workspace) -> pd.DataFrame:
    """What files beside the sales are about, links applied.

    Returns:
        role, sku, location, supplier (missing = the file names none), product_name, rows, units (newest stock, pieces
        moved, pieces on order; NaN elsewhere).
    """
    with workspace.cursor() as cursor:
        return _texts(arrow(cursor, "join_keys").to_pandas(), ["role", "sku", "location", "supplier", "product_name"])


def sold_keys(workspace: Workspace) -> pd.DataFrame:
    """What was ever sold where, links applied.

    Returns:
        sku, location, rows, units, money (over the year that ends with the last sale), first_day, last_day,
        product_name.
    """
    with workspace.cursor() as cursor:
        return _texts(arrow(cursor, "join_sales", money_rates(cursor)).to_pandas(), ["sku", "location", "product_name"])


def _texts(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    # A column of nothing but NULL comes as numbers.
    return frame.astype(dict.fromkeys(names, object)).astype({"units": float})
