"""What a doubt about the data is worth: how far it moves the demand expected until the next delivery.

Both versions of the history are smoothed to a level with the same fixed weight. That is no forecast to order by, but
cheap and the same for all, so that issues can be ranked.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import FloatArray

ALPHA: Final = 0.1
"""Smoothing weight; the first observations average."""
NEGLIGIBLE: Final = 0.01
"""Units of one series up to which a move is none: a change of years ago has faded that far."""


@dataclass(frozen=True, slots=True)
class Stake:
    """How much rides on one issue.

    Attributes:
        skus: series whose expected demand moves.
        units: units moved either way over lead time and review period, all series together.
        money: the same in money, None where no price is known.
    """

    skus: int
    units: float
    money: float | None


def levels(dense: FloatArray) -> FloatArray:
    """Demand per period after the last one by simple exponential smoothing, 0 without observation, shape (n_series,).

    Args:
        dense: units, NaN = not observed, shape (n_series, n_periods).

    Source: Brown 1959; weight 1/n while that is larger than ALPHA.
    """
    level, count = np.zeros(len(dense)), np.zeros(len(dense))
    for column in dense.T:
        seen = ~np.isnan(column)
        count += seen
        weight = np.maximum(ALPHA, 1.0 / np.maximum(count, 1.0))
        level = np.where(seen, level + weight * (np.nan_to_num(column) - level), level)
    return level


def stake(change: FloatArray, periods: FloatArray, price: FloatArray) -> Stake:
    """What a change of the levels is worth.

    Args:
        change: units per period, shape (n_series,).
        periods: trading periods of lead time and review of each series, shape (n_series,).
        price: money per unit, NaN = unknown, shape (n_series,).
    """
    units = np.abs(change) * periods
    moved = units > NEGLIGIBLE
    priced = moved & ~np.isnan(price)
    money = float((units[priced] * price[priced]).sum()) if priced.any() else None
    return Stake(int(moved.sum()), float(units.sum()), money)
