"""Demand higher or lower than forecast, by the same share in every period."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.base.parameters import parameter
from core.inventory.contract import SupplyTerms
from core.series.forecast import DemandPaths


@dataclass(frozen=True, slots=True)
class Demand:
    """Demand higher or lower than forecast, by the same share in every period."""

    key: ClassVar[str] = "demand"
    label: ClassVar[str] = "Demand"

    value: float = parameter(
        0.0, label="Demand", unit="share", low=-0.9, high=3.0, help="0.1 = 10 % more than forecast"
    )

    def apply(self, paths: DemandPaths, terms: SupplyTerms) -> tuple[DemandPaths, SupplyTerms]:
        """Every path scaled by 1 + value; the uncertainty keeps its relative size."""
        if self.value == 0.0:
            return paths, terms
        # stored paths may be whole numbers, in which a factor of 1.3 would be 1
        kind = np.result_type(paths.units.dtype, np.float32).type
        return replace(paths, units=np.multiply(paths.units, kind(1.0 + self.value), dtype=kind)), terms
