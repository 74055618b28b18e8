"""Stock and orders of a shop that sells in one place only, where sales or the other files name no place."""

from collections.abc import Iterable
from typing import Final

import pandas as pd

from core.base.columns import MAIN_LOCATION

STOCK_DAYS: Final = ["day", "sku", "location", "on_hand", "moves"]
"""What is told of the stock of a day."""


def only_place(selling: Iterable[object]) -> str | None:
    """The one place among those that sell; None when there are several."""
    places = set(selling)
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
    exact, others = _reported(rows, only)
    units = {name: (name, lambda column: column.sum(min_count=1)) for name in ("on_hand", "on_order", "allocated")}
    summed = others.groupby(["sku", "location"], as_index=False).agg(
        day=("day", "max"), moves=("moves", "any"), **units
    )
    return exact if summed.empty else pd.concat([exact, summed], ignore_index=True)


def stock_days_placed(rows: pd.DataFrame, only: str | None) -> pd.DataFrame:
    """The same for the stock of every day on which it was counted or moved.

    Where sales name no place and stock several, a day's stock is the sum of the newest of each place, from the day on
    which all of them have told theirs.

    Args:
        rows: STOCK_DAYS, those of each SKU and place in the order of their days.
        only: see only_place.
    """
    if only is None:
        return rows
    exact, others = _reported(rows, only, keep="place")
    if others.empty:
        return exact
    others = others.dropna(subset="on_hand")
    known = others.groupby(["sku", "place"])["on_hand"]
    others = others.assign(change=known.diff().fillna(others["on_hand"]), new=known.cumcount() == 0)
    days = others.groupby(["sku", "location", "day"], as_index=False).agg(
        on_hand=("change", "sum"), told=("new", "sum"), moves=("moves", "any")
    )
    sums = days.groupby("sku")[["on_hand", "told"]].cumsum()
    places = days.groupby("sku")["told"].transform("sum")
    summed = days.assign(on_hand=sums["on_hand"].round(6))[sums["told"] == places]
    parts = [each[STOCK_DAYS] for each in (exact, summed) if len(each)]
    return pd.concat(parts) if parts else exact


def _reported(rows: pd.DataFrame, only: str, keep: str = "") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the very place, and those of SKUs without any that count for it; keep: column for where they stood."""
    exact = rows[rows["location"] == only]
    others = rows[~rows["sku"].isin(exact["sku"].unique())]
    others = orders_placed(others.assign(**{keep: others["location"]}) if keep else others, only)
    return exact, others[others["location"] == only]
