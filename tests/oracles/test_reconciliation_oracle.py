"""Reconciliation against the textbook formula with full matrices, and its shrinkage pair by pair."""

import itertools

import numpy as np
import pytest

from core.models import reconciliation
from core.series.hierarchy_levels import hierarchy_of

RNG = np.random.default_rng(5)
GROUPS = {
    "total": np.full(12, "all"),
    "category": np.array(list("aabbbbccccca")),
    "location": np.array(list("xyxyxyxyxyxy")),
}
SHOP = hierarchy_of(GROUPS)
ERRORS = RNG.normal(0, 3, (9, SHOP.n_groups + 12)) + RNG.normal(0, 2, (9, 1))


def summing() -> np.ndarray:
    rows = [[name == group for name in names] for names in GROUPS.values() for group in sorted(set(names))]
    return np.concatenate([np.array(rows, float), np.eye(12)])


def covariance(method: str) -> np.ndarray:
    if method == reconciliation.STRUCTURAL:
        return np.diag(summing().sum(axis=1))
    cov = ERRORS.T @ ERRORS / len(ERRORS)
    if method == reconciliation.VARIANCE:
        return np.diag(np.diag(cov))
    shrunk = shrinkage_by_pairs()
    return shrunk * np.diag(np.diag(cov)) + (1 - shrunk) * cov


def shrinkage_by_pairs() -> float:
    x = ERRORS / np.sqrt(np.square(ERRORS).mean(axis=0))
    n, above, below = len(x), 0.0, 0.0
    for i, j in itertools.permutations(range(x.shape[1]), 2):
        product = x[:, i] * x[:, j]
        above += np.square(product - product.mean()).sum() / (n * (n - 1))
        below += product.mean() ** 2
    return min(above / below, 1.0)


@pytest.mark.parametrize("method", [reconciliation.STRUCTURAL, reconciliation.VARIANCE, reconciliation.MINT])
def test_the_quick_form_equals_the_textbook_formula(method) -> None:
    s, inverse = summing(), np.linalg.inv(covariance(method))
    series = RNG.uniform(20, 30, (12, 3))
    base = s @ series * RNG.uniform(0.97, 1.03, (SHOP.n_groups + 12, 1))
    expected = np.linalg.solve(s.T @ inverse @ s, s.T @ inverse @ base)
    assert (expected > 0).all()
    found = reconciliation.reconciled(base, SHOP, reconciliation.weights_of(method, SHOP, ERRORS))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_shrinkage_without_pairs_equals_shrinkage_pair_by_pair() -> None:
    standard = ERRORS / np.sqrt(np.square(ERRORS).mean(axis=0))
    assert 0.05 < shrinkage_by_pairs() < 0.95
    assert reconciliation.shrinkage(standard) == pytest.approx(shrinkage_by_pairs(), rel=1e-12)


def test_sums_and_their_reverse_equal_the_summing_matrix() -> None:
    s, values, weights = summing()[:6], RNG.normal(size=(12, 2)), RNG.uniform(1, 2, 12)
    np.testing.assert_allclose(SHOP.sums(values), s @ values)
    np.testing.assert_allclose(SHOP.spread(values[:6]), s.T @ values[:6])
    np.testing.assert_allclose(SHOP.cross(weights), s @ np.diag(weights) @ s.T)
