"""Reorder point and fixed lot (s,Q): whenever at or below the point, order whole economic lots."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.base.types import FloatArray
from core.inventory.contract import Settings, SupplyTerms
from core.inventory.formulas import newsvendor_quantity
from core.inventory.lots import economic_lot
from core.inventory.ordering import wanted


@dataclass(frozen=True, slots=True)
class ReorderPointQuantity:
    """Order a fixed economic lot at or below the reorder point; as many lots as lift the position above it.

    Source: Silver, Pyke & Thomas 2017, section 6.6; Axsäter 2015, Inventory Control, section 3.2.3 for (R, nQ).
    """

    key: ClassVar[str] = "reorder_point_quantity"
    label: ClassVar[str] = "Fixed lot at the reorder point (s, Q)"

    def settings(self, protection_demand: FloatArray, terms: SupplyTerms, target: float) -> Settings:
        """Reorder point = the service level's quantile of protection demand; lot = the economic one.

        Args:
            protection_demand: units over lead time + review period, shape (n_paths, n_series).
            terms: supply terms; costs and pack decide the lot.
            target: cycle service level, fraction in (0, 1).
        """
        expected = protection_demand.mean(axis=0)
        trigger = newsvendor_quantity(protection_demand, target)
        lot = economic_lot(expected, terms)
        # without demand there is no lot; what is owed to customers is still ordered, up to the reorder point
        return Settings(expected, trigger - expected, trigger, trigger + lot, np.where(lot > 0, lot, np.nan))

    def order(self, position: FloatArray, settings: Settings) -> FloatArray:
        """Whole lots where the position is at or below the reorder point, shape of `position`."""
        return wanted(position, settings)
