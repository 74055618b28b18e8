"""Ordering less or more often."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.base.parameters import parameter
from core.inventory.contract import SupplyTerms
from core.series.forecast import DemandPaths


@dataclass(frozen=True, slots=True)
class ReviewPeriod:
    """Ordering less or more often."""

    key: ClassVar[str] = "review_period"
    label: ClassVar[str] = "Review period"

    value: float = parameter(
        0.0, label="Review period", unit="days", low=-60.0, high=90.0, help="days added between order decisions"
    )

    def apply(self, paths: DemandPaths, terms: SupplyTerms) -> tuple[DemandPaths, SupplyTerms]:
        """Every review period moved by `value` days, never below one day (or what it was, if shorter)."""
        if self.value == 0.0:
            return paths, terms
        least = np.minimum(terms.review_period_days, 1.0)
        return paths, replace(terms, review_period_days=np.maximum(terms.review_period_days + self.value, least))
