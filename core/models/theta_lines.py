"""The theta method over a whole panel: its season is divided out, its weights and straight lines learned per SKU."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.base.types import FloatArray, IntArray
from core.compute.threads import over_slices
from core.models import season
from core.models.kernels import theta
from core.series.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class ThetaPoint:
    """Weights of every series and the season divided out beforehand.

    Attributes:
        history: the panel learned from.
        profiles: demand per phase of the season as a multiple of the average, shape (n_series, n_phases).
        starts: first known period of each series, n_periods where none is, shape (n_series,).
        weights: α, θ and the share of the first value in the first level, shape (n_series, 3).
    """

    rolls: ClassVar[bool] = True

    history: Panel
    profiles: FloatArray
    starts: IntArray
    weights: FloatArray

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, ≥ 0, shape (n_origins, n_series, horizon); NaN before a series begins."""
        asked, back = np.unique(np.asarray(origins, np.int64), return_inverse=True)
        result = np.empty((len(self.history), len(asked), horizon))
        steady = season.without(self.history, self.profiles)
        over_slices(theta.forecasts, len(self.history), steady, self.starts, self.weights, asked, result)
        ahead = season.phases(self.history.calendar, horizon)[asked[:, None] + np.arange(horizon)]
        result *= self.profiles[:, ahead]
        return np.ascontiguousarray(np.moveaxis(np.maximum(result, 0.0), 0, 1)[back])


def fit_theta(history: Panel, *, free_theta: bool) -> ThetaPoint:
    """Learn the weights of every series; θ itself is chosen too, or 2 as in the first paper."""
    profiles = season.smoothed_profile(history)
    steady = season.without(history, profiles)
    known = ~np.isnan(steady)
    starts = np.where(known.any(axis=1), known.argmax(axis=1), history.n_periods)
    weights = np.zeros((len(history), 3))
    over_slices(theta.fit, len(history), steady, starts, free_theta, weights)
    return ThetaPoint(history, profiles, starts, weights)
