"""Service, stock and cost of a played policy."""

import numpy as np
import pytest

from core.base.calendar import Frequency
from core.base.errors import InfeasibleTermsError, ParameterError
from core.inventory.contract import Settings
from core.inventory.formulas import order_quantity_cost
from core.inventory.lifetime import Lifetime
from core.simulate import kernels
from core.simulate.simulation import simulate, trace
from tests.supply import TODAY, case, paths, poisson_paths, stock, terms


def rule(trigger: float, target: float, quantity: float = np.nan, n: int = 1) -> Settings:
    columns = (np.zeros(n), np.zeros(n), *(np.full(n, float(value)) for value in (trigger, target, quantity)))
    return Settings(*columns)


NO_ORDERS = rule(-1e9, -1e9)


def test_steady_demand_costs_what_the_lot_size_formula_says() -> None:
    steady = paths(np.full((2, 1, 100), 10.0))
    supply = terms(1, lead_time_days=0.0, unit_cost=4.0, order_cost=50.0, holding_rate_per_year=0.5)
    result = simulate(case(steady, terms=supply), rule(0, 100, 100))
    yearly = float(order_quantity_cost(100, 10 * 365.25, 50, 2.0))
    assert result.total_cost.total == pytest.approx(yearly * 100 / 365.25)
    assert result.average_units.total == pytest.approx(50.0)
    assert result.orders.total == 10
    assert result.turns.total == pytest.approx(10 * 365.25 / 50)
    assert result.fill_rate.total == 1.0


def test_a_lost_sale_costs_its_margin_and_never_comes_back() -> None:
    result = simulate(case(paths([[[4.0, 4.0, 4.0]]]), opening=stock(1, on_hand=6)), NO_ORDERS)
    assert result.unmet_units.total == 6.0
    assert result.fill_rate.total == 0.5
    assert result.stock_out_days.total == 2.0
    assert result.shortage_cost.total == 6 * (9 - 5)


def test_a_backorder_costs_a_share_of_its_margin_and_is_delivered_later() -> None:
    demand = paths([[[4.0, 4.0, 4.0]]])
    receipts = np.array([[0.0, 0.0, 20.0]])
    waiting = case(
        demand, opening=stock(1, on_hand=6, on_order=20), receipts=receipts,
        options={"lost_sales": False, "backorder_penalty": 0.25},
    )  # fmt: skip
    result = simulate(waiting, NO_ORDERS)
    assert result.unmet_units.total == 2.0
    assert result.shortage_cost.total == 2 * (9 - 5) * 0.25
    periods = trace(waiting, NO_ORDERS)[0, 0]
    assert periods[:, kernels.SOLD].tolist() == [4.0, 2.0, 6.0]
    assert periods[:, kernels.BACKLOG].tolist() == [0.0, 2.0, 0.0]


def test_allocated_units_are_delivered_first() -> None:
    result = simulate(case(paths([[[4.0]]]), opening=stock(1, on_hand=6, allocated=5)), NO_ORDERS)
    assert result.unmet_units.total == 3.0


def test_an_order_arrives_after_its_lead_time_and_is_not_placed_twice() -> None:
    periods = trace(case(paths(np.zeros((1, 1, 6))), terms=terms(1, lead_time_days=2.0)), rule(5, 5))[0, 0]
    assert periods[:, kernels.ORDER].tolist() == [5, 0, 0, 0, 0, 0]
    assert periods[:, kernels.INCOMING].tolist() == [0, 0, 5, 0, 0, 0]


