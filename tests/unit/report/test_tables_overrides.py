"""Tables of changes by hand: what, for whom, when, its state in words, and whether it helped."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd

from core.evaluate.value_added import Judged, Record
from core.report import tables_overrides
from core.store.overrides import Override
from core.workflows.overrides import Stated

OVERRIDE = Override(
    "a", datetime(2026, 3, 1, 9, tzinfo=UTC), "Ada", "category", "Kitchen", "", date(2026, 3, 2), date(2026, 3, 15),
    "percent", 20.0, "promotion", "leaflet", date(2026, 3, 15),
)  # fmt: skip


def test_a_change_is_told_in_a_row() -> None:
    table = tables_overrides.listing([Stated(OVERRIDE, "in force", 100.0, 120.0, "")], {"promotion": "Promotion"}, {})
    row = table.iloc[0].to_dict()
    assert {name: row[name] for name in ("For", "Days", "Change", "Reason", "State", "Who", "Comment")} == {
        "For": "Category Kitchen",
        "Days": "2 Mar 2026 – 15 Mar 2026",
        "Change": "+20%",
        "Reason": "Promotion",
        "State": "in force",
        "Who": "Ada",
        "Comment": "leaflet",
    }
    assert (row["Before"], row["After"]) == (100.0, 120.0)


def test_the_state_says_who_took_it_back_and_why_it_does_not_meet_the_forecast() -> None:
    back = replace(OVERRIDE, withdrawn_at=datetime(2026, 3, 3, 9, tzinfo=UTC), withdrawn_by="Bob")
    stated = [
        Stated(back, "taken back", None, None, ""),
        Stated(OVERRIDE, "does not meet this forecast", None, None, "its weeks are over"),
    ]
    taken, unmet = tables_overrides.listing(stated, {}, {})["State"]
    assert taken.startswith("taken back by Bob, 3 Mar 2026")
    assert unmet == "does not meet this forecast: its weeks are over"


def test_a_change_that_was_judged_tells_its_errors() -> None:
    stated = [
        Stated(OVERRIDE, "lapsed", 100.0, 120.0, ""),
        Stated(replace(OVERRIDE, override_id="b"), "lapsed", 1, 2, ""),
    ]
    judged = {"a": Judged("a", "Ada", "promotion", "up", 200.0, 80.0, 50.0, 20.0, 0)}
    assert tables_overrides.listing(stated, {}, judged)["Error"].tolist() == ["25.0% → 10.0%", "–"]
    assert "Error" not in tables_overrides.listing(stated, {}, {})


def test_a_series_that_moves_names_its_place_where_there_are_several() -> None:
    rows = pd.DataFrame({"sku": ["A"], "location": ["x"], "product_name": ["Lamp"], "before": [10.0], "after": [12.5]})
    table = tables_overrides.movers(rows, 10.0, with_location=False)
    assert table.columns.tolist() == ["SKU", "Product", "Before", "After", "Difference", "Share of the change"]
    row = tables_overrides.movers(rows, 10.0, with_location=True).iloc[0]
    assert row.tolist() == ["A", "Lamp", "x", 10.0, 12.5, 2.5, "25.0%"]
    assert tables_overrides.movers(rows, 0.0, with_location=False)["Share of the change"].tolist() == ["–"]


def test_a_record_is_blank_where_it_is_undefined() -> None:
    groups = {("promotion", "up"): Record(8, 5, float("nan"), 0.2, 0.169, 0)}
    table = tables_overrides.records(groups, ("Reason", "Direction"), {"promotion": "Promotion", "up": "upwards"})
    assert table.iloc[0].tolist() == ["Promotion", "upwards", 8, "62%", "–", "20.0%", "16.9%", "+3.1"]
    short = {("event",): Record(1, 0, 0.3, 0.2, 0.25, 4)}
    assert tables_overrides.records(short, ("Reason",), {})["Days out of stock"].tolist() == [4]
