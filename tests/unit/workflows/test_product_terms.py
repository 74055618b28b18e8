"""Supply terms in a products file: from the file to the order, beside a suppliers file, and taken back again."""

from datetime import date, timedelta

import pytest

from core.store.facts import product_rows
from core.workflows import forecasting, importing, joining, planning
from core.workflows.supply import supply_of
from tests.uploading import import_files

SALES = "\n".join(
    ["order_date,sku,quantity,unit_price"]
    + [f"{date(2026, 1, 1) + timedelta(day)},{sku},5,9" for day in range(90) for sku in ("A", "B")]
)
PRODUCTS = "\n".join(
    [
        "SKU,Name,Category,Unit cost,Supplier,Lead time (days),MOQ,Pack size",
        "A,Mug,Cups,4,North,3,100,12",
        "B,Cup,Cups,4,,9,,",
    ]
)


def terms_of(workspace):
    """Lead time, minimum order, pack and what is assumed of A and B, of panels in this order."""
    panel = forecasting.current_dataset(workspace).panel
    terms = supply_of(workspace, panel).terms
    named = zip(terms.lead_time_days, terms.moq, terms.pack, terms.assumed, strict=True)
    return dict(zip(panel.skus.tolist(), named, strict=True))


def test_a_products_file_states_the_terms_of_its_skus(imported):
    found = terms_of(imported(sales=SALES, products=PRODUCTS))
    assert found["A"][:3] == (3.0, 100.0, 12.0)
    assert found["B"][:3] == (9.0, 0.0, 1.0)
    assert "lead time," not in f"{found['A'][3]},"


def test_the_order_is_rounded_to_the_pack_and_above_the_minimum_of_the_products_file(imported):
    workspace = imported(sales=SALES, products=PRODUCTS)
    forecasting.forecast(workspace, forecasting.ForecastRequest(model="moving_average", horizon=42))
    lines = planning.plan(workspace, planning.PlanOptions()).lines.set_index("sku")
    assert lines.loc["A", "suggested_units"] < 100
    assert lines.loc["A", "order_units"] == 108
    assert lines.loc["A", "supplier"] == "North"


def test_a_suppliers_file_goes_before_the_products_file_for_the_same_sku_only(imported):
    workspace = imported(sales=SALES, products=PRODUCTS)
    result = import_files(workspace, suppliers="supplier,sku,lead_time_days,moq\nNorth,,30,5\nNorth,A,8,\n")
    assert terms_of(workspace)["A"][:3] == (8.0, 100.0, 12.0)
    assert result.notes[-1] == (
        "1 SKU has other terms in a suppliers file than in a products file; the suppliers file holds: "
        "A (lead time 8, not 3 days)."
    )


def test_what_a_products_file_says_of_a_sku_goes_before_what_holds_for_the_whole_supplier(imported):
    suppliers = "supplier,lead_time_days,moq,order_cost\nNorth,30,5,40\n"
    workspace = imported(sales=SALES, products=PRODUCTS, suppliers=suppliers)
    assert terms_of(workspace)["A"][:3] == (3.0, 100.0, 12.0)


def test_terms_that_agree_or_stand_in_one_file_only_are_no_remark(imported):
    workspace = imported(sales=SALES)
    both = {"products": PRODUCTS, "suppliers": "supplier,sku,lead_time_days,review_period_days\nNorth,A,3,7\n"}
    assert import_files(workspace, **both).notes == ()


def test_removing_the_products_file_takes_its_terms_back(imported):
    workspace = imported(sales=SALES, products=PRODUCTS)
    upload = next(each for each in importing.imported(workspace) if each.role == "products")
    importing.remove(workspace, upload.upload_id)
    assert terms_of(workspace)["A"][1:3] == (0.0, 1.0)
    assert terms_of(workspace)["A"][0] != 3.0


def test_a_later_products_file_that_is_silent_about_terms_leaves_them(imported):
    workspace = imported(sales=SALES, products=PRODUCTS)
    import_files(workspace, products="SKU,Name,Category\nA,Large mug,Cups\n")
    assert terms_of(workspace)["A"][:3] == (3.0, 100.0, 12.0)


def test_terms_of_a_linked_code_are_counted_in_pieces_of_the_sku(imported):
    products = "SKU,Name,Lead time,MOQ,Pack size\nA6,Six mugs,4,2,1\n"
    workspace = imported(sales=SALES, products=products)
    joining.link(workspace, "A6", "A", 6.0)
    row = next(each for each in product_rows(workspace).to_pylist() if each["sku"] == "A")
    assert (row["lead_time_days"], row["moq"], row["pack"]) == (4.0, 12.0, 6.0)


@pytest.mark.parametrize(("products", "lacking"), [(PRODUCTS, set()), ("sku,name,supplier\nA,Mug,North\n", {"A"})])
def test_a_sku_with_terms_of_its_own_does_not_lack_those_of_its_supplier(imported, products, lacking):
    found = joining.unmatched(imported(sales=SALES, products=products)).lacking
    assert set(found.loc[found["lacks"] == "terms", "sku"]) == lacking


def test_of_several_suppliers_of_a_sku_the_cheapest_delivers(imported):
    suppliers = "supplier,sku,unit_cost,lead_time_days\nAbc,B,5,4\nMid,B,3,5\nZed,B,,6\n"
    workspace = imported(sales=SALES, products=PRODUCTS, suppliers=suppliers)
    supply = supply_of(workspace, forecasting.current_dataset(workspace).panel)
    assert supply.terms.supplier.tolist() == ["North", "Mid"]
    assert supply.terms.unit_cost.tolist() == [4.0, 3.0]


def test_goods_that_keep_from_their_arrival_until_they_are_sold_are_no_warning(imported):
    head = "SKU,Name,Unit cost,Supplier,Lead time (days),Shelf life (days)\n"
    workspace = imported(sales=SALES, products=f"{head}A,Mug,4,North,20,18\nB,Cup,4,North,20,3\n")
    forecasting.forecast(workspace, forecasting.ForecastRequest(model="moving_average", horizon=60))
    lines = planning.plan(workspace, planning.PlanOptions()).lines.set_index("sku")
    # ordered for 20 days of waiting and the week until the next order, the last of it is sold about a week old
    assert lines.loc["A", "order_units"] == lines.loc["B", "order_units"] > 0
    assert "shelf life" not in lines.loc["A", "notes"]
    assert "longer than its shelf life of 3 days" in lines.loc["B", "notes"]
