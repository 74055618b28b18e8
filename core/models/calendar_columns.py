"""What the calendar regression looks for: weekdays, the year, days of the month, events, prices, promotions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from core.base.calendar import Frequency
from core.base.columns import PROMOTION
from core.base.types import BoolArray, DateArray, FloatArray, IntArray
from core.models.calendar_ridge import Design
from core.series.features_calendar import (
    Columns,
    month_columns,
    month_day_columns,
    periods_with_future,
    weekday_columns,
    yearly_columns,
)
from core.series.features_drivers import (
    PRICE,
    SOLD_PRICE,
    event_plans,
    has_driver,
    has_price,
    log_price,
    reaching,
    switch,
)
from core.series.panel import Panel

PRIOR: Final[dict[str, float]] = {
    "weekday": 1.0, "month_day": 0.06, "price": 1.5, "promotion": 0.7, "event": 0.5, "near": 0.07,
    "weekday_event": 0.05, "weekday_year": 0.03, "yearweek": 0.4, "month": 0.15,
}  # fmt: skip
"""How large an effect may be expected before seeing data: standard deviation on the log scale (price: elasticity)."""
WAVE_PRIOR: Final = {Frequency.DAY: 0.05, Frequency.WEEK: 0.2, Frequency.MONTH: 0.2}
"""The same of the yearly waves: of days, the other columns tell much of what a wave could."""
NEAR: Final = (-4, -3, -2, -1, 1, 2)
"""Days before and after an event on which demand may differ as well."""
NEIGHBOURS: Final = 4
"""Periods around the calendar's end that events reach across."""
RECURRING: Final = 0.1
"""Share of days from which an event is a habit of the month (a pay week) rather than a feast."""
SHUT_SHARE: Final = 0.1
"""Part of usual sales below which the shop counts as shut for the day."""
SHUT_WINDOW: Final = 57
"""Days whose median says what is usual."""
LEAST_USUAL: Final = 20.0
"""Units a day the shop must usually sell for a day without to mean anything."""


@dataclass(frozen=True, slots=True)
class EffectSettings:
    """Which effects are looked for.

    Attributes:
        yearly_pairs: sine and cosine pairs of the yearly wave.
        drivers: whether price, promotion and events count.
    """

    yearly_pairs: int
    drivers: bool


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """The columns of all effects over past and future periods.

    Attributes:
        design: the columns; their number and names depend on the past and the plan, not on how far ahead is asked.
        closed: past days on which next to nothing was sold, which teach nothing, shape (n_periods,).
        events: in which periods each shared event falls, shape (n_periods + n_ahead, n_events).
        always_shut: events on which, with so many periods known, the shop was closed each time, twice at least; shape
            (n_periods + 1, n_events).
        sold: series whose past prices are those they were sold at, which nobody knows ahead, shape (n_sold,).
    """

    design: Design
    closed: BoolArray
    events: BoolArray
    always_shut: BoolArray
    sold: IntArray

    @classmethod
    def of(cls, history: Panel, n_ahead: int, settings: EffectSettings) -> Self:
        """Columns for past periods and n_ahead future ones."""
        periods = periods_with_future(history.calendar, n_ahead)
        daily = history.frequency is Frequency.DAY
        closed = closed_periods(history)
        waves = yearly_columns(periods, history.frequency, settings.yearly_pairs)
        parts = [waves]
        if daily:
            weekdays = weekday_columns(periods)
            first_wave = Columns(waves.names[:2], waves.values[:, :2])
            parts += [weekdays, month_day_columns(periods), crossed("weekday_year", weekdays, first_wave)]
        elif history.frequency is Frequency.WEEK:
            parts.append(week_columns(periods))
        else:
            parts.append(month_columns(periods))
        own: dict[str, FloatArray] = {}
        on = np.zeros((len(periods), 0), bool)
        if settings.drivers:
            common, own = events_of(history, n_ahead)
            on = common.values[: len(periods)] != 0
            parts.append(event_columns(common, periods, history.frequency))
            own |= offers_of(history, n_ahead)
        shared = Columns.beside(parts)
        design = Design((*shared.names, *own), shared.values, tuple(own.values()))
        sold = np.flatnonzero(priced_by_sales(history)) if "price" in own else np.empty(0, np.int64)
        return cls(design, closed, on, always_shut(on[: len(closed)], closed), sold)

    def shut_at(self, origins: IntArray, horizon: int) -> BoolArray:
        """Which periods after each origin are events that the shop had always been closed on, (n_origins, horizon)."""
        ahead = self.events[origins[:, None] + np.arange(horizon)]
        return np.asarray((ahead & self.always_shut[origins][:, None, :]).any(axis=2))

    def of_sold(self, origin: int, horizon: int) -> Design:
        """Columns of the series priced by their sales after a past origin: the price stays as it was known at it."""
        whole = self.design.between(origin, origin + horizon)
        own = [table[self.sold] for table in whole.own]
        place = whole.names.index("price") - whole.shared.shape[1]
        own[place] = np.repeat(self.design.own[place][self.sold, origin - 1, None], horizon, axis=1)
        return Design(whole.names, whole.shared, tuple(own))


