from datetime import date, timedelta

import pandas as pd
import pytest

from core.base.errors import NoDataError
from core.jobs.runner import JobRunner
from core.report import tables_clean
from core.workflows import adjustments, cleaning, priorities, settings, stock_outs
from core.workflows.priorities import Priority
from pages.ui import clean_exports, clean_stock_outs
from tests.pages.conftest import FIRST_DAY, N_DAYS, SKUS
from tests.pages.reading import table_with, texts
from tests.uploading import import_files


def opened_at(page, section: str, **query: str):
    return page("clean", **{"clean-section": section}, **query)


def key_of(workspace, rule: str, suffix: str) -> str:
    return f"clean-{cleaning.active_recipe(workspace).recipe_id[:12]}-{rule}-{suffix}"


def rule_opened(page, workspace, rule: str):
    """The rules, with one of them opened."""
    at = opened_at(page, "Rules")
    return box(at, workspace, rule, opened=True)


def box(at, workspace, rule: str, *, opened: bool):
    """The page after a rule was opened or closed."""
    at.session_state[key_of(workspace, rule, "box")] = opened
    return at.run()


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
    labels = [each.label for each in opened_at(page, "Rules").expander]
    assert "**Lines that are no product** · 1 line · 1 units moved, 0.00%" in labels
    assert "**Missing periods** · off" in labels
    assert len(labels) == len(cleaning.default_recipe().steps)


@pytest.mark.usefixtures("imported_shop")
def test_codes_that_are_no_product_and_lines_set_aside_are_listed(page):
    at = opened_at(page, "Rules")
    assert table_with(at, "Code")["Code"].tolist() == ["POST"]
    assert "a few" in table_with(at, "Why it was set aside")["Why it was set aside"][0]


@pytest.mark.usefixtures("imported_shop")
def test_states_of_the_history_add_up_to_all_of_it(page):
    table = table_with(page("clean"), "Meaning")
    assert table["Share"].sum() == pytest.approx(100.0)


def test_preview_tells_what_a_rule_would_change_without_changing_it(imported_shop, page):
    before = cleaning.report(imported_shop).recipe
    at = rule_opened(page, imported_shop, "non_products")
    at.button(key=key_of(imported_shop, "non_products", "preview")).click().run()
    assert not at.exception
    shown = {each.label: each.value for each in at.metric}
    assert (shown["Lines changed"], shown["Lines removed"]) == ("0", "1")
    assert table_with(at, "Units before")["SKU"].tolist() == ["POST"]
    assert cleaning.report(imported_shop).recipe == before


def test_switching_a_rule_off_is_applied_and_can_be_undone(imported_shop, page, finished):
    at = rule_opened(page, imported_shop, "non_products")
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
    at = rule_opened(page, imported_shop, "non_products")
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


def test_cleaning_at_work_holds_the_controls_back(imported_shop, page):
    runner = JobRunner.for_workspace(imported_shop)

    def waiting(progress):
        progress.report("Repairing sales lines", 0.2)
        progress.cancelled.wait(20)

    job_id = runner.start("cleaning", waiting, {})
    at = opened_at(page, "Rules")
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


def test_what_to_fix_first_is_ranked_with_what_is_at_stake(imported_shop, page):
    last = FIRST_DAY + timedelta(N_DAYS - 1)
    adjustments.adjust(imported_shop, SKUS[2], "main", last, 900.0, "counted again")
    at = page("clean")
    shown = texts(at.markdown)
    assert shown.index("**1. Corrections by hand**") < shown.index("**2. Known stock-outs**")
    assert "at stake" in shown
    assert "units, 1 SKU" in shown
    at.button(key="clean-fix-manual").click().run()
    assert at.session_state["clean-section"] == "By hand"


def test_the_way_to_an_issue_opens_its_rule(imported_shop, page, monkeypatch):
    issues = [
        Priority("lead_time", "Lead times that nobody stated", 9, 40.0, 90.0, "Upload supplier terms.", "upload", ""),
        Priority("non_products", "Lines that are no product", 1, 4.0, None, "Look at it.", "clean", "non_products"),
        *(Priority(f"other{n}", f"Other {n}", 1, 1.0, None, "Look at it.", "clean", "non_products") for n in range(5)),
    ]
    monkeypatch.setattr(priorities, "fix_first", lambda _workspace: issues)
    at = page("clean")
    assert "2 more issues with less at stake" in [each.label for each in at.expander]
    at.button(key="clean-fix-non_products").click().run()
    assert not at.exception
    assert at.session_state["clean-section"] == "Rules"
    assert [each.label for each in at.expander if each.proto.expanded] == [
        "**Lines that are no product** · 1 line · 1 units moved, 0.00%"
    ]
    assert at.toggle(key=key_of(imported_shop, "non_products", "on")).value


