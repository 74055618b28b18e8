"""The replenishment plan: orders, dates, reasons, budget, suppliers."""

from typing import Any

import numpy as np
import pytest

from core.base.calendar import Frequency
from core.base.errors import InfeasibleTermsError, ParameterError
from core.inventory.plan import STEPS, ReplenishmentPlan
from core.inventory.planning import replenishment_plan
from core.inventory.registry import policy
from tests.supply import TODAY, paths, plan_request, poisson_paths, stock, terms

STEADY = paths(np.full((4, 1, 30), 2.0))
"""Two a day for certain; over lead time 3 and review 1 that is 8."""


def planned(demand=STEADY, **changes: Any) -> ReplenishmentPlan:
    return replenishment_plan(plan_request(demand, **changes))


def test_the_order_lifts_the_position_to_the_target() -> None:
    plan = planned(position=stock(1, on_hand=3, on_order=2, allocated=1))
    assert (plan.trigger[0], plan.order_units[0]) == (8.0, 4.0)
    assert plan.order_value.tolist() == [20.0]


def test_every_term_of_an_order_is_named_and_they_add_up() -> None:
    plan = planned(position=stock(1, on_hand=3, on_order=2, allocated=1), terms=terms(1, moq=5, pack=4))
    assert plan.steps(0) == list(zip(STEPS, [8.0, 0.0, -3.0, -2.0, 1.0, 0.0, 1.0, 3.0, 0.0], strict=True))
    assert plan.order_units.tolist() == [8.0]


def test_nothing_is_ordered_above_the_trigger_and_the_terms_say_so() -> None:
    plan = planned(position=stock(1, on_hand=20))
    assert plan.order_units.tolist() == [0.0]
    assert plan.steps(0)[5] == ("Target or lot of the policy", 12.0)
    assert plan.excess_units.tolist() == [12.0]
    assert plan.capital_at_risk.tolist() == [60.0]


def test_order_by_is_the_last_day_on_which_an_order_arrives_in_time() -> None:
    # 20 pieces last 10 days at 2 a day; three days of lead time need 6, reached after seven days
    plan = planned(position=stock(1, on_hand=20))
    assert plan.order_by.tolist() == [(TODAY + 7).item()]
    assert plan.next_order.tolist() == [(TODAY + 6).item()]
    assert plan.stock_out_date.tolist() == [(TODAY + 9).item()]
    assert plan.days_of_cover.tolist() == [10.0]


def test_order_by_is_today_when_it_is_late_already() -> None:
    assert planned(position=stock(1, on_hand=1)).order_by.tolist() == [TODAY.item()]


def test_dates_beyond_the_horizon_and_without_demand_are_empty() -> None:
    plan = planned(
        paths(np.stack([np.full((4, 30), 2.0), np.zeros((4, 30))], axis=1)), position=stock(2, on_hand=[200, 0])
    )
    for dates in (plan.order_by, plan.next_order, plan.stock_out_date):
        assert np.isnat(dates).all()
    assert np.isnan(plan.days_of_cover[1])


def test_open_receipts_move_the_stock_out_date() -> None:
    receipts = np.zeros((1, 30))
    receipts[0, 2] = 8.0
    late = planned(position=stock(1, on_hand=6, on_order=8), receipts=receipts)
    assert late.stock_out_date.tolist() == [(TODAY + 6).item()]
    assert planned(position=stock(1, on_hand=6)).stock_out_date.tolist() == [(TODAY + 2).item()]


def test_half_of_the_paths_out_of_stock_is_a_stock_out() -> None:
    units = np.zeros((4, 1, 10))
    units[:2, 0, 4] = 5.0
    units[2:, 0, 6] = 5.0
    plan = planned(paths(units), position=stock(1, on_hand=5))
    assert plan.stock_out_date.tolist() == [(TODAY + 4).item()]


def test_unknown_stock_counts_as_none_and_is_flagged() -> None:
    plan = planned(position=stock(1, on_hand=np.nan), terms=terms(1, assumed="lead time"))
    assert plan.order_units.tolist() == [8.0]
    assert plan.notes[0] == "Assumed: lead time. Stock is not known; counted as 0."


def test_open_orders_without_a_date_arrive_after_the_lead_time_and_are_flagged() -> None:
    plan = planned(position=stock(1, on_hand=7, on_order=4))
    assert plan.notes.tolist() == ["Open orders have no due date; taken to arrive after the lead time."]
    assert plan.stock_out_date.tolist() == [(TODAY + 5).item()]


def test_open_orders_due_beyond_the_horizon_are_flagged() -> None:
    plan = planned(position=stock(1, on_order=4), receipts=np.zeros((1, 30)))
    assert plan.notes.tolist() == [
        "Part of what is on order is not due within the horizon; the stock-out date leaves it out."
    ]


