import pytest

from core.base.errors import NoDataError, StoreError
from core.workflows import backups, history, home
from core.workflows import settings as settings_workflow

SAVE = "FormSubmitter:settings-Save settings"


def texts(elements) -> str:
    return " ".join(str(each.value) for each in elements).replace("\\", "")


@pytest.mark.usefixtures("empty_shop")
def test_an_empty_shop_has_no_runs(page):
    at = page("runs")
    assert not at.exception
    assert "Nothing was computed yet" in texts(at.info)


@pytest.mark.usefixtures("planned_shop")
def test_runs_are_listed_newest_first(page):
    at = page("runs")
    assert not at.exception
    table = next(each.value for each in at.dataframe if "Run" in each.value.columns)
    assert table["What"].tolist() == ["Order plan", "Forecast", "Comparison of methods"]


def test_settings_are_stored(empty_shop, page):
    at = page("runs")
    at.selectbox(key="set-currency").set_value("EUR")
    at.number_input(key="set-level").set_value(90.0)
    at.button(key=SAVE).click().run()
    assert not at.exception
    stored = settings_workflow.read(empty_shop)
    assert stored.currency == "EUR"
    assert stored.service_level == pytest.approx(0.9)
    assert "Saved." in texts(at.success)


def test_no_country_is_the_default(empty_shop):
    assert settings_workflow.read(empty_shop).country == ""


def test_other_holidays_make_the_data_anew(imported_shop, page, finished):
    before = home.state_of(imported_shop).version
    at = page("runs")
    at.selectbox(key="set-country").set_value("DE")
    at.button(key=SAVE).click().run()
    finished(imported_shop)
    assert not at.run().exception
    assert home.state_of(imported_shop).version != before


def test_a_backup_can_be_made_and_restored_from_an_upload(planned_shop, page):
    at = page("runs")
    at.button(key="backup-make").click().run()
    assert not at.exception
    assert "made and verified" in texts(at.success)
    (kept,) = backups.kept(planned_shop)
    settings_workflow.write(planned_shop, settings_workflow.Settings(currency="JPY"))
    report = backups.restore_upload(planned_shop, backups.content(planned_shop, kept.name))
    assert report.rows["plan_lines"] == 12
    assert settings_workflow.read(planned_shop).currency == "USD"


def test_what_is_no_backup_is_refused_and_changes_nothing(planned_shop):
    before = history.facts(planned_shop).rows
    with pytest.raises(StoreError):
        backups.restore_upload(planned_shop, b"not a database")
    assert history.facts(planned_shop).rows == before


def test_only_kept_backups_can_be_downloaded(empty_shop):
    with pytest.raises(NoDataError, match="no backup"):
        backups.content(empty_shop, "../shop.duckdb")


@pytest.mark.usefixtures("planned_shop")
def test_the_workspace_says_whether_it_is_whole(page):
    at = page("runs")
    assert "Every load is complete and unchanged." in texts(at.success)
