import gzip
import io
import zipfile

import pytest

from core.base.columns import ROLES
from core.charts import uploads
from core.jobs.runner import JobRunner
from core.report.export import csv_bytes
from core.report.tables_upload import role_labels
from core.report.upload_templates import template
from core.workflows import datasets, home, importing
from tests.pages.conftest import N_DAYS, SKUS, products_csv, sales_csv, shop_files, stock_csv
from tests.pages.reading import metrics, table_with, texts

PDF = b"%PDF-1.7\n1 0 obj\n"
ORDER_LIST = (
    "订单编号,买家实际支付金额,订单状态,订单创建时间,订单付款时间,宝贝标题,宝贝总数量\n"
    "1001,25.0,交易成功,2025-11-11 10:00:00,2025-11-11 10:01:00,杯子,3\n"
).encode()
ORDER_DETAILS = (
    "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码\n"
    "1001,杯子,9.9,2,A1,蓝,,,交易成功,A1\n1001,碗,5.2,1,B1,白,,,交易成功,B1\n"
).encode()
OPEN_DATES = b"date,sku,quantity\n03/04/2025,A,2\n04/05/2025,A,3\n05/06/2025,B,1\n"


def uploaded(at, **files):
    for name, content in files.items():
        at.file_uploader[0].upload(name.replace("__", "."), content)
    return at.run()


def by_ending(at, kind, ending):
    """The widget whose key ends so; keys begin with the uploader's id of the file."""
    return next(each for each in getattr(at, kind) if each.key and each.key.endswith(ending))


@pytest.mark.usefixtures("empty_shop")
def test_empty_workspace_invites_to_upload_or_to_load_the_sample_shop(page):
    at = page("upload")
    assert not at.exception
    assert at.button(key="upload-sample").label == "Load the sample shop"
    assert [each.key for each in at.button] == ["upload-sample"]


def test_table_is_recognised_with_its_counts_and_lines_set_aside_before_anything_is_stored(empty_shop, page):
    at = uploaded(page("upload"), sales__csv=sales_csv())
    records = N_DAYS * len(SKUS) + 3
    assert not at.exception
    assert metrics(at)["Rows to load"] == f"{records - 1:,}"
    assert f"{records:,} records = {records - 1:,} to load + 1 set aside." in texts(at.markdown)
    assert by_ending(at, "selectbox", "-role").value == "sales"
    assert importing.imported(empty_shop) == []
    aside = table_with(at, "Why it was set aside")
    assert aside["Line"].tolist() == [N_DAYS * len(SKUS) + 4]
    assert "a few" in aside["Why it was set aside"][0]


@pytest.mark.usefixtures("empty_shop")
def test_the_rows_of_each_day_are_drawn_once_however_often_the_page_is_touched(page, monkeypatch):
    drawn = []
    draw = uploads.upload_days
    monkeypatch.setattr(uploads, "upload_days", lambda days, **look: drawn.append(days) or draw(days, **look))
    at = uploaded(page("upload"), sales__csv=b"date,sku,quantity\n2026-01-30,A,2\n2026-01-31,B,1\n")
    at.run()
    assert not at.exception
    assert len(at.get("plotly_chart")) == len(drawn) == 1


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


def test_file_imported_before_is_announced_and_changes_nothing(imported_shop, page, finished):
    before = importing.imported(imported_shop)
    at = uploaded(page("upload"), sales__csv__gz=gzip.compress(sales_csv(), mtime=0))
    assert "already imported on" in texts(at.info)
    at.button(key="upload-import").click().run()
    finished(imported_shop)
    assert importing.imported(imported_shop) == before


def overlapping(change: str) -> bytes:
    """The 24 lines of two days that are stored already; with a change, each of them says another quantity."""
    rows = [line.split(",") for line in sales_csv().decode().splitlines()[1:] if line.startswith(("o7-", "o8-"))]
    changed = [",".join([*row[:4], f"{row[4]}{change}", row[5]]) for row in rows]
    return "\n".join(["order_id,order_date,sku,product_name,quantity,unit_price", *changed]).encode()


