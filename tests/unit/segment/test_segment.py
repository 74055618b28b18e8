"""Grouping: classes at their cut-offs, groups that were planted are found again."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import NoDataError, ParameterError
from core.segment.abc_xyz import abc, coefficient_of_variation, xyz
from core.segment.features import EXPLAINED, feature_table
from core.segment.kmeans import describe, group_names, segment
from core.series.demand_class import average_demand_interval, demand_class, squared_variation
from core.series.panel import Panel, from_dense


def two_kinds() -> Panel:
    rng = np.random.default_rng(7)
    days = np.arange(400)
    steady = rng.poisson(20, (15, 400)).astype(float)
    weekend = rng.poisson(np.where(days % 7 >= 5, 40, 2), (10, 400)).astype(float)
    values = np.concatenate([steady, weekend])
    return from_dense(values, regular(Frequency.DAY, "2024-01-01", 400), [f"S{number}" for number in range(25)])


def test_abc_keeps_the_sku_that_passes_the_cut_in_the_better_class() -> None:
    assert abc(np.array([50.0, 40.0, 6.0, 4.0, 0.0])).tolist() == ["A", "A", "B", "C", "C"]


def test_abc_refuses_cut_offs_out_of_order() -> None:
    with pytest.raises(ParameterError, match=r"0\.9 and 0\.5 were given"):
        abc(np.ones(3), 0.9, 0.5)


def test_xyz_by_variation_and_unknown_is_z() -> None:
    assert xyz(np.array([0.2, 0.8, 1.7, np.nan])).tolist() == ["X", "Y", "Z", "Z"]


def test_variation_is_taken_over_weeks_not_weekdays() -> None:
    week = np.array([0, 0, 0, 0, 0, 30.0, 40.0])
    assert coefficient_of_variation(np.tile(week, (1, 8)), 7)[0] == pytest.approx(0.0)


def test_demand_classes_at_the_published_cut_offs() -> None:
    smooth, lumpy = np.full(8, 5.0), np.array([0, 0, 1, 0, 0, 30, 0, 0.0])
    intermittent, erratic = np.array([0, 4, 0, 4, 0, 4, 0, 4.0]), np.array([1, 20, 1, 30, 1, 2, 1, 40.0])
    values = np.stack([smooth, intermittent, erratic, lumpy, np.zeros(8)])
    assert demand_class(values).tolist() == ["smooth", "intermittent", "erratic", "lumpy", "no demand"]


def test_interval_and_variation_of_a_small_example() -> None:
    values = np.array([[0.0, 2.0, 0.0, 4.0, np.nan, 0.0]])
    assert average_demand_interval(values)[0] == pytest.approx(5 / 2)
    assert squared_variation(values)[0] == pytest.approx(1 / 9)


def test_planted_groups_are_found_again_and_k_is_suggested() -> None:
    panel = two_kinds()
    result = segment(feature_table(panel), None, seed=1)
    assert result.suggested == 2
    assert result.labels.tolist() == [0] * 15 + [1] * 10
    assert "weekend" in " ".join(describe(result, {name: (name, name) for name in EXPLAINED}))


def test_features_that_do_not_vary_are_named() -> None:
    assert "promotion" in feature_table(two_kinds()).dropped


def test_same_seed_same_groups() -> None:
    features = feature_table(two_kinds())
    assert np.array_equal(segment(features, 4, seed=3).labels, segment(features, 4, seed=3).labels)


def test_the_number_of_groups_has_limits() -> None:
    with pytest.raises(ParameterError, match="Number of groups must lie between 2 and 24"):
        segment(feature_table(two_kinds()), 25, seed=0)


def test_too_few_skus_are_refused() -> None:
    few = two_kinds().take(np.array([0, 1, 20]))
    with pytest.raises(NoDataError, match="at least 4 SKUs"):
        segment(feature_table(few), None, seed=0)


def test_groups_are_numbered_so_that_nobody_takes_them_for_abc() -> None:
    assert group_names(3).tolist() == ["Group 1", "Group 2", "Group 3"]
