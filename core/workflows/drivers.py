"""What the uploads say beside the sales, joined onto the series: drivers, reported stock, facts without a date."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.base.calendar import Frequency, TradingCalendar
from core.base.columns import DATED_KINDS, PROMOTION, known_ahead
from core.base.language import _, day
from core.base.types import AnyArray, BoolArray, DateArray, FloatArray
from core.series import holidays
from core.series.assembly import MOST_EVENTS, DriverRows, given_until, join_drivers, with_common_events
from core.series.blocks import runs
from core.series.coded import Coded, series_of
from core.series.features_drivers import PRICE, SOLD_PRICE
from core.series.panel import Panel
from core.series.trading import known_periods
from core.store import driver_marks, facts
from core.store.demand import DemandRows
from core.store.settings import read_settings
from core.store.workspace import Workspace
from core.workflows.supply_places import STOCK_DAYS, only_place, stock_days_placed

FUTURE_PERIODS: Final[Mapping[Frequency, int]] = {Frequency.DAY: 380, Frequency.WEEK: 60, Frequency.MONTH: 24}
"""How far known-ahead drivers are joined beyond the history; forecasts that look further have them joined on."""
EXCUSES: Final = DATED_KINDS | {PROMOTION}
"""Kinds of drivers that explain unusual sales to the cleaning rules."""
CALENDAR_DRIVERS: Final = holidays.PREFIX
"""Beginning of the names of drivers that the calendar itself gives."""
MOST_HOLIDAY_VALUES: Final = 60_000_000
"""Values that holidays kept apart may take in all (480 MB); beyond that the shortest count as public holidays only."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What driver files say.

    Attributes:
        dated: values with a date, the rarest events counted together.
        rare: events counted together, 0 when there are few enough.
        undated: rows without a date: sku, location, driver, value, label.
    """

    dated: DriverRows
    rare: int
    undated: pa.Table

    def notes(self) -> tuple[str, ...]:
        """What the planner should know, as sentences."""
        if not self.rare:
            return ()
        text = _("Driver files name {all:,} events; the {kept} most frequent are kept apart, the others count as one.")
        return (text.format(all=self.rare + MOST_EVENTS, kept=MOST_EVENTS),)


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What the uploads say beside the sales, read once for all that is made of it.

    Attributes:
        told: of driver files.
        products: one row per SKU, see core.store.facts.product_rows.
    """

    told: Told
    products: pd.DataFrame


def read_beside(workspace: Workspace) -> Beside:
    """Drivers and products as the files in force have them."""
    return Beside(read_drivers(workspace), facts.product_rows(workspace).to_pandas())


def read_drivers(workspace: Workspace) -> Told:
    """Everything the driver files in force say."""
    table = facts.driver_rows(workspace)
    told = table.filter(pc.and_(table["period"].is_valid(), table["value"].is_valid()))
    rows = DriverRows(
        drivers=coded(told["driver"]),
        skus=coded(told["sku"]),
        locations=coded(told["location"]),
        periods=days(told["period"]),
        values=numbers(told["value"]),
    )
    return Told(*with_common_events(rows), table.filter(table["period"].is_null()))


def for_rules(
    workspace: Workspace, told: Told, keys: tuple[AnyArray, AnyArray], calendar: TradingCalendar
) -> dict[str, FloatArray]:
    """The drivers cleaning rules look at, and reported stock as `on_hand`, each of shape (n_series, n_periods).

    Holidays and days of great sales of the shop's country count as one driver: rules only ask whether there was any.

    Args:
        workspace: the store.
        told: what driver files say.
        keys: SKU and location of each series.
        calendar: of the history.
    """
    kinds = [name.split(":", 1)[0] in EXCUSES for name in told.dated.drivers.names]
    chosen = told.dated.where(np.array(kinds, bool)[told.dated.drivers.codes])
    past, _future = join_drivers(chosen, *keys, calendar, 1)
    country = read_settings(workspace).country
    if country and calendar.frequency is not Frequency.MONTH:
        known = holidays.flags(country, calendar.periods, calendar.frequency).values()
        past[holidays.ANY] = np.broadcast_to(np.max([*known], axis=0), (len(keys[0]), len(calendar)))
    dense = stock_on_hand(workspace, keys, calendar)
    return past if dense is None else past | {"on_hand": dense}


