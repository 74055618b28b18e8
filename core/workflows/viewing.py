"""A stored forecast as a reader looks at it: one scope at a time, read from the store without the other series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency
from core.base.columns import PROMOTION
from core.base.errors import NoDataError
from core.base.language import _
from core.base.types import AnyArray, BoolArray, DateArray, FloatArray
from core.charts.demand import FanData
from core.models.champions import UNHEARD
from core.series.hierarchy_levels import sold_together, together
from core.series.panel import Panel
from core.store import facts, runs
from core.store import paths as path_store
from core.store.runs import SeriesChoice
from core.store.workspace import Workspace
from core.workflows import comparing, forecasting, newcomers, scopes
from core.workflows.datasets import current_dataset
from core.workflows.forecast_rows import before_changes, scope_rows
from core.workflows.product_terms import ends_of_sale
from core.workflows.scopes import SKU, TOTAL, Scope, SkuIndex

COMMON_SHARE: Final = 0.25
"""Share of a group's series for which a promotion or event must be on to count for the group."""
FOUR_WEEKS: Final = 28
"""Most periods that four weeks have."""
KNOWN_LAST_YEAR: Final = 0.8
"""Share of the periods compared that last year must have."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be looked at.

    Attributes:
        categories, locations: names; empty when there is only one.
        skus: every SKU, in order.
        names: product name per SKU.
        places: locations of each SKU.
        frequency: day, week or month.
        index: what SKUs are found by.
    """

    categories: tuple[str, ...]
    locations: tuple[str, ...]
    skus: tuple[str, ...]
    names: Mapping[str, str]
    places: Mapping[str, tuple[str, ...]]
    frequency: str
    index: SkuIndex


@dataclass(frozen=True, slots=True)
class Head:
    """A stored forecast without its numbers.

    Attributes:
        run_id, version: of the run and the data it saw.
        manifest: how it was made.
        created_at: UTC.
        seconds: wall time.
        current: whether it was made from the data in force.
    """

    run_id: str
    version: str
    manifest: Mapping[str, Any]
    created_at: datetime
    seconds: float
    current: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """Demand summed over the first periods of a forecast.

    Attributes:
        until: last day of the last period summed.
        periods: trading periods summed.
        mean: expected units.
        low, high: central 80 % of the sum, from joint sample paths; None = the paths are no longer stored.
        drawn: mean of the same sums, which orders reckon with; None = not stored.
        last_year: units in the same weeks (months) a year before; None = not observed then.
        growth: expected over last year's units less 1, both of the periods that are known of last year; None = not
            observed then, or nothing sold.
        complete: whether the forecast reaches to the end of the time meant, such as the next four weeks.
    """

    until: np.datetime64
    periods: int
    mean: float
    low: float | None
    high: float | None
    drawn: float | None
    last_year: float | None
    growth: float | None
    complete: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ScopeView:
    """Everything shown of one scope.

    Attributes:
        fan: history, forecast, what was said earlier, promotions.
        near, whole: sums over the next four weeks (of monthly data: the next month) and over all periods; None when
            the forecast lacks this scope.
        models: series per method used, most first.
        wape: of what these methods said at the comparison's origins about the sum over series on sale and in stock;
            None = not known.
        substitutions: series of this scope for which another method stood in, with wanted, used and reason.
        n_series: series in the scope.
        changes: changes by hand that the forecast of the scope holds.
        ends: first day on which the SKU is no longer on sale, when the forecast reaches it; None = it goes on, or more
            than one SKU is looked at.
    """

    fan: FanData
    near: Outlook | None
    whole: Outlook | None
    models: Mapping[str, int]
    wape: float | None
    substitutions: tuple[Mapping[str, Any], ...]
    n_series: int
    changes: int = 0
    ends: np.datetime64 | None = None


