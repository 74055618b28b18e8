"""Puts a Panel together: units per SKU × location × period, and the drivers joined onto it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.calendar import TradingCalendar
from core.base.columns import known_ahead
from core.base.types import AnyArray, DateArray, FloatArray, IntArray
from core.series.trading import known_periods, period_start

CARRIED: Final = ("price", "competitor_price")
"""Drivers that hold until the next value; others are 0 (flags, counts) where no value is given."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitRows:
    """Units per series and period, one row each.

    Attributes:
        skus, locations: of each row, shape (n_rows,).
        periods: first day of the period, datetime64[D], shape (n_rows,).
        units: demand in the period, shape (n_rows,).
    """

    skus: AnyArray
    locations: AnyArray
    periods: DateArray
    units: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class DriverRows:
    """Values of drivers; "" as SKU or location means all of them. Every array has shape (n_rows,)."""

    drivers: AnyArray
    skus: AnyArray
    locations: AnyArray
    periods: DateArray
    values: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class DenseUnits:
    """Units on the common calendar, NaN where there is no row, with the key of each series."""

    skus: AnyArray
    locations: AnyArray
    values: FloatArray


def dense_units(rows: UnitRows, calendar: TradingCalendar) -> DenseUnits:
    """Rows on the calendar, shape (n_series, n_periods); rows of periods off the calendar are left out.

    Series come ordered by location, then SKU.
    """
    keys = np.char.add(np.char.add(rows.locations.astype(str), "\x1f"), rows.skus.astype(str))
    names, series = np.unique(keys, return_inverse=True)
    place, known = known_periods(calendar, rows.periods)
    units = np.zeros((len(names), len(calendar)))
    np.add.at(units, (series[known], place[known]), rows.units[known])
    seen = np.zeros(units.shape, bool)
    seen[series[known], place[known]] = True
    parts = [name.split("\x1f", 1) for name in names]
    return DenseUnits(
        skus=np.array([sku for _location, sku in parts], dtype=object),
        locations=np.array([location for location, _sku in parts], dtype=object),
        values=np.where(seen, units, np.nan),
    )


def join_drivers(
    rows: DriverRows, skus: AnyArray, locations: AnyArray, calendar: TradingCalendar, n_future: int
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Drivers of every series on the calendar, and the known-ahead ones over the next n_future trading periods.

    A value given for the SKU at the location goes before one for the SKU, that before one for the location, that before
    one for all. Several days of a coarser period are averaged.

    Returns:
        past: driver → shape (n_series, n_periods); future: driver → shape (n_series, n_future).
    """
    span = np.concatenate([calendar.periods, calendar.following(n_future)])
    whole = TradingCalendar(calendar.frequency, span, calendar.closed_weekdays, calendar.closed_dates)
    anchor = int((span[0].astype("datetime64[D]").astype(np.int64) + 3) % 7)
    periods = period_start(rows.periods, calendar.frequency, anchor)
    past: dict[str, FloatArray] = {}
    future: dict[str, FloatArray] = {}
    for driver in np.unique(rows.drivers.astype(str)):
        chosen = rows.drivers == driver
        dense = _one_driver(_subset(rows, chosen, periods), skus, locations, whole, carried=driver in CARRIED)
        past[driver] = dense[:, : len(calendar)]
        if known_ahead(driver):
            future[driver] = dense[:, len(calendar) :]
    return past, future


def _subset(rows: DriverRows, chosen: AnyArray, periods: DateArray) -> DriverRows:
    return DriverRows(
        rows.drivers[chosen], rows.skus[chosen], rows.locations[chosen], periods[chosen], rows.values[chosen]
    )


def _one_driver(
    rows: DriverRows, skus: AnyArray, locations: AnyArray, whole: TradingCalendar, *, carried: bool
) -> FloatArray:
    keys, member = np.unique(_key(rows.skus, rows.locations), return_inverse=True)
    table = _means(rows, member, len(keys), whole, carried=carried)
    dense = np.full((len(skus), len(whole)), np.nan)
    empty = np.full(len(skus), "", dtype=object)
    for sku_part, location_part in ((empty, empty), (empty, locations), (skus, empty), (skus, locations)):
        wanted = _key(sku_part, location_part)
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        found = keys[place] == wanted
        dense[found] = np.where(np.isnan(table[place[found]]), dense[found], table[place[found]])
    return _from_the_start(dense) if carried else np.nan_to_num(dense)


def _key(skus: AnyArray, locations: AnyArray) -> AnyArray:
    return np.char.add(np.char.add(locations.astype(str), "\x1f"), skus.astype(str))


def _means(rows: DriverRows, member: IntArray, n_keys: int, whole: TradingCalendar, *, carried: bool) -> FloatArray:
    """Mean value per key and period; carried drivers hold from the last value on, also from before the calendar."""
    place, known = known_periods(whole, rows.periods)
    if carried:  # a price set on a closed day or before the first sale holds from the next trading period on
        place = np.minimum(np.searchsorted(whole.periods, rows.periods), len(whole) - 1)
        known = rows.periods <= whole.periods[-1]
    known = known & ~np.isnan(rows.values)
    total = np.zeros((n_keys, len(whole)))
    count = np.zeros((n_keys, len(whole)))
    np.add.at(total, (member[known], place[known]), rows.values[known])
    np.add.at(count, (member[known], place[known]), 1.0)
    mean = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
    return _carried(mean) if carried else mean


def _carried(values: FloatArray) -> FloatArray:
    """Each NaN replaced by the last value before it; leading ones stay."""
    index = np.where(np.isnan(values), 0, np.arange(values.shape[1])[None, :])
    np.maximum.accumulate(index, axis=1, out=index)
    return np.asarray(np.take_along_axis(values, index, axis=1))


def _from_the_start(values: FloatArray) -> FloatArray:
    """Leading NaN replaced by the first known value: a price first reported today also held yesterday."""
    first = np.take_along_axis(values, (~np.isnan(values)).argmax(axis=1)[:, None], axis=1)
    return np.asarray(np.where(np.isnan(values), first, values))


def labelled(keys: Sequence[str], labels: Mapping[str, str], missing: str = "") -> AnyArray:
    """The text of each key, `missing` where there is none, shape (n_keys,)."""
    return np.array([labels.get(key) or missing for key in keys], dtype=object)
