"""Suppliers that ask for larger or smaller minimum orders."""

from dataclasses import dataclass, replace
from typing import ClassVar

from core.base.parameters import parameter
from core.inventory.contract import SupplyTerms
from core.series.forecast import DemandPaths


@dataclass(frozen=True, slots=True)
class Moq:
    """Suppliers that ask for larger or smaller minimum orders."""

    key: ClassVar[str] = "moq"
    label: ClassVar[str] = "Minimum order quantity"

    value: float = parameter(
        1.0, label="Minimum order quantity", unit="times", low=0.0, high=10.0, help="0 = no minimum"
    )

    def apply(self, paths: DemandPaths, terms: SupplyTerms) -> tuple[DemandPaths, SupplyTerms]:
        """Every minimum order quantity multiplied by `value`."""
        if self.value == 1.0:
            return paths, terms
        return paths, replace(terms, moq=terms.moq * self.value)
