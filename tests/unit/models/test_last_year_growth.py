"""Last year's shape at today's level."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.library.last_year_growth import LastYearGrowth
from core.series.panel import from_dense


def forecast(values, frequency, horizon, censored=None, **settings):
    first = "2020-01-06" if frequency is Frequency.WEEK else "2020-01-01"
    panel = from_dense(np.atleast_2d(values), regular(frequency, first, np.shape(values)[-1]), ["a"], censored=censored)
    fitted = LastYearGrowth(**settings).fit(panel, seed=1)
    return fitted.point.mean_at(np.array([panel.n_periods]), horizon)[0, 0]


def test_weeks_repeat_last_year_times_growth():
    year = np.full(52, 100.0)
    year[50] = 300.0
    values = np.concatenate([year, 1.1 * year[:46]])
    np.testing.assert_allclose(forecast(values, Frequency.WEEK, 6), 1.1 * year[46:])


def test_months_repeat_last_year_times_growth():
    year = 10.0 + np.arange(12.0)
    told = forecast(np.concatenate([year, 2 * year[:10]]), Frequency.MONTH, 3)
    np.testing.assert_allclose(told, 2 * np.array([20.0, 21.0, 20.0]))


def test_days_take_the_week_around_last_years_day_and_the_weekdays_ratio():
    week = np.array([10.0, 10.0, 10.0, 10.0, 10.0, 30.0, 30.0])
    values = np.concatenate([np.tile(week, 52), 2 * np.tile(week, 40)])
    np.testing.assert_allclose(forecast(values, Frequency.DAY, 14), 2 * np.tile(week, 2), rtol=0.1)


def test_further_than_a_year_ahead_the_last_known_year_is_repeated():
    year = 10.0 + np.arange(12.0)
    told = forecast(np.tile(year, 2), Frequency.MONTH, 24)
    np.testing.assert_allclose(told, np.tile(year, 2))


def test_without_a_year_of_history_the_level_is_kept():
    np.testing.assert_allclose(forecast(np.full(30, 7.0), Frequency.WEEK, 4), 7.0)


def test_growth_can_be_left_out():
    year = np.full(52, 100.0)
    values = np.concatenate([year, 2 * year[:10]])
    assert forecast(values, Frequency.WEEK, 1, growing=False)[0] == 100.0


def test_a_tenfold_rise_is_believed_threefold():
    year = np.full(52, 10.0)
    assert forecast(np.concatenate([year, 10 * year[:20]]), Frequency.WEEK, 1)[0] == pytest.approx(30.0)


def test_nothing_after_an_origin_is_read():
    values = np.random.default_rng(3).poisson(20.0, (1, 150)).astype(float)
    later = values.copy()
    later[:, 120:] = 999.0
    told = []
    for each in (values, later):
        panel = from_dense(each, regular(Frequency.WEEK, "2020-01-06", 150), ["a"])
        told.append(LastYearGrowth().fit(panel, seed=1).point.mean_at(np.array([120]), 60))
    np.testing.assert_array_equal(*told)


def test_a_stock_out_of_all_recent_weeks_is_no_growth_and_no_fall():
    year = 100.0 + 40.0 * np.sin(np.arange(52) * 2 * np.pi / 52)
    values = np.concatenate([year, 1.1 * year[:40]])
    empty = np.zeros((1, 92), bool)
    empty[0, -9:] = True
    told = forecast(np.where(empty[0], 0.0, values), Frequency.WEEK, 6, censored=empty)
    np.testing.assert_allclose(told, forecast(values, Frequency.WEEK, 6), rtol=0.05)
