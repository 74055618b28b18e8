"""Forecasts every series by its champion, and keeps quantiles, sums over groups and sample paths."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd

from core.base.calendar import Frequency
from core.base.errors import NoDataError, ParameterError
from core.base.language import _
from core.base.progress import Progress, silent
from core.base.types import AnyArray, DateArray, FloatArray
from core.compute.executor import Executor, InProcess
from core.evaluate import combining
from core.inventory.lead_time import periods_needed
from core.models import registry
from core.models.champions import Choice
from core.models.reconciliation import METHODS as RECONCILIATIONS
from core.models.reconciliation_fit import AUTOMATIC
from core.models.season_ahead import SeasonAhead, season_ahead, sentence
from core.series.forecast import DemandPaths, Forecast
from core.series.panel import Panel
from core.store import paths as path_store
from core.store import runs
from core.store.runs import Run, RunRecord
from core.store.workspace import Workspace
from core.workflows import comparing, drivers, networks, newcomers, pinning, planned_drivers, scopes
from core.workflows.comparing import Comparison
from core.workflows.datasets import Dataset, current_dataset
from core.workflows.forecasting_work import (
    KIND,
    QUANTILE_COLUMNS,
    ForecastArrays,
    ForecastTask,
    compute,
    near_periods,
)
from core.workflows.override_runs import derive, in_force
from core.workflows.product_terms import on_sale
from core.workflows.scopes import CATEGORY, LOCATION, TOTAL
from core.workflows.supply import supply_of

__all__ = [
    "KIND", "QUANTILE_COLUMNS", "ForecastArrays", "ForecastRequest", "ForecastRun", "ForecastTask", "compute",
    "forecast", "near_periods",
]  # fmt: skip
T = TypeVar("T")
BEST: Final = "best"
BEST_PER_SKU: Final = "best per SKU"
MANY_SERIES: Final = 1_000
PATHS: Final = 1_000
PATHS_OF_MANY: Final = 300
"""Sample paths per series, fewer for shops with more than 1,000 series so that they fit on the disk."""
FARTHEST: Final = 730
"""Most periods ahead."""
ROOM_DAYS: Final = 28
"""Days a forecast reaches beyond the longest lead time plus review period, so that what-ifs may lengthen them."""


@dataclass(frozen=True, slots=True)
class ForecastRequest:
    """What to forecast.

    Attributes:
        model: "best" (champion per demand class), "best per SKU", both but for what is pinned; or the key of one method
            or combination for all.
        horizon: calendar periods ahead; None = 13 weeks of days, half a year of weeks, a year of months, or as far as
            the longest lead time plus review period needs.
        seed: of all random draws.
        reconciliation: how SKUs, categories, locations and the total are made to agree: "automatic", "bottom_up",
            "top_down", "wls_structural", "wls_variance" or "mint_shrinkage".
        without: drivers that no method may look at; None = those that the comparison left out which the methods are
            chosen by.
    """

    model: str = BEST
    horizon: int | None = None
    seed: int = 1
    reconciliation: str = AUTOMATIC
    without: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ForecastRun:
    """A stored forecast.

    Attributes:
        run_id, version: of the run and the data it saw.
        manifest: how it was made.
        table: one row per series and trading period: sku, location, period, model, mean, q025 … q975.
        groups: the same for sums: level, name, period, mean, q025 … q975.
        seconds: wall time.
    """

    run_id: str
    version: str
    manifest: Mapping[str, Any]
    table: pd.DataFrame
    groups: pd.DataFrame
    seconds: float = field(default=0.0)


def forecast(
    workspace: Workspace,
    request: ForecastRequest,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> ForecastRun:
    """Forecast all series and store the run; compares methods first when champions are wanted and none are known.

    Raises:
        NoDataError: there is no sales history.
        ParameterError: an unknown method, driver, reconciliation or a horizon out of range.
        CancelledError: the user stopped it; nothing was stored.
    """
    told, worker = progress or silent(), executor or InProcess()
    if request.horizon is not None and not 1 <= request.horizon <= FARTHEST:
        raise ParameterError.outside("Forecast horizon", request.horizon, low=1, high=FARTHEST, unit="periods")
    if request.reconciliation not in (AUTOMATIC, *RECONCILIATIONS):
        raise ParameterError(
            f"One of {', '.join((AUTOMATIC, *RECONCILIATIONS))} is expected; “{request.reconciliation[:60]}” was given."
        )
    dataset = current_dataset(workspace)
    pins = pinning.pinned(workspace, dataset, ignored=request.model not in (BEST, BEST_PER_SKU))
    chosen, known = _models(workspace, dataset, request, told.part(0.0, 0.5), worker)
    models, started = pins.over(chosen), time.perf_counter()
    off = request.without if request.without is not None else known.without if known else ()
    dataset = replace(dataset, panel=planned_drivers.without(dataset.panel, off))
    span = request.horizon or _planning_span(workspace, newcomers.with_newcomers(workspace, dataset).panel)
    horizon = max(dataset.panel.calendar.trading_within(span), 1)
    dataset = replace(dataset, panel=drivers.reaching(workspace, dataset.panel, horizon))
    new = newcomers.with_newcomers(workspace, dataset)
    mixtures = comparing.mixtures(known, dataset.panel) if known else {}
    season = pins.leaving(_season_ahead(new.panel, horizon, request, known), new.source)
    task = ForecastTask(
        panel=new.panel,
        models=models[new.source],
        horizon=horizon,
        n_paths=PATHS if len(new.panel) <= MANY_SERIES else PATHS_OF_MANY,
        seed=request.seed,
        groups=_groups(new.panel),
        settings=pinning.settings(workspace, known),
        mixtures={key: mixture.take(new.source) for key, mixture in mixtures.items()},
        reconciliation=request.reconciliation,
        likeness=new.likeness,
        shelf=networks.shelf(workspace, dataset.version),
        season=season,
        on_sale=on_sale(workspace, new.panel, horizon),
    )
    looking = planned_drivers.looking(Choice(task.models.tolist(), task.settings, task.mixtures, season))
    missing = planned_drivers.unplanned(dataset, dataset.panel, horizon, looking[: len(dataset.panel)])
    arrays = worker.run(compute, task, progress=told.part(0.5, 0.9))
    told.report("Storing the forecast", 0.92)
    manifest = {
        "request": asdict(request),
        "comparison": known.run_id if known else "",
        "horizon": span,
        "n_paths": task.n_paths,
        "seed": request.seed,
        "models": {key: int((models == key).sum()) for key in dict.fromkeys(models.tolist())},
        "pins": [list(each) for each in pins.told],
        "substitutions": [asdict(entry) for entry in arrays.substitutions[:500]],
        "n_substitutions": len(arrays.substitutions),
        "sums": dict(arrays.sums),
        "reconciliation": asdict(arrays.verdict),
        "like_items": new.told(),
        "season": sentence(season) if season else "",
        "without": list(off),
        "settings": {key: dict(values) for key, values in task.settings.items()},
        "unplanned": [remark.text for remark in missing],
    }
    run = Run(KIND, dataset.version, manifest, time.perf_counter() - started)
    # Nobody may change a forecast by hand between storing it and applying the changes in force.
    with workspace.deriving:
        return _with_changes(workspace, _stored(workspace, run, task.models, arrays), told.unstoppable())


def _with_changes(workspace: Workspace, made: ForecastRun, told: Progress) -> ForecastRun:
    """The forecast with the changes by hand in force, a run of its own when there are any."""
    changes = in_force(workspace, made.groups["period"].min().date())
    record = runs.find_run(workspace, KIND, made.run_id)
    if record is None or not changes or current_dataset(workspace).version != made.version:
        return made
    return _with_tables(workspace, derive(workspace, record, changes, lambda _cursor: None, told.part(0.92, 1.0)))


def _season_ahead(panel: Panel, horizon: int, request: ForecastRequest, known: Comparison | None) -> SeasonAhead | None:
    """What the comparison that chose the methods could not see coming; whoever names a method gets that method."""
    if known is None or request.model not in (BEST, BEST_PER_SKU):
        return None
    return season_ahead(panel, horizon, panel.n_periods - known.horizon * known.folds)


def _planning_span(workspace: Workspace, panel: Panel) -> int:
    needed = periods_needed(supply_of(workspace, panel).terms, panel.frequency)
    # one impossible lead time does not make the whole shop's forecast endless; the plan names what is out of reach
    return min(max(panel.frequency.planning_horizon, needed + round(ROOM_DAYS / panel.frequency.days)), FARTHEST)


def best_labels() -> dict[str, str]:
    """What the two ways of forecasting by a comparison's best methods are called."""
    return {BEST: _("Best method per demand class"), BEST_PER_SKU: _("Best method per SKU")}


