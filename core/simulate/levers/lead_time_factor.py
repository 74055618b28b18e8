"""Suppliers that take longer or shorter in proportion."""

from dataclasses import dataclass, replace
from typing import ClassVar

from core.base.parameters import parameter
from core.inventory.contract import SupplyTerms
from core.series.forecast import DemandPaths


@dataclass(frozen=True, slots=True)
class LeadTimeFactor:
    """Suppliers that take longer or shorter in proportion."""

    key: ClassVar[str] = "lead_time_factor"
    label: ClassVar[str] = "Lead time factor"

    value: float = parameter(
        1.0, label="Lead time factor", unit="times", low=0.0, high=4.0, help="2 = twice as long, with twice the spread"
    )

    def apply(self, paths: DemandPaths, terms: SupplyTerms) -> tuple[DemandPaths, SupplyTerms]:
        """Mean and spread of every lead time multiplied by `value`."""
        if self.value == 1.0:
            return paths, terms
        mean, spread = terms.lead_time_days * self.value, terms.lead_time_sd_days * self.value
        return paths, replace(terms, lead_time_days=mean, lead_time_sd_days=spread)
