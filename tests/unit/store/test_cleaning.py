"""Running a chain of row rules and adding the lines up."""

import datetime as dt

import duckdb
import pytest

from core.base.calendar import Frequency
from core.base.errors import NoDataError
from core.clean.recipe import default_recipe
from core.clean.registry import create
from core.store.cleaning import Asking, line_counts, period_units, preview, run_row_rules
from tests.clean_lines import left, line, store


def cleaned(*lines):
    cursor = store(*lines)
    run_row_rules(cursor, default_recipe().row_rules())
    return cursor


def test_each_rule_reports_lines_and_units_and_the_next_begins_where_it_ended():
    cursor = store(
        line(1, "2024-01-02", "A", 10, customer="c"),
        line(2, "2024-01-02", "POST", 1),
        line(3, "2024-01-03", "A", -4, customer="c"),
    )
    cleaning = run_row_rules(cursor, [create("non_products"), create("returns")])
    first, second = cleaning.outcomes
    assert (first.removed, first.changed, first.units_before, first.units_after, first.units_moved) == (1, 0, 7, 6, 1)
    assert (second.removed, second.changed, second.units_before, second.units_after, second.units_moved) == (
        1,
        1,
        6,
        6,
        8,
    )
    assert (cleaning.lines_before, cleaning.lines_after, cleaning.units_before, cleaning.units_after) == (3, 1, 7, 6)


def test_findings_say_where_the_line_stands_and_what_became_of_it():
    cursor = store(line(1, "2024-01-02 10:30", "POST", 4))
    assert run_row_rules(cursor, [create("non_products")]).findings.to_pylist() == [
        {
            "rule": "non_products",
            "sku": "POST",
            "location": "main",
            "period": "2024-01-02",
            "before_units": 4.0,
            "after_units": None,
            "reason": "“POST” is not a product ()",
            "line": "a.csv:1",
            "cells": 1,
        }
    ]


def test_findings_are_left_out_when_not_wanted():
    cursor = store(line(1, "2024-01-02", "POST", 4))
    cleaning = run_row_rules(cursor, [create("non_products")], keep_findings=False)
    assert (cleaning.findings.num_rows, cleaning.outcomes[0].removed) == (0, 1)


def test_imported_lines_are_never_changed():
    cursor = store(line(1, "2024-01-02", "POST", 4), line(2, "2024-01-02", "A", -4))
    run_row_rules(cursor, default_recipe().row_rules())
    assert cursor.execute("SELECT sum(abs(quantity)), count(*) FROM sales_lines").fetchall() == [(8.0, 2)]


def test_an_empty_store_cleans_to_nothing():
    cursor = store()
    cleaning = run_row_rules(cursor, default_recipe().row_rules())
    assert (cleaning.lines_before, cleaning.units_after, period_units(cursor, Frequency.DAY).table.num_rows) == (
        0,
        0,
        0,
    )


def test_a_preview_counts_and_shows_but_leaves_cleaned_lines_alone():
    cursor = store(*(line(n, "2024-01-02", "POST", n) for n in range(1, 251)), line(300, "2024-01-02", "A", 1))
    run_row_rules(cursor, [])
    shown = preview(cursor, create("non_products"), [create("exact_duplicates")])
    assert (shown.outcome.removed, shown.examples.num_rows) == (250, 200)
    assert shown.examples["before_units"][0].as_py() == 250.0
    assert len(left(cursor)) == 251


def test_a_preview_stands_on_the_rules_before_it():
    cursor = store(line(1, "2024-01-02", "POST", 4, status="cancelled"))
    assert preview(cursor, create("cancelled_orders"), [create("non_products")]).outcome.removed == 0


def test_units_of_a_day_stand_beside_what_was_imported_and_returned():
    cursor = cleaned(
        line(1, "2024-01-02 09:00", "A", 10, customer="c"),
        line(2, "2024-01-02 17:00", "A", 2, amount=4.0),
        line(3, "2024-01-05", "A", -3, customer="c"),
    )
    assert period_units(cursor, Frequency.DAY).table.to_pylist() == [
        {
            "sku": "A", "location": "main", "period": dt.date(2024, 1, 2), "units": 9.0, "imported_units": 12.0,
            "returned_units": 0.0, "revenue": 7 * 2.5 + 4.0,
        },
        {
            "sku": "A", "location": "main", "period": dt.date(2024, 1, 5), "units": None, "imported_units": 0.0,
            "returned_units": 3.0, "revenue": None,
        },
    ]  # fmt: skip


def test_days_on_which_more_came_back_than_was_sold_show_zero_and_a_finding():
    cursor = cleaned(line(1, "2024-01-02", "A", 2, customer="c"), line(2, "2024-01-02", "A", -5, customer="d"))
    units = period_units(cursor, Frequency.DAY)
    assert units.table["units"].to_pylist() == [0.0]
    found = units.findings.to_pylist()[0]
    assert (found["before_units"], found["after_units"], found["period"]) == (-3.0, 0.0, "2024-01-02")


