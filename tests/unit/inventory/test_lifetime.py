"""How much stock is worth having of goods that spoil or whose sale ends."""

import numpy as np
import pytest

from core.base.calendar import Frequency
from core.inventory.lifetime import Lifetime, worth_having, worth_having_then
from tests.supply import TODAY, paths, poisson_paths, terms

NEVER = np.datetime64("NaT", "D")


def test_goods_that_keep_three_days_are_worth_having_for_lead_time_and_three_days() -> None:
    life = Lifetime(np.array([3.0, np.nan]), np.array([NEVER, NEVER]))
    found = worth_having(paths(np.full((2, 2, 5), 4.0)), terms(2, lead_time_days=2.0), life, Frequency.DAY, 0.9)
    assert found.tolist() == [20.0, np.inf]


def test_of_a_sale_that_ends_the_level_counts_and_later_ends_do_not() -> None:
    units = np.arange(1.0, 11.0)[:, None, None] * np.array([1.0, 0.0])
    life = Lifetime(np.full(2, np.nan), np.array([TODAY + 1, TODAY + 9]))
    found = worth_having(paths(np.repeat(units, 2, axis=1)), terms(2), life, Frequency.DAY, [0.8, 0.8])
    assert found.tolist() == [8.0, np.inf]


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_what_it_will_be_is_what_it_is_for_the_periods_then_left(level: float) -> None:
    demand, life = poisson_paths(2.0, 40, 2, 6), Lifetime(np.full(2, np.nan), np.array([TODAY + 5, NEVER]))
    later = worth_having_then(demand, terms(2), life, Frequency.DAY, level)
    for t in range(6):
        left = paths(demand.units[:, :, t:])
        left_life = Lifetime(life.shelf_life_days, np.array([TODAY + 5 - t, NEVER]))
        assert later[:, t].tolist() == worth_having(left, terms(2), left_life, Frequency.DAY, level).tolist()
