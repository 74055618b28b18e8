"""Laws of the simulation over random supplies."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.inventory.registry import POLICIES, policy
from core.simulate import kernels
from core.simulate.simulation import simulate, trace
from tests.supply import case, poisson_paths, stock, terms

HORIZON = 80


@st.composite
def cases(draw):
    n = draw(st.integers(1, 3))
    numbers = st.floats(0, 40, allow_nan=False)
    supply = terms(
        n, lead_time_days=draw(st.floats(0, 12)), lead_time_sd_days=draw(st.floats(0, 4)),
        review_period_days=draw(st.floats(0.5, 14)), moq=draw(st.integers(0, 30)), pack=draw(st.integers(1, 12)),
    )  # fmt: skip
    receipts = np.zeros((n, HORIZON))
    receipts[:, draw(st.integers(0, HORIZON - 1))] = draw(st.integers(0, 20))
    return case(
        poisson_paths(draw(st.floats(0.05, 6)), 20, n, HORIZON, seed=draw(st.integers(0, 99))), terms=supply,
        opening=stock(n, on_hand=draw(st.floats(-20, 40)), on_order=receipts.sum(axis=1), allocated=draw(numbers)),
        receipts=receipts, policy=policy(draw(st.sampled_from(sorted(POLICIES)))),
        service_level=draw(st.floats(0.5, 0.99)), options={"lost_sales": draw(st.booleans())},
    )  # fmt: skip


@given(cases())
@settings(max_examples=25, deadline=None)
def test_stock_is_neither_made_nor_lost_in_any_period(played) -> None:
    periods = trace(played)
    opening, received = periods[..., kernels.OPENING], periods[..., kernels.INCOMING]
    sold, closing = periods[..., kernels.SOLD], periods[..., kernels.CLOSING]
    assert np.allclose(opening + received - sold - closing, 0.0, atol=1e-9)
    assert np.all(opening[..., 1:] == closing[..., :-1])
    assert np.all(closing >= 0)
    assert np.all(periods[..., kernels.BACKLOG] >= 0)


@given(cases())
@settings(max_examples=25, deadline=None)
def test_everything_demanded_is_delivered_lost_or_owed(played) -> None:
    periods = trace(played)
    demanded, sold = periods[..., kernels.DEMAND].sum(axis=2), periods[..., kernels.SOLD].sum(axis=2)
    owed = periods[..., -1, kernels.BACKLOG]
    promised = played.opening.allocated + np.maximum(-played.opening.on_hand, 0.0)
    missing = promised[None, :] + demanded - sold - owed
    assert np.all(missing >= -1e-6)
    if not played.options.lost_sales:
        assert np.allclose(missing, 0.0, atol=1e-6)


@given(cases())
@settings(max_examples=25, deadline=None)
def test_the_same_seed_plays_the_same_game_whoever_takes_part(played) -> None:
    last = np.array([len(played.paths) - 1])
    one = case(
        played.paths.take(last), terms=terms(1, **{
            name: getattr(played.terms, name)[last]
            for name in ("lead_time_days", "lead_time_sd_days", "review_period_days", "moq", "pack")
        }),
        opening=stock(1, played.opening.on_hand[last], played.opening.on_order[last], played.opening.allocated[last]),
        receipts=played.receipts[last], policy=played.policy, service_level=played.service_level,
        options={"lost_sales": played.options.lost_sales},
    )  # fmt: skip
    assert np.array_equal(trace(played)[:, last], trace(one))


@given(st.integers(0, 50))
@settings(max_examples=10, deadline=None)
def test_more_demand_on_the_same_stock_never_serves_a_larger_share(seed) -> None:
    demand = poisson_paths(3.0, 50, 1, 30, seed=seed)
    more = type(demand)(demand.units * 2, demand.skus, demand.locations, demand.periods)
    start = stock(1, on_hand=60)
    nothing = terms(1, lead_time_days=29.0)
    few, many = (simulate(case(paths, opening=start, terms=nothing)) for paths in (demand, more))
    assert many.fill_rate.total <= few.fill_rate.total


def test_demand_that_nobody_could_meet_is_not_met() -> None:
    flood = poisson_paths(1e6, 20, 1, 20)
    result = simulate(case(flood, opening=stock(1, on_hand=10), terms=terms(1, lead_time_days=18.0)))
    assert result.fill_rate.total < 0.11
