import pytest

from core.jobs import work
from core.jobs.runner import JobRunner
from core.workflows import comparing, importing
from core.workflows.importing import Decision, UploadedFile


def texts(elements) -> str:
    return " ".join(str(each.value) for each in elements).replace("\\", "")


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
    slow = {method.key for method in comparing.methods() if method.slow}
    assert slow
    assert slow.isdisjoint(at.multiselect(key="compare-models").value)


def test_the_leaderboard_shows_the_stored_comparison_best_first(compared_shop, page):
    at = page("compare")
    assert not at.exception
    rows = comparing.latest(compared_shop).rows
    labels = comparing.labels()
    assert board(at)["Method"].tolist() == [labels[row["model"]] for row in rows]
    assert board(at)["WAPE"].tolist() == pytest.approx([100 * row["wape"] for row in rows])
    assert {each.label: each.value for each in at.metric}["Best method"] == labels[rows[0]["model"]]
    assert not at.warning


def test_starting_runs_the_methods_chosen_with_their_settings(imported_shop, page, finished):
    at = page("compare")
    at.multiselect(key="compare-models").set_value(["seasonal_naive", "moving_average"])
    at.number_input(key="compare-horizon").set_value(7)
    at.number_input(key="compare-folds").set_value(1)
    at.number_input(key="compare-moving_average-window").set_value(5)
    at.button(key="FormSubmitter:compare-Compare").click().run()
    assert not at.exception
    finished(imported_shop)
    assert not at.run().exception
    stored = comparing.latest(imported_shop)
    assert {row["model"] for row in stored.rows} == {"seasonal_naive", "moving_average"}
    assert (stored.horizon, stored.folds, stored.settings) == (7, 1, {"moving_average": {"window": 5}})
    assert len(board(at)) == 2


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
        progress.report("Moving average", 0.5, "fold 1 of 2", partial=landed)
        while not progress.cancelled.wait(0.01) and not go:
            pass
        progress.check()

    job_id = runner.start(work.COMPARISON, waits, {})
    while not runner.view(job_id).partial:
        pass
    at = page("compare")
    assert not at.exception
    assert at.button(key="FormSubmitter:compare-Compare").disabled
    assert sum("Beats naive" in each.value.columns for each in at.dataframe) == 2
    at.button(key="compare-job-cancel").click().run()
    assert runner.wait(job_id, 10).status == "cancelled"


def test_a_comparison_of_older_data_is_marked(compared_shop, page):
    extra = b"order_id,order_date,sku,product_name,quantity,unit_price\nn1,2025-12-29,SKU-01,Item SKU-01,3,4.50\n"
    looks = importing.preview(compared_shop, [UploadedFile("more.csv", extra)])
    importing.import_tables(compared_shop, [Decision(look, look.recognition.to_mapping()) for look in looks])
    at = page("compare")
    assert not at.exception
    assert "made from older data" in texts(at.warning)
