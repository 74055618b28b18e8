"""What the formulas refuse, and their awkward cases."""

import numpy as np
import pytest

from core.base.errors import ParameterError
from core.inventory.formulas import (
    critical_ratio,
    cycle_fill_rate,
    economic_order_quantity,
    expected_units_short,
    newsvendor_quantity,
    order_quantity_cost,
)
from core.inventory.lots import economic_lot
from tests.supply import terms


def test_a_holding_cost_of_zero_is_refused_with_its_value() -> None:
    with pytest.raises(ParameterError, match="Holding cost per unit and year must be above 0; 0 was given"):
        economic_order_quantity([10, 10], 5, [1.0, 0.0])


def test_negative_demand_is_refused() -> None:
    with pytest.raises(ParameterError, match="Demand per year must be at least 0; -3 was given"):
        economic_order_quantity(-3, 5, 1)


def test_an_unknown_holding_cost_gives_an_unknown_quantity() -> None:
    assert np.isnan(economic_order_quantity(10, 5, np.nan))


def test_the_economic_quantity_is_cheaper_than_its_neighbours() -> None:
    best = economic_order_quantity(1300, 8, 0.225)
    cost = order_quantity_cost([best * 0.99, best, best * 1.01], 1300, 8, 0.225)
    assert cost.argmin() == 1


def test_a_lot_of_nothing_has_no_cost_or_fill_rate() -> None:
    with pytest.raises(ParameterError, match="Order quantity must be above 0"):
        order_quantity_cost(0, 1, 1, 1)
    with pytest.raises(ParameterError, match="Units per cycle must be above 0"):
        cycle_fill_rate(1, 0)


def test_free_leftovers_mean_serving_everybody_and_no_costs_mean_no_answer() -> None:
    assert critical_ratio(3, 0) == 1.0
    assert np.isnan(critical_ratio(0, 0))


def test_certain_demand_is_short_by_the_difference() -> None:
    assert expected_units_short([4, 12], 10, 0).tolist() == [6.0, 0.0]


@pytest.mark.parametrize("level", [0.0, 1.0, -0.2, 95])
def test_a_service_level_outside_its_range_is_refused(level) -> None:
    with pytest.raises(ParameterError, match="Service level must lie between above 0 and below 1"):
        newsvendor_quantity(np.ones((3, 1)), level)


def test_the_lot_is_one_reviews_demand_where_the_cost_is_unknown_and_at_least_a_pack() -> None:
    lot = economic_lot(
        np.array([40.0, 40.0, 0.01, 0.0]), terms(4, unit_cost=[np.nan, 5.0, 5.0, 5.0], review_period_days=7.0, pack=6.0)
    )
    assert lot == pytest.approx([28.0, np.sqrt(2 * 10 * 4 * 365.25 / 1.25), 6.0, 0.0])


@pytest.mark.parametrize(("level", "outcomes", "smallest"), [(0.56, 100, 56), (0.555, 200, 111), (0.95, 1000, 950)])
def test_the_share_served_is_counted_in_whole_outcomes(level, outcomes, smallest) -> None:
    # 0.56 · 100 is a little above 56 in binary numbers
    assert newsvendor_quantity(np.arange(1.0, outcomes + 1)[:, None], level).tolist() == [smallest]


def test_every_series_may_have_a_level_of_its_own() -> None:
    outcomes = np.array([[4.0, 4.0], [1.0, 1.0], [3.0, 3.0], [2.0, 2.0]])
    assert newsvendor_quantity(outcomes, [0.5, 0.9]).tolist() == [2.0, 4.0]
    with pytest.raises(ParameterError, match=r"1\.5 was given"):
        newsvendor_quantity(outcomes, [0.5, 1.5])
