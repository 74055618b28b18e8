"""What demand is made of: the parts add up, and a made-up series gives back what it was made from."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.series.decomposition import Observed, centred_mean, classical

WEEK = np.array([0.5, 0.75, 1.0, 1.0, 1.25, 1.5, 1.0])


def series(n_days: int, units, flags=None, n_known=None) -> Observed:
    calendar = regular(Frequency.DAY, "2024-01-01", n_days)
    return Observed(np.asarray(units, float), calendar.periods, n_known or n_days, calendar, flags or {})


def test_the_parts_add_up_to_demand_also_around_gaps():
    units = np.random.default_rng(0).poisson(20, 120).astype(float)
    units[30:37] = np.nan
    flag = np.zeros(120, bool)
    flag[[50, 51, 90]] = True
    parts = classical(series(120, units, {"promotion": flag}))
    total = parts.level + parts.season + parts.effects["promotion"] + parts.remainder
    assert np.isnan(total[30:37]).all()
    assert np.allclose(total, units, equal_nan=True)


def test_an_even_level_with_a_weekday_pattern_is_taken_apart():
    units = 10.0 * np.tile(WEEK, 20)
    parts = classical(series(140, units))
    inner = slice(21, -21)
    assert parts.level[inner] == pytest.approx(10.0)
    assert parts.season[inner] == pytest.approx((units - 10.0)[inner], abs=0.05)
    assert np.abs(parts.remainder[inner]).max() < 0.05


def test_a_promotion_gets_what_it_added_and_only_then():
    units, flag = np.full(140, 10.0), np.zeros(140, bool)
    flag[20:120:10] = True
    units[flag] = 30.0
    effect = classical(series(140, units, {"promotion": flag})).effects["promotion"]
    # ten promoted days and two days of doubt: 10 · (300 + 20) / (100 + 20) − 10
    assert effect[flag] == pytest.approx(10 * 320 / 120 - 10, rel=0.03)
    assert (effect[~flag] == 0).all()


def test_the_forecast_teaches_nothing_about_seasons():
    past = 10.0 * np.tile(WEEK, 20)
    flat = np.concatenate([past, np.full(28, 10.0)])
    alone, joined = classical(series(140, past)), classical(series(168, flat, n_known=140))
    assert joined.season[:90] == pytest.approx(alone.season[:90], abs=0.05)


def test_a_year_is_told_from_a_trend_once_two_years_are_known():
    day = np.arange(3 * 365)
    units = 100.0 + 40.0 * np.sin(2 * np.pi * day / 365.25)
    parts = classical(series(len(day), units))
    middle = slice(200, 800)
    assert np.ptp(parts.level[middle]) < 8
    assert np.corrcoef(parts.season[middle], units[middle])[0, 1] > 0.98


def test_a_window_kept_whole_moves_inside_at_both_ends():
    assert centred_mean(np.array([1.0, 2, 3, 4, 5]), 3, whole=True).tolist() == [2, 2, 3, 4, 4]
    assert centred_mean(np.array([1.0, 2, 3, 4, 5]), 3).tolist() == [1.5, 2, 3, 4, 4.5]


def test_where_nothing_is_known_the_nearest_mean_stands():
    assert centred_mean(np.array([np.nan, np.nan, 4.0, np.nan, np.nan, np.nan]), 1).tolist() == [4.0] * 6