def reconciliation_labels() -> dict[str, str]:
    """Ways to make SKUs, categories, locations and the total agree, the default first."""
    return {
        AUTOMATIC: _("Automatic: what was best at past dates"),
        "bottom_up": _("Bottom-up: SKUs added up"),
        "top_down": _("Top-down: the total divided among SKUs"),
        "wls_structural": _("Least squares, by number of SKUs"),
        "wls_variance": _("Least squares, by past errors"),
        "mint_shrinkage": _("MinT (shrinkage)"),
    }


def _models(
    workspace: Workspace, dataset: Dataset, request: ForecastRequest, told: Progress, worker: Executor
) -> tuple[AnyArray, Comparison | None]:
    if request.model not in (BEST, BEST_PER_SKU, *combining.KINDS):
        registry.create(request.model)
        return np.full(len(dataset.panel), request.model, dtype=object), None
    known = comparing.latest(workspace, dataset.version)
    if known is None:
        known = comparing.compare(workspace, comparing.CompareRequest(seed=request.seed), told, worker)
    if request.model in combining.KINDS:
        if request.model not in known.blends:
            raise ParameterError(
                f"The newest comparison has no “{comparing.labels()[request.model]}”. "
                "Compare it with at least two methods first."
            )
        return np.full(len(dataset.panel), request.model, dtype=object), known
    if request.model == BEST_PER_SKU:
        return comparing.champions_per_sku(workspace, known, dataset.panel), known
    index = known.champions.set_index(["sku", "location"])["model"]
    keys = list(zip(dataset.panel.skus, dataset.panel.locations, strict=True))
    return index.loc[keys].to_numpy(object), known


