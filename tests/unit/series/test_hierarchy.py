"""Totals of paths and panels by group."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import ParameterError
from core.series.forecast import DemandPaths
from core.series.hierarchy import total_panel, total_paths
from core.series.panel import from_dense

DAYS = regular(Frequency.DAY, "2024-01-01", 3)


def three_series(**more):
    values = np.array([[1.0, 2.0, 3.0], [10.0, np.nan, 30.0], [np.nan, np.nan, 5.0]])
    return from_dense(values, DAYS, ["a", "b", "c"], locations=["north", "north", "south"], **more)


def three_paths():
    units = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    names = np.array(["a", "b", "c"], dtype=object)
    return DemandPaths(units, names, np.array(["north", "north", "south"], dtype=object), DAYS.following(2))


def test_paths_of_a_group_are_the_sum_of_its_members_paths():
    total = total_paths(three_paths(), ["x", "y", "x"])
    assert total.skus.tolist() == ["x", "y"]
    assert total.units.tolist() == [[[4.0, 6.0], [2.0, 3.0]], [[16.0, 18.0], [8.0, 9.0]]]


def test_totals_of_groups_add_up_to_the_total_of_everything():
    paths = three_paths()
    by_group = total_paths(paths, ["x", "y", "x"])
    everything = total_paths(paths, ["total"] * 3)
    assert np.array_equal(by_group.units.sum(axis=1), everything.units[:, 0])


def test_a_group_within_one_location_keeps_it():
    total = total_paths(three_paths(), ["x", "x", "y"])
    assert total.locations.tolist() == ["north", "south"]


def test_a_group_over_several_locations_is_a_total():
    assert total_paths(three_paths(), ["x", "x", "x"]).locations.tolist() == ["total"]


def test_a_period_counts_when_any_member_was_observed():
    total = total_panel(three_series(), ["x", "x", "y"])
    assert total.dense()[0].tolist() == [11.0, 2.0, 33.0]
    assert total.lengths.tolist() == [3, 1]


def test_a_total_is_censored_when_a_member_was_out_of_stock():
    censored = np.zeros((3, 3), bool)
    censored[1, 2] = True
    total = total_panel(three_series(censored=censored), ["x", "x", "y"])
    assert total.censored.tolist() == [False, False, True, False]


def test_groups_must_match_the_series():
    with pytest.raises(ParameterError, match="2 groups for 3 series"):
        total_paths(three_paths(), ["x", "y"])
