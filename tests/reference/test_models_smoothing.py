"""Simple exponential smoothing against statsmodels, once both start from the same level."""

import numpy as np
import pytest

from core.models.kernels import smoothing

START = 20
"""By then 1/n is below every weight tested, so the recursion is plain exponential smoothing."""


@pytest.fixture
def smoothed():
    """Imported by the worker that runs these tests alone: it takes a second."""
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    return SimpleExpSmoothing


@pytest.mark.parametrize("alpha", [0.06, 0.2, 0.7])
def test_the_level_equals_that_of_statsmodels(alpha, smoothed):
    demand = np.random.default_rng(6).gamma(2.0, 5.0, (1, 90))
    levels = smoothing.levels_after(demand, np.array([alpha]), np.arange(91))[:, 0]
    peer = smoothed(demand[0, START:], initialization_method="known", initial_level=levels[START])
    expected = peer.fit(smoothing_level=alpha, optimized=False).forecast(1)[0]
    assert levels[-1] == pytest.approx(expected, rel=1e-10)


def test_the_chosen_weight_equals_that_of_statsmodels(smoothed):
    demand = np.cumsum(np.random.default_rng(6).normal(0, 1, 400)) + np.random.default_rng(7).normal(0, 2, 400) + 50
    peer = smoothed(demand, initialization_method="estimated").fit()
    assert smoothing.best_weights(demand[None, :])[0] == pytest.approx(peer.params["smoothing_level"], abs=0.03)