def _groups(panel: Panel) -> dict[str, AnyArray]:
    groups = {TOTAL: np.full(len(panel), TOTAL, dtype=object)}
    categories = scopes.categories(panel)
    if len(set(categories)) > 1:
        groups[CATEGORY] = np.array(categories, dtype=object)
    if len(set(panel.locations)) > 1:
        groups[LOCATION] = panel.locations
    return groups


def _stored(workspace: Workspace, run: Run, models: AnyArray, arrays: ForecastArrays) -> ForecastRun:
    used = models.copy()
    place = {key: row for row, key in enumerate(zip(arrays.forecast.skus, arrays.forecast.locations, strict=True))}
    for entry in arrays.substitutions:
        used[place[entry.sku, entry.location]] = entry.used
    table = _series_rows(arrays.forecast, used)
    groups = pd.concat([_group_rows(level, each) for level, each in arrays.groups.items()], ignore_index=True)
    run_id = runs.new_run_id()
    with path_store.PathWriter(workspace, run_id, arrays.paths.periods, arrays.paths.n_paths) as writer:
        writer.write(arrays.paths)
    named = Run(run.kind, run.version, run.manifest, run.seconds, run_id=run_id)
    runs.save_run(workspace, named, {"forecasts": table, "group_forecasts": groups})
    return ForecastRun(run_id, run.version, run.manifest, table, groups, run.seconds)


def _series_rows(result: Forecast, models: AnyArray) -> pd.DataFrame:
    horizon = result.horizon
    head = {
        "sku": np.repeat(result.skus, horizon),
        "location": np.repeat(result.locations, horizon),
        "period": np.tile(result.periods.astype("datetime64[s]"), len(result)),
        "model": np.repeat(models, horizon),
    }
    return pd.DataFrame(head | _numbers(result))


def _group_rows(level: str, result: Forecast) -> pd.DataFrame:
    head = {
        "level": level,
        "name": np.repeat(result.skus, result.horizon),
        "period": np.tile(result.periods.astype("datetime64[s]"), len(result)),
    }
    return pd.DataFrame(head | _numbers(result))


def _numbers(result: Forecast) -> dict[str, FloatArray]:
    values = {name: result.at(level).ravel() for level, name in QUANTILE_COLUMNS.items()}
    return {"mean": result.mean.ravel()} | values


