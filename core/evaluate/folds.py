"""Where a rolling-origin comparison stands: its origins, what was known at each, and what then happened."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import numpy as np

from core.base.calendar import TradingCalendar
from core.base.errors import InsufficientHistoryError, ParameterError
from core.base.types import DateArray, FloatArray, IntArray
from core.compute.pieces import gathered
from core.series.panel import Panel

MIN_TRAINING_SEASONS: Final = 2
"""Seasons the first origin keeps for learning where the history allows it."""
MOST_FOLDS, MOST_GAP, LEAST_WINDOW = 60, 730, 2


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """How a comparison is set up: every origin forecasts `horizon` periods from what was known then.

    Attributes:
        horizon: trading periods ahead.
        folds: number of origins; the last one ends with the history.
        seed: of all random draws.
        window: trading periods learned from at each origin (a sliding window); None = all (an expanding one).
        gap: trading periods between the last known one and the first one forecast, e.g. until data arrives.
        refit: whether parameters are learned anew at each origin; else those of the first origin stay, and what a
            method remembers of the past (levels, seasons) is brought up to each later origin with them.
    """

    horizon: int
    folds: int = 3
    seed: int = 0
    window: int | None = None
    gap: int = 0
    refit: bool = True

    def check(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ParameterError: a number lies outside what it may be.
        """
        for name, value, low, high in (
            ("Horizon", self.horizon, 1, 3650),
            ("Number of past dates", self.folds, 1, MOST_FOLDS),
            ("Gap", self.gap, 0, MOST_GAP),
            ("Window", LEAST_WINDOW if self.window is None else self.window, LEAST_WINDOW, 36500),
        ):
            if not low <= value <= high:
                raise ParameterError.outside(name, value, low=low, high=high)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What a backtest of any method is held against; the same for all methods of a comparison.

    Attributes:
        origins: trading periods known at each origin, ascending, shape (n_origins,).
        periods: first day of each forecast period, datetime64[D], shape (n_origins, horizon).
        actual: units, NaN = not observed or out of stock, shape (n_origins, n_series, horizon).
        scale: mean absolute seasonal difference of the known history, units, shape (n_origins, n_series).
        squared_scale: mean squared first difference of the known history, shape (n_origins, n_series).
        weight: of each series in WRMSSE, ≥ 0: money or units sold, shape (n_series,) or empty.
        known: the panel as it stood at each origin, cut once for all methods; empty where memory would be short.
    """

    origins: IntArray
    periods: DateArray
    actual: FloatArray
    scale: FloatArray
    squared_scale: FloatArray
    weight: FloatArray = field(default_factory=lambda: np.zeros(0))
    known: tuple[Panel, ...] = ()


def ground_of(panel: Panel, plan: Plan, weight: FloatArray | None = None) -> Ground:
    """Actuals and scales at every origin; scales always come from all that was known, whatever the window.

    Args:
        panel: all series.
        plan: horizon and origins.
        weight: of each series in WRMSSE, e.g. money, NaN = unknown, shape (n_series,); where any is unknown or none is
            given, units sold in the season before the last origin stand in for all.

    Raises:
        InsufficientHistoryError: the history is too short for one origin.
        ParameterError: the plan asks for what cannot be.
    """
    plan.check()
    season, dense = panel.calendar.season_length, panel.observed()
    origins = rolling_origins(panel.n_periods, plan, season)
    scales = gathered([partial(error_scales, dense[:, : int(origin)], season) for origin in origins])
    first = origins + plan.gap
    return Ground(
        origins=origins,
        periods=np.stack([panel.calendar.periods[at : at + plan.horizon] for at in first]),
        actual=np.stack([dense[:, at : at + plan.horizon] for at in first]),
        scale=np.stack([absolute for absolute, _ in scales]),
        squared_scale=np.stack([squared for _, squared in scales]),
        weight=weight_at(panel, int(origins[-1]), weight),
    )


def weight_at(panel: Panel, n_known: int, weight: FloatArray | None = None) -> FloatArray:
    """How much each series counts, ≥ 0, shape (n_series,).

    Args:
        panel: all series.
        n_known: periods known.
        weight: e.g. money, NaN = unknown, shape (n_series,); where any is unknown or none is given, the units sold in
            the last known year stand in for all.
    """
    if weight is not None and not np.isnan(weight).any() and (weight > 0).any():
        return weight
    return np.asarray(np.nansum(panel.observed()[:, :n_known][:, panel.calendar.until(n_known).in_last_year], axis=1))


def rolling_origins(n_periods: int, plan: Plan, season_length: int) -> IntArray:
    """Numbers of known periods at each origin, ascending; fewer folds when the history is short.

    Raises:
        InsufficientHistoryError: not even one origin leaves as much history as it forecasts.

    Example:
        >>> rolling_origins(100, Plan(horizon=10, folds=3), 7).tolist()
        [70, 80, 90]
        >>> rolling_origins(100, Plan(horizon=10, folds=3, gap=5), 7).tolist()
        [65, 75, 85]
    """
    least = max(min(MIN_TRAINING_SEASONS * season_length, n_periods // 2), 2)
    origins = n_periods - plan.gap - plan.horizon * np.arange(plan.folds, 0, -1)
    origins = origins[origins >= least]
    if not len(origins):
        gap = f" after a gap of {plan.gap}" if plan.gap else ""
        raise InsufficientHistoryError(
            f"A comparison over {plan.horizon} periods{gap} needs at least {least + plan.horizon + plan.gap} periods "
            f"of history; the data has {n_periods}. Choose a shorter horizon or upload a longer history."
        )
    return np.asarray(origins, np.int64)


def known_at(panel: Panel, origins: IntArray, number: int, plan: Plan) -> Panel:
    """What was known at an origin: everything before it, or what lies in the window.

    Where parameters are learned at the first origin only, a window begins there for all: a memory that is rolled along
    cannot be cut off behind.

    Args:
        panel: all series.
        origins: numbers of known periods, ascending, shape (n_origins,).
        number: which of them is meant.
        plan: says the window.
    """
    known = panel.until(int(origins[number]))
    if plan.window is None:
        return known
    return since(known, int(origins[number if plan.refit else 0]) - plan.window)


def since(panel: Panel, first: int) -> Panel:
    """The panel without its first periods; drivers planned ahead stay."""
    if first <= 0:
        return panel
    calendar, starts = panel.calendar, np.maximum(panel.starts - first, 0)
    lengths = panel.n_periods - first - starts
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    # every series ends with the calendar, so what stays of it is its end
    keep = np.repeat(panel.offsets[1:] - offsets[1:], lengths) + np.arange(offsets[-1])
    return replace(
        panel,
        values=panel.values[keep],
        offsets=offsets,
        calendar=TradingCalendar(
            calendar.frequency, calendar.periods[first:], calendar.closed_weekdays, calendar.closed_dates
        ),
        censored=panel.censored[keep],
        drivers={name: flat[keep] for name, flat in panel.drivers.items()},
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
