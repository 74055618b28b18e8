from dataclasses import replace
from datetime import timedelta

import pytest

from core.base.errors import CancelledError
from core.jobs import data, work
from core.report import numbers
from core.workflows import home, preparing
from pages.ui import home_banners, home_cards
from tests.pages.conftest import FIRST_DAY, N_DAYS
from tests.pages.reading import texts


@pytest.mark.usefixtures("empty_shop")
def test_an_empty_shop_offers_upload_and_the_sample_shop(page):
    at = page("home")
    assert not at.exception
    assert "There is no sales history yet" in texts(at.markdown)
    assert [each.label for each in at.button] == ["Try the sample shop"]


def test_the_sample_shop_starts_as_one_job(empty_shop, page, monkeypatch):
    asked = []
    monkeypatch.setattr(data, "start_sample", lambda _runner, workspace: asked.append(workspace))
    page("home").button(key="no-data-sample").click().run()
    assert asked == [empty_shop]


@pytest.mark.usefixtures("imported_shop")
def test_without_a_plan_the_steps_and_sales_are_shown(page):
    at = page("home")
    assert not at.exception
    assert "There is no order list for the present data yet" in texts(at.markdown)
    cards = {each.label: each.value for each in at.metric}
    assert cards["Stocked out"] == "–"
    assert cards["Units sold, 28 days"] != "–"


@pytest.mark.usefixtures("imported_shop")
@pytest.mark.parametrize(("days", "said"), [(8, False), (9, True)])
def test_sales_that_end_long_ago_are_named_before_any_figure(page, monkeypatch, days, said):
    last = FIRST_DAY + timedelta(N_DAYS - 1)
    monkeypatch.setattr(home_banners, "today", lambda: last + timedelta(days))
    told = texts(page("home").info)
    assert (f"The newest sales are of {numbers.day(last)}, {days} days ago" in told) is said


def test_prepare_everything_compares_forecasts_and_plans_in_one_job(imported_shop, page, monkeypatch):
    asked = []
    monkeypatch.setattr(work, "start_everything", lambda _runner, workspace: asked.append(workspace))
    page("home").button(key="prepare").click().run()
    assert asked == [imported_shop]


def test_the_cards_agree_with_the_workflow(planned_shop, page):
    at, status = page("home"), home.status(planned_shop)
    assert not at.exception
    cards = {each.label: each.value.replace("\\", "") for each in at.metric}
    assert cards["Stocked out"] == str(status.stocked_out)
    assert cards["To order today"] == f"${status.order_value:,.0f}"
    assert len(at.metric) == 6


def test_the_exception_list_is_most_urgent_first_and_filters_by_state(planned_shop, page):
    found = home.status(planned_shop).exceptions
    assert len(found)
    at = page("home")
    assert at.dataframe[0].value["SKU"].tolist() == found["sku"].tolist()
    state = found["state"].iloc[-1]
    at.pills(key="home-states").set_value([state]).run()
    assert not at.exception
    assert at.dataframe[0].value["SKU"].tolist() == found[found["state"] == state]["sku"].tolist()


def test_state_of_tells_how_far_the_work_has_come(compared_shop):
    state = home.state_of(compared_shop)
    assert state.version
    assert state.comparison
    assert (state.forecast, state.plan) == ("", "")


def test_of_a_job_of_several_steps_nobody_claims_that_nothing_was_stored(imported_shop, page, finished, monkeypatch):
    def stopped(*_anything):
        raise CancelledError("stopped")

    monkeypatch.setattr(preparing, "prepare", stopped)
    at = page("home")
    at.button(key="prepare").click().run()
    finished(imported_shop)
    said = texts(at.run().info)
    assert "The steps that were done stay." in said
    assert "Nothing of this run was stored." not in said


def test_more_units_than_a_card_has_room_for_stand_whole_in_its_help(planned_shop):
    status = replace(home.status(planned_shop), order_value=None, order_units=1_449_145.0)
    card = home_cards._order(status, "USD")
    assert card.value == "1.4M units"
    assert "1,449,145 units" in card.help
