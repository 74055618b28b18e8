"""When one method errs less than another by more than luck."""

import math

import numpy as np
import pytest

from core.evaluate.leaderboard import leaderboard
from core.evaluate.significance import diebold_mariano, loss_by_period, pairwise
from tests.unit.evaluate.test_metrics import backtest_of


def test_equal_losses_cannot_be_told_apart():
    assert math.isnan(diebold_mariano(np.zeros(20), 3).p_value)


def test_where_autocovariances_add_up_below_zero_they_fade_out_instead():
    swinging = np.tile([3.0, -1.0], 10)
    found = diebold_mariano(swinging, 2)
    assert np.isfinite(found.statistic)
    # Bartlett: variance 4 − 2 · ½ · 4 · 19/20, corrected for 20 periods and 2 steps
    variance = (4.0 - 4.0 * 19 / 20) / 20
    assert found.statistic == pytest.approx(1.0 / math.sqrt(variance) * math.sqrt((20 + 1 - 4 + 2 / 20) / 20))


def test_unknown_periods_are_left_out():
    known = np.array([1.0, 2.0, 1.0, 3.0, 0.5])
    assert diebold_mariano(np.insert(known, 2, np.nan), 1) == diebold_mariano(known, 1)


def test_losses_are_scaled_and_shared_points_only():
    one = backtest_of("one", [[[1.0, 2.0], [5.0, np.nan]]], [[[3.0, 2.0], [9.0, 1.0]]])
    assert loss_by_period([one]).tolist() == [[pytest.approx((4 / 4 + 16 / 4) / 2), 0.0]]


def test_every_pair_is_tested_and_the_row_says_it_against_naive_and_best():
    rng = np.random.default_rng(5)
    actual = rng.poisson(20, (3, 4, 10)).astype(float).tolist()
    near = (np.array(actual) + rng.normal(0, 1, (3, 4, 10))).tolist()
    far = (np.array(actual) + rng.normal(0, 4, (3, 4, 10))).tolist()
    results = [backtest_of("seasonal_naive", actual, far), backtest_of("near", actual, near)]
    (pair,) = pairwise(results).values()
    assert pair.statistic > 0
    best, naive = leaderboard(results)
    assert best.p_naive == naive.p_best == pytest.approx(pair.p_value)
    assert best.p_best is None
    assert naive.best_high < 0 < best.gain_low
