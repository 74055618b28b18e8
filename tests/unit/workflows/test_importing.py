"""Importing as a user does it: mappings remembered, tables joined, sheets told apart, differences shown."""

import io

import pytest

from core.store import facts
from core.store.uploads import list_uploads
from core.store.workspace import Workspace
from core.workflows import importing
from core.workflows.importing import Decision, UploadedFile
from tests.uploading import import_files

ODD = b"when,thing,n,remark\n2024-01-31,A-1,2,x\n2024-02-01,B-2,3,y\n2024-02-02,A-1,1,z\n"


@pytest.fixture
def workspace(uncleaned: Workspace) -> Workspace:
    return uncleaned


def looked(workspace, *files, **choices):
    return importing.preview(workspace, [UploadedFile(name, content) for name, content in files], **choices)


def decided(looks):
    return [Decision(look, look.recognition.to_mapping()) for look in looks]


def counted(workspace, table="sales_lines"):
    with workspace.cursor() as cursor:
        return cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608


def changed(look):
    """The mapping of the odd file as its user corrects it."""
    fields = {0: "sold_at", 1: "sku", 2: "quantity", 3: "category"}
    return importing.with_changes(look, "sales", fields, {})


def test_a_mapping_the_user_changed_is_used_for_the_next_file_with_the_same_header(workspace):
    (look,) = looked(workspace, ("jan.csv", ODD))
    assert look.mapping_from == "recognised"
    importing.import_tables(workspace, [Decision(look, changed(look))])
    (following,) = looked(workspace, ("feb.csv", ODD.replace(b"2024-0", b"2024-1")))
    assert following.mapping_from == "saved"
    assert following.recognition.to_mapping().fields == changed(look).fields


def test_an_import_reads_what_is_said_of_products_and_drivers_once(imported, monkeypatch):
    workspace = imported(jan=ODD.replace(b"when,thing,n", b"date,sku,quantity"))
    read = []
    for name in ("product_rows", "driver_rows"):
        real = getattr(facts, name)
        monkeypatch.setattr(facts, name, lambda shop, name=name, real=real: read.append(name) or real(shop))
    import_files(workspace, feb=b"date,sku,quantity\n2024-02-03,A-1,4\n")
    assert sorted(read) == ["driver_rows", "product_rows"]


def test_a_mapping_the_user_left_as_it_was_is_not_saved(workspace):
    content = b"date,sku,quantity\n2024-01-31,A,2\n2024-02-01,B,3\n"
    importing.import_tables(workspace, decided(looked(workspace, ("a.csv", content))))
    (again,) = looked(workspace, ("b.csv", content))
    assert again.mapping_from == "recognised"


def test_a_role_asked_for_goes_before_a_saved_mapping(workspace):
    (look,) = looked(workspace, ("jan.csv", ODD))
    importing.import_tables(workspace, [Decision(look, changed(look))])
    (asked,) = looked(workspace, ("feb.csv", ODD), role="products")
    assert (asked.mapping_from, asked.recognition.role) == ("recognised", "products")


def test_two_sheets_of_one_workbook_are_two_loads(workspace):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for number, name in enumerate(("North", "South")):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.title = name
        sheet.append(["date", "sku", "quantity"])
        for day in range(1, 5):
            sheet.append([f"2024-0{number + 1}-{day + 20}", "A", day])
    stream = io.BytesIO()
    book.save(stream)
    for name in ("North", "South"):
        looks = looked(workspace, ("shop.xlsx", stream.getvalue()), options=importing.ReadOptions(sheet=name))
        importing.import_tables(workspace, decided(looks))
    assert [record.loaded for record in list_uploads(workspace)] == [4, 4]


def test_the_preview_tells_the_difference(workspace):
    content = b"order id,date,sku,quantity\n1,2024-01-31,A,2\n2,2024-02-01,B,3\n"
    importing.import_tables(workspace, decided(looked(workspace, ("a.csv", content))))
    (decision,) = decided(looked(workspace, ("b.csv", content.replace(b"B,3", b"B,4") + b"3,2024-02-02,A,1\n")))
    (told,) = importing.typed(workspace, decision).difference
    assert (told.adds, told.changes, told.already_there, told.refused) == (1, 1, 1, True)
    (replacing,) = importing.differences(workspace, [decision], "replace")
    assert replacing.sentence() == "adds 1 rows, changes 1, removes 0; 1 are there already"


def test_refused_lines_are_counted_once(workspace):
    good = b"".join(b"2024-01-%02d,A,%d\n" % (day, day) for day in range(1, 29)) * 5
    (decision,) = decided(looked(workspace, ("a.csv", b"date,sku,quantity\n" + good + b"2024-01-29,A\n")))
    told = importing.typed(workspace, decision)
    assert (told.records, told.loaded, told.quarantined) == (141, 140, 1)
    (summary,) = importing.import_tables(workspace, [decision]).files
    assert (summary.records, summary.quarantined) == (141, 1)


ORDER_LIST = (
    "订单编号,买家实际支付金额,订单状态,订单创建时间,订单付款时间,宝贝标题,宝贝总数量\n"
    "1001,20.00,交易成功,2024-01-05 10:00:00,2024-01-05 10:01:00,杯子,2\n"
    "1002,30.00,交易成功,2024-01-06 11:00:00,2024-01-06 11:05:00,盘子,1\n"
).encode()
ORDER_DETAILS = (
    "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码\n"
    "1001,杯子,10.00,2,CUP,,,,交易成功,CUP\n"
    "1002,盘子,30.00,1,PLATE,,,,交易成功,PLATE\n"
).encode()


def test_an_order_list_gives_its_dates_to_the_details_and_is_not_imported_itself(workspace):
    looks = looked(workspace, ("list.csv", ORDER_LIST), ("details.csv", ORDER_DETAILS))
    used = [look.label for look in looks if look.used_in]
    if not used:
        pytest.fail(f"not recognised as belonging together: {[look.recognition for look in looks]}")
    assert used == ["list.csv"]
    result = importing.import_tables(workspace, decided(looks))
    assert [(each.file, each.loaded) for each in result.files] == [("details.csv", 2)]
    assert any("order list" in note for note in result.notes)


def test_driver_columns_of_a_sales_file_are_stored_as_drivers_and_come_back_with_a_rebuild(workspace):
    content = b"date,sku,quantity,promotion\n" + b"".join(
        b"2024-01-%02d,A,%d,%d\n" % (day, day, day % 2) for day in range(1, 29)
    )
    (look,) = looked(workspace, ("a.csv", content))
    fields = {0: "sold_at", 1: "sku", 2: "quantity", 3: "driver"}
    importing.import_tables(workspace, [Decision(look, importing.with_changes(look, "sales", fields, {}))])
    roles = sorted(record.role for record in list_uploads(workspace))
    assert roles == ["drivers", "sales"]
    assert len(list(workspace.uploads_folder.glob("*.parquet"))) == 1
    sales = next(record for record in list_uploads(workspace) if record.role == "sales")
    importing.remove(workspace, sales.upload_id)
    # the drivers of the same table still need it
    assert len(list(workspace.uploads_folder.glob("*.parquet"))) == 1
    assert counted(workspace, "drivers") > 0
