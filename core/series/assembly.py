"""Puts a Panel together: units per SKU × location × period, and the drivers joined onto it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from core.base.calendar import TradingCalendar
from core.base.columns import DATED_KINDS, kind_of, known_ahead
from core.base.types import AnyArray, BoolArray, DateArray, FloatArray, IntArray
from core.series.blocks import CELLS
from core.series.coded import Coded, pair_codes
from core.series.trading import known_periods, period_start

CARRIED: Final = ("price", "competitor_price")
"""Drivers that hold until the next value whatever their values look like."""
MOST_EVENTS: Final = 60
"""Named events kept apart; more would cost a column of drivers each and are too rare to learn from."""
RARE: Final = "event:other"
"""The driver in which all further events count together."""
FEWEST_GAPS: Final = 3
REGULAR_COVERAGE: Final = 2 / 3
"""A driver is reported regularly when values at its usual gap cover this share of the time between first and last."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitRows:
    """Units per series and period, one row each.

    Attributes:
        skus, locations: of each row, n_rows long.
        periods: first day of the period, datetime64[D], shape (n_rows,).
        units: demand in the period, shape (n_rows,).
    """

    skus: Coded
    locations: Coded
    periods: DateArray
    units: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class DriverRows:
    """Values of drivers; "" as SKU or location means all of them. Everything is n_rows long."""

    drivers: Coded
    skus: Coded
    locations: Coded
    periods: DateArray
    values: FloatArray

    def where(self, rows: AnyArray) -> Self:
        """Only these rows (places, a slice or a mask)."""
        return type(self)(
            self.drivers.where(rows), self.skus.where(rows), self.locations.where(rows), self.periods[rows],
            self.values[rows],
        )  # fmt: skip


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
    pairs, series = np.unique(pair_codes(rows.locations, rows.skus), return_inverse=True)
    place, known = known_periods(calendar, rows.periods)
    total, count = _added_up(series[known], place[known], rows.units[known], (len(pairs), len(calendar)))
    width = max(len(rows.skus.names), 1)
    return DenseUnits(
        skus=rows.skus.names[pairs % width],
        locations=rows.locations.names[pairs // width],
        values=np.where(count > 0, total, np.nan),
    )


def _added_up(
    rows: IntArray, columns: IntArray, values: FloatArray, shape: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """Sum and number of the values that fall into each cell."""
    cells = rows * shape[1] + columns
    total = np.bincount(cells, weights=values, minlength=shape[0] * shape[1]).astype(np.float64)
    return total.reshape(shape), np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def with_common_events(rows: DriverRows, at_most: int = MOST_EVENTS) -> tuple[DriverRows, int]:
    """The rows with the rarest named events counted together as one, so that one-off texts do not become drivers.

    Returns:
        rows: with at most `at_most` drivers named `event:…` or `holiday:…`, and RARE for all others.
        rare: how many names were put together, 0 when there were few enough.
    """
    named = np.array([kind_of(name) in DATED_KINDS and ":" in name for name in rows.drivers.names], bool)
    if named.sum() <= at_most:
        return rows, 0
    days = np.unique(rows.periods, return_inverse=True)[1].astype(np.int64)
    distinct = np.unique(rows.drivers.codes * (days.max(initial=0) + 1) + days) // (days.max(initial=0) + 1)
    count = np.where(named, np.bincount(distinct, minlength=len(named)), -1)
    # equally frequent ones in the order of their names, so that the same file always keeps the same
    rare = np.argsort(-count, kind="stable")[at_most : int(named.sum())]
    names = rows.drivers.names.copy()
    names[rare] = RARE
    return replace(rows, drivers=Coded.of(names).where(rows.drivers.codes)), len(rare)


def join_drivers(
    rows: DriverRows,
    skus: AnyArray,
    locations: AnyArray,
    calendar: TradingCalendar,
    n_future: int,
    ahead: Callable[[str], bool] = known_ahead,
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Drivers of every series on the calendar, and those known ahead over the next n_future trading periods.

    A value given for the SKU at the location goes before one for the SKU, that before one for the location, that before
    one for all. Several days of a coarser period are averaged. Between two values a price holds, and so does any level
    that is never 0 (a temperature, an index) and anything reported at longer steps than the sales; all others (flags,
    counts) are 0 where no value is given.

    Args:
        rows: what is said.
        skus: of each series, shape (n_series,).
        locations: of each series, shape (n_series,).
        calendar: of the history.
        n_future: trading periods after it.
        ahead: whether a driver's later values are known.

    Returns:
        past: driver → shape (n_series, n_periods); future: driver → shape (n_series, n_future).
    """
    past: dict[str, FloatArray] = {}
    future: dict[str, FloatArray] = {}
    for driver, said in said_of_each(rows, skus, locations, calendar, n_future):
        dense = _filled(said)
        past[driver] = dense[:, : len(calendar)]
        if ahead(driver):
            future[driver] = dense[:, len(calendar) :]
    return past, future


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What is said of one driver: values as long as they hold, else NaN; carried: they hold until the next one.

    `values` has the shape (n_series, n_periods + n_future).
    """

    values: FloatArray
    carried: bool


def said_of_each(
    rows: DriverRows, skus: AnyArray, locations: AnyArray, calendar: TradingCalendar, n_future: int
) -> Iterator[tuple[str, Said]]:
    """Name of each driver and what is said of every series, one driver after another, since each may be large."""
    span = np.concatenate([calendar.periods, calendar.following(n_future)])
    whole = TradingCalendar(calendar.frequency, span, calendar.closed_weekdays, calendar.closed_dates)
    anchor = int((span[0].astype("datetime64[D]").astype(np.int64) + 3) % 7)
    placed = replace(rows, periods=period_start(rows.periods, calendar.frequency, anchor))
    order = np.argsort(rows.drivers.codes, kind="stable")
    bounds = np.searchsorted(rows.drivers.codes[order], np.arange(len(rows.drivers.names) + 1))
    for code, driver in enumerate(rows.drivers.names.tolist()):
        own = order[bounds[code] : bounds[code + 1]]
        if len(own):
            held = _steps_held(driver, rows.where(own), whole)
            yield driver, Said(_one_driver(placed.where(own), skus, locations, whole, held), held == len(whole))


def _steps_held(driver: str, rows: DriverRows, whole: TradingCalendar) -> int:
    """Periods a value of the driver holds without a new one; 0 = only its own period."""
    if driver in CARRIED:
        return len(whole)
    # an event's name says 1 on its days and nothing on all others
    if kind_of(driver) in DATED_KINDS or rows.values.min() == rows.values.max():
        return 0
    gap, coverage = _rhythm(rows)
    if coverage < REGULAR_COVERAGE:
        return 0
    if rows.values.min() > 0:
        return len(whole)
    # a weekly figure beside daily sales holds for its week
    return max(round(gap / whole.frequency.days) - 1, 0)


def given_until(
    rows: DriverRows, skus: AnyArray, locations: AnyArray, ahead: Callable[[str], bool]
) -> dict[str, DateArray]:
    """Last day for which each driver known ahead is given to each series.

    A value that comes regularly speaks for the days until the next one would come; that of an event or of a flag that
    is only ever 1 for its own day.

    Returns:
        driver → shape (n_series,), NaT where nothing is said of a series.
    """
    found: dict[str, DateArray] = {}
    for code, driver in enumerate(rows.drivers.names.tolist()):
        own = rows.where(rows.drivers.codes == code)
        if not len(own.values) or not ahead(driver):
            continue
        days = np.full(len(skus), np.datetime64("NaT"), "datetime64[D]")
        pairs, member = np.unique(pair_codes(own.locations, own.skus), return_inverse=True)
        last = np.full(len(pairs), np.datetime64("NaT"), "datetime64[D]")
        np.fmax.at(last, member, own.periods)
        for series, place in _told_to(own, pairs, skus, locations):
            days[series] = np.fmax(days[series], last[place])
        found[driver] = np.asarray(days + np.timedelta64(_days_held(driver, own), "D"), "datetime64[D]")
    return found


def _days_held(driver: str, rows: DriverRows) -> int:
    """Days after its own for which a value of the driver speaks."""
    if kind_of(driver) in DATED_KINDS or rows.values.min() == rows.values.max():
        return 0
    gap, coverage = _rhythm(rows)
    return max(round(gap) - 1, 0) if coverage >= REGULAR_COVERAGE else 0


def _rhythm(rows: DriverRows) -> tuple[float, float]:
    """Usual days between two values of one SKU and place, and the share of the time that values at this gap cover."""
    pairs = pair_codes(rows.locations, rows.skus)
    order = np.lexsort((rows.periods, pairs))
    same = pairs[order][1:] == pairs[order][:-1]
    gaps = np.diff(rows.periods[order]).astype(np.int64)[same]
    if len(gaps) < FEWEST_GAPS:
        return 0.0, 0.0
    usual = float(np.median(gaps))
    covered = np.where(gaps <= 1.5 * usual, gaps, usual)
    return usual, float(covered.sum() / max(gaps.sum(), 1))


def _one_driver(rows: DriverRows, skus: AnyArray, locations: AnyArray, whole: TradingCalendar, held: int) -> FloatArray:
    pairs, member = np.unique(pair_codes(rows.locations, rows.skus), return_inverse=True)
    order = np.argsort(member, kind="stable")
    dense = np.full((len(skus), len(whole)), np.nan)
    step = _at_a_time(len(whole))
    bounds = np.searchsorted(member[order], np.arange(0, len(pairs) + step, step))
    for series, place in _told_to(rows, pairs, skus, locations):
        told = np.flatnonzero(series)
        for block in np.unique(place // step).tolist():
            own, here = order[bounds[block] : bounds[block + 1]], place // step == block
            table = _means(rows.where(own), member[own] - block * step, step, whole, carried=held == len(whole))
            found = (_carried(table, held) if held else table)[place[here] - block * step]
            dense[told[here]] = np.where(np.isnan(found), dense[told[here]], found)
    return dense


def _told_to(
    rows: DriverRows, pairs: IntArray, skus: AnyArray, locations: AnyArray
) -> Iterator[tuple[BoolArray, IntArray]]:
    """Series that what is said of all, of a location, a SKU, or both is said to, with the place in `pairs` of it."""
    own_sku, own_location = rows.skus.find(skus), rows.locations.find(locations)
    any_sku, any_location = (np.full(len(skus), column.find([""])[0]) for column in (rows.skus, rows.locations))
    width = max(len(rows.skus.names), 1)
    for sku, location in (
        (any_sku, any_location), (any_sku, own_location), (own_sku, any_location), (own_sku, own_location),
    ):  # fmt: skip
        wanted = location * width + sku
        place = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
        found = (pairs[place] == wanted) & (sku >= 0) & (location >= 0)
        yield found, place[found]


def _means(rows: DriverRows, member: IntArray, n_keys: int, whole: TradingCalendar, *, carried: bool) -> FloatArray:
    """Mean value per key and period, NaN where none is given; carried drivers count also from before the calendar."""
    place, known = known_periods(whole, rows.periods)
    if carried:  # a price set on a closed day or before the first sale holds from the next trading period on
        place = np.minimum(np.searchsorted(whole.periods, rows.periods), len(whole) - 1)
        known = rows.periods <= whole.periods[-1]
    known = known & ~np.isnan(rows.values)
    if carried:  # of several that fall before the same trading period only the last one still holds in it
        latest = np.full(n_keys * len(whole), np.iinfo(np.int64).min)
        cells, day = member * len(whole) + place, rows.periods.astype(np.int64)
        np.maximum.at(latest, cells[known], day[known])
        known &= latest[cells] == day
    total, count = _added_up(member[known], place[known], rows.values[known], (n_keys, len(whole)))
    return np.where(count > 0, total / np.maximum(count, 1.0), np.nan)


def _carried(values: FloatArray, held: int) -> FloatArray:
    """Each NaN replaced by the last value at most `held` periods before it; leading ones stay."""
    every = np.arange(values.shape[1])[None, :]
    index = np.where(np.isnan(values), 0, every)
    np.maximum.accumulate(index, axis=1, out=index)
    return np.where(every - index <= held, np.take_along_axis(values, index, axis=1), np.nan)


def _from_the_start(values: FloatArray) -> FloatArray:
    """Leading NaN replaced by the first known value: a price first reported today also held yesterday."""
    first = np.take_along_axis(values, (~np.isnan(values)).argmax(axis=1)[:, None], axis=1)
    return np.asarray(np.where(np.isnan(values), first, values))


def _filled(said: Said) -> FloatArray:
    """The values without NaN but where nothing is known of a series that carries its last one."""
    values, step = said.values, _at_a_time(said.values.shape[1])
    for first in range(0, len(values), step):
        some = values[first : first + step]
        values[first : first + step] = _from_the_start(some) if said.carried else np.nan_to_num(some)
    return values


def _at_a_time(n_periods: int) -> int:
    """Rows of so many periods whose table stays in the processor's cache."""
    return max(CELLS // n_periods, 1)


def labelled(keys: Sequence[str], labels: Mapping[str, str], missing: str = "") -> AnyArray:
    """The text of each key, `missing` where there is none, shape (n_keys,)."""
    return np.array([labels.get(key) or missing for key in keys], dtype=object)
