"""What a change of the history is worth."""

import numpy as np
import pytest

from core.clean.stakes import levels, stake


def test_the_level_of_steady_demand_is_that_demand():
    assert levels(np.full((2, 30), 7.0)).tolist() == pytest.approx([7.0, 7.0])


def test_the_first_periods_average_and_later_ones_count_a_tenth():
    dense = np.array([[1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0]])
    assert levels(dense)[0] == pytest.approx(0.9 * 5.5)


def test_periods_not_observed_leave_the_level_where_it_is():
    assert levels(np.array([[4.0, np.nan, np.nan]])).tolist() == [4.0]
    assert levels(np.array([[np.nan, np.nan]])).tolist() == [0.0]


def test_units_and_money_over_the_time_until_delivery():
    found = stake(np.array([2.0, -1.0, 0.0]), np.array([10.0, 5.0, 3.0]), np.array([3.0, np.nan, 1.0]))
    assert (found.skus, found.units, found.money) == (2, 25.0, 60.0)


def test_without_any_price_the_money_is_unknown():
    assert stake(np.array([2.0]), np.array([10.0]), np.array([np.nan])).money is None


def test_a_move_too_small_to_order_is_none():
    assert stake(np.array([1e-6]), np.array([10.0]), np.array([1.0])).skus == 0
