"""Laws every inventory policy keeps, whatever its rule."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.inventory.policies
from core.base.errors import ParameterError
from core.inventory.deciding import decided
from core.inventory.registry import POLICIES, policy
from core.inventory.rounding import rounded
from core.simulate import kernels
from core.simulate.simulation import trace
from tests.supply import case, paths, poisson_paths, stock, terms

KEYS = sorted(POLICIES)
LEVELS = st.floats(0.05, 0.99)
RATES = st.floats(0.05, 20.0)


def demand(rate: float, n_series: int = 3) -> np.ndarray:
    return np.random.default_rng(2).poisson(rate, (200, n_series)).astype(float)


def test_the_registry_holds_exactly_the_files_of_its_folder() -> None:
    folder = Path(core.inventory.policies.__file__).parent
    assert sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__") == KEYS


def test_an_unknown_policy_is_refused_with_the_choices() -> None:
    with pytest.raises(ParameterError, match=r"no inventory policy “guess”.*min_max"):
        policy("guess")


@pytest.mark.parametrize("key", KEYS)
@given(rate=RATES, level=LEVELS)
@settings(max_examples=15, deadline=None)
def test_the_trigger_is_expected_demand_plus_safety_stock_and_at_most_the_target(key, rate, level) -> None:
    chosen = policy(key).settings(demand(rate), terms(3), level)
    assert chosen.trigger == pytest.approx(chosen.expected_demand + chosen.safety_stock)
    assert np.all(chosen.trigger <= chosen.target)


@pytest.mark.parametrize("key", KEYS)
@given(rate=RATES, levels=st.tuples(LEVELS, LEVELS))
@settings(max_examples=15, deadline=None)
def test_more_service_never_lowers_the_trigger(key, rate, levels) -> None:
    low, high = sorted(levels)
    rule = policy(key)
    lower = rule.settings(demand(rate), terms(3), low).trigger
    assert np.all(lower <= rule.settings(demand(rate), terms(3), high).trigger + 1e-9)


@pytest.mark.parametrize("key", KEYS)
def test_what_nobody_asks_for_is_ordered_only_where_it_is_owed(key) -> None:
    rule = policy(key)
    chosen = rule.settings(np.zeros((20, 3)), terms(3, pack=6), 0.95)
    assert rule.order(np.array([0.0, 4.0, -3.0]), chosen).tolist() == [0.0, 0.0, 3.0]


@pytest.mark.parametrize("key", KEYS)
@given(units=st.floats(0, 1e4), level=LEVELS)
@settings(max_examples=15, deadline=None)
def test_without_variance_there_is_no_safety_stock(key, units, level) -> None:
    chosen = policy(key).settings(np.full((50, 2), units), terms(2), level)
    assert chosen.safety_stock == pytest.approx([0.0, 0.0], abs=1e-9 * max(units, 1.0))


@pytest.mark.parametrize("key", KEYS)
@given(moq=st.integers(0, 50), pack=st.integers(1, 24), position=st.floats(-50, 200), level=LEVELS)
@settings(max_examples=25, deadline=None)
def test_orders_are_nothing_or_at_least_the_moq_in_whole_packs_and_none_above_the_trigger(
    key, moq, pack, position, level
) -> None:
    rule, supply = policy(key), terms(3, moq=float(moq), pack=float(pack))
    chosen = rule.settings(demand(5.0), supply, level)
    wanted = rule.order(np.full(3, position), chosen)
    orders = rounded(wanted, supply.moq, supply.pack)
    assert np.all(orders >= wanted)
    assert np.all(orders % pack == 0)
    assert np.all((orders == 0) | (orders >= moq))
    assert np.all(orders[position > chosen.trigger] == 0)


@pytest.mark.parametrize("key", KEYS)
@given(position=st.floats(-50, 200))
@settings(max_examples=15, deadline=None)
def test_after_an_order_the_position_is_at_the_target_or_above_the_trigger(key, position) -> None:
    rule = policy(key)
    chosen = rule.settings(demand(5.0), terms(3), 0.9)
    after = position + rule.order(np.full(3, position), chosen)
    assert np.all((after > chosen.trigger) | np.isclose(after, chosen.target))


@pytest.mark.parametrize("key", KEYS)
def test_what_is_advised_is_what_is_simulated(key) -> None:
    n = 12
    many = poisson_paths(4.0, 100, n, 20)
    supply = terms(n, moq=7.0, pack=3.0)
    start = stock(n, on_hand=np.linspace(0, 60, n), on_order=np.arange(n) % 4, allocated=np.arange(n) % 3)
    rule = policy(key)
    played = case(many, terms=supply, opening=start, receipts=np.zeros((n, 20)), policy=rule)
    chosen = decided(rule, many.units[:, :, :4].sum(axis=2), supply, 0.9)
    first = trace(played, chosen)[:, :, 0, kernels.ORDER]
    advised = rounded(rule.order(start.position, chosen), supply.moq, supply.pack)
    assert np.array_equal(first, np.broadcast_to(advised, first.shape))
    assert 0 < (advised > 0).sum() < n


@pytest.mark.parametrize("key", KEYS)
def test_a_series_gets_the_same_settings_whoever_else_is_planned(key) -> None:
    outcomes, supply = demand(5.0), terms(3, review_period_days=[1.0, 7.0, 14.0])
    whole = decided(policy(key), outcomes, supply, np.array([0.8, 0.9, 0.95]))
    alone = decided(policy(key), outcomes[:, 1:2], terms(1, review_period_days=7.0), 0.9)
    assert whole.trigger[1] == alone.trigger[0]
    assert whole.target[1] == alone.target[0]


def test_the_fill_rate_policy_leaves_just_the_share_short_that_may_be_missed() -> None:
    outcomes = demand(5.0, 1)
    supply = terms(1, lead_time_days=3.0, review_period_days=1.0)
    chosen = policy("fill_rate_target").settings(outcomes, supply, 0.9)
    short = np.maximum(outcomes - chosen.trigger, 0).mean()
    assert short == pytest.approx(0.1 * outcomes.mean() / 4)


def test_order_up_to_is_the_quantile_of_demand_over_the_interval() -> None:
    chosen = policy("order_up_to").settings(np.array([[1.0], [2.0], [3.0], [10.0]]), terms(1), 0.75)
    assert (chosen.trigger[0], chosen.expected_demand[0], chosen.safety_stock[0]) == (3.0, 4.0, -1.0)


def test_a_fixed_lot_is_ordered_as_often_as_the_position_needs() -> None:
    rule = policy("reorder_point_quantity")
    steady = paths(np.full((1, 1, 4), 2.0)).units.sum(axis=2)
    chosen = rule.settings(steady, terms(1, order_cost=0.0, pack=5.0), 0.9)
    assert rule.order(np.array([9.0, 8.0, 3.0, -2.0]), chosen).tolist() == [0.0, 5.0, 10.0, 15.0]