@pytest.mark.parametrize(
    ("choice", "loaded", "stored"), [("skip", 0, 0), ("replace", 24, 0), ("replace_all", 24, 24), ("add", 24, 24)]
)
def test_rows_that_contradict_what_is_stored_wait_for_a_choice(imported_shop, page, finished, choice, loaded, stored):
    at = uploaded(page("upload"), again__csv=overlapping("0"))
    assert "24 rows say something else of what is stored already" in texts(at.warning)
    assert at.button(key="upload-import").disabled
    at.segmented_control(key="upload-on-conflict").set_value(choice).run()
    assert not at.exception
    at.button(key="upload-import").click().run()
    finished(imported_shop)
    records = [record for record in importing.imported(imported_shop) if record.role == "sales"]
    assert records[-1].loaded == loaded
    lines = N_DAYS * len(SKUS) + 2
    assert sum(record.loaded for record in records) == (24 if choice == "replace_all" else lines + stored)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("append", "adds 0 rows, changes 0, removes 0; 24 are there already"),
        ("replace_all", "adds 0 rows, changes 0, removes 1,418; 24 are there already"),
    ],
)
def test_the_difference_is_said_before_anything_is_stored(imported_shop, page, choice, said):
    before = importing.imported(imported_shop)
    at = uploaded(page("upload"), again__csv=overlapping(""))
    if choice != "append":
        at.segmented_control(key="upload-on-conflict").set_value(choice).run()
    assert said in texts(at.markdown)
    assert importing.imported(imported_shop) == before


@pytest.mark.usefixtures("empty_shop")
def test_tables_with_the_same_columns_are_decided_about_once(page):
    days = {f"day{n}__csv": f"date,sku,quantity\n0{n}/04/2025,A,2\n0{n}/05/2025,B,3\n".encode() for n in (1, 2, 3)}
    at = uploaded(page("upload"), **days)
    assert metrics(at)["Tables that need you"] == "3"
    asked = [each for each in at.selectbox if each.key.endswith("-dates")]
    assert len(asked) == 1
    asked[0].select("dmy").run()
    assert metrics(at)["Tables that need you"] == "0"
    assert metrics(at)["Rows to load"] == "6"


@pytest.mark.usefixtures("empty_shop")
def test_an_order_list_gives_its_dates_to_the_details_uploaded_with_it(page):
    at = uploaded(page("upload"), orders__csv=ORDER_LIST, details__csv=ORDER_DETAILS)
    assert not at.exception
    assert metrics(at)["Tables that need you"] == "0"
    assert "used by another" in table_with(at, "State")["State"].tolist()
    assert table_with(at, "Date of sale")["Date of sale"].iloc[0].strftime("%Y-%m-%d") == "2025-11-11"


PERSONS = b"date,sku,quantity,customer id,e-mail\n2025-01-31,A,2,C-1,a@example.com\n2025-01-30,A,1,C-2,b@example.com\n"


@pytest.mark.usefixtures("empty_shop")
def test_columns_about_persons_come_with_kind_and_evidence_and_customers_can_be_dropped(page):
    at = uploaded(page("upload"), sales__csv=PERSONS)
    assert "Dropped because they hold personal data: e-mail" in texts(at.caption)
    told = table_with(at, "What becomes of it")
    assert told["Holds"].tolist() == ["customer numbers", "e-mail addresses"]
    assert told["What becomes of it"].tolist() == ["kept as a keyed number", "dropped"]
    by_ending(at, "selectbox", "-customer").select("nobody").run()
    assert not at.exception
    assert table_with(at, "What becomes of it")["What becomes of it"].tolist() == ["dropped", "dropped"]


def test_a_mapping_the_user_changed_is_applied_to_the_next_file_and_said(empty_shop, page, finished):
    content = b"date,sku,quantity,extra\n2025-01-30,A,2,7\n2025-01-31,B,1,8\n"
    at = uploaded(page("upload"), first__csv=content)
    by_ending(at, "selectbox", "-dates").select("ymd").run()
    at.button(key="upload-import").click().run()
    finished(empty_shop)
    at = uploaded(page("upload"), second__csv=content.replace(b"2025", b"2026"))
    assert "Your mapping of an earlier file" in texts(at.info)


@pytest.mark.usefixtures("empty_shop")
def test_templates_of_every_role_are_recognised_as_that_role(page):
    at = page("upload")
    assert len([each for each in at.get("download_button") if "template-" in str(each.proto.id)]) == len(ROLES)
    files = {f"{role}__csv": csv_bytes(template(role)) for role in ROLES}
    at = uploaded(at, **files)
    assert not at.error, texts(at.error)
    found = table_with(at, "Taken for")["Taken for"].tolist()
    assert found == [role_labels()[role] for role in ROLES]
    assert metrics(at)["Rows to load"] == str(2 * len(ROLES))


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
