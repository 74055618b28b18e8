"""Small supplies and demands that tests of inventory and simulation are built from."""

from typing import Any

import numpy as np

from core.base.calendar import Frequency, regular
from core.inventory.contract import StockPosition, SupplyTerms
from core.inventory.plan import PlanRequest
from core.inventory.registry import policy
from core.series.forecast import DemandPaths
from core.simulate.contract import SimulationCase, SimulationOptions

TODAY = np.datetime64("2026-01-05")


def column(value: Any, n: int, dtype: Any = float) -> np.ndarray:
    return np.array(np.broadcast_to(np.asarray(value, dtype=dtype), (n,)))


def terms(n: int, **changes: Any) -> SupplyTerms:
    numbers = {
        "lead_time_days": 3.0, "lead_time_sd_days": 0.0, "review_period_days": 1.0, "moq": 0.0, "pack": 1.0,
        "unit_cost": 5.0, "unit_price": 9.0, "order_cost": 10.0, "holding_rate_per_year": 0.25, "order_minimum": 0.0,
    }  # fmt: skip
    texts = {"supplier": "North", "assumed": ""}
    return SupplyTerms(
        **{name: column(changes.get(name, value), n) for name, value in numbers.items()},
        **{name: column(changes.get(name, value), n, object) for name, value in texts.items()},
    )


def stock(n: int, on_hand: Any = 0.0, on_order: Any = 0.0, allocated: Any = 0.0) -> StockPosition:
    return StockPosition(column(on_hand, n), column(on_order, n), column(allocated, n))


def paths(units: Any, names: list[str] | None = None, frequency: Frequency = Frequency.DAY) -> DemandPaths:
    """Demand paths from units of shape (n_paths, n_series, horizon); weeks begin TODAY, months with its month."""
    array = np.asarray(units, float)
    skus = np.array(names or [f"S{i}" for i in range(array.shape[1])], dtype=object)
    first = "2026-01-01" if frequency is Frequency.MONTH else str(TODAY)
    periods = regular(frequency, first, array.shape[2]).periods
    return DemandPaths(array, skus, np.full(len(skus), "main", dtype=object), periods)


def poisson_paths(
    rate: float, n_paths: int, n_series: int, horizon: int, seed: int = 1, frequency: Frequency = Frequency.DAY
) -> DemandPaths:  # fmt: skip
    rng = np.random.default_rng(seed)
    return paths(rng.poisson(rate, (n_paths, n_series, horizon)), frequency=frequency)


def plan_request(demand: DemandPaths, **changes: Any) -> PlanRequest:
    n = len(demand)
    about: dict[str, Any] = {
        "terms": terms(n), "position": stock(n), "policy": policy("order_up_to"), "service_level": 0.9,
        "as_of": TODAY, "frequency": Frequency.DAY, "seed": 7,
    }  # fmt: skip
    return PlanRequest(paths=demand, **(about | changes))


def case(demand: DemandPaths, *, options: dict[str, Any] | None = None, **changes: Any) -> SimulationCase:
    n = len(demand)
    about: dict[str, Any] = {
        "terms": terms(n), "opening": stock(n), "receipts": None, "policy": policy("order_up_to"),
        "service_level": 0.9,
        "options": SimulationOptions(**({"frequency": Frequency.DAY, "seed": 7} | (options or {}))),
    }  # fmt: skip
    return SimulationCase(paths=demand, **(about | changes))
