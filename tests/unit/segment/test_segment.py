"""Grouping: classes at their cut-offs, groups that were planted are found again."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import ParameterError
from core.segment.abc_xyz import abc, coefficient_of_variation, xyz
from core.segment.features import EXPLAINED, FeatureTable, feature_table
from core.segment.kmeans import describe, group_names, segment, silhouette_by_k
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


@pytest.mark.parametrize(("amount", "classes"), [([7.0], "A"), ([2.0] * 20, "A" * 20), ([0.0] * 3, "CCC")])
def test_abc_of_one_sku_of_equals_and_of_nothing(amount: list[float], classes: str) -> None:
    assert "".join(abc(np.array(amount))) == classes


def test_abc_does_not_depend_on_the_order_of_the_skus() -> None:
    amount = np.array([5.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    order = np.array([3, 1, 0, 5, 2, 4])
    assert abc(amount).tolist() == ["A"] * 6
    assert abc(amount, 0.4, 0.6)[order].tolist() == abc(amount[order], 0.4, 0.6).tolist()
    assert abc(amount, 0.4, 0.6).tolist() == ["A", "B", "B", "B", "B", "B"]


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


@pytest.mark.parametrize(("chosen", "told"), [([3], "the data has 1 SKU;"), ([0, 1, 20], "the data has 3 SKUs;")])
def test_too_few_skus_are_one_group_whatever_number_is_asked_for(chosen: list[int], told: str) -> None:
    result = segment(feature_table(two_kinds().take(np.array(chosen))), 5, seed=0)
    assert result.labels.tolist() == [0] * len(chosen)
    assert (result.suggested, result.silhouettes) == (1, {})
    assert told in result.remark
    assert describe(result, {}) == ["every SKU of the data"]


@pytest.mark.parametrize(("units", "told"), [(3.0, "all SKUs sell alike: "), (0.0, "nothing was sold.")])
def test_skus_that_all_sell_alike_are_one_group(units: float, told: str) -> None:
    alike = from_dense(np.full((6, 400), units), regular(Frequency.DAY, "2024-01-01", 400), list("ABCDEF"))
    result = segment(feature_table(alike), None, seed=0)
    assert result.labels.tolist() == [0] * 6
    assert set(result.features.dropped) == set(EXPLAINED)
    assert result.remark.startswith(f"There is one group, because {told}")


def two_ways() -> Panel:
    return two_kinds().take(np.array([0, 20])).take(np.array([0, 0, 0, 1, 1]))


def test_skus_that_sell_in_two_ways_are_two_groups() -> None:
    result = segment(feature_table(two_ways()), None, seed=0)
    assert (result.labels.tolist(), result.suggested, result.remark) == ([0, 0, 0, 1, 1], 2, "")


def test_no_more_groups_than_ways_of_selling() -> None:
    result = segment(feature_table(two_ways()), 4, seed=0)
    assert result.n_groups == 2
    assert result.remark == "There are 2 groups, because the SKUs sell in 2 different ways only."


def test_a_sample_that_is_all_alike_tries_no_numbers_of_groups() -> None:
    points = np.zeros((2_500, 2))
    sampled = np.random.default_rng(1).permutation(2_500)[:2_000]
    points[np.setdiff1d(np.arange(2_500), sampled)[0]] = 1.0
    assert silhouette_by_k(points, 1) == {}
    table = FeatureTable(("volume", "trend"), points, points, ())
    assert segment(table, None, seed=1).labels.sum() == 1


def test_groups_are_numbered_so_that_nobody_takes_them_for_abc() -> None:
    assert group_names(3).tolist() == ["Group 1", "Group 2", "Group 3"]
