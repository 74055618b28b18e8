"""The true inventory: what stood on the shelf, what was bought, what came late or short, and what was lost."""

from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from shop import settings
from shop.catalogue import Catalogue
from shop.market import FloatArray, IntArray

SHORT_CHANCE = 0.06
LATE_CHANCE = 0.06
TERMS = ["supplier", "lead", "lead_sd", "review", "minimum"]
LEADS_BEYOND = 200
"""Days past the history to which a late delivery may still be booked."""


@dataclass(frozen=True, slots=True)
class Flows:
    """Units per series and day, all (n_series, DAYS): opening + received - sold - bulk + returned = on hand at close.

    `returned_later` and `return_lag`: of the units sold on a day, how many come back and after how many days.
    `opening` (n_series,) units before the first day; `purchases` one row per purchase order line.
    """

    sold: IntArray
    bulk: IntArray
    received: IntArray
    returned: IntArray
    returned_later: IntArray
    return_lag: IntArray
    on_hand: IntArray
    on_order: IntArray
    opening: IntArray
    purchases: pd.DataFrame


class Purchase(NamedTuple):
    """One purchase order line; days are numbers from the first day, units as ordered and as delivered."""

    number: str
    series: int
    day: int
    due: int
    arrives: int
    ordered: int
    delivered: int


class _Terms(NamedTuple):
    """One supplier: row number, name, lead time and its sd in days, review period in days, order minimum in money."""

    row: int
    supplier: str
    lead: int
    lead_sd: float
    review: int
    minimum: float


@dataclass(slots=True)
class _Shelf:
    """The moving state of the warehouse; changed day by day.

    `arriving` and `leaving` (n_series, DAYS + LEADS_BEYOND): units that come in on a day, and units that were ordered
    and are no longer outstanding from that day on; they differ where a delivery is short.
    """

    on_hand: IntArray
    on_order: IntArray
    arriving: IntArray
    leaving: IntArray
    purchases: list[Purchase] = field(default_factory=list)
    orders: int = 0


def _empty_shelf(opening: IntArray) -> _Shelf:
    """The warehouse before the first day: the opening stock and nothing on order."""
    days = (len(opening), settings.DAYS + LEADS_BEYOND)
    return _Shelf(opening.copy(), np.zeros_like(opening), np.zeros(days, np.int64), np.zeros(days, np.int64))


@dataclass(frozen=True, slots=True)
class _Buyer:
    """How each series is bought: terms per series, and how well its buyer foresees demand.

    `ahead` (n_series, SPAN + 1) cumulated expected demand; `error` (n_series, DAYS) factor on it; `safety` factor on
    the square root of demand over the risk period.
    """

    supplier: IntArray
    place: IntArray
    moq: IntArray
    pack: IntArray
    cost: FloatArray
    lead: IntArray
    review: IntArray
    ahead: FloatArray
    error: FloatArray
    safety: FloatArray

    def level(self, day: int, days: IntArray) -> FloatArray:
        """Order-up-to level for demand of the coming `days`, (n_series,)."""
        last = np.minimum(day + 1 + days, settings.SPAN)
        row = np.arange(len(days))
        mean = (self.ahead[row, last] - self.ahead[row, day + 1]) * self.error[:, day]
        # The last stretch before the calendar's end is short of days: the buyer extends the daily mean.
        mean = mean * days / np.maximum(last - day - 1, 1)
        return np.where(mean > 0.05, mean + self.safety * np.sqrt(mean), 0.0)


def _foresight(n_series: int) -> tuple[FloatArray, FloatArray]:
    """The buyers' drifting forecast error (n_series, DAYS) and safety factor (n_series,)."""
    rng = settings.randomness("buyers")
    style = rng.choice(3, n_series, p=[0.76, 0.12, 0.12])
    safety = np.array([1.7, 0.7, 3.0])[style]
    bias = np.array([0.0, -0.10, 0.45])[style]
    weeks = settings.DAYS // 7 + 1
    walk = np.empty((n_series, weeks))
    walk[:, 0] = rng.normal(0, 0.16, n_series)
    for week in range(1, weeks):
        walk[:, week] = 0.92 * walk[:, week - 1] + rng.normal(0, 0.16 * np.sqrt(1 - 0.92**2), n_series)
    error = np.repeat(np.exp(walk + bias[:, None]), 7, axis=1)[:, : settings.DAYS]
    return error.round(6), safety


def _buyer(catalogue: Catalogue, mean: FloatArray) -> _Buyer:
    """Supply terms spread over the series."""
    items = catalogue.items.iloc[catalogue.series["product"].to_numpy()]
    supplier = items["supplier"].to_numpy()
    terms = catalogue.suppliers.iloc[supplier]
    error, safety = _foresight(len(items))
    ahead = np.concatenate([np.zeros((len(mean), 1)), np.cumsum(mean, axis=1)], axis=1).round(4)
    return _Buyer(
        supplier,
        catalogue.series["place"].to_numpy(),
        items["moq"].to_numpy(),
        items["pack"].to_numpy(),
        items["unit_cost"].to_numpy(),
        terms["lead"].to_numpy(),
        terms["review"].to_numpy(),
        ahead,
        error,
        safety,
    )


