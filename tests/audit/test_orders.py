"""Audit of the order plan: every column from stored demand paths, the raw files and the definitions."""

from datetime import timedelta

import numpy as np
import pytest
from scipy.stats import gamma

from core.workflows import planning
from tests.audit import books, small_shop
from tests.audit.books import Key
from tests.audit.small_shop import COSTS, LOTS, PLACES, PRICES, STOCK, SUPPLIERS

LEVEL = 0.9
TODAY = small_shop.LAST + timedelta(1)
OBSERVED = 4 / (4 + 20)
"""Weight of four received orders of North Co, eight days each, against the six days agreed."""
LEAD = {"North Co": OBSERVED * 8 + (1 - OBSERVED) * 6, "West": 5.0}
LATE = 2 / 22 * 10.5 + 20 / 22 * 10
"""Mean lead time of South Ltd, whose two orders took 9 and 12 days."""
ORDER_COST = {"North Co": 30, "South Ltd": 45, "West": 12}
REVIEW = 7
ON_ORDER = {("TEA", "north"): 36, ("TIN", "north"): 10, ("MUG", "north"): 18}
DUE = {("TEA", "north"): {4: 36}, ("MUG", "north"): {3: 18}, ("TIN", "north"): {0: 10}}
"""Open orders by days from today: the overdue one is expected at once."""
CERTAIN = [key for key in PLACES if SUPPLIERS[key[0]] == "West"]
"""Series whose lead time is always the same number of days, so that every figure follows from the paths alone."""
BETWEEN = [key for key in PLACES if SUPPLIERS[key[0]] == "North Co"]
"""Series whose goods take six days two times in three, and seven else."""


@pytest.fixture(scope="module")
def plan(shop):
    return shop.written("plan").set_index(["sku", "location"])


@pytest.fixture(scope="module")
def lines(shop):
    return planning.required(shop.workspace).lines.set_index(["sku", "location"])


def position(key: Key) -> float:
    on_hand, promised = STOCK[key]
    return on_hand + ON_ORDER.get(key, 0) - promised


def outcomes(daily, key: Key, days: float) -> list[float]:
    return [books.summed(path, days) for path in daily[key]]


def test_stock_and_open_orders_are_those_of_the_files(plan):
    assert plan["on_hand"].to_dict() == {key: units for key, (units, _promised) in STOCK.items()}
    assert plan["on_order"].to_dict() == {key: ON_ORDER.get(key, 0) for key in STOCK}
    assert plan["supplier"].to_dict() == {key: SUPPLIERS[key[0]] for key in STOCK}


@pytest.mark.parametrize("key", CERTAIN)
def test_reorder_point_is_the_quantile_of_demand_over_lead_time_and_review(plan, daily, key):
    days = LEAD[SUPPLIERS[key[0]]] + REVIEW
    demand = outcomes(daily, key, days)
    assert plan.loc[key, "expected_demand"] == pytest.approx(np.mean(demand))
    assert plan.loc[key, "reorder_point"] == pytest.approx(books.covering_quantile(demand, LEVEL))
    assert plan.loc[key, "safety_stock"] == pytest.approx(books.covering_quantile(demand, LEVEL) - np.mean(demand))


@pytest.mark.parametrize("key", BETWEEN)
def test_a_lead_time_between_two_days_is_now_the_one_and_now_the_other(plan, lines, daily, key):
    assert lines.loc[key, "lead_time_days"] == pytest.approx(19 / 3)
    demand = [books.summed(path, days + REVIEW) for path in daily[key] for days in (6, 6, 7)]
    assert plan.loc[key, "expected_demand"] == pytest.approx(np.mean(demand), rel=0.01)
    assert plan.loc[key, "reorder_point"] == pytest.approx(books.covering_quantile(demand, LEVEL), rel=0.04)


@pytest.mark.parametrize("key", [key for key in PLACES if SUPPLIERS[key[0]] not in LEAD])
def test_an_uncertain_lead_time_is_a_gamma_mixture(plan, lines, daily, key):
    """South Ltd: 10 ± 2.5 days agreed, 9 and 12 seen; every path met by each of 20 equally likely lead times."""
    weight = 2 / 22
    mean = LATE
    spread = weight * np.std([9, 12], ddof=1) + (1 - weight) * 2.5
    assert lines.loc[key, "lead_time_days"] == pytest.approx(mean)
    assert lines.loc[key, "lead_time_sd_days"] == pytest.approx(spread)
    times = gamma.ppf((np.arange(20) + 0.5) / 20, (mean / spread) ** 2, scale=spread**2 / mean)
    demand = [books.summed(path, days + REVIEW) for path in daily[key] for days in times]
    assert plan.loc[key, "expected_demand"] == pytest.approx(np.mean(demand), rel=0.02)
    assert plan.loc[key, "reorder_point"] == pytest.approx(books.covering_quantile(demand, LEVEL), rel=0.04)


