"""Periodic review up to a level that serves a share of demand (R,S with a fill rate): units count, not cycles."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.base.types import FloatArray
from core.inventory.contract import Settings, SupplyTerms
from core.inventory.lead_time import protection_days, review_days
from core.inventory.ordering import wanted


@dataclass(frozen=True, slots=True)
class FillRateTarget:
    """The smallest target whose expected units short stay within the share of demand that may be missed.

    Source: Silver, Pyke & Thomas 2017, section 6.9.3: E(D_R+L − S)⁺ = (1 − P₂)·E(D_R). What was already short before
    the cycle is not taken off, so the true fill rate lies slightly above the target.
    """

    key: ClassVar[str] = "fill_rate_target"
    label: ClassVar[str] = "Order up to a fill-rate target at every review (R, S)"

    def settings(self, protection_demand: FloatArray, terms: SupplyTerms, target: float) -> Settings:
        """Trigger and target solve the units-short equation, and are never below expected demand.

        Args:
            protection_demand: units over lead time + review period, shape (n_paths, n_series).
            terms: supply terms; lead time and review period give the demand of one cycle.
            target: fill rate, fraction in (0, 1).
        """
        expected = protection_demand.mean(axis=0)
        share = review_days(terms) / protection_days(terms)
        level = np.maximum(_level_for_shortage(protection_demand, (1.0 - target) * share * expected), expected)
        return Settings(expected, level - expected, level, level, np.full(len(terms), np.nan))

    def order(self, position: FloatArray, settings: Settings) -> FloatArray:
        """Units missing to the target, before MOQ and pack, shape of `position`."""
        return wanted(position, settings)


def _level_for_shortage(demand: FloatArray, allowed: FloatArray) -> FloatArray:
    """Smallest level x with E(D − x)⁺ ≤ allowed, units, shape (n_series,); the shortage is linear between outcomes.

    Args:
        demand: outcomes, shape (n_paths, n_series).
        allowed: expected units short that may remain, shape (n_series,).
    """
    n_paths, n_series = demand.shape
    falling = np.sort(demand, axis=0)[::-1]
    count = np.arange(1, n_paths + 1)[:, None]
    # with the k largest outcomes above x, n·E(D − x)⁺ = (sum of those k) − k·x
    sums = np.cumsum(falling, axis=0)
    short_at = (sums - count * falling) / n_paths
    k = np.maximum((short_at <= allowed).sum(axis=0), 1)
    columns = np.arange(n_series)
    return np.asarray(np.maximum((sums[k - 1, columns] - n_paths * allowed) / k, 0.0))
