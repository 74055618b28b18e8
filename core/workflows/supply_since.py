"""Stock counted before the data end, carried on to their end: less what was sold, plus what was received since."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency, TradingCalendar
from core.base.language import _
from core.base.types import AnyArray, BoolArray, DateArray, FloatArray
from core.report import numbers
from core.store import datasets
from core.store.since import received_since, sold_since
from core.store.workspace import Workspace
from core.workflows.datasets import current_dataset
from core.workflows.supply_places import only_place, orders_placed

SHELF_RULES: Final = (
    "cancelled_orders", "exact_duplicates", "key_duplicates", "missing_quantities", "pack_jumps", "units_of_measure",
)  # fmt: skip
"""Rules that tell what a line took off the shelf. Gifts, write-offs and samples are no demand, and yet they are gone;
a return lies on the shelf from the day it came back, whatever purchase it comes off."""
ROUNDING: Final = 0.5
"""Pieces by which more may be sold than was there without a contradiction."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Stock as counted, and what moved since; every array has the shape (n_series,).

    Attributes:
        units: as counted, NaN = never.
        day: of the count, NaT = never.
        sold: units sold since, less those that came back; NaN where the count needs no carrying on.
        received: units of purchase orders that came in since; NaN likewise.
    """

    units: FloatArray
    day: DateArray
    sold: FloatArray
    received: FloatArray

    @property
    def carried(self) -> BoolArray:
        """Whether something moved since the count."""
        return np.asarray((np.nan_to_num(self.sold) != 0) | (np.nan_to_num(self.received) != 0))

    @property
    def contradicted(self) -> BoolArray:
        """Whether more was sold than was there, so that goods came in of which no file tells."""
        return np.asarray(self.carried & (self.units >= 0) & (self._left < -ROUNDING))

    @property
    def on_hand(self) -> FloatArray:
        """Units at the end of the data; NaN = not known."""
        left = np.where(self.units >= 0, np.maximum(self._left, 0.0), self._left)
        return np.where(self.contradicted, np.nan, np.where(self.carried, left, self.units))

    @property
    def _left(self) -> FloatArray:
        return np.asarray(self.units - np.nan_to_num(self.sold) + np.nan_to_num(self.received))

    def sentences(self) -> AnyArray:
        """What to say of each series whose count was carried on, else "", shape (n_series,)."""
        plain = _("Counted {units} on {day}; since then {sold} were sold and {received} received.")
        unknown = _(
            "Counted {units} on {day}; since then {sold} were sold and {received} received, more than was there: what "
            "is on hand is not known."
        )
        told = np.full(len(self.units), "", dtype=object)
        contradicted = self.contradicted
        for place in np.flatnonzero(self.carried).tolist():
            told[place] = (unknown if contradicted[place] else plain).format(
                units=f"{self.units[place]:,.0f}", day=numbers.day(self.day[place]), sold=f"{self.sold[place]:,.0f}",
                received=f"{self.received[place]:,.0f}",
            )  # fmt: skip
        return told


def carried_on(workspace: Workspace, keys: pd.DataFrame, stock: pd.DataFrame, calendar: TradingCalendar) -> Counts:
    """The newest count of each series and what moved from then to the end of the data.

    Where movements are known, stock is carried on by those and stays as it is.

    Args:
        workspace: the shop.
        keys: sku and location, one row per series.
        stock: day, on_hand and moves of the newest report of each series, NaN and NaT = none, in the order of keys.
        calendar: of the clean demand; a count holds for the end of its day, or of the week or month it names.
    """
    day = pd.to_datetime(stock["day"]).to_numpy("datetime64[D]")
    units = np.asarray(stock["on_hand"].to_numpy(float, na_value=np.nan))
    closed, until = _closed(day, calendar), calendar.frequency.last_day(calendar.last)
    stale = (closed < until) & ~stock["moves"].fillna(value=False).to_numpy(bool)
    nothing = np.where(stale, 0.0, np.nan)
    counts = Counts(units, day, nothing, nothing.copy())
    version = datasets.current_version(workspace)
    if version is None or not stale.any():
        return counts
    oldest = closed[stale].min()
    first = calendar.periods[max(int(np.searchsorted(calendar.periods, oldest, side="right")) - 1, 0)]
    place = keys.assign(series=np.arange(len(keys)))[stale]
    booked = sold_since(workspace, version.version, first.astype(object), SHELF_RULES)
    sold = booked.merge(place, on=["sku", "location"])
    _add(counts.sold, sold, _share_after(calendar, sold, closed))
    only = only_place(current_dataset(workspace).panel.locations)
    booked = orders_placed(received_since(workspace, oldest.astype(object)), only)
    received = booked.merge(place, on=["sku", "location"])
    came = pd.to_datetime(received["day"]).to_numpy("datetime64[D]")
    _add(counts.received, received, (came > closed[received["series"]]) & (came <= until))
    return counts


def _closed(day: DateArray, calendar: TradingCalendar) -> DateArray:
    """Day at whose end each count holds: where weeks or months are named by their first day, such a day names one."""
    if calendar.frequency is Frequency.DAY:
        return day
    ends = np.append(calendar.periods[1:], calendar.every_period_after(1)) - 1
    place = np.minimum(np.searchsorted(calendar.periods, day), len(calendar) - 1)
    return np.where(calendar.periods[place] == day, ends[place], day)


def _add(total: FloatArray, rows: pd.DataFrame, share: AnyArray) -> None:
    np.add.at(total, rows["series"].to_numpy(np.int64), rows["units"].to_numpy(float) * share)


def _share_after(calendar: TradingCalendar, rows: pd.DataFrame, day: DateArray) -> FloatArray:
    """Share of each row's period that lies after the count of its series; units fall evenly on the days of a period."""
    booked = pd.to_datetime(rows["day"]).to_numpy("datetime64[D]")
    place = np.maximum(np.searchsorted(calendar.periods, booked, side="right") - 1, 0)
    first = calendar.periods[place]
    last = np.append(calendar.periods, calendar.every_period_after(1))[place + 1] - 1
    if calendar.frequency is Frequency.DAY:
        first, last = booked, booked
    length = (last - first).astype(np.int64) + 1
    after = (last - day[rows["series"].to_numpy(np.int64)]).astype(np.int64)
    return np.asarray(np.clip(after / length, 0.0, 1.0))
