"""Laws of the replenishment plan over random supplies."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.inventory.kernels import mean_shortage
from core.inventory.lead_time import protection_demand
from core.inventory.planning import replenishment_plan
from core.inventory.registry import POLICIES, policy
from tests.supply import plan_request, poisson_paths, stock, terms

BUDGETS = st.none() | st.floats(0, 3000)


@st.composite
def requests(draw, budgets=BUDGETS):
    n = draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    supply = terms(
        n, lead_time_days=rng.uniform(0, 12, n), lead_time_sd_days=rng.uniform(0, 4, n),
        review_period_days=rng.uniform(1, 14, n), moq=rng.integers(0, 40, n), pack=rng.integers(1, 13, n),
        unit_cost=rng.uniform(1, 9, n), unit_price=rng.uniform(4, 20, n), supplier=rng.choice(["N", "S"], n),
    )  # fmt: skip
    return plan_request(
        poisson_paths(float(rng.uniform(0.1, 6)), 60, n, 80, seed=draw(st.integers(0, 99))), terms=supply,
        position=stock(n, rng.integers(0, 90, n), rng.integers(0, 20, n), rng.integers(0, 9, n)),
        policy=policy(draw(st.sampled_from(sorted(POLICIES)))), service_level=draw(st.floats(0.5, 0.99)),
        budget=draw(budgets),
    )  # fmt: skip


@given(requests())
@settings(max_examples=25, deadline=None)
def test_the_terms_of_every_order_add_up_to_it(request) -> None:
    plan = replenishment_plan(request)
    assert np.allclose(plan.step_units.sum(axis=1), plan.order_units, rtol=0, atol=1e-9)


@given(requests())
@settings(max_examples=25, deadline=None)
def test_orders_keep_moq_pack_trigger_and_budget(request) -> None:
    plan = replenishment_plan(request)
    ordered = plan.order_units > 0
    assert np.all(plan.order_units >= 0)
    assert np.allclose(plan.order_units % request.terms.pack, 0.0)
    assert np.all(plan.order_units[ordered] >= request.terms.moq[ordered])
    assert not np.any(ordered & (request.position.position > plan.trigger))
    if request.budget is not None:
        assert plan.total_value <= request.budget * (1 + 1e-6)


@given(requests(budgets=st.none()), st.tuples(st.floats(0, 2000), st.floats(0, 2000)))
@settings(max_examples=25, deadline=None)
def test_more_money_never_leaves_more_margin_at_risk(request, budgets) -> None:
    demand = protection_demand(request.paths, request.terms, request.frequency, seed=request.seed)
    margin = np.maximum(request.terms.unit_price - request.terms.unit_cost, 0.0)

    def at_risk(budget: float | None) -> float:
        orders = replenishment_plan(replace(request, budget=budget)).order_units
        return float(margin @ mean_shortage(demand, (request.position.position + orders)[None, :])[0])

    none, some, unlimited = at_risk(0.0), at_risk(max(budgets)), at_risk(None)
    assert unlimited - 1e-9 <= some <= none + 1e-9


@given(requests())
@settings(max_examples=25, deadline=None)
def test_orders_are_due_before_stock_runs_out_on_half_of_the_paths(request) -> None:
    position = request.position
    nothing_open = stock(len(request.paths), position.on_hand, 0.0, position.allocated)
    plan = replenishment_plan(replace(request, position=nothing_open))
    known = ~np.isnat(plan.stock_out_date)
    assert not np.isnat(plan.order_by[known]).any()
    both = ~np.isnat(plan.order_by) & ~np.isnat(plan.next_order)
    assert np.all(plan.next_order[both] <= plan.order_by[both])
