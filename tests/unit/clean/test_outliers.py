"""Which sales are unusual, and what becomes of them."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.columns import OUTLIER_EVENT, known_ahead
from core.clean.outliers import isolated
from core.clean.registry import create
from core.clean.robust import order_statistic
from core.series.panel import from_dense

WEEKS = regular(Frequency.WEEK, "2023-01-02", 20)
STEADY = [20.0, 22, 19, 21, 20, 18, 23, 20, 21, 19, 20, 22, 18, 21, 20, 19, 22, 20, 21, 20]
BOTH = pytest.mark.parametrize("rule", ["outliers_hampel", "outliers_iqr", "outliers_zscore", "outliers_forest"])


def with_value(value, at=10):
    return [*STEADY[:at], value, *STEADY[at + 1 :]]


def panel(values, **more):
    return from_dense(np.array([values], float), WEEKS, ["A"], **more)


@BOTH
def test_a_slip_of_the_keyboard_is_capped_well_above_the_usual(rule):
    result, findings = create(rule).repair(panel(with_value(20_000)))
    assert 40 < result.values[10] < 200
    assert [(found.period, found.before, found.after) for found in findings] == [
        ("2023-03-13", 20_000.0, result.values[10])
    ]
    assert findings[0].reason.startswith("20000 units sold where about 20.0 are usual; up to ")


def test_the_cap_of_the_median_rule_is_eight_floors_above_the_level():
    result, _ = create("outliers_hampel").repair(panel(with_value(20_000)))
    # log(1 + 20) + 8 × max(0.2, 0.6745 / √21) on the log scale, then down to a whole unit.
    assert result.values[10] == np.floor(21 * np.exp(8 * 0.2) - 1)


@BOTH
@pytest.mark.parametrize("value", [0.0, 40.0])
def test_twice_the_usual_or_nothing_is_not_unusual(rule, value):
    assert create(rule).repair(panel(with_value(value)))[1] == []


@BOTH
def test_sales_during_a_promotion_or_event_stay(rule):
    for name in ("promotion", "event:11.11", "holiday:Easter"):
        on = np.zeros((1, 20))
        on[0, 10] = 1
        assert create(rule).repair(panel(with_value(20_000), drivers={name: on}))[1] == []


@BOTH
def test_too_few_selling_periods_say_nothing(rule):
    values = np.zeros(20)
    values[:7] = [1, 1, 1, 1, 1, 1, 5000]
    assert create(rule).repair(panel(values))[1] == []


@BOTH
def test_lumpy_demand_is_its_own_measure(rule):
    values = [0, 1, 0, 0, 40, 0, 2, 0, 300, 0, 5, 0, 90, 0, 1, 0, 12, 0, 700, 3]
    assert create(rule).repair(panel(values))[1] == []


@BOTH
def test_units_of_an_sku_that_sells_one_at_a_time_may_be_a_handful(rule):
    assert create(rule).repair(panel([1, 0, 1, 1, 0, 1, 6, 1, 1, 1, 0, 1, 1, 1, 2, 1, 1, 0, 1, 1]))[1] == []


@BOTH
def test_demand_that_rose_for_good_is_a_new_level(rule):
    values = [*STEADY, *[value * 30 for value in STEADY[:4]]]
    longer = from_dense(np.array([values]), regular(Frequency.WEEK, "2023-01-02", 24), ["A"])
    assert create(rule).repair(longer)[1] == []


@BOTH
def test_two_unusual_periods_on_end_are_still_outliers(rule):
    values = [*with_value(20_000), *STEADY, *STEADY]
    values[11] = 30_000.0
    longer = from_dense(np.array([values]), regular(Frequency.WEEK, "2023-01-02", 60), ["A"])
    assert len(create(rule).repair(longer)[1]) == 2


def test_standard_deviations_let_two_alike_hide_in_a_short_history():
    values = with_value(20_000)
    values[11] = 30_000.0
    # Of 20 values 2 equal ones lie at most √(18 / 2) = 3 deviations off.
    assert create("outliers_zscore").repair(panel(values))[1] == []


def test_a_run_does_not_reach_into_the_next_series():
    assert isolated(np.array([True, True, True, True]), np.array([0, 0, 1, 1])).all()


@BOTH
def test_removed_sales_count_as_not_observed(rule):
    result, findings = create(rule, {"treatment": "remove"}).repair(panel(with_value(20_000)))
    assert np.isnan(result.values[10])
    assert (len(findings), findings[0].after) == (1, None)


def test_removing_goes_on_while_what_is_left_shows_further_outliers():
    sold = np.array([[357.0, 48, 110, 2050, 48, 45, 85, 50, 87]])
    rule = create("outliers_hampel", {"treatment": "remove", "k": 3.0})
    once, findings = rule.repair(from_dense(sold, regular(Frequency.WEEK, "2024-01-01", 9), ["A"]))
    # 2,050 hides 357: only without it do the others look as alike as they are.
    assert {2050.0, 357.0} <= {found.before for found in findings}
    assert rule.repair(once)[1] == []


@BOTH
def test_marked_sales_stay_as_they_are(rule):
    result, findings = create(rule, {"treatment": "mark as event"}).repair(panel(with_value(20_000)))
    assert result.values[10] == 20_000
    assert np.flatnonzero(result.drivers["event:outlier"]).tolist() == [10]
    assert [(found.before, found.after) for found in findings] == [(20_000, 20_000)]


@BOTH
def test_low_sales_are_lifted_only_when_asked(rule):
    values = [value * 100 for value in STEADY]
    values[10] = 1.0
    assert create(rule).repair(panel(values))[1] == []
    result, findings = create(rule, {"sides": "too high or too low"}).repair(panel(values))
    assert 1 < result.values[10] < 1900
    assert "down to" in findings[0].reason


def test_out_of_stock_periods_are_not_judged():
    censored = np.zeros((1, 20), bool)
    censored[0, 10] = True
    assert create("outliers_hampel").repair(panel(with_value(20_000), censored=censored))[1] == []


def test_a_weekday_is_measured_by_itself():
    days = regular(Frequency.DAY, "2024-01-01", 70)
    values = np.where(np.arange(70) % 7 == 5, 900.0, 10.0)
    values[40 - 40 % 7 + 5] = 910.0
    values[8] = 900.0
    _, findings = create("outliers_hampel").repair(from_dense(values[None, :], days, ["A"]))
    assert [found.period for found in findings] == ["2024-01-09"]


def test_fractions_stay_fractions_where_a_product_is_sold_by_weight():
    result, _ = create("outliers_hampel").repair(panel([*with_value(20_000.5)[:-1], 20.25]))
    assert result.values[10] % 1 != 0


def test_the_order_statistic_is_one_of_the_groups_own_values():
    values, groups = np.array([5.0, 1.0, 3.0, 2.0, 9.0]), np.array([2, 0, 0, 0, 2])
    np.testing.assert_array_equal(order_statistic(values, groups, 4, 0.5), [2.0, np.nan, 5.0, np.nan])


@BOTH
def test_marked_sales_no_longer_hide_the_next(rule):
    values = [*with_value(20_000), *STEADY, *STEADY]
    values[40] = 3_000.0
    longer = from_dense(np.array([values]), regular(Frequency.WEEK, "2023-01-02", 60), ["A"])
    result, findings = create(rule, {"treatment": "mark as event"}).repair(longer)
    assert [found.before for found in findings] == [20_000.0, 3_000.0]
    assert create(rule, {"treatment": "mark as event"}).repair(result) == (result, [])


def test_a_marked_event_belongs_to_the_past_only():
    result, _ = create("outliers_hampel", {"treatment": "mark as event"}).repair(panel(with_value(20_000)))
    assert not known_ahead(OUTLIER_EVENT)
    assert OUTLIER_EVENT not in result.until(8).future_drivers


def test_standard_deviations_are_taken_without_what_lies_outside():
    result, _ = create("outliers_zscore", {"z": 4.0}).repair(panel(with_value(20_000)))
    # Without it the sales hardly differ, so the least deviation of 0.3 counts: 4 of them above the level on log scale.
    level = np.log(21) + np.mean(np.log1p(STEADY[:10] + STEADY[11:]) - np.log(21))
    assert result.values[10] == np.floor(np.exp(level + 4 * 0.3) - 1)


def test_the_forest_asks_for_a_distance_besides_loneliness():
    values = [1.0 if number % 2 else 2.0 for number in range(20)]
    values[10] = 3.0
    assert create("outliers_forest", {"score": 0.5}).repair(panel(values))[1] == []


def test_a_lonelier_sale_is_needed_with_a_higher_score():
    values = np.random.default_rng(4).poisson(20.0, (6, 200)).astype(float)
    values[np.arange(6), 100 + np.arange(6)] = [70, 90, 120, 200, 400, 4000]
    days = from_dense(values, regular(Frequency.DAY, "2024-01-01", 200), list("ABCDEF"))
    found = [len(create("outliers_forest", {"score": score}).repair(days)[1]) for score in (0.55, 0.7, 0.95)]
    assert found[0] >= found[1] > found[2]
    assert found[0] >= 5


def test_the_forest_gives_the_same_answer_every_time():
    values = np.random.default_rng(4).poisson(20.0, (6, 200)).astype(float)
    values[:, 100] = 400
    days = from_dense(values, regular(Frequency.DAY, "2024-01-01", 200), list("ABCDEF"))
    runs = [create("outliers_forest").repair(days)[0].values for _run in range(2)]
    np.testing.assert_array_equal(runs[0], runs[1])
