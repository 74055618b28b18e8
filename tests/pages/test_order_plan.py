from dataclasses import replace

import pytest

from core.store import runs
from core.store.runs import Run
from core.workflows import forecasting, importing, planning, settings, simulating
from pages.ui import plan_controls
from tests.pages.reading import texts
from tests.pages.shops import forget_pages
from tests.uploading import import_files


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
    at.number_input(key="plan-budget-USD").set_value(50.0)
    at.button(key="FormSubmitter:plan-options-Plan anew").click().run()
    finished(planned_shop)
    assert not at.run().exception
    after = planning.required(planned_shop)
    assert after.run_id != before.run_id
    assert after.manifest["service_level"] == pytest.approx(0.8)
    assert after.manifest["total_value"] <= 50.0


def test_a_budget_of_other_money_is_no_default(planned_shop, page):
    planning.plan(planned_shop, planning.PlanOptions(budget=70.0))
    assert page("order_plan").number_input(key="plan-budget-USD").value == 70.0
    settings.write(planned_shop, replace(settings.read(planned_shop), currency="CNY"))
    forget_pages()
    assert page("order_plan").number_input(key="plan-budget-CNY").value is None


def test_orders_a_newer_list_leaves_out_are_asked_about_and_settled(planned_shop, page, finished):
    head = "PO,Supplier,SKU,Ordered on,Due on,Ordered units\n"
    import_files(
        planned_shop, orders=f"{head}P1,N,SKU-01,2026-01-10,2029-01-20,5\nP2,N,SKU-01,2026-01-11,2029-01-21,7\n"
    )
    import_files(planned_shop, newer=f"{head}P2,N,SKU-01,2026-01-11,2029-01-21,7\n")
    at = page("order_plan")
    assert any("no longer names 1 order" in each.value for each in at.warning)
    at.button(key="orders-arrived").click().run()
    finished(planned_shop)
    assert not at.run().exception
    assert not any("no longer names" in each.value for each in at.warning)
    assert [each.file_name for each in importing.imported(planned_shop)][-1].startswith("orders that arrived")


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


@pytest.mark.usefixtures("planned_shop")
def test_minimums_that_nobody_stated_are_not_called_reached(page):
    below = next(each for each in page("order_plan").metric if each.label == "Below minimum")
    assert (below.value, below.delta) == ("0", "no minimum is known")


def test_a_budget_that_cannot_count_every_order_says_so(planned_shop, page, monkeypatch):
    plan = planning.latest(planned_shop)
    ordered = plan.lines["order_units"] > 0
    request = plan.manifest["request"] | {"budget": 100.0}
    unpriced = replace(
        plan, lines=plan.lines.assign(unit_cost=plan.lines["unit_cost"].mask(ordered)),
        manifest=plan.manifest | {"request": request},
    )  # fmt: skip
    monkeypatch.setattr(plan_controls, "plan_of", lambda _run: unpriced)
    assert f"The budget leaves {ordered.sum()} lines to order out of account" in texts(page("order_plan").warning)


def test_a_lead_time_beyond_the_forecast_is_told_and_keeps_nothing_else_from_being_planned_and_played(
    planned_shop, page
):
    import_files(planned_shop, terms="supplier,sku,lead_time_days\nSupplier 1,SKU-02,400\n")
    forecasting.forecast(planned_shop, forecasting.ForecastRequest("moving_average", horizon=60))
    planning.plan(planned_shop, planning.PlanOptions())
    forget_pages()
    at = page("order_plan", sku="SKU-02")
    assert not at.exception
    assert "1 line is not planned" in texts(at.warning)
    assert "SKU-02" in next(each.value for each in at.dataframe if "Order by" in each.value.columns)["SKU"].tolist()
    assert "not planned?" in texts(at.subheader)
    at = page("what_if", play="shop")
    assert not at.exception
    assert "1 series is not played" in texts(at.warning)
    assert len(at.metric) == 8
