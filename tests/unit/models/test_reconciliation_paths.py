"""Paths of series whose sums spread as their groups do."""

import numpy as np

from core.models.reconciliation_paths import Draws, coherent, group_paths, quantiles_of
from core.series.hierarchy_levels import hierarchy_of

N, SERIES, HORIZON = 600, 40, 6
LEVELS = (0.1, 0.5, 0.9)
SHOP = hierarchy_of({"total": ["all"] * SERIES, "category": ["a", "b"] * (SERIES // 2)})
KEYS = [f"s{i}@main" for i in range(SERIES)]
ONE = hierarchy_of({"total": ["all"]})


def drawn(whole=True):
    units = np.random.default_rng(1).poisson(5.0, (N, SERIES, HORIZON)).astype(np.float32)
    return Draws(units, np.full(SERIES, whole), KEYS)


def wide():
    """Groups that err by 20 % together, as SKUs drawn alone never do."""
    rng = np.random.default_rng(2)
    level = np.maximum(1 + 0.2 * rng.normal(size=(N, 1, 1)), 0.1)
    return level * np.array([200.0, 100.0, 100.0])[None, :, None] * (1 + 0.02 * rng.normal(size=(N, 3, HORIZON)))


def test_sums_spread_as_the_groups_do():
    draws = drawn()
    coherent(draws, wide(), SHOP, LEVELS)
    total = draws.units.sum(axis=1)
    assert 0.17 < total.std(axis=0).mean() / total.mean() < 0.23
    assert 0.17 < total.sum(axis=1).std() / total.sum(axis=1).mean() < 0.23


def test_means_whole_units_and_zeros_stay():
    draws = drawn()
    draws.units[:, 3] = 0.0
    before = draws.units.mean(axis=(0, 2))
    coherent(draws, wide(), SHOP, LEVELS)
    assert not draws.units[:, 3].any()
    assert (draws.units % 1 == 0).all()
    assert (draws.units >= 0).all()
    np.testing.assert_allclose(draws.units.mean(axis=(0, 2)), before, rtol=0.01)


def test_parts_of_units_are_kept_where_demand_has_them():
    draws = drawn(whole=False)
    coherent(draws, wide(), SHOP, LEVELS)
    assert (draws.units % 1 > 0).any()


def test_quantiles_are_those_of_the_changed_paths():
    draws = drawn()
    found = coherent(draws, wide(), SHOP, LEVELS)
    np.testing.assert_allclose(found, np.moveaxis(np.quantile(draws.units, LEVELS, axis=0), 0, 2), rtol=1e-6)


def test_groups_are_the_sums_of_the_paths():
    units = drawn().units
    found = group_paths(units, SHOP)
    np.testing.assert_allclose(found[:, 0], units.sum(axis=1))
    np.testing.assert_allclose(found[:, 1] + found[:, 2], found[:, 0])


def test_a_group_of_one_series_changes_nothing():
    units = np.random.default_rng(3).poisson(4.0, (N, 1, HORIZON)).astype(np.float32)
    draws = Draws(units.copy(), np.array([True]), ["s@main"])
    coherent(draws, 9.0 * np.ones((N, 1, HORIZON)), ONE, LEVELS)
    np.testing.assert_array_equal(draws.units, units)


def test_doubt_about_a_level_widens_its_series_alone():
    levels = np.ones((N, SERIES))
    levels[:, 0] = np.random.default_rng(4).gamma(4.0, 0.25, N)
    calm, doubted = drawn(), drawn()
    own = group_paths(calm.units, SHOP)
    coherent(calm, own, SHOP, LEVELS)
    coherent(Draws(doubted.units, doubted.whole, KEYS, levels), own, SHOP, LEVELS)
    assert doubted.units[:, 0].sum(axis=1).std() > 2 * calm.units[:, 0].sum(axis=1).std()
    np.testing.assert_array_equal(doubted.units[:, 1:], calm.units[:, 1:])


def test_the_order_of_the_series_changes_no_path():
    order = np.random.default_rng(5).permutation(SERIES)
    one, other = drawn(), drawn()
    shuffled = Draws(other.units[:, order].copy(), other.whole, [KEYS[place] for place in order])
    names = np.array(["a", "b"] * (SERIES // 2))
    coherent(one, wide(), SHOP, LEVELS)
    coherent(shuffled, wide(), hierarchy_of({"total": ["all"] * SERIES, "category": names[order]}), LEVELS)
    np.testing.assert_array_equal(shuffled.units, one.units[:, order])


def test_quantiles_are_linear_between_paths():
    np.testing.assert_allclose(quantiles_of(np.array([0.0, 10.0, 40.0])[:, None, None], (0.25, 0.75)), [[[5.0, 25.0]]])
