"""What products files state of their SKUs: supply terms, beside those of suppliers files, and when they are on sale."""

from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.columns import TERMS_OF_PRODUCTS
from core.base.errors import examples
from core.base.language import _, ngettext
from core.base.types import AnyArray, DateArray, FloatArray, IntArray
from core.series.panel import Panel
from core.series.trading import NEVER
from core.store import facts
from core.store.workspace import Workspace

SELLING_OFF: Final = np.timedelta64(91, "D")
"""Longest time in which an ended item is sold off; one that still sells after it has not ended."""


def suppliers_of(products: pd.DataFrame, terms: pd.DataFrame) -> list[Any]:
    """The supplier of each row: the one its products file names, else the cheapest with terms for the SKU, else None.

    Args:
        products: columns sku and supplier, shape (n_rows,).
        terms: rows of suppliers files about single SKUs: columns sku, supplier and unit_cost.
    """
    cheapest_last = terms.sort_values("unit_cost", ascending=False, kind="stable", na_position="first")
    by_sku = dict(zip(cheapest_last["sku"], cheapest_last["supplier"], strict=True))
    told = zip(products["sku"], products["supplier"], strict=True)
    return [given if isinstance(given, str) else by_sku.get(sku) for sku, given in told]


def on_sale(workspace: Workspace, panel: Panel, horizon: int) -> FloatArray | None:
    """Share of each period ahead in which a series is on sale, shape (n_series, horizon); None = always, all of them.

    From the end of sale on nobody can buy, whatever sells off now, unless a later launch or sales that go on for more
    than a quarter take the end back; an item that never sold is on sale from its launch on.

    Args:
        workspace: the shop.
        panel: the series, new items of length 0 among them.
        horizon: trading periods ahead.
    """
    launch, end = _times_of_sale(facts.product_rows(workspace).to_pandas(), panel)
    launch = np.where(panel.lengths == 0, launch, NEVER)
    first = panel.calendar.following(horizon)
    days = np.array([panel.frequency.last_day(day) - day for day in first]).astype(np.int64) + 1
    share = np.fmax(_share_before(end, first, days, 1.0) - _share_before(launch, first, days, 0.0), 0.0)
    return share if (share < 1).any() else None


def ends_of_sale(products: pd.DataFrame, panel: Panel) -> DateArray:
    """First day on which each series is no longer on sale, NaT = none is stated, or what followed took it back.

    Args:
        products: columns sku, launched_on and discontinued_on.
        panel: the series.
    """
    return _times_of_sale(products, panel)[1]


def _times_of_sale(products: pd.DataFrame, panel: Panel) -> tuple[DateArray, DateArray]:
    """Launch and end of sale of each series, NaT = not stated or, of an end, taken back."""
    told = products.set_index("sku").reindex(panel.skus)
    launch, end = (pd.to_datetime(told[name]).to_numpy("datetime64[D]") for name in ("launched_on", "discontinued_on"))
    sold = np.flatnonzero(panel.values > 0)
    last = np.full(len(panel), -1)
    np.maximum.at(last, panel.rows[sold], panel.columns[sold])
    last_sale = np.where(last < 0, NEVER, panel.calendar.periods[last])
    return launch, np.where((launch >= end) | (last_sale > end + SELLING_OFF), NEVER, end)


def _share_before(day: DateArray, first: DateArray, length: IntArray, unknown: float) -> FloatArray:
    """Share of each period that lies before a day of each series, shape (n_series, n_periods)."""
    before = (day[:, None] - first[None, :]).astype(np.float64) / length
    return np.where(np.isnat(day)[:, None], unknown, np.clip(before, 0.0, 1.0))


def overruled(workspace: Workspace) -> tuple[str, ...]:
    """Which terms of products files do not hold, because suppliers files say otherwise of the same SKUs."""
    products, terms = facts.product_rows(workspace).to_pandas(), facts.supply_rows(workspace).to_pandas()
    terms = terms[terms["sku"].notna()]
    products = products.assign(supplier=suppliers_of(products, terms))
    products = products[products["supplier"].notna() & products[list(TERMS_OF_PRODUCTS)].notna().any(axis=1)]
    if products.empty or terms.empty:
        return ()
    both = products.merge(terms, on=["supplier", "sku"], suffixes=("_left", "_holds"))
    changes = {name: _changes(both, name) for name in TERMS_OF_PRODUCTS}
    said: dict[str, dict[str, None]] = {}
    for name, changed in changes.items():
        for sku, left, holds in changed:
            text = _labels()[name].format(holds=f"{holds:g}", left=f"{left:g}")
            said.setdefault(str(sku), {})[text] = None
    if not said:
        return ()
    sentence = ngettext(
        "{n:,} SKU has other terms in a suppliers file than in a products file; the suppliers file holds: {which}.",
        "{n:,} SKUs have other terms in a suppliers file than in a products file; the suppliers file holds: {which}.",
        len(said),
    )
    which = examples([f"{sku} ({', '.join(texts)})" for sku, texts in said.items()])
    return (sentence.format(n=len(said), which=which),)


def _changes(both: pd.DataFrame, name: str) -> AnyArray:
    """SKU, value left and value that holds where both files state another value of a term, shape (n, 3)."""
    columns = [f"{name}_left", f"{name}_holds"]
    stated = both.dropna(subset=columns)
    return stated.loc[stated[columns[0]] != stated[columns[1]], ["sku", *columns]].to_numpy()


def _labels() -> dict[str, str]:
    return {
        "lead_time_days": _("lead time {holds}, not {left} days"),
        "moq": _("minimum order {holds}, not {left}"),
        "pack": _("pack {holds}, not {left}"),
    }
