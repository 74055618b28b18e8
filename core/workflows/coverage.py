"""How much the drivers say: of how many SKU-periods, from when to when, and how far ahead."""

from typing import Final

import numpy as np
import pandas as pd

from core.base.types import BoolArray, DateArray
from core.series.assembly import said_of_each
from core.series.features_drivers import SOLD_PRICE
from core.series.panel import Panel
from core.store.workspace import Workspace
from core.workflows.datasets import current_dataset
from core.workflows.drivers import CALENDAR_DRIVERS, FUTURE_PERIODS, read_drivers, stock_on_hand

FILE: Final = "file"
CALENDAR: Final = "calendar"
SALES: Final = "sales"
STOCK: Final = "stock"
COLUMNS: Final = (
    "driver", "source", "share", "first_day", "last_day", "skus", "locations", "known_ahead", "known_until"
)  # fmt: skip


def coverage(workspace: Workspace) -> pd.DataFrame:
    """What is known of every driver, the stock among them as `on_hand`.

    Returns:
        driver; source ("file", "calendar", "sales" or "stock"); share (of SKU-periods of the clean demand that have a
        value, between two values where one holds); first_day, last_day (of the values given); skus, locations (that
        have any); known_ahead (whether methods may use future values); known_until (last future day with a value, NaT =
        none given, so that a price stays as it is and all else is taken as 0).

    Raises:
        NoDataError: nothing was imported yet.
    """
    panel = current_dataset(workspace).panel
    told = _told(workspace, panel)
    rows = [*told, *_made(panel, {str(row[0]) for row in told})]
    stock = stock_on_hand(workspace, (panel.skus, panel.locations), panel.calendar)
    if stock is not None:
        rows.append(_row("on_hand", STOCK, ~np.isnan(stock), panel))
    return pd.DataFrame(rows, columns=COLUMNS)


Row = tuple[object, ...]


def _told(workspace: Workspace, panel: Panel) -> list[Row]:
    """What driver files say."""
    rows = read_drivers(workspace).dated
    found = []
    for driver, said in said_of_each(
        rows, panel.skus, panel.locations, panel.calendar, FUTURE_PERIODS[panel.frequency]
    ):
        own = rows.periods[rows.drivers.codes == rows.drivers.find([driver])[0]]
        known = ~np.isnan(said.values[:, : panel.n_periods])
        found.append(_row(driver, FILE, known, panel, (own.min(), own.max())))
    return found


def _made(panel: Panel, told: set[str]) -> list[Row]:
    """What the calendar and the sales themselves say."""
    found = []
    for driver, flat in panel.drivers.items():
        if driver in told:
            continue
        if driver == SOLD_PRICE:
            found.append(_row(driver, SALES, ~np.isnan(panel.dense(flat)), panel))
        elif driver.startswith(CALENDAR_DRIVERS) and driver in panel.future_drivers:
            last = panel.calendar.following(panel.future_drivers[driver].shape[1])[-1]
            found.append(_row(driver, CALENDAR, _begun(panel), panel, (panel.calendar.periods[0], last)))
    return found


def _begun(panel: Panel) -> BoolArray:
    return np.arange(panel.n_periods)[None, :] >= panel.starts[:, None]


def _row(
    driver: str, source: str, known: BoolArray, panel: Panel, span: tuple[np.datetime64, np.datetime64] | None = None
) -> Row:
    """One row of the table; the span is that of the values on the calendar unless given."""
    inside = known & _begun(panel)
    series = inside.any(axis=1)
    if span is None:
        at: DateArray = panel.calendar.periods[inside.any(axis=0)]
        span = (at[0], at[-1]) if len(at) else (np.datetime64("NaT"), np.datetime64("NaT"))
    ahead = panel.known_ahead(driver)
    until = span[1] if ahead and span[1] > panel.calendar.last else np.datetime64("NaT")
    first, last, planned = (pd.Timestamp(day.astype("datetime64[s]")) for day in (*span, until))
    n_skus, n_locations = len(set(panel.skus[series])), len(set(panel.locations[series]))
    share = float(inside.sum() / max(len(panel.values), 1))
    return driver, source, share, first, last, n_skus, n_locations, ahead, planned
