"""What a sales table holds on each day."""

import pandas as pd
import pyarrow as pa

from core.charts.uploads import upload_days as chart
from core.workflows.upload_days import upload_days

LINES = pa.table(
    {
        "sold_at": pd.to_datetime(["2026-01-04 09:00", "2026-01-02 08:00", "2026-01-02 23:00", "2026-01-02 00:00"]),
        "sku": ["A", "A", "B", "A"],
        "quantity": [2.0, 3.0, 4.0, -1.0],
        "unit_price": [5.0, 5.0, None, 5.0],
        "amount": [None, 14.0, None, None],
    }
)


def test_each_day_has_its_rows_skus_money_and_returns():
    assert upload_days(LINES).to_numpy().tolist()[0][1:] == [3, 2, 9.0, 1, 1.0]
    assert upload_days(LINES)["day"].dt.day.tolist() == [2, 4]


def test_without_money_there_is_no_revenue():
    assert upload_days(LINES.drop_columns(["unit_price", "amount"]))["revenue"].isna().all()


def test_other_tables_have_no_days():
    assert upload_days(pa.table({"sku": ["A"], "on_hand": [3.0]})).empty


def test_a_day_without_rows_is_drawn_as_none():
    rows, skus = chart(upload_days(LINES)).data
    assert list(rows.y) == [3, 0, 1]
    assert list(skus.y) == [2, 0, 1]
