"""Smoothing with two seasons: the week, and the year as slow waves where two years of days are known."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.evaluate.folds import since
from core.models import registry, yearly
from core.models.exponential import fit_forms
from core.models.kernels.ets import ADDED, NO_SEASON, NO_TREND
from core.series.panel import Panel, from_dense

FORMS = ((NO_TREND, NO_SEASON), (NO_TREND, ADDED))
N_DAYS, AHEAD = 3 * 365, 91
YEAR = 2 * np.pi * np.arange(N_DAYS + AHEAD) / 365.25


def truth() -> np.ndarray:
    """Units per day with a week and a year, and with a week alone, beyond the history too."""
    week = 1.0 + 0.3 * np.sin(2 * np.pi * np.arange(N_DAYS + AHEAD) / 7)
    return 40.0 * np.stack([week * (1.0 + 0.4 * np.sin(YEAR) + 0.1 * np.cos(2 * YEAR)), week])


def shop(*, by_chance: bool = True) -> Panel:
    expected = truth()[:, :N_DAYS]
    sold = np.random.default_rng(5).poisson(expected).astype(float) if by_chance else expected
    sold[:, 300:330] = np.nan
    return from_dense(sold, regular(Frequency.DAY, "2023-01-02", N_DAYS), ["YEAR", "WEEK"])


def test_three_months_ahead_follow_the_year():
    coming = truth()[0, N_DAYS:]
    errors = [
        np.abs(fit_forms(shop(), FORMS, with_year=wanted).mean_at(np.array([N_DAYS]), AHEAD)[0, 0] - coming).mean()
        for wanted in (True, False)
    ]
    assert errors[0] < 0.1 * coming.mean() < errors[1]


def test_a_series_without_a_year_is_smoothed_as_before():
    plain, both = fit_forms(shop(), FORMS), fit_forms(shop(), FORMS, with_year=True)
    assert both.waves.any(axis=1).tolist() == [True, False]
    assert both.criteria[1] == plain.criteria[1]
    origins = np.array([500, N_DAYS])
    np.testing.assert_array_equal(both.mean_at(origins, 7)[:, 1], plain.mean_at(origins, 7)[:, 1])
    assert both.criteria[0] < plain.criteria[0]


def test_without_noise_the_waves_are_found_as_they_are():
    even = shop(by_chance=False)
    found = yearly.factors(yearly.waves_of(even), even, AHEAD)[0]
    assert found == pytest.approx(1.0 + 0.4 * np.sin(YEAR) + 0.1 * np.cos(2 * YEAR), abs=0.03)


def test_what_a_series_tells_depends_on_no_other():
    both = yearly.waves_of(shop())
    np.testing.assert_array_equal(yearly.waves_of(shop().take(np.array([1]))), both[1:])


@pytest.mark.parametrize("days", [730, 200])
def test_less_than_two_years_tell_no_year(days):
    assert not yearly.waves_of(since(shop(), N_DAYS - days)).any()


def test_weeks_and_unseen_series_have_no_year_of_their_own():
    weeks = from_dense(np.ones((1, 150)), regular(Frequency.WEEK, "2023-01-02", 150), ["A"])
    unseen = from_dense(np.full((1, N_DAYS), np.nan), shop().calendar, ["A"], starts=np.array([0]))
    assert not yearly.waves_of(weeks).any()
    assert not yearly.waves_of(unseen).any()


@pytest.mark.parametrize("key", ["ets", "holt_winters"])
def test_smoothing_methods_with_a_season_take_the_year(key):
    assert registry.create(key).fit(shop(), seed=1).point.waves[0].any()


def test_the_year_can_be_switched_off():
    assert not registry.create("ets", {"yearly": False}).fit(shop(), seed=1).point.waves.any()