def stock_notes(workspace: Workspace) -> tuple[str, ...]:
    """What to say where stock counts and movements contradict each other, as sentences."""
    table = facts.stock_contradictions(workspace).to_pandas()
    texts = {
        True: _(
            "{n:,} stock counts differ from the count before and what moved since, e.g. {sku} at {location} on {day}: "
            "{found:g} counted, {expected:g} expected. The counts hold."
        ),
        False: _(
            "On {n:,} days more went out than was in stock, e.g. {sku} at {location} on {day}: {found:g} left. "
            "A count or a movement is missing."
        ),
    }
    found = []
    for counted, text in texts.items():
        wrong = table[table["counted"].astype(bool) == counted]
        if len(wrong):
            sku, location, on_hand, expected = wrong[["sku", "location", "on_hand", "expected"]].iloc[0]
            at = day(wrong["day"].iloc[0])
            found.append(
                text.format(n=len(wrong), sku=sku, location=location, day=at, found=on_hand, expected=expected)
            )
    return tuple(found)


def stock_on_hand(
    workspace: Workspace, keys: tuple[AnyArray, AnyArray], calendar: TradingCalendar
) -> FloatArray | None:
    """Reported or reckoned stock at close, NaN = unknown, shape (n_series, n_periods); None when there is none."""
    stock = facts.stock_history(workspace)
    only = only_place(keys[1])
    # of millions of reports that name the place all the same none need be copied
    if only and not pc.all(pc.equal(stock["location"], only)).as_py():
        stock = stock.select(STOCK_DAYS)
        placed = stock_days_placed(stock.to_pandas(), only)
        stock = pa.Table.from_pandas(placed, stock.schema, preserve_index=False)
    return _stock_on_hand(stock, keys, calendar) if stock.num_rows else None


def _stock_on_hand(stock: pa.Table, keys: tuple[AnyArray, AnyArray], calendar: TradingCalendar) -> FloatArray | None:
    """Reported stock at close on the calendar, NaN where none was reported; None when no report falls on it."""
    moments, moving = days(stock["day"]), stock["moves"].to_numpy()
    if calendar.frequency is Frequency.DAY:
        place, known = known_periods(calendar, moments)
        # what came in on a closed day or before the first sale lies there when the shop opens next
        known = known | (moving & (moments <= calendar.last))
    else:
        # reports come in the order of their days, so the last one of a week or month is what it closed with
        place = np.searchsorted(calendar.periods, moments, side="right") - 1
        known = ((place >= 0) | moving) & (moments <= calendar.frequency.last_day(calendar.last))
        place = np.maximum(place, 0)
    skus, locations = keys
    rows = series_of(coded(stock["location"]), coded(stock["sku"]), locations, skus)
    usable = known & (rows >= 0)
    if not usable.any():
        return None
    dense = np.full((len(skus), len(calendar)), np.nan)
    dense[rows[usable], place[usable]] = numbers(stock["on_hand"])[usable]
    # where movements are known, nothing moved on the days between
    moves = np.zeros(len(skus), bool)
    moves[rows[usable]] = moving[usable]
    latest = np.maximum.accumulate(np.where(np.isnan(dense), -1, np.arange(len(calendar))), axis=1)
    carried = np.where(latest >= 0, np.take_along_axis(dense, np.maximum(latest, 0), axis=1), np.nan)
    return np.where(moves[:, None], carried, dense)


def for_models(workspace: Workspace, told: Told, bare: Panel) -> tuple[Panel, dict[str, DateArray]]:
    """The series with all drivers and the public holidays of the shop's country.

    Args:
        workspace: the store.
        told: what driver files say.
        bare: the series without drivers.

    Returns:
        The panel; per driver the last day it is given for, see given_until.
    """
    calendar, ahead = bare.calendar, _ahead(workspace)
    past, future = _joined(workspace, told, bare, FUTURE_PERIODS[calendar.frequency])
    inside = np.arange(len(calendar))[None, :] >= bare.starts[:, None]
    panel = replace(
        bare,
        drivers={name: dense[inside] for name, dense in past.items()},
        future_drivers=future,
        past_only=frozenset(name for name in past if known_ahead(name) and not ahead(name)),
    )
    return panel, given_until(told.dated, bare.skus, bare.locations, ahead)


def reaching(workspace: Workspace, panel: Panel, n_ahead: int) -> Panel:
    """The panel with what is known ahead joined on to at least so many periods after its history.

    Args:
        workspace: the store.
        panel: series of the data in force, without the drivers that are switched off.
        n_ahead: trading periods ahead.
    """
    if n_ahead <= FUTURE_PERIODS[panel.frequency] or not panel.future_drivers:
        return panel
    _past, future = _joined(workspace, read_drivers(workspace), panel, n_ahead)
    # over other years the calendar may keep other holidays apart: those of the history stay
    known = {name: future.get(name, values) for name, values in panel.future_drivers.items()}
    return replace(panel, future_drivers=known)


def _ahead(workspace: Workspace) -> Callable[[str], bool]:
    """Which drivers are known ahead, as the planner marked them, else by their names."""
    marks = driver_marks.read(workspace)
    return lambda driver: known_ahead(driver, marks)


