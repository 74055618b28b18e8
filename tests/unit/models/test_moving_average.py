from dataclasses import replace

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.kernels.smoothing import best_windows, window_means
from core.models.level import LevelPoint
from core.models.library.moving_average import MovingAverage, WindowedLevel, windows
from core.models.season import flat_week, weekly_profile
from core.series.panel import from_dense

NAN = np.nan


def panel(rows, frequency=Frequency.WEEK, closed=()):
    values = np.asarray(rows, float)
    calendar = regular(frequency, "2024-01-01", values.shape[1], closed)
    return from_dense(values, calendar, [str(i) for i in range(len(values))])


def test_the_mean_of_the_last_periods():
    fitted = MovingAverage(window=3).fit(panel([[100, 2, 4, 9]]), seed=1)
    assert fitted.mean(2)[0].tolist() == [5, 5]


def test_gaps_are_left_out_and_an_empty_window_keeps_the_mean_before():
    means = window_means(np.array([[NAN, 4.0, NAN, 8.0, NAN, NAN]]), np.array([2]), np.arange(7))
    np.testing.assert_array_equal(means[:, 0], [NAN, NAN, 4, 4, 8, 8, 8])


def test_a_level_shift_prefers_a_short_window_and_noise_a_long_one():
    shift = np.repeat([10.0, 50.0, 20.0, 80.0], 15)
    noise = np.tile([10.0, 20.0, 20.0, 10.0, 30.0], 12)
    assert best_windows(np.array([shift, noise]), (2, 26)).tolist() == [2, 26]


@pytest.mark.parametrize(
    ("frequency", "closed", "shortest"), [(Frequency.DAY, [6], 6), (Frequency.DAY, [], 7), (Frequency.MONTH, [], 2)]
)
def test_windows_of_days_are_whole_trading_weeks(frequency, closed, shortest):
    assert windows(regular(frequency, "2024-01-01", 5, closed))[0] == shortest


def test_days_follow_the_shape_of_the_week():
    week = np.array([1.0, 1, 1, 1, 1, 3, 6])
    mean = MovingAverage().fit(panel([np.tile(10 * week, 40)], Frequency.DAY), seed=1).mean(7)[0]
    np.testing.assert_allclose(mean / mean.mean(), week / week.mean(), rtol=0.1, atol=0.15)


def test_the_profile_can_be_switched_off():
    week = np.array([1.0, 1, 1, 1, 1, 3, 6])
    fitted = MovingAverage(weekly_profile=False).fit(panel([np.tile(week, 20)], Frequency.DAY), seed=1)
    np.testing.assert_allclose(fitted.mean(3)[0], 2.0)


def test_a_short_history_is_drawn_towards_an_even_week():
    week = np.array([1.0, 1, 1, 1, 1, 1, 8])
    ratios = [weekly_profile(panel([np.tile(week, weeks)], Frequency.DAY))[0, 6] for weeks in (3, 60)]
    assert 1.0 < ratios[0] < ratios[1] < 4.0


def test_an_even_week_has_no_profile():
    np.testing.assert_array_equal(weekly_profile(panel(np.full((1, 70), 3.0), Frequency.DAY)), np.ones((1, 7)))


def test_the_ratios_of_the_trading_weekdays_average_one():
    values = np.random.default_rng(2).poisson(4, (3, 60))
    ratios = weekly_profile(panel(values, Frequency.DAY, closed=[2]))
    np.testing.assert_allclose(ratios[:, [0, 1, 3, 4, 5, 6]].mean(axis=1), 1.0)
    assert ratios[:, 2].tolist() == [1, 1, 1]


def test_weeks_have_no_profile():
    np.testing.assert_array_equal(weekly_profile(panel(np.arange(20.0)[None, :])), flat_week(1))


def test_later_values_do_not_change_an_earlier_origin():
    history = panel([np.arange(30.0)])
    changed = replace(history, values=np.concatenate([history.values[:20], np.full(10, 500.0)]))
    points = [LevelPoint(p, flat_week(1), WindowedLevel(np.array([4]))) for p in (history, changed)]
    np.testing.assert_array_equal(*(point.mean_at(np.array([20]), 5) for point in points))
