"""Laws of the uncertainty of every local method: predictions and simulations agree, and draws belong to the SKU."""

from functools import cache

import numba
import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models import registry
from core.series.panel import from_dense

pytestmark = pytest.mark.usefixtures("two_threads")
HORIZON, N_PERIODS = 8, 112
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
ALL = registry.keys()
KEYS = [key for key in ALL if not registry.capabilities(key).slow and not registry.capabilities(key).pooled]


def panel():
    rng = np.random.default_rng(6)
    rates = np.repeat([0.2, 1.0, 6.0, 40.0], 10)[:, None]
    week = np.array([0.7, 0.8, 1.0, 1.1, 1.3, 1.1, 1.0])[np.arange(N_PERIODS) % 7]
    values = rng.negative_binomial(2.0, 2.0 / (2.0 + rates * week)).astype(float)
    calendar = regular(Frequency.DAY, "2024-01-01", N_PERIODS)
    return from_dense(values, calendar, [f"sku-{i:02d}" for i in range(len(values))])


@cache
def fitted(key):
    return registry.create(key).fit(panel(), seed=1)


@pytest.mark.parametrize("key", KEYS)
def test_the_quantiles_of_a_prediction_are_those_of_simulated_paths(key):
    told = fitted(key).predict(HORIZON, LEVELS).quantiles
    units = fitted(key).simulate(HORIZON, 1500, np.random.default_rng(3)).units
    drawn = np.moveaxis(np.quantile(units, LEVELS, axis=0), 0, 2)
    spread = units.std(axis=0)[:, :, None] + 1.0
    # 384 paths: the standard error of a 97.5 % point is about a fifth of a standard deviation, where few large errors
    # make the tail far more, of their mean far less
    assert np.abs((told - drawn) / spread).max() < 2.5
    assert np.abs(((told - drawn) / spread).mean(axis=(0, 1))).max() < 0.06


@pytest.mark.parametrize("key", ["ses", "tsb"])
def test_the_number_of_threads_changes_no_draw(key):
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        one = registry.create(key).fit(panel(), seed=1).predict(HORIZON, LEVELS).quantiles
    finally:
        numba.set_num_threads(before)
    np.testing.assert_array_equal(one, fitted(key).predict(HORIZON, LEVELS).quantiles)


@pytest.mark.parametrize("key", ["ses", "tsb"])
def test_the_place_of_a_sku_in_the_panel_changes_no_draw(key):
    order = np.random.default_rng(2).permutation(len(panel()))
    moved = registry.create(key).fit(panel().take(order), seed=1).predict(HORIZON, LEVELS).quantiles
    np.testing.assert_array_equal(moved, fitted(key).predict(HORIZON, LEVELS).quantiles[order])
