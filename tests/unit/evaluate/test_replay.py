"""What stock set by a method's quantiles would have cost, against sums worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import gamma

from core.evaluate import combining
from core.evaluate.backtest import Backtest
from core.evaluate.choosing import cheapest
from core.evaluate.drawing import TOTAL_LEVELS
from core.evaluate.leaderboard import leaderboard
from core.evaluate.replay import Economics, at_level, billed, replayed, terms_of
from core.series.forecast import LEVELS

AT_95 = TOTAL_LEVELS.index(0.95)


def backtest_of(actual, stock, model="one") -> Backtest:
    """Actual units (origins, series, steps); stock = the 95 % quantile of the total (origins, series)."""
    real, level = np.array(actual, float), np.array(stock, float)
    shape = real.shape[:2]
    totals = level[:, :, None] + np.arange(len(TOTAL_LEVELS)) - AT_95
    return Backtest(
        model=model, skus=np.array([f"S{number}" for number in range(shape[1])], dtype=object),
        locations=np.array(["main"] * shape[1], dtype=object), origins=np.arange(shape[0]) + 10,
        periods=np.zeros((shape[0], real.shape[2]), "datetime64[D]"), actual=real, mean=np.ones_like(real),
        quantiles=np.ones((*real.shape, len(LEVELS)), np.float32), levels=LEVELS, scale=np.ones(shape),
        squared_scale=np.ones(shape), fit_seconds=1.0, predict_seconds=0.5, substitutions=(),
        totals=totals.astype(np.float32),
    )  # fmt: skip


def economics(n_series=2, **about) -> Economics:
    return Economics(**({
        "service_level": 0.95, "margin": np.full(n_series, 5.0), "holding": np.full(n_series, 0.2),
        "whole": np.zeros(n_series, bool),
    } | about))  # fmt: skip


# S0: 6 asked for at the first date, stock 10: 4 left; 12 at the second, stock 9: 3 lost. S1: 4 of 4; 0 of 5.
TWO = backtest_of([[[2, 4], [1, 3]], [[5, 7], [0, 0]]], [[10, 4], [9, 5]])


def test_units_lost_and_left_are_what_really_sold_leaves_of_the_stock():
    found = replayed(TWO, economics())
    np.testing.assert_allclose(found.lost, [3, 0])
    np.testing.assert_allclose(found.left, [4, 5])
    np.testing.assert_allclose(found.lost_margin, [15, 0])
    np.testing.assert_allclose(found.holding_cost, [0.8, 1.0])


def test_a_unit_lost_is_charged_what_the_service_level_says_it_is_worth():
    bill = billed(replayed(TWO, economics()))
    assert bill.cost == pytest.approx(3 * 0.2 * 19 + 9 * 0.2)
    assert bill.service == pytest.approx(1 - 3 / 22)
    assert bill.lasted == pytest.approx(3 / 4)
    assert (bill.lost_units, bill.left_units) == pytest.approx((3, 9))


def test_whole_units_are_stocked_whole():
    result = backtest_of([[[1, 1]]], [[2.4]])
    assert replayed(result, economics(1, whole=np.array([True]))).left[0] == pytest.approx(1.0)
    assert replayed(result, economics(1)).left[0] == pytest.approx(0.4, abs=1e-6)


def test_a_period_out_of_stock_is_unknown_demand_and_leaves_its_case_out():
    result = backtest_of([[[2, np.nan], [1, 3]]], [[10, 4]])
    found, told = replayed(result, economics()), terms_of(result, economics())
    np.testing.assert_allclose(found.cases, [0, 1])
    assert np.isnan(found.cost[0])
    assert (told.cases, told.left_out) == (1, 1)


def test_a_series_without_a_cost_counts_in_service_but_not_in_money():
    shop = economics(holding=np.array([np.nan, 0.2]), margin=np.array([np.nan, 5.0]))
    bill = billed(replayed(TWO, shop))
    assert bill.cost == pytest.approx(5 * 0.2)
    assert bill.service == pytest.approx(1 - 3 / 22)
    assert terms_of(TWO, shop).unpriced == 1


def test_the_index_of_the_seasonal_naive_is_exactly_one_and_blank_without_it():
    naive, other = replace(TWO, model="seasonal_naive"), backtest_of(TWO.actual, [[10, 4], [12, 5]], "other")
    rows = {row.model: row for row in leaderboard([naive, other], economics=economics())}
    assert rows["seasonal_naive"].cost_index == 1.0
    assert rows["other"].cost_index == pytest.approx(9 * 0.2 / (3 * 0.2 * 19 + 9 * 0.2))
    assert np.isnan(leaderboard([other], economics=economics())[0].cost_index)
    assert leaderboard([naive])[0].record()["cost_index"] is None


def test_without_totals_nothing_is_replayed():
    assert replayed(replace(TWO, totals=np.zeros(0)), economics()) is None


def test_margin_and_holding_balance_at_the_critical_ratio():
    assert terms_of(TWO, economics()).cheapest_level == pytest.approx(5 / 5.2)
    assert np.isnan(terms_of(TWO, economics(margin=np.full(2, np.nan))).cheapest_level)


@pytest.mark.parametrize("factor", [0.85, 0.95, 1.05, 1.2])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_true_quantiles_have_the_smallest_expected_cost(level, factor):
    demand = gamma(4, scale=5)
    real = demand.ppf((np.arange(4000) + 0.5) / 4000)[:, None, None]
    shop = economics(1, service_level=level)

    def cost(by: float) -> float:
        totals = np.broadcast_to(by * demand.ppf(TOTAL_LEVELS), (4000, 1, len(TOTAL_LEVELS)))
        return billed(replayed(replace(backtest_of(real, np.ones((4000, 1))), totals=totals), shop)).cost

    assert cost(1.0) < cost(factor)


@pytest.mark.parametrize("level", [0.8, 0.925, 0.99, 0.997])
def test_levels_that_are_not_stored_are_exact_for_normal_totals(level):
    from statistics import NormalDist

    totals = np.array([[[NormalDist(100, 20).inv_cdf(each) for each in TOTAL_LEVELS]]])
    assert at_level(totals, level)[0, 0] == pytest.approx(NormalDist(100, 20).inv_cdf(level))


def test_totals_on_the_edge_of_an_interval_count_in_part():
    places = [TOTAL_LEVELS.index(level) for level in (0.025, 0.1, 0.9)]
    low_95, low_80, high_80 = (50.0 + place - AT_95 for place in places)
    result = backtest_of([[[low_95]], [[low_80]], [[high_80]], [[high_80 + 0.5]]], [[50]] * 4)
    bill = billed(replayed(result, economics(1)))
    # on 10 and 90 % three quarters of the ranks around them are inside, on 2.5 % a third of those up to 3.75 %
    assert bill.coverage_total_80 == pytest.approx((0 + 0.75 + 0.75 + 0) / 4)
    assert bill.coverage_total_95 == pytest.approx((1 / 3 + 1 + 1 + 1) / 4)


def test_combinations_mix_the_quantiles_of_totals_like_those_of_periods():
    results = [backtest_of(TWO.actual, [[4, 4], [4, 4]], "a"), backtest_of(TWO.actual, [[8, 8], [8, 8]], "b")]
    made, _blends = combining.combine(results, np.full((3, 2), "x", dtype=object))
    mean = next(each for each in made if each.model == combining.MEAN)
    np.testing.assert_allclose(mean.totals[0, :, AT_95], 6.0)


def test_champions_by_cost_are_those_whose_stock_cost_least_in_the_segment():
    # S0: 62 left at 2.0 each, against 3 lost at 38.0 and 4 left; S1: the same, and the first one stays
    dear = backtest_of(TWO.actual, [[40, 4], [40, 5]], "dear")
    chosen, reasons = cheapest([dear, TWO], np.array(["a", "b"], dtype=object), economics(holding=np.array([2.0, 2.0])))
    assert chosen.tolist() == ["one", "dear"]
    assert "smallest replayed cost" in reasons[0]


def test_where_no_cost_is_known_champions_by_rmsse_stay():
    unknown = economics(holding=np.full(2, np.nan), margin=np.full(2, np.nan))
    _chosen, reasons = cheapest([TWO], np.array(["a", "a"], dtype=object), unknown)
    assert "RMSSE" in reasons[0]


def test_a_single_method_that_costs_hardly_more_than_a_combination_does_not_claim_to_cost_least():
    single, mixed = (backtest_of([[[100]]], [[stock]], name) for stock, name in ((200, "one"), (199.5, combining.MEAN)))
    chosen, reasons = cheapest([single, mixed], np.array(["a"], dtype=object), economics(1))
    assert chosen.tolist() == ["one"]
    assert reasons[0].startswith("a single method with nearly the smallest replayed cost (20)")
