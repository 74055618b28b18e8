"""Periods without a sales line: sold nothing, not on sale, or out of stock."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from core.base.calendar import Frequency, TradingCalendar
from core.base.language import _
from core.base.parameters import parameter
from core.base.types import BoolArray, DateArray, FloatArray, IntArray
from core.clean.changes import Repair, cell_findings, differs
from core.clean.contract import Finding
from core.series.panel import Panel, from_dense

AUTO, ZERO, NOT_ON_SALE, OUT_OF_STOCK = "auto", "zero", "not on sale", "out of stock"
ON_HAND: Final = "on_hand"
LAUNCHED: Final = "launched_on"
DISCONTINUED: Final = "discontinued_on"
LONGEST_BETWEEN: Final = np.timedelta64(31, "D")
"""Between two reports of no stock further apart than this, goods may have come and gone."""


@dataclass(frozen=True, slots=True)
class MissingDays:
    """Decides what a period without a sales line means; the three states are never mixed.

    A series begins with its first line, or at the attribute `launched_on` (ISO date) when that is earlier: before, the
    SKU was not on sale. From the attribute `discontinued_on` on (or where a driver of that name is on) it is not on
    sale either. In between:

    - zero: it sold nothing.
    - not on sale: nobody could buy it.
    - out of stock: there was none to sell, demand is only known to be 0 or more.
    - auto: it sold nothing, except where the driver `on_hand` (stock at close) says that there was none: with nothing
      sold, stock must also have been nil (or unknown) at the close before; with something sold, stock nil at close is
      enough, and demand was at least what was sold. Where stock is counted now and then, there was none between two
      counts of nil either if nothing was sold from one to the other. Without stock figures nothing is called out of
      stock: long runs of zeros are a weak sign of a stock-out.
    """

    key: ClassVar[str] = "missing_days"
    label: ClassVar[str] = "Periods without sales"
    description: ClassVar[str] = "Periods without a sale become 0 sold, not on sale, or out of stock."

    mode: str = parameter(
        AUTO,
        "A period without a sale means",
        choices=(AUTO, ZERO, NOT_ON_SALE, OUT_OF_STOCK),
        help="auto: nothing sold, or out of stock where stock figures say so.",
    )

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The panel without undecided periods, and what was decided.

        Periods that became "0 sold" are reported once per series, with their number; every other change once per cell.
        """
        panel = on_sale_only(panel)
        empty = np.isnan(panel.values) & ~_discontinued(panel)
        out = self._out_of_stock(panel, empty)
        filled = empty if self.mode in (AUTO, ZERO) else out & empty
        values = np.where(filled, 0.0, panel.values)
        censored = panel.censored | out
        repair = Repair(values, censored, _reasons(values, out))
        changed = differs(panel, repair)
        if not changed.any():
            return panel, []
        # A sparse history has more zeros than sales; one finding each would bury all others.
        findings = _zero_findings(self.key, panel, changed & ~out)
        findings += cell_findings(self.key, panel, repair, changed & out)
        return replace(panel, values=values, censored=censored), findings

    def _out_of_stock(self, panel: Panel, empty: BoolArray) -> BoolArray:
        """Which cells the mode calls out of stock, shape (n_obs,)."""
        if self.mode == OUT_OF_STOCK:
            return empty
        if self.mode != AUTO or ON_HAND not in panel.drivers:
            return np.zeros(len(panel.values), bool)
        on_hand = panel.drivers[ON_HAND]
        nil = on_hand <= 0
        opened_nil = np.concatenate([[True], nil[:-1] | np.isnan(on_hand[:-1])]) if len(nil) else nil
        # What the series before closed with says nothing about this one.
        opened_nil[panel.offsets[:-1][panel.lengths > 0]] = True
        sold = np.nan_to_num(panel.values) > 0
        on_sale = empty | ~np.isnan(panel.values)
        return np.asarray(on_sale & (nil & (sold | opened_nil) | _between_counts(panel, nil, sold)))


