"""Ridge regressions of many series at once: each equals the one solved alone."""

import numpy as np
import pytest

from core.models.calendar_ridge import Design, Target, ridge


def alone(columns, target, weights, noise, precision):
    """The textbook solution of one series; columns: shape (n_periods, n_columns)."""
    weighted = columns * weights[:, None]
    return np.linalg.solve(weighted.T @ columns + noise * precision, weighted.T @ target)


def problem(n_series=7, n_periods=40, own=2, same=False):
    rng = np.random.default_rng(1)
    shared = rng.normal(size=(n_periods, 3))
    tables = tuple(rng.normal(size=(n_series, n_periods)) for _ in range(own))
    design = Design(tuple("abc") + tuple(f"own {k}" for k in range(own)), shared, tables)
    weights = np.ones((n_series, n_periods)) if same else (rng.random((n_series, n_periods)) < 0.8).astype(float)
    precision = np.diag(np.arange(1.0, 4.0 + own))
    # noise is rounded to tenths of its logarithm; these are such tenths
    noise = np.exp(0.1 * rng.integers(-20, 5, n_series))
    target = Target(rng.normal(size=(n_series, n_periods)) * (weights > 0), noise, precision)
    return design, target, weights


@pytest.mark.parametrize(("own", "same"), [(2, False), (0, False), (0, True)])
def test_every_series_is_solved_as_if_alone(own, same):
    design, target, weights = problem(own=own, same=same)
    found = ridge(design, (target,), weights)[0]
    for i in range(len(weights)):
        columns = np.column_stack([design.shared, *(table[i] for table in design.own)])
        expected = alone(columns, target.values[i], weights[i], target.noise[i], target.precision)
        np.testing.assert_allclose(found[i], expected, rtol=1e-9)


def test_series_with_the_same_gaps_share_their_equations_and_keep_their_own_targets():
    design, target, weights = problem(n_series=60, own=0, same=True)
    found = ridge(design, (target,), weights)[0]
    each = zip(target.values, weights, target.noise, strict=True)
    expected = [alone(design.shared, *one, target.precision) for one in each]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_several_targets_are_answered_from_the_same_sums():
    design, target, weights = problem()
    other = Target(-target.values, target.noise * np.exp(1.0), 2 * target.precision)
    together = ridge(design, (target, other), weights)
    np.testing.assert_allclose(together[0], ridge(design, (target,), weights)[0], rtol=1e-12)
    np.testing.assert_allclose(together[1], ridge(design, (other,), weights)[0], rtol=1e-12)


def test_effects_add_up_shared_and_own_columns():
    design = Design(("a", "own"), np.array([[1.0], [2.0]]), (np.array([[10.0, 20.0]]),))
    np.testing.assert_allclose(design.effects(np.array([[3.0, 0.5]])), [[8.0, 16.0]])
