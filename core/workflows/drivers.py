"""What the uploads say beside the sales, joined onto the series: drivers, reported stock, facts without a date."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.calendar import Frequency, TradingCalendar
from core.base.language import _
from core.base.types import AnyArray, DateArray, FloatArray
from core.series import holidays
from core.series.assembly import MOST_EVENTS, DriverRows, join_drivers, with_common_events
from core.series.coded import Coded, series_of
from core.series.trading import known_periods
from core.store import facts
from core.store.settings import read_settings
from core.store.workspace import Workspace

FUTURE_PERIODS: Final[Mapping[Frequency, int]] = {Frequency.DAY: 380, Frequency.WEEK: 60, Frequency.MONTH: 24}
"""How far known-ahead drivers are joined beyond the history."""
EXCUSES: Final = frozenset({"event", "holiday", "promotion"})
"""Kinds of drivers that explain unusual sales to the cleaning rules."""


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

    Args:
        workspace: the store.
        told: what driver files say.
        keys: SKU and location of each series.
        calendar: of the history.
    """
    kinds = [name.split(":", 1)[0] in EXCUSES for name in told.dated.drivers.names]
    chosen = told.dated.where(np.array(kinds, bool)[told.dated.drivers.codes])
    past, _future = join_drivers(chosen, *keys, calendar, 1)
    stock = facts.stock_history(workspace)
    dense = _stock_on_hand(stock, keys, calendar) if stock.num_rows else None
    return past if dense is None else past | {"on_hand": dense}


def _stock_on_hand(stock: pa.Table, keys: tuple[AnyArray, AnyArray], calendar: TradingCalendar) -> FloatArray | None:
    """Reported stock at close on the calendar, NaN where none was reported; None when no report falls on it."""
    place, known = known_periods(calendar, days(stock["day"]))
    skus, locations = keys
    rows = series_of(coded(stock["location"]), coded(stock["sku"]), locations, skus)
    usable = known & (rows >= 0)
    if not usable.any():
        return None
    dense = np.full((len(skus), len(calendar)), np.nan)
    dense[rows[usable], place[usable]] = numbers(stock["on_hand"])[usable]
    # where movements are known, nothing moved on the days between
    moves = np.zeros(len(skus), bool)
    moves[rows[usable]] = stock["moves"].to_numpy()[usable]
    latest = np.maximum.accumulate(np.where(np.isnan(dense), -1, np.arange(len(calendar))), axis=1)
    carried = np.where(latest >= 0, np.take_along_axis(dense, np.maximum(latest, 0), axis=1), np.nan)
    return np.where(moves[:, None], carried, dense)


def for_models(
    workspace: Workspace, told: Told, keys: tuple[AnyArray, AnyArray], calendar: TradingCalendar
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """All drivers and the public holidays of the shop's country.

    Args:
        workspace: the store.
        told: what driver files say.
        keys: SKU and location of each series.
        calendar: of the history.

    Returns:
        past: driver → shape (n_series, n_periods); future, those known ahead: driver → shape (n_series, n_future).
    """
    n_future = FUTURE_PERIODS[calendar.frequency]
    past, future = join_drivers(told.dated, *keys, calendar, n_future)
    country = read_settings(workspace).country
    if country and calendar.frequency is not Frequency.MONTH:
        span = np.concatenate([calendar.periods, calendar.following(n_future)])
        for name, values in holidays.flags(country, span, calendar.frequency).items():
            past[name] = np.broadcast_to(values[: len(calendar)], (len(keys[0]), len(calendar)))
            future[name] = np.broadcast_to(values[len(calendar) :], (len(keys[0]), n_future))
    return past, future


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
    keys = list(zip(skus.tolist(), locations.tolist(), strict=True))
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