def newest(workspace: Workspace) -> Head | None:
    """The newest forecast of the present data, else of any; None when there is none."""
    dataset = current_dataset(workspace)
    record = runs.latest_run(workspace, forecasting.KIND, dataset.version)
    current = record is not None
    record = record or runs.latest_run(workspace, forecasting.KIND)
    if record is None:
        return None
    return Head(record.run_id, record.version, record.manifest, record.created_at, record.seconds, current)


def choices(workspace: Workspace, *, with_new: bool = False) -> Choices:
    """What of the present data can be looked at.

    Args:
        workspace: the store.
        with_new: whether new items that never sold, but are forecast like others, are among it.

    Raises:
        NoDataError: nothing was imported yet.
    """
    dataset = current_dataset(workspace)
    panel = newcomers.forecast_series(workspace).panel if with_new else dataset.panel
    names = newcomers.names_of(workspace, dataset, panel)
    places: dict[str, list[str]] = {}
    for sku, location in zip(panel.skus, panel.locations, strict=True):
        places.setdefault(str(sku), []).append(str(location))
    locations = sorted({str(location) for location in panel.locations})
    categories = sorted(set(scopes.categories(panel)))
    return Choices(
        categories=tuple(categories) if len(categories) > 1 else (),
        locations=tuple(locations) if len(locations) > 1 else (),
        skus=tuple(sorted(places)),
        names=names,
        places={sku: tuple(found) for sku, found in places.items()},
        frequency=panel.frequency.value,
        index=scopes.sku_index(panel, names),
    )


def look(workspace: Workspace, head: Head, scope: Scope) -> ScopeView:
    """One scope of a stored forecast beside its history.

    Raises:
        NoDataError: the data has no such category, location or SKU.
    """
    panel = newcomers.forecast_series(workspace).panel
    members = scopes.members(panel, scope)
    if not members.any():
        raise NoDataError(f"The present data has no {scope.level} “{scope.name}”. Choose another one.")
    rows = scope_rows(workspace, head.run_id, scope)
    demand = replace(panel, attributes={})
    history, censored = _history(demand, members, single=scope.level == SKU)
    choice = scopes.choice_of(panel, scope)
    models = runs.models_used(workspace, head.run_id, choice)
    earlier, wape = _earlier(workspace, head, choice, demand, members)
    future = rows["period"].to_numpy("datetime64[D]")
    label = comparing.labels()[next(iter(models))] if len(models) == 1 else _("the method of each SKU")
    fan = FanData(
        periods=panel.calendar.periods,
        history=history,
        censored=censored,
        future=future,
        mean=rows["mean"].to_numpy(float),
        quantiles={level: rows[name].to_numpy(float) for level, name in forecasting.QUANTILE_COLUMNS.items()},
        earlier={label: earlier} if earlier is not None else {},
        promotions=_promotions(workspace, members, future),
        unchanged=before_changes(workspace, head.manifest, scope, len(future)),
    )
    near, whole = _outlooks(workspace, head, scope, fan, panel)
    substitutions = _substitutions(head, panel, members)
    changes = _changes(head, panel, members)
    ends = _end_of_sale(workspace, panel.take(members), fan) if scope.level == SKU else None
    return ScopeView(fan, near, whole, models, wape, substitutions, int(members.sum()), changes, ends)


def export_table(workspace: Workspace, head: Head) -> pd.DataFrame:
    """The whole forecast, one row per series and trading period."""
    return runs.run_table(workspace, "forecasts", head.run_id)


def _changes(head: Head, panel: Panel, members: BoolArray) -> int:
    """Changes by hand of a forecast that reach any of these series."""
    scoped = (Scope(each["level"], each["name"], each["location"]) for each in head.manifest.get("overrides", ()))
    return sum(bool((scopes.members(panel, scope) & members).any()) for scope in scoped)


