"""Rolling-origin backtests: what a method would have said at earlier dates, beside what then happened."""

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import numpy as np

from core.base.language import _
from core.base.progress import Progress, silent
from core.base.types import AnyArray, DateArray, FloatArray, IntArray
from core.compute.linear_algebra import one_thread
from core.compute.memory import MemoryWatch
from core.compute.pieces import in_turn
from core.evaluate.drawing import Drawn, drawn
from core.evaluate.folds import Ground, Plan, error_scales, ground_of, known_at, rolling_origins
from core.evaluate.updating import Learned, learn, updated
from core.models.contract import Capabilities, ForecastModel
from core.models.substitution import Substitution, fit_all
from core.series.features_drivers import event_drivers
from core.series.forecast import LEVELS
from core.series.panel import Panel

__all__ = ["Backtest", "Ground", "Plan", "backtest", "error_scales", "ground_of", "rolling_origins"]

ROOM: Final = 5_100_000_000
"""Bytes that folds worked on side by side may take together."""
ALONE, LEARNERS, DRIVER = 45.0, 110.0, 45.0
"""Bytes a fold takes per observation of the panel: of methods that learn from each series by itself, of those that make
tables of all series together, and more of these for each driver they make tables of (measured on panels of 3,500 series
× 730 days, a third of them launched or out of stock for a while, without drivers and with two)."""


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """Actual and forecast at each origin.

    Attributes:
        model: key of the method.
        skus, locations: of each series, shape (n_series,).
        origins: trading periods known at each origin, ascending, shape (n_origins,).
        periods: first day of each forecast period, datetime64[D], shape (n_origins, horizon).
        actual: units, NaN = not observed or out of stock, shape (n_origins, n_series, horizon).
        mean: expected units, NaN = the series had not begun, same shape.
        quantiles: units, shape (n_origins, n_series, horizon, n_levels).
        levels: quantile levels.
        scale: mean absolute seasonal difference of the known history, units, shape (n_origins, n_series).
        squared_scale: mean squared first difference of the known history, shape (n_origins, n_series).
        fit_seconds, predict_seconds: wall time of each origin, added up; they may have been worked on side by side.
        substitutions: series for which another method had to stand in, with the reason.
        cached: whether it was computed for an earlier comparison.
        weight: of each series in WRMSSE, ≥ 0, shape (n_series,) or empty.
        peak_bytes: memory taken besides what was held before, see MemoryWatch; None = not known.
        note: a sentence on how the plan was carried out, "" when as asked.
        totals: quantiles of the units of all periods of the horizon together, at drawing.TOTAL_LEVELS, shape
            (n_origins, n_series, n_total_levels), or empty.
        memo: figures computed from the arrays once and asked for often.
    """

    model: str
    skus: AnyArray
    locations: AnyArray
    origins: IntArray
    periods: DateArray
    actual: FloatArray
    mean: FloatArray
    quantiles: AnyArray
    levels: tuple[float, ...]
    scale: FloatArray
    squared_scale: FloatArray
    fit_seconds: float
    predict_seconds: float
    substitutions: tuple[Substitution, ...]
    cached: bool = False
    weight: FloatArray = field(default_factory=lambda: np.zeros(0))
    peak_bytes: int | None = None
    note: str = ""
    totals: AnyArray = field(default_factory=lambda: np.zeros(0, np.float32))
    memo: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """What a method said at one origin.

    Attributes:
        number: of the origin, 0 = the first.
        said: its forecast.
        substitutions: series for which another method had to stand in.
        fit_seconds, predict_seconds: wall time.
        anew: whether the method was fitted there, not brought up to date from the first origin.
    """

    number: int
    said: Drawn
    substitutions: tuple[Substitution, ...]
    fit_seconds: float
    predict_seconds: float
    anew: bool


