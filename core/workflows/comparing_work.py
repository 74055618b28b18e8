"""The methods of a comparison: answers from earlier comparisons, the others computed where there is room."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from core.base.progress import Progress, Step
from core.compute.executor import Executor, WorkerError
from core.models import registry
from core.store.workspace import Workspace
from core.workflows import comparing_cache, networks
from core.workflows.comparing_cache import Question
from core.workflows.comparing_trials import Answer, Begun, Task, Work, defect, run_all, with_ground

__all__ = ["Answer", "Round", "Task", "cheap_first"]

log = logging.getLogger(__name__)


def cheap_first(tasks: Sequence[Task]) -> list[Task]:
    """Simple methods first, as the registry lists them, then those that learn from all series, slow ones last."""
    place = {key: number for number, key in enumerate(registry.METHODS)}

    def effort(task: Task) -> tuple[bool, bool, int]:
        can = registry.capabilities(task.key)
        return can.slow, can.pooled, place[task.key]

    return sorted(tasks, key=effort)


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
            self.report(told, answer, 0.0)
        fresh = self._computed(open_tasks, told) if open_tasks else []
        by_key = {answer.key: answer for answer in (*known, *fresh)}
        return [by_key[task.key] for task in tasks]

    def _kept(self, task: Task) -> Answer | None:
        stored = comparing_cache.known(self.workspace, self.question, task.key, task.settings)
        return None if stored is None else Answer(task.key, stored)

    def _computed(self, tasks: Sequence[Task], told: Progress) -> list[Answer]:
        """Answers of methods nobody asked before, as they came.

        A worker that dies takes only the method with it that it died of: where several were at work, each of them is
        tried again alone.
        """
        started, (each, together) = time.perf_counter(), self.limits
        shelf = networks.shelf(self.workspace, self.question.dataset.version)
        landing = Landing(self, tasks, told)
        suspects: list[Task] = []
        while landing.awaited:
            left = together
            if together is not None and landing.done:
                left = max(together - (time.perf_counter() - started), 0.0)
            asked = tuple(suspects[:1] or landing.awaited.values())
            work = Work(asked, self.question.plan, each, shelf, left, together)
            try:
                self.worker.run(run_all, work, self.question.panel, progress=landing.listening(len(asked)))
            except WorkerError as died:
                at_work = landing.at_work or [asked[0]]
                log.warning("The worker died at %s", ", ".join(task.key for task in at_work), exc_info=died)
                if len(at_work) == 1:
                    reason = defect(at_work[0].key, str(died).strip().splitlines()[-1])
                    landing.take(Answer(at_work[0].key, None, reason))
                suspects = [*at_work, *suspects]
            suspects = [task for task in suspects if task.key in landing.awaited]
        return landing.done

    def settled(self, answer: Answer, settings: Mapping[str, Any]) -> Answer:
        """The answer with what all methods share, kept for later."""
        if answer.result is None:
            return answer
        result = with_ground(answer.result, self.question.panel, self.question.ground)
        comparing_cache.keep(self.workspace, self.question, result, settings)
        return replace(answer, result=result)

    def report(self, told: Progress, answer: Answer, fraction: float) -> None:
        """Tell of an answer."""
        told.listener(Step(registry.labels()[answer.key], fraction, "", self.landed(answer)))


class Landing:
    """Where the answers of a round arrive: those that came, and those still awaited."""

    def __init__(self, whole: Round, tasks: Sequence[Task], told: Progress) -> None:
        """Nothing has come yet."""
        self.awaited: Final = {task.key: task for task in tasks}
        self.done: Final[list[Answer]] = []
        self._round: Final = whole
        self._told: Final = told
        self._n_tasks: Final = len(tasks)
        self._begun: Final[dict[str, None]] = {}

    @property
    def at_work(self) -> list[Task]:
        """Methods that had begun and did not end."""
        return [self.awaited[key] for key in self._begun if key in self.awaited]

    def listening(self, n_asked: int) -> Progress:
        """Where a worker tells of so many methods, from its beginning."""
        self._begun.clear()
        done = len(self.done)
        return Progress(self._listen, self._told.cancelled).part(done / self._n_tasks, (done + n_asked) / self._n_tasks)

    def take(self, answer: Answer) -> None:
        """Take in an answer and tell of it."""
        settled = self._round.settled(answer, self.awaited.pop(answer.key).settings)
        self.done.append(settled)
        self._round.report(self._told, settled, len(self.done) / self._n_tasks)

    def _listen(self, step: Step) -> None:
        if isinstance(step.partial, Answer):
            self.take(step.partial)
            return
        if isinstance(step.partial, Begun):
            self._begun[step.partial.key] = None
            step = replace(step, partial=None)
        self._told.listener(step)
