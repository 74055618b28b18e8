"""Rolling-origin backtests: what a method would have said at earlier dates, beside what then happened."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from core.base.errors import InsufficientHistoryError
from core.base.progress import Progress, silent
from core.base.types import AnyArray, DateArray, FloatArray, IntArray
from core.models.contract import ForecastModel
from core.models.substitution import Substitution, fit_all
from core.series.forecast import LEVELS, Forecast
from core.series.panel import Panel

MIN_TRAINING_SEASONS: Final = 2
"""Seasons the first origin keeps for learning where the history allows it."""
SIDE_BY_SIDE: Final = 5_000_000
"""Most observations of a panel whose folds are worked on side by side; of larger ones memory would be short."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """How a comparison is set up: every origin forecasts `horizon` periods, refitted on what was known then.

    Attributes:
        horizon: trading periods ahead.
        folds: number of origins, the last one `horizon` periods before the end of the history.
        seed: of all random draws.
    """

    horizon: int
    folds: int = 3
    seed: int = 0


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
    memo: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What a backtest of any method is held against: fields as in Backtest."""

    origins: IntArray
    periods: DateArray
    actual: FloatArray
    scale: FloatArray
    squared_scale: FloatArray


def ground_of(panel: Panel, plan: Plan) -> Ground:
    """Actuals and scales at every origin; the same for all methods, so a comparison needs them once.

    Raises:
        InsufficientHistoryError: the history is too short for one origin.
    """
    season, dense = panel.calendar.season_length, panel.observed()
    origins = rolling_origins(panel.n_periods, plan, season)
    scales = [error_scales(dense[:, : int(origin)], season) for origin in origins]
    return Ground(
        origins=origins,
        periods=np.stack([panel.calendar.periods[origin : origin + plan.horizon] for origin in origins]),
        actual=np.stack([dense[:, origin : origin + plan.horizon] for origin in origins]),
        scale=np.stack([absolute for absolute, _ in scales]),
        squared_scale=np.stack([squared for _, squared in scales]),
    )


def rolling_origins(n_periods: int, plan: Plan, season_length: int) -> IntArray:
    """Numbers of known periods at each origin, ascending; fewer folds when the history is short.

    Raises:
        InsufficientHistoryError: not even one origin leaves as much history as it forecasts.

    Example:
        >>> rolling_origins(100, Plan(horizon=10, folds=3), 7).tolist()
        [70, 80, 90]
    """
    least = max(min(MIN_TRAINING_SEASONS * season_length, n_periods // 2), 2)
    origins = n_periods - plan.horizon * np.arange(plan.folds, 0, -1)
    origins = origins[origins >= least]
    if not len(origins):
        raise InsufficientHistoryError(
            f"A comparison over {plan.horizon} periods needs at least {least + plan.horizon} periods of history; the "
            f"data has {n_periods}. Choose a shorter horizon or upload a longer history."
        )
    return np.asarray(origins, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """What a method said at one origin, with the wall time it took."""

    forecast: Forecast
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
    folds = _folds(model, panel, plan, held.origins, told)
    seconds = time.perf_counter() - started
    fitting, predicting = (sum(each) for each in zip(*((f.fit_seconds, f.predict_seconds) for f in folds), strict=True))
    # folds side by side each took longer than alone: both columns together are what was waited for
    share = min(seconds / max(fitting + predicting, 1e-9), 1.0)
    stood_in = {(entry.sku, entry.location): entry for fold in folds for entry in fold.substitutions}
    begun = panel.starts[None, :] < held.origins[:, None]
    mean = np.stack([fold.forecast.mean for fold in folds])
    return Backtest(
        model=model.key,
        skus=panel.skus,
        locations=panel.locations,
        origins=held.origins,
        periods=held.periods,
        actual=held.actual,
        mean=np.where(begun[:, :, None], mean, np.nan),
        quantiles=np.stack([fold.forecast.quantiles.astype(np.float32) for fold in folds]),
        levels=LEVELS,
        scale=held.scale,
        squared_scale=held.squared_scale,
        fit_seconds=fitting * share,
        predict_seconds=predicting * share,
        substitutions=tuple(stood_in.values()),
    )


def _folds(model: ForecastModel, panel: Panel, plan: Plan, origins: IntArray, told: Progress) -> list[Fold]:
    """Every fold, side by side where the panel is small enough.

    Methods that learn from all series together use every core already, and networks hold state of one fold only.
    """

    def one(number: int) -> Fold:
        told.report(model.label, number / len(origins), f"fold {number + 1} of {len(origins)}")
        return _fold(model, panel.until(int(origins[number])), plan)

    if model.capabilities.pooled or model.capabilities.slow or len(panel.values) > SIDE_BY_SIDE:
        return [one(number) for number in range(len(origins))]
    with ThreadPoolExecutor(min(len(origins), 3)) as pool:
        # each fold speaks the language of the caller
        waiting = [pool.submit(copy_context().run, one, number) for number in range(len(origins))]
        return [each.result() for each in waiting]


def _fold(model: ForecastModel, known: Panel, plan: Plan) -> Fold:
    started = time.perf_counter()
    fitted, stood_in = fit_all(model, known, plan.seed)
    fitted_at = time.perf_counter()
    forecast = fitted.predict(plan.horizon, LEVELS)
    return Fold(forecast, stood_in, fitted_at - started, time.perf_counter() - fitted_at)


def error_scales(history: FloatArray, season_length: int) -> tuple[FloatArray, FloatArray]:
    """Denominators of MASE and RMSSE from the known history, each of shape (n_series,); NaN where undefined.

    The absolute scale is the mean |y(t) − y(t − m)| (Hyndman & Koehler 2006, with the seasonal lag m, or 1 when the
    history is no longer than a season); the squared one the mean (y(t) − y(t − 1))² from the first sale on
    (Makridakis et al. 2022).
    """
    lag = season_length if history.shape[1] > season_length else 1
    sold = np.nan_to_num(history) > 0
    begun = np.logical_or.accumulate(sold, axis=1)
    seen = np.where(begun, history, np.nan)
    return _mean_known(np.abs(history[:, lag:] - history[:, :-lag])), _mean_known((seen[:, 1:] - seen[:, :-1]) ** 2)


def _mean_known(values: FloatArray) -> FloatArray:
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return np.asarray(np.where(mean > 0, mean, np.nan))
