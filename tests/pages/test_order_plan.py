import pytest

from core.store import runs
from core.store.runs import Run
from core.workflows import planning, simulating
from tests.pages.reading import texts
from tests.pages.shops import forget_pages


@pytest.mark.usefixtures("empty_shop")
def test_an_empty_shop_has_no_plan(page):
    at = page("order_plan")
    assert not at.exception
    assert "There is no sales history yet" in texts(at.markdown)


@pytest.mark.usefixtures("compared_shop")
def test_a_plan_needs_a_forecast(page):
    at = page("order_plan")
    assert not at.exception
    assert at.button(key="prepare").label == "Prepare everything"


def test_the_table_lists_the_orders_largest_value_first(planned_shop, page):
    at = page("order_plan")
    assert not at.exception
    lines = planning.required(planned_shop).lines
    ordered = lines[lines["order_units"] > 0].sort_values("order_value", ascending=False)
    table = next(each.value for each in at.dataframe if "Order by" in each.value.columns)
    assert set(table["SKU"]) == set(ordered["sku"])
    assert table["Value, USD"].is_monotonic_decreasing
    assert {each.label: each.value for each in at.metric}["Lines to order"] == str(len(ordered))


def test_every_line_is_shown_when_asked_for(planned_shop, page):
    at = page("order_plan")
    at.toggle(key="plan-only").set_value(False).run()
    table = next(each.value for each in at.dataframe if "Order by" in each.value.columns)
    assert len(table) == len(planning.required(planned_shop).lines)


def test_a_line_whose_stock_never_runs_out_is_explained_too(planned_shop, page):
    lines = planning.required(planned_shop).lines
    lasting = lines[lines["stock_out_date"].isna()]["sku"].iloc[0]
    at = page("order_plan", sku=lasting)
    assert not at.exception
    assert "Stock lasts beyond the forecast if nothing is ordered." in texts(at.caption)


@pytest.mark.usefixtures("planned_shop")
def test_the_address_chooses_the_line_explained(page):
    at = page("order_plan", sku="SKU-05")
    assert any("SKU-05" in each.value.replace("\\", "") and each.value.startswith("Why") for each in at.subheader)


def test_planning_anew_uses_what_was_asked(planned_shop, page, finished):
    before = planning.required(planned_shop)
    at = page("order_plan")
    at.slider(key="plan-level").set_value(80.0)
    at.number_input(key="plan-budget").set_value(50.0)
    at.button(key="FormSubmitter:plan-options-Plan anew").click().run()
    finished(planned_shop)
    assert not at.run().exception
    after = planning.required(planned_shop)
    assert after.run_id != before.run_id
    assert after.manifest["service_level"] == pytest.approx(0.8)
    assert after.manifest["total_value"] <= 50.0


def test_stock_left_alone_never_rises_above_what_the_rule_brings(planned_shop):
    line = planning.required(planned_shop).lines.iloc[0]
    way = simulating.projection(simulating.case_of(planned_shop, line["sku"], line["location"]))
    assert way.untouched.shape == way.following.shape == (len(way.periods), 3)
    assert (way.untouched <= way.following + 1e-9).all()
    assert way.trigger == pytest.approx(line["trigger"])


def test_the_plan_of_the_present_data_is_shown_though_one_of_other_data_is_newer(planned_shop, page):
    own = planning.required(planned_shop)
    runs.save_run(planned_shop, Run(planning.KIND, "data that was undone", own.manifest, 0.0), {})
    forget_pages()
    at = page("order_plan")
    assert not at.exception
    assert {each.label: each.value for each in at.metric}["Lines to order"] == str((own.lines["order_units"] > 0).sum())


@pytest.mark.parametrize("level", [0.9999, 0.9775, 0.3])
def test_a_level_that_no_slider_shows_exactly_is_planned_and_played_as_it_is(planned_shop, page, finished, level):
    planning.plan(planned_shop, planning.PlanOptions(level))
    at = page("what_if")
    assert not at.exception
    assert all(each.delta == "as in the baseline" for each in at.metric)
    at = page("order_plan")
    assert not at.exception
    at.button(key="FormSubmitter:plan-options-Plan anew").click().run()
    finished(planned_shop)
    assert planning.required(planned_shop).manifest["service_level"] == level
