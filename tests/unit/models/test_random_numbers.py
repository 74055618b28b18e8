"""The kernels' normal numbers against the normal distribution, and streams that can be re-entered anywhere."""

import numpy as np
import pytest
from numba import njit
from scipy import stats

from core.models.kernels.random_numbers import EDGES, begin, normal, uniform


@njit
def drawn(n, seed):
    state, values = np.zeros(1, np.uint64), np.empty(n)
    state[0] = seed
    for k in range(n):
        values[k] = normal(state)
    return values


@pytest.fixture(scope="module")
def sample():
    return drawn(2_000_000, np.uint64(5))


def test_moments_are_those_of_the_normal_distribution(sample):
    np.testing.assert_allclose([sample.mean(), sample.var()], [0.0, 1.0], atol=0.004)
    np.testing.assert_allclose([stats.skew(sample), stats.kurtosis(sample)], [0.0, 0.0], atol=0.015)


def test_the_distribution_is_normal_everywhere(sample):
    assert stats.kstest(sample, "norm").pvalue > 0.01


@pytest.mark.parametrize("beyond", [2.0, 3.0, 3.6, 4.0])
def test_tails_hold_their_share(sample, beyond):
    expected = 2 * stats.norm.sf(beyond) * len(sample)
    assert (np.abs(sample) > beyond).sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_layers_have_equal_areas_down_to_the_top():
    heights = np.exp(-0.5 * EDGES**2)
    areas = EDGES[1:-1] * (heights[2:] - heights[1:-1])
    np.testing.assert_allclose(areas, areas[0], rtol=1e-6)


def test_a_stream_can_be_entered_at_any_draw():
    state = np.zeros(1, np.uint64)
    begin(state, np.uint64(77), 9)
    first = uniform(state)
    begin(state, np.uint64(77), 3)
    uniform(state)
    begin(state, np.uint64(77), 9)
    assert uniform(state) == first
