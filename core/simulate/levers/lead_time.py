"""Suppliers that deliver some days later or sooner."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.base.parameters import parameter
from core.inventory.contract import SupplyTerms
from core.series.forecast import DemandPaths


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Suppliers that deliver some days later or sooner."""

    key: ClassVar[str] = "lead_time"
    label: ClassVar[str] = "Lead time"

    value: float = parameter(
        0.0, label="Lead time", unit="days", low=-60.0, high=180.0, help="days added to every lead time"
    )

    def apply(self, paths: DemandPaths, terms: SupplyTerms) -> tuple[DemandPaths, SupplyTerms]:
        """Every mean lead time moved by `value` days, never below 0; its spread stays."""
        if self.value == 0.0:
            return paths, terms
        return paths, replace(terms, lead_time_days=np.maximum(terms.lead_time_days + self.value, 0.0))
