"""Drivers the shop knows ahead on the Upload page, and drivers switched off on Compare and Forecast."""

from datetime import timedelta

import pytest

from core.workflows import comparing, forecasting, planned_drivers
from core.workflows.forecasting import ForecastRequest
from tests.pages.conftest import FIRST_DAY, N_DAYS
from tests.pages.reading import table_with, texts
from tests.pages.shops import prepared
from tests.uploading import import_files

RADIO = "Radio"


@pytest.fixture(scope="session")
def planning_template(templates, imported_template):
    rows = [f"{FIRST_DAY + timedelta(day)},{day % 5}" for day in range(N_DAYS + 10)]
    content = "\n".join(["date,Radio", *rows])
    return prepared(templates / "planning", imported_template, lambda shop: import_files(shop, drivers=content))


@pytest.fixture
def planning_shop(opened, planning_template):
    """The small shop with a driver of its own that is given for ten days after the last sale, and one that is not."""
    return opened(planning_template)


def driver(shop):
    return next(each for each in planned_drivers.markable(shop) if each.name == RADIO)


def test_a_driver_with_later_values_is_proposed_and_accepted_in_one_click(planning_shop, page, finished):
    at = page("upload")
    assert not at.exception
    assert "Radio (until 8 Jan 2026)" in texts(at.markdown).replace("\\", "")
    at.button(key="upload-ahead-yes").click().run()
    finished(planning_shop)
    at.run()
    assert driver(planning_shop).ahead
    assert "Comparisons and forecasts made from now on go by it" in texts(at.success)
    assert "upload-ahead-yes" not in {each.key for each in at.button}


def test_the_choice_can_be_changed_beside_what_each_driver_covers(planning_shop, page, finished):
    at = page("upload").toggle(key="upload-fit-open").set_value(True).run()
    assert not at.exception
    (choice,) = (each for each in at.pills if each.label == "Known ahead")
    choice.set_value([*choice.value, RADIO])
    at.button(key="upload-ahead-store").click().run()
    finished(planning_shop)
    at.run()
    assert driver(planning_shop).ahead
    covered = table_with(at, "Share of SKU-periods").set_index("Driver")
    assert bool(covered.loc[RADIO, "Future may be used"])


def test_a_driver_switched_off_stays_so_from_the_comparison_to_the_forecast(planning_shop, page, finished):
    at = page("compare")
    used = at.pills(key="compare-drivers")
    assert RADIO in used.value
    used.set_value([name for name in used.value if name != RADIO])
    for group in (each for each in at.pills if each.key.startswith("compare-group-")):
        group.set_value([key for key in ("seasonal_naive", "moving_average") if key in group.options])
    at.number_input(key="compare-horizon").set_value(7)
    at.button(key="compare-start").click().run()
    finished(planning_shop)
    at.run()
    assert not at.exception
    assert comparing.latest(planning_shop).without == (RADIO,)
    assert "Drivers switched off: Radio." in texts(at.caption)
    at = page("forecast")
    assert RADIO not in at.pills(key="forecast-drivers").value
    at.button(key="FormSubmitter:forecast-Make forecast").click().run()
    finished(planning_shop)
    at.run()
    assert not at.exception
    assert forecasting.latest(planning_shop).manifest["without"] == [RADIO]
    assert "Drivers switched off: Radio." in texts(at.caption)


def test_plans_that_end_early_are_said_where_a_method_looks_at_them(planning_shop, page):
    planned_drivers.mark(planning_shop, {RADIO: True})
    for model, said in (("linear_regression", True), ("seasonal_naive", False)):
        forecasting.forecast(planning_shop, ForecastRequest(model, horizon=21))
        at = page("forecast")
        assert not at.exception
        assert ("Plans that end before the forecast does" in [each.label for each in at.expander]) is said
        assert ("“Radio” is known ahead, but from 9 Jan 2026 on it is not given" in texts(at.markdown)) is said
