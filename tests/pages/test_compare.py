import numpy as np
import pytest

from core.jobs import work
from core.jobs.runner import JobRunner
from core.models.networks_training import LearningRound
from core.report import tables_compare
from core.workflows import comparing
from tests.pages.reading import texts
from tests.uploading import import_files


def groups(at):
    """The rows of methods, one per group."""
    return [each for each in at.pills if each.key.startswith("compare-group-")]


def chosen(at) -> set[str]:
    return {key for each in groups(at) for key in each.value}


def choose(at, *keys: str) -> None:
    """Choose these methods and no others besides the seasonal naive."""
    of = {method.key: method.family for method in comparing.methods()}
    for each in groups(at):
        family = of[each.key.removeprefix("compare-group-")]
        each.set_value([key for key in keys if of[key] == family])


def board(at):
    return next(each.value for each in at.dataframe if "Beats naive" in each.value.columns)


@pytest.mark.usefixtures("empty_shop")
def test_an_empty_shop_is_sent_to_the_upload(page):
    at = page("compare")
    assert not at.exception
    assert "There is no sales history yet" in texts(at.markdown)


@pytest.mark.usefixtures("imported_shop")
def test_without_a_comparison_the_page_says_how_to_start(page):
    at = page("compare")
    assert not at.exception
    assert "Nothing has been compared yet" in texts(at.info)
    assert "Compare again" not in {each.label for each in at.expander}
    slow = {method.key for method in comparing.methods() if method.slow}
    assert slow
    assert slow.isdisjoint(chosen(at))
    assert "ets" in chosen(at)
    assert "seasonal_naive" not in chosen(at)
    assert "is always among them" in texts(at.caption)


def test_the_leaderboard_shows_the_stored_comparison_best_first(compared_shop, page):
    at = page("compare")
    assert not at.exception
    rows = comparing.latest(compared_shop).rows
    labels = comparing.labels()
    assert board(at)["Method"].tolist() == [labels[row["model"]] for row in rows]
    assert board(at)["WAPE"].tolist() == pytest.approx([100 * row["wape"] for row in rows])
    assert {each.label: each.value for each in at.metric}["Best method"] == labels[rows[0]["model"]]
    assert not at.warning


def test_once_compared_the_form_is_folded_and_the_cost_explained(compared_shop, page):
    at = page("compare")
    assert "Compare again" in {each.label for each in at.expander}
    assert not groups(at)
    assert board(at)["Cost index"].isna().all() == all(
        row["cost_index"] is None for row in comparing.latest(compared_shop).rows
    )
    assert "then what really sold is served" in texts(at.caption)


def test_starting_runs_the_methods_chosen_with_their_settings(imported_shop, page, finished):
    at = page("compare")
    choose(at, "moving_average")
    at.number_input(key="compare-horizon").set_value(7)
    at.number_input(key="compare-folds").set_value(1)
    at.number_input(key="compare-limit-total").set_value(600)
    at.selectbox(key="compare-judge").set_value("cost")
    at.session_state["compare-settings"] = True
    at.run().selectbox(key="compare-settings-of").set_value("moving_average").run()
    at.number_input(key="compare-moving_average-window").set_value(5).run()
    assert "Changed: Moving average." in texts(at.caption)
    at.selectbox(key="compare-settings-of").set_value("ses").run()
    at.session_state["compare-settings"] = False
    at.run().button(key="compare-start").click().run()
    assert not at.exception
    finished(imported_shop)
    assert not at.run().exception
    stored = comparing.latest(imported_shop)
    assert {row["model"] for row in stored.rows} == {"seasonal_naive", "moving_average"}
    assert (stored.horizon, stored.folds, stored.settings) == (7, 1, {"moving_average": {"window": 5}})
    assert (stored.judge, len(board(at))) == ("cost", 2)


def test_a_horizon_the_history_cannot_carry_ends_with_a_sentence(imported_shop, page, finished):
    request = comparing.CompareRequest(models=("seasonal_naive",), horizon=119, folds=1)
    at = page("compare")
    at.session_state["compare-job-id"] = work.start_comparison(
        JobRunner.for_workspace(imported_shop), imported_shop, request
    )
    finished(imported_shop)
    at.run()
    assert not at.exception
    assert "Choose a shorter horizon or upload a longer history." in texts(at.error)


