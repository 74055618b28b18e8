"""Suppliers that deliver more or less reliably."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.base.parameters import parameter
from core.inventory.contract import SupplyTerms
from core.series.forecast import DemandPaths


@dataclass(frozen=True, slots=True)
class LeadTimeSpread:
    """Suppliers that deliver more or less reliably."""

    key: ClassVar[str] = "lead_time_spread"
    label: ClassVar[str] = "Lead time spread"

    value: float = parameter(
        0.0, label="Lead time spread", unit="days", low=-30.0, high=60.0, help="days added to every standard deviation"
    )

    def apply(self, paths: DemandPaths, terms: SupplyTerms) -> tuple[DemandPaths, SupplyTerms]:
        """Standard deviation of every lead time moved by `value` days, never below 0; the mean stays."""
        if self.value == 0.0:
            return paths, terms
        return paths, replace(terms, lead_time_sd_days=np.maximum(terms.lead_time_sd_days + self.value, 0.0))
