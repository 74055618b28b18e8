"""Means, ratios and differences with their simulation error."""

import numpy as np
import pytest

from core.simulate.measures import Measure


def test_an_amount_adds_up_over_series_and_has_the_standard_error_of_its_mean() -> None:
    measure = Measure.of_amount(np.array([[1.0, 3.0], [10.0, 20.0]]))
    assert measure.mean.tolist() == [2.0, 15.0]
    assert measure.error == pytest.approx([1.0, 5.0])
    assert (measure.total, measure.total_error) == pytest.approx((17.0, 6.0))


def test_a_ratio_is_that_of_the_sums() -> None:
    measure = Measure.of_ratio(np.array([[1.0, 3.0], [0.0, 0.0]]), np.array([[2.0, 4.0], [0.0, 0.0]]))
    assert measure.mean[0] == pytest.approx(4 / 6)
    assert np.isnan(measure.mean[1])
    assert measure.total == pytest.approx(4 / 6)


def test_a_constant_ratio_has_no_error_however_much_its_parts_vary() -> None:
    measure = Measure.of_ratio(np.array([[1.0, 5.0, 9.0]]), np.array([[2.0, 10.0, 18.0]]))
    assert measure.total_error == pytest.approx(0.0)


def test_series_without_a_value_are_left_out_of_the_total() -> None:
    measure = Measure.of_amount(np.array([[np.nan, np.nan], [1.0, 2.0]]))
    assert np.isnan(measure.mean[0])
    assert measure.total == 1.5


def test_a_difference_on_the_same_paths_is_paired() -> None:
    base = np.array([[1.0, 5.0, 30.0]])
    assert Measure.of_amount(base + 2.0).minus(Measure.of_amount(base)) == pytest.approx((2.0, 0.0))


def test_one_path_has_no_error_to_state() -> None:
    measure = Measure.of_amount(np.array([[4.0]]))
    assert measure.total == 4.0
    assert np.isnan(measure.total_error)
