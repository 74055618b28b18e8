"""Methods backtested side by side: a queue of pieces, one per method and past date, that keeps every core busy."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import numpy as np

from core.base.errors import CancelledError, DemandError
from core.base.language import _
from core.base.progress import Progress, Step, silent
from core.compute.memory import MemoryWatch, give_back
from core.compute.pieces import Stopwatch, gathered, in_turn
from core.compute.threads import most_threads
from core.evaluate.backtest import Backtest, Course, Fold, Plan, size_of, steps_of
from core.evaluate.folds import Ground, ground_of, known_at
from core.evaluate.metrics import series_errors
from core.models import registry
from core.models.contract import ForecastModel
from core.models.networks_kept import Keeper
from core.models.networks_method import attended, watched
from core.series.panel import Panel

log = logging.getLogger(__name__)
MISHAPS: Final = (
    DemandError, ValueError, ArithmeticError, LookupError, TypeError, MemoryError, RuntimeError, OSError, ImportError,
)  # fmt: skip
"""What may go wrong within one method: it costs the method's row, not the comparison."""
MOST_KEPT: Final = 1_000_000_000
"""Bytes the panels as they stood at the origins may take to be cut once for all methods."""


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
        tasks: the methods, in the order in which they begin.
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


@dataclass(frozen=True, slots=True)
class Begun:
    """A method is at work from now on."""

    key: str


def run_all(work: Work, panel: Panel, progress: Progress) -> None:
    """Backtest the methods, quick ones side by side; each Answer is reported as a partial result once it is there.

    A pure function that may run in another process: the panel travels there once, and what all methods share (the
    panel as it stood at each origin) is made once. Networks come last, one after the other.
    """
    started = time.perf_counter()
    ground = _with_known(ground_of(panel, work.plan), panel, work.plan)
    with MemoryWatch() as memory:
        scene = Scene(work, panel, ground, memory, progress, started)
        trials = [Trial(task, scene) for task in work.tasks]
        scene.play(_in_order([trial for trial in trials if not trial.slow], limited=work.seconds_left is not None))
        for trial in trials:
            if trial.slow:
                scene.play([trial])


def _in_order(trials: "Sequence[Trial]", *, limited: bool) -> "Sequence[Trial]":
    """As they come; where not all fit side by side and no time is set, large ones first with small ones beside them."""
    if limited or all(trial.size * most_threads() <= 1.0 for trial in trials):
        return trials
    return sorted(trials, key=lambda trial: -trial.size)


def _with_known(ground: Ground, panel: Panel, plan: Plan) -> Ground:
    """The ground with the panels as they stood at the origins, unless they were too large to be kept."""
    n_folds = len(ground.origins)
    each = panel.values.nbytes + sum(values.nbytes for values in panel.drivers.values())
    if n_folds * each > MOST_KEPT:
        return ground
    cuts = [partial(known_at, panel, ground.origins, fold, plan) for fold in range(n_folds)]
    return replace(ground, known=tuple(gathered(cuts)))


@dataclass(slots=True, eq=False)
class Scene:
    """What the methods of a comparison share while they are at work.

    Attributes:
        work, panel, progress: as in `run_all`.
        ground: where the comparison stands.
        memory: looks how much is taken.
        started: when it began, seconds as of perf_counter.
        ended: how many steps of all methods have ended.
    """

    work: Work
    panel: Panel
    ground: Ground
    memory: MemoryWatch
    progress: Progress
    started: float
    ended: int = 0

    @property
    def steps_each(self) -> int:
        """Steps of each method."""
        return steps_of(self.work.plan, self.ground)

    def play(self, trials: "Sequence[Trial]") -> None:
        """Take the steps of the methods side by side, and report every answer as it comes."""
        steps = [step for trial in trials for step in trial.steps]
        sizes = [trial.size for trial in trials for _step in trial.steps]
        with closing(in_turn(steps, sizes)) as answers:
            for answer in answers:
                self.ended += 1
                if answer is not None:
                    self.told().report(registry.labels()[answer.key], 0.0, partial=answer)

    def told(self) -> Progress:
        """Where a step that begins now tells how far it has come."""
        total = len(self.work.tasks) * self.steps_each
        return self.progress.part(self.ended / total, min(self.ended + 1, total) / total)

    def too_late(self, task: Task) -> bool:
        """Whether the method may not begin any more; the first one may, unless there was no time from the start."""
        left = self.work.seconds_left
        if left is None or (task is self.work.tasks[0] and left != 0.0):
            return False
        return time.perf_counter() - self.started > left


