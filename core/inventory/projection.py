"""Where stock goes if nothing new is ordered: order-by date, stock-out date, days of cover."""

from dataclasses import dataclass

import numpy as np

from core.base.types import BoolArray, DateArray, FloatArray, IntArray
from core.inventory.days import days_of, first_days
from core.inventory.formulas import newsvendor_quantity
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
    mean = mean_demand(request)
    alive = mean.sum(axis=1) > 0
    over_lead_time = protection_demand(
        request.paths, request.terms, request.frequency, seed=request.seed, include_review=False
    )
    return Projection(
        order_by=_falls_to(request, mean, newsvendor_quantity(over_lead_time, request.service_level), alive),
        next_order=_falls_to(request, mean, trigger, alive),
        stock_out_date=stock_out(request, mean),
        days_of_cover=cover(request, mean),
    )


def mean_demand(request: PlanRequest) -> FloatArray:
    """Expected demand of every period, units, shape (n_series, horizon)."""
    return np.asarray(request.paths.units.mean(axis=0, dtype=np.float64))


def free_stock(request: PlanRequest) -> FloatArray:
    """On hand − allocated, unknown stock counted as 0, units, shape (n_series,)."""
    return np.asarray(np.nan_to_num(request.position.on_hand, nan=0.0) - request.position.allocated)


def _falls_to(request: PlanRequest, mean: FloatArray, level: FloatArray, alive: BoolArray) -> DateArray:
    """First day at whose start the mean inventory position, without new orders, is at or below a level."""
    above = request.position.position[:, None] - level[:, None] - np.cumsum(mean, axis=1) + mean
    crossed = (above - mean <= 1e-9) & alive[:, None]
    return _day_within(request, crossed, _full_days(request, above, mean, crossed))


def stock_out(request: PlanRequest, mean: FloatArray) -> DateArray:
    """First day at whose end half of the paths are empty, shape (n_series,); mean: as of `mean_demand`."""
    # a series nobody asks for cannot run out in any way that matters
    alive = mean.sum(axis=1) > 0
    days = days_of(request.paths, request.frequency, seed=request.seed)
    units = np.ascontiguousarray(request.paths.units)
    count = empty_paths(units, days.arrays, free_stock(request), request.dated_receipts)
    empty = (2 * count >= request.paths.n_paths) & alive[:, None]
    out = request.paths.periods[0].astype("datetime64[D]") + empty.argmax(axis=1)
    return np.where(empty.any(axis=1), np.maximum(out, request.as_of), NEVER)


def _full_days(request: PlanRequest, units: FloatArray, mean: FloatArray, chosen: BoolArray) -> IntArray:
    """Days until units are used up in the first period chosen, demand spread evenly over it, shape (n_series,)."""
    at, rows = chosen.argmax(axis=1), np.arange(len(chosen))
    share = np.divide(units[rows, at], mean[rows, at], out=np.zeros(len(chosen)), where=mean[rows, at] > 0)
    lengths = np.diff(_starts(request)).astype(np.int64)[at]
    return np.asarray(np.clip(np.ceil(share * lengths - 1e-9), 0, lengths).astype(np.int64))


def _day_within(request: PlanRequest, chosen: BoolArray, days: IntArray) -> DateArray:
    """So many days after the start of the first period chosen; NaT where that is beyond the horizon."""
    starts = _starts(request)
    found = starts[:-1][chosen.argmax(axis=1)] + days
    return np.where(chosen.any(axis=1) & (found < starts[-1]), np.maximum(found, request.as_of), NEVER)


def _starts(request: PlanRequest) -> DateArray:
    """First day of each period, and the day after the last one, shape (horizon + 1,)."""
    periods = request.paths.periods.astype("datetime64[D]")
    return np.asarray(periods[0] + first_days(periods, request.frequency))


def cover(request: PlanRequest, mean: FloatArray) -> FloatArray:
    """Days the free stock lasts at the mean rate, shape (n_series,), NaN = no demand expected; mean: as above."""
    per_day = mean.mean(axis=1) / request.frequency.days
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(per_day > 0, np.maximum(free_stock(request), 0.0) / per_day, np.nan)
