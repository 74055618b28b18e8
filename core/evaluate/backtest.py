"""Rolling-origin backtests: what a method would have said at earlier dates, beside what then happened."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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


def backtest(model: ForecastModel, panel: Panel, plan: Plan, progress: Progress | None = None) -> Backtest:
    """Fit and forecast at every origin with nothing known after it.

    Raises:
        InsufficientHistoryError: the history is too short for one origin.
        CancelledError: the user stopped the comparison.
    """
    told = progress or silent()
    origins = rolling_origins(panel.n_periods, plan, panel.calendar.season_length)
    forecasts: list[Forecast] = []
    substitutions: dict[tuple[str, str], Substitution] = {}
    fitting = predicting = 0.0
    for number, origin in enumerate(origins):
        told.report(model.label, number / len(origins), f"fold {number + 1} of {len(origins)}")
        known = panel.until(int(origin))
        started = time.perf_counter()
        fitted, stood_in = fit_all(model, known, plan.seed)
        fitted_at = time.perf_counter()
        forecasts.append(fitted.predict(plan.horizon, LEVELS))
        fitting += fitted_at - started
        predicting += time.perf_counter() - fitted_at
        substitutions |= {(entry.sku, entry.location): entry for entry in stood_in}
    return _assembled(model.key, panel, origins, forecasts, (fitting, predicting), tuple(substitutions.values()))


def _assembled(
    key: str,
    panel: Panel,
    origins: IntArray,
    forecasts: Sequence[Forecast],
    seconds: tuple[float, float],
    substitutions: tuple[Substitution, ...],
) -> Backtest:
    dense = panel.observed()
    horizon = forecasts[0].horizon
    begun = panel.starts[None, :] < origins[:, None]
    mean = np.stack([forecast.mean for forecast in forecasts])
    scales = [error_scales(dense[:, : int(origin)], panel.calendar.season_length) for origin in origins]
    return Backtest(
        model=key,
        skus=panel.skus,
        locations=panel.locations,
        origins=origins,
        periods=np.stack([panel.calendar.periods[origin : origin + horizon] for origin in origins]),
        actual=np.stack([dense[:, origin : origin + horizon] for origin in origins]),
        mean=np.where(begun[:, :, None], mean, np.nan),
        quantiles=np.stack([forecast.quantiles for forecast in forecasts]).astype(np.float32),
        levels=LEVELS,
        scale=np.stack([absolute for absolute, _ in scales]),
        squared_scale=np.stack([squared for _, squared in scales]),
        fit_seconds=seconds[0],
        predict_seconds=seconds[1],
        substitutions=substitutions,
    )


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
