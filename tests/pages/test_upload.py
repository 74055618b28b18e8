import gzip
import io
import zipfile

import pytest

from core.jobs.runner import JobRunner
from core.workflows import datasets, home, importing
from tests.pages.conftest import N_DAYS, SKUS, products_csv, sales_csv, shop_files, stock_csv

PDF = b"%PDF-1.7\n1 0 obj\n"
OPEN_DATES = b"date,sku,quantity\n03/04/2025,A,2\n04/05/2025,A,3\n05/06/2025,B,1\n"


def texts(elements) -> str:
    return " ".join(str(each.value) for each in elements).replace("\\", "")


def uploaded(at, **files):
    for name, content in files.items():
        at.file_uploader[0].upload(name.replace("__", "."), content)
    return at.run()


def by_ending(at, kind, ending):
    """The widget whose key ends so; keys begin with the uploader's id of the file."""
    return next(each for each in getattr(at, kind) if each.key and each.key.endswith(ending))


def table_with(at, column: str):
    """The first table on the page that has this column."""
    return next(each.value for each in at.dataframe if column in each.value.columns)


def metrics(at) -> dict[str, str]:
    return {each.label: each.value for each in at.metric}


@pytest.mark.usefixtures("empty_shop")
def test_empty_workspace_invites_to_upload_or_to_load_the_sample_shop(page):
    at = page("upload")
    assert not at.exception
    assert at.button(key="upload-sample").label == "Load the sample shop"
    assert [each.key for each in at.button] == ["upload-sample"]


def test_table_is_recognised_with_its_counts_before_anything_is_stored(empty_shop, page):
    at = uploaded(page("upload"), sales__csv=sales_csv())
    records = N_DAYS * len(SKUS) + 3
    assert not at.exception
    assert metrics(at)["Rows to load"] == f"{records - 1:,}"
    assert f"{records:,} records = {records - 1:,} to load + 1 set aside." in texts(at.markdown)
    assert by_ending(at, "selectbox", "-role").value == "sales"
    assert importing.imported(empty_shop) == []


@pytest.mark.usefixtures("empty_shop")
def test_line_set_aside_is_shown_with_its_number_and_reason(page):
    at = uploaded(page("upload"), sales__csv=sales_csv())
    aside = table_with(at, "Why it was set aside")
    assert aside["Line"].tolist() == [N_DAYS * len(SKUS) + 4]
    assert "a few" in aside["Why it was set aside"][0]


def test_one_click_imports_all_files_and_shows_what_came_of_them(empty_shop, page, finished):
    at = page("upload")
    for file in shop_files():
        at.file_uploader[0].upload(file.name, file.content)
    at.run()
    assert at.button(key="upload-import").label == "Import all 4 tables"
    at.button(key="upload-import").click().run()
    finished(empty_shop)
    at.run()
    assert not at.exception
    assert "4 tables with" in texts(at.success)
    assert table_with(at, "Replaced earlier rows")["Role"].tolist()[0] == "Sales"
    assert home.has_data(empty_shop)
    assert not at.file_uploader[0].value


def test_bad_file_gives_its_reason_and_holds_back_the_import_until_it_is_left_out(empty_shop, page, finished):
    at = uploaded(page("upload"), sales__csv=sales_csv(), notes__pdf__csv=PDF)
    assert "PDF" in texts(at.error)
    assert at.button(key="upload-import").disabled
    bad = [each for each in at.checkbox if each.key.endswith("-out")][1]
    bad.check().run()
    assert not at.button(key="upload-import").disabled
    at.button(key="upload-import").click().run()
    finished(empty_shop)
    assert [record.file_name for record in importing.imported(empty_shop)] == ["sales.csv"]


@pytest.mark.usefixtures("empty_shop")
def test_order_of_day_and_month_is_asked_for_and_the_answer_settles_it(page):
    at = uploaded(page("upload"), sales__csv=OPEN_DATES)
    assert at.error
    assert at.button(key="upload-import").disabled
    by_ending(at, "selectbox", "-dates").select("dmy").run()
    assert not at.exception
    assert not at.error
    head = table_with(at, "Date of sale")
    assert head["Date of sale"].iloc[0].strftime("%Y-%m-%d") == "2025-04-03"


@pytest.mark.usefixtures("empty_shop")
def test_choosing_another_role_offers_that_roles_fields(page):
    at = uploaded(page("upload"), list__csv=products_csv())
    assert by_ending(at, "selectbox", "-role").value == "products"
    by_ending(at, "selectbox", "-role").select("suppliers").run()
    assert not at.exception
    editor = next(each for each in at.dataframe if "mapping-suppliers" in (each.key or ""))
    assert "Supplier (required)" in editor.value["field"].tolist()


