"""Scenarios: levers, JSON, comparison with the baseline."""

import numpy as np
import pytest

from core.base.errors import ParameterError
from core.simulate.scenario import Scenario, ScenarioOutcome, exchange_curve, run_scenario
from tests.supply import case, poisson_paths, stock, terms

CASE = case(poisson_paths(3.0, 300, 2, 60), terms=terms(2, lead_time_sd_days=1.0), opening=stock(2, on_hand=15))


def beside_the_baseline(scenario: Scenario) -> tuple[ScenarioOutcome, ScenarioOutcome]:
    return run_scenario(CASE, Scenario("Now")), run_scenario(CASE, scenario)


def test_a_scenario_survives_json() -> None:
    scenario = Scenario(
        "慢 supplier", {"lead_time": 5, "demand": 0.2}, 0.98, lost_sales=False, policy="min_max", note="x"
    )
    assert Scenario.from_json(scenario.to_json()) == scenario


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("{", "must be JSON; line 1"),
        ("[1]", "must be a JSON object with a name"),
        ('{"values": {}}', "must be a JSON object with a name"),
        ('{"name": "a", "price": 1}', "nothing else than name, values"),
        ('{"name": "a", "values": {"weather": 1}}', "no lever “weather”"),
        ('{"name": "a", "values": {"demand": 9}}', "Demand must lie between -0.9 and 3.0"),
        ('{"name": "a", "values": {"demand": "9"}}', "Lever “demand” must be a number; '9' was given"),
        ('{"name": "a", "values": {"demand": NaN}}', "Lever “demand” must be a number; nan"),
        ('{"name": "a", "values": 3}', "values cannot be 3"),
        ('{"name": "a", "service_level": 95}', "Service level must lie between"),
        ('{"name": "a", "lost_sales": "no"}', "lost_sales cannot be 'no'"),
    ],
)
def test_what_is_not_a_scenario_is_refused(text, refusal) -> None:
    with pytest.raises(ParameterError, match=refusal):
        Scenario.from_json(text)


def test_an_unknown_policy_is_refused_when_the_scenario_runs() -> None:
    with pytest.raises(ParameterError, match="no inventory policy “best”"):
        run_scenario(CASE, Scenario("a", policy="best"))


def test_a_scenario_without_changes_is_the_baseline_to_the_last_digit() -> None:
    baseline, same = beside_the_baseline(Scenario("same", {"demand": 0.0, "moq": 1.0}))
    assert all(change == (0.0, 0.0) for change in same.against(baseline).values())


def test_a_longer_lead_time_is_planned_for_anew() -> None:
    baseline, slow = beside_the_baseline(Scenario("slow", {"lead_time": 7.0}))
    assert np.all(slow.settings.trigger > baseline.settings.trigger + 15)
    assert np.array_equal(CASE.terms.lead_time_days, [3.0, 3.0])


def test_more_service_costs_stock_and_loses_less() -> None:
    baseline, better = beside_the_baseline(Scenario("better", service_level=0.99))
    change = better.against(baseline)
    assert change["average_value"][0] > 5 * change["average_value"][1] > 0
    assert change["fill_rate"][0] > 5 * change["fill_rate"][1] > 0


def test_common_paths_make_the_difference_far_surer_than_its_parts() -> None:
    baseline, cheaper = beside_the_baseline(Scenario("dearer", {"holding_rate": 0.1}))
    _difference, error = cheaper.against(baseline)["total_cost"]
    assert error < 0.5 * baseline.result.total_cost.total_error


def test_backorders_can_be_switched_on() -> None:
    waiting = run_scenario(CASE, Scenario("wait", lost_sales=False)).result
    lost = run_scenario(CASE, Scenario("lose", lost_sales=True)).result
    assert waiting.shortage_cost.total < lost.shortage_cost.total


def test_the_exchange_curve_rises_in_stock_and_service() -> None:
    value, fill_rate = exchange_curve(CASE, [0.6, 0.8, 0.95])
    assert np.all(np.diff(value) > 0)
    assert np.all(np.diff(fill_rate) > 0)
