"""Supply terms and stock position of every series, from the shop's files; what no file says is a stated default."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from core.base.calendar import Frequency
from core.base.columns import TERMS_OF_PRODUCTS
from core.base.types import BoolArray, DateArray, FloatArray
from core.inventory.contract import StockPosition, SupplyTerms
from core.inventory.days import first_days
from core.inventory.lifetime import Lifetime
from core.series.panel import Panel
from core.store import facts
from core.store.settings import Settings, read_settings
from core.store.workspace import Workspace
from core.workflows.datasets import current_dataset
from core.workflows.product_terms import ends_of_sale, suppliers_of
from core.workflows.supply_limits import possible
from core.workflows.supply_places import only_place, orders_placed, stock_placed
from core.workflows.supply_since import Counts, carried_on

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
        open_due: due day and units of open orders: columns series (place), ordered, due (dates or NaT), units.
        counts: stock as reported, and what was sold and received since.
        life: how long the goods keep and are sold.
        left_out: terms in the files that cannot be, each with its SKU or supplier.
    """

    terms: SupplyTerms
    position: StockPosition
    stock_date: DateArray
    open_due: pd.DataFrame
    counts: Counts
    life: Lifetime
    left_out: tuple[str, ...] = ()


def supply_of(workspace: Workspace, panel: Panel) -> Supply:
    """Terms and stock of every series of the panel, as of the end of its history."""
    settings = read_settings(workspace)
    keys = pd.DataFrame({"sku": panel.skus.astype(str), "location": panel.locations.astype(str)})
    products, left_out = possible(_frame(facts.product_rows(workspace)))
    rows, more = possible(_frame(facts.supply_rows(workspace)))
    bought = _frame(facts.purchase_history(workspace))
    given = _learned_lead_times(_given_terms(keys, products, rows), bought)
    only = only_place(current_dataset(workspace).panel.locations)
    reported = stock_placed(facts.stock_rows(workspace).to_pandas(), only)
    stock = keys.merge(reported, on=["sku", "location"], how="left")
    counts = carried_on(workspace, keys, stock, panel.calendar)
    # of what a report called on order, that which came in since is on hand
    on_order = np.maximum(np.nan_to_num(_numbers(stock["on_order"])) - np.nan_to_num(counts.received), 0.0)
    open_due = _open_due(workspace, keys, counts, panel.frequency.last_day(panel.calendar.last))
    # each SKU once: looking a text up is dear, and a shop has many more order lines than SKUs
    told = keys["sku"].isin({*bought["sku"], *keys["sku"].iloc[open_due["series"].unique()]}).to_numpy(bool)
    open_due = _beside_reports(open_due, on_order, told)
    life = _numbers(keys.merge(products[["sku", "shelf_life_days"]], on="sku", how="left")["shelf_life_days"])
    return Supply(
        terms=_terms(given, settings),
        position=_position(stock, counts, open_due, on_order),
        stock_date=counts.day,
        open_due=open_due,
        counts=counts,
        life=Lifetime(life, ends_of_sale(products, panel)),
        left_out=(*left_out, *more),
    )


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
    # the lines of one order come on one lorry: they tell one lead time, however many they are
    delivery = ["supplier", "po_id", "ordered_on", "received_on"]
    received = history.dropna(subset=["supplier", "lead_time_days"]).drop_duplicates(delivery)
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
        **filled,
    )


def _open_due(workspace: Workspace, keys: pd.DataFrame, counts: Counts, as_of: np.datetime64) -> pd.DataFrame:
    """Open orders of the series: series, ordered, due, units; what came in by the day of the count is part of it."""
    only = only_place(current_dataset(workspace).panel.locations)
    orders = orders_placed(facts.open_orders(workspace, as_of.astype(object)).to_pandas(), only)
    due = orders.merge(keys.assign(series=np.arange(len(keys))), on=["sku", "location"])
    there = pd.to_datetime(due["received_on"]).to_numpy() <= counts.day[due["series"]]
    return pd.DataFrame(
        {
            "series": due["series"].to_numpy(np.int64),
            "ordered": pd.to_datetime(due["ordered_on"]),
            "due": pd.to_datetime(due["due_on"]),
            "units": due["remaining_units"].astype(float),
        }
    )[~there]


def _beside_reports(open_due: pd.DataFrame, reported: FloatArray, told: BoolArray) -> pd.DataFrame:
    """Open orders, and what reports call on order of SKUs that no file of purchase orders ever told of.

    Args:
        open_due: as of `_open_due`.
        reported: units on order as stock reports say, shape (n_series,).
        told: whether purchase orders of the SKU are known, open or received, shape (n_series,).
    """
    rows = np.flatnonzero((reported > 0) & ~told)
    if open_due.empty or not len(rows):
        return open_due
    nobody = pd.Series(pd.NaT, index=rows, dtype="datetime64[s]")
    more = pd.DataFrame({"series": rows, "ordered": nobody, "due": nobody, "units": reported[rows]})
    return pd.concat([open_due, more], ignore_index=True)


def _position(stock: pd.DataFrame, counts: Counts, open_due: pd.DataFrame, reported: FloatArray) -> StockPosition:
    on_order = np.zeros(len(stock))
    np.add.at(on_order, open_due["series"].to_numpy(np.int64), open_due["units"].to_numpy(float))
    return StockPosition(
        on_hand=counts.on_hand,
        on_order=reported if open_due.empty else on_order,
        allocated=np.nan_to_num(_numbers(stock["allocated"])),
    )


def _numbers(column: Any) -> FloatArray:
    return np.asarray(column.to_numpy(float, na_value=np.nan))


def receipts_of(supply: Supply, periods: DateArray, frequency: Frequency) -> FloatArray | None:
    """Units of open orders by the day they are due, shape (n_series, n_days).

    None where no single order is known: what stock reports call on order has no day.

    Overdue orders are expected on the first day; those without a due day after their mean lead time from the day they
    were ordered, or, where that is not told either, from the first day.

    Args:
        supply: of the series.
        periods: first day of each period, one after another.
        frequency: length of a period.
    """
    due = supply.open_due
    if due.empty:
        return None
    series = due["series"].to_numpy(np.int64)
    told, placed = (pd.to_datetime(due[name]).to_numpy("datetime64[D]") for name in ("due", "ordered"))
    lead = np.round(supply.terms.lead_time_days[series]).astype("timedelta64[D]")
    expected = np.where(np.isnat(told), np.where(np.isnat(placed), periods[0], placed) + lead, told)
    days = (np.maximum(expected, periods[0]) - periods[0]).astype(np.int64)
    receipts = np.zeros((len(supply.terms), int(first_days(periods, frequency)[-1])))
    inside = days < receipts.shape[1]
    np.add.at(receipts, (series[inside], days[inside]), due["units"].to_numpy(float)[inside])
    return receipts
