"""One method of a comparison: its answer from an earlier comparison, or computed where there is room."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.base.errors import DemandError
from core.base.progress import Progress, Step
from core.compute.executor import Executor
from core.evaluate.backtest import Backtest, Ground, Plan, backtest
from core.models import registry
from core.series.panel import Panel
from core.store.workspace import Workspace
from core.workflows import comparing_cache
from core.workflows.comparing_cache import Question


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One method's backtest, as another process can work on it.

    Attributes:
        key: of the method.
        settings: its settings that differ from the defaults.
        plan: horizon, origins and seed.
        ground: what happened at those origins.
        max_seconds: time after which no further fold is begun; None = no limit.
    """

    key: str
    settings: Mapping[str, Any]
    plan: Plan
    ground: Ground
    max_seconds: float | None = None


def run_one(task: Task, panel: Panel, progress: Progress) -> Backtest:
    """Backtest one method; a pure function that may run in another process.

    Raises:
        DemandError: the method took longer than allowed, or cannot be fitted.
    """
    started = time.perf_counter()

    def listen(step: Step) -> None:
        seconds = time.perf_counter() - started
        if task.max_seconds is not None and seconds > task.max_seconds:
            raise DemandError(
                f"{registry.labels()[task.key]} took more than the {task.max_seconds:g} seconds allowed per method. "
                "Allow more, or leave it out."
            )
        progress.listener(step)

    method = registry.create(task.key, task.settings)
    return backtest(method, panel, task.plan, Progress(listen, progress.cancelled), task.ground)


def result_of(workspace: Workspace, task: Task, question: Question, worker: Executor, progress: Progress) -> Backtest:
    """What the method said, from an earlier comparison if it was asked the same; otherwise it is kept for later.

    Raises:
        DemandError: see run_one.
        CancelledError: the user stopped it.
    """
    found = comparing_cache.known(workspace, question, task.key, task.settings)
    if found is not None:
        return found
    result = worker.run(run_one, task, question.panel, progress=progress)
    comparing_cache.keep(workspace, question, result, task.settings)
    # another process sends copies of what all methods share
    ground = question.ground
    return replace(result, actual=ground.actual, scale=ground.scale, squared_scale=ground.squared_scale)
