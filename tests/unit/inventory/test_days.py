"""How the demand of weeks and months falls on their days."""

import numpy as np
import pytest

from core.base.calendar import Frequency
from core.inventory.days import days_of, first_days
from core.inventory.kernels import interval_demand
from core.series.forecast import DemandPaths
from tests.supply import paths, poisson_paths

WEEKS = poisson_paths(9.0, 300, 2, 6, frequency=Frequency.WEEK)


def on_days(demand: DemandPaths, frequency: Frequency = Frequency.WEEK, seed: int = 1) -> np.ndarray:
    """Units per day, shape (n_paths, n_series, n_days), as differences of what falls on the first days."""
    days = days_of(demand, frequency, seed=seed)
    shape = demand.units.shape[:2]
    sums = [interval_demand(demand.units, days.arrays, np.full(shape, k)) for k in range(len(days) + 1)]
    return np.diff(np.stack(sums, axis=2), axis=2)


def test_what_falls_on_the_days_of_a_period_adds_up_to_it() -> None:
    fallen = on_days(WEEKS)
    assert np.array_equal(fallen.reshape(300, 2, 6, 7).sum(axis=3), WEEKS.units)
    assert fallen.min() >= 0


def test_whole_units_stay_whole_and_others_need_not() -> None:
    assert np.array_equal(on_days(WEEKS), np.rint(on_days(WEEKS)))
    weighed = DemandPaths(WEEKS.units * 1.37, WEEKS.skus, WEEKS.locations, WEEKS.periods)
    assert np.any(on_days(weighed) != np.rint(on_days(weighed)))
    assert on_days(weighed).reshape(300, 2, 6, 7).sum(axis=3) == pytest.approx(weighed.units)


def test_days_are_played_as_they_are() -> None:
    assert np.array_equal(on_days(poisson_paths(2.0, 5, 3, 9), Frequency.DAY), poisson_paths(2.0, 5, 3, 9).units)


def test_months_have_the_days_they_have() -> None:
    months = paths(np.full((2000, 1, 3), 600.0), frequency=Frequency.MONTH)
    assert first_days(months.periods, Frequency.MONTH).tolist() == [0, 31, 59, 90]
    per_day = on_days(months, Frequency.MONTH).mean(axis=(0, 1))
    assert per_day == pytest.approx(np.repeat([600 / 31, 600 / 28, 600 / 31], [31, 28, 31]), rel=0.01)


@pytest.mark.parametrize("days", [1, 3, 5])
@pytest.mark.parametrize(
    "daily", [lambda draw: draw.poisson(3.0, (8000, 1, 28)), lambda draw: draw.gamma(0.4, 20.0, (8000, 1, 28))],
    ids=["Poisson", "gamma"],
)  # fmt: skip
def test_independent_days_are_as_uncertain_as_they_were_drawn(daily, days) -> None:
    drawn = daily(np.random.default_rng(4))
    weeks = paths(drawn.reshape(8000, 1, 4, 7).sum(axis=3), frequency=Frequency.WEEK)
    part = interval_demand(weeks.units, days_of(weeks, Frequency.WEEK, seed=1).arrays, np.full((8000, 1), days))
    truth = drawn[:, :, :days].sum(axis=2)
    assert part.mean() == pytest.approx(truth.mean(), rel=0.03)
    assert part.std() == pytest.approx(truth.std(), rel=0.05)
    assert np.quantile(part, 0.95) == pytest.approx(np.quantile(truth, 0.95), rel=0.06)


def test_what_lasts_is_no_more_certain_for_a_part_than_for_the_whole() -> None:
    level = np.random.default_rng(4).gamma(4.0, 50.0, (8000, 1, 1))
    weeks = paths(np.repeat(level, 4, axis=2), frequency=Frequency.WEEK)
    part = interval_demand(weeks.units, days_of(weeks, Frequency.WEEK, seed=1).arrays, np.full((8000, 1), 3))
    assert part.std() / part.mean() == pytest.approx(level.std() / level.mean(), rel=0.02)


def test_a_series_and_its_paths_fare_alike_whoever_else_is_there() -> None:
    alone = DemandPaths(WEEKS.units[:, 1:], WEEKS.skus[1:], WEEKS.locations[1:], WEEKS.periods)
    assert np.array_equal(on_days(WEEKS)[:, 1:], on_days(alone))
    assert not np.array_equal(on_days(WEEKS), on_days(WEEKS, seed=2))


def test_many_series_are_measured_like_few() -> None:
    many = poisson_paths(2.0, 400, 500, 6, frequency=Frequency.WEEK)
    few = many.take(np.array([0, 250, 499]))
    assert many.units.size > 1_000_000
    assert np.array_equal(on_days(many)[:, [0, 250, 499]], on_days(few))


@pytest.mark.parametrize("units", [np.zeros((5, 1, 4)), np.full((5, 1, 4), 70.0), np.full((5, 1, 1), 3.5)])
def test_without_chance_demand_falls_evenly(units) -> None:
    fallen = on_days(paths(units, frequency=Frequency.WEEK)).reshape(5, 1, units.shape[2], 7)
    assert fallen == pytest.approx(np.repeat(units[..., None] / 7, 7, axis=3), abs=0.02 * units.max() + 1e-12)
