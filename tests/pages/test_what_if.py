from dataclasses import replace

import pytest

from core.report import tables_what_if
from core.store import runs
from core.workflows import planning, settings, simulating
from core.workflows.planning import PlanOptions
from core.workflows.simulating import Scenario
from tests.pages.conftest import SKUS
from tests.pages.reading import texts


@pytest.mark.usefixtures("empty_shop")
def test_an_empty_shop_has_nothing_to_play(page):
    at = page("what_if")
    assert not at.exception
    assert "There is no sales history yet" in texts(at.markdown)


@pytest.mark.usefixtures("compared_shop")
def test_a_what_if_needs_a_forecast(page):
    at = page("what_if")
    assert not at.exception
    assert at.button(key="prepare").label == "Prepare everything"


@pytest.mark.usefixtures("planned_shop")
def test_untouched_sliders_show_the_baseline(page):
    at = page("what_if")
    assert not at.exception
    assert len(at.metric) == 8
    assert all(each.delta == "as in the baseline" for each in at.metric)


@pytest.mark.usefixtures("planned_shop")
def test_more_demand_changes_the_cards_and_the_way_back_resets_them(page):
    at = page("what_if", sku="SKU-08")
    at.slider(key="lever-demand").set_value(100).run()
    assert not at.exception
    assert any(each.delta != "as in the baseline" for each in at.metric)
    at.button(key="levers-back").click().run()
    assert at.slider(key="lever-demand").value == 0
    assert all(each.delta == "as in the baseline" for each in at.metric)


@pytest.mark.usefixtures("planned_shop")
def test_a_page_loaded_again_finds_its_controls_where_they_were(page):
    moved = {"lever-demand": "25", "lever-lead_time": "-3", "lever-level": "90.5", "lever-waits": "true"}
    at = page("what_if", sku="SKU-08", **moved)
    assert not at.exception
    assert [at.slider(key=f"lever-{key}").value for key in ("demand", "lead_time", "level")] == [25, -3, 90.5]
    assert at.toggle(key="lever-waits").value
    assert any(each.delta != "as in the baseline" for each in at.metric)


@pytest.mark.usefixtures("planned_shop")
def test_a_lead_time_beyond_the_forecast_is_refused_in_words(page):
    at = page("what_if", sku="SKU-02")
    at.slider(key="lever-lead_time").set_value(28).run()
    assert not at.exception
    assert "The forecast must reach over lead time plus review period" in texts(at.error)


@pytest.mark.usefixtures("planned_shop")
def test_the_whole_shop_can_be_played(page):
    at = page("what_if")
    at.segmented_control(key="what-if-kind").set_value("shop").run()
    assert not at.exception
    assert len(at.metric) == 8


def test_a_saved_scenario_can_be_compared(planned_shop, page):
    at = page("what_if")
    at.session_state["what-if-more"] = True  # the panel with the form is open
    at.slider(key="lever-demand").set_value(50).run()
    at.text_input(key="scenario-name").set_value("Hot summer")
    at.button(key="FormSubmitter:save-scenario-Save the scenario").click().run()
    assert not at.exception
    (kept,) = simulating.saved(planned_shop)
    assert kept.scenario == Scenario("Hot summer", {"demand": 0.5})
    at.run()
    assert any("Hot summer" in each.value.columns for each in at.dataframe)


def test_undefined_measures_are_kept_as_none(planned_shop):
    case = simulating.case_of(planned_shop, "SKU-03")
    played = simulating.play(case, Scenario("Nothing", {"demand": -0.9}))
    simulating.save(planned_shop, played, {"sku": "SKU-03", "location": None})
    (kept,) = simulating.saved(planned_shop)
    assert all(value is None or value == value for value, _error in kept.outcome.values())  # noqa: PLR0124 - NaN


def test_differences_are_zero_for_the_same_scenario(planned_shop):
    case = simulating.case_of(planned_shop)
    played = simulating.play(case, Scenario("Same"), simulating.baseline_of(case))
    gaps = {name: gap for name, (gap, _error) in simulating.differences(played).items()}
    assert all(gap == 0 for gap in gaps.values() if gap == gap)  # noqa: PLR0124 - NaN


