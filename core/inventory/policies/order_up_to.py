"""Periodic review, order up to a level (R,S): at every review back to the target."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.base.types import FloatArray
from core.inventory.contract import Settings, SupplyTerms
from core.inventory.formulas import newsvendor_quantity
from core.inventory.ordering import wanted


@dataclass(frozen=True, slots=True)
class OrderUpTo:
    """At each review, order what is missing to the target; simple to run, many small orders.

    Source: Silver, Pyke & Thomas 2017, section 6.9; the target is the quantile of demand over R + L.
    """

    key: ClassVar[str] = "order_up_to"
    label: ClassVar[str] = "Order up to target at every review (R, S)"

    def settings(self, protection_demand: FloatArray, terms: SupplyTerms, target: float) -> Settings:
        """Trigger and target are both the service level's quantile of demand over the protection interval.

        Args:
            protection_demand: units over lead time + review period, shape (n_paths, n_series).
            terms: supply terms; none of them matters beyond the demand interval.
            target: cycle service level, fraction in (0, 1).
        """
        expected = protection_demand.mean(axis=0)
        level = newsvendor_quantity(protection_demand, target)
        return Settings(expected, level - expected, level, level, np.full(len(terms), np.nan))

    def order(self, position: FloatArray, settings: Settings) -> FloatArray:
        """Units missing to the target, before MOQ and pack, shape of `position`."""
        return wanted(position, settings)
