"""What methods said earlier of one series, read from what is kept."""

from datetime import date, timedelta

from core.workflows import comparing, comparing_series, comparing_tables
from core.workflows.comparing import CompareRequest


def test_what_is_kept_is_found_where_a_short_history_leaves_fewer_past_dates_than_asked(imported, monkeypatch):
    monkeypatch.setattr(comparing_tables, "POINTS_KEPT", 0)
    days = "".join(f"{date(2025, 1, 6) + timedelta(day)},A1,{20 + day % 5}\n" for day in range(60))
    shop = imported(sales="Date,SKU,Quantity\n" + days)
    asked = ("seasonal_naive", "ses", "moving_average")
    comparison = comparing.compare(shop, CompareRequest(asked, horizon=20, folds=3))
    assert comparison.folds == 2
    assert set(comparing_series.said_of(shop, comparison, "A1", "main").said) >= set(asked)
