"""Where stock goes if nothing new is ordered: order-by date, stock-out date, days of cover."""

from dataclasses import dataclass

import numpy as np

from core.base.types import BoolArray, DateArray, FloatArray
from core.inventory.deciding import levels_for
from core.inventory.kernels import empty_paths
from core.inventory.lead_time import protection_demand
from core.inventory.plan import PlanRequest

NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Dates and cover per series, shape (n_series,); NaT = not within the horizon, NaN = no demand expected."""

    order_by: DateArray
    next_order: DateArray
    stock_out_date: DateArray
    days_of_cover: FloatArray


def projected(request: PlanRequest, trigger: FloatArray) -> Projection:
    """The projection of every series without a new order.

    Args:
        request: what is planned.
        trigger: reorder point of each series, units, shape (n_series,).
    """
    mean = request.paths.units.mean(axis=0, dtype=np.float64)
    # a series nobody asks for cannot run out in any way that matters
    alive = mean.sum(axis=1) > 0
    levels = levels_for(request.service_level, len(request.paths))
    over_lead_time = protection_demand(
        request.paths, request.terms, request.frequency, seed=request.seed, include_review=False
    )
    return Projection(
        order_by=_falls_to(request, mean, _quantile_per_series(over_lead_time, levels), alive),
        next_order=_falls_to(request, mean, trigger, alive),
        stock_out_date=_stock_out(request, alive),
        days_of_cover=_cover(request, mean),
    )


def free_stock(request: PlanRequest) -> FloatArray:
    """On hand − allocated, unknown stock counted as 0, units, shape (n_series,)."""
    return np.asarray(np.nan_to_num(request.position.on_hand, nan=0.0) - request.position.allocated)


def _quantile_per_series(demand: FloatArray, levels: FloatArray) -> FloatArray:
    ordered = np.sort(demand, axis=0)
    # the smallest outcome that covers a share of at least `level` of the paths
    rank = np.ceil(levels * len(ordered) - 1e-9).astype(np.int64) - 1
    return np.asarray(ordered[np.clip(rank, 0, len(ordered) - 1), np.arange(ordered.shape[1])])


def _falls_to(request: PlanRequest, mean: FloatArray, level: FloatArray, alive: BoolArray) -> DateArray:
    """First day on which the mean inventory position, without new orders, is at or below a level."""
    # the position at the start of a period, when orders are placed
    before = np.cumsum(mean, axis=1) - mean
    reached = (request.position.position[:, None] - before <= level[:, None] + 1e-9) & alive[:, None]
    return _first(request, reached)


def _stock_out(request: PlanRequest, alive: BoolArray) -> DateArray:
    count = empty_paths(np.ascontiguousarray(request.paths.units), free_stock(request), request.dated_receipts)
    return _first(request, (2 * count >= request.paths.n_paths) & alive[:, None])


def _first(request: PlanRequest, reached: BoolArray) -> DateArray:
    days = np.maximum(request.paths.periods, request.as_of).astype("datetime64[D]")
    return np.where(reached.any(axis=1), days[reached.argmax(axis=1)], NEVER)


def _cover(request: PlanRequest, mean: FloatArray) -> FloatArray:
    per_day = mean.mean(axis=1) / request.frequency.days
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(per_day > 0, np.maximum(free_stock(request), 0.0) / per_day, np.nan)
