"""Forecast and DemandPaths: quantiles per period, sums only over paths."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.series.forecast import LEVELS, DemandPaths, Forecast

WEEKDAYS = regular(Frequency.DAY, "2024-01-04", 2, closed_weekdays=[5, 6])


def names(*texts):
    return np.array(texts, dtype=object)


def paths(units, calendar=WEEKDAYS):
    table = np.asarray(units, np.float32)
    skus = names(*(f"s{i}" for i in range(table.shape[1])))
    return DemandPaths(table, skus, names(*["main"] * len(skus)), calendar.following(table.shape[2]))


def test_demand_is_summed_over_each_series_own_lead_time():
    found = paths([[[1, 2, 4], [10, 20, 40]], [[8, 16, 32], [80, 160, 320]]]).total(0, np.array([2, 3]))
    assert found.tolist() == [[3.0, 70.0], [24.0, 560.0]]


def test_a_sum_may_begin_later():
    assert paths([[[1, 2, 4, 8]]]).total(1, np.array([2])).tolist() == [[6.0]]


def test_a_sum_over_no_period_is_zero():
    assert paths([[[1, 2, 4]]]).total(1, np.array([0])).tolist() == [[0.0]]


def test_the_quantile_of_a_sum_is_below_the_sum_of_quantiles():
    draws = paths(np.random.default_rng(1).gamma(1.0, 100.0, (4000, 1, 7)))
    of_sum = np.quantile(draws.total(0, np.array([7])), 0.95)
    assert draws.forecast([0.95]).quantiles[0, :, 0].sum() > 1.3 * of_sum


def test_quantiles_of_paths_are_ordered_and_have_the_mean():
    draws = paths(np.random.default_rng(2).poisson(3.0, (500, 2, 4)))
    found = draws.forecast()
    assert found.levels == LEVELS
    assert found.quantiles.shape == (2, 4, len(LEVELS))
    assert np.all(np.diff(found.quantiles, axis=2) >= 0)
    assert np.allclose(found.mean, draws.units.mean(axis=0))


def test_a_stored_quantile_is_found_by_its_level():
    values = np.arange(4.0).reshape(1, 2, 2)
    found = Forecast(names("a"), names("main"), WEEKDAYS.following(2), (0.5, 0.9), values, values[:, :, 0])
    assert found.at(0.9).tolist() == [[1.0, 3.0]]
    assert found.horizon == 2
    assert len(found) == 1


def test_closed_days_get_no_demand():
    calendar_days = WEEKDAYS.every_period_after(5)
    found = paths([[[1, 2, 4]]]).on_every_period(calendar_days)
    assert calendar_days.astype(str).tolist()[0] == "2024-01-06"
    assert found.units[0, 0].tolist() == [0.0, 0.0, 1.0, 2.0, 4.0]


def test_periods_outside_the_denser_calendar_are_left_out():
    found = paths([[[1, 2, 4]]]).on_every_period(WEEKDAYS.every_period_after(4))
    assert found.units[0, 0].tolist() == [0.0, 0.0, 1.0, 2.0]


def test_series_are_taken_in_the_order_given():
    found = paths([[[1], [2], [3]]]).take(np.array([2, 0]))
    assert found.skus.tolist() == ["s2", "s0"]
    assert found.units.tolist() == [[[3.0], [1.0]]]


def test_paths_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        paths([[[1]]]).units[0, 0, 0] = 5
