"""Supply terms and stock position of every series, from the shop's files; what no file says is a stated default."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from core.base.columns import TERMS_OF_PRODUCTS
from core.base.types import DateArray, FloatArray
from core.inventory.contract import StockPosition, SupplyTerms
from core.series.panel import Panel
from core.store import facts
from core.store.settings import Settings, read_settings
from core.store.workspace import Workspace
from core.workflows.product_terms import suppliers_of

LEAD_TIME_EVIDENCE: Final = 20.0
"""Received orders at which a supplier's own lead times count as much as what was agreed (n / (n + 20))."""
TERMS: Final = (
    "lead_time_days", "lead_time_sd_days", "review_period_days",
    "moq", "pack", "order_minimum", "order_cost", "unit_cost",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """Terms and position of the series of a panel, in its order.

    Attributes:
        terms: supply terms; `terms.assumed` names what is a default.
        position: stock now.
        stock_date: day of the newest stock report of each series, NaT = none.
        open_due: due day and units of open orders: columns series (place), due (date or NaT), units.
    """

    terms: SupplyTerms
    position: StockPosition
    stock_date: DateArray
    open_due: pd.DataFrame


def supply_of(workspace: Workspace, panel: Panel) -> Supply:
    """Terms and stock of every series of the panel, as of the end of its history."""
    settings = read_settings(workspace)
    keys = pd.DataFrame({"sku": panel.skus.astype(str), "location": panel.locations.astype(str)})
    products, rows = _frame(facts.product_rows(workspace)), _frame(facts.supply_rows(workspace))
    given = _learned_lead_times(_given_terms(keys, products, rows), _frame(facts.purchase_history(workspace)))
    as_of = panel.frequency.last_day(panel.calendar.last)
    position, stock_date, open_due = _position(workspace, keys, as_of)
    return Supply(_terms(given, settings), position, stock_date, open_due)


def _frame(table: pa.Table) -> pd.DataFrame:
    """The table with texts as objects and numbers as floats, whatever columns are empty."""
    kinds = {entry.name: object if pa.types.is_string(entry.type) else float for entry in table.schema}
    dates = {entry.name for entry in table.schema if pa.types.is_date(entry.type)}
    frame = table.to_pandas()
    return frame.assign(**{name: frame[name].astype(kind) for name, kind in kinds.items() if name not in dates})


def _given_terms(keys: pd.DataFrame, products: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """What the files say per series: terms of the SKU at the location, else of the SKU, else of the supplier.

    Of a SKU a suppliers file goes before a products file.
    """
    table = keys.merge(products[["sku", "supplier", "unit_cost", "unit_price", "sold_price"]], on="sku", how="left")
    items = rows[rows["sku"].notna()]
    table["supplier"] = suppliers_of(table, items)
    table["product_cost"] = table.pop("unit_cost")
    table = table.assign(**dict.fromkeys(TERMS, np.nan))
    whole = rows[rows["sku"].isna() & rows["location"].isna()]
    item = items[items["location"].isna()]
    place = items[items["location"].notna()]
    layers = (
        (whole, ["supplier"]), (products[["sku", *TERMS_OF_PRODUCTS]], ["sku"]), (item, ["supplier", "sku"]),
        (place, ["supplier", "sku", "location"]),
    )  # fmt: skip
    for part, on in layers:
        table = _overlaid(table, part, on)
    table["unit_cost"] = table["unit_cost"].fillna(table["product_cost"])
    table["unit_price"] = table["unit_price"].fillna(table["sold_price"])
    return table


def _overlaid(table: pd.DataFrame, part: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    if part.empty:
        return table
    told = [name for name in TERMS if name in part]
    joined = table[on].merge(part.drop_duplicates(on)[[*on, *told]], on=on, how="left")
    return table.assign(**{name: joined[name].fillna(table[name]) for name in told})


def _learned_lead_times(table: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Lead time and its spread as the supplier really delivered, weighted n / (n + 20) against what was agreed."""
    received = history.dropna(subset=["supplier", "lead_time_days"])
    learned = received.groupby("supplier")["lead_time_days"].agg(["count", "mean", "std"])
    joined = table[["supplier"]].merge(learned, left_on="supplier", right_index=True, how="left")
    n = joined["count"].fillna(0).to_numpy(float)
    for name, column in (("lead_time_days", "mean"), ("lead_time_sd_days", "std")):
        seen = joined[column].to_numpy(float)
        agreed = table[name].to_numpy(float)
        weight = np.where(np.isnan(agreed), 1.0, n / (n + LEAD_TIME_EVIDENCE))
        mixed = weight * seen + (1 - weight) * np.nan_to_num(agreed)
        table[name] = np.where((n >= 2) & ~np.isnan(seen), mixed, agreed)
    return table


def _terms(given: pd.DataFrame, settings: Settings) -> SupplyTerms:
    defaults = {
        "lead_time_days": (settings.default_lead_time_days, "lead time"),
        "lead_time_sd_days": (settings.default_lead_time_sd_days, "lead time spread"),
        "review_period_days": (settings.default_review_period_days, "review period"),
        "moq": (0.0, ""),
        "pack": (1.0, ""),
        "order_minimum": (0.0, ""),
        "order_cost": (settings.order_cost, "order cost"),
        "unit_cost": (np.nan, "unit cost"),
        "unit_price": (np.nan, "price"),
    }
    assumed: list[list[str]] = [[] for _row in range(len(given))]
    filled: dict[str, FloatArray] = {}
    for name, (default, words) in defaults.items():
        values = given[name].to_numpy(float)
        missing = np.isnan(values)
        filled[name] = np.where(missing, default, values)
        if words:
            for place in np.flatnonzero(missing):
                assumed[place].append(words)
    return SupplyTerms(
        supplier=np.array([name if isinstance(name, str) else "" for name in given["supplier"]], dtype=object),
        holding_rate_per_year=np.full(len(given), settings.holding_rate_per_year),
        assumed=np.array([", ".join(words) for words in assumed], dtype=object),
        **(filled | {"pack": np.where(filled["pack"] > 0, filled["pack"], 1.0)}),
    )


def _position(
    workspace: Workspace, keys: pd.DataFrame, as_of: np.datetime64
) -> tuple[StockPosition, DateArray, pd.DataFrame]:
    latest = facts.stock_rows(workspace).to_pandas()
    stock = keys.merge(latest, on=["sku", "location"], how="left")
    orders = facts.open_orders(workspace, as_of.astype(object)).to_pandas()
    place = keys.assign(series=np.arange(len(keys)))
    due = orders.merge(place, on=["sku", "location"])
    # what came in by the day of the count is part of it
    counted = pd.to_datetime(stock["day"]).to_numpy()[due["series"]]
    due = due.loc[~(pd.to_datetime(due["received_on"]).to_numpy() <= counted), ["series", "due_on", "remaining_units"]]
    due = due.rename(columns={"due_on": "due", "remaining_units": "units"})
    on_order = np.zeros(len(keys))
    np.add.at(on_order, due["series"].to_numpy(np.int64), due["units"].to_numpy(float))
    if due.empty:
        on_order = np.nan_to_num(_numbers(stock["on_order"]))
    position = StockPosition(
        on_hand=_numbers(stock["on_hand"]), on_order=on_order, allocated=np.nan_to_num(_numbers(stock["allocated"]))
    )
    return position, pd.to_datetime(stock["day"]).to_numpy("datetime64[D]"), due


def _numbers(column: Any) -> FloatArray:
    return np.asarray(column.to_numpy(float, na_value=np.nan))


def receipts_by_period(supply: Supply, periods: DateArray) -> FloatArray | None:
    """Units of open orders by the period they are due in, shape (n_series, n_periods).

    None where no single order is known: what stock reports call on order has no day.

    Orders already overdue, or without a due day, are expected in the first period after their mean lead time has
    passed once more at most: overdue ones in the first period, undated ones after the mean lead time.
    """
    due = supply.open_due
    if due.empty:
        return None
    receipts = np.zeros((len(supply.terms), len(periods)))
    series = due["series"].to_numpy(np.int64)
    days = pd.to_datetime(due["due"]).to_numpy("datetime64[D]")
    waiting = periods[0] + np.round(supply.terms.lead_time_days[series]).astype("timedelta64[D]")
    days = np.where(np.isnat(days), waiting, np.maximum(days, periods[0]))
    place = np.searchsorted(periods, days, side="right") - 1
    inside = days < periods[-1] + (periods[-1] - periods[-2] if len(periods) > 1 else np.timedelta64(1, "D"))
    np.add.at(receipts, (series[inside], place[inside]), due["units"].to_numpy(float)[inside])
    return receipts
