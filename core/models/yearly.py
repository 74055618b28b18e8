"""The year as a few slow waves of each series: a second season beside that of the week, once two years are known."""

from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.types import BoolArray, FloatArray
from core.series.features_calendar import DAYS_PER_YEAR, yearly_columns
from core.series.panel import Panel

PAIRS: Final = 2
"""Sine and cosine pairs of a year."""
YEARS_NEEDED: Final = 2
EXPECTED: Final = 0.3
"""Size of a wave expected before seeing data, as a share of the mean (standard deviation)."""
TOGETHER: Final = 28.0
"""Days that err together: what so many of them say of a slow wave counts as one observation."""
LOWEST: Final = 0.2
"""Least factor of a day."""


def flat_year(n_series: int) -> FloatArray:
    """The waves of a year without shape, shape (n_series, 2 · PAIRS)."""
    return np.zeros((n_series, 2 * PAIRS))


def waves_of(history: Panel) -> FloatArray:
    """Weights of sines and cosines as shares of each series' mean, shape (n_series, 2 · PAIRS).

    Demand is regressed on a straight line and the waves. A ridge penalty pulls the waves towards 0: the variance of
    the errors, 28 days counting as one, over the variance expected of a wave. Only of days, since the season of weeks
    and months is the year itself; and only of series known for two years.

    Source:
        Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, section 2.3.4 (trigonometric
        seasonality); Hoerl & Kennard (1970), Ridge regression, Technometrics 12, 55–67.
    """
    demand = history.observed()
    known = ~np.isnan(demand)
    told = known.any(axis=1) & (_days_known(history, known) >= YEARS_NEEDED * DAYS_PER_YEAR)
    result = flat_year(len(history))
    if history.frequency is not Frequency.DAY or not told.any():
        return result
    demand, known = np.nan_to_num(demand[told]), known[told].astype(np.float64)
    line = np.linspace(-1.0, 1.0, history.n_periods)
    waves = yearly_columns(history.calendar.periods, history.frequency, PAIRS).values
    columns = np.column_stack([np.ones_like(line), line, waves])
    products = (columns[:, :, None] * columns[:, None, :]).reshape(len(line), -1)
    # not matrix products: their rounding would depend on which other series there are
    square = np.einsum("st,tk->sk", known, products).reshape(-1, columns.shape[1], columns.shape[1])
    cross = np.einsum("st,tk->sk", demand, columns)
    count = known.sum(axis=1)
    mean = np.maximum(demand.sum(axis=1) / count, 1e-12)
    free = _solved(square, cross, np.zeros(len(count)))
    error = known * (demand - np.einsum("sk,tk->st", free, columns))
    variance = np.einsum("st,st->s", error, error) / count
    result[told] = _solved(square, cross, TOGETHER * variance / (EXPECTED * mean) ** 2)[:, 2:] / mean[:, None]
    return result


def _days_known(history: Panel, known: BoolArray) -> FloatArray:
    """Days from the first to the last observation of each series, both included, shape (n_series,)."""
    days = history.calendar.periods.astype(np.int64)
    first, last = known.argmax(axis=1), known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    return np.asarray(days[last] - days[first] + 1, np.float64)


def _solved(square: FloatArray, cross: FloatArray, penalty: FloatArray) -> FloatArray:
    """Coefficients of line and waves, the waves pulled by a penalty per series, shape (n_series, 2 + 2 · PAIRS)."""
    size = square.shape[1]
    # a faint pull at least, so that columns that say the same can be told apart
    pull = np.diag(np.full(size, 1e-6)) + penalty[:, None, None] * np.diag([0.0, 0.0, *np.ones(size - 2)])
    return np.asarray(np.linalg.solve(square + pull, cross[:, :, None])[:, :, 0])


def factors(waves: FloatArray, history: Panel, ahead: int) -> FloatArray:
    """Demand of each day as a multiple of the year's average, shape (n_series, n_periods + ahead).

    Args:
        waves: as `waves_of` gave them.
        history: the panel whose calendar places the days.
        ahead: periods after the history.
    """
    periods = np.concatenate([history.calendar.periods, history.calendar.following(ahead)])
    columns = yearly_columns(periods, history.frequency, PAIRS).values
    return np.maximum(1.0 + np.einsum("sk,tk->st", waves, columns), LOWEST)
