"""From imported lines and the recipe to the clean demand everything else reads, and back as a Panel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from core.base.calendar import Frequency, TradingCalendar
from core.base.errors import NoDataError
from core.base.progress import Progress, silent
from core.base.types import AnyArray, DateArray, FloatArray
from core.clean.contract import Finding
from core.clean.recipe import Recipe, default_recipe
from core.clean.registry import ROW_RULES
from core.series import holidays
from core.series.assembly import DriverRows, UnitRows, dense_units, join_drivers, labelled
from core.series.panel import Panel, from_dense
from core.series.trading import DayCounts, Trading, frequency_of, known_periods, read_calendar
from core.store import cleaning, datasets, facts
from core.store.datasets import DatasetVersion
from core.store.settings import Settings, read_settings
from core.store.uploads import list_uploads
from core.store.workspace import Workspace

FUTURE_PERIODS: Final[Mapping[Frequency, int]] = {Frequency.DAY: 380, Frequency.WEEK: 60, Frequency.MONTH: 24}
"""How far known-ahead drivers are joined beyond the history."""
STATIC_TEXTS: Final = ("category", "brand", "supplier")


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """One state of the clean data, ready to compute on.

    Attributes:
        version: its key.
        panel: clean demand with drivers and attributes.
        names: product name per SKU; the SKU itself where no file names it.
        notes: what was noticed while the data was made (closed days, an unfinished last period), as sentences.
        revenue: money per series over the last year of the history, NaN = unknown, shape (n_series,).
        imported: units before cleaning on the panel's calendar, NaN = none, shape (n_series, n_periods).
    """

    version: str
    panel: Panel
    names: dict[str, str]
    notes: tuple[str, ...]
    revenue: FloatArray
    imported: FloatArray


_recent: dict[tuple[str, str], Dataset] = {}
_recent_raw: dict[tuple[str, str], Panel] = {}


def active_recipe(workspace: Workspace) -> Recipe:
    """The cleaning recipe in force; the default one until the user changes it."""
    stored = datasets.list_recipes(workspace)
    return Recipe.from_json(stored[0].rules) if stored else default_recipe()


def wanted_version(workspace: Workspace, recipe: Recipe, frequency: Frequency, settings: Settings) -> str:
    """Key of the data that the present uploads, recipe and settings give."""
    uploads = [record.upload_id for record in list_uploads(workspace)]
    return datasets.version_of(uploads, recipe.recipe_id, f"{frequency.value}/{settings.week_start}/{settings.country}")


def rebuild(workspace: Workspace, progress: Progress | None = None) -> Dataset:
    """Make the clean demand from what is imported and the recipe in force; nothing to do when it is there already.

    Raises:
        NoDataError: no sales lines are imported.
    """
    told = progress or silent()
    told.report("Reading the trading calendar", 0.05)
    counts = _day_counts(facts.line_statistics(workspace))
    frequency = frequency_of(counts.days)
    settings, recipe = read_settings(workspace), active_recipe(workspace)
    version = wanted_version(workspace, recipe, frequency, settings)
    present = datasets.current_version(workspace)
    if present is not None and present.version == version:
        return current_dataset(workspace)
    anchor = _week_anchor(settings, frequency, counts.days)
    trading = read_calendar(counts, frequency, anchor)
    told.report("Repairing sales lines", 0.2)
    done, added_up = _repaired_lines(workspace, recipe, frequency, anchor)
    told.report("Repairing demand per SKU", 0.55)
    raw = _remembered(_raw_key(workspace, recipe), _raw_panel(workspace, added_up.table, trading.calendar))
    panel, found = recipe.repair(raw)
    told.report("Storing the clean demand", 0.8)
    findings = pa.concat_tables([done.findings, added_up.findings, finding_table(found)])
    described = _described(version, recipe, trading, len(panel))
    datasets.save_version(workspace, described, _demand_table(panel, added_up.table), findings)
    return current_dataset(workspace)


def _repaired_lines(
    workspace: Workspace, recipe: Recipe, frequency: Frequency, anchor: int
) -> tuple[cleaning.RowCleaning, cleaning.PeriodUnits]:
    with workspace.cursor() as cursor:
        done = cleaning.run_row_rules(cursor, recipe.row_rules())
        return done, cleaning.period_units(cursor, frequency, week_starts_on=anchor)


def raw_panel(workspace: Workspace, recipe: Recipe) -> Panel:
    """Demand after the recipe's row rules and before its series rules: NaN where nothing was sold.

    The last one is kept, since previews of one series rule after another start from the same.

    Raises:
        NoDataError: nothing was imported, or the row rules leave nothing.
    """
    key = _raw_key(workspace, recipe)
    found = _recent_raw.get(key)
    return found if found is not None else _remembered(key, _made_raw_panel(workspace, recipe))


def _raw_key(workspace: Workspace, recipe: Recipe) -> tuple[str, str]:
    """What demand before the series rules depends on: uploads, row rules and settings."""
    rows = Recipe(tuple(step for step in recipe.steps if step.rule in ROW_RULES))
    uploads = [record.upload_id for record in list_uploads(workspace)]
    return str(workspace.path), datasets.version_of(uploads, rows.recipe_id, repr(read_settings(workspace)))


def _remembered(key: tuple[str, str], raw: Panel) -> Panel:
    _recent_raw.clear()
    _recent_raw[key] = raw
    return raw


def _made_raw_panel(workspace: Workspace, recipe: Recipe) -> Panel:
    counts = _day_counts(facts.line_statistics(workspace))
    frequency = frequency_of(counts.days)
    anchor = _week_anchor(read_settings(workspace), frequency, counts.days)
    _done, added_up = _repaired_lines(workspace, recipe, frequency, anchor)
    return _raw_panel(workspace, added_up.table, read_calendar(counts, frequency, anchor).calendar)


def _week_anchor(settings: Settings, frequency: Frequency, days: DateArray) -> int:
    """Weeks begin as the shop says, or, in weekly files, on the weekday of their dates."""
    return settings.week_start if frequency is Frequency.DAY else _anchor(days)


def _anchor(days: DateArray) -> int:
    return int((days[0].astype("datetime64[D]").astype(np.int64) + 3) % 7)


def _described(version: str, recipe: Recipe, trading: Trading, n_series: int) -> DatasetVersion:
    periods = trading.calendar.periods
    return DatasetVersion(
        version=version,
        recipe_id=recipe.recipe_id,
        frequency=trading.calendar.frequency.value,
        n_series=n_series,
        first_period=periods[0].astype(object),
        last_period=periods[-1].astype(object),
        closed_weekdays=tuple(sorted(trading.calendar.closed_weekdays)),
        notes=trading.notes,
    )


def _day_counts(table: pa.Table) -> DayCounts:
    frame = table.to_pandas()
    if frame.empty:
        raise NoDataError("There are no sales lines yet. Upload a sales file or load the sample shop.")
    last = pd.to_datetime(frame["last_sold_at"])
    hours = np.where(frame["timed"] > 0, last.dt.hour + last.dt.minute / 60.0, 0.0)
    return DayCounts(
        frame["day"].to_numpy("datetime64[D]"), frame["lines"].to_numpy(np.int64), np.asarray(hours, float)
    )


def _raw_panel(workspace: Workspace, table: pa.Table, calendar: TradingCalendar) -> Panel:
    """Units where lines exist, NaN elsewhere, with the drivers the rules look at."""
    frame = table.to_pandas()
    rows = UnitRows(
        frame["sku"].to_numpy(object),
        frame["location"].to_numpy(object),
        frame["period"].to_numpy("datetime64[D]"),
        frame["units"].to_numpy(float, na_value=np.nan),
    )
    kept = UnitRows(*(getattr(rows, name)[~np.isnan(rows.units)] for name in rows.__slots__))
    dense = dense_units(kept, calendar)
    seen = (~np.isnan(dense.values)).any(axis=1)
    if not seen.any():
        raise NoDataError("The recipe leaves no sales at all. Switch off the rule that removes them on the Clean page.")
    skus, locations = dense.skus[seen], dense.locations[seen]
    drivers = _rule_drivers(workspace, skus, locations, calendar)
    products = facts.product_rows(workspace).to_pandas()
    return from_dense(
        dense.values[seen],
        calendar,
        skus.tolist(),
        locations=locations.tolist(),
        drivers=drivers,
        attributes={
            name: labelled(skus.tolist(), _texts(products, name)) for name in ("launched_on", "discontinued_on")
        },
    )


def _texts(products: pd.DataFrame, column: str) -> dict[str, str]:
    known = products[products[column].notna()]
    return {str(sku): str(text) for sku, text in zip(known["sku"], known[column], strict=True)}


def _rule_drivers(
    workspace: Workspace, skus: AnyArray, locations: AnyArray, calendar: TradingCalendar
) -> dict[str, FloatArray]:
    rows = _driver_rows(workspace)
    planned = np.char.startswith(rows.drivers.astype(str), "event:") | (rows.drivers == "promotion")
    chosen = DriverRows(*(getattr(rows, name)[planned] for name in rows.__slots__))
    past, _future = join_drivers(chosen, skus, locations, calendar, 1)
    stock = facts.stock_history(workspace).to_pandas()
    if len(stock):
        dense = _stock_on_hand(stock, skus, locations, calendar)
        if dense is not None:
            past["on_hand"] = dense
    return past


def _stock_on_hand(
    stock: pd.DataFrame, skus: AnyArray, locations: AnyArray, calendar: TradingCalendar
) -> FloatArray | None:
    """Reported stock at close on the calendar, NaN where none was reported; None when no report falls on it."""
    place, known = known_periods(calendar, stock["day"].to_numpy("datetime64[D]"))
    series = {key: row for row, key in enumerate(zip(skus.tolist(), locations.tolist(), strict=True))}
    rows = np.array([series.get(key, -1) for key in zip(stock["sku"], stock["location"], strict=True)])
    usable = known & (rows >= 0)
    if not usable.any():
        return None
    dense = np.full((len(skus), len(calendar)), np.nan)
    dense[rows[usable], place[usable]] = stock["on_hand"].to_numpy(float)[usable]
    return dense


def _driver_rows(workspace: Workspace) -> DriverRows:
    frame = facts.driver_rows(workspace).to_pandas()
    frame = frame[frame["period"].notna() & frame["value"].notna()]
    return DriverRows(
        drivers=frame["driver"].to_numpy(object),
        skus=frame["sku"].fillna("").to_numpy(object),
        locations=frame["location"].fillna("").to_numpy(object),
        periods=frame["period"].to_numpy("datetime64[D]"),
        values=frame["value"].to_numpy(float),
    )


def _demand_table(panel: Panel, table: pa.Table) -> pd.DataFrame:
    series = np.repeat(np.arange(len(panel)), panel.lengths)
    place = np.arange(len(panel.values)) - np.repeat(panel.offsets[:-1] - panel.starts, panel.lengths)
    frame = pd.DataFrame(
        {
            "sku": panel.skus[series],
            "location": panel.locations[series],
            "period": panel.calendar.periods[place],
            "units": panel.values,
            "censored": panel.censored,
        }
    )
    lines = table.select(["sku", "location", "period", "imported_units", "returned_units", "revenue"]).to_pandas()
    lines["period"] = lines["period"].to_numpy("datetime64[s]")
    frame["period"] = frame["period"].to_numpy("datetime64[s]")
    return frame.merge(lines, on=["sku", "location", "period"], how="left")


def finding_table(found: Sequence[Finding]) -> pa.Table:
    """Findings as the store keeps them."""
    columns: dict[str, list[Any]] = {
        "rule": [each.rule for each in found],
        "sku": [each.sku for each in found],
        "location": [each.location for each in found],
        "period": [each.period for each in found],
        "before_units": [each.before for each in found],
        "after_units": [each.after for each in found],
        "reason": [each.reason for each in found],
        "line": [each.line for each in found],
    }
    return pa.table(columns, schema=cleaning.NO_FINDINGS)


def current_dataset(workspace: Workspace) -> Dataset:
    """The clean data in force; kept in memory until another version is made.

    Raises:
        NoDataError: nothing was imported yet.
    """
    version = datasets.current_version(workspace)
    if version is None:
        raise NoDataError("There is no sales history yet. Upload a sales file or load the sample shop.")
    key = (str(workspace.path), f"{version.version}{version.created_at}")
    found = _recent.get(key)
    if found is None:
        found = _load(workspace, version)
        _recent.clear()
        _recent[key] = found
    return found


def _load(workspace: Workspace, version: DatasetVersion) -> Dataset:
    rows = datasets.load_demand(workspace, version.version)
    frequency = Frequency(version.frequency)
    calendar = _calendar(np.unique(rows.periods), frequency, version.closed_weekdays)
    drivers, future = _all_drivers(workspace, rows.skus, rows.locations, calendar)
    products = facts.product_rows(workspace).to_pandas()
    names = _texts(products, "product_name")
    bare = Panel(rows.units, rows.offsets, rows.skus, rows.locations, calendar, rows.censored)
    inside = np.arange(len(calendar))[None, :] >= bare.starts[:, None]
    panel = replace(
        bare,
        drivers={name: dense[inside] for name, dense in drivers.items()},
        future_drivers=future,
        attributes={name: labelled(rows.skus.tolist(), _texts(products, name)) for name in STATIC_TEXTS},
    )
    year = calendar.periods >= calendar.last - np.timedelta64(365, "D")
    money = panel.dense(rows.revenue)[:, year]
    return Dataset(
        version=version.version,
        panel=panel,
        names={str(sku): names.get(str(sku), str(sku)) for sku in rows.skus},
        notes=version.notes,
        revenue=np.where(np.isnan(money).all(axis=1), np.nan, np.nansum(money, axis=1)),
        imported=panel.dense(rows.imported_units),
    )


def _calendar(periods: DateArray, frequency: Frequency, closed_weekdays: tuple[int, ...]) -> TradingCalendar:
    plain = TradingCalendar(frequency, periods, frozenset(closed_weekdays))
    if frequency is not Frequency.DAY:
        return plain
    every = np.arange(periods[0], periods[-1] + 1)
    shut = every[plain.trades_on(every) & ~np.isin(every, periods)]
    return TradingCalendar(frequency, periods, frozenset(closed_weekdays), shut)


def _all_drivers(
    workspace: Workspace, skus: AnyArray, locations: AnyArray, calendar: TradingCalendar
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    n_future = FUTURE_PERIODS[calendar.frequency]
    past, future = join_drivers(_driver_rows(workspace), skus, locations, calendar, n_future)
    country = read_settings(workspace).country
    if country and calendar.frequency is not Frequency.MONTH:
        flags = holidays.flags(
            country, np.concatenate([calendar.periods, calendar.following(n_future)]), calendar.frequency
        )
        for name, values in flags.items():
            past[name] = np.broadcast_to(values[: len(calendar)], (len(skus), len(calendar)))
            future[name] = np.broadcast_to(values[len(calendar) :], (len(skus), n_future))
    return past, future
