"""Demand per SKU: added up over locations, or taken as it is where there is nothing to add up."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.series.demand_class import demand_class
from core.series.panel import from_dense
from core.workflows import segmenting

DAYS = regular(Frequency.DAY, "2024-01-01", 6)


def shop(skus, locations):
    values = np.arange(1.0, 1 + 6 * len(skus)).reshape(-1, 6)
    values[0, :2] = np.nan
    values[-1, 3] = np.nan
    short = values % 7 == 3
    promotion = np.where(values % 2 > 0, 1.0, 0.0)
    return from_dense(values, DAYS, skus, locations=locations, censored=short, drivers={"promotion": promotion})


@pytest.mark.parametrize(("skus", "locations"), [("ABC", "xxx"), ("BCA", "xyy")])
def test_skus_of_one_location_each_are_what_adding_them_up_gives(skus, locations):
    panel = shop(list(skus), list(locations))
    plain, total = segmenting._in_one_place(panel), segmenting._summed(panel)
    assert plain.skus.tolist() == total.skus.tolist() == ["A", "B", "C"]
    assert plain.locations.tolist() == total.locations.tolist()
    for name in ("values", "offsets", "censored"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(total, name))
    np.testing.assert_array_equal(plain.drivers["promotion"], total.drivers["promotion"])


def test_a_sku_at_two_locations_is_added_up():
    panel = shop(["A", "A", "B"], ["x", "y", "y"])
    assert segmenting._in_one_place(panel) is None
    assert segmenting._by_sku(panel).values[:4].tolist() == [7.0, 8.0, 12.0, 14.0]


def test_a_series_that_begins_unseen_is_added_up_too():
    values = np.array([[np.nan, 1.0, 2.0], [3.0, 4.0, 5.0]])
    panel = from_dense(values, regular(Frequency.DAY, "2024-01-01", 3), ["A", "B"], starts=np.array([0, 0]))
    assert segmenting._in_one_place(panel) is None


def test_the_same_panel_is_added_up_once():
    panel = shop(["A", "A", "B"], ["x", "y", "y"])
    assert segmenting._by_sku(panel) is segmenting._by_sku(panel)


def test_a_sku_that_is_out_of_stock_in_one_of_many_shops_at_any_time_is_not_unknown():
    many = regular(Frequency.DAY, "2024-01-01", 60)
    empty = np.arange(60)[None, :] % 12 == np.arange(12)[:, None]
    values, places = np.where(empty, 0.0, 5.0), [f"shop {number}" for number in range(12)]
    total = segmenting._by_sku(from_dense(values, many, ["A"] * 12, locations=places, censored=empty))
    assert demand_class(total.observed()).tolist() == ["smooth"]


def test_a_sku_that_never_was_in_stock_stays_unknown_beside_one_at_two_locations():
    empty = np.array([[False] * 6, [False] * 6, [True] * 6])
    values = np.array([[3.0] * 6, [4.0] * 6, [0.0] * 6])
    total = segmenting._by_sku(from_dense(values, DAYS, ["A", "A", "B"], locations=list("xyx"), censored=empty))
    assert np.isnan(total.observed()[1]).all()
    assert total.observed()[0].tolist() == [7.0] * 6
