"""Periodic review with a trigger and a target (R,s,S): order up to the maximum once at or below the minimum."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.base.types import FloatArray
from core.inventory.contract import Settings, SupplyTerms
from core.inventory.formulas import newsvendor_quantity
from core.inventory.lots import economic_lot
from core.inventory.ordering import wanted


@dataclass(frozen=True, slots=True)
class MinMax:
    """Order only when stock is at or below the minimum, then up to the maximum; fewer, larger orders.

    Source: Silver, Pyke & Thomas 2017, section 6.10; S = s + EOQ as in their power approximation's first step.
    """

    key: ClassVar[str] = "min_max"
    label: ClassVar[str] = "Order up to maximum when at or below minimum (R, s, S)"

    def settings(self, protection_demand: FloatArray, terms: SupplyTerms, target: float) -> Settings:
        """Minimum = the service level's quantile of protection demand; maximum = minimum + economic lot.

        Args:
            protection_demand: units over lead time + review period, shape (n_paths, n_series).
            terms: supply terms; costs and pack decide the lot.
            target: cycle service level, fraction in (0, 1).
        """
        expected = protection_demand.mean(axis=0)
        trigger = newsvendor_quantity(protection_demand, target)
        maximum = trigger + economic_lot(expected, terms)
        return Settings(expected, trigger - expected, trigger, maximum, np.full(len(terms), np.nan))

    def order(self, position: FloatArray, settings: Settings) -> FloatArray:
        """Units missing to the maximum where the position is at or below the minimum, shape of `position`."""
        return wanted(position, settings)
