"""Clean demand read back: in order however it lies in the table, and unknown where nothing was given."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from core.store import demand
from core.store.datasets import DatasetVersion, save_version
from core.store.demand import load_demand

VERSION = DatasetVersion("v1", "r1", "day", 3, date(2024, 1, 2), date(2024, 1, 3))
ROWS = [
    ("attic", "B", date(2024, 1, 2), 7.0, False),
    ("main", "A", date(2024, 1, 2), 2.5, True),
    ("main", "A", date(2024, 1, 3), np.nan, False),
    ("main", "B", date(2024, 1, 2), 5.0, False),
]
TABLE = pd.DataFrame(ROWS, columns=["location", "sku", "period", "units", "censored"])


def read_back(workspace, table):
    save_version(workspace, VERSION, table)
    return load_demand(workspace, "v1")


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 2, 3], [0, 2, 1, 3], [0, 1, 3, 2], [1, 2, 3, 0]])
def test_demand_comes_back_by_location_sku_and_period(workspace, order):
    rows = read_back(workspace, TABLE.iloc[order])
    assert list(zip(rows.locations, rows.skus, strict=True)) == [("attic", "B"), ("main", "A"), ("main", "B")]
    assert rows.offsets.tolist() == [0, 1, 3, 4]
    assert rows.calendar.astype(str).tolist() == ["2024-01-02", "2024-01-03"]
    np.testing.assert_array_equal(rows.units, [7.0, 2.5, np.nan, 5.0])
    assert rows.censored.tolist() == [False, True, False, False]


def test_order_is_told_across_the_pieces_it_is_read_in(workspace, monkeypatch):
    monkeypatch.setattr("core.store.sql._BATCH_ROWS", 2048)
    days = pd.date_range("2010-01-01", periods=5000)
    table = pd.DataFrame(
        {"location": "main", "sku": "A", "period": days, "units": np.arange(5000.0), "censored": False}
    )
    swapped = [*range(2047), 2048, 2047, *range(2049, 5000)]
    assert read_back(workspace, table.iloc[swapped]).units.tolist() == list(range(5000))


def test_demand_that_lies_in_order_is_not_sorted_again(workspace, monkeypatch):
    asked = []
    batches = demand.batches
    monkeypatch.setattr(demand, "batches", lambda *of: asked.append(of[1]) or batches(*of))
    read_back(workspace, TABLE)
    assert asked == ["demand_values"]


def test_what_was_never_given_is_unknown_and_not_nought(workspace):
    rows = read_back(workspace, TABLE)
    assert np.isnan(rows.imported_units).all()
    assert rows.imported_units.shape == (4,)


def test_numbers_given_for_some_periods_only_are_unknown_in_the_others(workspace):
    rows = read_back(workspace, TABLE.assign(lost_units=[None, 1.5, None, None]))
    np.testing.assert_array_equal(rows.lost_units, [np.nan, 1.5, np.nan, np.nan])