def deviations(names: tuple[str, ...], frequency: Frequency, yearly_pairs: int) -> FloatArray:
    """Expected size of each effect, log scale, shape (n_columns,); 0 for yearly waves faster than `yearly_pairs`."""
    waves = [WAVE_PRIOR[frequency] / float(np.sqrt(pair)) for pair in range(1, yearly_pairs + 1)]
    return np.array([_deviation(name, waves) for name in names])


def _deviation(name: str, waves: list[float]) -> float:
    """Yearly waves become smaller the faster they are."""
    kind = name.split(" ", 1)[0]
    if kind.startswith("yearly_"):
        pair = int(kind.rsplit("_", 1)[1])
        return waves[pair - 1] if pair <= len(waves) else 0.0
    return PRIOR[kind] if kind in PRIOR else PRIOR[kind.rsplit("_", 1)[0]]


def week_columns(periods: DateArray) -> Columns:
    """One column per week of a year of 52; the same week a year ago is 52 weeks back, whatever the date."""
    week = periods.astype("datetime64[D]").astype(np.int64) // 7 % 52
    return Columns(tuple(f"yearweek_{k}" for k in range(52)), (week[:, None] == np.arange(52)).astype(np.float64))


def crossed(kind: str, left: Columns, right: Columns) -> Columns:
    """Products of every two columns, named `kind` and the two."""
    names = tuple(f"{kind} {one} {other}" for one in left.names for other in right.names)
    products = left.values[:, :, None] * right.values[:, None, :]
    return Columns(names, products.reshape(len(products), len(names)))


def events_of(history: Panel, n_ahead: int) -> tuple[Columns, dict[str, FloatArray]]:
    """Holidays and events: shared where all series agree, else one table per event.

    Returns:
        Shared events, with NEIGHBOURS periods more than asked for, so that what comes right after the end is known;
        the others, each of shape (n_series, n_periods + n_ahead).
    """
    length, plans = history.n_periods + n_ahead, event_plans(history)
    # a shop of one series has no events of its own
    shared = {name: reaching(plan[0], length + NEIGHBOURS) for name, plan in plans.items() if len(plan) == 1}
    own = {f"event {name}": reaching(plan, length) for name, plan in plans.items() if len(plan) > 1}
    table = np.stack(list(shared.values()), axis=1) if shared else np.empty((length + NEIGHBOURS, 0))
    return Columns(tuple(shared), table), own


def event_columns(common: Columns, periods: DateArray, frequency: Frequency) -> Columns:
    """A column per event; of days, one more per day near it, or per weekday when it comes every month.

    Args:
        common: shared events, NEIGHBOURS rows longer than the periods.
        periods: first day of each period.
        frequency: length of a period.
    """
    length = len(periods)
    found = list(_columns_of(common, periods)) if frequency is Frequency.DAY else []
    found = [Columns(tuple(f"event {name}" for name in common.names), common.values[:length]), *found]
    return Columns.beside(found)