def test_rows_of_a_running_comparison_are_shown_as_they_land(imported_shop, page):
    landed = comparing.compare(
        imported_shop, comparing.CompareRequest(models=("seasonal_naive",), horizon=7, folds=1)
    ).rows[0]
    runner, go = JobRunner.for_workspace(imported_shop), []

    def waits(progress):
        progress.report("LSTM", 0.2, "round 1 of 2", partial=LearningRound("LSTM", 1, 2, 0.5, 0.4, 0.1))
        progress.report("Moving average", 0.5, "fold 1 of 2", partial=landed)
        while not progress.cancelled.wait(0.01) and not go:
            pass
        progress.check()

    job_id = runner.start(work.COMPARISON, waits, {})
    while not runner.view(job_id).partial:
        pass
    at = page("compare")
    assert not at.exception
    assert sum("Beats naive" in each.value.columns for each in at.dataframe) == 2
    assert "Deviance on the last windows" in "".join(each.proto.spec for each in at.get("plotly_chart"))
    at.session_state["compare-again"] = True
    assert at.run().button(key="compare-start").disabled
    at.button(key="compare-job-cancel").click().run()
    assert runner.wait(job_id, 10).status == "cancelled"
    at.session_state["compare-job-id"] = job_id
    assert "the same comparison goes on from there" in texts(at.run().info)


def test_a_comparison_of_older_data_is_marked(compared_shop, page):
    extra = b"order_id,order_date,sku,product_name,quantity,unit_price\nn1,2025-12-29,SKU-01,Item SKU-01,3,4.50\n"
    import_files(compared_shop, more=extra)
    at = page("compare")
    assert not at.exception
    assert "made from older data" in texts(at.warning)


def test_every_score_the_leaderboard_can_be_ordered_by_is_kept_per_segment(compared_shop, page):
    at = page("compare")
    kept = comparing.latest(compared_shop).judgement.segments
    labels = {label: key for key, label in tables_compare.score_labels().items()}
    offered = {labels[option] for option in at.selectbox(key="compare-metric").options}
    assert offered <= set(kept.columns)


def test_the_leaderboard_of_a_category_has_the_errors_of_its_series_alone(compared_shop, page):
    at = page("compare")
    at.selectbox(key="compare-scope").set_value(("category", "Garden")).run()
    assert not at.exception
    assert "Category: Garden (6)" in at.selectbox(key="compare-scope").options
    errors = comparing.series_error_table(compared_shop, comparing.latest(compared_shop).run_id)
    garden = errors[[int(sku[-2:]) % 2 == 0 for sku in errors["sku"]]]
    sums = garden.groupby("model")[["abs_error", "weight"]].sum()
    wape = (100 * sums["abs_error"] / sums["weight"]).sort_values()
    shown = board(at).set_index("Method")
    assert shown["WAPE"].to_dict() == pytest.approx(
        {comparing.labels()[key]: wape[key] for key in wape.index}, rel=1e-4
    )
    assert shown["SKUs won"].sum() == pytest.approx(100.0)
    assert "Gain on naive, from" not in shown
    assert shown["Beats naive"]["Moving average"] in {"Yes", "No"}


def test_a_method_told_to_ignore_drivers_does_not_claim_to_use_them():
    said = {method.key: method.drivers for method in comparing.methods({"linear_regression": {"drivers": False}})}
    assert (said["linear_regression"], said["gradient_boosting"], said["ets"]) == (False, True, False)


def test_the_score_chosen_orders_the_leaderboard(compared_shop, page):
    at = page("compare")
    at.selectbox(key="compare-metric").set_value("bias").run()
    assert not at.exception
    rows = sorted(comparing.latest(compared_shop).rows, key=lambda row: abs(row["bias"]))
    assert board(at)["Bias"].tolist() == pytest.approx([100 * row["bias"] for row in rows])


@pytest.mark.usefixtures("compared_shop")
def test_every_view_of_the_errors_can_be_shown(page):
    at = page("compare")
    for view in ("segment", "time", "calibration", "scatter", "sku", "step"):
        at.segmented_control(key="errors").set_value(view).run()
        assert not at.exception, view
        assert not at.error, view


def test_one_sku_shows_what_every_method_said(compared_shop):
    from core.workflows import comparing_series

    comparison = comparing.latest(compared_shop)
    found = comparing_series.said_of(compared_shop, comparison, "SKU-03", "main")
    assert {"seasonal_naive", "moving_average"} <= set(found.said)
    days, units = found.said["moving_average"]
    assert (len(days), np.isnan(units).sum()) == (2 * 14 + 1, 1)


