"""Which method is planned with when errors lie close together."""

import numpy as np
import pytest

from core.evaluate.leaderboard import best_of, least_leaning, segment_bias

ONE = np.array([[1.00], [1.01]])


def test_a_leaning_champion_gives_way_to_one_nearly_as_good():
    assert least_leaning(ONE, np.array([[0.20], [-0.05]])).tolist() == [1]


@pytest.mark.parametrize(
    ("errors", "bias"),
    [
        ([[1.00], [1.01]], [[0.09], [0.0]]),  # within the bound
        ([[1.00], [1.03]], [[0.20], [0.0]]),  # the other errs too much
        ([[1.00], [1.01]], [[0.20], [0.15]]),  # the other leans as well
        ([[1.00], [np.inf]], [[0.20], [0.0]]),  # the other is unknown
    ],
)
def test_otherwise_the_smallest_error_wins(errors, bias):
    assert least_leaning(np.array(errors), np.array(bias)).tolist() == [0]


def test_a_combination_must_gain_one_in_a_hundred():
    keys = np.array(["ses", "stacking"], dtype=object)
    assert best_of(keys, np.array([[1.0, 1.0], [0.995, 0.98]]), np.zeros((2, 2))).tolist() == [0, 1]


def test_the_lean_of_a_segment_is_its_surplus_over_its_sales():
    bias = np.array([[0.5, 0.0, np.nan]])
    actual = np.array([[10.0, 30.0, 0.0]])
    shared = segment_bias(bias, actual, np.array(["a", "a", "b"]))
    np.testing.assert_allclose(shared, [[5 / 40, 5 / 40, 0.0]])
