"""What the planner reads of suppliers."""

import pandas as pd
import pytest

from core.inventory.plan import SupplierTotal
from core.report import tables_plan

PRICED = SupplierTotal("North", 2, 30.0, 120.0, 200.0, below_minimum=True)
PARTLY = SupplierTotal("South", 2, 30.0, 80.0, 200.0, below_minimum=False, unpriced=1)
UNPRICED = SupplierTotal("West", 1, 8.0, 0.0, 0.0, below_minimum=False, unpriced=1)


def test_a_value_nobody_knows_is_blank_and_so_is_the_verdict_on_the_minimum() -> None:
    table = tables_plan.supplier_table([PRICED, PARTLY, UNPRICED], "EUR").set_index("Supplier")
    assert table["Value, EUR"].iloc[:2].tolist() == [120.0, 80.0]
    assert pd.isna(table.loc["West", "Value, EUR"])
    assert table["Minimum reached"].tolist() == [
        "80 short", "unknown: 1 lines without a unit cost", "no minimum",
    ]  # fmt: skip


def test_a_minimum_is_unknown_only_where_known_lines_do_not_reach_it() -> None:
    assert [each.minimum_unknown for each in (PRICED, PARTLY, UNPRICED)] == [False, True, False]


@pytest.mark.parametrize(("allocated", "shown"), [([3.0, 0.0], True), ([0.0, 0.0], False)])
def test_a_line_says_what_is_on_hand_promised_and_on_order_where_a_file_says_it(allocated, shown) -> None:
    lines = pd.DataFrame(
        {
            "sku": ["A", "B"], "product_name": ["Tea", "Pan"], "location": "main", "supplier": "North",
            "allocated": allocated, "order_by": pd.NaT, "stock_out_date": pd.NaT,
            **dict.fromkeys(
                ("order_units", "order_value", "on_hand", "on_order", "expected_demand", "safety_stock", "trigger",
                 "suggested_units", "moq", "pack", "days_of_cover"), 10.0),
        }
    )  # fmt: skip
    table = tables_plan.plan_table(lines, "EUR")
    assert {"On hand", "On order"} <= set(table.columns)
    assert ("Promised" in table.columns) == shown
    assert not shown or table["Promised"].tolist() == allocated
