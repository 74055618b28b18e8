"""Compares forecasting methods over all series by rolling-origin backtests, and keeps the champions."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency
from core.base.errors import CancelledError, DemandError, NoDataError
from core.base.language import _
from core.base.parameters import ParameterInfo
from core.base.progress import Progress, silent
from core.base.types import AnyArray, FloatArray
from core.compute.executor import Executor, InProcess
from core.evaluate.backtest import Backtest, Plan, backtest
from core.evaluate.leaderboard import LeaderboardRow, champions, failed_row, leaderboard, row, shrunk_choice
from core.evaluate.metrics import error_by_step, mean_defined, series_errors
from core.models import registry
from core.models.substitution import NOTHING_KNOWN
from core.series.demand_class import demand_class
from core.series.panel import Panel
from core.store import datasets, runs
from core.store.runs import Run, RunRecord
from core.store.workspace import Workspace
from core.workflows.datasets import Dataset, current_dataset

KIND: Final = "comparison"
POINTS_KEPT: Final = 400_000
"""Most backtest points kept for charts; of larger comparisons only the champions' are kept."""


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """What to compare.

    Attributes:
        models: keys; empty = those that are compared without being asked for.
        horizon: trading periods ahead; None = four weeks of days, eight weeks, four months.
        folds: number of origins.
        seed: of all random draws.
        settings: settings per model key, as the controls gave them.
    """

    models: tuple[str, ...] = ()
    horizon: int | None = None
    folds: int = 3
    seed: int = 1
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A finished comparison.

    Attributes:
        run_id, version: of the run and the data it saw.
        rows: leaderboard, best first, as plain records (undefined scores None).
        horizon, folds, frequency: how it was set up.
        by_step: WAPE per step ahead and model, NaN = undefined, each of shape (horizon,).
        by_class: mean RMSSE per model and demand class, NaN = undefined, each of shape (n_classes,).
        classes: names of the demand classes.
        class_sizes: series per demand class.
        class_champions: method chosen per demand class.
        champions: one row per series: sku, location, model, reason.
        settings: settings per method that differed from the defaults.
        seconds: wall time.
    """

    run_id: str
    version: str
    rows: list[dict[str, Any]]
    horizon: int
    folds: int
    frequency: str
    by_step: dict[str, FloatArray]
    by_class: dict[str, FloatArray]
    classes: tuple[str, ...]
    class_sizes: Mapping[str, int]
    class_champions: Mapping[str, str]
    champions: pd.DataFrame
    settings: Mapping[str, Mapping[str, Any]]
    seconds: float


@dataclass(frozen=True, slots=True)
class Method:
    """A forecasting method as a page offers it.

    Attributes:
        key, label: its key, and its name for the reader.
        slow: takes much longer than the others.
        default: compared without being asked for.
        drivers: whether price, promotion and other drivers change its forecast.
        settings: what a user may change.
    """

    key: str
    label: str
    slow: bool
    default: bool
    drivers: bool
    settings: tuple[ParameterInfo, ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a comparison of the present data starts from.

    Attributes:
        frequency: day, week or month.
        n_series: series to compare on.
        horizon: trading periods ahead unless the user says otherwise.
        longest: most periods ahead that leave as much history as they forecast.
    """

    frequency: str
    n_series: int
    horizon: int
    longest: int


def labels() -> dict[str, str]:
    """Name of each method for the reader, by key; "none" stands for a series without any sale."""
    return registry.labels() | {NOTHING_KNOWN: _("No sales yet (forecast 0)")}


def methods() -> tuple[Method, ...]:
    """Every method, simple ones first."""
    found = []
    for key, label in registry.labels().items():
        can = registry.capabilities(key)
        found.append(Method(key, label, can.slow, can.default, can.drivers, registry.settings(key)))
    return tuple(found)


def setup(workspace: Workspace) -> Setup:
    """What a comparison of the present data starts from, without loading the data.

    Raises:
        NoDataError: nothing was imported yet.
    """
    version = datasets.current_version(workspace)
    if version is None or version.first_period is None or version.last_period is None:
        raise NoDataError("There is no sales history to compare on. Upload a sales file or load the sample shop.")
    frequency = Frequency(version.frequency)
    days = (version.last_period - version.first_period).days + 1
    longest = max(int(days / frequency.days * (7 - len(version.closed_weekdays)) / 7 / 2), 1)
    return Setup(version.frequency, version.n_series, min(frequency.default_horizon, longest), longest)


def default_models() -> tuple[str, ...]:
    """Every method that is compared without being asked for."""
    return tuple(key for key in registry.METHODS if registry.capabilities(key).default)


