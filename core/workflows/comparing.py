"""Compares forecasting methods over all series by rolling-origin backtests, and keeps the champions."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.errors import NoDataError
from core.base.progress import Progress, silent
from core.base.types import AnyArray, FloatArray
from core.compute.executor import Executor, InProcess
from core.evaluate import combining
from core.evaluate.backtest import Backtest, Plan, ground_of
from core.evaluate.choosing import best_of, champions, cheapest, judged_errors, segment_bias
from core.evaluate.combining import Blend
from core.evaluate.leaderboard import BASELINE, LeaderboardRow, failed_row, leaderboard, row
from core.evaluate.metrics import error_by_step, mean_defined, ratio, series_errors
from core.evaluate.remarks import about_dates, about_tuned, remarks
from core.evaluate.replay import Economics, Terms, terms_of
from core.evaluate.significance import pairwise
from core.models import registry
from core.models.champions import Mixture
from core.series.demand_class import demand_class
from core.series.panel import Panel
from core.store import runs, tuned
from core.store.runs import Run, RunRecord
from core.store.workspace import Workspace
from core.workflows import comparing_costs, comparing_judgement, comparing_tables, planned_drivers
from core.workflows.comparing_cache import Question
from core.workflows.comparing_costs import COST, RMSSE
from core.workflows.comparing_judgement import Judgement
from core.workflows.comparing_methods import (
    USUAL_FOLDS,
    Method,
    Setup,
    combination_labels,
    default_models,
    labels,
    methods,
    setup,
    usual_horizon,
)
from core.workflows.comparing_work import Answer, Round, Task
from core.workflows.datasets import current_dataset

__all__ = [
    "BASELINE", "COST", "RMSSE", "CompareRequest", "Comparison", "Method", "Setup", "backtest_lines",
    "champions_per_sku", "combination_labels", "compare", "default_models", "labels", "latest", "methods", "mixtures",
    "newest_run", "series_error_table", "setup", "usual_horizon",
]  # fmt: skip

KIND: Final = "comparison"


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """What to compare.

    Attributes:
        models: keys of methods and combinations; empty = those that are compared without being asked for.
        horizon: trading periods ahead; None = lead time plus review period, see usual_horizon.
        folds: number of origins.
        seed: of all random draws.
        settings: settings per model key, as the controls gave them; a method without any takes those it was tuned to.
        max_seconds: time per method after which it begins no further fold and costs its row; None = no limit.
        window: trading periods each method learns from (a sliding window); None = all that was known.
        gap: trading periods between the last known one and the first one forecast.
        refit: whether methods learn anew at each past date; else what they learned at the first one is brought up to
            date, which is quicker (methods that cannot do so learn anew, and their row says it).
        max_seconds_total: time for all methods together after which no further one is begun, cheap ones first; those
            that were not begun cost their rows; None = no limit.
        judge: what champions of the demand classes are chosen by, "rmsse" or "cost".
        without: drivers that no method may look at; "event" and "holiday" stand for all of their kind.
    """

    models: tuple[str, ...] = ()
    horizon: int | None = None
    folds: int = USUAL_FOLDS
    seed: int = 1
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    max_seconds: float | None = None
    window: int | None = None
    gap: int = 0
    refit: bool = True
    max_seconds_total: float | None = None
    judge: str = RMSSE
    without: tuple[str, ...] = ()


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
        blends: the combinations as a forecast would use them.
        judgement: scores by step, segment and quantile, tests and remarks.
        window, gap, refit, judge, without: as in the request.
        replay: how costs were replayed; None = a comparison of an older program.
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
    blends: Mapping[str, Blend] = field(default_factory=dict)
    judgement: Judgement = field(default_factory=Judgement)
    window: int | None = None
    gap: int = 0
    refit: bool = True
    judge: str = RMSSE
    without: tuple[str, ...] = ()
    replay: Terms | None = None


def compare(
    workspace: Workspace,
    request: CompareRequest,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Comparison:
    """Backtest every method asked for; rows arrive through `progress` as each one finishes.

    A method that was asked the same about the same data before is not run again. A method that fails costs its row,
    never the comparison. The result is stored when all have run.

    Raises:
        NoDataError: there is no sales history.
        InsufficientHistoryError: the history is too short for the horizon.
        ParameterError: an unknown method or driver, or a setting out of range.
        CancelledError: the user stopped it; nothing was stored but what each finished method said.
    """
    told, worker = progress or silent(), executor or InProcess()
    started = time.perf_counter()
    dataset = current_dataset(workspace)
    panel = planned_drivers.without(dataset.panel, request.without)
    if not len(panel):
        raise NoDataError("There is no sales history to compare on. Upload a sales file or load the sample shop.")
    comparing_costs.check_judge(request.judge)
    asked, request = request, replace(request, settings=_settings(workspace, request))
    for key in _singles(request):
        registry.create(key, request.settings.get(key, {}))
    plan = Plan(
        usual_horizon(workspace, dataset.panel) if request.horizon is None else request.horizon,
        request.folds,
        request.seed,
        request.window,
        request.gap,
        request.refit,
    )
    ground = ground_of(panel, plan, dataset.revenue)
    costs = comparing_costs.economics(workspace, panel, ground)
    question = Question(replace(dataset, panel=panel), plan, ground, costs, request.without)
    outcome = _run_all(workspace, request, question, told.part(0.0, 0.95), worker)
    told.report("Judging the methods", 0.95)
    result, done = _assembled(question, request, outcome, time.perf_counter() - started)
    said = (*about_dates(request.folds, result.folds), *result.judgement.remarks)
    said += about_tuned(_seen_before(workspace, asked, question))
    result = replace(result, judgement=replace(result.judgement, remarks=said))
    told.report("Storing the comparison", 0.99)
    manifest, tables = comparing_tables.stored_form(result, asdict(request), done)
    run_id = runs.save_run(workspace, Run(KIND, result.version, manifest, result.seconds), tables)
    return replace(result, run_id=run_id)


def _settings(workspace: Workspace, request: CompareRequest) -> dict[str, dict[str, Any]]:
    """Settings of each method: those asked for, else those it was tuned to."""
    found = tuned.values_in_force(workspace)
    wanted = {key: request.settings.get(key, found.get(key, {})) for key in _singles(request)}
    return {key: values for key, values in wanted.items() if values}


def _seen_before(workspace: Workspace, asked: CompareRequest, question: Question) -> list[str]:
    """Names of methods whose tuned settings were found on periods they are judged by here."""
    first = str(question.ground.periods[0, 0])
    found = tuned.read(workspace)
    seen = (key for key in _singles(asked) if key in found and key not in asked.settings and found[key].values)
    return [registry.labels()[key] for key in seen if found[key].seen_until >= first]


def _singles(request: CompareRequest) -> tuple[str, ...]:
    """Methods to run: those asked for, or the usual ones when none or only combinations were."""
    return tuple(dict.fromkeys(key for key in request.models if key not in combining.KINDS)) or default_models()


def _combinations(request: CompareRequest) -> tuple[str, ...]:
    return tuple(key for key in combining.KINDS if not request.models or key in request.models)


def _run_all(
    workspace: Workspace, request: CompareRequest, question: Question, told: Progress, worker: Executor
) -> tuple[list[Backtest], list[LeaderboardRow]]:
    def landed(answer: Answer) -> dict[str, Any]:
        if answer.result is None:
            return failed_row(answer.key, len(question.panel), answer.reason).record()
        return row(answer.result, question.economics).record()

    tasks = [Task(key, request.settings.get(key, {})) for key in _singles(request)]
    limits = (request.max_seconds, request.max_seconds_total)
    answers = Round(workspace, question, worker, landed, limits).answers(tasks, told)
    done = [answer.result for answer in answers if answer.result is not None]
    failures = [answer for answer in answers if answer.result is None]
    return done, [failed_row(answer.key, len(question.panel), answer.reason) for answer in failures]


def _assembled(
    question: Question,
    request: CompareRequest,
    outcome: tuple[list[Backtest], list[LeaderboardRow]],
    seconds: float,
) -> tuple[Comparison, list[Backtest]]:
    done, failures = outcome
    if not done:
        raise NoDataError("No method could be compared: " + "; ".join(failure.reason for failure in failures))
    panel, observed = question.panel, question.panel.observed()
    classes = demand_class(observed)
    mixed, blends = _combined(request, done, [*(demand_class(observed[:, :at]) for at in done[0].origins), classes])
    done, n_folds = [*done, *mixed], len(done[0].origins)
    tests = pairwise(done)
    costs = question.economics
    rows = [*leaderboard(done, tests, costs), *failures]
    chosen, reasons = _champions(request, done, classes, costs)
    names = tuple(sorted(set(classes)))
    seeing = [key for key in _singles(request) if planned_drivers.looks(key, request.settings.get(key, {}))]
    blind = [registry.labels()[key] for key in _singles(request) if key not in seeing]
    said = remarks(panel, question.ground, blind)
    looking = np.full(len(panel), bool(seeing))
    said += tuple(planned_drivers.unplanned(question.dataset, panel, question.plan.horizon, looking))
    return Comparison(
        run_id="",
        version=question.dataset.version,
        rows=[entry.record() for entry in rows],
        horizon=question.plan.horizon,
        folds=n_folds,
        frequency=panel.frequency.value,
        by_step={result.model: error_by_step(result) for result in done},
        by_class=_by_class(done, classes, names),
        classes=names,
        class_sizes={name: int((classes == name).sum()) for name in names},
        class_champions={name: str(chosen[classes == name][0]) for name in names},
        champions=pd.DataFrame(
            {"sku": panel.skus, "location": panel.locations, "model": chosen, "reason": reasons}
        ),
        settings=request.settings,
        seconds=seconds,
        blends=blends,
        judgement=replace(comparing_judgement.judge(done, question, tests), remarks=said),
        window=request.window,
        gap=request.gap,
        refit=request.refit,
        judge=request.judge,
        without=request.without,
        replay=terms_of(done[0], costs) if costs else None,
    ), done  # fmt: skip


def _champions(
    request: CompareRequest, done: Sequence[Backtest], classes: AnyArray, costs: Economics | None
) -> tuple[AnyArray, AnyArray]:
    if request.judge == COST and costs is not None:
        return cheapest(done, classes, costs)
    return champions(done, classes, per_sku=False)


def _combined(
    request: CompareRequest, done: Sequence[Backtest], classes: Sequence[AnyArray]
) -> tuple[list[Backtest], dict[str, Blend]]:
    wanted = _combinations(request)
    if not wanted or not combining.all_scored(done):
        return [], {}
    made, blends = combining.combine(done, np.stack(classes), request.gap)
    return [each for each in made if each.model in wanted], {key: blends[key] for key in wanted}


def _by_class(done: Sequence[Backtest], classes: AnyArray, names: Sequence[str]) -> dict[str, FloatArray]:
    errors = {result.model: series_errors(result).rmsse for result in done}
    return {
        key: np.array([mean_defined(each[classes == name]) for name in names]) for key, each in errors.items()
    }  # fmt: skip


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
        blends=comparing_tables.blends_of(manifest),
        judgement=comparing_judgement.read(manifest),
        window=manifest["request"].get("window"),
        gap=int(manifest["request"].get("gap", 0)),
        refit=bool(manifest["request"].get("refit", True)),
        judge=str(manifest["request"].get("judge", RMSSE)),
        without=tuple(manifest["request"].get("without", ())),
        replay=comparing_costs.read(manifest),
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
    """The method with the smallest error on each series, pulled towards its demand class, shape (n_series,)."""
    errors = series_error_table(workspace, comparison.run_id)
    figures = ["rmsse", "abs_error", "mae", "bias", "weight"]
    wide = errors.pivot_table(index=["sku", "location"], columns="model", values=figures, dropna=False)
    wide = wide.reindex(list(zip(panel.skus, panel.locations, strict=True)))
    own, missed, mean, bias, sold = (wide[name].to_numpy(float).T for name in figures)
    models, classes = wide["rmsse"].columns.to_numpy(object), demand_class(panel.observed())
    # where no method errs at all, nothing is to be chosen
    points = np.nan_to_num(ratio(missed, mean)).max(axis=0)
    judged = judged_errors(own, np.nan_to_num(missed), points, classes)
    return models[best_of(models, judged, segment_bias(bias, sold, classes))]


def mixtures(comparison: Comparison, panel: Panel) -> dict[str, Mixture]:
    """The combinations of a comparison, per series of the panel it saw."""
    classes = demand_class(panel.observed())
    return {
        key: Mixture(dict(zip(blend.members, blend.of_series(classes), strict=True)), blend.median)
        for key, blend in comparison.blends.items()
    }
