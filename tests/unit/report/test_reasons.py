"""Sums behind orders in plain language, and the plan's tables."""

import pandas as pd
import pytest

from core.report import tables_plan
from core.report.reasons import chart_terms, decision, reason, terms_used
from core.report.tables_home import exceptions
from core.report.tables_plan import plan_export, sheet_title, workbook
from core.report.tables_runs import manifest_table
from core.report.tables_what_if import difference, measure_infos, results_export, shown
from core.workflows.simulating import MEASURES

NAMES = ("demand", "safety", "hand", "order", "allocated", "rule", "moq", "packs", "budget")


def steps(*units: float) -> list[tuple[str, float]]:
    return list(zip(NAMES, units, strict=True))


SURPLUS = steps(108.4, 33.7, -46.0, -514.0, 0.0, 417.9, 0.0, 0.0, 0.0)
PACKED = steps(50.0, 20.0, -30.0, 0.0, 5.0, 0.0, 0.0, 3.0, 0.0)


def lines() -> pd.DataFrame:
    common = {
        "supplier_terms": "", "lead_time_days": 7.0, "on_order": 0.0, "allocated": 0.0, "safety_stock": 20.0,
        "suggested_units": 45.0, "notes": "", "moq": 0.0, "pack": 1.0, "order_value": 96.0, "days_of_cover": 3.0,
        "unit_cost": 2.0,
        "order_by": pd.Timestamp("2026-01-02"), "stock_out_date": pd.NaT, "category": "", "at_risk": 12.4,
        "state": "stocked out",
    }  # fmt: skip
    rows = [
        {"sku": "A", "product_name": "A", "location": "", "supplier": "Ko/ko", "order_units": 48.0},
        {"sku": "B", "product_name": "B", "location": "", "supplier": "Ko/ko", "order_units": 0.0},
    ]
    numbers = {"on_hand": 30.0, "expected_demand": 50.0, "trigger": 70.0}
    return pd.DataFrame([row | common | numbers for row in rows])


def test_a_surplus_reads_as_nothing_to_order() -> None:
    text = reason({"notes": ""}, SURPLUS)
    assert text == (
        "108 expected demand + 34 safety stock − 46 on hand − 514 on order = "
        "418 units more than needed: nothing to order"
    )


def test_the_chart_names_what_cancels_a_surplus() -> None:
    terms = chart_terms(SURPLUS)
    assert ("Surplus, nothing to order", 417.9) in terms
    assert terms[-1][0] == "To order"
    assert terms[-1][1] == pytest.approx(0.0)


def test_the_chart_of_an_order_ends_with_the_order() -> None:
    assert chart_terms(PACKED)[-1] == ("To order", 48.0)
    assert "Rounding up" in dict(chart_terms(PACKED))


def test_shown_terms_add_up_to_the_shown_order() -> None:
    assert reason({"notes": ""}, steps(10.4, 1.4, -2.8, 0, 0, 0, 0, 0, 0)) == (
        "10.4 expected demand + 1.4 safety stock − 2.8 on hand = 9 units to order"
    )


def test_what_was_assumed_follows_the_sum() -> None:
    assert reason({"notes": "Assumed: lead time."}, PACKED).endswith("= 48 units to order. Assumed: lead time.")


def test_the_decision_fills_in_position_and_reorder_point() -> None:
    line = {"on_hand": 46.0, "on_order": 514.0, "allocated": 10.0, "trigger": 142.0, "suggested_units": 0.0}
    assert decision(line) == "Stock position 550 (on hand + on order − promised) covers the reorder point 142."


def test_unknown_stock_counts_as_none_in_the_decision() -> None:
    line = {"on_hand": float("nan"), "on_order": 0.0, "allocated": 0.0, "trigger": 9.0, "suggested_units": 9.0}
    assert decision(line).startswith("Stock position 0 ")


def test_exported_plans_have_the_promised_columns() -> None:
    table = plan_export(lines(), [PACKED, SURPLUS])
    assert tuple(table.columns) == tables_plan.EXPORTED
    assert table["reorder_point"].tolist() == [70.0, 70.0]


