"""Scenarios kept by name."""

from core.simulate.scenario import Scenario
from core.workflows import simulating


def test_scenarios_of_one_name_are_told_apart(planned_shop):
    played = simulating.play(simulating.case_of(planned_shop, "SKU-03"), Scenario("Summer"))
    for _time in range(3):
        simulating.save(planned_shop, played, {"sku": "SKU-03", "location": None})
    kept = simulating.saved(planned_shop)
    assert [each.scenario.name for each in kept] == ["Summer (3)", "Summer (2)", "Summer"]