def _joined(
    workspace: Workspace, told: Told, panel: Panel, n_future: int
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Drivers of files and holidays on the panel's calendar, and those known ahead on the n_future periods after it."""
    calendar, shape = panel.calendar, (len(panel), panel.n_periods)
    past, future = join_drivers(told.dated, panel.skus, panel.locations, calendar, n_future, _ahead(workspace))
    country = read_settings(workspace).country
    if country and calendar.frequency is not Frequency.MONTH:
        span = np.concatenate([calendar.periods, calendar.following(n_future)])
        at_most = max(MOST_HOLIDAY_VALUES // (len(panel) * len(calendar)), 1)
        for name, values in _kept_apart(holidays.flags(country, span, calendar.frequency), at_most).items():
            past[name] = np.broadcast_to(values[: len(calendar)], shape)
            future[name] = np.broadcast_to(values[len(calendar) :], (len(panel), n_future))
    return past, future


def _kept_apart(flags: dict[str, FloatArray], at_most: int) -> dict[str, FloatArray]:
    """Public holidays in all and the longest ones by name, as many as are allowed."""
    longest = sorted(flags, key=lambda name: (name != holidays.ANY, -float(flags[name].sum()), name))
    return {name: flags[name] for name in longest[:at_most]}


def sold_price(panel: Panel, rows: DemandRows) -> dict[str, FloatArray]:
    """What a piece was sold for in each period, held until the next sale; past only.

    Where cleaning changed the units, revenue and units do not belong together, so that the last price holds. Methods
    carry the last price on into the future unless a price file says otherwise.

    Args:
        panel: clean demand with the drivers of files.
        rows: the same demand as it is stored, with the money it brought and the units it was made from.

    Returns:
        SOLD_PRICE → flat as panel.values, NaN before the first price and where a file says the price; empty when no
        price is known from sales.
    """
    given = _said_by_files(panel)
    price = np.empty(len(panel.values))
    for series, cells in runs(panel.offsets):
        net_imported = rows.imported_units[cells] - np.nan_to_num(rows.returned_units[cells])
        own = _price_of_pieces(rows.units[cells], rows.revenue[cells], net_imported)
        lengths = panel.lengths[series]
        own[np.repeat(given[series], lengths)] = np.nan
        latest = np.maximum.accumulate(np.where(np.isnan(own), -1, np.arange(len(own))))
        begun = latest >= np.repeat(panel.offsets[:-1][series] - cells.start, lengths)
        price[cells] = np.where(begun, own[np.maximum(latest, 0)], np.nan)
    return {} if np.isnan(price).all() else {SOLD_PRICE: price}


def _said_by_files(panel: Panel) -> BoolArray:
    """Series whose price a file says, shape (n_series,)."""
    if PRICE not in panel.drivers:
        return np.zeros(len(panel), bool)
    return np.asarray(~np.isnan(panel.dense(panel.drivers[PRICE])).all(axis=1))


def _price_of_pieces(units: FloatArray, revenue: FloatArray, net_imported: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.where((units > 0) & (revenue > 0), revenue / units, np.nan)
    # where cleaning changed the units by more than rounding; of NaN nobody knows
    price[~(np.abs(units - net_imported) <= 1e-8 + 1e-5 * np.abs(net_imported))] = np.nan
    return price


def without_date(told: Told, skus: AnyArray, locations: AnyArray) -> dict[str, AnyArray]:
    """What files without dates say of each series' SKU or location, such as the type and size of a store.

    Args:
        told: what driver files say.
        skus: of each series, shape (n_series,).
        locations: of each series, shape (n_series,).

    Returns:
        driver → text per series, "" = nothing said; the SKU at the location goes before the SKU, that before the place.
    """
    said: dict[str, dict[tuple[str | None, str | None], str]] = {}
    for row in told.undated.to_pylist():
        text = row["label"] or ("" if row["value"] is None else f"{row['value']:g}")
        said.setdefault(row["driver"], {})[row["sku"], row["location"]] = text
    keys = list(zip(skus.tolist(), locations.tolist(), strict=True)) if said else []
    return {
        driver: np.array(
            [texts.get((sku, place)) or texts.get((sku, None)) or texts.get((None, place), "") for sku, place in keys],
            dtype=object,
        )
        for driver, texts in said.items()
    }


def coded(column: pa.ChunkedArray) -> Coded:
    """A column of texts, NULL as ""."""
    encoded = column.fill_null("").combine_chunks().dictionary_encode()
    return Coded.sorted(encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False))


def days(column: pa.ChunkedArray) -> DateArray:
    """A column of dates, datetime64[D]."""
    return np.asarray(column.to_numpy().astype("datetime64[D]"))


def numbers(column: pa.ChunkedArray) -> FloatArray:
    """A column of numbers, NULL as NaN."""
    return np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)
