"""What a file about to be imported holds, period by period."""

import pandas as pd
import pytest

from core.base.calendar import Frequency
from core.charts.uploads import grain, upload_days


def of(*dates: str) -> pd.DataFrame:
    return pd.DataFrame({"day": pd.to_datetime(list(dates)), "rows": 4, "skus": 2})


@pytest.mark.parametrize(
    ("dates", "length"),
    [
        (("2026-01-02", "2026-01-04"), Frequency.DAY),
        (("2026-01-02",), Frequency.DAY),
        (("2026-01-02", "2026-01-09", "2026-01-23"), Frequency.WEEK),
        (("2026-01-01", "2026-02-01", "2026-04-01"), Frequency.MONTH),
        (("2026-01-31", "2026-02-28", "2026-03-31"), Frequency.MONTH),
        (("2026-01-31", "2026-02-01", "2026-02-02"), Frequency.DAY),
    ],
)
def test_dates_tell_the_length_of_the_periods(dates, length):
    assert grain(of(*dates)["day"]) is length


def test_days_between_the_dates_of_a_monthly_table_are_no_holes():
    rows, skus = upload_days(of("1998-01-01", "1998-02-01", "1998-04-01")).data
    assert list(rows.x) == ["1998-01-01", "1998-02-01", "1998-03-01", "1998-04-01"]
    assert list(rows.y) == [4, 4, 0, 4]
    assert list(skus.y) == [2, 2, 0, 2]


def test_a_week_the_table_lacks_is_drawn_as_none():
    rows, _skus = upload_days(of("2026-01-02", "2026-01-09", "2026-01-23")).data
    assert list(rows.y) == [4, 4, 0, 4]
