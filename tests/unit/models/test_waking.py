"""SKUs whose forecast has sunk: who counts as silent, and what is learned about those that sell again."""

import numpy as np
import pytest

from core.models import waking
from core.models.trajectories import LookBack

BLOCK = 4


def look_back(expected, sold):
    """One origin; expected and sold units per series over the block."""
    said = np.repeat(np.asarray(expected, float)[:, None] / BLOCK, BLOCK, axis=1)
    errors = np.repeat(np.asarray(sold, float)[:, None] / BLOCK, BLOCK, axis=1) - said
    return LookBack(np.array([20]), said[None], errors[:, None], np.ones((len(said), 1), bool))


def usual(average, silent):
    return waking.Usual(np.array([average], float), np.array([silent], bool))


def test_a_forecast_above_a_quarter_of_usual_demand_has_not_sunk():
    np.testing.assert_array_equal(
        waking.sunk(np.array([25.0, 12.5, 0.0, 1.0]), np.array([100.0, 100, 100, 0])), [0, 0.5, 1, 0]
    )


def test_a_run_of_zeros_is_silence_only_when_chance_hardly_explains_it():
    observed = np.zeros((3, 60))
    observed[0, :40] = 5.0  # sold in every period, then twenty without
    observed[1, ::15] = 5.0  # sells once in fifteen periods anyway
    observed[2, :40], observed[2, 40:] = 5.0, np.nan  # not on sale since
    assert waking.usual_at(observed, np.array([60])).silent[0].tolist() == [True, False, False]


def test_usual_demand_is_known_as_of_each_origin():
    observed = np.array([[2.0, 4.0, np.nan, 12.0]])
    np.testing.assert_array_equal(waking.usual_at(observed, np.array([4, 2])).average, [[6.0], [3.0]])


def test_the_share_learned_is_what_sunk_series_sold():
    learned = waking.waking(look_back([0.0] * 400, [20.0] * 400), usual([10.0] * 400, [False] * 400))
    # 400 SKUs at half of the usual 40 units, and the 20 of the prior at a quarter
    np.testing.assert_allclose(learned, [0.0, (400 * 0.5 + 20 * 0.25) / 420], atol=1e-6)


def test_silent_series_that_stay_silent_are_not_expected_back():
    learned = waking.waking(look_back([0.0] * 50, [0.0] * 50), usual([10.0] * 50, [True] * 50))
    assert learned.tolist() == [0.0, 0.25]


def test_series_that_sell_as_usual_teach_nothing():
    learned = waking.waking(look_back([40.0] * 50, [90.0] * 50), usual([10.0] * 50, [False] * 50))
    assert learned.tolist() == [0.0, 0.25]


@pytest.mark.parametrize("sold", [1e3, 1e6])
def test_one_order_without_equal_counts_as_three_times_the_usual(sold):
    learned = waking.waking(look_back([0.0] * 20, [sold] + [0.0] * 19), usual([10.0] * 20, [True] * 20))
    assert learned[0] == pytest.approx(3.0 / 40)
