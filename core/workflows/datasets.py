"""From imported lines and the recipe to the clean demand everything else reads, and back as a Panel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from core.base.calendar import Frequency, TradingCalendar
from core.base.errors import NoDataError
from core.base.language import ngettext
from core.base.progress import Progress, silent
from core.base.types import DateArray, FloatArray
from core.clean.contract import Finding
from core.clean.life_stage import life_stages
from core.clean.manual import corrected
from core.clean.recipe import Recipe, default_recipe
from core.clean.registry import ROW_RULES
from core.clean.rules.stock_out_demand import CHOICE, LOST_SD, LOST_UNITS
from core.series.assembly import UnitRows, dense_units, labelled
from core.series.blocks import parts
from core.series.coded import series_of
from core.series.kept import Recent
from core.series.panel import Panel, from_dense
from core.series.trading import NEVER, DayCounts, Trading, frequency_of, known_periods, read_calendar
from core.store import cleaning, corrections, datasets, driver_marks, facts
from core.store.datasets import DatasetVersion
from core.store.demand import load_demand
from core.store.settings import Settings, read_settings
from core.store.uploads import list_uploads
from core.store.workspace import Workspace
from core.workflows import asking, handmade
from core.workflows.drivers import (
    Beside,
    coded,
    days,
    for_models,
    for_rules,
    numbers,
    read_beside,
    sold_price,
    stock_notes,
    without_date,
)

STATIC_TEXTS: Final = ("category", "brand", "supplier")
LIFE_STAGE: Final = "life_stage"
"""Attribute that says where each series stands in its life."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """One state of the clean data, ready to compute on.

    Attributes:
        version: its key.
        panel: clean demand with drivers and attributes, the stage of each series' life among them.
        names: product name per SKU; the SKU itself where no file names it.
        notes: what was noticed while the data was made (closed days, an unfinished last period), as sentences.
        revenue: money per series over the last year of the history, NaN = unknown, shape (n_series,).
        imported: units before cleaning on the panel's calendar, NaN = none, shape (n_series, n_periods).
        lost: sales lost to an empty shelf where they were estimated, units, else NaN, shape (n_series, n_periods).
        planned_until: last day for which files give each driver known ahead; NaT = never for the series, each of shape
            (n_series,).
    """

    version: str
    panel: Panel
    names: dict[str, str]
    notes: tuple[str, ...]
    revenue: FloatArray
    imported: FloatArray
    lost: FloatArray
    planned_until: Mapping[str, DateArray] = field(default_factory=dict)


_recent: Final = Recent[Dataset](1)
_recent_raw: Final = Recent[Panel](1)


def active_recipe(workspace: Workspace) -> Recipe:
    """The cleaning recipe in force; the default one until the user changes it."""
    stored = datasets.list_recipes(workspace)
    if not stored:
        return default_recipe()
    # Rules the recipe does not name are there to be switched on; that leaves its identity as it is.
    return Recipe.from_json(stored[0].rules).completed()


def wanted_version(workspace: Workspace, recipe: Recipe, frequency: Frequency, settings: Settings) -> str:
    """Key of the data that the present uploads, recipe, settings and corrections by hand give."""
    uploads = [record.upload_id for record in list_uploads(workspace)]
    grain = f"{frequency.value}/{settings.week_start}/{settings.country}{corrections.key(workspace)}"
    grain += cleaning.currency_key(workspace) + driver_marks.key(workspace)
    return datasets.version_of(uploads, recipe.recipe_id, grain)


def behind(workspace: Workspace) -> bool:
    """Whether the clean demand is not the one that present uploads, recipe and settings give."""
    present = datasets.current_version(workspace)
    sold = days(facts.sale_days(workspace)["day"])
    if not len(sold):
        return present is not None
    wanted = wanted_version(workspace, active_recipe(workspace), frequency_of(sold), read_settings(workspace))
    return present is None or present.version != wanted


def rebuild(workspace: Workspace, progress: Progress | None = None) -> Dataset:
    """Make the clean demand from what is imported and the recipe in force; nothing to do when it is there already.

    Raises:
        NoDataError: no sales lines are imported.
        CancelledError: the user cancelled, while other demand was being made or during the work.
    """
    told = progress or silent()
    with told.turn(workspace.deriving):
        return _made(workspace, told)


def _made(workspace: Workspace, told: Progress) -> Dataset:
    told.report("Reading the trading calendar", 0.05)
    settings, recipe = read_settings(workspace), active_recipe(workspace)
    counts = _day_counts(workspace, settings)
    frequency = frequency_of(counts.days)
    version = wanted_version(workspace, recipe, frequency, settings)
    present = datasets.current_version(workspace)
    if present is not None and present.version == version:
        return current_dataset(workspace)
    anchor = _week_anchor(settings, frequency, counts.days)
    trading = read_calendar(counts, frequency, anchor)
    told.report("Repairing sales lines", 0.2)
    done, added_up = _repaired_lines(workspace, recipe, frequency, anchor)
    told.report("Repairing demand per SKU", 0.55)
    given = read_beside(workspace)
    raw = _recent_raw.get(
        _raw_key(workspace, recipe), lambda: _raw_panel(workspace, added_up.table, trading.calendar, given)
    )
    panel, found, left_out = recipe.repair_unless_large(raw)
    panel, by_hand = corrected(panel, handmade.read_corrections(workspace))
    told.report("Storing the clean demand", 0.8)
    repaired = finding_table([*found, *by_hand])
    findings = pa.concat_tables([done.findings, done.suspicions, added_up.findings, repaired])
    held = asking.remember(workspace, version, asking.all_held(done, left_out))
    notes = (*asking.notes(held), *_unsold_note(added_up.table, panel), *given.told.notes(), *stock_notes(workspace))
    trading = replace(trading, notes=(*trading.notes, *notes))
    described = _described(version, recipe, trading, len(panel))
    datasets.save_version(workspace, described, _demand_table(panel, added_up.table), findings)
    return _current(workspace, version, given)


def _unsold_note(lines: pa.Table, panel: Panel) -> tuple[str, ...]:
    """What to say of SKUs whose every line was taken back or lies off the calendar."""
    n_unsold = lines.group_by(["sku", "location"]).aggregate([]).num_rows - len(panel)
    if n_unsold <= 0:
        return ()
    text = ngettext(
        "{n} SKU at a location has no sale left after cleaning; it is not forecast.",
        "{n:,} SKUs at a location have no sale left after cleaning; they are not forecast.",
        n_unsold,
    )
    return (text.format(n=n_unsold),)


def _repaired_lines(
    workspace: Workspace, recipe: Recipe, frequency: Frequency, anchor: int, *, keep_findings: bool = True
) -> tuple[cleaning.RowCleaning, cleaning.PeriodUnits]:
    with workspace.cursor() as cursor:
        done = cleaning.run_row_rules(
            cursor,
            recipe.row_rules(),
            keep_findings=keep_findings,
            asking=asking.asking(recipe),
            suspects=recipe.suspicious() if keep_findings else (),
        )
        return done, cleaning.period_units(cursor, frequency, week_starts_on=anchor)


def raw_panel(workspace: Workspace, recipe: Recipe) -> Panel:
    """Demand after the recipe's row rules and before its series rules: NaN where nothing was sold.

    The last one is kept, since previews of one series rule after another start from the same.

    Raises:
        NoDataError: nothing was imported, or the row rules leave nothing.
    """
    return _recent_raw.get(_raw_key(workspace, recipe), lambda: _made_raw_panel(workspace, recipe))


def _raw_key(workspace: Workspace, recipe: Recipe) -> tuple[str, str]:
    """What demand before the series rules depends on: uploads, row rules and settings."""
    rows = Recipe(tuple(step for step in recipe.steps if step.rule in ROW_RULES))
    uploads = [record.upload_id for record in list_uploads(workspace)]
    state = f"{read_settings(workspace)!r}{corrections.key(workspace)}{cleaning.currency_key(workspace)}"
    return str(workspace.path), datasets.version_of(uploads, rows.recipe_id, state)


def _made_raw_panel(workspace: Workspace, recipe: Recipe) -> Panel:
    settings = read_settings(workspace)
    counts = _day_counts(workspace, settings)
    frequency = frequency_of(counts.days)
    anchor = _week_anchor(settings, frequency, counts.days)
    _done, added_up = _repaired_lines(workspace, recipe, frequency, anchor, keep_findings=False)
    calendar = read_calendar(counts, frequency, anchor).calendar
    return _raw_panel(workspace, added_up.table, calendar, read_beside(workspace))


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


def _day_counts(workspace: Workspace, settings: Settings) -> DayCounts:
    frame = facts.line_statistics(workspace).to_pandas()
    if frame.empty:
        raise NoDataError("There are no sales lines yet. Upload a sales file or load the sample shop.")
    last = pd.to_datetime(frame["last_sold_at"])
    hours = np.where(frame["timed"] > 0, last.dt.hour + last.dt.minute / 60.0, 0.0)
    sold = frame["day"].to_numpy("datetime64[D]")
    loads = (each.loaded_at for each in list_uploads(workspace) if each.role == "sales")
    told_on = np.datetime64(max(loads, default=None), "D")
    # dates on another weekday than weeks begin on may name the ends of weeks, which are over
    ends = frequency_of(sold) is Frequency.WEEK and _anchor(sold) not in {0, settings.week_start}
    return DayCounts(sold, frame["lines"].to_numpy(np.int64), np.asarray(hours, float), NEVER if ends else told_on)


def _raw_panel(workspace: Workspace, table: pa.Table, calendar: TradingCalendar, given: Beside) -> Panel:
    """Units where lines exist, NaN elsewhere, with the drivers the rules look at."""
    rows = UnitRows(coded(table["sku"]), coded(table["location"]), days(table["period"]), numbers(table["units"]))
    sold = ~np.isnan(rows.units)
    kept = UnitRows(rows.skus.where(sold), rows.locations.where(sold), rows.periods[sold], rows.units[sold])
    dense = dense_units(kept, calendar)
    seen = (~np.isnan(dense.values)).any(axis=1)
    if not seen.any():
        raise NoDataError("The recipe leaves no sales at all. Switch off the rule that removes them on the Clean page.")
    skus, locations = dense.skus[seen], dense.locations[seen]
    return from_dense(
        dense.values[seen],
        calendar,
        skus.tolist(),
        locations=locations.tolist(),
        drivers=for_rules(workspace, given.told, (skus, locations), calendar),
        attributes={
            name: labelled(skus.tolist(), _texts(given.products, name)) for name in ("launched_on", "discontinued_on")
        }
        | {CHOICE: handmade.stock_out_choices(workspace, skus, locations)},
    )


def _texts(products: pd.DataFrame, column: str) -> dict[str, str]:
    known = products[products[column].notna()]
    return {str(sku): str(text) for sku, text in zip(known["sku"].tolist(), known[column].tolist(), strict=True)}


def _demand_table(panel: Panel, lines: pa.Table) -> pa.Table:
    """Clean demand of every SKU-period beside what was imported, returned and earned in it; NULL = nothing."""
    series, columns = panel.rows, panel.columns
    owner = series_of(coded(lines["location"]), coded(lines["sku"]), panel.locations, panel.skus)
    place, known = known_periods(panel.calendar, days(lines["period"]))
    inside = known & (owner >= 0) & (place >= panel.starts[owner])
    cells = panel.offsets[owner[inside]] + place[inside] - panel.starts[owner[inside]]

    def spread(name: str) -> pa.Array:
        values = np.full(len(panel.values), np.nan)
        values[cells] = numbers(lines[name])[inside]
        return pa.array(values, from_pandas=True)

    keys = {
        name: pa.DictionaryArray.from_arrays(series.astype(np.int32), pa.array(texts.tolist(), pa.string()))
        for name, texts in (("sku", panel.skus), ("location", panel.locations))
    }
    booked = {name: spread(name) for name in ("imported_units", "returned_units", "revenue")}
    lost = {
        name: pa.array(panel.drivers[name], from_pandas=True) for name in (LOST_UNITS, LOST_SD) if name in panel.drivers
    }
    return pa.table(
        keys
        | {
            "period": pa.array(panel.calendar.periods[columns]),
            "units": pa.array(panel.values, from_pandas=True),
            "censored": pa.array(panel.censored),
        }
        | booked
        | lost
    )


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
        "cells": [each.periods for each in found],
    }
    return pa.table(columns, schema=cleaning.NO_FINDINGS)


def current_dataset(workspace: Workspace) -> Dataset:
    """The clean data in force; kept in memory until another version is made.

    Raises:
        NoDataError: nothing was imported yet.
    """
    return _current(workspace)


def _current(workspace: Workspace, made: str = "", given: Beside | None = None) -> Dataset:
    """The clean data in force; `given`: what version `made` was made with, so that it need not be read again."""
    version = datasets.current_version(workspace)
    if version is None:
        raise NoDataError("There is no sales history yet. Upload a sales file or load the sample shop.")
    beside = given if version.version == made else None
    return _recent.get(_key(workspace, version), lambda: _load(workspace, version, beside or read_beside(workspace)))


def is_read(workspace: Workspace) -> bool:
    """Whether the clean data in force are in memory; also when there are none to be read."""
    version = datasets.current_version(workspace)
    return version is None or _recent.known(_key(workspace, version)) is not None


def _key(workspace: Workspace, version: DatasetVersion) -> tuple[str, str]:
    return str(workspace.path), f"{version.version}{version.created_at}"


def _load(workspace: Workspace, version: DatasetVersion, given: Beside) -> Dataset:
    rows = load_demand(workspace, version.version)
    frequency = Frequency(version.frequency)
    calendar = _calendar(rows.calendar, frequency, version.closed_weekdays)
    names = _texts(given.products, "product_name")
    bare = Panel(rows.units, rows.offsets, rows.skus, rows.locations, calendar, rows.censored)
    driven, planned_until = for_models(workspace, given.told, bare)
    made = handmade.marked_events(workspace, version.version, bare) | sold_price(driven, rows)
    panel = replace(
        driven,
        drivers={**driven.drivers, **made},
        attributes=without_date(given.told, rows.skus, rows.locations)
        | {name: labelled(rows.skus.tolist(), _texts(given.products, name)) for name in STATIC_TEXTS}
        | {LIFE_STAGE: life_stages(bare)},
    )
    return Dataset(
        version=version.version,
        panel=panel,
        names={str(sku): names.get(str(sku), str(sku)) for sku in rows.skus},
        notes=version.notes,
        revenue=_yearly(bare, rows.revenue),
        imported=_dense(panel, rows.imported_units),
        lost=_dense(panel, rows.lost_units),
        planned_until=planned_until,
    )


def _dense(panel: Panel, flat: FloatArray) -> FloatArray:
    """The numbers on the calendar; those nobody gave still take no memory."""
    nobody = flat.strides == (0,)
    return np.broadcast_to(np.nan, (len(panel), panel.n_periods)) if nobody else panel.dense(flat)


def _yearly(panel: Panel, revenue: FloatArray) -> FloatArray:
    """Money of each series over the last year, NaN = unknown, shape (n_series,)."""
    year = panel.calendar.in_last_year
    total = np.empty(len(panel))
    for part in parts(panel):
        money = part.panel.dense(revenue[part.cells])[:, year]
        total[part.series] = np.where(np.isnan(money).all(axis=1), np.nan, np.nansum(money, axis=1))
    return total


def _calendar(periods: DateArray, frequency: Frequency, closed_weekdays: tuple[int, ...]) -> TradingCalendar:
    plain = TradingCalendar(frequency, periods, frozenset(closed_weekdays))
    if frequency is not Frequency.DAY:
        return plain
    every = np.arange(periods[0], periods[-1] + 1)
    shut = every[plain.trades_on(every) & ~np.isin(every, periods)]
    return TradingCalendar(frequency, periods, frozenset(closed_weekdays), shut)
