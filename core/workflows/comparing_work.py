"""The methods of a comparison: answers from earlier comparisons, the others computed where there is room."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from core.base.errors import CancelledError, DemandError
from core.base.language import _
from core.base.progress import Progress, Step
from core.compute.executor import Executor, WorkerError
from core.evaluate.backtest import SIDE_BY_SIDE, Backtest, Plan, backtest
from core.evaluate.folds import Ground, ground_of, known_at
from core.models import registry
from core.models.contract import ForecastModel
from core.models.networks_kept import Keeper
from core.models.networks_method import attended, watched
from core.series.panel import Panel
from core.store.workspace import Workspace
from core.workflows import comparing_cache, networks
from core.workflows.comparing_cache import Question

log = logging.getLogger(__name__)
MISHAPS: Final = (DemandError, ValueError, ArithmeticError, LookupError, TypeError, MemoryError, RuntimeError, OSError)
"""What may go wrong within one method: it costs the method's row, not the comparison."""


@dataclass(frozen=True, slots=True)
class Task:
    """One method to backtest.

    Attributes:
        key: of the method.
        settings: its settings that differ from the defaults.
    """

    key: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """Methods to backtest on one panel, as another process can work on them.

    Attributes:
        tasks: the methods, in the order in which their answers come.
        plan: horizon, origins and seed.
        max_seconds: time per method after which no further fold is begun; None = no limit.
        shelf: where networks that learned before are kept; None = nowhere.
        seconds_left: time for all of them after which no further method is begun, the first one always is; 0 = none is
            begun; None = no limit.
        max_seconds_total: that time as it was when the comparison began.
    """

    tasks: tuple[Task, ...]
    plan: Plan
    max_seconds: float | None = None
    shelf: Keeper | None = None
    seconds_left: float | None = None
    max_seconds_total: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What came of one method: its backtest, or the reason why there is none."""

    key: str
    result: Backtest | None
    reason: str = ""


def run_all(work: Work, panel: Panel, progress: Progress) -> None:
    """Backtest the methods one after the other; each Answer is reported as a partial result as soon as it is there.

    A pure function that may run in another process: the panel travels there once, and what all methods share (the
    panel as it stood at each origin) is made once.
    """
    started, ground = time.perf_counter(), ground_of(panel, work.plan)
    if len(panel.values) <= SIDE_BY_SIDE:
        folds = range(len(ground.origins))
        ground = replace(ground, known=tuple(known_at(panel, ground.origins, fold, work.plan) for fold in folds))
    for number, task in enumerate(work.tasks):
        part = progress.part(number / len(work.tasks), (number + 1) / len(work.tasks))
        late = work.seconds_left is not None and time.perf_counter() - started > work.seconds_left
        first = number == 0 and work.seconds_left != 0.0
        answer = _too_late(task, work) if late and not first else _answer(task, work, panel, ground, part)
        part.report(registry.labels()[task.key], 1.0, partial=answer)


def _too_late(task: Task, work: Work) -> Answer:
    text = _(
        "The {seconds} seconds allowed for the whole comparison were up before it began. Allow more, or compare fewer "
        "methods."
    )
    return Answer(task.key, None, text.format(seconds=f"{work.max_seconds_total:g}"))


def cheap_first(tasks: Sequence[Task]) -> list[Task]:
    """Simple methods first, as the registry lists them, then those that learn from all series, slow ones last."""
    place = {key: number for number, key in enumerate(registry.METHODS)}

    def effort(task: Task) -> tuple[bool, bool, int]:
        can = registry.capabilities(task.key)
        return can.slow, can.pooled, place[task.key]

    return sorted(tasks, key=effort)


def _answer(task: Task, work: Work, panel: Panel, ground: Ground, progress: Progress) -> Answer:
    try:
        timed = _timed(task, work, progress)
        result = backtest(_method(task, work, timed), panel, work.plan, timed, ground)
    except CancelledError:
        raise
    except MISHAPS as mishap:
        if isinstance(mishap, DemandError):
            return Answer(task.key, None, str(mishap))
        log.warning("Method %s failed in a comparison", task.key, exc_info=mishap)
        return Answer(task.key, None, _defect(task.key, f"{type(mishap).__name__}: {mishap}"))
    # what all methods share is known where the answer goes
    nothing = np.zeros(0)
    return Answer(
        task.key,
        replace(
            result,
            skus=nothing,
            locations=nothing,
            actual=nothing,
            scale=nothing,
            squared_scale=nothing,
            weight=nothing,
        ),
    )


def _method(task: Task, work: Work, progress: Progress) -> ForecastModel:
    """The method; a network goes on from a kept one and can be stopped between two rounds."""
    method = registry.create(task.key, task.settings)
    return method if work.shelf is None else watched(attended(method, work.shelf), progress)


def with_ground(result: Backtest, panel: Panel, ground: Ground) -> Backtest:
    """A result as it comes from `run_all`, with what all methods share."""
    return replace(
        result,
        skus=panel.skus,
        locations=panel.locations,
        actual=ground.actual,
        scale=ground.scale,
        squared_scale=ground.squared_scale,
        weight=ground.weight,
    )


def _defect(key: str, what: str) -> str:
    return f"{registry.labels()[key]} could not be computed on this data ({what[:200]}). The other methods went on."


def _timed(task: Task, work: Work, progress: Progress) -> Progress:
    """The same progress, which ends the method with an error when it takes too long."""
    started = time.perf_counter()

    def listen(step: Step) -> None:
        if work.max_seconds is not None and time.perf_counter() - started > work.max_seconds:
            raise DemandError(
                f"{registry.labels()[task.key]} took more than the {work.max_seconds:g} seconds allowed per method. "
                "Allow more, or leave it out."
            )
        progress.listener(step)

    return Progress(listen, progress.cancelled)


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """A comparison at work.

    Attributes:
        workspace: where answers are kept for later.
        question: what every method is asked.
        worker: where methods are computed.
        landed: told of every answer as it comes.
        limits: seconds per method after which it begins no further fold, and seconds for all after which no further
            method is begun; None = no limit.
    """

    workspace: Workspace
    question: Question
    worker: Executor
    landed: Callable[[Answer], dict[str, Any]]
    limits: tuple[float | None, float | None] = (None, None)

    def answers(self, tasks: Sequence[Task], told: Progress) -> list[Answer]:
        """One answer per task, in their order; what was asked before is not computed again.

        Raises:
            CancelledError: the user stopped it; what had come by then is kept.
        """
        found = {task.key: self._kept(task) for task in tasks}
        open_tasks = cheap_first([task for task in tasks if found[task.key] is None])
        known = [answer for answer in found.values() if answer is not None]
        for answer in known:
            self._report(told, answer, 0.0)
        fresh = self._computed(open_tasks, told) if open_tasks else []
        by_key = {answer.key: answer for answer in (*known, *fresh)}
        return [by_key[task.key] for task in tasks]

    def _kept(self, task: Task) -> Answer | None:
        stored = comparing_cache.known(self.workspace, self.question, task.key, task.settings)
        return None if stored is None else Answer(task.key, stored)

    def _computed(self, tasks: Sequence[Task], told: Progress) -> list[Answer]:
        """Answers of methods nobody asked before; a worker that dies takes only the method it was at with it."""
        started, (each, together) = time.perf_counter(), self.limits
        settings = {task.key: task.settings for task in tasks}
        done: list[Answer] = []

        def listen(step: Step) -> None:
            if not isinstance(step.partial, Answer):
                told.listener(step)
                return
            answer = self._settled(step.partial, settings[step.partial.key])
            done.append(answer)
            self._report(told, answer, step.fraction)

        shelf = networks.shelf(self.workspace, self.question.dataset.version)
        while len(done) < len(tasks):
            left = together
            if together is not None and done:
                left = max(together - (time.perf_counter() - started), 0.0)
            work = Work(tuple(tasks[len(done) :]), self.question.plan, each, shelf, left, together)
            try:
                self.worker.run(run_all, work, self.question.panel, progress=Progress(listen, told.cancelled))
            except WorkerError as died:
                log.warning("The worker died at method %s", work.tasks[0].key, exc_info=died)
                key = tasks[len(done)].key
                done.append(Answer(key, None, _defect(key, str(died).strip().splitlines()[-1])))
                self._report(told, done[-1], len(done) / len(tasks))
        return done

    def _settled(self, answer: Answer, settings: Mapping[str, Any]) -> Answer:
        """The answer with what all methods share, kept for later."""
        if answer.result is None:
            return answer
        result = with_ground(answer.result, self.question.panel, self.question.ground)
        comparing_cache.keep(self.workspace, self.question, result, settings)
        return replace(answer, result=result)

    def _report(self, told: Progress, answer: Answer, fraction: float) -> None:
        told.listener(Step(registry.labels()[answer.key], fraction, "", self.landed(answer)))