def _end_of_sale(workspace: Workspace, chosen: Panel, fan: FanData) -> np.datetime64 | None:
    """First day without a SKU on sale, when the forecast reaches it and expects nothing from then on."""
    end = ends_of_sale(facts.product_rows(workspace).to_pandas(), chosen).max()
    after = fan.future >= end
    return end if after.any() and not fan.mean[after].any() else None


def _history(panel: Panel, members: BoolArray, *, single: bool) -> tuple[FloatArray, BoolArray]:
    """Units per period summed over the members, NaN where none was observed; and when a single SKU was out of stock.

    A SKU at several locations is out of stock where that took more than a fifth of its usual demand.
    """
    chosen = panel.take(members)
    return together(chosen) if single else (sold_together(chosen), np.zeros(panel.n_periods, bool))


def _earlier(
    workspace: Workspace, head: Head, choice: SeriesChoice, panel: Panel, members: BoolArray
) -> tuple[tuple[DateArray, FloatArray] | None, float | None]:
    """What the methods said at past origins, a gap between origins, and the WAPE of sums over what could be sold.

    Nothing where it is not kept of series that matter, such as those forecast by another method than they were compared
    with: a sum of the others would look like a forecast far too low.
    """
    compared = str(head.manifest.get("comparison") or "")
    if not compared:
        record = runs.latest_run(workspace, comparing.KIND, head.version)
        compared = record.run_id if record else ""
    asked = (workspace, head.run_id, compared, choice)
    spoken = runs.spoken_of(*asked)
    kept = members & np.array([key in spoken for key in zip(panel.skus, panel.locations, strict=True)], bool)
    units, all_units = (float(np.nansum(panel.take(rows).values)) for rows in (kept, members))
    if not kept.any() or units < (1.0 - UNHEARD) * all_units:
        return None, None
    rows = runs.said_earlier(*asked)
    periods, origin = (rows[name].to_numpy("datetime64[D]") for name in ("period", "origin"))
    wape = _wape(panel.take(kept), periods, rows["known_mean"].to_numpy(float))
    return with_gaps(periods, rows["mean"].to_numpy(float), origin), wape


def _wape(panel: Panel, periods: DateArray, mean: FloatArray) -> float | None:
    """WAPE of what was said of the sum of some series; what was sold on an empty shelf is not what was asked for."""
    in_stock = replace(panel, values=np.where(panel.censored, np.nan, panel.values))
    units, _short = _history(in_stock, np.ones(len(panel), bool), single=False)
    known = panel.calendar.periods
    place = np.minimum(np.searchsorted(known, periods), len(known) - 1)
    actual = np.where(known[place] == periods, units[place], np.nan)
    seen = ~np.isnan(actual) & ~np.isnan(mean)
    total = float(actual[seen].sum())
    return float(np.abs(mean - actual)[seen].sum() / total) if total > 0 else None


def with_gaps(days: DateArray, units: FloatArray, origin: DateArray) -> tuple[DateArray, FloatArray]:
    """Days and units with an unknown one wherever the origin changes, so that a drawn line breaks there.

    Args:
        days: periods forecast, origin after origin, shape (n,).
        units: expected units, shape (n,).
        origin: day at which each was said, shape (n,).
    """
    starts = np.flatnonzero(np.diff(origin) != np.timedelta64(0, "D")) + 1
    return np.insert(days, starts, days[starts]), np.insert(units, starts, np.nan)


def _promotions(workspace: Workspace, members: BoolArray, future: DateArray) -> DateArray:
    """Periods, past or forecast, in which at least a quarter of the members is on promotion."""
    panel = current_dataset(workspace).panel
    if PROMOTION not in panel.drivers:
        return np.empty(0, "datetime64[D]")
    chosen = newcomers.with_drivers(panel, PROMOTION).take(members[: len(panel)])
    place = chosen.columns
    on = np.nan_to_num(chosen.drivers[PROMOTION]) > 0
    count = np.maximum(np.bincount(place, minlength=panel.n_periods), 1)
    past = np.bincount(place[on], minlength=panel.n_periods) / count >= COMMON_SHARE
    days = [panel.calendar.periods[past]]
    if PROMOTION in chosen.future_drivers and len(future):
        plan = newcomers.planned(workspace, members, len(future), PROMOTION).future_drivers[PROMOTION]
        ahead = (np.nan_to_num(plan) > 0).mean(axis=0) >= COMMON_SHARE
        coming = panel.calendar.following(len(ahead))[ahead]
        days.append(coming[coming <= future[-1]])
    return np.concatenate(days)