def test_unknown_cost_leaves_the_value_open_and_says_so() -> None:
    plan = planned(terms=terms(1, unit_cost=np.nan))
    assert np.isnan(plan.order_value[0])
    assert "No unit cost" in plan.notes[0]
    assert plan.total_value == 0.0


def test_service_levels_may_differ_by_series() -> None:
    same = np.repeat(poisson_paths(4, 300, 1, 20).units, 2, axis=1)
    plan = planned(paths(same), service_level=np.array([0.8, 0.99]))
    assert plan.trigger[0] < plan.trigger[1]
    assert plan.service_level.tolist() == [0.8, 0.99]
    alone = planned(paths(same[:, :1]), service_level=0.8)
    assert plan.trigger[0] == alone.trigger[0]


def test_margin_at_risk_is_the_margin_of_the_expected_shortage() -> None:
    assert planned(position=stock(1, on_hand=5)).margin_at_risk.tolist() == [(8 - 5) * (9.0 - 5.0)]


def test_weeks_are_planned_in_weeks() -> None:
    plan = planned(
        paths(np.full((4, 1, 6), 2.0), frequency=Frequency.WEEK),
        frequency=Frequency.WEEK, terms=terms(1, lead_time_days=14.0, review_period_days=7.0),
        position=stock(1, on_hand=6),
    )  # fmt: skip
    assert plan.trigger.tolist() == [6.0]
    assert plan.days_of_cover.tolist() == [21.0]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"pack": 0.0}, r"Pack size must be above 0 units; 1 SKUs have another value: S0@main \(0\)"),
        ({"lead_time_days": -2.0}, r"Lead time must be 0 days or more; 1 SKUs .*S0@main \(-2\)"),
        ({"review_period_days": np.nan}, r"Review period must be above 0 days; .*\(nan\)"),
    ],
)
def test_impossible_terms_are_refused_by_sku_and_value(changes, text) -> None:
    with pytest.raises(InfeasibleTermsError, match=text):
        planned(terms=terms(1, **changes))


def test_a_pack_that_brings_more_than_will_sell_is_said() -> None:
    text = "Minimum order or packs bring more than sells before the goods spoil or their sale ends."
    plan = planned(terms=terms(1, pack=48), at_most=np.array([10.0]))
    assert (plan.suggested_units[0], plan.order_units[0], text in plan.notes[0]) == (8.0, 48.0, True)
    assert text not in planned(terms=terms(1, pack=5), at_most=np.array([10.0])).notes[0]


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(ParameterError, match="budget must be 0 or more; -5 was given"):
        planned(budget=-5.0)


def two_products_within(budget: float, **changes: Any) -> ReplenishmentPlan:
    demand = paths(np.full((4, 2, 30), 2.0))
    return planned(demand, terms=terms(2, unit_price=[6.0, 15.0], **changes), budget=budget)


def test_a_budget_is_spent_where_it_saves_the_most_margin() -> None:
    plan = two_products_within(55.0)
    assert plan.order_units.tolist() == [3.0, 8.0]
    assert plan.steps(0)[-1] == ("Budget", -5.0)
    assert plan.notes.tolist() == ["Order cut to the budget.", ""]


def test_a_budget_that_is_not_reached_changes_nothing() -> None:
    plan = two_products_within(80.0)
    assert plan.order_units.tolist() == [8.0, 8.0]


def test_a_cut_order_keeps_moq_and_pack() -> None:
    plan = two_products_within(75.0, moq=6.0, pack=2.0)
    assert plan.order_units.tolist() == [6.0, 8.0]
    assert two_products_within(65.0, moq=6.0, pack=2.0).order_units.tolist() == [0.0, 8.0]


def test_lines_of_unknown_cost_are_left_out_of_the_budget() -> None:
    plan = two_products_within(0.0, unit_cost=[np.nan, 5.0])
    assert plan.order_units.tolist() == [8.0, 0.0]


def test_supplier_totals_flag_an_order_below_the_minimum() -> None:
    demand = paths(np.full((4, 3, 30), 2.0))
    plan = planned(
        demand,
        terms=terms(3, supplier=["B", "A", "B"], order_minimum=[100.0, 40.0, 100.0]),
        position=stock(3, on_hand=[0, 0, 20]),
    )
    first, second = plan.suppliers
    assert (first.supplier, first.lines, first.value, first.below_minimum) == ("A", 1, 40.0, False)
    assert (second.supplier, second.lines, second.units, second.below_minimum) == ("B", 1, 8.0, True)
    assert plan.notes.tolist() == ["Orders to this supplier are below its minimum.", "", ""]


def test_no_series_give_an_empty_plan() -> None:
    plan = planned(paths(np.empty((4, 0, 30)), []), policy=policy("min_max"))
    assert len(plan) == 0
    assert plan.suppliers == ()


def supplier_of(unit_cost, minimum: float, pack: float = 8.0):
    """The one supplier of orders for a pack each."""
    n = len(unit_cost)
    costs = terms(n, unit_cost=unit_cost, unit_price=20.0, order_minimum=minimum, pack=pack)
    plan = planned(paths(np.full((4, n, 30), 2.0)), terms=costs)
    return plan, plan.suppliers[0]


