import pandas as pd
import pytest

from core.base.errors import NoDataError
from core.jobs.runner import JobRunner
from core.report import tables_clean
from core.workflows import cleaning
from tests.pages.conftest import SKUS


def texts(elements) -> str:
    return " ".join(str(each.value) for each in elements).replace("\\", "")


def table_with(at, column: str):
    """The first table on the page that has this column."""
    return next(each.value for each in at.dataframe if column in each.value.columns)


def key_of(workspace, rule: str, suffix: str) -> str:
    return f"clean-{cleaning.active_recipe(workspace).recipe_id[:12]}-{rule}-{suffix}"


@pytest.mark.usefixtures("empty_shop")
def test_empty_workspace_points_to_upload(page):
    at = page("clean")
    assert not at.exception
    assert "There is no sales history yet" in texts(at.markdown)
    assert not at.toggle


@pytest.mark.usefixtures("imported_shop")
def test_quality_scores_are_shown_with_the_figures_behind_them(page):
    at = page("clean")
    assert not at.exception
    scores = {each.label: each for each in at.metric}
    assert {"Data quality", "Completeness", "Validity", "Uniqueness", "Consistency", "Timeliness"} <= scores.keys()
    assert "1 could not be read" in scores["Validity"].help.replace("\\", "")
    assert "full periods since then are missing" in scores["Timeliness"].help


@pytest.mark.usefixtures("imported_shop")
def test_each_rule_says_what_it_changed(page):
    labels = [each.label for each in page("clean").expander]
    assert "**Lines that are no product** · 1 line · 1 units moved, 0.00%" in labels
    assert "**Missing periods** · off" in labels
    assert len(labels) == len(cleaning.default_recipe().steps)


@pytest.mark.usefixtures("imported_shop")
def test_codes_that_are_no_product_and_lines_set_aside_are_listed(page):
    at = page("clean")
    assert table_with(at, "Code")["Code"].tolist() == ["POST"]
    assert "a few" in table_with(at, "Why it was set aside")["Why it was set aside"][0]


@pytest.mark.usefixtures("imported_shop")
def test_states_of_the_history_add_up_to_all_of_it(page):
    table = table_with(page("clean"), "Meaning")
    assert table["Share"].sum() == pytest.approx(100.0)


def test_preview_tells_what_a_rule_would_change_without_changing_it(imported_shop, page):
    before = cleaning.report(imported_shop).recipe
    at = page("clean")
    at.button(key=key_of(imported_shop, "non_products", "preview")).click().run()
    assert not at.exception
    shown = {each.label: each.value for each in at.metric}
    assert (shown["Lines changed"], shown["Lines removed"]) == ("0", "1")
    assert table_with(at, "Units before")["SKU"].tolist() == ["POST"]
    assert cleaning.report(imported_shop).recipe == before


def test_switching_a_rule_off_is_applied_and_can_be_undone(imported_shop, page, finished):
    at = page("clean")
    assert at.button(key="clean-apply").disabled
    assert at.button(key="clean-undo").disabled
    at.toggle(key=key_of(imported_shop, "non_products", "on")).set_value(False).run()
    assert "1 rule is changed" in texts(at.info)
    at.button(key="clean-apply").click().run()
    finished(imported_shop)
    at.run()
    assert not at.exception
    assert "POST" in cleaning.skus(imported_shop)
    at.button(key="clean-undo").click().run()
    finished(imported_shop)
    at.run()
    assert "POST" not in cleaning.skus(imported_shop)
    assert at.button(key="clean-undo").disabled


def test_rule_that_moves_more_than_a_fifth_of_all_units_must_be_confirmed(imported_shop, page, finished):
    at = page("clean")
    at.text_input(key=key_of(imported_shop, "non_products", "more")).set_value("SKU-1*").run()
    at.button(key="clean-apply").click().run()
    assert "of all units" in texts(at.warning)
    assert SKUS[-1] in cleaning.skus(imported_shop)
    at.button(key="clean-apply-anyway").click().run()
    finished(imported_shop)
    assert SKUS[-1] not in cleaning.skus(imported_shop)


def test_recipe_that_leaves_nothing_is_refused_and_the_former_stays_in_force(imported_shop):
    former = cleaning.active_recipe(imported_shop)
    every = cleaning.changed(former, "non_products", enabled=True, settings={"more": "*"})
    with pytest.raises(NoDataError, match="leaves no sales"):
        cleaning.apply(imported_shop, every)
    assert cleaning.active_recipe(imported_shop).recipe_id == former.recipe_id
    assert not cleaning.report(imported_shop).can_undo


def test_chart_of_one_sku_adds_its_locations_as_imported_and_clean(imported_shop):
    before, after = cleaning.before_after(imported_shop, SKUS[3])
    assert before.sum() - after.sum() == 4
    assert before.shape == cleaning.report(imported_shop).periods.shape


def test_cleaning_at_work_holds_the_controls_back(imported_shop, page):
    runner = JobRunner.for_workspace(imported_shop)

    def waiting(progress):
        progress.report("Repairing sales lines", 0.2)
        progress.cancelled.wait(20)

    job_id = runner.start("cleaning", waiting, {})
    at = page("clean")
    assert not at.exception
    assert at.button(key="clean-undo").disabled
    runner.cancel(job_id)
    runner.wait(job_id, 10)


def test_not_products_counts_lines_and_units_per_code():
    found = pd.DataFrame(
        {
            "rule": ["non_products", "non_products", "returns"],
            "sku": ["POST", "POST", "A"],
            "before_units": [1.0, 2.0, 9],
        }
    )
    assert tables_clean.not_products(found).to_numpy().tolist() == [["POST", 2, 3.0]]
