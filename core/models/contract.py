"""The contract of a forecasting method: settings that fit, and the fitted thing that alone can predict."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np

from core.base.types import FloatArray, IntArray
from core.series.forecast import DemandPaths, Forecast
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What may be asked of a method.

    Attributes:
        min_history: observed periods a series must have; shorter ones raise InsufficientHistoryError.
        missing_values: whether NaN periods inside the history are understood.
        drivers: whether price, promotion and other drivers change the forecast.
        pooled: whether one fit learns from all series together (then the order of series may matter).
        intermittent: whether it is meant for series with mostly zeros.
        slow: whether it takes much longer than the others (a neural network).
        default: whether it is compared without being asked for: quick, and seldom beaten by a close relative.
    """

    min_history: int = 1
    missing_values: bool = True
    drivers: bool = False
    pooled: bool = False
    intermittent: bool = True
    slow: bool = False
    default: bool = True


class PointForecaster(Protocol):
    """Learned parameters that can say what they would have expected at any origin in the history.

    A class attribute `rolls = True` says that replacing the field `history` by a longer panel of the same series gives
    the same parameters knowing more, so that a backtest may bring them up to date instead of learning anew.
    """

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units for the `horizon` periods after each origin, using nothing observed after it.

        Args:
            origins: numbers of periods known at each origin, shape (n_origins,); panel.n_periods is "now".
            horizon: periods ahead.

        Returns:
            Units per period, ≥ 0, shape (n_origins, n_series, horizon); NaN where a series had not begun.
        """
        ...


@runtime_checkable
class FittedModel(Protocol):
    """Learned state; only this can predict."""

    def predict(self, horizon: int, levels: Sequence[float]) -> Forecast:
        """Mean and quantiles for the next `horizon` trading periods."""
        ...

    def simulate(self, horizon: int, n_paths: int, rng: np.random.Generator) -> DemandPaths:
        """Joint sample paths for the next `horizon` trading periods."""
        ...


@runtime_checkable
class ForecastModel(Protocol):
    """Settings of a method; a frozen dataclass whose fields carry `parameter(...)`."""

    key: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Learn from the whole panel at once, never in a loop over SKUs in Python."""
        ...
