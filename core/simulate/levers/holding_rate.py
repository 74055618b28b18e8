"""Stock that costs more or less to hold."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.base.parameters import parameter
from core.inventory.contract import SupplyTerms
from core.series.forecast import DemandPaths


@dataclass(frozen=True, slots=True)
class HoldingRate:
    """Stock that costs more or less to hold."""

    key: ClassVar[str] = "holding_rate"
    label: ClassVar[str] = "Holding cost"

    value: float = parameter(
        0.0,
        label="Holding cost",
        unit="share per year",
        low=-0.5,
        high=1.0,
        help="0.05 = five points more of unit cost per year",
    )

    def apply(self, paths: DemandPaths, terms: SupplyTerms) -> tuple[DemandPaths, SupplyTerms]:
        """Every yearly holding rate moved by `value`, never below 0."""
        if self.value == 0.0:
            return paths, terms
        return paths, replace(terms, holding_rate_per_year=np.maximum(terms.holding_rate_per_year + self.value, 0.0))