def test_what_is_not_in_the_table_comes_from_the_kept_backtests(compared_shop, monkeypatch):
    from core.workflows import comparing_series

    comparison = comparing.latest(compared_shop)
    stored = comparing_series.said_of(compared_shop, comparison, "SKU-03", "main").said
    nothing = comparing.backtest_lines(compared_shop, "no such run", "SKU-03", "main")
    monkeypatch.setattr(comparing, "backtest_lines", lambda *_: nothing)
    kept = comparing_series.said_of(compared_shop, comparison, "SKU-03", "main").said
    assert set(kept) == {"seasonal_naive", "moving_average"}
    for key, (days, units) in kept.items():
        assert (days == stored[key][0]).all()
        assert units == pytest.approx(stored[key][1], nan_ok=True)


def test_one_click_forecasts_with_the_method_pinned(compared_shop, page, finished):
    from core.workflows import forecasting

    at = page("compare")
    at.segmented_control(key="compare-choice").set_value("one method").run()
    at.selectbox(key="compare-pinned").set_value("moving_average").run()
    at.button(key="compare-forecast").click().run()
    assert not at.exception
    finished(compared_shop)
    assert forecasting.required(compared_shop).manifest["models"] == {"moving_average": 12}


def test_a_method_is_pinned_for_a_demand_class_and_for_one_sku_and_taken_off(compared_shop, page, finished):
    from core.workflows import forecasting, pinning
    from core.workflows.pinning import Pin

    name = comparing.latest(compared_shop).classes[0]
    pinning.pin(compared_shop, Pin("demand class", name, "moving_average"))
    at = page("compare")
    at.selectbox(key="pin-part").set_value(("sku", "")).run()
    at.selectbox(key="pin-sku").set_value("SKU-03").run()
    at.selectbox(key="pin-model").set_value("seasonal_naive").run()
    at.button(key="pin-set").click().run()
    assert not at.exception
    assert [each.part for each in pinning.pins_of(compared_shop)] == [("demand class", name), ("sku", "SKU-03")]
    at.button(key="compare-forecast").click().run()
    finished(compared_shop)
    made = forecasting.required(compared_shop)
    used = made.table.groupby("sku")["model"].first()
    assert used["SKU-03"] == "seasonal_naive"
    assert any("Pinned:" in each.value and "SKU\\-03" in each.value for each in page("forecast").caption)
    at = page("compare")
    at.button(key="pin-off-sku-SKU-03").click().run()
    assert [each.part for each in pinning.pins_of(compared_shop)] == [("demand class", name)]


def test_methods_that_need_more_history_than_there_is_are_named(compared_shop, monkeypatch):
    from core.models import registry
    from core.models.contract import Capabilities
    from core.workflows import comparing_series

    assert comparing_series.too_short(compared_shop) == ()
    monkeypatch.setattr(registry, "capabilities", lambda key: Capabilities(min_history=500 if key == "ets" else 1))
    found = comparing_series.too_short(compared_shop)
    assert [(each.needed, each.n_series, len(each.methods)) for each in found] == [(500, 12, 1)]


def test_errors_per_sku_are_exported_with_the_names_of_methods_and_scores(compared_shop):
    run = comparing.latest(compared_shop)
    table = tables_compare.series_errors(comparing.series_error_table(compared_shop, run.run_id), comparing.labels())
    assert table.columns.tolist() == [
        "Method", "SKU", "Location", "WAPE", "Bias", "MASE", "RMSSE", "RMSE", "MAE", "MSE", "In 80 % band",
        "In 95 % band", "MAPE", "sMAPE", "Pinball", "CRPS", "Absolute error, units", "Sold, units",
    ]  # fmt: skip
    assert "Moving average" in set(table["Method"])
    assert table["CRPS"].notna().all()


def test_a_method_is_tuned_within_its_time_and_can_be_reset(imported_shop, page, finished):
    from core.workflows import tuning

    at = page("compare")
    at.number_input(key="tune-horizon").set_value(7)
    at.selectbox(key="tune-model").set_value("moving_average")
    at.number_input(key="tune-seconds").set_value(5)
    at.button(key="tune-start").click().run()
    assert not at.exception
    finished(imported_shop)
    at.run()
    assert not at.exception
    assert set(tuning.tuned_methods(imported_shop)) == {"moving_average"}
    at.button(key="tune-reset-moving_average").click().run()
    assert tuning.tuned_methods(imported_shop) == {}
