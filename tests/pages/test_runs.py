import io
import shutil
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.base.errors import NoDataError, StoreError
from core.store.workspace import Workspace
from core.workflows import backups, history, home, importing, privacy, recovery
from core.workflows import settings as settings_workflow
from core.workflows.workspace import open_workspace
from tests.pages.reading import table_with, texts
from tests.pages.shops import forget_pages, prepared
from tests.uploading import import_files

SAVE = "FormSubmitter:settings-Save settings"
FORGET = "FormSubmitter:forget-Forget this person"
DELETE = "FormSubmitter:delete-Delete everything"
RATE = "FormSubmitter:rate-Save rate"
EXPORT = "FormSubmitter:anonymous-Make the export"
MAIL = "ann.smith@example.com"


@pytest.fixture
def section(page):
    """Runs the page with one of its sections open."""
    return lambda name: page("runs", **{"runs-section": name})


def customers_csv() -> bytes:
    lines = [f"2026-01-{1 + n % 20:02d},N{n},A-{n % 2},{1 + n % 3},4.5,C-{n % 12}" for n in range(60)]
    lines.append(f"2026-01-05,N99,A-1,2,4.5,{MAIL}")
    return "\n".join(["date,order id,sku,quantity,price,customer id", *lines]).encode()


@pytest.fixture(scope="session")
def customers_template(templates, empty_template):
    return prepared(templates / "customers", empty_template, lambda shop: import_files(shop, orders=customers_csv()))


@pytest.fixture
def customers_shop(opened, customers_template):
    """A shop whose sales name customers."""
    return opened(customers_template)


@pytest.fixture(scope="session")
def lost_template(templates, imported_template):
    def lose(shop: Workspace) -> None:
        import_files(shop, orders=customers_csv())
        shop.close()
        shutil.copy(imported_template / shop.path.name, shop.path)

    return prepared(templates / "lost", imported_template, lose)


@pytest.fixture
def lost_shop(opened, lost_template):
    """The small shop after its newest load was lost; ledger and kept uploads stay."""
    return opened(lost_template)


@pytest.mark.usefixtures("empty_shop")
def test_an_empty_shop_has_no_runs(page):
    at = page("runs")
    assert not at.exception
    assert "Nothing was computed yet" in texts(at.info)


@pytest.mark.usefixtures("planned_shop")
def test_runs_are_listed_newest_first(page):
    at = page("runs")
    assert not at.exception
    assert table_with(at, "Run")["What"].tolist() == ["Order plan", "Forecast", "Comparison of methods"]


@pytest.mark.parametrize("name", ["Runs", "Jobs", "Settings", "Backup", "Privacy", "Activity", "Workspace"])
@pytest.mark.parametrize("shop", ["empty_shop", "planned_shop"])
def test_every_section_stands_for_a_new_shop_and_a_full_one(shop, name, section, request):
    request.getfixturevalue(shop)
    assert not section(name).exception


def test_settings_are_stored(empty_shop, section):
    at = section("Settings")
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


def test_other_holidays_make_the_data_anew(imported_shop, section, finished):
    before = home.state_of(imported_shop).version
    at = section("Settings")
    at.selectbox(key="set-country").set_value("DE")
    at.button(key=SAVE).click().run()
    finished(imported_shop)
    assert not at.run().exception
    assert home.state_of(imported_shop).version != before


def test_currencies_of_the_files_without_a_rate_are_named(empty_shop, section):
    rows = [f"2026-01-{day:02d},N{day},A-1,2,4.5,{'EUR' if day % 3 else 'SEK'}" for day in range(1, 28)]
    import_files(empty_shop, orders="\n".join(["date,order id,sku,quantity,price,currency", *rows]).encode())
    settings_workflow.write(empty_shop, settings_workflow.Settings(currency="EUR"))
    at = section("Settings")
    assert "The files name SEK, and no rate is known." in texts(at.warning)
    settings_workflow.write(empty_shop, settings_workflow.Settings(currency="EUR"), {"SEK": 0.09})
    assert not section("Settings").warning


def test_a_rate_is_saved_and_taken_back_and_the_data_is_made_anew(imported_shop, section, finished):
    at = section("Settings")
    at.selectbox(key="rate-currency").set_value("EUR")
    at.number_input(key="rate-value").set_value(1.08)
    at.button(key=RATE).click().run()
    finished(imported_shop)
    assert not at.run().exception
    assert settings_workflow.rates(imported_shop) == {"EUR": 1.08}
    assert table_with(at, "USD for one")["USD for one"].tolist() == [1.08]
    at.number_input(key="rate-value").set_value(0.0)
    at.button(key=RATE).click().run()
    finished(imported_shop)
    assert settings_workflow.rates(imported_shop) == {}