def backtest(
    model: ForecastModel, panel: Panel, plan: Plan, progress: Progress | None = None, ground: Ground | None = None
) -> Backtest:
    """Fit and forecast at every origin with nothing known after it.

    Args:
        model: the method.
        panel: all series.
        plan: horizon and origins.
        progress: told before each fold.
        ground: what ground_of(panel, plan) gave, when it is known already.

    Raises:
        InsufficientHistoryError: the history is too short for one origin.
        CancelledError: the user stopped the comparison.
    """
    told = progress or silent()
    course = Course(model, panel, plan, ground or ground_of(panel, plan))
    with MemoryWatch() as memory:

        def step(number: int) -> list[Fold]:
            with memory.at_work(model.key):
                return course.step(number, told)

        steps = [partial(step, number) for number in range(steps_of(plan, course.ground))]
        # a network has the machine to itself
        size = 1.0 if model.capabilities.slow else size_of(model.capabilities, panel)
        folds = [fold for made in in_turn(steps, [size] * len(steps)) for fold in made]
    return replace(course.result(folds), peak_bytes=memory.peak_bytes(model.key))


def steps_of(plan: Plan, ground: Ground) -> int:
    """How many independent steps a backtest has: one per origin, or one where the first origin teaches the later."""
    return len(ground.origins) if plan.refit else 1


def size_of(can: Capabilities, panel: Panel) -> float:
    """Share of the room for folds side by side that one fold of a method takes."""
    # of events most shops have one row for all series
    tables = DRIVER * len(set(panel.drivers) - set(event_drivers(panel))) if can.drivers else 0.0
    return (LEARNERS + tables if can.pooled or can.drivers else ALONE) * len(panel.values) / ROOM


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A method on its way through the origins, in the steps of `steps_of`; fields as in `backtest`."""

    model: ForecastModel
    panel: Panel
    plan: Plan
    ground: Ground

    def step(self, number: int, told: Progress) -> list[Fold]:
        """What the method says at the origins of a step; `told` before each origin.

        Linear algebra stays on one thread, but for networks: those have the machine to themselves.
        """
        with nullcontext() if self.model.capabilities.slow else one_thread():
            if self.plan.refit:
                return [self._fold(number, None, told)]
            started = time.perf_counter()
            learned = learn(self.model, self._known(0), self.plan.seed)
            seconds = time.perf_counter() - started
            folds = [self._fold(origin, learned, told) for origin in range(len(self.ground.origins))]
        return [replace(folds[0], fit_seconds=folds[0].fit_seconds + seconds), *folds[1:]]

    def result(self, folds: Sequence[Fold]) -> Backtest:
        """The backtest from the folds of all steps, in any order."""
        ordered, held = sorted(folds, key=lambda fold: fold.number), self.ground
        stood_in = {(entry.sku, entry.location): entry for fold in ordered for entry in fold.substitutions}
        begun = self.panel.starts[None, :] < held.origins[:, None]
        mean = np.stack([fold.said.mean for fold in ordered])
        mean[~begun] = np.nan
        anew = not self.plan.refit and any(fold.anew for fold in ordered)
        return Backtest(
            model=self.model.key,
            skus=self.panel.skus,
            locations=self.panel.locations,
            origins=held.origins,
            periods=held.periods,
            actual=held.actual,
            mean=mean,
            quantiles=np.stack([fold.said.quantiles for fold in ordered]),
            levels=LEVELS,
            scale=held.scale,
            squared_scale=held.squared_scale,
            fit_seconds=sum(fold.fit_seconds for fold in ordered),
            predict_seconds=sum(fold.predict_seconds for fold in ordered),
            substitutions=tuple(stood_in.values()),
            weight=held.weight,
            totals=np.stack([fold.said.totals for fold in ordered]),
            note=_("Learned anew at each past date: it cannot be brought up to date.") if anew else "",
        )

    def _known(self, number: int) -> Panel:
        """The panel as it stood at an origin."""
        if self.ground.known:
            return self.ground.known[number]
        return known_at(self.panel, self.ground.origins, number, self.plan)

    def _fold(self, number: int, learned: Learned | None, told: Progress) -> Fold:
        """Forecast at one origin."""
        n_folds = len(self.ground.origins)
        told.report(self.model.label, number / n_folds, f"fold {number + 1} of {n_folds}")
        known, seed = self._known(number), self.plan.seed
        started = time.perf_counter()
        fitted, stood_in = updated(learned, self.model, known, seed) if learned else fit_all(self.model, known, seed)
        fitted_at = time.perf_counter()
        said = drawn(fitted, self.plan.horizon, self.plan.gap, seed)
        return Fold(number, said, stood_in, fitted_at - started, time.perf_counter() - fitted_at, learned is None)
