"""Stock and orders of a shop that sells in one place only, where sales or the other files name no place."""

import pandas as pd

from core.base.columns import MAIN_LOCATION
from core.store.workspace import Workspace
from core.workflows.datasets import current_dataset


def only_place(workspace: Workspace) -> str | None:
    """The one place that sells; None when several do."""
    places = set(current_dataset(workspace).panel.locations.tolist())
    return str(places.pop()) if len(places) == 1 else None


def orders_placed(rows: pd.DataFrame, only: str | None) -> pd.DataFrame:
    """Orders where they are awaited: without a place they are for the only one; sales without one are of all places.

    Args:
        rows: with a column location.
        only: see only_place.
    """
    if only is None:
        return rows
    return rows.assign(
        location=rows["location"].where((rows["location"] != MAIN_LOCATION) & (only != MAIN_LOCATION), only)
    )


def stock_placed(rows: pd.DataFrame, only: str | None) -> pd.DataFrame:
    """The same for stock, one row per SKU and place; what is reported of the very place goes before all else.

    Args:
        rows: day, sku, location, on_hand, on_order, allocated, moves.
        only: see only_place.
    """
    if only is None:
        return rows
    exact = rows[rows["location"] == only]
    others = orders_placed(rows[~rows["sku"].isin(exact["sku"])], only)
    others = others[others["location"] == only]
    units = {name: (name, lambda column: column.sum(min_count=1)) for name in ("on_hand", "on_order", "allocated")}
    summed = others.groupby(["sku", "location"], as_index=False).agg(
        day=("day", "max"), moves=("moves", "any"), **units
    )
    return exact if summed.empty else pd.concat([exact, summed], ignore_index=True)
