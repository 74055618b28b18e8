"""Audit of the clean demand: recomputed from the raw files by the rules the documentation tells."""

import math
from datetime import date

import pytest

from core.workflows import history_rows
from tests.audit import books, small_shop

BIG = ("TIN", "north", date(2025, 8, 5))
"""The very large order."""


@pytest.fixture(scope="module")
def recomputed(files):
    """Units per SKU, location and open day from the first sale on, the very large order brought down to its fence."""
    sold = books.units_by_day(books.true_lines(files["sales.csv"], files["sales_late.csv"]))
    found = {}
    for sku, place in small_shop.PLACES:
        first = min(day for name, at, day in sold if (name, at) == (sku, place))
        for day in small_shop.trading_days():
            if str(day) >= first:
                found[sku, place, day] = sold.get((sku, place, str(day)), 0.0)
    own = [(day, units) for (sku, place, day), units in found.items() if (sku, place) == BIG[:2] and units]
    days, units = [day for day, _ in own], [units for _, units in own]
    found[BIG] = math.floor(books.fence(units, BIG[2], days))
    return found


def empty_days(sku, place):
    """Days on which nothing was left at close: a few in October, and the last one."""
    if (sku, place) != ("MUG", "north"):
        return set()
    return {*books.days_from(small_shop.EMPTY_FROM, 5), small_shop.LAST}


def test_clean_demand_is_what_the_raw_files_say(shop, recomputed):
    clean = shop.written("clean")
    told = {
        (row.sku, row.location, date.fromisoformat(row.period)): row.units
        for row in clean[~clean["out_of_stock"]].itertuples()
    }
    assert told == {key: units for key, units in recomputed.items() if key[2] not in empty_days(*key[:2])}


def test_an_empty_shelf_is_no_low_demand(shop):
    clean = shop.written("clean")
    out = clean[clean["out_of_stock"]]
    assert set(out["sku"] + "@" + out["location"]) == {"MUG@north"}
    assert {date.fromisoformat(day) for day in out["period"]} == empty_days("MUG", "north")


def test_the_history_in_rows_adds_up_to_the_clean_demand_of_each_day(shop):
    rows = history_rows.history_rows(shop.workspace).table()
    terms = ["imported", "returns", "others", "outliers", "filled", "lost_sales", "manual"]
    assert (rows[terms].sum(axis=1) == rows["clean"]).all()


def test_the_history_of_one_sku_tells_what_became_of_each_oddity(shop):
    rows = history_rows.history_rows(shop.workspace, "TIN", "north").table().set_index("period")
    taken_back, very_large = rows.loc["2025-07-01"], rows.loc["2025-08-05"]
    assert (taken_back["returns"], taken_back["clean"]) == (-60, taken_back["imported"] - 60)
    assert very_large["outliers"] == very_large["clean"] - very_large["imported"] < -800