def test_no_lot_outlasts_the_shelf_life_or_the_end_of_sale() -> None:
    units = np.full((2, 3, 10), 4.0)
    units[:, 1, 6:] = 0.0
    ends = np.array(["NaT", TODAY + 6, "NaT"], "datetime64[D]")
    life = Lifetime(np.array([3.0, np.nan, np.nan]), ends)
    played = case(paths(units), terms=terms(3, lead_time_days=0.0, moq=0.0), life=life)
    orders = trace(played, rule(0, 100, n=3))[0, :, :, kernels.ORDER]
    # three days' demand at a time; what is left of six days; a lot of a hundred
    assert orders[0].tolist() == [12, 0, 0, 12, 0, 0, 12, 0, 0, 12]
    assert orders[1].tolist() == [24, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert orders[2].tolist() == [100, *[0] * 9]


def test_the_reorder_point_goes_before_the_end_of_sale() -> None:
    life = Lifetime(np.array([np.nan]), np.array([TODAY + 1]))
    orders = trace(case(paths([[[4.0, 0.0]]]), terms=terms(1, lead_time_days=0.0), life=life), rule(9, 50))
    assert orders[0, 0, 0, kernels.ORDER] == 9


def test_orders_are_placed_at_reviews_only() -> None:
    supply = terms(1, lead_time_days=0.0, review_period_days=3.0)
    periods = trace(case(paths(np.full((1, 1, 7), 1.0)), terms=supply), rule(9, 9))[0, 0]
    assert periods[:, kernels.ORDER].tolist() == [9, 0, 0, 3, 0, 0, 3]


def test_undated_open_orders_arrive_after_the_mean_lead_time() -> None:
    played = case(paths(np.zeros((1, 1, 5))), opening=stock(1, on_order=8))
    assert trace(played, NO_ORDERS)[0, 0, :, kernels.INCOMING].tolist() == [0, 0, 0, 8, 0]


def test_weeks_count_seven_days() -> None:
    weekly = case(
        paths([[[42.0, 42.0, 42.0]]], frequency=Frequency.WEEK), opening=stock(1, on_hand=63),
        terms=terms(1, review_period_days=7.0), options={"frequency": Frequency.WEEK},
    )  # fmt: skip
    result = simulate(weekly, NO_ORDERS)
    assert result.days == 21.0
    # sixty-three units last ten and a half days at six a day
    assert result.stock_out_days.total == 11.0


def test_months_count_the_days_they_have() -> None:
    months = paths([[[310.0, 280.0, 310.0]]], frequency=Frequency.MONTH)
    played = case(months, opening=stock(1, on_hand=310), options={"frequency": Frequency.MONTH, "warm_up_periods": 1})
    result = simulate(played, NO_ORDERS)
    assert (result.days, result.stock_out_days.total, result.unmet_units.total) == (59.0, 59.0, 590.0)


def test_warm_up_periods_are_played_and_not_counted() -> None:
    played = case(paths([[[4.0, 4.0, 4.0]]]), opening=stock(1, on_hand=6), options={"warm_up_periods": 2})
    result = simulate(played, NO_ORDERS)
    assert (result.demand_units.total, result.unmet_units.total, result.stock_out_days.total) == (4.0, 4.0, 1.0)


def test_a_warm_up_as_long_as_the_horizon_is_refused() -> None:
    with pytest.raises(ParameterError, match="Warm-up must lie between 0 and 2 days; 3 was given"):
        simulate(case(paths([[[4.0, 4.0, 4.0]]]), options={"warm_up_periods": 3}), NO_ORDERS)


def test_receipts_of_another_shape_are_refused() -> None:
    with pytest.raises(InfeasibleTermsError, match=r"1 series and 3 days; they have the shape \(2, 3\)"):
        simulate(case(paths([[[4.0, 4.0, 4.0]]]), receipts=np.zeros((2, 3))), NO_ORDERS)


def test_without_demand_or_cycles_service_is_undefined_and_says_why() -> None:
    result = simulate(case(paths(np.zeros((3, 1, 5)))), NO_ORDERS)
    assert np.isnan([result.fill_rate.total, result.cycle_service_level.total, result.turns.total]).all()
    assert "without demand" in result.reasons["fill_rate"]
    assert "no replenishment cycle ended" in result.reasons["cycle_service_level"]


def test_unknown_cost_leaves_money_open_and_the_others_counted() -> None:
    played = case(paths(np.full((2, 2, 5), 1.0)), terms=terms(2, unit_cost=[np.nan, 5.0]), opening=stock(2, on_hand=10))
    result = simulate(played, rule(-1e9, -1e9, n=2))
    assert np.isnan(result.total_cost.mean[0])
    assert result.total_cost.total == pytest.approx(result.total_cost.mean[1])
    assert result.average_units.total == pytest.approx(15.0)
    assert "unit cost" in result.reasons["total_cost"]


def test_the_stated_error_is_the_spread_of_repeated_simulations() -> None:
    rates, errors = [], []
    for seed in range(40):
        result = simulate(case(poisson_paths(3.0, 100, 1, 60, seed=seed)), rule(13, 13))
        rates.append(result.fill_rate.total)
        errors.append(result.fill_rate.total_error)
    assert np.std(rates, ddof=1) == pytest.approx(np.mean(errors), rel=0.35)


def test_the_promised_cycle_service_is_achieved_with_backorders() -> None:
    played = case(
        poisson_paths(8.0, 1000, 1, 140), service_level=0.9, opening=stock(1, on_hand=200),
        terms=terms(1, review_period_days=7.0, lead_time_days=7.0),
        options={"lost_sales": False, "warm_up_periods": 28},
    )  # fmt: skip
    result = simulate(played)
    # the trigger is a whole number of units, so slightly more than 0.9 may be achieved
    assert 0.9 - 4 * result.cycle_service_level.total_error < result.cycle_service_level.total < 0.92


def test_the_fan_holds_the_percentiles_of_stock() -> None:
    played = case(poisson_paths(3.0, 200, 3, 20), opening=stock(3, on_hand=30), options={"fan_series": (2, 0)})
    result = simulate(played)
    closing = trace(played)[:, :, :, kernels.CLOSING]
    assert result.fan.shape == (2, 20, 3)
    assert np.array_equal(result.fan[0, :, 1], np.median(closing[:, 2], axis=0))
    assert np.all(np.diff(result.fan, axis=2) >= 0)


def test_single_precision_demand_is_played_alike() -> None:
    double = poisson_paths(3.0, 50, 2, 30)
    single = type(double)(double.units.astype(np.float32), double.skus, double.locations, double.periods)
    assert simulate(case(single)).total_cost.total == simulate(case(double)).total_cost.total


@pytest.mark.parametrize("lost_sales", [True, False])
def test_stock_booked_below_zero_is_owed_and_no_demand_of_the_first_day(lost_sales) -> None:
    options = {"lost_sales": lost_sales}
    below = case(paths(np.full((2, 1, 10), 2.0)), opening=stock(1, on_hand=-5), options=options)
    owed = case(paths(np.full((2, 1, 10), 2.0)), opening=stock(1, allocated=5), options=options)
    assert np.array_equal(trace(below, rule(8, 8)), trace(owed, rule(8, 8)))
    # the first order is there after three days: three days of two units are missed, and not five units more
    assert simulate(below, rule(8, 8)).unmet_units.mean[0] >= 6.0
    assert np.all(trace(below, rule(8, 8))[..., kernels.SOLD] >= 0)


@pytest.mark.parametrize("frequency", list(Frequency))
def test_the_promised_service_is_kept_whatever_the_length_of_a_period(frequency) -> None:
    # two weeks of lead time and a weekly review are half a month and a quarter of one
    periods = round(364 / frequency.days)
    played = case(
        poisson_paths(4 * frequency.days, 400, 1, periods, frequency=frequency),
        service_level=0.95, opening=stock(1, on_hand=150), terms=terms(1, review_period_days=7.0, lead_time_days=14.0),
        options={"frequency": frequency, "lost_sales": False, "warm_up_periods": periods // 4},
    )  # fmt: skip
    result = simulate(played)
    assert 0.92 < result.cycle_service_level.total < 0.98
    assert result.fill_rate.total > 0.98
