"""Jobs that compute: comparing methods, forecasting and planning, in the app's worker process where it helps."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict

from core.base.progress import Progress, silent
from core.compute.executor import WorkerError, shared_worker
from core.jobs.runner import JobRunner, fingerprint
from core.store.datasets import current_version
from core.store.runs import latest_run
from core.workflows import comparing, forecasting, overrides, planning, preparing, settings, tuning, warming
from core.workflows.comparing import CompareRequest
from core.workflows.forecasting import ForecastRequest
from core.workflows.overrides import OverrideRequest
from core.workflows.planning import PlanOptions
from core.workflows.tuning import TuneRequest
from core.workflows.workspace import Workspace

COMPARISON = comparing.KIND
FORECAST = forecasting.KIND
OVERRIDING = "overriding"
PLAN = planning.KIND
TUNING = tuning.KIND
EVERYTHING = "preparation"


def wake() -> threading.Thread:
    """Start the worker process ahead of the first job, which then need not wait for its imports and kernels."""

    def work() -> None:
        # the app may end meanwhile, and what is wrong with a worker is told to the user by the first job
        with suppress(WorkerError, OSError):
            shared_worker().run(warming.wake, progress=silent())

    thread = threading.Thread(target=work, name="waking", daemon=True)
    thread.start()
    return thread


def start_comparison(runner: JobRunner, workspace: Workspace, request: CompareRequest) -> str:
    """Backtest the methods asked for; each partial result is the leaderboard row of a method that has finished."""

    def work(progress: Progress) -> str:
        return comparing.compare(workspace, request, progress, shared_worker()).run_id

    return runner.start(COMPARISON, work, asdict(request) | {"of": _state(workspace)})


def start_tuning(runner: JobRunner, workspace: Workspace, request: TuneRequest) -> str:
    """Search better settings of a method within its time budget; what is found is kept, no run is stored."""

    def work(progress: Progress) -> None:
        tuning.tune(workspace, request, progress, shared_worker())

    return runner.start(TUNING, work, asdict(request) | {"of": _state(workspace)})


def start_forecast(runner: JobRunner, workspace: Workspace, request: ForecastRequest) -> str:
    """Forecast every series, comparing methods first when champions are wanted and none are known."""

    def work(progress: Progress) -> str:
        return forecasting.forecast(workspace, request, progress, shared_worker()).run_id

    return runner.start(FORECAST, work, asdict(request) | {"of": _state(workspace)})


def start_overrides(runner: JobRunner, workspace: Workspace, requests: Sequence[OverrideRequest], stamp: str) -> str:
    """Change the forecast by hand, as previewed under a stamp; the run is the forecast with the changes."""

    def work(progress: Progress) -> str:
        return overrides.save(workspace, requests, stamp, progress).run_id

    asked = fingerprint(repr(requests))
    return runner.start(OVERRIDING, work, {"changes": len(requests), "asked": asked, "stamp": stamp})


def start_take_back(runner: JobRunner, workspace: Workspace, override_id: str) -> str:
    """Take a change by hand back; the run is the forecast without it."""

    def work(progress: Progress) -> str | None:
        record = overrides.take_back(workspace, override_id, progress)
        return record.run_id if record else None

    return runner.start(OVERRIDING, work, {"taken_back": override_id})


def start_plan(runner: JobRunner, workspace: Workspace, options: PlanOptions) -> str:
    """Plan today's orders from the newest forecast."""

    def work(progress: Progress) -> str:
        return planning.plan(workspace, options, progress).run_id

    forecast = latest_run(workspace, FORECAST)
    came_from = {"of": _state(workspace), "forecast": forecast.run_id if forecast else ""}
    return runner.start(PLAN, work, asdict(options) | came_from)


def start_everything(runner: JobRunner, workspace: Workspace) -> str:
    """Compare, forecast and plan with what is imported, as one job; the run is the plan's."""

    def work(progress: Progress) -> str:
        return preparing.prepare(workspace, progress, shared_worker())

    return runner.start(EVERYTHING, work, {"of": _state(workspace)})


def _state(workspace: Workspace) -> str:
    """Data and settings that a job begins with: after they changed, the same request is another one."""
    data = current_version(workspace)
    return fingerprint(repr((data and data.version, settings.read(workspace))))


def running(runner: JobRunner, kind: str) -> str | None:
    """Key of the oldest job of a kind that is at work, whichever session began it; None when there is none."""
    return next((view.job_id for view in runner.active() if view.kind == kind), None)
