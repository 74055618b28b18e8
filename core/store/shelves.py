"""Stock per day: what was counted, carried on by what moved in and out since."""

from datetime import date

import pandas as pd
import pyarrow as pa

from core.store.sql import Cursor, arrow

COLUMNS = ("day", "sku", "location", "on_hand", "on_order", "allocated")
_KEY = ["location", "sku"]
_ROUNDING = 0.5
"""Pieces by which stock may differ without being contradicted."""


def stock_days(cursor: Cursor, as_of: date | None = None, *, newest: bool = False) -> pa.Table:
    """Stock on every day on which it was counted or moved.

    A count holds; between counts the movements since the latest one are added, before the first one taken off again.
    Where nothing was ever counted, the shelf is taken to have been empty when it was lowest. After a count, what was on
    order then comes in first, and what was allocated then goes out first.

    Args:
        cursor: of the store.
        as_of: last day looked at; None = no limit.
        newest: only the newest day of each SKU and location.

    Returns:
        day, sku, location, on_hand, on_order, allocated, moves (whether movements are known, so that the stock of the
        days between is known too), sorted by location, SKU and day.
    """
    flows = arrow(cursor, "stock_flows", {"as_of": as_of}).to_pandas()
    reports = arrow(cursor, "stock_reports", {"as_of": as_of, "newest": newest and flows.empty})
    if flows.empty:
        return reports.append_column("moves", pa.repeat(pa.scalar(value=False), reports.num_rows))
    both = _carried(reports.to_pandas(), flows)
    both = both.groupby(_KEY, sort=False).tail(1) if newest else both
    return pa.Table.from_pandas(both[[*COLUMNS, "moves"]], preserve_index=False).cast(
        pa.schema([*reports.schema, pa.field("moves", pa.bool_())])
    )


def contradictions(cursor: Cursor) -> pa.Table:
    """Where counts and movements cannot both be right.

    Returns:
        day, sku, location, on_hand, expected (the count before plus what moved since), counted: true where a count says
        something else than expected, false where more went out than was there.
    """
    names = ["day", "sku", "location", "on_hand", "expected", "counted"]
    flows = arrow(cursor, "stock_flows", {"as_of": None}).to_pandas()
    if flows.empty:
        return pa.Table.from_pandas(pd.DataFrame(columns=names), preserve_index=False)
    reports = arrow(cursor, "stock_reports", {"as_of": None, "newest": False}).to_pandas()
    both = _carried(reports, flows)
    miscounted = both["counted"] & both["moves"] & ((both["expected"] - both["on_hand"]).abs() > _ROUNDING)
    overdrawn = ~both["counted"] & (both["on_hand"] < -_ROUNDING)
    return pa.Table.from_pandas(both.loc[miscounted | overdrawn, names], preserve_index=False)


def _carried(reports: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    both = reports.merge(flows, how="outer", on=["day", *_KEY]).sort_values([*_KEY, "day"], ignore_index=True)
    owner = [both[name] for name in _KEY]
    both["moves"] = both["moved"].notna().groupby(owner).transform("any")
    both["counted"] = both["on_hand"].notna()
    # stock = what was there at the start + everything that moved so far; each count tells the start anew
    so_far = both["moved"].fillna(0.0).groupby(owner).cumsum()
    start = both["on_hand"] - so_far
    latest = start.groupby(owner).ffill()
    both["expected"] = latest.groupby(owner).shift() + so_far
    lowest = so_far.groupby(owner).transform("min").clip(upper=0.0)
    both["on_hand"] = latest.fillna(start.groupby(owner).bfill()).fillna(-lowest) + so_far
    for name, used in (("on_order", "arrived"), ("allocated", "gone")):
        both[name] = both[name].where(both["counted"], _left_of(both, name, used))
    return both


def _left_of(both: pd.DataFrame, name: str, used: str) -> "pd.Series[float]":
    """What is left of a figure of the latest count after what used it up since, never below 0."""
    since_count = [*(both[key] for key in _KEY), both.groupby(_KEY)["counted"].cumsum()]
    so_far = both[used].fillna(0.0).where(~both["counted"], 0.0).groupby(since_count).cumsum()
    return (both[name].groupby(since_count).transform("first") - so_far).clip(lower=0.0)
