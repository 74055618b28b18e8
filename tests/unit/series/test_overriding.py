"""Changes by hand: sums to the unit, shares kept, uncertainty moved with them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.series.overriding import (
    BELOW_ZERO,
    GRID,
    NOT_ON_SALE,
    NOTHING_THERE,
    Change,
    Changed,
    changed,
    changed_paths,
    changed_quantiles,
    poisson_quantiles,
    rounded,
)

units = st.integers(0, 2**24).map(lambda number: number * GRID * 97)


@st.composite
def shops(draw: st.DrawFn) -> tuple[np.ndarray, Change]:
    """Expected units of some series and periods, and a change of a part of them."""
    n, horizon = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    base = np.array(draw(st.lists(units, min_size=n * horizon, max_size=n * horizon))).reshape(n, horizon)
    rows = sorted(draw(st.sets(st.integers(0, n - 1), min_size=1)))
    columns = sorted(draw(st.sets(st.integers(0, horizon - 1), min_size=1)))
    kind = draw(st.sampled_from(["percent", "units", "set"]))
    value = draw(st.floats(0, 1e4) if kind == "set" else st.floats(-90, 300))
    return base, Change(np.array(rows), np.array(columns), kind, value)


def names(base: np.ndarray) -> list[str]:
    return [f"S{row}@main" for row in range(len(base))]


def change(rows: list[int], columns: list[int], kind: str, value: float) -> Change:
    return Change(np.array(rows), np.array(columns), kind, value)


@given(shops())
def test_the_sum_is_exactly_the_one_said_and_all_else_stays(case: tuple[np.ndarray, Change]) -> None:
    base, wanted = case
    moved = changed(base, [wanted], names(base))
    inside = np.zeros(base.shape, bool)
    inside[np.ix_(wanted.rows, wanted.columns)] = True
    assert np.array_equal(moved.means[~inside], base[~inside])
    if moved.steps[0].problem:
        assert np.array_equal(moved.means, base)
        return
    before = base[inside].sum()
    target = {"percent": before * (1 + wanted.value / 100), "units": before + wanted.value, "set": wanted.value}
    assert moved.means[inside].sum() == np.round(target[wanted.kind] / GRID) * GRID
    assert moved.means.min() >= 0


@given(shops(), st.randoms())
def test_the_order_of_the_members_does_not_matter(case: tuple[np.ndarray, Change], random) -> None:
    base, wanted = case
    order = np.array(random.sample(range(len(base)), len(base)))
    place = np.argsort(order)
    other = Change(place[wanted.rows], wanted.columns, wanted.kind, wanted.value)
    shuffled = changed(base[order], [other], [names(base)[row] for row in order])
    assert np.array_equal(shuffled.means[place], changed(base, [wanted], names(base)).means)


@given(shops(), st.floats(-80, 400))
def test_a_percentage_and_its_inverse_cancel(case: tuple[np.ndarray, Change], percent: float) -> None:
    base, part = case
    there = Change(part.rows, part.columns, "percent", percent)
    back = Change(part.rows, part.columns, "percent", 100 / (1 + percent / 100) - 100)
    assert changed(base, [there, back], names(base)).means == pytest.approx(base, abs=8 * GRID)


@given(st.lists(units, min_size=1, max_size=9).filter(any), st.floats(0, 1e6))
def test_rounding_moves_no_share_by_more_than_the_grid(shares: list[float], total: float) -> None:
    found = rounded(np.array(shares), total)
    assert np.abs(found - np.array(shares) * (total / sum(shares))).max() <= 2 * GRID
    assert not found[np.array(shares) == 0].any()


def test_each_change_builds_on_what_the_former_left() -> None:
    base = np.array([[10.0, 10.0], [30.0, 10.0]])
    moved = changed(base, [change([0, 1], [0], "percent", 50), change([0], [0], "units", 5)], names(base))
    assert moved.means.tolist() == [[20.0, 10.0], [45.0, 10.0]]
    assert [(step.before.tolist(), step.after.tolist()) for step in moved.steps] == [([40.0], [60.0]), ([15.0], [20.0])]


def test_what_was_set_to_nothing_comes_back_in_its_old_shares() -> None:
    base = np.array([[1.0, 3.0]])
    moved = changed(base, [change([0], [0, 1], "set", 0), change([0], [0, 1], "set", 8)], names(base))
    assert moved.means.tolist() == [[2.0, 6.0]]
    assert moved.factors.tolist() == [[2.0, 2.0]]


def test_a_single_series_of_which_nothing_is_expected_takes_units_evenly_while_on_sale() -> None:
    wanted = Change(np.array([0]), np.arange(3), "units", 6.0, np.array([[1.0, 0.5, 0.0]]))
    moved = changed(np.zeros((1, 3)), [wanted], ["A@main"])
    assert moved.means[0] == pytest.approx([4.0, 2.0, 0.0], abs=GRID)
    assert moved.rates[0] == pytest.approx([4.0, 2.0, 0.0], abs=GRID)


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (change([0, 1], [0], "set", 5), NOTHING_THERE),
        (change([0], [0], "percent", 5), NOTHING_THERE),
        (change([1], [1], "units", -3), BELOW_ZERO),
        (Change(np.array([0]), np.array([0]), "set", 5.0, np.zeros((1, 1))), NOT_ON_SALE),
    ],
)
def test_what_cannot_be_is_not_done_and_said(wanted: Change, problem: str) -> None:
    base = np.array([[0.0, 1.0], [0.0, 2.0]])
    moved = changed(base, [wanted], names(base))
    assert moved.steps[0].problem == problem
    assert np.array_equal(moved.means, base)
    assert not moved.touched.any()


def test_paths_that_expect_other_units_than_the_forecast_are_moved_to_the_number_said() -> None:
    base, own = np.array([[4.0, 4.0]]), np.array([[1.0, 3.0]])
    assert changed(base, [change([0], [0, 1], "set", 8)], names(base), own).factors.tolist() == [[2.0, 2.0]]
    assert changed(base, [change([0], [0, 1], "units", 2)], names(base), own).factors.tolist() == [[1.5, 1.5]]
    assert changed(base, [change([0], [0, 1], "percent", 25)], names(base), own).factors.tolist() == [[1.25, 1.25]]


def test_a_change_after_one_that_drew_anew_changes_what_is_drawn() -> None:
    two = [change([0], [0, 1], "set", 4), change([0], [0, 1], "percent", 50)]
    moved = changed(np.zeros((1, 2)), two, ["A@main"])
    assert (moved.rates.tolist(), moved.factors.tolist()) == ([[3.0, 3.0]], [[1.0, 1.0]])


def test_what_hardly_sells_is_drawn_anew_where_much_more_is_said() -> None:
    base = np.array([[0.2, 0.2], [4.0, 4.0]])
    much = changed(base, [change([0, 1], [0, 1], "percent", 900)], names(base))
    assert much.rates[0] == pytest.approx([2.0, 2.0])
    assert much.factors[1].tolist() == [10.0, 10.0]
    little = changed(base, [change([0, 1], [0, 1], "percent", 150)], names(base))
    assert little.factors.tolist() == [[2.5, 2.5], [2.5, 2.5]]
    drawn = ~np.isnan(much.rates[0])
    assert changed_quantiles(np.zeros((2, 1)), (base[0], much.means[0]), (0.5,), drawn).tolist() == [[2.0], [2.0]]


def scaled(factors: np.ndarray, rates: np.ndarray | None = None) -> Changed:
    return Changed(factors, (), factors, np.full(factors.shape, np.nan) if rates is None else rates)


def test_whole_paths_stay_whole_and_keep_their_sum() -> None:
    rng = np.random.default_rng(3)
    drawn = rng.poisson(0.7, (400, 3, 10)).astype(np.float32)
    factors = np.ones((3, 10))
    factors[:, 2:8] = 1.37
    found = changed_paths(drawn, scaled(factors), ["A@m", "B@m", "C@m"], np.ones(3, bool), 1)
    assert np.array_equal(found, np.floor(found))
    assert found.min() >= 0
    assert np.array_equal(found[:, :, [0, 1, 8, 9]], drawn[:, :, [0, 1, 8, 9]])
    sums = drawn[:, :, 2:8].sum(axis=2) * 1.37
    assert np.abs(found[:, :, 2:8].sum(axis=2) - sums).max() < 1.001
    assert found[:, :, 2:8].sum(axis=2).mean(axis=0) == pytest.approx(sums.mean(axis=0), abs=0.02)


def test_paths_of_parts_are_multiplied() -> None:
    drawn = np.full((2, 1, 2), 1.5)
    found = changed_paths(drawn, scaled(np.array([[1.0, 3.0]])), ["A@m"], np.zeros(1, bool), 1)
    assert found[:, 0].tolist() == [[1.5, 4.5], [1.5, 4.5]]


def test_paths_of_nothing_are_drawn_as_poisson_demand_and_the_same_again() -> None:
    rates = np.array([[np.nan, 6.0]])
    drawn = np.zeros((2_000, 1, 2))
    found = changed_paths(drawn, scaled(np.ones((1, 2)), rates), ["A@m"], np.ones(1, bool), 1)
    assert not found[:, 0, 0].any()
    assert found[:, 0, 1].mean() == pytest.approx(6.0, abs=0.2)
    assert found[:, 0, 1].var() == pytest.approx(6.0, abs=0.7)
    again = changed_paths(drawn, scaled(np.ones((1, 2)), rates), ["A@m"], np.ones(1, bool), 1)
    assert np.array_equal(found, again)


def test_quantiles_move_as_their_means_do() -> None:
    quantiles = np.array([[1.0, 4.0], [2.0, 6.0], [0.0, 0.0]])
    found = changed_quantiles(quantiles, (np.array([2.0, 4.0, 0.0]), np.array([3.0, 4.0, 3.0])), (0.1, 0.9))
    assert found.tolist() == [[1.5, 6.0], [2.0, 6.0], [1.0, 5.0]]


def test_poisson_quantiles_are_those_of_tables() -> None:
    # cumulative probabilities of Poisson(3): .050 .199 .423 .647 .815 .916 .966 .988
    assert poisson_quantiles(np.array([3.0]), (0.025, 0.25, 0.5, 0.9, 0.975)).tolist() == [[0.0, 2.0, 3.0, 5.0, 7.0]]
    assert poisson_quantiles(np.array([10_000.0]), (0.5, 0.975))[0] == pytest.approx([10_000, 10_196], abs=1)
