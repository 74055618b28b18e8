"""Trees grown by the kernel agree with an obvious twin that tries every split of every leaf anew."""

import numpy as np
import pytest

from core.models.pooled_growing import Binned, Growing

PULL, LEAST = 2.0, 10


def data(n_rows=300, seed=1):
    rng = np.random.default_rng(seed)
    features = np.column_stack(
        [rng.integers(-12, 13, n_rows) / 10, rng.integers(0, 3, n_rows), rng.random(n_rows) > 0.9]
    )
    target = np.where(features[:, 0] > 0.3, 4.0, 1.0) + features[:, 2] * features[:, 1] + rng.random(n_rows)
    return features.astype(float), target, rng.uniform(0.5, 2.0, n_rows)


def value(rows, slopes, curves):
    return slopes[rows].sum() ** 2 / (curves[rows].sum() + PULL)


def splits(rows, features, slopes, curves):
    """Gain, left and right rows of every allowed split of a leaf."""
    for column in features.T:
        for cut in np.unique(column[rows])[:-1]:
            left, right = rows[column[rows] <= cut], rows[column[rows] > cut]
            if min(len(left), len(right)) >= LEAST:
                gain = value(left, slopes, curves) + value(right, slopes, curves) - value(rows, slopes, curves)
                if gain > 0:
                    yield gain, left, right


def slow_tree(features, slopes, curves, leaves):
    """What one tree answers to each of its rows."""
    grown = [np.arange(len(features))]
    while len(grown) < leaves:
        found = [
            (*split, place) for place, rows in enumerate(grown) for split in splits(rows, features, slopes, curves)
        ]
        if not found:
            break
        _gain, left, right, place = max(found, key=lambda each: each[0])
        grown[place : place + 1] = [left, right]
    answers = np.empty(len(features))
    for rows in grown:
        answers[rows] = -slopes[rows].sum() / (curves[rows].sum() + PULL)
    return answers


def slow(features, target, weight, growing):
    counts = growing.loss == "poisson"
    mean = np.average(target, weights=weight)
    said = np.full(len(target), np.log(mean) if counts else mean)
    for _ in range(growing.rounds):
        expected = np.exp(said) if counts else said
        curves = weight * expected if counts else weight
        said = said + growing.rate * slow_tree(features, weight * (expected - target), curves, growing.leaves)
    return np.exp(said) if counts else said


@pytest.mark.parametrize("loss", ["squared", "poisson"])
def test_trees_are_those_of_the_twin(loss):
    features, target, weight = data()
    growing = Growing(rounds=4, rate=0.5, leaves=6, least_rows=LEAST, shrinkage=PULL, loss=loss)
    grown = growing.grow(Binned.of(features), target, weight, seed=1)
    np.testing.assert_allclose(grown.expected(features), slow(features, target, weight, growing), rtol=1e-4)


def test_a_leaf_keeps_the_rows_it_must_have():
    features, target, weight = data()
    growing = Growing(leaves=300, least_rows=40, shrinkage=0.0)
    said = growing.grow(Binned.of(features), target, weight, seed=1).expected(features)
    assert np.unique(said.round(9), return_counts=True)[1].min() >= 40


@pytest.mark.parametrize("share", ["columns", "tree_columns"])
def test_trees_that_may_not_ask_about_everything_differ_and_repeat_with_the_seed(share):
    features, target, weight = data()
    rows, growing = Binned.of(features), Growing(rounds=3, leaves=8, least_rows=5, **{share: 0.5})
    first, again, other, free = (
        each.grow(rows, target, weight, seed).expected(features)
        for each, seed in ((growing, 1), (growing, 1), (growing, 2), (Growing(rounds=3, leaves=8, least_rows=5), 1))
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first != free).any()


def test_an_answer_does_not_depend_on_the_other_rows_asked_about():
    features, target, weight = data()
    grown = Growing(rounds=5, leaves=8, least_rows=5).grow(Binned.of(features), target, weight, seed=1)
    np.testing.assert_array_equal(grown.expected(features)[137:140], grown.expected(features[137:140]))