class Trial:
    """One method on its way through the past dates, with what its finished steps said or what went wrong."""

    def __init__(self, task: Task, scene: Scene) -> None:
        """Nothing has begun; `scene`: what it shares with the other methods."""
        self._task: Final = task
        self._scene: Final = scene
        self._turn: Final = threading.Lock()
        self._watch: Final = Stopwatch()
        self._begun = False
        self._left = scene.steps_each
        self._folds: list[Fold] = []
        self._reason = ""

    @property
    def slow(self) -> bool:
        """Whether it is to have the machine to itself."""
        return registry.capabilities(self._task.key).slow

    @property
    def size(self) -> float:
        """Share of the room a step takes."""
        return 1.0 if self.slow else size_of(registry.capabilities(self._task.key), self._scene.panel)

    @property
    def steps(self) -> list[Callable[[], Answer | None]]:
        """What is to be done, in any order; the step that ends last returns the answer."""
        return [partial(self._step, number) for number in range(self._left)]

    def _step(self, number: int) -> Answer | None:
        with self._turn:
            self._begin()
        if not self._reason:
            with self._mishaps_noted(), self._scene.memory.at_work(self._task.key), self._watch.at_work():
                told = self._timed(self._scene.told())
                folds = self._course(told).step(number, told)
                with self._turn:
                    self._folds += folds
        give_back()
        with self._turn:
            self._left -= 1
            return None if self._left else self._answer()

    def _begin(self) -> None:
        """Unless it has begun: tell so, or that there is no time left for it."""
        if self._begun:
            return
        self._begun = True
        if self._scene.too_late(self._task):
            text = _(
                "The {seconds} seconds allowed for the whole comparison were up before it began. Allow more, or "
                "compare fewer methods."
            )
            self._reason = text.format(seconds=f"{self._scene.work.max_seconds_total:g}")
        else:
            self._scene.told().report(registry.labels()[self._task.key], 0.0, partial=Begun(self._task.key))

    def _course(self, told: Progress) -> Course:
        scene = self._scene
        return Course(_method(self._task, scene.work, told), scene.panel, scene.work.plan, scene.ground)

    def _timed(self, progress: Progress) -> Progress:
        """The same progress, which ends the method with an error when it takes too long."""
        most = self._scene.work.max_seconds

        def listen(step: Step) -> None:
            if most is not None and self._watch.seconds() > most:
                raise DemandError(
                    f"{registry.labels()[self._task.key]} took more than the {most:g} seconds allowed per method. "
                    "Allow more, or leave it out."
                )
            progress.listener(step)

        return Progress(listen, progress.cancelled)

    @contextmanager
    def _mishaps_noted(self) -> Iterator[None]:
        """What goes wrong in this block is the reason why there is no result; the first mishap counts."""
        try:
            yield
        except CancelledError:
            raise
        except DemandError as refusal:
            self._reason = self._reason or str(refusal)
        except MISHAPS as mishap:
            log.warning("Method %s failed in a comparison", self._task.key, exc_info=mishap)
            self._reason = self._reason or defect(self._task.key, f"{type(mishap).__name__}: {mishap}")

    def _answer(self) -> Answer:
        """The backtest, scored here while other methods are still at work, or the reason why there is none."""
        if not self._reason:
            with self._mishaps_noted():
                return Answer(self._task.key, self._result())
        return Answer(self._task.key, None, self._reason)

    def _result(self) -> Backtest:
        memory = self._scene.memory
        result = self._course(silent()).result(self._folds)
        series_errors(result)
        memory.keep(result.mean, result.quantiles, result.totals)
        # what all methods share is known where the answer goes
        nothing = np.zeros(0)
        return replace(
            result,
            skus=nothing,
            locations=nothing,
            actual=nothing,
            scale=nothing,
            squared_scale=nothing,
            weight=nothing,
            peak_bytes=memory.peak_bytes(self._task.key),
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


def defect(key: str, what: str) -> str:
    """Why a method has no result, in a sentence."""
    cause = what[:200].rstrip(".")
    return f"{registry.labels()[key]} could not be computed on this data ({cause}). The other methods went on."
