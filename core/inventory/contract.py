"""What inventory speaks of: supply terms, stock position, policy settings; and the contract of a policy."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from core.base.types import AnyArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class SupplyTerms:
    """Terms of supply and cost per SKU × location; every array has shape (n_series,).

    Attributes:
        supplier: name, "" when unknown.
        lead_time_days: mean days from order to receipt [L].
        lead_time_sd_days: standard deviation of the lead time, days.
        review_period_days: days between order decisions [R].
        moq: minimum order quantity, units; 0 = none.
        pack: order multiple, units, ≥ a positive number (1 for single pieces).
        unit_cost: money per unit bought; NaN = unknown.
        unit_price: money per unit sold; NaN = unknown.
        order_cost: money per order line placed [K].
        holding_rate_per_year: yearly holding cost as a fraction of unit cost.
        order_minimum: smallest order value the supplier of the series accepts, money; 0 = none.
        assumed: per series, which of the terms are defaults rather than given ("lead time, cost"), "" = none.
    """

    supplier: AnyArray
    lead_time_days: FloatArray
    lead_time_sd_days: FloatArray
    review_period_days: FloatArray
    moq: FloatArray
    pack: FloatArray
    unit_cost: FloatArray
    unit_price: FloatArray
    order_cost: FloatArray
    holding_rate_per_year: FloatArray
    order_minimum: FloatArray
    assumed: AnyArray

    def __len__(self) -> int:
        return len(self.lead_time_days)


@dataclass(frozen=True, slots=True, eq=False)
class StockPosition:
    """What is there and what is coming, units, each of shape (n_series,) (paths may add a leading axis).

    Attributes:
        on_hand: physically in stock; NaN = not known; below 0 = handed out before it was booked in.
        on_order: bought and not yet received.
        allocated: promised to customers and not yet shipped.
    """

    on_hand: FloatArray
    on_order: FloatArray
    allocated: FloatArray

    @property
    def position(self) -> FloatArray:
        """Inventory position: on hand + on order − allocated, unknown stock counted as 0."""
        return np.nan_to_num(self.on_hand, nan=0.0) + self.on_order - self.allocated

    def take(self, chosen: IntArray) -> "StockPosition":
        """That of the chosen series."""
        return StockPosition(self.on_hand[chosen], self.on_order[chosen], self.allocated[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """What a policy decided, units, each of shape (n_series,).

    Attributes:
        expected_demand: mean demand over the protection interval (lead time + review period).
        safety_stock: stock held against uncertainty: trigger − expected_demand.
        trigger: inventory position at or below which an order is placed (reorder point) [s].
        target: inventory position to order up to [S]; trigger ≤ target.
        quantity: fixed order quantity for policies that have one, else NaN [Q].
    """

    expected_demand: FloatArray
    safety_stock: FloatArray
    trigger: FloatArray
    target: FloatArray
    quantity: FloatArray


class InventoryPolicy(Protocol):
    """A decision rule; frozen dataclass whose fields carry `parameter(...)`."""

    key: ClassVar[str]
    label: ClassVar[str]

    def settings(self, protection_demand: FloatArray, terms: SupplyTerms, target: float) -> Settings:
        """Trigger and target from demand over the protection interval.

        Args:
            protection_demand: units over lead time + review period, shape (n_paths, n_series).
            terms: supply terms.
            target: cycle service level, fraction in (0, 1).
        """
        ...

    def order(self, position: FloatArray, settings: Settings) -> FloatArray:
        """Units wanted at an inventory position before MOQ and pack rounding, shape of `position`."""
        ...