@pytest.mark.usefixtures("imported_shop")
def test_everything_found_is_listed_lines_without_units_among_it(page):
    found = table_with(page("clean"), "Lines, periods or SKUs").set_index("Found")
    assert found.loc["Lines that are no product", "Units moved"] == 1
    assert found.loc["Periods without sales", "Units moved"] == 0


@pytest.mark.usefixtures("imported_shop")
def test_nothing_to_fix_says_what_was_checked(page, monkeypatch):
    monkeypatch.setattr(priorities, "fix_first", lambda _workspace: [])
    assert "Nothing that was checked would change the next order" in texts(page("clean").success)


@pytest.mark.usefixtures("imported_shop")
def test_known_stock_outs_lead_to_their_own_section(page):
    at = page("clean")
    at.button(key="clean-fix-stock_outs").click().run()
    assert at.session_state["clean-section"] == "Stock-outs"


@pytest.mark.usefixtures("imported_shop")
def test_history_in_rows_adds_up_from_imported_to_clean_demand(page):
    at = opened_at(page, "History")
    assert not at.exception
    total = table_with(at, "% of imported").set_index("Row")["Units"]
    assert total["Imported"] + total.iloc[1:7].sum() == pytest.approx(total["= Clean demand"])
    assert total["Returns"] == -4
    assert "Calendar of" not in texts(at.subheader)


@pytest.mark.usefixtures("imported_shop")
def test_an_address_with_a_sku_shows_its_history_and_calendar(page):
    at = opened_at(page, "History", sku=SKUS[0])
    assert not at.exception
    assert at.selectbox(key="clean-sku").value == SKUS[0]
    assert f"Calendar of {SKUS[0]}" in texts(at.subheader)
    states = table_with(at, "State")
    assert states["State"].iloc[-1] == "Out of stock"
    assert set(states["State"].iloc[:-1]) == {"Sold"}
    at.selectbox(key="clean-sku").set_value("").run()
    assert "sku" not in at.query_params


@pytest.mark.usefixtures("imported_shop")
def test_history_is_added_up_to_months(page):
    at = opened_at(page, "History")
    days = len(table_with(at, "of which promotions added"))
    at.button_group(key="clean-grain").set_value("month").run()
    assert (days, len(table_with(at, "of which promotions added"))) == (N_DAYS, 4)


def test_estimating_stock_outs_tells_its_effect_and_is_applied(imported_shop, page, finished):
    at = opened_at(page, "Stock-outs")
    assert not at.exception
    cards = {each.label: each.value for each in at.metric}
    assert (cards["SKUs at a location"], cards["Periods out of stock"], cards["Counted in demand"]) == ("1", "1", "0")
    toggle = next(each for each in at.toggle if each.key.startswith("clean-estimate-"))
    toggle.set_value(True).run()
    assert "would be added to clean demand" in texts(at.info)
    at.button(key="clean-estimate-apply").click().run()
    finished(imported_shop)
    assert stock_outs.estimates_in_force(imported_shop)
    at.run()
    assert not at.exception
    toggle = next(each for each in at.toggle if each.key.startswith("clean-estimate-"))
    toggle.set_value(False).run()
    assert "would be taken off clean demand again" in texts(at.info)


def test_choices_in_the_table_are_read_by_sku_and_location():
    losses = pd.DataFrame({"sku": ["A", "B"], "location": ["x", "y"], "choice": ["", "leave"]})
    edited = pd.DataFrame({"Chosen": ["estimate", "leave unknown"]})
    assert clean_stock_outs.changed(losses, edited, tables_clean.choices()) == {("A", "x"): "estimate"}


@pytest.mark.usefixtures("imported_shop")
def test_stock_outs_without_any_say_what_would_show_them(page, monkeypatch):
    empty = pd.DataFrame({"sku": [], "location": [], "choice": []})
    monkeypatch.setattr(stock_outs, "losses", lambda _workspace: empty)
    monkeypatch.setattr(stock_outs, "suspected", lambda _workspace: empty)
    at = opened_at(page, "Stock-outs")
    assert not at.exception
    assert "Stock levels or stock movements would show them" in texts(at.info)
    assert "No stretch without sales is too long for chance" in texts(at.caption)