def _wanted(shelf: _Shelf, buyer: _Buyer, day: int) -> IntArray:
    """Units each series should order today before the supplier's minimum, 0 where enough is coming."""
    position = shelf.on_hand + shelf.on_order
    gap = buyer.level(day, buyer.lead + buyer.review) - position
    # Ordering only below a second, lower level keeps the buyer from topping up by single packs at every review.
    trigger = buyer.level(day, buyer.lead + buyer.review // 2)
    units = np.maximum(np.ceil(gap / buyer.pack) * buyer.pack, buyer.moq)
    return np.where((gap > 0) & (position < trigger), units, 0).astype(np.int64)


def _raise_to_minimum(units: IntArray, cost: FloatArray, pack: IntArray, minimum: float) -> IntArray:
    """Stretches an order to the supplier's minimum, or drops it when it is worth less than a third of that."""
    value = float((units * cost).sum())
    if value < minimum / 3:
        return np.zeros_like(units)
    if value >= minimum:
        return units
    return (np.ceil(units * (minimum / value) / pack) * pack).astype(np.int64)


def _place_order(shelf: _Shelf, day: int, terms: _Terms, rows: IntArray, units: IntArray) -> None:
    """Books one purchase order: its lines arrive together, some orders late, some lines short."""
    shelf.orders += 1
    rng = settings.randomness(f"purchase {day} {terms.supplier} {rows[0]}")
    lead = max(1, round(float(rng.normal(terms.lead, terms.lead_sd))))
    if rng.random() < LATE_CHANCE:
        lead += round(terms.lead * float(rng.uniform(0.3, 0.8)))
    for row, ordered in zip(rows.tolist(), units.tolist(), strict=True):
        short = rng.random() < SHORT_CHANCE
        delivered = int(ordered * rng.uniform(0.55, 0.95)) if short else ordered
        shelf.on_order[row] += ordered
        shelf.leaving[row, day + lead] += ordered
        shelf.arriving[row, day + lead] += delivered
        number = f"PO-{20000 + shelf.orders}"
        shelf.purchases.append(Purchase(number, row, day, day + terms.lead, day + lead, ordered, delivered))


def _review(shelf: _Shelf, buyer: _Buyer, terms: list[_Terms], day: int) -> None:
    """Each supplier whose review day it is gets one order per warehouse."""
    due = [supplier for supplier in terms if (day + 3 * supplier.row) % supplier.review == 0]
    if not due:
        return
    wanted = _wanted(shelf, buyer, day)
    for supplier, place in product(due, range(len(settings.WAREHOUSES))):
        rows = np.flatnonzero((buyer.supplier == supplier.row) & (buyer.place == place) & (wanted > 0))
        units = _raise_to_minimum(wanted[rows], buyer.cost[rows], buyer.pack[rows], supplier.minimum)
        if units.any():
            _place_order(shelf, day, supplier, rows, units)


def _trade(shelf: _Shelf, wanted: IntArray, large: IntArray) -> tuple[IntArray, IntArray]:
    """Serves one day: ordinary customers first, then a large order from what they left."""
    sold = np.minimum(wanted, shelf.on_hand)
    bulk = np.minimum(large, shelf.on_hand - sold)
    shelf.on_hand -= sold + bulk
    return sold, bulk


def play(catalogue: Catalogue, mean: FloatArray, wanted: IntArray, bulk: pd.DataFrame) -> Flows:
    """Plays the whole history: receipts and returns, sales, then the buyers' review of the day.

    Args:
        catalogue: What is kept where and who supplies it.
        mean: Expected units, (n_series, SPAN); buyers foresee it with an error.
        wanted: Units customers want, (n_series, DAYS).
        bulk: Single large orders; they take what the day's other customers left.

    Returns:
        The day's flows, balanced for every series and day.
    """
    buyer = _buyer(catalogue, mean)
    terms = [_Terms(*row) for row in catalogue.suppliers[TERMS].itertuples()]
    shape = wanted.shape
    rng = settings.randomness("returns")
    rate = catalogue.products["category"].map(settings.RETURN_RATE).fillna(settings.RETURN_RATE_ELSEWHERE).to_numpy()
    rate = rate[catalogue.series["product"].to_numpy()]
    lag = rng.integers(3, 15, shape)
    large = np.zeros(shape, np.int64)
    large[bulk["series"], bulk["day"]] = bulk["wanted"]
    opening = np.ceil(buyer.level(0, buyer.lead + buyer.review)).astype(np.int64)
    shelf = _empty_shelf(np.where(mean[:, :30].max(axis=1) > 0, opening, 0))
    opening = shelf.on_hand.copy()
    sold, taken, later, returned, on_hand, on_order = (np.zeros(shape, np.int64) for _ in range(6))
    for day in range(settings.DAYS):
        # Returns are shelved before the doors open, so a day that lost sales always closes empty.
        shelf.on_hand += shelf.arriving[:, day] + returned[:, day]
        shelf.on_order -= shelf.leaving[:, day]
        sold[:, day], taken[:, day] = _trade(shelf, wanted[:, day], large[:, day])
        back = day + lag[:, day]
        later[:, day] = np.where(back < settings.DAYS, rng.binomial(sold[:, day], rate), 0)
        rows = np.flatnonzero(later[:, day])
        np.add.at(returned, (rows, back[rows]), later[rows, day])
        _review(shelf, buyer, terms, day)
        on_hand[:, day], on_order[:, day] = shelf.on_hand, shelf.on_order
    received = shelf.arriving[:, : settings.DAYS]
    purchases = pd.DataFrame(shelf.purchases)
    return Flows(sold, taken, received, returned, later, lag, on_hand, on_order, opening, purchases)


def stocked(catalogue: Catalogue, flows: Flows) -> npt.NDArray[np.bool_]:
    """Whether a stock record of the series makes sense on a day: listed, or something still lies there."""
    series = catalogue.series["product"].to_numpy()
    day = np.arange(settings.DAYS)
    launch, end = (catalogue.products[name].to_numpy()[series][:, None] for name in ("launch", "end"))
    return ((day >= launch) & (day < end)) | (flows.on_hand > 0)
