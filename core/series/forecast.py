"""Forecast: marginal quantiles per period. DemandPaths: joint sample paths, the only thing summed over a lead time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from core.base.types import AnyArray, BoolArray, DateArray, FloatArray, IntArray, frozen

LEVELS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""Quantile levels every run stores: central 50, 80, 90 and 95 % bands and the median."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Demand per period with its marginal uncertainty.

    Attributes:
        skus, locations: of each series, shape (n_series,).
        periods: first day of each forecast trading period, datetime64[D], shape (horizon,).
        levels: quantile levels, ascending fractions in (0, 1).
        quantiles: units per period, non-decreasing along the last axis, ≥ 0, shape (n_series, horizon, n_levels).
        mean: expected units per period, ≥ 0, shape (n_series, horizon).
    """

    skus: AnyArray
    locations: AnyArray
    periods: DateArray
    levels: tuple[float, ...]
    quantiles: FloatArray
    mean: FloatArray

    def __post_init__(self) -> None:
        for name in ("quantiles", "mean", "periods"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def __len__(self) -> int:
        return len(self.skus)

    @property
    def horizon(self) -> int:
        """Number of forecast periods."""
        return len(self.periods)

    def at(self, level: float) -> FloatArray:
        """Quantile at a stored level, units per period, shape (n_series, horizon)."""
        return self.quantiles[:, :, self.levels.index(level)]


@dataclass(frozen=True, slots=True, eq=False)
class DemandPaths:
    """Joint sample paths of demand; sum these over a lead time, never the quantiles of single periods.

    Attributes:
        units: demand, ≥ 0, shape (n_paths, n_series, horizon).
        skus, locations: of each series, shape (n_series,).
        periods: first day of each period, datetime64[D], shape (horizon,).
    """

    units: AnyArray
    skus: AnyArray
    locations: AnyArray
    periods: DateArray

    def __post_init__(self) -> None:
        for name in ("units", "periods"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @property
    def n_paths(self) -> int:
        """Number of sample paths."""
        return int(self.units.shape[0])

    @property
    def horizon(self) -> int:
        """Number of periods."""
        return int(self.units.shape[2])

    def __len__(self) -> int:
        return int(self.units.shape[1])

    def take(self, chosen: IntArray | BoolArray) -> Self:
        """The paths of the chosen series, in the order given."""
        return replace(self, units=self.units[:, chosen], skus=self.skus[chosen], locations=self.locations[chosen])

    def total(self, first: int, periods: IntArray) -> FloatArray:
        """Demand summed from period `first` on, over a number of periods per series, shape (n_paths, n_series).

        Args:
            first: index of the first period summed.
            periods: how many periods to sum, shape (n_series,), each between 0 and horizon − first.
        """
        running = np.concatenate(
            [np.zeros((self.n_paths, len(self), 1)), np.cumsum(self.units, axis=2, dtype=np.float64)], axis=2
        )
        index = np.broadcast_to((first + periods)[None, :, None], (self.n_paths, len(self), 1))
        return np.take_along_axis(running, index, axis=2)[:, :, 0] - running[:, :, first]

    def forecast(self, levels: Sequence[float] = LEVELS) -> Forecast:
        """The marginal quantiles and means of these paths."""
        quantiles = np.moveaxis(np.quantile(self.units, levels, axis=0), 0, 2)
        return Forecast(
            skus=self.skus,
            locations=self.locations,
            periods=self.periods,
            levels=tuple(levels),
            quantiles=quantiles.astype(np.float64),
            mean=self.units.mean(axis=0, dtype=np.float64),
        )

    def on_every_period(self, periods: DateArray) -> Self:
        """The paths on a denser calendar, with 0 on periods the shop does not trade in."""
        units = np.zeros((self.n_paths, len(self), len(periods)), self.units.dtype)
        place = np.searchsorted(periods, self.periods)
        inside = place < len(periods)
        inside[inside] = periods[place[inside]] == self.periods[inside]
        units[:, :, place[inside]] = self.units[:, :, inside]
        return replace(self, units=units, periods=periods)