def _between_counts(panel: Panel, nil: BoolArray, sold: BoolArray) -> BoolArray:
    """Cells between two reports of no stock, from one to the other of which nothing was sold, shape (n_obs,)."""
    counted = np.flatnonzero(~np.isnan(panel.drivers[ON_HAND]))
    first, after = counted[:-1], counted[1:]
    rows, days = panel.rows, panel.calendar.periods[panel.columns]
    sales = np.cumsum(sold)
    empty = nil[first] & nil[after] & (rows[first] == rows[after]) & (sales[first] == sales[after])
    empty &= days[after] - days[first] <= LONGEST_BETWEEN
    edges = np.zeros(len(nil), np.int64)
    np.add.at(edges, first[empty] + 1, 1)
    np.add.at(edges, after[empty], -1)
    return np.cumsum(edges) > 0


def on_sale_only(panel: Panel) -> Panel:
    """The panel whose series begin with their first line or launch; leading unobserved periods go or come."""
    starts = _first_on_sale(panel)
    if np.array_equal(starts, panel.starts):
        return panel
    return from_dense(
        panel.dense(),
        panel.calendar,
        panel.skus.tolist(),
        locations=panel.locations.tolist(),
        starts=starts,
        censored=panel.dense(panel.censored, fill=0.0).astype(bool),
        drivers={name: panel.dense(flat) for name, flat in panel.drivers.items()},
        future_drivers=panel.future_drivers,
        attributes=panel.attributes,
    )


def _first_on_sale(panel: Panel) -> IntArray:
    """Position on the calendar of each series' first period on sale, shape (n_series,)."""
    seen = np.flatnonzero(~np.isnan(panel.values))
    first = np.full(len(panel), panel.n_periods)
    np.minimum.at(first, panel.rows[seen], panel.columns[seen])
    # A launch later than the first sale contradicts the sales; then the sales are believed.
    if LAUNCHED in panel.attributes:
        launched = _dates(panel, LAUNCHED)
        position = _launch_position(panel.calendar, launched)
        begun = launched < panel.calendar.following(1)[0]
        first = np.where(begun, np.minimum(first, position), first)
    return first


def _launch_position(calendar: TradingCalendar, launched: DateArray) -> IntArray:
    """The week or month a launch falls into, or the first trading day from it on, shape (n_series,)."""
    if calendar.frequency is Frequency.DAY:
        return np.searchsorted(calendar.periods, launched)
    return np.maximum(np.searchsorted(calendar.periods, launched, side="right") - 1, 0)


def _discontinued(panel: Panel) -> BoolArray:
    """Which cells lie after the end of sale, shape (n_obs,)."""
    ended = np.zeros(len(panel.values), bool)
    if DISCONTINUED in panel.attributes:
        ended |= panel.calendar.periods[panel.columns] >= _dates(panel, DISCONTINUED)[panel.rows]
    for name in ("discontinued", DISCONTINUED):
        if name in panel.drivers:
            ended |= np.nan_to_num(panel.drivers[name]) > 0
    return ended


def _dates(panel: Panel, attribute: str) -> DateArray:
    """An attribute of ISO dates, NaT where none is given, shape (n_series,)."""
    texts = [str(text)[:10] if text else "NaT" for text in panel.attributes[attribute]]
    return np.array(texts, dtype="datetime64[D]")


def _reasons(values: FloatArray, out: BoolArray) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    reasons = np.full(len(values), "", dtype=object)
    reasons[out] = _("No stock to sell: demand may have been higher")
    reasons[out & (values > 0)] = _("Sold out by the end of the period: demand may have been higher")
    return reasons


def _zero_findings(rule: str, panel: Panel, cells: BoolArray) -> list[Finding]:
    """One finding per series for its periods that became 0 sold."""
    rows, columns = panel.rows[cells], panel.columns[cells]
    series, first, counts = np.unique(rows, return_index=True, return_counts=True)
    dates = panel.calendar.periods.astype(str)
    text = _("%d periods without a sale count as nothing sold")
    spans = [
        dates[columns[start]] if n == 1 else f"{dates[columns[start]]}/{dates[columns[start + n - 1]]}"
        for start, n in zip(first.tolist(), counts.tolist(), strict=True)
    ]
    return [
        Finding(rule, panel.skus[row], panel.locations[row], span, None, 0.0, text % n, periods=n)
        for row, span, n in zip(series.tolist(), spans, counts.tolist(), strict=True)
    ]
