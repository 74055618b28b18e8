"""Scores by step, by segment and by quantile."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import poisson

from core.evaluate.metrics import calibration, scores, step_scores
from core.series.forecast import LEVELS
from tests.unit.evaluate.test_metrics import backtest_of

TWO = backtest_of("two", [[[10.0, 0.0], [20.0, 40.0]]], [[[12.0, 1.0], [20.0, 36.0]]])


def test_a_step_is_scored_over_all_series():
    steps = step_scores(TWO)
    assert steps["mae"].tolist() == [1.0, 2.5]
    assert steps["bias"].tolist() == [pytest.approx(2 / 30), pytest.approx(-3 / 40)]
    assert steps["mase"].tolist() == [0.5, 1.25]
    assert steps["rmsse"].tolist() == [pytest.approx(np.sqrt(4 / 4 / 2)), pytest.approx(np.sqrt(17 / 4 / 2))]
    assert steps["mape"][0] == pytest.approx(0.1)
    assert np.isnan(steps["mape"][1])


def test_a_segment_is_scored_by_its_series_alone():
    assert scores(TWO, np.array([False, True])).wape == pytest.approx(4 / 60)


def test_series_weigh_in_wrmsse_what_they_sold():
    first, second = np.sqrt(5 / 2 / 4), np.sqrt(16 / 2 / 4)
    assert scores(TWO).wrmsse == pytest.approx((first * 10 + second * 60) / 70)
    weighted = replace(TWO, weight=np.array([3.0, 1.0]), memo={})
    assert scores(weighted).wrmsse == pytest.approx((first * 3 + second) / 4)


def test_series_weigh_in_the_wrmsse_of_a_step_what_they_sold():
    steps = step_scores(replace(TWO, weight=np.array([3.0, 1.0]), memo={}))
    assert steps["wrmsse"].tolist() == [pytest.approx(np.sqrt(3 * 4 / 4 / 4)), pytest.approx(np.sqrt((3 + 16) / 4 / 4))]


def test_an_actual_between_two_quantiles_counts_for_all_above():
    one = backtest_of("one", [[[10.2]]], [[[10.0]]])
    assert calibration(one).tolist() == [0.0] * 5 + [1.0] * 4


def test_a_count_that_lies_on_many_quantiles_has_a_rank_anywhere_among_them():
    zero = backtest_of("zero", [[[0.0]]], [[[0.0]]])  # quantiles 0 up to the median
    high = (LEVELS[4] + LEVELS[5]) / 2
    expected = [level / high for level in LEVELS[:5]] + [1.0] * 4
    np.testing.assert_allclose(calibration(zero), expected)


def test_forecasting_counts_by_their_own_distributions_is_calibrated():
    rng = np.random.default_rng(2)
    rates = rng.gamma(2.0, 0.6, 3000)
    actual = rng.poisson(rates)[None, :, None].astype(float)
    quantiles = poisson.ppf(np.array(LEVELS), rates[:, None])[None, :, None, :]
    many = backtest_of("many", actual.tolist(), rates[None, :, None].tolist())
    found = calibration(replace(many, quantiles=quantiles, memo={}))
    np.testing.assert_allclose(found, LEVELS, atol=0.035)
    said = scores(replace(many, quantiles=quantiles, memo={}))
    assert (said.coverage_80, said.coverage_95) == (pytest.approx(0.8, abs=0.03), pytest.approx(0.95, abs=0.015))
    # with both ends included, nine in ten would seem to lie inside 80 %
    assert ((quantiles[0, :, 0, 2] <= actual[0, :, 0]) & (actual[0, :, 0] <= quantiles[0, :, 0, 6])).mean() > 0.9
    # without ranks among ties, two in three would seem to lie at or below the median
    assert (actual[0, :, 0] <= quantiles[0, :, 0, 4]).mean() > 0.65
