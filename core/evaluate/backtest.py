"""Rolling-origin backtests: what a method would have said at earlier dates, beside what then happened."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from core.base.language import _
from core.base.progress import Progress, silent
from core.base.types import AnyArray, DateArray, FloatArray, IntArray
from core.compute.memory import PeakMemory
from core.compute.threads import at_most
from core.evaluate.drawing import Drawn, drawn
from core.evaluate.folds import Ground, Plan, error_scales, ground_of, known_at, rolling_origins
from core.evaluate.updating import Learned, learn, updated
from core.models.contract import ForecastModel
from core.models.pooled import one_thread
from core.models.substitution import Substitution, fit_all
from core.series.forecast import LEVELS
from core.series.panel import Panel

__all__ = ["Backtest", "Ground", "Plan", "backtest", "error_scales", "ground_of", "rolling_origins"]

SIDE_BY_SIDE: Final = 5_000_000
"""Most observations of a panel whose folds are worked on side by side; of larger ones memory would be short."""


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
        fit_seconds, predict_seconds: wall time over all origins.
        substitutions: series for which another method had to stand in, with the reason.
        cached: whether it was computed for an earlier comparison.
        weight: of each series in WRMSSE, ≥ 0, shape (n_series,) or empty.
        peak_bytes: memory taken besides what was held before, see PeakMemory; None = not known.
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
    """What a method said at one origin, with the wall time it took."""

    said: Drawn
    substitutions: tuple[Substitution, ...]
    fit_seconds: float
    predict_seconds: float


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
    told, held = progress or silent(), ground or ground_of(panel, plan)
    started = time.perf_counter()
    course = Course(model, panel, plan, held)
    with PeakMemory() as memory:
        learned = course.first_learned()
        at_first = time.perf_counter() - started
        folds = _folds(course, learned, told)
    seconds = time.perf_counter() - started
    fitting, predicting = (sum(each) for each in zip(*((f.fit_seconds, f.predict_seconds) for f in folds), strict=True))
    fitting += at_first
    # folds side by side each took longer than alone: both columns together are what was waited for
    share = min(seconds / max(fitting + predicting, 1e-9), 1.0)
    stood_in = {(entry.sku, entry.location): entry for fold in folds for entry in fold.substitutions}
    begun = panel.starts[None, :] < held.origins[:, None]
    mean = np.stack([fold.said.mean for fold in folds])
    return Backtest(
        model=model.key,
        skus=panel.skus,
        locations=panel.locations,
        origins=held.origins,
        periods=held.periods,
        actual=held.actual,
        mean=np.where(begun[:, :, None], mean, np.nan),
        quantiles=np.stack([fold.said.quantiles for fold in folds]),
        levels=LEVELS,
        scale=held.scale,
        squared_scale=held.squared_scale,
        fit_seconds=fitting * share,
        predict_seconds=predicting * share,
        substitutions=tuple(stood_in.values()),
        weight=held.weight,
        peak_bytes=memory.peak_bytes,
        totals=np.stack([fold.said.totals for fold in folds]),
        note="" if plan.refit or learned else _("Learned anew at each past date: it cannot be brought up to date."),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A method on its way through the origins; fields as in `backtest`."""

    model: ForecastModel
    panel: Panel
    plan: Plan
    ground: Ground

    def known(self, number: int) -> Panel:
        """The panel as it stood at an origin."""
        if self.ground.known:
            return self.ground.known[number]
        return known_at(self.panel, self.ground.origins, number, self.plan)

    def first_learned(self) -> Learned | None:
        """What was learned at the first origin when that shall hold for all."""
        return None if self.plan.refit else learn(self.model, self.known(0), self.plan.seed)

    def fold(self, number: int, learned: Learned | None) -> Fold:
        """Forecast at one origin."""
        known, seed = self.known(number), self.plan.seed
        started = time.perf_counter()
        fitted, stood_in = updated(learned, self.model, known, seed) if learned else fit_all(self.model, known, seed)
        fitted_at = time.perf_counter()
        said = drawn(fitted, self.plan.horizon, self.plan.gap, seed)
        return Fold(said, stood_in, fitted_at - started, time.perf_counter() - fitted_at)


def _folds(course: Course, learned: Learned | None, told: Progress) -> list[Fold]:
    """Every fold, side by side where the panel is small enough; networks hold state of one fold only."""
    model, n_folds = course.model, len(course.ground.origins)

    def one(number: int) -> Fold:
        told.report(model.label, number / n_folds, f"fold {number + 1} of {n_folds}")
        return course.fold(number, learned)

    if model.capabilities.slow or len(course.panel.values) > SIDE_BY_SIDE:
        return [one(number) for number in range(n_folds)]
    return side_by_side(one, n_folds)


def side_by_side(work: Callable[[int], Any], count: int) -> list[Any]:
    """The results of work(0) … work(count − 1), at most three at a time, each in the caller's language."""
    workers = min(count, 3)
    share = (os.cpu_count() or 1) // max(workers, 1)

    def one(number: int) -> Any:
        with at_most(share), one_thread():
            return work(number)

    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(copy_context().run, one, number) for number in range(count)]
        return [each.result() for each in waiting]
