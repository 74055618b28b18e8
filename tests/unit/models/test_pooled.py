"""Least squares for many series against one at a time, and the sampling of training rows."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.pooled import Design, Groups, Prior, ridge, training_rows
from core.series.features import feature_source
from core.series.panel import from_dense


def test_batched_ridge_agrees_with_one_series_at_a_time():
    rng = np.random.default_rng(1)
    shared, own = rng.normal(size=(40, 3)), (rng.normal(size=(5, 40)), rng.normal(size=(5, 40)))
    target, weights = rng.normal(size=(5, 40)), rng.random((5, 40))
    noise, precision = rng.random(5), np.diag([0.1, 0.2, 0.3, 0.4, 0.5])
    found = ridge(Design(("a", "b", "c", "d", "e"), shared, own), target, weights, Prior(noise, precision))
    for i in range(5):
        cells = np.column_stack([shared, own[0][i], own[1][i]])
        normal = cells.T @ np.diag(weights[i]) @ cells + noise[i] * precision
        assert np.allclose(found[i], np.linalg.inv(normal) @ cells.T @ (weights[i] * target[i]))


def test_effects_are_columns_times_coefficients():
    design = Design(("a", "b"), np.array([[1.0], [2.0]]), (np.array([[10.0, 20.0], [30.0, 40.0]]),))
    found = design.effects(np.array([[1.0, 0.5], [2.0, 0.1]]))
    assert found.tolist() == [[6.0, 12.0], [5.0, 8.0]]


def test_a_part_of_a_design_keeps_its_columns():
    design = Design(("a", "b"), np.arange(4.0)[:, None], (np.arange(8.0).reshape(2, 4),))
    part = design.between(1, 3).of_series(slice(1, 2))
    assert part.shared.tolist() == [[1.0], [2.0]]
    assert part.own[0].tolist() == [[5.0, 6.0]]


def rows_of(values, seed=1, n_rows=2_000):
    panel = from_dense(values, regular(Frequency.DAY, "2023-01-02", values.shape[1]), ["a", "b"])
    return training_rows(feature_source(panel, 0), 20, n_rows, seed)


def test_training_rows_of_a_constant_panel_all_ask_for_its_level():
    rows = rows_of(np.array([[4.0] * 100, [9.0] * 100]))
    assert len(rows.target) > 1_500
    assert np.allclose(rows.target, 1.0)


def test_a_series_that_never_sold_teaches_nothing():
    rows = rows_of(np.stack([np.zeros(100), np.ones(100)]))
    assert set(rows.series.tolist()) == {1}


def test_a_sale_after_almost_nothing_weighs_almost_nothing():
    values = np.ones((2, 100))
    values[0, :80], values[0, 80:] = 0.001, 1_000.0
    rows = rows_of(values)
    wild = rows.target > 1_000
    assert wild.any()
    assert rows.weight[wild].max() < 1e-6
    assert np.allclose(rows.weight[rows.series == 1], 1.0)


def test_the_same_seed_draws_the_same_rows():
    values = np.random.default_rng(1).poisson(4.0, (2, 100)).astype(float)
    assert np.array_equal(rows_of(values).features, rows_of(values).features)
    assert not np.array_equal(rows_of(values).features[:50], rows_of(values, seed=2).features[:50])


EVERYWHERE = np.array([[[-10.0], [-10.0]], [[10.0], [10.0]]])


def test_a_row_outside_what_was_seen_is_brought_to_its_edge():
    groups = Groups(np.array([0]), np.array([[1.0]]), np.array([0.0]), np.array([[[1.0]], [[3.0]]]))
    assert groups.ratios(np.array([0, 0]), np.array([[2.0], [50.0]])).tolist() == [2.0, 3.0]


def test_each_row_is_answered_by_its_series_group():
    groups = Groups(np.array([0, 1]), np.array([[1.0], [3.0]]), np.array([0.0, 0.5]), EVERYWHERE)
    found = groups.ratios(np.array([0, 1, 1]), np.array([[2.0], [2.0], [-9.0]]))
    assert found.tolist() == pytest.approx([2.0, 6.5, 0.0])