def test_the_case_of_another_sku_is_made_without_asking_for_the_terms_of_all_again(planned_shop, monkeypatch):
    simulating.case_of(planned_shop, SKUS[0])
    monkeypatch.setattr(simulating, "supply_of", lambda *_: pytest.fail("asked again"))
    assert simulating.case_of(planned_shop, SKUS[1]).paths.skus.tolist() == [SKUS[1]]


def test_a_changed_default_holds_in_the_next_case(planned_shop):
    before = simulating.case_of(planned_shop, SKUS[0]).terms.holding_rate_per_year
    settings.write(planned_shop, replace(settings.read(planned_shop), holding_rate_per_year=0.4))
    assert (before.tolist(), simulating.case_of(planned_shop, SKUS[0]).terms.holding_rate_per_year.tolist()) == (
        [0.25], [0.4],
    )  # fmt: skip


def test_scenarios_of_different_plans_do_not_share_a_baseline_silently(planned_shop, page):
    for level, name in ((0.95, "Before"), (0.7, "After")):
        planning.plan(planned_shop, PlanOptions(level))
        played = simulating.play(simulating.case_of(planned_shop, "SKU-03"), Scenario(name, {"demand": 0.2}))
        simulating.save(planned_shop, played, {"sku": "SKU-03", "location": None})
    at = page("what_if")
    assert "on different data, forecasts, plans or settings; the baseline shown is that of the first" in texts(at.info)


def test_the_scenarios_compared_are_the_newest_when_the_oldest_have_gone(planned_shop, page):
    played = simulating.play(simulating.case_of(planned_shop, "SKU-03"), Scenario("First"))
    for number in range(runs.KEEP):
        simulating.save(planned_shop, simulating.renamed(played, f"S{number}"), {"sku": "SKU-03", "location": None})
    at = page("what_if")
    at.multiselect[0].set_value(at.multiselect[0].options[-2:]).run()
    simulating.save(planned_shop, simulating.renamed(played, "One more"), {"sku": "SKU-03", "location": None})
    table = next(each.value for each in at.run().dataframe if "Baseline" in each.value.columns and len(each.value) > 8)
    assert {"One more", f"S{runs.KEEP - 1}"} <= set(table.columns)


def test_a_scenario_is_kept_with_the_data_and_the_money_it_was_played_in(planned_shop):
    played = simulating.play(simulating.case_of(planned_shop, "SKU-03"), Scenario("Then"))
    simulating.save(planned_shop, played, {"sku": "SKU-03", "location": None}, "the data played on")
    settings.write(planned_shop, replace(settings.read(planned_shop), currency="EUR"))
    (kept,) = simulating.saved(planned_shop)
    assert (kept.version, kept.currency) == ("the data played on", "USD")
    shown = tables_what_if.compared([kept], "EUR")
    assert not any("€" in text for text in shown["Then"])
    assert any("$" in text for text in shown["Then"])


@pytest.mark.usefixtures("planned_shop")
def test_what_is_played_stands_in_the_address_and_is_found_again_by_it(page):
    at = page("what_if", sku="SKU-05")
    assert at.query_params["sku"] == "SKU-05"
    at.segmented_control(key="what-if-kind").set_value("shop").run()
    assert at.query_params["play"] == "shop"
    assert "sku" not in at.query_params
    at.segmented_control(key="what-if-kind").set_value("sku").run()
    assert at.query_params["sku"] == "SKU-05"
    again = page("what_if", play="shop")
    assert not again.exception
    assert again.segmented_control(key="what-if-kind").value == "shop"


@pytest.mark.usefixtures("planned_shop")
def test_a_link_to_one_sku_is_followed_by_one_who_played_the_whole_shop_before(page):
    at = page("what_if")
    at.segmented_control(key="what-if-kind").set_value("shop").run()
    at.query_params.clear()
    at.query_params["sku"] = "SKU-04"
    at.run()
    assert not at.exception
    assert at.segmented_control(key="what-if-kind").value == "sku"
    assert "SKU-04" in at.selectbox[0].options[at.selectbox[0].value]