@pytest.mark.usefixtures("empty_shop")
def test_every_table_of_an_archive_is_shown(page):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("sales.csv", sales_csv())
        archive.writestr("stock.csv", stock_csv())
    at = uploaded(page("upload"), shop__zip=packed.getvalue())
    assert not at.exception
    assert table_with(at, "Taken for")["Taken for"].tolist() == ["Sales", "Stock on hand"]


@pytest.mark.usefixtures("empty_shop")
def test_columns_about_persons_are_named_as_dropped(page):
    content = b"date,sku,quantity,email\n2025-01-31,A,2,a@example.com\n2025-01-30,A,1,b@example.com\n"
    at = uploaded(page("upload"), sales__csv=content)
    assert "Dropped because they hold personal data: email" in texts(at.caption)


def test_file_imported_before_is_announced_and_changes_nothing(imported_shop, page, finished):
    before = importing.imported(imported_shop)
    at = uploaded(page("upload"), sales__csv__gz=gzip.compress(sales_csv(), mtime=0))
    assert "already imported on" in texts(at.info)
    at.button(key="upload-import").click().run()
    finished(imported_shop)
    assert importing.imported(imported_shop) == before


@pytest.mark.parametrize(("choice", "uploads", "lines"), [("skip", 5, 0), ("replace", 5, 24), ("add", 5, 0)])
def test_overlap_must_be_decided_and_the_choice_is_obeyed(imported_shop, page, finished, choice, uploads, lines):
    rows = [line for line in sales_csv().decode().splitlines()[1:] if line.startswith(("o7-", "o8-"))]
    header = "order_id,order_date,sku,product_name,quantity,unit_price"
    at = uploaded(page("upload"), again__csv="\n".join([header, *rows]).encode())
    assert at.button(key="upload-import").disabled
    at.segmented_control(key="upload-on-conflict").select(choice).run()
    at.button(key="upload-import").click().run()
    finished(imported_shop)
    records = importing.imported(imported_shop)
    assert (len(records), records[-1].loaded) == (uploads, lines)
    total = sum(record.loaded for record in records if record.role == "sales")
    assert total == N_DAYS * len(SKUS) + 2 + (24 if choice == "append" else 0)


def test_upload_can_be_removed_and_the_clean_demand_goes_with_it(imported_shop, page, finished):
    sales = next(record for record in importing.imported(imported_shop) if record.role == "sales")
    at = page("upload")
    at.selectbox(key="upload-past").select(sales.upload_id).run()
    at.button(key="upload-remove").click().run()
    finished(imported_shop)
    at.run()
    assert not at.exception
    assert "sales" not in [record.role for record in importing.imported(imported_shop)]
    assert not home.has_data(imported_shop)


def test_import_at_work_shows_its_progress_and_a_way_to_cancel(empty_shop, page):
    runner = JobRunner.for_workspace(empty_shop)

    def waiting(progress):
        progress.report("Reading sales.csv", 0.25)
        progress.cancelled.wait(20)
        progress.check()

    job_id = runner.start("import", waiting, {})
    at = page("upload")
    assert at.file_uploader[0].disabled
    at.button(key="upload-job-cancel").click().run()
    assert runner.wait(job_id, 10).status == "cancelled"


def test_sample_shop_is_loaded_as_a_job(empty_shop, page, finished, monkeypatch):
    asked = []
    monkeypatch.setattr("core.workflows.sample.prepare", lambda *given: asked.append(given) or "run")
    at = page("upload")
    at.button(key="upload-sample").click().run()
    finished(empty_shop)
    at.run()
    assert not at.exception
    assert len(asked) == 1


def test_cancelled_import_stores_nothing(empty_shop):
    runner = JobRunner.for_workspace(empty_shop)
    looks = importing.preview(empty_shop, shop_files())
    decisions = [importing.Decision(look, look.recognition.to_mapping()) for look in looks if look.recognition]

    def work(progress):
        progress.cancelled.set()
        importing.import_tables(empty_shop, decisions, progress=progress)

    assert runner.wait(runner.start("import", work, {}), 20).status == "cancelled"
    assert importing.imported(empty_shop) == []


def test_cancelling_after_the_rows_are_stored_still_makes_the_clean_demand(empty_shop):
    looks = importing.preview(empty_shop, shop_files())
    decisions = [importing.Decision(look, look.recognition.to_mapping()) for look in looks if look.recognition]
    runner = JobRunner.for_workspace(empty_shop)

    def work(progress):
        empty_shop.on_step = lambda name: progress.cancelled.set() if name == "checkpointed" else None
        importing.import_tables(empty_shop, decisions, progress=progress)

    view = runner.wait(runner.start("import", work, {}), 30)
    assert view.status == "done"
    assert len(datasets.current_dataset(empty_shop).panel) == len(SKUS)