def test_correction_by_hand_is_made_listed_and_taken_back(imported_shop, page, finished):
    at = opened_at(page, "By hand")
    assert "Nothing is corrected by hand" in texts(at.info)
    when = FIRST_DAY + timedelta(10)
    at.selectbox(key="clean-hand-sku").set_value(SKUS[1]).run()
    at.date_input(key="clean-hand-day").set_value(when).run()
    assert f"Now, in the period from {when.day} Sep 2025" in texts(at.caption)
    at.number_input(key="clean-hand-units").set_value(99)
    at.text_input(key="clean-hand-reason").set_value("counted *again*")
    at.button(key="FormSubmitter:clean-hand-Correct").click().run()
    finished(imported_shop)
    at.run()
    assert not at.exception
    assert adjustments.adjustments(imported_shop)[["sku", "units"]].to_numpy().tolist() == [[SKUS[1], 99.0]]
    listed = next(each.value for each in at.dataframe if "Reason" in each.value.columns)
    assert listed["Reason"].tolist() == ["counted *again*"]
    at.button(key="clean-correction-remove").click().run()
    finished(imported_shop)
    assert adjustments.adjustments(imported_shop).empty


@pytest.mark.parametrize(
    ("units", "reason", "told"),
    [(None, "counted", "Say how many units"), (3, " ", "reason")],
)
def test_correction_without_units_or_reason_is_refused(imported_shop, page, units, reason, told):
    at = opened_at(page, "By hand")
    at.number_input(key="clean-hand-units").set_value(units)
    at.text_input(key="clean-hand-reason").set_value(reason)
    at.button(key="FormSubmitter:clean-hand-Correct").click().run()
    assert told in texts([*at.warning, *at.error])
    assert adjustments.adjustments(imported_shop).empty


def test_rule_that_was_held_back_is_named_and_carried_out_when_confirmed(empty_shop, page, finished):
    lines = [f"{n},{date(2024, 1, 1) + timedelta(n)},A-17,10,{'cancelled' if n % 3 else 'paid'}" for n in range(60)]
    text = "\n".join(["order id,date,sku,quantity,status", *lines])
    import_files(empty_shop, sales=text)
    at = opened_at(page, "Rules")
    assert not at.exception
    assert "was left out" in texts(at.info)
    assert "It would move 66.7% of all units" in texts(at.warning)
    assert "**Cancelled and unpaid orders** · held back, would move 66.7%" in [each.label for each in at.expander]
    at.button(key="clean-held-cancelled_orders").click().run()
    finished(empty_shop)
    at.run()
    assert not at.warning
    assert cleaning.clean_demand(empty_shop)["units"].sum() == 200


def test_only_an_opened_rule_has_its_controls_drawn(imported_shop, page):
    at = opened_at(page, "Rules")
    assert len(at.expander) == len(cleaning.report(imported_shop).rules)
    assert not at.toggle
    assert len(box(at, imported_shop, "returns", opened=True).toggle) == 1


def test_rule_changes_stay_and_are_applied_while_the_rule_is_closed(imported_shop, page, finished):
    at = rule_opened(page, imported_shop, "non_products")
    at.text_input(key=key_of(imported_shop, "non_products", "more")).set_value("SKU-01").run()
    box(at, imported_shop, "non_products", opened=False)
    assert not at.text_input
    assert "1 rule is changed" in texts(at.info)
    box(at, imported_shop, "returns", opened=True)
    at.button(key="clean-apply").click().run()
    finished(imported_shop)
    assert {"SKU-01", "POST"}.isdisjoint(cleaning.skus(imported_shop))


def test_rule_changes_stay_while_another_section_is_looked_at(imported_shop, page):
    at = rule_opened(page, imported_shop, "non_products")
    at.toggle(key=key_of(imported_shop, "non_products", "on")).set_value(False).run()
    at.session_state["clean-section"] = "History"
    at.run()
    at.session_state["clean-section"] = "Rules"
    at.run()
    assert not at.toggle(key=key_of(imported_shop, "non_products", "on")).value
    assert "1 rule is changed" in texts(at.info)


def test_quality_report_stands_in_one_page_that_needs_no_network(imported_shop, page, monkeypatch):
    made = {}
    monkeypatch.setattr(clean_exports, "page_bytes", lambda title, parts: made.update(title=title, parts=parts))
    assert page("clean").get("download_button")
    monkeypatch.setattr(clean_exports.session, "workspace", lambda: imported_shop)
    monkeypatch.setattr(clean_exports.session, "settings", lambda: settings.read(imported_shop))
    clean_exports.report_maker(cleaning.report(imported_shop))()
    assert [part.heading for part in made["parts"]] == [
        "Scores", "Fix these first", "Everything that was found", "What the history says", "History in rows",
        "What the rules changed",
    ]  # fmt: skip
    assert made["parts"][0].table["Score"].notna().sum() == 5
    assert made["parts"][3].table["Share"].sum() == pytest.approx(1.0)