def run_one(key: str, settings: dict[str, Any], panel: Panel, plan: Plan, progress: Progress) -> Backtest:
    """Backtest one method; a pure function that may run in another process."""
    return backtest(registry.create(key, settings), panel, plan, progress)


def compare(
    workspace: Workspace,
    request: CompareRequest,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Comparison:
    """Backtest every method asked for; rows arrive through `progress` as each one finishes.

    A method that fails costs its row, never the comparison. The result is stored when all have run.

    Raises:
        NoDataError: there is no sales history.
        InsufficientHistoryError: the history is too short for the horizon.
        ParameterError: an unknown method or a setting out of range.
        CancelledError: the user stopped it; nothing was stored.
    """
    told, worker = progress or silent(), executor or InProcess()
    started = time.perf_counter()
    dataset = current_dataset(workspace)
    panel = dataset.panel
    models = request.models or default_models()
    if not len(panel):
        raise NoDataError("There is no sales history to compare on. Upload a sales file or load the sample shop.")
    for key in models:
        registry.create(key, request.settings.get(key, {}))
    plan = Plan(request.horizon or panel.frequency.default_horizon, request.folds, request.seed)
    done, failures = _run_all(models, request, (panel, plan), told, worker)
    result = _assembled(dataset, plan, request, (done, failures), time.perf_counter() - started)
    told.report("Storing the comparison", 0.99)
    return _stored(workspace, result, request, done)


def _run_all(
    models: Sequence[str], request: CompareRequest, task: tuple[Panel, Plan], told: Progress, worker: Executor
) -> tuple[list[Backtest], list[LeaderboardRow]]:
    done: list[Backtest] = []
    failures: list[LeaderboardRow] = []
    for number, key in enumerate(models):
        part = told.part(number / len(models), (number + 1) / len(models))
        try:
            done.append(worker.run(run_one, key, request.settings.get(key, {}), *task, progress=part))
            latest = row(done[-1])
        except CancelledError:
            raise
        except DemandError as error:
            latest = failed_row(key, len(task[0]), str(error))
            failures.append(latest)
        part.report(registry.labels()[key], 1.0, partial=latest.record())
    return done, failures


def _assembled(
    dataset: Dataset,
    plan: Plan,
    request: CompareRequest,
    outcome: tuple[list[Backtest], list[LeaderboardRow]],
    seconds: float,
) -> Comparison:
    done, failures = outcome
    if not done:
        raise NoDataError("No method could be compared: " + "; ".join(failure.reason for failure in failures))
    rows = [*leaderboard(done), *failures]
    classes = demand_class(dataset.panel.observed())
    chosen, reasons = champions(done, classes, per_sku=False)
    names = tuple(sorted(set(classes)))
    return Comparison(
        run_id="",
        version=dataset.version,
        rows=[entry.record() for entry in rows],
        horizon=plan.horizon,
        folds=len(done[0].origins),
        frequency=dataset.panel.frequency.value,
        by_step={result.model: error_by_step(result) for result in done},
        by_class=_by_class(done, classes, names),
        classes=names,
        class_sizes={name: int((classes == name).sum()) for name in names},
        class_champions={name: str(chosen[classes == name][0]) for name in names},
        champions=pd.DataFrame(
            {"sku": dataset.panel.skus, "location": dataset.panel.locations, "model": chosen, "reason": reasons}
        ),
        settings=request.settings,
        seconds=seconds,
    )


def _by_class(done: Sequence[Backtest], classes: AnyArray, names: Sequence[str]) -> dict[str, FloatArray]:
    errors = {result.model: series_errors(result).rmsse for result in done}
    return {
        key: np.array([mean_defined(each[classes == name]) for name in names]) for key, each in errors.items()
    }  # fmt: skip


def _stored(workspace: Workspace, result: Comparison, request: CompareRequest, done: list[Backtest]) -> Comparison:
    manifest = {
        "request": asdict(request),
        "horizon": result.horizon,
        "folds": result.folds,
        "frequency": result.frequency,
        "seed": request.seed,
        "by_step": {key: _plain(values) for key, values in result.by_step.items()},
        "by_class": {key: _plain(values) for key, values in result.by_class.items()},
        "classes": list(result.classes),
        "class_sizes": dict(result.class_sizes),
        "class_champions": dict(result.class_champions),
    }
    board = pd.DataFrame(
        {"model": [entry["model"] for entry in result.rows], "scores": [json.dumps(entry) for entry in result.rows]}
    )
    tables = {
        "leaderboard": board,
        "series_errors": pd.concat([_error_rows(each) for each in done], ignore_index=True),
        "champions": result.champions,
        "backtest_points": _points(done, result.champions),
    }
    run_id = runs.save_run(workspace, Run(KIND, result.version, manifest, result.seconds), tables)
    return Comparison(**{name: getattr(result, name) for name in result.__slots__} | {"run_id": run_id})


def _plain(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def _error_rows(result: Backtest) -> pd.DataFrame:
    each = series_errors(result)
    return pd.DataFrame(
        {
            "model": result.model, "sku": result.skus, "location": result.locations, "wape": each.wape,
            "bias": each.bias, "mase": each.mase, "rmsse": each.rmsse, "rmse": each.rmse, "mae": each.mae,
            "abs_error": each.abs_error, "weight": each.actual,
        }
    )  # fmt: skip


def _points(done: Sequence[Backtest], chosen: pd.DataFrame) -> pd.DataFrame:
    """Mean forecasts of all methods, or of each series' champion only when that would be too many rows."""
    total = sum(result.mean.size for result in done)
    model_of = chosen["model"].to_numpy()
    parts = []
    for result in done:
        keep = np.ones(len(model_of), bool) if total <= POINTS_KEPT else model_of == result.model
        parts.append(_point_rows(result, np.flatnonzero(keep)))
    return pd.concat(parts, ignore_index=True)


def _point_rows(result: Backtest, series: AnyArray) -> pd.DataFrame:
    n_origins, horizon = result.periods.shape
    origin = result.periods[:, :1] - np.timedelta64(1, "D")
    shape = (n_origins, len(series), horizon)
    frame = pd.DataFrame(
        {
            "model": result.model,
            "sku": np.broadcast_to(result.skus[series][None, :, None], shape).ravel(),
            "location": np.broadcast_to(result.locations[series][None, :, None], shape).ravel(),
            "origin": np.broadcast_to(origin[:, None, :], shape).ravel(),
            "period": np.broadcast_to(result.periods[:, None, :], shape).ravel(),
            "mean": result.mean[:, series, :].ravel(),
        }
    )
    return frame[frame["mean"].notna()]


def newest_run(workspace: Workspace, version: str) -> RunRecord | None:
    """The newest comparison of a dataset version, else of any other; without its tables."""
    return runs.latest_run(workspace, KIND, version) or runs.latest_run(workspace, KIND)


def latest(workspace: Workspace, version: str | None = None) -> Comparison | None:
    """The newest comparison of a dataset version (of any when None), or None."""
    record = runs.latest_run(workspace, KIND, version)
    if record is None:
        return None
    manifest = record.manifest
    board = runs.run_table(workspace, "leaderboard", record.run_id)
    return Comparison(
        run_id=record.run_id,
        version=record.version,
        rows=sorted((json.loads(text) for text in board["scores"]), key=_rank),
        horizon=int(manifest["horizon"]),
        folds=int(manifest["folds"]),
        frequency=str(manifest["frequency"]),
        by_step={key: np.array(values, float) for key, values in manifest["by_step"].items()},
        by_class={key: np.array(values, float) for key, values in manifest["by_class"].items()},
        classes=tuple(manifest["classes"]),
        class_sizes=manifest.get("class_sizes", {}),
        class_champions=manifest.get("class_champions", {}),
        settings=manifest["request"].get("settings", {}),
        champions=runs.run_table(workspace, "champions", record.run_id),
        seconds=record.seconds,
    )


def _rank(entry: dict[str, Any]) -> float:
    value = entry["rmsse"]
    return float("inf") if value is None else float(value)


def backtest_lines(workspace: Workspace, run_id: str, sku: str, location: str) -> pd.DataFrame:
    """What each method said at each origin for one series: model, origin, period, mean."""
    points = runs.run_table(workspace, "backtest_points", run_id, sku=sku, location=location)
    return points.sort_values(["model", "period"], ignore_index=True)


def series_error_table(workspace: Workspace, run_id: str) -> pd.DataFrame:
    """Errors per method and series of a comparison."""
    return runs.run_table(workspace, "series_errors", run_id)


def champions_per_sku(workspace: Workspace, comparison: Comparison, panel: Panel) -> AnyArray:
    """The method with the smallest RMSSE on each series, shrunk to its demand class, shape (n_series,)."""
    errors = series_error_table(workspace, comparison.run_id)
    wide = errors.pivot_table(index=["sku", "location"], columns="model", values="rmsse", dropna=False)
    keys = list(zip(panel.skus, panel.locations, strict=True))
    own = wide.reindex(keys).to_numpy(float)
    points = float(comparison.horizon * comparison.folds)
    best = shrunk_choice(own.T, np.full(len(keys), points), demand_class(panel.observed()))
    return wide.columns.to_numpy(object)[best]
