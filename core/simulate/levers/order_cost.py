"""Orders that cost more or less to place and receive."""

from dataclasses import dataclass, replace
from typing import ClassVar

from core.base.parameters import parameter
from core.inventory.contract import SupplyTerms
from core.series.forecast import DemandPaths


@dataclass(frozen=True, slots=True)
class OrderCost:
    """Orders that cost more or less to place and receive."""

    key: ClassVar[str] = "order_cost"
    label: ClassVar[str] = "Cost per order"

    value: float = parameter(
        1.0, label="Cost per order", unit="times", low=0.0, high=10.0, help="2 = twice the cost of each order line"
    )

    def apply(self, paths: DemandPaths, terms: SupplyTerms) -> tuple[DemandPaths, SupplyTerms]:
        """Cost per order line multiplied by `value`."""
        if self.value == 1.0:
            return paths, terms
        return paths, replace(terms, order_cost=terms.order_cost * self.value)
