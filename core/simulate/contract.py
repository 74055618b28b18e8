"""What a simulation is asked and what it answers; and the contract of a what-if lever."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy.typing as npt

from core.base.calendar import Frequency
from core.base.types import AnyArray, DateArray, FloatArray, IntArray
from core.inventory.contract import InventoryPolicy, Settings, StockPosition, SupplyTerms
from core.inventory.lifetime import Lifetime
from core.series.forecast import DemandPaths
from core.simulate.measures import Measure


@dataclass(frozen=True, slots=True)
class SimulationOptions:
    """How to play.

    Attributes:
        frequency: length of a period.
        seed: of the run; lead times depend on this and the series' name alone.
        lost_sales: whether unmet demand is lost; else it waits and is delivered late.
        backorder_penalty: share of a unit's margin lost for each unit delivered late; used with backorders only.
        warm_up_periods: first periods that are played but not counted.
        fan_series: series whose stock per period is kept as percentiles.
    """

    frequency: Frequency
    seed: int
    lost_sales: bool = True
    backorder_penalty: float = 0.2
    warm_up_periods: int = 0
    fan_series: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SimulationCase:
    """Everything a simulation depends on; scenarios of one case share its paths and seed.

    Attributes:
        paths: demand on every calendar period, closed ones 0.
        terms: supply terms of the same series.
        opening: stock at the start of the first period.
        receipts: units of open orders by day, shape (n_series, n_days); None = after the mean lead time.
        policy: the ordering rule.
        service_level: fraction in (0, 1), one or one per series.
        options: how to play.
        life: how long the goods keep and are sold, so that no lot outlasts it; None = without end.
        left_out: series asked for and not played, since their lead times reach beyond the paths, "sku (location)".
    """

    paths: DemandPaths
    terms: SupplyTerms
    opening: StockPosition
    receipts: FloatArray | None
    policy: InventoryPolicy
    service_level: npt.ArrayLike
    options: SimulationOptions
    life: Lifetime | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SimulationResult:
    """Service, stock and cost over the counted periods, each with its simulation error.

    Attributes:
        skus, locations: of each series.
        settings: trigger and target played.
        days: length of the counted time.
        n_paths: number of demand paths played.
        fill_rate: share of units demanded that was served at once from stock.
        cycle_service_level: share of replenishment cycles (from one receipt to the next) without unmet demand.
        stock_out_days: days with unmet demand.
        demand_units, unmet_units: demanded; not served at once (lost or late).
        average_units: mean stock on hand.
        average_value: mean stock on hand, money at unit cost.
        turns: demand delivered per year over mean stock, overall at unit cost.
        orders: order lines placed.
        ordered_units: units ordered.
        holding_cost, ordering_cost, shortage_cost: money over the counted time.
        total_cost: their sum.
        reasons: why a measure is undefined (NaN) somewhere, by its name.
        fan_series: which series have a fan.
        fan: 10 %, 50 % and 90 % points of stock on hand at the end of each period, shape (n_fan, horizon, 3).
        periods: first day of each period, shape (horizon,).
    """

    skus: AnyArray
    locations: AnyArray
    settings: Settings
    days: float
    n_paths: int
    fill_rate: Measure
    cycle_service_level: Measure
    stock_out_days: Measure
    demand_units: Measure
    unmet_units: Measure
    average_units: Measure
    average_value: Measure
    turns: Measure
    orders: Measure
    ordered_units: Measure
    holding_cost: Measure
    ordering_cost: Measure
    shortage_cost: Measure
    total_cost: Measure
    reasons: Mapping[str, str]
    fan_series: IntArray
    fan: FloatArray
    periods: DateArray

    def __len__(self) -> int:
        return len(self.skus)


class Lever(Protocol):
    """One what-if change; a frozen dataclass with one field `value` carrying `parameter(neutral value, ...)`."""

    key: ClassVar[str]
    label: ClassVar[str]

    @property
    def value(self) -> float:
        """How far the lever is moved."""
        ...

    def apply(self, paths: DemandPaths, terms: SupplyTerms) -> tuple[DemandPaths, SupplyTerms]:
        """Demand and terms after the change; the given ones are not touched, and the neutral value returns them."""
        ...
