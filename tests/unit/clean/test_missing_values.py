"""Filling periods that were not observed."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.clean.rules.missing_values import MissingValues
from core.series.panel import from_dense

NAN = np.nan
DAYS = regular(Frequency.DAY, "2024-01-01", 7)
VALUES = np.array([[100.0, 100, 100, 100, 100, 100, 100], [NAN, 2, NAN, NAN, 8, 5, NAN]])


@pytest.mark.parametrize(
    ("method", "expected"),
    [("mean", [5, 5]), ("median", [5, 5]), ("interpolation", [4, 6]), ("last value", [2, 2]), ("zero", [0, 0])],
)
def test_gaps_are_filled_from_their_own_series(method, expected):
    result, findings = MissingValues(method).repair(from_dense(VALUES, DAYS, ["A", "B"]))
    np.testing.assert_array_equal(result.dense()[1], [NAN, 2, *expected, 8, 5, NAN])
    assert [(found.sku, found.period, found.after) for found in findings] == [
        ("B", "2024-01-03", expected[0]),
        ("B", "2024-01-04", expected[1]),
    ]


def test_the_median_of_an_even_number_lies_between_the_middle_two():
    result, _ = MissingValues("median").repair(from_dense(np.array([[1.0, 9, NAN, 2, 4, NAN, NAN]]), DAYS, ["A"]))
    assert result.values[2] == 3.0


def test_gaps_are_left_alone_unless_asked():
    panel = from_dense(VALUES, DAYS, ["A", "B"])
    assert MissingValues().repair(panel) == (panel, [])


def test_out_of_stock_periods_are_neither_filled_nor_used():
    censored = np.array([[False, True, False, False, False, False, False]])
    panel = from_dense(np.array([[4.0, 0, NAN, 4, 4, 4, 4]]), DAYS, ["A"], censored=censored)
    result, _ = MissingValues("mean").repair(panel)
    assert result.values.tolist() == [4, 0, 4, 4, 4, 4, 4]


def test_a_season_fills_with_the_median_of_the_same_weekday():
    days = regular(Frequency.DAY, "2024-01-01", 28)
    values = np.where(np.arange(28) % 7 == 5, 40.0, 3.0)
    values[[5, 12]] = [30.0, NAN]
    result, _ = MissingValues("same season").repair(from_dense(values[None, :], days, ["A"]))
    assert result.values[12] == 40.0


def test_a_season_of_months_is_the_same_month_of_other_years():
    months = regular(Frequency.MONTH, "2021-01-01", 40)
    values = np.arange(40.0)
    values[26] = NAN
    result, _ = MissingValues("same season").repair(from_dense(values[None, :], months, ["A"]))
    assert result.values[26] == np.median([2.0, 14.0, 38.0])


def test_a_place_in_the_season_never_seen_takes_the_usual():
    weeks = regular(Frequency.WEEK, "2024-01-01", 9)
    values = np.array([[1.0, 2, 3, 4, NAN, 6, 7, 8, 9]])
    result, findings = MissingValues("same season").repair(from_dense(values, weeks, ["A"]))
    assert result.values[4] == 5.0
    assert findings[0].reason == "Not observed; filled with the same season"
