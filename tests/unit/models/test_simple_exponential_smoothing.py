from dataclasses import replace

import numpy as np

from core.base.calendar import Frequency, regular
from core.models.kernels import smoothing
from core.models.level import LevelPoint
from core.models.library.simple_exponential_smoothing import SimpleExponentialSmoothing, SmoothedLevel
from core.models.season import flat_week
from core.series.panel import from_dense

NAN = np.nan


def weeks(rows):
    values = np.asarray(rows, float)
    return from_dense(
        values, regular(Frequency.WEEK, "2024-01-01", values.shape[1]), [str(i) for i in range(len(values))]
    )


def test_the_level_begins_as_the_running_mean_and_then_follows_by_alpha():
    # gains 1, 1/2, then 0.5: 10, (10 + 20)/2 = 15, 15 + 0.5 (5 − 15) = 10, 10 + 0.5 (30 − 10) = 20
    levels = smoothing.levels_after(np.array([[10.0, 20.0, 5.0, 30.0]]), np.array([0.5]), np.arange(5))
    np.testing.assert_array_equal(levels[:, 0], [NAN, 10, 15, 10, 20])


def test_a_gap_leaves_the_level_as_it_is():
    levels = smoothing.levels_after(np.array([[NAN, 10.0, NAN, 20.0]]), np.array([0.5]), np.arange(5))
    np.testing.assert_array_equal(levels[:, 0], [NAN, NAN, 10, 10, 15])


def test_a_fixed_weight_is_used_for_every_series():
    fitted = SimpleExponentialSmoothing(alpha=0.5).fit(weeks([[10, 20, 5, 30], [1, 1, 1, 1]]), seed=1)
    assert fitted.mean(2).tolist() == [[20, 20], [1, 1]]


def test_a_wandering_level_wants_a_large_weight_and_noise_a_small_one():
    rng = np.random.default_rng(3)
    walk, noise = np.cumsum(rng.normal(size=400)) + 100, rng.normal(size=400) + 100
    large, small = smoothing.best_weights(np.array([walk, noise]))
    assert large > 0.8
    assert small < 0.1


def test_one_observation_is_enough():
    fitted = SimpleExponentialSmoothing().fit(weeks([[NAN, NAN, 7.0]]), seed=1)
    assert fitted.mean(2).tolist() == [[7, 7]]


def test_later_values_do_not_change_an_earlier_origin():
    history = weeks([np.arange(30.0)])
    changed = replace(history, values=np.concatenate([history.values[:20], np.full(10, 500.0)]))
    points = [LevelPoint(p, flat_week(1), SmoothedLevel(np.array([0.3]))) for p in (history, changed)]
    np.testing.assert_array_equal(*(point.mean_at(np.array([20]), 5) for point in points))
