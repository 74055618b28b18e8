"""Terms that cannot be never stop the plan: set aside at import, and left out where an older store has them."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.workflows import forecasting, importing, planning
from core.workflows.importing import Decision, UploadedFile
from core.workflows.supply import supply_of
from core.workflows.workspace import Workspace
from tests.uploading import import_files

SALES = "order_date,sku,quantity,unit_price\n" + "".join(
    f"{date(2026, 1, 1) + timedelta(day)},{sku},5,9\n" for day in range(90) for sku in ("A", "B")
)
SUPPLIERS = (
    "supplier,sku,lead_time_days,lead_time_sd_days,review_period_days,moq,pack,order_minimum,order_cost,unit_cost\n"
)
GOOD = "North,B,5,1,7,10,5,0,20,4\n"
PRODUCTS = "SKU,Name,Unit cost,Supplier,Lead time (days),MOQ,Pack size,Shelf life (days)\n"


def loaded(workspace: Workspace, text: str, role: str, doubts: str = "refused") -> importing.UploadSummary:
    (look,) = importing.preview(workspace, [UploadedFile(f"{role}.csv", text.encode())], role=role)
    mapping = replace(look.recognition.to_mapping(), doubts=doubts)
    return importing.import_tables(workspace, [Decision(look, mapping)]).files[0]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("North,A,-5,1,7,10,5,0,20,4", "“-5” in column “lead_time_days” is below 0."),
        ("North,A,45000,1,7,10,5,0,20,4", "“45000” in column “lead_time_days” is more than 3,650."),
        ("North,A,5,-1,7,10,5,0,20,4", "“-1” in column “lead_time_sd_days” is below 0."),
        ("North,A,5,1,-7,10,5,0,20,4", "“-7” in column “review_period_days” is below 0."),
        ("North,A,5,1,7,-10,5,0,20,4", "“-10” in column “moq” is below 0."),
        ("North,A,5,1,7,4006381333931,5,0,20,4", "“4006381333931” in column “moq” is more than 1,000,000,000."),
        ("North,A,5,1,7,10,-5,0,20,4", "“-5” in column “pack” is below 0."),
        ("North,A,5,1,7,10,5,-1,20,4", "“-1” in column “order_minimum” is below 0."),
        ("North,A,5,1,7,10,5,0,-20,4", "“-20” in column “order_cost” is below 0."),
        ("North,A,5,1,7,10,5,0,20,-4", "“-4” in column “unit_cost” is below 0."),
    ],
)
def test_a_suppliers_row_that_cannot_be_is_set_aside_with_its_reason(
    uncleaned: Workspace, row: str, reason: str
) -> None:
    done = loaded(uncleaned, SUPPLIERS + row + "\n" + GOOD, "suppliers")
    assert (done.loaded, done.quarantined) == (1, 1)
    assert importing.quarantined(uncleaned)["reason"].tolist() == [reason]


def test_a_products_row_that_cannot_be_is_set_aside(uncleaned: Workspace) -> None:
    done = loaded(uncleaned, PRODUCTS + "A,Mug,4,N,3,1,1,-30\nB,Cup,0,N,0,0,0,0\n", "products")
    assert (done.loaded, done.quarantined) == (1, 1)
    assert importing.quarantined(uncleaned)["reason"].tolist() == ["“-30” in column “Shelf life (days)” is below 0."]


def test_the_plan_of_an_older_store_leaves_impossible_terms_out_and_names_them(tmp_path) -> None:
    workspace = importing.Workspace.open(tmp_path / "shop.duckdb")
    import_files(workspace, sales=SALES)
    loaded(workspace, SUPPLIERS + "North,A,-5,-1,-7,-10,-5,-1,-20,-4\n" + GOOD, "suppliers", "passed over")
    loaded(workspace, PRODUCTS + "A,Mug,4,North,6,,,-30\nB,Cup,4,North,,,,\n", "products", "passed over")
    forecasting.forecast(workspace, forecasting.ForecastRequest(model="moving_average", horizon=42))
    run = planning.plan(workspace, planning.PlanOptions())
    lines = run.lines.set_index("sku")
    assert lines["order_units"].gt(0).all()
    # what another file says of the SKU holds in place of what cannot be
    assert lines.loc["A", ["lead_time_days", "unit_cost", "moq", "pack"]].tolist() == [6.0, 4.0, 0.0, 1.0]
    assert lines.loc["B", ["lead_time_days", "moq", "pack"]].tolist() == [5.0, 10.0, 5.0]
    (said,) = planning.stock_notes(planning.latest(workspace))
    assert said.startswith("9 values of products or suppliers files cannot be and are left out: A (shelf life -30)")
    assert said.endswith("Correct the files and import them again.")
    workspace.close()


def test_a_term_of_0_where_that_says_none_is_the_default_and_nothing_to_speak_of(imported) -> None:
    workspace = imported(sales=SALES, suppliers=SUPPLIERS + "North,A,5,0,0,0,0,0,20,4\n" + GOOD)
    panel = forecasting.current_dataset(workspace).panel
    supply = supply_of(workspace, panel)
    own = int(np.flatnonzero(panel.skus == "A")[0])
    assert (supply.terms.review_period_days[own], supply.terms.pack[own]) == (7.0, 1.0)
    assert "review period" in supply.terms.assumed[own]
    assert supply.left_out == ()
