"""Drivers as columns: prices, promotions and events of past and planned periods, and what shoppers did lately."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from core.base.columns import PROMOTION
from core.base.types import BoolArray, FloatArray
from core.series.kept import Beside
from core.series.panel import Panel

PRICE: Final = "price"
SOLD_PRICE: Final = "sold_price"
"""Driver: what a piece was sold for, money, until the next sale; of the past only, whatever is planned."""
_plans: Final = Beside[Mapping[str, FloatArray]]()


def event_drivers(panel: Panel) -> tuple[str, ...]:
    """Names of the holidays and events on the calendar, sorted."""
    named = set(panel.drivers) | set(panel.future_drivers)
    return tuple(sorted(name for name in named if panel.known_ahead(name) and name not in (PRICE, PROMOTION)))


def behaviour_drivers(panel: Panel) -> tuple[str, ...]:
    """Names of the drivers nobody knows ahead (clicks, favourites, advertising seen), sorted."""
    return tuple(sorted(name for name in panel.drivers if not panel.known_ahead(name)))


def has_driver(panel: Panel, name: str) -> bool:
    """Whether any value of the driver is known, past or planned."""
    past = name in panel.drivers and not np.isnan(panel.drivers[name]).all()
    ahead = name in panel.future_drivers and not np.isnan(panel.future_drivers[name]).all()
    return bool(past or ahead)


def planned(panel: Panel, name: str, n_ahead: int) -> FloatArray:
    """A driver over the observed periods and the plan for the next ones, NaN = unknown.

    Args:
        panel: the panel with its drivers.
        name: a driver known ahead.
        n_ahead: periods after the last one; a plan that ends earlier is NaN from there on.

    Returns:
        Values of the driver, shape (n_series, n_periods + n_ahead).
    """
    result = np.full((len(panel), panel.n_periods + max(n_ahead, 0)), np.nan)
    if name in panel.drivers:
        result[:, : panel.n_periods] = panel.dense(panel.drivers[name])
    future = panel.future_drivers.get(name, np.empty((len(panel), 0)))[:, : max(n_ahead, 0)]
    result[:, panel.n_periods : panel.n_periods + future.shape[1]] = future
    return result


def switch(panel: Panel, name: str, n_ahead: int) -> FloatArray:
    """A promotion or an event as a number that is 0 where nothing is planned, shape (n_series, n_periods + n_ahead).

    Drivers given in larger numbers (a discount in percent, say) are divided by the largest value of all, past or
    planned, so that 1 is the strongest action; the unit is then the same at every origin of a history.
    """
    known = [each[name] for each in (panel.drivers, panel.future_drivers) if name in each]
    largest = max((float(np.abs(np.nan_to_num(each)).max(initial=0.0)) for each in known), default=0.0)
    return np.nan_to_num(planned(panel, name, n_ahead)) / max(1.0, largest)


def event_plans(panel: Panel) -> Mapping[str, FloatArray]:
    """Each holiday and event over the past and all that is planned, in order of their names; never to be written to.

    Returns:
        As `switch` gives it, but in a single row where all series agree while they are on the calendar; later periods
        than planned are without it. Shape (1 or n_series, n_periods + n_planned).
    """
    return _plans.get(panel, None, lambda: {name: _plan(panel, name) for name in event_drivers(panel)})


def _plan(panel: Panel, name: str) -> FloatArray:
    values = switch(panel, name, panel.future_drivers[name].shape[1] if name in panel.future_drivers else 0)
    row = common_row(values, panel)
    return values if row is None else row[None, :]


def reaching(plan: FloatArray, length: int) -> FloatArray:
    """The first periods of a plan, 0 after its end, shape (…, length)."""
    cut = plan[..., :length]
    return np.pad(cut, [(0, 0)] * (cut.ndim - 1) + [(0, length - cut.shape[-1])])


def has_price(panel: Panel, n_ahead: int) -> BoolArray:
    """Which series have a price of their own, past or planned, shape (n_series,)."""
    return np.asarray(~np.isnan(planned(panel, PRICE, n_ahead)).all(axis=1))


def log_price(panel: Panel, n_ahead: int) -> FloatArray:
    """Natural log of the price, the last known price carried on, shape (n_series, n_periods + n_ahead).

    Of series without a price of their own it is what they were last sold for, if any price is known at all. NaN before
    the first known price. Later prices are never carried back: they were not known then.
    """
    price = planned(panel, PRICE, n_ahead)
    if SOLD_PRICE in panel.drivers:
        past = price[:, : panel.n_periods]
        untold = np.isnan(past).all(axis=1)
        # a price that is only planned goes on from what the series was sold for
        past[untold] = panel.dense(panel.drivers[SOLD_PRICE])[untold]
    price = np.where(price > 0, price, np.nan)
    columns = np.arange(price.shape[1])[None, :]
    latest = np.maximum.accumulate(np.where(np.isnan(price), -1, columns), axis=1)
    carried = np.take_along_axis(price, np.maximum(latest, 0), axis=1)
    return np.asarray(np.log(np.where(latest >= 0, carried, np.nan)))


def common_row(values: FloatArray, panel: Panel) -> FloatArray | None:
    """The one row all series share while they are on the calendar, or None when they differ.

    Args:
        values: a driver, shape (n_series, n_periods + n_ahead).
        panel: the panel it belongs to; periods before a series' start do not count.
    """
    begun = np.arange(values.shape[1])[None, :] >= panel.starts[:, None]
    highest = np.where(begun, values, -np.inf).max(axis=0, initial=-np.inf)
    lowest = np.where(begun, values, np.inf).min(axis=0, initial=np.inf)
    if np.any(highest > lowest):
        return None
    return np.where(np.isfinite(highest), highest, 0.0)


def run_up(flags: FloatArray) -> FloatArray:
    """How near an event of the next four days is: ¼ four days before … 1 on the eve, along the last axis."""
    parts = [_moved(flags, -lead) * (5 - lead) / 4 for lead in range(1, 5)]
    return np.asarray(np.maximum.reduce(parts))


def aftermath(flags: FloatArray) -> FloatArray:
    """Whether an event ended one (1) or two (½) days ago, along the last axis."""
    return np.maximum(_moved(flags, 1), _moved(flags, 2) / 2)


def eve(flags: FloatArray) -> FloatArray:
    """Whether an event falls into the next period, along the last axis; for weeks and months."""
    return _moved(flags, -1)


def morrow(flags: FloatArray) -> FloatArray:
    """Whether an event fell into the period before, along the last axis."""
    return _moved(flags, 1)


def _moved(flags: FloatArray, by: int) -> FloatArray:
    """The flags later by `by` periods (earlier when negative), 0 where nothing comes in."""
    result = np.zeros_like(flags)
    if by > 0:
        result[..., by:] = flags[..., :-by]
    else:
        result[..., :by] = flags[..., -by:]
    return result
