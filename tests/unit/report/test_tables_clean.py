"""Tables of the Clean page: the rows of the history, its spans, and the words of a calendar."""

import numpy as np
import pandas as pd
import pytest

from core.report import tables_clean

TERMS = ("returns", "others", "outliers", "filled", "lost_sales", "manual")


def rows(n: int = 10, first: str = "2026-01-29") -> pd.DataFrame:
    """Ten days from a Thursday: 5 imported, 1 returned, 2 lost, 6 clean, 1 of them by promotion."""
    period = np.arange(np.datetime64(first), np.datetime64(first) + n).astype("datetime64[s]")
    terms = {name: np.zeros(n) for name in TERMS} | {"returns": -np.ones(n), "lost_sales": np.full(n, 2.0)}
    ends = {"imported": np.full(n, 5.0), "clean": np.full(n, 6.0), "promotions": np.ones(n)}
    return pd.DataFrame({"period": period} | ends | terms)


def test_the_sum_leads_from_imported_to_clean_demand() -> None:
    total = tables_clean.history_total(rows()).set_index("Row")
    assert total["Units"].to_dict() == {
        "Imported": 50.0, "Returns": -10.0, "Cancelled and others": 0.0, "Outliers": 0.0, "Filled gaps": 0.0,
        "Lost sales": 20.0, "By hand": 0.0, "= Clean demand": 60.0, "of which promotions added": 10.0,
    }  # fmt: skip
    assert total["% of imported"]["Lost sales"] == 40.0


def test_shares_of_nothing_imported_are_blank() -> None:
    assert tables_clean.history_total(rows().assign(imported=0.0))["% of imported"].isna().all()


@pytest.mark.parametrize(
    ("grain", "starts", "imported"),
    [
        ("week", ["2026-01-26", "2026-02-02"], [20.0, 30.0]),
        ("month", ["2026-01-01", "2026-02-01"], [15.0, 35.0]),
    ],
)
def test_history_is_added_up_by_week_from_monday_and_by_month(grain, starts, imported) -> None:
    added = tables_clean.by_grain(rows(), grain)
    assert added["period"].dt.strftime("%Y-%m-%d").tolist() == starts
    assert added["imported"].tolist() == imported


def test_days_stay_as_they_are() -> None:
    table = rows()
    assert tables_clean.by_grain(table, "day") is table


def test_only_spans_as_long_as_the_periods_are_offered() -> None:
    assert list(tables_clean.grains("day")) == ["day", "week", "month"]
    assert list(tables_clean.grains("month")) == ["month"]


def test_each_period_of_a_calendar_is_a_sentence() -> None:
    table = pd.DataFrame(
        {
            "period": pd.to_datetime(["2026-02-03", "2026-02-04", "2026-02-05"]),
            "state": ["sold", "perhaps out of stock", "out of stock"],
            "units": [4.0, 0.0, 7.5],
            "lost": [np.nan, np.nan, 3.5],
            "probability": [np.nan, 0.83, np.nan],
        }
    )
    assert tables_clean.shelf_told(table) == [
        "3 Feb 2026 · Sold · 4.0 units",
        "4 Feb 2026 · Perhaps out of stock · 83% chance of an empty shelf",
        "5 Feb 2026 · Out of stock · 7.5 units · 3.5 of them estimated as lost",
    ]
    assert tables_clean.shelf(table)["State"].tolist() == ["Sold", "Perhaps out of stock", "Out of stock"]


def test_every_state_of_a_shelf_has_a_name_and_a_look() -> None:
    from core.workflows.shelf import STATES

    assert set(tables_clean.shelf_states()) == set(STATES)
