"""Finds better settings of a method on past dates that no comparison is judged by, and keeps them for the shop."""

from dataclasses import dataclass
from typing import Final

from core.base.errors import InsufficientHistoryError, NoDataError, ParameterError
from core.base.progress import Progress, silent
from core.compute.executor import Executor, InProcess
from core.evaluate.folds import Plan, rolling_origins
from core.evaluate.tuning import Search, search
from core.models import registry
from core.series.panel import Panel
from core.store import tuned
from core.store.tuned import Tuned
from core.store.workspace import Workspace
from core.workflows.comparing_methods import USUAL_FOLDS, usual_horizon
from core.workflows.datasets import current_dataset

__all__ = ["TuneRequest", "Tuned", "reset", "tunable", "tune", "tuned_methods"]

KIND: Final = "tuning"
LEAST_SECONDS, MOST_SECONDS = 1.0, 24 * 3600.0


@dataclass(frozen=True, slots=True)
class TuneRequest:
    """What to tune.

    Attributes:
        model: key of the method.
        budget_seconds: wall time after which no further setting is begun.
        horizon: trading periods ahead; None = as of a comparison.
        folds: past dates the settings are tried at.
        seed: of all random draws.
    """

    model: str
    budget_seconds: float = 60.0
    horizon: int | None = None
    folds: int = 2
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class TuneTask:
    """What the process that searches gets."""

    model: str
    plan: Plan
    budget_seconds: float


def run_search(task: TuneTask, panel: Panel, progress: Progress) -> Search:
    """Search; a pure function that may run in another process."""
    return search(task.model, panel, task.plan, task.budget_seconds, progress)


def tune(
    workspace: Workspace,
    request: TuneRequest,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Tuned:
    """Search the settings of a method and keep the best for comparisons and forecasts to come.

    The search sees nothing of the last three horizons, which comparisons are judged by, so a comparison after it is as
    honest as one before. Where the defaults are best (or better settings gain less than 0.2 %), they stay.

    Raises:
        NoDataError: there is no sales history.
        ParameterError: an unknown method, one without settings, or a budget out of range.
        InsufficientHistoryError: nothing is left before the past dates of a comparison.
        CancelledError: the user stopped it; nothing was kept.
    """
    told, worker = progress or silent(), executor or InProcess()
    if not LEAST_SECONDS <= request.budget_seconds <= MOST_SECONDS:
        raise ParameterError.outside(
            "Time budget", f"{request.budget_seconds:g}", low=1, high=f"{MOST_SECONDS:g}", unit="seconds"
        )
    registry.model_class(request.model)
    dataset = current_dataset(workspace)
    if not len(dataset.panel):
        raise NoDataError("There is no sales history to tune on. Upload a sales file or load the sample shop.")
    usual = usual_horizon(workspace, dataset.panel) if request.horizon is None else request.horizon
    plan = Plan(usual, request.folds, request.seed)
    plan.check()
    task = TuneTask(request.model, plan, request.budget_seconds)
    panel = before_judging(dataset.panel, plan)
    found = worker.run(run_search, task, panel, progress=told.part(0.0, 0.98))
    outcome = Tuned(
        model=request.model,
        values=dict(found.best.values),
        default_error=found.default.error,
        error=found.best.error,
        tried=len(found.trials),
        folds=plan.folds,
        horizon=plan.horizon,
        seconds=found.seconds,
        complete=found.complete,
        version=dataset.version,
        seen_until=str(panel.calendar.last),
    )
    told.report("Keeping the settings", 0.99)
    tuned.put(workspace, outcome)
    return outcome


def before_judging(panel: Panel, plan: Plan) -> Panel:
    """The history before the past dates of a usual comparison over the same horizon.

    Raises:
        InsufficientHistoryError: too little is left to try anything on.
    """
    season = panel.calendar.season_length
    first = int(rolling_origins(panel.n_periods, Plan(plan.horizon, USUAL_FOLDS), season)[0])
    known = panel.until(first)
    try:
        rolling_origins(first, plan, season)
    except InsufficientHistoryError as short:
        raise InsufficientHistoryError(
            f"Tuning must not see the {USUAL_FOLDS} past dates a comparison is judged by; before them lie {first} "
            f"periods, too few to try settings over {plan.horizon}. Choose a shorter horizon or upload more history."
        ) from short
    return known


def tuned_methods(workspace: Workspace) -> dict[str, Tuned]:
    """What every tuned method was tuned to, when and with what gain, by key."""
    return tuned.read(workspace)


def reset(workspace: Workspace, model: str) -> bool:
    """Go back to a method's defaults; whether it was tuned.

    Raises:
        ParameterError: no method has this key.
    """
    registry.model_class(model)
    return tuned.remove(workspace, model)


def tunable() -> tuple[str, ...]:
    """Keys of the methods that have settings to tune."""
    return tuple(key for key in registry.METHODS if registry.settings(key))