def test_a_backup_can_be_made_and_restored_from_an_upload(planned_shop, section):
    at = section("Backup")
    at.button(key="backup-make").click().run()
    assert not at.exception
    assert "made and verified" in texts(at.success)
    (kept,) = backups.kept(planned_shop)
    settings_workflow.write(planned_shop, settings_workflow.Settings(currency="JPY"))
    report = backups.restore_upload(planned_shop, backups.content(planned_shop, kept.name))
    assert report.rows["plan_lines"] == 12
    assert settings_workflow.read(planned_shop).currency == "USD"


def test_a_packed_backup_brings_the_saved_uploads_back(imported_shop):
    made = backups.make(imported_shop)
    packed = backups.archive(imported_shop, made.path.name)
    shutil.rmtree(imported_shop.uploads_folder)
    report = backups.restore_upload(imported_shop, packed)
    assert report.uploads == 4
    assert len(list(imported_shop.uploads_folder.glob("*.parquet"))) == 4


def test_going_back_to_a_kept_backup_takes_its_uploads_along(imported_shop, section):
    backups.make(imported_shop)
    shutil.rmtree(imported_shop.uploads_folder)
    at = section("Backup")
    at.button(key="restore-kept").click().run()
    assert not at.exception
    assert "4 saved uploads" in texts(at.success)
    assert len(list(imported_shop.uploads_folder.glob("*.parquet"))) == 4


def packed(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a database", "is damaged or is no workspace"),
        (packed(**{"../shop.duckdb": b"x"}), "no backup of this program"),
        (packed(**{"a.duckdb": b"x", "run.sh": b"x"}), "no backup of this program"),
        (packed(**{"a.duckdb": b"x"})[:40], "The ZIP file is damaged"),
    ],
    ids=["text", "path outside", "foreign file", "cut short"],
)
def test_what_is_no_backup_is_refused_and_changes_nothing(planned_shop, content, said):
    before = history.facts(planned_shop).rows
    with pytest.raises(StoreError, match=said):
        backups.restore_upload(planned_shop, content)
    assert history.facts(planned_shop).rows == before


def test_only_kept_backups_can_be_downloaded(empty_shop):
    for ask in (backups.content, backups.archive):
        with pytest.raises(NoDataError, match="no backup"):
            ask(empty_shop, "../shop.duckdb")
    with pytest.raises(NoDataError, match="no backup"):
        backups.restore_kept(empty_shop.path, "../shop.duckdb")


@pytest.mark.usefixtures("planned_shop")
def test_the_workspace_says_whether_it_is_whole_and_what_lies_where(section):
    at = section("Workspace")
    assert "Every load is complete and unchanged." in texts(at.success)
    names = table_with(at, "What it holds")["File or folder"].tolist()
    assert names[:3] == ["shop.duckdb", "shop.uploads/", "shop.duckdb.ledger"]


def test_lost_loads_are_named_on_home_and_rebuilt_with_one_click(lost_shop, page, section, finished):
    for at in (page("home"), section("Workspace"), section("Backup")):
        assert "1 load made since" in texts(at.error)
    assert table_with(at, "Can be rebuilt")["File"].tolist() == ["orders.csv"]
    at.button(key="rebuild").click().run()
    finished(lost_shop)
    at.run()
    assert not at.exception
    assert "1 load is there again: 61 rows." in texts(at.success)
    assert not at.error
    assert recovery.problems(lost_shop) == []


def test_loads_that_are_not_kept_cannot_be_rebuilt(lost_shop, section):
    shutil.rmtree(lost_shop.uploads_folder)
    at = section("Backup")
    assert table_with(at, "Can be rebuilt")["Can be rebuilt"].tolist() == ["not kept: import the file again"]
    assert at.button(key="rebuild").disabled


@pytest.mark.usefixtures("customers_shop")
def test_a_forgotten_person_is_counted_and_not_named(section):
    at = section("Privacy")
    at.text_input(key="forget-identifier-0").set_value(MAIL)
    at.button(key=FORGET).click().run()
    assert not at.exception
    assert "1 sales lines no longer name the customer" in texts(at.success)
    assert "0 texts typed by users" in texts(at.success)
    assert MAIL not in str(at)


