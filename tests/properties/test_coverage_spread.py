"""Intervals of measured coverage hold the truth of made shops in which a date, or a series, fares well or badly."""

import numpy as np
import pytest
from scipy.stats import norm

from tests.benchmarks.coverage_spread import interval

MADE, SERIES = 200, 150


def held(n_dates: int, by_date: float, by_series: float, share: float) -> tuple[float, float]:
    """How often the interval held the true share, and how often one did that takes every outcome for itself.

    Args:
        n_dates: of each made shop.
        by_date, by_series: variance that outcomes of a date, and of a series, have in common; 1 in all.
        share: true one of outcomes below their quantile.
    """
    rng = np.random.default_rng([n_dates, int(100 * share)])
    date, series = np.repeat(np.arange(n_dates), SERIES), np.tile(np.arange(SERIES), n_dates)
    ours = alone = 0
    for _ in range(MADE):
        common = (
            np.sqrt(by_date) * rng.normal(size=n_dates)[date] + np.sqrt(by_series) * rng.normal(size=SERIES)[series]
        )
        hit = common + np.sqrt(1 - by_date - by_series) * rng.normal(size=len(date)) <= norm.ppf(share)
        low, high = interval(hit.astype(float), date, series)
        ours += low <= share <= high
        alone += abs(hit.mean() - share) <= 1.96 * np.sqrt(hit.mean() * (1 - hit.mean()) / len(hit))
    return ours / MADE, alone / MADE


@pytest.mark.parametrize(("n_dates", "share"), [(3, 0.8), (3, 0.95), (7, 0.8), (7, 0.99), (20, 0.95)])
def test_it_holds_the_truth_where_a_shop_has_good_and_bad_dates(n_dates: int, share: float) -> None:
    ours, alone = held(n_dates, 0.05, 0.0, share)
    assert ours >= 0.92
    assert alone < 0.9


def test_it_holds_the_truth_where_some_series_fare_badly_on_every_date() -> None:
    ours, alone = held(20, 0.01, 0.3, 0.8)
    assert ours >= 0.92
    assert alone < 0.9


def test_by_dates_alone_it_is_the_interval_of_the_mean_of_their_shares_on_the_scale_of_log_odds() -> None:
    # no series twice, so that only dates differ: hit are 2, 4 and 6 of 8
    hit = np.array([1.0] * 2 + [0.0] * 6 + [1.0] * 4 + [0.0] * 4 + [1.0] * 6 + [0.0] * 2)
    date, series = np.repeat([5, 6, 7], 8), np.arange(24)
    # variance .0625 of the shares over 3, t(2) = 4.302653, odds 1
    reach = 4.302653 * np.sqrt(0.0625 / 3) / 0.25
    assert interval(hit, date, series) == pytest.approx((1 / (1 + np.exp(reach)), 1 / (1 + np.exp(-reach))), abs=1e-6)


def test_three_dates_that_happen_to_be_alike_do_not_make_it_certain() -> None:
    hit = np.array([1.0, 1, 1, 0] * 3)
    low, high = interval(hit, np.repeat([0, 1, 2], 4), np.arange(12))
    assert high - low > 0.4


def test_series_that_differ_widen_it() -> None:
    date, series = np.repeat(np.arange(4), 6), np.tile(np.arange(6), 4)
    mixed = (np.arange(24) * 7 % 24 < 12).astype(float)
    alike = (series < 3).astype(float)
    assert np.subtract(*interval(alike, date, series)[::-1]) > np.subtract(*interval(mixed, date, series)[::-1])


def test_a_single_date_says_nothing() -> None:
    assert interval(np.array([1.0, 0.0, 1.0]), np.zeros(3, int), np.arange(3)) == (0.0, 1.0)


def test_all_hit_on_three_dates_is_as_three_hits() -> None:
    low, high = interval(np.ones(30), np.repeat(np.arange(3), 10), np.tile(np.arange(10), 3))
    assert (low, high) == (pytest.approx(0.025 ** (1 / 3)), 1.0)