def latest(workspace: Workspace, version: str | None = None) -> ForecastRun | None:
    """The newest forecast of a dataset version (of any when None), or None."""
    record = runs.latest_run(workspace, KIND, version)
    return None if record is None else _with_tables(workspace, record)


def _with_tables(workspace: Workspace, record: RunRecord) -> ForecastRun:
    return ForecastRun(
        run_id=record.run_id,
        version=record.version,
        manifest=record.manifest,
        table=runs.run_table(workspace, "forecasts", record.run_id),
        groups=runs.run_table(workspace, "group_forecasts", record.run_id),
        seconds=record.seconds,
    )


def stored_paths(workspace: Workspace, run_id: str, skus: list[str] | None = None) -> DemandPaths:
    """Stored paths of the chosen SKUs (of all when None) on the trading periods forecast.

    Raises:
        NoDataError: the paths are no longer on disk, or hold none of these SKUs.
    """
    found = path_store.read_paths(workspace, run_id, skus)
    return DemandPaths(found.units, found.skus, found.locations, found.periods)


def paths_on_every_period(
    workspace: Workspace, run_id: str, panel: Panel, skus: list[str] | None = None
) -> DemandPaths:
    """Stored paths of the panel's series on every calendar period after the history, closed ones 0.

    Raises:
        NoDataError: the paths are no longer on disk.
    """
    stored = stored_paths(workspace, run_id, skus)
    place = {key: row for row, key in enumerate(zip(stored.skus, stored.locations, strict=True))}
    rows = [place.get(key, -1) for key in zip(panel.skus, panel.locations, strict=True)]
    wanted = np.array([row for row in rows if row >= 0], np.int64)
    if not np.array_equal(wanted, np.arange(len(stored))):
        stored = stored.take(wanted)
    return stored.on_every_period(_span(panel, stored.periods[-1]))


def planned(workspace: Workspace, run_id: str, dataset: Dataset) -> tuple[Panel, DemandPaths]:
    """The series a forecast can be planned with, new items that never sold among them, and their stored paths.

    Raises:
        NoDataError: the paths are no longer on disk.
    """
    panel = newcomers.with_newcomers(workspace, dataset).panel
    paths = paths_on_every_period(workspace, run_id, panel)
    if len(paths) == len(panel):
        return panel, paths
    known = set(zip(paths.skus, paths.locations, strict=True))
    return panel.take(np.array([key in known for key in zip(panel.skus, panel.locations, strict=True)], bool)), paths


def from_newest(workspace: Workspace, read: Callable[[str], T]) -> tuple[RunRecord, T]:
    """The newest forecast of the data in force and what is read of it, all of it of the same run.

    Changes by hand put another run in its place and remove its paths. Where that happens during the reading, the run
    that came in its place is read.

    Args:
        workspace: the shop.
        read: given the run's key; raises NoDataError where its paths are gone.

    Raises:
        NoDataError: there is no forecast, or its paths are no longer on disk.
    """
    record = required_record(workspace)
    while True:
        try:
            return record, read(record.run_id)
        except NoDataError:
            newer = required_record(workspace)
            if newer.run_id == record.run_id or newer.version != record.version:
                raise
            record = newer


def _span(panel: Panel, last: np.datetime64) -> DateArray:
    days = int((last - panel.calendar.last).astype("timedelta64[D]").astype(np.int64))
    n = {Frequency.DAY: days, Frequency.WEEK: days // 7, Frequency.MONTH: round(days / 30.4375)}[panel.frequency]
    return panel.calendar.every_period_after(n)


def required(workspace: Workspace) -> ForecastRun:
    """The newest forecast of the data in force.

    Raises:
        NoDataError: there is none.
    """
    return _with_tables(workspace, required_record(workspace))


def required_record(workspace: Workspace) -> RunRecord:
    """Which is the newest forecast of the data in force, without its numbers: of many series they take seconds to read.

    Raises:
        NoDataError: there is none.
    """
    record = runs.latest_run(workspace, KIND, current_dataset(workspace).version)
    if record is None:
        raise NoDataError("There is no forecast of the present data yet. Make one on the Forecast page.")
    return record