def _outlooks(
    workspace: Workspace, head: Head, scope: Scope, fan: FanData, panel: Panel
) -> tuple[Outlook | None, Outlook | None]:
    horizon = len(fan.future)
    if not horizon:
        return None, None
    wanted = forecasting.near_periods(panel.calendar, max(horizon, FOUR_WEEKS))
    near = min(wanted, horizon)
    ranges = _ranges(workspace, head, scope, (near, horizon))
    first, whole = (_outlook(fan, periods, panel.frequency, ranges) for periods in (near, horizon))
    return replace(first, complete=near == wanted), whole


def _outlook(fan: FanData, periods: int, frequency: Frequency, ranges: Mapping[int, Sequence[float]]) -> Outlook:
    low, high, drawn, *_rest = (*ranges.get(periods, ()), None, None, None)
    last_year, growth = _against_last_year(fan, periods, frequency)
    return Outlook(
        until=frequency.last_day(np.datetime64(fan.future[periods - 1], "D")),
        periods=periods,
        mean=float(fan.mean[:periods].sum()),
        low=low,
        high=high,
        drawn=drawn,
        last_year=last_year,
        growth=growth,
    )


def _ranges(workspace: Workspace, head: Head, scope: Scope, spans: Sequence[int]) -> dict[int, Sequence[float]]:
    """The central 80 % and mean of summed demand per number of periods: of groups as stored, of SKUs from their paths.

    The mean of groups is missing in forecasts of earlier builds.
    """
    if scope.level != SKU:
        name = scope.name or TOTAL
        stored = head.manifest.get("sums", {}).get(scope.level, [])
        return {int(periods): figures for owner, periods, *figures in stored if owner == name}
    if not path_store.has_paths(workspace, head.run_id):
        return {}
    found = forecasting.stored_paths(workspace, head.run_id, [scope.name])
    here = np.ones(len(found), bool) if not scope.location else found.locations == scope.location
    units: AnyArray = found.units[:, here].sum(axis=1, dtype=np.float64)
    totals = {periods: units[:, :periods].sum(axis=1) for periods in spans}
    return {periods: [*np.quantile(each, (0.1, 0.9)).tolist(), float(each.mean())] for periods, each in totals.items()}


def _against_last_year(fan: FanData, periods: int, frequency: Frequency) -> tuple[float | None, float | None]:
    """Units on the same weekdays 52 weeks (in the same months a year) before, and the growth expected on them."""
    days = fan.future[:periods]
    before = frequency.a_year_before(days)
    # on a closed day of last year nothing was sold; outside the history, and while not on sale, it is not known
    inside = (before >= fan.periods[0]) & (before <= fan.periods[-1])
    seen = inside & ~np.isin(before, fan.periods[np.isnan(fan.history)])
    if seen.mean() < KNOWN_LAST_YEAR:
        return None, None
    units = float(np.nansum(fan.history[np.isin(fan.periods, before)]))
    return units, float(fan.mean[:periods][seen].sum()) / units - 1 if units > 0 else None


def _substitutions(head: Head, panel: Panel, members: BoolArray) -> tuple[Mapping[str, Any], ...]:
    here = set(zip(panel.skus[members], panel.locations[members], strict=True))
    return tuple(entry for entry in head.manifest.get("substitutions", []) if (entry["sku"], entry["location"]) in here)