def test_a_minimum_met_to_the_cent_is_met() -> None:
    # 100 × 4.35 is a little under 435 in binary numbers
    plan, supplier = supplier_of([4.35], 435.0, pack=100.0)
    assert supplier.value < 435.0
    assert not supplier.below_minimum
    assert plan.notes.tolist() == [""]


def test_nobody_knows_whether_orders_of_unknown_cost_reach_the_minimum() -> None:
    plan, supplier = supplier_of([5.0, np.nan], 100.0)
    assert (supplier.value, supplier.unpriced, supplier.below_minimum) == (40.0, 1, False)
    assert plan.notes.tolist() == ["", "No unit cost: order value unknown."]


def test_stock_booked_below_zero_is_worth_nothing_and_is_ordered_again() -> None:
    plan = planned(position=stock(1, on_hand=-3))
    assert (plan.stock_value[0], plan.order_units[0]) == (0.0, 11.0)


def test_one_large_order_is_not_given_up_for_a_little_one_of_a_better_rate() -> None:
    demand = paths(np.full((4, 2, 30), 2.0))
    supply = terms(2, unit_price=[15.0, 14.0], moq=[1.0, 8.0], unit_cost=[5.0, 5.0])
    plan = planned(demand, terms=supply, position=stock(2, on_hand=[7, 0]), budget=42.0)
    # a piece of the first saves 10 and leaves too little for the eight of the second, which save 72
    assert plan.order_units.tolist() == [0.0, 8.0]


def test_no_lot_is_bought_that_would_spoil_and_service_goes_first() -> None:
    demand = paths(np.full((4, 3, 30), 2.0))
    about = {"policy": policy("min_max"), "position": stock(3)}
    free = planned(demand, terms=terms(3), **about)
    assert free.order_units.min() > 30
    held = planned(demand, terms=terms(3), at_most=np.array([20.0, 3.0, np.inf]), **about)
    assert held.order_units.tolist() == [20.0, held.trigger[1], free.order_units[2]]
    assert held.step_units.sum(axis=1) == pytest.approx(held.order_units)
    told = "Less than the rule's lot, which would outlast its shelf life or end of sale."
    assert held.notes.tolist() == [told, told, ""]


@pytest.mark.parametrize(("frequency", "day", "out"), [(Frequency.WEEK, 5, 1), (Frequency.MONTH, 24, 4)])
def test_a_shelf_that_is_empty_until_a_delivery_within_the_period_is_out_of_stock(frequency, day, out) -> None:
    demand = paths(np.full((4, 1, 8), 60.0), frequency=frequency)
    receipts = np.zeros((1, {Frequency.WEEK: 56, Frequency.MONTH: 243}[frequency]))
    receipts[0, day] = 900.0
    plan = planned(
        demand,
        frequency=frequency,
        as_of=demand.periods[0],
        receipts=receipts,
        position=stock(1, on_hand=10, on_order=900),
    )
    assert plan.stock_out_date[0] == demand.periods[0] + out


def test_receipts_of_another_shape_are_refused() -> None:
    with pytest.raises(InfeasibleTermsError, match=r"1 series and 30 days; they have the shape \(1, 28\)"):
        planned(receipts=np.zeros((1, 28)))


@pytest.mark.parametrize("rule", ["order_up_to", "fill_rate_target"])
def test_of_a_lead_time_beyond_the_forecast_nothing_is_decided_and_the_others_are_planned_as_ever(rule) -> None:
    supply = terms(3, lead_time_days=[3.0, 400.0, 3.0])
    there = stock(3, on_hand=[3, 10, 4])
    demand = paths(np.random.default_rng(1).poisson(2.0, (50, 3, 30)))
    plan = planned(demand, terms=supply, position=there, policy=policy(rule), service_level=[0.9, 0.8, 0.7])
    alone = replenishment_plan(
        plan_request(demand, terms=supply, position=there, policy=policy(rule), service_level=[0.9, 0.8, 0.7])
        .take(np.array([0, 2]))
    )  # fmt: skip
    assert plan.order_units[[0, 2]].tolist() == alone.order_units.tolist()
    assert (plan.steps(2), plan.notes[2], plan.suppliers) == (alone.steps(1), alone.notes[1], alone.suppliers)
    assert np.isnan([plan.order_units[1], plan.expected_demand[1], plan.trigger[1], plan.order_value[1]]).all()
    assert (plan.skus[1], plan.on_hand[1], plan.stock_value[1], plan.steps(1)) == ("S1", 10.0, 50.0, [])
    # what is there lasts five days however long the next delivery takes
    assert abs((plan.stock_out_date[1] - TODAY).astype(int) - 5) <= 1
    assert np.isnat(plan.order_by[1])