@pytest.mark.parametrize("key", PLACES)
def test_order_quantity_after_minimum_and_packs(plan, key):
    need = plan.loc[key, "reorder_point"] - position(key)
    assert plan.loc[key, "suggested_units"] == pytest.approx(max(need, 0))
    assert plan.loc[key, "order_units"] == books.to_packs(plan.loc[key, "suggested_units"], *LOTS[key[0]])


@pytest.mark.parametrize("key", CERTAIN)
def test_last_day_to_order_and_day_of_the_stock_out(plan, daily, key):
    mean = daily[key].mean(axis=0)
    covers = books.covering_quantile(outcomes(daily, key, LEAD[SUPPLIERS[key[0]]]), LEVEL)
    late = [day for day in range(56) if position(key) - mean[:day].sum() <= covers]
    assert plan.loc[key, "order_by"] == str(TODAY + timedelta(late[0]))
    receipts = np.zeros(56)
    for day, units in DUE.get(key, {}).items():
        receipts[day] += units
    stock, day = np.full(len(daily[key]), STOCK[key][0] - STOCK[key][1], float), 0
    while (stock := np.maximum(stock + receipts[day] - daily[key][:, day], 0)).astype(bool).mean() > 0.5:
        day += 1
    assert plan.loc[key, "stock_out_date"] == str(TODAY + timedelta(day))


@pytest.mark.parametrize("key", PLACES)
def test_days_of_cover_money_at_risk_and_excess(lines, daily, key):
    line = lines.loc[key]
    free = max(STOCK[key][0] - STOCK[key][1], 0)
    assert line["days_of_cover"] == pytest.approx(free / daily[key].mean())
    assert line["order_value"] == line["order_units"] * COSTS[key[0]]
    assert line["stock_value"] == STOCK[key][0] * COSTS[key[0]]
    over = max(position(key) - line["trigger"], 0)
    assert line["excess_units"] == pytest.approx(over)
    assert line["capital_at_risk"] == pytest.approx(over * COSTS[key[0]])


@pytest.mark.parametrize("key", CERTAIN)
def test_margin_at_risk_if_nothing_is_ordered(lines, daily, key):
    demand = outcomes(daily, key, LEAD[SUPPLIERS[key[0]]] + REVIEW)
    short = np.mean([max(units - position(key), 0) for units in demand])
    assert lines.loc[key, "margin_at_risk"] == pytest.approx((PRICES[key[0]] - COSTS[key[0]]) * short)


def test_ordering_up_to_a_maximum_adds_the_economic_lot(shop):
    """EOQ = √(2KD/h), at least a pack; ordered only at or below the minimum."""
    least = shop.written("min_max").set_index(["sku", "location"])
    for key in PLACES:
        line = least.loc[key]
        yearly = line["expected_demand"] * 365.25 / (LEAD.get(SUPPLIERS[key[0]], LATE) + REVIEW)
        lot = max((2 * ORDER_COST[SUPPLIERS[key[0]]] * yearly / (0.25 * COSTS[key[0]])) ** 0.5, LOTS[key[0]][1])
        wanted = line["reorder_point"] + lot - position(key) if position(key) <= line["reorder_point"] else 0
        assert line["suggested_units"] == pytest.approx(wanted)
        assert line["order_units"] == books.to_packs(wanted, *LOTS[key[0]])


def test_a_budget_is_kept_and_only_cuts(shop, plan):
    tight = shop.written("budget").set_index(["sku", "location"])
    cost = np.array([COSTS[sku] for sku, _place in tight.index])
    assert 0 < (tight["order_units"] * cost).sum() <= 300
    assert (tight["order_units"] <= plan["order_units"]).all()
    for key in PLACES:
        assert tight.loc[key, "order_units"] in {0, *range(LOTS[key[0]][0], 500)}
        assert tight.loc[key, "order_units"] % LOTS[key[0]][1] == 0


def test_the_terms_of_every_line_add_up_to_its_order(shop):
    run = planning.required(shop.workspace)
    for (_, line), steps in zip(run.lines.iterrows(), run.steps, strict=True):
        assert sum(units for _name, units in steps) == pytest.approx(line["order_units"], abs=1e-9)


def test_suppliers_add_up_to_the_plan(shop, plan):
    value = plan["order_units"] * [COSTS[sku] for sku, _place in plan.index]
    for total in planning.required(shop.workspace).suppliers:
        own = (plan["supplier"] == total.supplier).to_numpy()
        assert (total.units, total.value) == (plan["order_units"][own].sum(), value[own].sum())
        assert total.below_minimum == (total.supplier == "North Co" and 0 < total.value < 400)