@pytest.mark.parametrize("paid_back", [8.0, -8.0])
def test_a_return_lowers_the_revenue_whatever_sign_its_amount_has(paid_back):
    cursor = cleaned(
        line(1, "2024-01-02", "A", 5, customer="c", unit_price=None, amount=20.0),
        line(2, "2024-01-02", "A", -2, customer="d", unit_price=None, amount=paid_back),
    )
    assert period_units(cursor, Frequency.DAY).table.select(["units", "revenue"]).to_pylist() == [
        {"units": 3.0, "revenue": 12.0}
    ]


def test_a_day_with_nothing_but_returns_is_no_day_of_sale():
    cursor = cleaned(line(1, "2024-01-02", "A", -5, customer="d"), line(2, "2024-01-03", "A", 1, customer="c"))
    units = period_units(cursor, Frequency.DAY)
    assert units.table["units"].to_pylist() == [None, 1.0]
    assert units.findings["after_units"].to_pylist() == [None]


def test_products_set_aside_have_no_units_at_all():
    cursor = cleaned(line(1, "2024-01-02", "POST", 4), line(2, "2024-01-02", "A", 1))
    assert period_units(cursor, Frequency.DAY).table["sku"].to_pylist() == ["A"]


@pytest.mark.parametrize(
    ("frequency", "week_starts_on", "expected"),
    [
        # 2024-01-07 was a Sunday.
        (Frequency.WEEK, 0, {dt.date(2024, 1, 1): 3.0, dt.date(2024, 1, 8): 4.0}),
        (Frequency.WEEK, 6, {dt.date(2023, 12, 31): 1.0, dt.date(2024, 1, 7): 6.0}),
        (Frequency.MONTH, 0, {dt.date(2024, 1, 1): 7.0}),
    ],
)
def test_periods_carry_the_name_of_their_first_day(frequency, week_starts_on, expected):
    cursor = cleaned(line(1, "2024-01-06", "A", 1), line(2, "2024-01-07", "A", 2), line(3, "2024-01-08", "A", 4))
    table = period_units(cursor, frequency, week_starts_on=week_starts_on).table
    assert dict(zip(table["period"].to_pylist(), table["units"].to_pylist(), strict=True)) == expected


def test_locations_are_kept_apart_and_sorted():
    cursor = cleaned(
        line(1, "2024-01-06", "B", 1), line(2, "2024-01-06", "A", 2, location="north"), line(3, "2024-01-06", "A", 4)
    )
    table = period_units(cursor, Frequency.DAY).table
    assert list(zip(table["sku"].to_pylist(), table["location"].to_pylist(), strict=True)) == [
        ("A", "main"), ("A", "north"), ("B", "main"),
    ]  # fmt: skip


def test_units_before_any_cleaning_are_refused():
    with pytest.raises(NoDataError, match="none were cleaned yet"):
        period_units(duckdb.connect(":memory:"), Frequency.DAY)


def test_lines_are_counted_for_the_quality_report():
    cursor = store(
        line(1, "2024-01-02", "A", 2, amount=5.0),
        line(2, "2024-01-02", "A", 2, amount=9.0),
        line(3, "2024-01-02", "A", 2, amount=4.0, discount=1.0),
        line(4, "2024-01-02", "A", 2, unit_price=None),
        line(5, "2024-01-02", "A", 2, unit_price=0.0),
    )
    assert line_counts(cursor) == {
        "lines": 5,
        "refused_lines": 0,
        "lines_without_price": 1,
        "bad_price_lines": 1,
        "comparable_lines": 3,
        "contradicting_lines": 1,
    }


def test_refused_lines_of_sales_files_are_counted():
    cursor = store(line(1, "2024-01-02", "A", 2))
    cursor.execute("INSERT INTO quarantine VALUES ('a', 7, 'no date', 'x')")
    assert line_counts(cursor)["refused_lines"] == 1


def linked(cursor, *links):
    """The codes linked: (old, new, factor)."""
    stated = "INSERT INTO sku_links VALUES ($1, $2, $3, '', TIMESTAMP '2024-01-01')"
    cursor.executemany(stated, [list(link) for link in links])
    return cursor


def test_lines_of_a_linked_code_count_as_the_other_with_its_pieces_and_price():
    cursor = linked(store(line(1, "2024-01-02", "OLD", 2, unit_price=30.0, amount=60.0)), ("OLD", "NEW", 12.0))
    run_row_rules(cursor, [])
    counted = cursor.execute("SELECT sku, code, quantity, unit_price, amount FROM cleaned_lines").fetchall()
    assert counted == [("NEW", "OLD", 24.0, 2.5, 60.0)]