@pytest.mark.usefixtures("customers_shop")
def test_forgetting_nobody_is_refused(section):
    at = section("Privacy")
    at.button(key=FORGET).click().run()
    assert "Give the customer's number" in texts(at.error)


@pytest.mark.usefixtures("customers_shop")
def test_the_key_is_changed_and_customers_are_counted(section):
    at = section("Privacy")
    at.button(key="rotate").click().run()
    assert not at.exception
    assert "13 customers were hashed again." in texts(at.success)


def test_anonymous_sales_are_made_once_and_offered(customers_shop, section):
    at = section("Privacy")
    at.multiselect(key="anonymous-by").set_value(["month", "sku"])
    at.button(key=EXPORT).click().run()
    assert not at.exception
    assert "All 2 groups have 5 persons or more." in texts(at.info)
    assert table_with(at, "Revenue")["Lines"].sum() == 61
    with pytest.raises(privacy.DisclosureError):
        privacy.anonymous_sales(customers_shop, ["channel"])


def test_deleting_needs_the_name_and_the_app_goes_on_empty(imported_shop, section):
    at = section("Privacy")
    at.text_input(key="delete-name").set_value("other")
    at.button(key=DELETE).click().run()
    assert "Nothing was deleted." in texts(at.error)
    at.text_input(key="delete-name").set_value("shop.duckdb")
    at.button(key=DELETE).click().run()
    assert not at.exception
    assert "shop.duckdb was deleted" in texts(at.success)
    assert not imported_shop.uploads_folder.exists()
    assert importing.imported(open_workspace(imported_shop.path)) == []


def test_activity_tells_who_did_what_and_which_data_versions_are_kept(imported_shop, section, monkeypatch):
    monkeypatch.setenv("STOCKCAST_USER", "Ann")
    settings_workflow.write(imported_shop, settings_workflow.Settings(currency="EUR"))
    at = section("Activity")
    actions = table_with(at, "Who")
    assert actions["What"].tolist()[:2] == ["Settings changed", "Files imported"]
    assert actions["Who"].tolist()[0] == "Ann"
    assert table_with(at, "In force")["In force"].tolist()[0]


def test_a_damaged_workspace_says_so_and_can_be_restored(imported_shop, section):
    backups.make(imported_shop)
    imported_shop.close()
    forget_pages()
    imported_shop.path.write_bytes(b"gone" * 4000)
    at = section("Runs")
    assert not at.exception
    assert "is damaged or is no workspace" in texts(at.error)
    assert at.button(key="unopened-restore").disabled
    at.button(key="unopened-back").click().run()
    assert "Every load is complete" in texts(section("Workspace").success)


def test_a_newer_workspace_is_refused_in_words(empty_shop, section):
    with empty_shop.cursor() as cursor:
        cursor.execute("INSERT INTO schema_versions VALUES (99, $now)", {"now": datetime.now(UTC).replace(tzinfo=None)})
    empty_shop.close()
    forget_pages()
    at = section("Runs")
    assert not at.exception
    assert "newer" in texts(at.error)
    assert at.button(key="unopened-again")


def test_clean_demand_that_is_behind_is_made_anew_with_one_click(imported_shop, page, section, finished, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(importing, "made_anew", lambda *_arguments: (False, ()))
        import_files(imported_shop, orders=customers_csv())
    assert "made before the last change" in texts(page("home").error)
    at = section("Backup")
    at.button(key="rebuild").click().run()
    finished(imported_shop)
    at.run()
    assert "The clean demand was made anew." in texts(at.warning)
    assert recovery.problems(imported_shop) == []


def test_saving_takes_back_nothing_that_another_session_changed_meanwhile(empty_shop, section):
    at = section("Settings")
    settings_workflow.write(empty_shop, replace(settings_workflow.read(empty_shop), default_lead_time_days=30.0))
    at.number_input(key="set-level").set_value(90.0)
    at.button(key=SAVE).click().run()
    assert not at.exception
    stored = settings_workflow.read(empty_shop)
    assert (stored.default_lead_time_days, stored.service_level) == (30.0, pytest.approx(0.9))
    assert at.number_input(key="set-lead").value == 30.0


def test_what_another_session_changed_is_shown(empty_shop, section):
    at = section("Settings")
    settings_workflow.write(empty_shop, replace(settings_workflow.read(empty_shop), order_cost=7.0))
    assert at.run().number_input(key="set-order-cost").value == 7.0
