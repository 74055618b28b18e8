"""Normalisation and standardisation of demand per SKU, and the exact way back.

A method that needs inputs of one size fits a scaling on the history it may see, transforms with it, and turns its
answers back into units.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.errors import ParameterError
from core.base.types import FloatArray

MIN_MAX, Z_SCORE, ROBUST, LOG1P = "min-max", "z-score", "robust", "log1p"
METHODS: Final = (MIN_MAX, Z_SCORE, ROBUST, LOG1P)


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """What was learned of each series: (f(x) − centre) / scale, with f the identity or log(1 + x).

    Attributes:
        method: one of METHODS.
        centre: shape (n_series,).
        scale: > 0, shape (n_series,).
    """

    method: str
    centre: FloatArray
    scale: FloatArray

    def transform(self, units: FloatArray) -> FloatArray:
        """Scaled demand; NaN stays NaN.

        Args:
            units: shape (n_series, n_periods), or any further axes after the series.
        """
        shape = (-1, *[1] * (units.ndim - 1))
        given = np.log1p(units) if self.method == LOG1P else units
        return np.asarray((given - self.centre.reshape(shape)) / self.scale.reshape(shape))

    def inverse(self, scaled: FloatArray) -> FloatArray:
        """Units again, shape as given."""
        shape = (-1, *[1] * (scaled.ndim - 1))
        back = scaled * self.scale.reshape(shape) + self.centre.reshape(shape)
        return np.asarray(np.expm1(back) if self.method == LOG1P else back)


def fit(units: FloatArray, method: str) -> Scaling:
    """Learn the scaling of each series from its observed periods.

    min-max: 0 is the smallest, 1 the largest demand; z-score: mean 0, standard deviation 1; robust: median 0,
    interquartile range 1; log1p: log(1 + units), not moved. A series without spread or without observation keeps
    scale 1.

    Args:
        units: NaN = not observed, shape (n_series, n_periods).
        method: one of METHODS.

    Raises:
        ParameterError: no such method.
    """
    if method not in METHODS:
        raise ParameterError(f"A scaling is one of {', '.join(METHODS)}; “{method}” was given. Choose one of them.")
    n_series = len(units)
    if method == LOG1P:
        return Scaling(method, np.zeros(n_series), np.ones(n_series))
    seen = ~np.isnan(units)
    centre, spread = np.zeros(n_series), np.ones(n_series)
    known = np.flatnonzero(seen.any(axis=1))
    if len(known):
        centre[known], spread[known] = _moments(units[known], method)
    return Scaling(method, centre, np.where(spread > 0, spread, 1.0))


def _moments(units: FloatArray, method: str) -> tuple[FloatArray, FloatArray]:
    """Centre and spread of series that each have an observation, each of shape (n_series,)."""
    if method == MIN_MAX:
        low = np.nanmin(units, axis=1)
        return low, np.nanmax(units, axis=1) - low
    if method == Z_SCORE:
        return np.nanmean(units, axis=1), np.nanstd(units, axis=1)
    low, middle, high = np.nanquantile(units, (0.25, 0.5, 0.75), axis=1)
    return middle, high - low