def test_a_supplier_reads_what_is_ordered_and_for_how_much() -> None:
    table = plan_export(lines().assign(product_name="Chair"), [PACKED, SURPLUS])
    assert table.loc[0, ["product_name", "order_units", "unit_cost", "order_value"]].tolist() == ["Chair", 48, 2, 96]


def test_the_workbook_has_a_sheet_per_supplier_with_its_orders_only() -> None:
    sheets = workbook(lines(), [PACKED, SURPLUS], pd.DataFrame({"What": ["Seed"], "Value": ["1"]}))
    assert list(sheets) == ["All lines", "Assumptions", "Ko ko"]
    assert sheets["Ko ko"].table["sku"].tolist() == ["A"]


def test_sheet_titles_are_cut_and_stay_apart() -> None:
    long = "x" * 40
    assert len(sheet_title(long, {"X" * 31: 1})) <= 31
    assert sheet_title(long, {"X" * 31: 1}) != "x" * 31


def test_product_names_are_left_out_where_no_file_gives_any() -> None:
    assert "Product" not in exceptions(lines(), "USD").columns
    assert "Product" in exceptions(lines().assign(product_name="Chair"), "USD").columns


def test_categories_are_left_out_where_no_file_gives_any() -> None:
    assert "Category" not in exceptions(lines(), "USD").columns
    assert "Category" in exceptions(lines().assign(category=["", "Chairs"]), "USD").columns


def test_every_measure_of_a_simulation_has_words() -> None:
    assert tuple(info.name for info in measure_infos()) == MEASURES


def test_undefined_measures_stay_blank() -> None:
    pairs = {info.name: (None, None) for info in measure_infos()}
    assert shown(None, "share", "USD") == "–"
    assert results_export(pairs, pairs, "USD")["Baseline"].isna().all()


@pytest.mark.parametrize(
    ("value", "kind", "text"), [(0.021, "share", "+2.1 points"), (-3.0, "days", "−3.0"), (-40.0, "money", "−$40")]
)
def test_differences_carry_their_sign_and_unit(value: float, kind: str, text: str) -> None:
    assert difference(value, kind, "USD") == text


def test_manifests_are_readable() -> None:
    table = manifest_table({"n_paths": 200, "request": {"budget": None}, "levels": list(range(20))})
    assert dict(zip(table["Setting"], table["Value"], strict=True)) == {
        "n paths": "200", "request · budget": "–", "levels": "20 values",
    }  # fmt: skip


def test_an_order_by_weight_is_not_rounded_to_another_one() -> None:
    weighed = steps(3.1, 0, -0.9, 0, 0, 0, 0, 0.3, 0)
    assert reason({"notes": ""}, weighed) == "3.1 expected demand − 0.9 on hand + 0.3 rounding up = 2.50 units to order"
    table = tables_plan.plan_table(lines().assign(order_units=2.5, pack=0.5, moq=1.5), "USD")
    assert table[["Order", "Pack", "Minimum order"]].iloc[0].tolist() == [2.5, 0.5, 1.5]


def test_a_position_and_a_reorder_point_that_round_alike_are_told_apart() -> None:
    line = {"on_hand": 7.6, "on_order": 0.0, "allocated": 0.0, "trigger": 8.4, "suggested_units": 4.0}
    assert "position 7.6 (" in decision(line)
    assert decision(line).endswith("is not above the reorder point 8.4.")
    assert decision(line | {"on_hand": 8.0, "trigger": 8.0}).endswith("is not above the reorder point 8.")


def test_terms_stand_as_they_were_agreed() -> None:
    line = {
        "lead_time_days": 3.0, "lead_time_sd_days": 0.5, "review_period_days": 0.5, "service_level": 0.95, "moq": 2.5,
        "pack": 0.5, "assumed": "",
    }  # fmt: skip
    told = dict(terms_used(line, "€4"))
    assert (told["Review period"], told["Minimum order"], told["Pack"]) == (
        "every 0.50 days", "2.50 units", "0.50 units",
    )  # fmt: skip
    assert dict(terms_used(line | {"pack": 1.0}, "€4"))["Pack"] == "single units"
