"""Which method is planned with when errors lie close together."""

import numpy as np
import pytest

from core.evaluate.choosing import best_of, judged_errors, least_leaning, segment_bias

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


def test_a_single_method_must_beat_a_combination_clearly():
    keys = np.array(["ses", "stacking"], dtype=object)
    assert best_of(keys, np.array([[0.99, 0.98], [1.0, 1.0]]), np.zeros((2, 2))).tolist() == [1, 0]


def judged(own, segments, missed=None):
    own = np.array(own)
    points = np.zeros(own.shape[1])
    return judged_errors(own, np.ones_like(own) if missed is None else np.array(missed), points, np.array(segments))


def test_a_small_segment_goes_with_the_shop():
    own = np.array([[1.0] * 300, [1.05] * 300])
    own[:, 0] = [1.1, 1.0]
    many = ["a"] + ["b"] * 299
    assert judged(own, many)[:, 0].argmin() == 0
    assert own[:, :1].argmin(axis=0).tolist() == [1]


def test_a_large_segment_decides_for_itself():
    own = np.array([[1.0] * 300 + [1.1] * 300, [1.05] * 300 + [1.0] * 300])
    assert judged(own, ["a"] * 300 + ["b"] * 300).argmin(axis=0).tolist() == [0] * 300 + [1] * 300


def test_absolute_errors_decide_between_equal_squared_ones():
    assert judged([[1.0], [1.0]], ["a"], [[9.0], [8.0]]).argmin(axis=0).tolist() == [1]


def test_a_model_without_an_error_in_a_segment_is_judged_by_the_shop():
    found = judged([[1.0, np.nan], [2.0, np.nan]], ["a", "b"])
    assert found[0, 1] < found[1, 1] < np.inf


def test_a_model_that_was_never_scored_is_never_chosen():
    assert judged([[np.nan], [2.0]], ["a"])[0, 0] == np.inf


def test_the_lean_of_a_segment_is_its_surplus_over_its_sales():
    bias = np.array([[0.5, 0.0, np.nan]])
    actual = np.array([[10.0, 30.0, 0.0]])
    shared = segment_bias(bias, actual, np.array(["a", "a", "b"]))
    np.testing.assert_allclose(shared, [[5 / 40, 5 / 40, 0.0]])
