"""The replenishment plan: settings, orders, dates, money and the reasons for each line."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from core.base.language import _
from core.base.types import AnyArray, BoolArray, FloatArray
from core.inventory.budget import Need, within_budget
from core.inventory.contract import Settings
from core.inventory.deciding import decided
from core.inventory.formulas import levels_for
from core.inventory.kernels import TOLERANCE, mean_shortage
from core.inventory.lead_time import protection_demand, series_keys, within_reach
from core.inventory.plan import STEPS, PlanRequest, ReplenishmentPlan, SupplierTotal
from core.inventory.projection import cover, mean_demand, projected, stock_out
from core.inventory.rounding import rounded
from core.inventory.terms import check_terms


@dataclass(frozen=True, slots=True, eq=False)
class _Orders:
    """The order of each series as it grows and shrinks, units, shape (n_series,); wanted: what the policy asks for."""

    wanted: FloatArray
    suggested: FloatArray
    at_least_moq: FloatArray
    in_packs: FloatArray
    final: FloatArray


def replenishment_plan(request: PlanRequest) -> ReplenishmentPlan:
    """What to order of every series, by when and why; nothing is decided of those that the forecast is too short for.

    Raises:
        InfeasibleTermsError: supply terms are impossible, or those of all series reach beyond the forecast.
        ParameterError: a service level or the budget is out of range.
    """
    check_terms(request.terms, series_keys(request.paths))
    near = within_reach(request.terms, request.frequency, request.paths.periods)
    if near.all() or not near.any():
        return _decided(request)
    return _with_undecided(request, _decided(request.take(np.flatnonzero(near))), near)


def _decided(request: PlanRequest) -> ReplenishmentPlan:
    terms, position, paths = request.terms, request.position, request.paths
    demand = protection_demand(paths, terms, request.frequency, seed=request.seed)
    settings = decided(request.policy, demand, terms, request.service_level)
    orders = _ordered(request, demand, settings)
    projection = projected(request, settings.trigger)
    excess = np.maximum(position.position - settings.target, 0.0)
    margin = np.maximum(terms.unit_price - terms.unit_cost, 0.0)
    suppliers = _supplier_totals(request, orders.final)
    return ReplenishmentPlan(
        skus=paths.skus, locations=paths.locations, supplier=terms.supplier, as_of=request.as_of,
        policy=request.policy.key, service_level=levels_for(request.service_level, len(paths)),
        on_hand=position.on_hand, on_order=position.on_order, allocated=position.allocated,
        expected_demand=settings.expected_demand, safety_stock=settings.safety_stock, trigger=settings.trigger,
        target=settings.target, suggested_units=orders.suggested, order_units=orders.final,
        order_by=projection.order_by, next_order=projection.next_order, stock_out_date=projection.stock_out_date,
        days_of_cover=projection.days_of_cover, order_value=orders.final * terms.unit_cost,
        stock_value=_stock_value(request),
        margin_at_risk=margin * mean_shortage(demand, position.position[None, :])[0],
        excess_units=excess, capital_at_risk=excess * terms.unit_cost,
        step_units=_steps(request, settings, orders), notes=_notes(request, orders, suppliers), suppliers=suppliers,
    )  # fmt: skip


def _with_undecided(request: PlanRequest, part: ReplenishmentPlan, near: BoolArray) -> ReplenishmentPlan:
    """The plan of all series from that of those within reach; of the others what no lead time changes."""

    def spread(values: AnyArray) -> AnyArray:
        blank: Any = {"f": np.nan, "M": np.datetime64("NaT")}.get(values.dtype.kind, "")
        full = np.full((len(near), *values.shape[1:]), blank, dtype=values.dtype)
        full[near] = values
        return full

    columns = {field.name: getattr(part, field.name) for field in fields(part)}
    wider: dict[str, Any] = {name: spread(value) for name, value in columns.items() if isinstance(value, np.ndarray)}
    position, terms, mean = request.position, request.terms, mean_demand(request)
    known: dict[str, Any] = {
        "skus": request.paths.skus, "locations": request.paths.locations, "supplier": terms.supplier,
        "service_level": levels_for(request.service_level, len(near)), "on_hand": position.on_hand,
        "on_order": position.on_order, "allocated": position.allocated, "stock_value": _stock_value(request),
        "stock_out_date": stock_out(request, mean), "days_of_cover": cover(request, mean),
    }  # fmt: skip
    return replace(part, **wider | known)


def _stock_value(request: PlanRequest) -> FloatArray:
    return np.asarray(np.maximum(request.position.on_hand, 0.0) * request.terms.unit_cost)


def _ordered(request: PlanRequest, demand: FloatArray, settings: Settings) -> _Orders:
    terms = request.terms
    position = request.position.position
    wanted = suggested = request.policy.order(position, settings)
    if request.at_most is not None:
        limit = np.maximum(request.at_most, settings.trigger)
        suggested = np.minimum(wanted, np.maximum(limit - position, 0.0))
    packed = rounded(suggested, terms.moq, terms.pack)
    final = packed
    if request.budget is not None:
        final = within_budget(packed, Need(demand, position, terms), request.budget)
    return _Orders(wanted, suggested, np.where(suggested > 0, np.maximum(suggested, terms.moq), 0.0), packed, final)


def _steps(request: PlanRequest, settings: Settings, orders: _Orders) -> FloatArray:
    """Terms of each order, shape (n_series, len(STEPS)); every row adds up to the order."""
    position = request.position
    steps = np.zeros((len(request.paths), len(STEPS)))
    need = (
        settings.expected_demand,
        settings.safety_stock,
        # 0 − x rather than −x, so that nothing on hand reads 0 and not −0
        0.0 - np.nan_to_num(position.on_hand, nan=0.0),
        0.0 - position.on_order,
        position.allocated,
    )
    for column, term in enumerate(need):
        steps[:, column] = term
    # what the policy adds beyond the trigger, or the surplus it leaves alone
    steps[:, 5] = orders.suggested - steps[:, :5].sum(axis=1)
    steps[:, 6] = orders.at_least_moq - orders.suggested
    steps[:, 7] = orders.in_packs - orders.at_least_moq
    steps[:, 8] = orders.final - orders.in_packs
    return steps


def _supplier_totals(request: PlanRequest, orders: FloatArray) -> tuple[SupplierTotal, ...]:
    names, place = np.unique(request.terms.supplier.astype(str), return_inverse=True)
    priceless = (orders > 0) & np.isnan(request.terms.unit_cost)
    value = np.nan_to_num(orders * request.terms.unit_cost)
    lines = np.bincount(place, weights=orders > 0, minlength=len(names))
    unpriced = np.bincount(place, weights=priceless, minlength=len(names))
    units = np.bincount(place, weights=orders, minlength=len(names))
    money = np.bincount(place, weights=value, minlength=len(names))
    # lines of one supplier may carry different minimums; the strictest holds for the whole order
    least = np.zeros(len(names))
    np.maximum.at(least, place, request.terms.order_minimum)
    # 100 × 4.35 is a little under 435 in binary numbers; and lines of unknown cost may well fill what seems to lack
    below = (lines > 0) & (unpriced == 0) & (money < least * (1.0 - TOLERANCE))
    return tuple(
        SupplierTotal(
            str(names[j]), int(lines[j]), float(units[j]), float(money[j]), float(least[j]), bool(below[j]),
            int(unpriced[j]),
        )
        for j in range(len(names))
    )  # fmt: skip


def _notes(request: PlanRequest, orders: _Orders, suppliers: tuple[SupplierTotal, ...]) -> AnyArray:
    """Sentences per series on what was assumed or limited, joined by a blank."""
    terms, position = request.terms, request.position
    short = np.array([total.supplier for total in suppliers if total.below_minimum], dtype=str)
    undated = position.on_order > request.dated_receipts.sum(axis=1) + 1e-9
    assumed_due = (position.on_order > 0) & (request.receipts is None)
    ordered = orders.final > 0
    worth = np.inf if request.at_most is None else request.at_most + TOLERANCE
    too_much = (position.position + orders.suggested <= worth) & (position.position + orders.final > worth)
    flags: tuple[tuple[str, BoolArray], ...] = (
        (_("Stock is not known; counted as 0."), np.isnan(position.on_hand)),
        (_("No unit cost: order value unknown."), ordered & np.isnan(terms.unit_cost)),
        (_("Part of what is on order is not due within the horizon; the stock-out date leaves it out."), undated),
        (_("Open orders have no due date; taken to arrive after the lead time."), assumed_due),
        (
            _("Less than the rule's lot, which would outlast its shelf life or end of sale."),
            orders.suggested < orders.wanted,
        ),
        (_("Minimum order or packs bring more than sells before the goods spoil or their sale ends."), too_much),
        (_("Order cut to the budget."), orders.final < orders.in_packs),
        (
            _("Orders to this supplier are below its minimum."),
            ordered & np.isin(terms.supplier.astype(str), short),
        ),
    )
    notes = np.full(len(request.paths), "", dtype=object)
    assumed = np.flatnonzero(terms.assumed.astype(str) != "")
    notes[assumed] = [_("Assumed: {terms}.").format(terms=terms.assumed[i]) for i in assumed]
    for text, flagged in flags:
        chosen = np.flatnonzero(flagged)
        notes[chosen] = [f"{notes[i]} {text}".strip() for i in chosen]
    return notes
