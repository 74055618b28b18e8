"""Demand over lead time and review period."""

import numpy as np
import pytest

from core.base.calendar import Frequency
from core.base.errors import InfeasibleTermsError
from core.inventory.lead_time import lead_time_points, lead_times, periods_needed, protection_demand, review_days
from core.series.forecast import DemandPaths
from tests.supply import paths, poisson_paths, terms

COUNTING = paths(np.arange(1.0, 11.0)[None, None, :])


def test_demand_is_summed_over_lead_time_and_review() -> None:
    assert protection_demand(COUNTING, terms(1), Frequency.DAY, seed=1).tolist() == [[1 + 2 + 3 + 4]]


def test_the_review_period_can_be_left_out() -> None:
    assert protection_demand(COUNTING, terms(1), Frequency.DAY, seed=1, include_review=False).tolist() == [[6.0]]


def test_of_a_week_begun_counts_what_falls_on_its_days() -> None:
    weeks = paths(np.random.default_rng(1).poisson(21.0, (4000, 1, 4)), frequency=Frequency.WEEK)
    ten_days = terms(1, lead_time_days=3.0, review_period_days=7.0)
    demand = protection_demand(weeks, ten_days, Frequency.WEEK, seed=1)[:, 0]
    assert demand.mean() == pytest.approx(30.0, rel=0.01)
    # ten days of Poisson demand, three a day; an even share of the second week would have the variance 24.9
    assert demand.var() == pytest.approx(30.0, rel=0.07)
    assert np.array_equal(demand, np.rint(demand))


def test_of_a_month_begun_count_the_days_it_has() -> None:
    months = np.array([28.0, 31.0])[None, None, :]
    february = DemandPaths(
        np.repeat(months, 4000, axis=0), *(np.array([each], object) for each in ("S0", "main")),
        np.array(["2026-02-01", "2026-03-01"], "datetime64[D]"),
    )  # fmt: skip
    for days in (7, 28, 30):
        supply = terms(1, lead_time_days=days - 1.0, review_period_days=1.0)
        assert protection_demand(february, supply, Frequency.MONTH, seed=1).mean() == pytest.approx(days, rel=0.02)


def test_goods_come_on_a_day_and_not_between_two() -> None:
    points = lead_time_points(terms(1, lead_time_days=3.4))
    assert set(points[0].tolist()) == {3, 4}
    assert points.mean() == pytest.approx(3.4, abs=0.005)
    demand = protection_demand(paths(np.ones((1000, 1, 9))), terms(1, lead_time_days=3.4), Frequency.DAY, seed=1)
    assert set(demand[:, 0].tolist()) == {4.0, 5.0}
    assert demand.mean() == pytest.approx(4.4, abs=0.005)


def test_orders_are_decided_on_whole_days_at_most_once_a_day() -> None:
    assert review_days(terms(4, review_period_days=[0.2, 1.0, 6.9, 10.5])).tolist() == [1, 1, 7, 11]
    hourly = terms(1, lead_time_days=2.0, review_period_days=0.25)
    assert protection_demand(COUNTING, hourly, Frequency.DAY, seed=1).tolist() == [[1 + 2 + 3]]


def test_an_interval_of_exactly_the_horizon_is_possible() -> None:
    assert protection_demand(COUNTING, terms(1, lead_time_days=9.0), Frequency.DAY, seed=1).tolist() == [[55.0]]


def test_an_interval_beyond_the_forecast_names_the_sku_and_the_horizon_needed() -> None:
    with pytest.raises(InfeasibleTermsError, match=r"ends after 10 days.*S0@main \(13 days\).*at least 13 days"):
        protection_demand(COUNTING, terms(1, lead_time_days=12.0), Frequency.DAY, seed=1)


def test_the_periods_needed_are_enough_and_one_less_is_not() -> None:
    random = terms(1, lead_time_days=8.0, lead_time_sd_days=4.0, review_period_days=7.0)
    needed = periods_needed(random, Frequency.DAY)
    assert protection_demand(poisson_paths(1, 256, 1, needed), random, Frequency.DAY, seed=1).shape == (256, 1)
    with pytest.raises(InfeasibleTermsError, match="must reach over lead time"):
        protection_demand(poisson_paths(1, 256, 1, needed - 1), random, Frequency.DAY, seed=1)


def test_lead_times_have_the_mean_and_spread_of_the_terms() -> None:
    drawn = lead_times(terms(1, lead_time_days=12.0, lead_time_sd_days=5.0), ["a@main"], 2000, seed=3)
    assert drawn.mean() == pytest.approx(12.0, rel=0.005)
    assert drawn.std() == pytest.approx(5.0, rel=0.03)
    assert drawn.min() > 0


def test_few_paths_still_see_the_whole_spread() -> None:
    drawn = lead_times(terms(1, lead_time_days=12.0, lead_time_sd_days=5.0), ["a@main"], 50, seed=3)
    assert drawn.mean() == pytest.approx(12.0, rel=0.02)


def test_without_spread_every_lead_time_is_the_mean() -> None:
    assert np.all(lead_time_points(terms(2, lead_time_days=[4.0, 0.0])) == np.array([[4.0], [0.0]]))


def test_a_series_draws_the_same_lead_times_whoever_else_is_there() -> None:
    both = lead_times(terms(2, lead_time_sd_days=[1.0, 2.0]), ["a@main", "b@main"], 100, seed=3)
    alone = lead_times(terms(1, lead_time_sd_days=2.0), ["b@main"], 100, seed=3)
    assert np.array_equal(both[:, 1], alone[:, 0])
    assert not np.array_equal(both[:, 1], lead_times(terms(1, lead_time_sd_days=2.0), ["b@main"], 100, seed=4)[:, 0])


def test_small_and_large_work_give_the_same_sums() -> None:
    many = poisson_paths(2, 500, 60, 40)
    random = terms(60, lead_time_sd_days=2.0)
    whole = protection_demand(many, random, Frequency.DAY, seed=5)
    few = protection_demand(many.take(np.array([7])), terms(1, lead_time_sd_days=2.0), Frequency.DAY, seed=5)
    assert np.array_equal(whole[:, [7]], few)