def test_chains_of_links_are_followed_to_their_end():
    cursor = linked(store(line(1, "2024-01-02", "A", 1)), ("A", "B", 2.0), ("B", "C", 3.0))
    run_row_rules(cursor, [])
    assert cursor.execute("SELECT sku, quantity FROM cleaned_lines").fetchall() == [("C", 6.0)]


def test_links_that_run_in_a_circle_change_nothing():
    cursor = linked(store(line(1, "2024-01-02", "A", 1)), ("A", "B", 2.0), ("B", "A", 3.0))
    run_row_rules(cursor, [])
    assert left(cursor) == [(1, 1.0)]


def test_linked_codes_are_counted_together_also_as_imported():
    cursor = linked(store(line(1, "2024-01-02", "OLD", 2), line(2, "2024-01-02", "NEW", 5)), ("OLD", "NEW", 12.0))
    run_row_rules(cursor, default_recipe().row_rules())
    table = period_units(cursor, Frequency.DAY).table
    assert table.select(["sku", "units", "imported_units"]).to_pylist() == [
        {"sku": "NEW", "units": 29.0, "imported_units": 29.0}
    ]


def test_a_finding_says_which_lines_a_link_gave_to_another_code():
    cursor = linked(store(*(line(n, f"2024-01-0{n}", "OLD", 2) for n in (1, 2))), ("OLD", "NEW", 12.0))
    found = run_row_rules(cursor, []).findings.to_pylist()
    assert [(one["rule"], one["sku"], one["period"], one["before_units"], one["after_units"]) for one in found] == [
        ("linked", "NEW", "2024-01-01/2024-01-02", 48.0, 48.0)
    ]
    assert found[0]["reason"] == "2 lines of “OLD” count as 12 × “NEW”, to which the code is linked"


def test_a_linked_box_is_opened_by_the_pack_size_of_the_code_on_the_line():
    cursor = linked(store(line(1, "2024-01-02", "OLD", 1, unit="box")), ("OLD", "NEW", 2.0))
    sizes = "INSERT INTO products (upload_id, line, sku, units_per_pack) VALUES ('a', $1, $2, $3)"
    cursor.executemany(sizes, [[1, "OLD", 6.0], [2, "NEW", 10.0]])
    run_row_rules(cursor, [create("units_of_measure")])
    assert left(cursor) == [(1, 12.0)]


def test_a_box_of_unknown_content_is_the_pack_it_is_bought_in():
    cursor = store(line(1, "2024-01-02", "A", 1, unit="box"), line(2, "2024-01-02", "B", 1, unit="box"))
    sizes = "INSERT INTO products (upload_id, line, sku, units_per_pack, pack) VALUES ('a', $1, $2, $3, $4)"
    cursor.executemany(sizes, [[1, "A", None, 6.0], [2, "B", 4.0, 12.0]])
    run_row_rules(cursor, [create("units_of_measure")])
    assert left(cursor) == [(1, 6.0), (2, 4.0)]


CANCELLED_HALF = (line(1, "2024-01-02", "A", 6), line(2, "2024-01-02", "A", 4, status="cancelled"))


def test_a_rule_that_moves_more_than_it_may_unasked_is_held_back():
    cursor = store(*CANCELLED_HALF)
    rules = [create("cancelled_orders"), create("non_products")]
    cleaning = run_row_rules(cursor, rules, asking=Asking(frozenset({"cancelled_orders"}), 0.2))
    outcome = cleaning.outcomes[0]
    assert (outcome.held_back, outcome.removed, outcome.share, outcome.units_after) == (True, 1, 0.4, 10.0)
    assert (left(cursor), cleaning.findings.num_rows) == ([(1, 6.0), (2, 4.0)], 0)
    assert [one.rule for one in cleaning.held_back] == ["cancelled_orders"]


def test_a_confirmed_rule_moves_what_it_finds():
    cursor = store(*CANCELLED_HALF)
    cleaning = run_row_rules(cursor, [create("cancelled_orders")], asking=Asking(frozenset(), 0.2))
    assert (left(cursor), cleaning.held_back) == ([(1, 6.0)], ())


def test_a_rule_that_moves_little_needs_no_confirmation():
    cursor = store(*CANCELLED_HALF)
    run_row_rules(cursor, [create("cancelled_orders")], asking=Asking(frozenset({"cancelled_orders"}), 0.5))
    assert left(cursor) == [(1, 6.0)]


def test_the_share_counts_returns_as_units_too():
    cursor = store(line(1, "2024-01-02", "A", 6), line(2, "2024-01-02", "A", -5), line(3, "2024-01-02", "POST", 1))
    assert preview(cursor, create("non_products"), []).outcome.share == pytest.approx(1 / 12)


def test_a_preview_stands_on_lines_that_held_back_rules_left_alone():
    cursor = store(*CANCELLED_HALF)
    asking = Asking(frozenset({"cancelled_orders"}), 0.2)
    shown = preview(cursor, create("cancelled_orders"), [create("cancelled_orders")], asking=asking)
    assert shown.outcome.removed == 1
