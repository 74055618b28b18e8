"""What is asked of a replenishment plan and what it answers: orders with dates, money and their reasons."""

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from core.base.calendar import Frequency
from core.base.language import _
from core.base.types import AnyArray, BoolArray, DateArray, FloatArray, IntArray
from core.inventory.contract import InventoryPolicy, StockPosition, SupplyTerms
from core.inventory.days import first_days
from core.inventory.formulas import levels_for
from core.inventory.lead_time import receipts_by_day
from core.inventory.terms import take_terms
from core.series.forecast import DemandPaths

STEPS: Final = (
    "Expected demand over lead time and review",
    "+ Safety stock",
    "− On hand",
    "− On order",
    "+ Allocated",
    "Target or lot of the policy",
    "Minimum order quantity",
    "Whole packs",
    "Budget",
)
"""Terms that add up to the order, in this order; the first five add up to the net need."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanRequest:
    """Everything a plan depends on.

    Attributes:
        paths: demand on every calendar period from the day of the plan on, closed ones 0.
        terms: supply terms of the same series.
        position: stock now, same series.
        policy: the ordering rule.
        service_level: fraction in (0, 1), one or one per series.
        as_of: day of the plan.
        frequency: length of a period.
        seed: of the run.
        receipts: units of open orders by the day they are due, shape (n_series, n_days); None = no due dates known,
            they are taken to arrive after the mean lead time.
        budget: money the orders may cost in all; None = no limit.
        at_most: position beyond which no unit is worth having, since it would spoil or outlast its sale, shape
            (n_series,), inf = none; None = no limit at all. Service goes first: it never lowers the reorder point.
    """

    paths: DemandPaths
    terms: SupplyTerms
    position: StockPosition
    policy: InventoryPolicy
    service_level: npt.ArrayLike
    as_of: np.datetime64
    frequency: Frequency
    seed: int
    receipts: FloatArray | None = None
    budget: float | None = None
    at_most: FloatArray | None = None

    @property
    def dated_receipts(self) -> FloatArray:
        """Units of open orders by day, as given or after the mean lead time, shape (n_series, n_days)."""
        n_days = int(first_days(self.paths.periods, self.frequency)[-1])
        return receipts_by_day(self.receipts, self.position.on_order, self.terms, n_days)

    def take(self, chosen: IntArray) -> Self:
        """The same of the chosen series; their draws stay the same."""
        return replace(
            self,
            paths=self.paths.take(chosen),
            terms=take_terms(self.terms, chosen),
            position=self.position.take(chosen),
            service_level=levels_for(self.service_level, len(self.paths))[chosen],
            receipts=None if self.receipts is None else self.receipts[chosen],
            at_most=None if self.at_most is None else self.at_most[chosen],
        )


@dataclass(frozen=True, slots=True)
class SupplierTotal:
    """All lines of one supplier.

    Attributes:
        supplier: name, "" = unknown.
        lines: number of lines ordered.
        units: ordered in all.
        value: money, lines of unknown cost left out.
        minimum: smallest order value the supplier accepts, money; 0 = none.
        below_minimum: whether something is ordered, but surely for less than the minimum.
        unpriced: lines ordered whose unit cost is unknown.
    """

    supplier: str
    lines: int
    units: float
    value: float
    minimum: float
    below_minimum: bool
    unpriced: int = 0

    @property
    def minimum_unknown(self) -> bool:
        """Whether nobody can tell if the minimum is reached, since the cost of some lines is unknown."""
        return self.unpriced > 0 and self.value < self.minimum


@dataclass(frozen=True, slots=True, eq=False)
class ReplenishmentPlan:
    """What to order, when and why; arrays of shape (n_series,), units unless stated.

    Of a series whose lead time plus review period reaches beyond the forecast nothing is decided: what depends on them
    is NaN or NaT, and its order has no terms.

    Attributes:
        skus, locations, supplier: of each series.
        as_of: day of the plan.
        policy: key of the rule used.
        service_level: fraction asked for.
        on_hand: at the start, NaN = not known (counted as 0).
        on_order, allocated: as reported.
        expected_demand: mean over lead time + review period.
        safety_stock: trigger − expected demand; negative where a low service level asks for less than the mean.
        trigger: reorder point.
        target: position to order up to.
        suggested_units: what the policy wants, before MOQ and pack.
        order_units: after MOQ, pack and budget.
        order_by: last day on which an order still arrives in time at the service level (position falls to the quantile
            of demand over the lead time alone), the day of the plan when that is past; NaT = not within the horizon.
        next_order: first day on which the projected position is at or below the trigger; NaT = not within the horizon.
        stock_out_date: first day at whose end half of the paths or more are out of stock, open receipts counted and
            nothing new ordered; NaT = not within the horizon.
        days_of_cover: days the free stock lasts at the mean forecast rate; NaN = no demand expected.
        order_value: money, NaN = unknown unit cost.
        stock_value: money in stock now, ≥ 0, NaN = unknown.
        margin_at_risk: expected margin lost over lead time + review if nothing is ordered, money; NaN = unknown.
        excess_units: position above the target.
        capital_at_risk: money in the excess, NaN = unknown unit cost.
        step_units: terms of the order, shape (n_series, len(STEPS)); each row adds up to order_units.
        notes: sentences on what was assumed or limited, "" = none.
        suppliers: totals, by name.
    """

    skus: AnyArray
    locations: AnyArray
    supplier: AnyArray
    as_of: np.datetime64
    policy: str
    service_level: FloatArray
    on_hand: FloatArray
    on_order: FloatArray
    allocated: FloatArray
    expected_demand: FloatArray
    safety_stock: FloatArray
    trigger: FloatArray
    target: FloatArray
    suggested_units: FloatArray
    order_units: FloatArray
    order_by: DateArray
    next_order: DateArray
    stock_out_date: DateArray
    days_of_cover: FloatArray
    order_value: FloatArray
    stock_value: FloatArray
    margin_at_risk: FloatArray
    excess_units: FloatArray
    capital_at_risk: FloatArray
    step_units: FloatArray
    notes: AnyArray
    suppliers: tuple[SupplierTotal, ...]

    def __len__(self) -> int:
        return len(self.skus)

    @property
    def total_value(self) -> float:
        """Money of all orders of known cost."""
        return float(np.nansum(self.order_value))

    @property
    def to_order(self) -> BoolArray:
        """Which series have an order, shape (n_series,)."""
        return np.asarray(self.order_units > 0)

    def steps(self, i: int) -> list[tuple[str, float]]:
        """The terms of the order of series i: (name, units), adding up to its order_units; none if not decided."""
        if np.isnan(self.order_units[i]):
            return []
        return [(_(name), float(units)) for name, units in zip(STEPS, self.step_units[i], strict=True)]