def _columns_of(common: Columns, periods: DateArray) -> Iterator[Columns]:
    for name, flags in zip(common.names, common.values.T, strict=True):
        if habitual(flags[:, None])[0]:
            days = weekday_columns(periods)
            yield crossed("weekday_event", days, Columns((name,), flags[: len(periods), None]))
        else:
            near = np.stack([moved(flags, by)[: len(periods)] for by in NEAR], axis=1)
            yield Columns(tuple(f"near {by:+d} {name}" for by in NEAR), near)


def habitual(flags: FloatArray) -> BoolArray:
    """Which events come so often that they are a habit of the month (a pay week), no feast, shape (n_events,)."""
    return np.asarray((flags != 0).mean(axis=0) >= RECURRING)


def moved(flags: FloatArray, by: int) -> FloatArray:
    """The flags later by `by` periods (earlier when negative), 0 where nothing comes in."""
    result = np.zeros_like(flags)
    result[max(by, 0) : len(flags) + min(by, 0)] = flags[max(-by, 0) : len(flags) - max(by, 0)]
    return result


def offers_of(history: Panel, n_ahead: int) -> dict[str, FloatArray]:
    """Own columns of promotion and of the log price against the series' mean; 0 where unknown."""
    own: dict[str, FloatArray] = {}
    if has_driver(history, PROMOTION):
        own["promotion"] = switch(history, PROMOTION, n_ahead)
    if has_driver(history, PRICE):
        price = log_price(history, n_ahead)
        past = price[:, : history.n_periods]
        known = ~np.isnan(past)
        mean = np.where(known, past, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        own["price"] = np.nan_to_num(price - mean[:, None])
    return own


def priced_by_sales(history: Panel) -> BoolArray:
    """Which series have no past price but the one they were sold at, shape (n_series,)."""
    return ~has_price(history, 0) if SOLD_PRICE in history.drivers else np.zeros(len(history), bool)


def closed_periods(history: Panel) -> BoolArray:
    """Days on which the whole shop sold less than a tenth of what is usual around them, shape (n_periods,).

    What was out of stock is not expected to sell: a day on which everything was sold out is no closed one.
    """
    if history.frequency is not Frequency.DAY or not len(history):
        return np.zeros(history.n_periods, bool)
    observed = history.observed()
    total = np.nansum(observed, axis=0)
    edge = np.full(SHUT_WINDOW // 2, np.nan)
    around = np.lib.stride_tricks.sliding_window_view(np.concatenate([edge, total, edge]), SHUT_WINDOW)
    usual = np.nanmedian(around, axis=1)
    return np.asarray((total < SHUT_SHARE * usual * _in_stock(history, observed)) & (usual >= LEAST_USUAL))


def _in_stock(history: Panel, observed: FloatArray) -> FloatArray:
    """Share of what the series on sale usually sell that was in stock, shape (n_periods,)."""
    if not history.censored.any():
        return np.ones(history.n_periods)
    known, out = ~np.isnan(observed), history.dense(history.censored.astype(np.float64), fill=0.0) > 0
    usual = np.nansum(observed, axis=1) / np.maximum(known.sum(axis=1), 1)
    there, offered = usual @ known, usual @ (known | out)
    return np.divide(there, offered, out=np.ones_like(offered), where=offered > 0)


def always_shut(events: BoolArray, closed: BoolArray) -> BoolArray:
    """Events on each of whose days so far, two at least, the shop was closed, shape (n_periods + 1, n_events).

    Args:
        events: in which past periods each event fell, shape (n_periods, n_events).
        closed: past days without trade, shape (n_periods,).
    """
    none = np.zeros((1, events.shape[1]), np.int64)
    days, opened = (np.concatenate([none, np.cumsum(each, axis=0)]) for each in (events, events & ~closed[:, None]))
    return np.asarray((days >= 2) & (opened == 0))
