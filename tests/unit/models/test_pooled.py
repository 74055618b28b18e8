"""Rows that teach one model for all series, the smoothing beneath them, and step-by-step forecasts."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.pooled_fit import PooledDemand, least_error
from core.models.pooled_growing import Binned, Growing
from core.models.pooled_lines import Line, Moments, Standard
from core.models.pooled_recursion import recursive_mean, with_room
from core.models.pooled_rows import Rows, RowSource, Smoothing, draw_rows, without_outliers
from core.models.pooled_trees import Growth
from core.series.features import FeatureSettings
from core.series.panel import from_dense


def panel_of(values, **parts):
    names = [f"s{i}" for i in range(len(values))]
    return from_dense(values, regular(Frequency.DAY, "2023-01-02", values.shape[1]), names, **parts)


def source_of(values, n_ahead=0, settings=None):
    panel = panel_of(values)
    return RowSource.of(panel, n_ahead, settings or FeatureSettings(), Smoothing.of(panel))


def rows_of(values, seed=1, n_rows=2_000):
    return draw_rows(source_of(values), 20, n_rows, seed)


def made_rows(features, residual, weight=None):
    n_rows = len(residual)
    wide = np.column_stack([features, np.ones(n_rows)])
    number = np.arange(n_rows)
    weights = np.ones(n_rows) if weight is None else weight
    return Rows(np.zeros(n_rows, int), number, number, wide, residual + 1.0, weights)


def test_smoothing_misses_nothing_of_a_constant_panel():
    rows = rows_of(np.array([[4.0] * 100, [9.0] * 100]))
    assert len(rows.target) > 1_500
    assert np.allclose(rows.ratio, 1.0)
    assert np.allclose(rows.residual, 0.0)


def test_a_series_that_never_sold_teaches_nothing():
    assert set(rows_of(np.stack([np.zeros(100), np.ones(100)])).series.tolist()) == {1}


def test_a_sale_after_almost_nothing_weighs_almost_nothing():
    values = np.ones((2, 100))
    values[0, :80], values[0, 80:] = 0.001, 1_000.0
    rows = rows_of(values)
    before = (rows.series == 0) & (rows.origin <= 80)
    assert before.any()
    assert rows.weight[before].max() < 1e-6
    assert np.allclose(rows.weight[rows.series == 1], 1.0)


def test_the_same_seed_draws_the_same_rows():
    values = np.random.default_rng(1).poisson(4.0, (2, 100)).astype(float)
    assert np.array_equal(rows_of(values).features, rows_of(values).features)
    assert not np.array_equal(rows_of(values).features[:50], rows_of(values, seed=2).features[:50])


def test_later_rows_look_ahead_from_a_date_at_which_the_earlier_ones_were_known():
    earlier, later = rows_of(np.random.default_rng(1).poisson(4.0, (2, 100)).astype(float)).earlier_and_later()
    assert min(len(earlier.target), len(later.target)) > 100
    # an origin is a number of periods known: the first unknown position
    assert earlier.target.max() < later.origin.min()


def test_too_few_rows_judge_nothing():
    earlier, later = rows_of(np.ones((1, 100)), n_rows=40).earlier_and_later()
    assert len(earlier.target) > 30
    assert len(later.target) == 0


def test_targets_are_brought_down_to_what_nearly_all_the_weight_stays_below():
    target = np.concatenate([np.full(999, 2.0), [500.0]])
    assert without_outliers(target, np.ones(1000)).max() == 2.0


def test_rare_sales_are_no_outliers():
    target = np.concatenate([np.zeros(999), [3.0]])
    np.testing.assert_array_equal(without_outliers(target, np.ones(1000)), target)


def test_a_target_that_weighs_nothing_sets_no_bound():
    np.testing.assert_array_equal(without_outliers(np.array([1.0, 1.0, 9.0]), np.array([1.0, 1.0, 0.0])), [1.0] * 3)


def test_the_first_of_equally_good_models_is_taken_and_a_better_one_preferred():
    rows = made_rows(np.zeros((4, 1)), np.array([1.0, 1.0, 1.0, 1.0]))
    none, right = (Line(Standard.of(rows), np.zeros(2), answer) for answer in (0.0, 1.0))
    assert least_error([none, none], rows) == 0
    assert least_error([none, right], rows) == 1


def test_a_row_outside_what_was_seen_is_brought_to_its_edge():
    rows = made_rows(np.array([[1.0], [3.0]]), np.array([10.0, 30.0]))
    standard = Standard.of(rows)
    moments = Moments.of(standard(rows.features), rows.residual, rows.weight)
    line = Line.through(standard, moments, moments.ridge(1e-9))
    assert line.expected(np.array([[2.0, 1.0], [50.0, 1.0]])).tolist() == pytest.approx([20.0, 30.0])


def test_least_squares_from_sums_agrees_with_one_from_rows():
    rng = np.random.default_rng(1)
    columns, target, weight = rng.normal(size=(50, 4)), rng.normal(size=50), rng.random(50)
    moments = Moments.of(columns, target, weight)
    centred = columns - np.average(columns, axis=0, weights=weight)
    left = (centred * weight[:, None]).T @ centred / weight.sum() + 0.1 * np.eye(4)
    right = (centred * weight[:, None]).T @ (target - np.average(target, weights=weight)) / weight.sum()
    np.testing.assert_allclose(moments.ridge(0.1), np.linalg.solve(left, right), rtol=1e-9)


def test_the_elastic_net_meets_the_conditions_of_its_minimum():
    rng = np.random.default_rng(2)
    columns = rng.normal(size=(200, 5))
    moments = Moments.of(columns, columns @ np.array([1.0, 0.0, 0.02, -0.5, 0.0]), np.ones(200))
    found = moments.elastic_net(0.1, 0.7)
    slope = moments.answers - moments.products @ found - 0.1 * 0.3 * found
    inside = found != 0
    # where a coefficient is 0 the slope is within the penalty, elsewhere it equals it (Zou and Hastie 2005)
    np.testing.assert_allclose(slope[inside], 0.07 * np.sign(found[inside]), atol=1e-5)
    assert (np.abs(slope[~inside]) <= 0.07).all()
    assert 0 < inside.sum() < 5


def test_bins_keep_the_order_of_values_and_are_few():
    values = np.random.default_rng(1).lognormal(size=(5_000, 1))
    found = Binned.of(values).codes[:, 0].astype(int)
    assert 30 < len(np.unique(found)) <= 64
    assert (np.diff(found[np.argsort(values[:, 0])]) >= 0).all()


def test_rare_values_are_told_apart_where_nearly_all_are_zero():
    values = np.zeros((10_000, 1))
    values[:4, 0] = -0.5, -0.3, 0.2, 0.4
    assert Binned.of(values).codes[:5, 0].tolist() == [0, 1, 3, 4, 2]


def test_a_tree_splits_values_where_it_split_their_bins():
    feature = np.random.default_rng(1).random((4_000, 1))
    rows = made_rows(feature, np.where(feature[:, 0] > 0.5, 1.0, -1.0))
    found = Growth(Growing(leaves=2, shrinkage=0.0)).learn(rows, 1).expected(np.array([[0.48, 1.0], [0.52, 1.0]]))
    assert found.tolist() == pytest.approx([-1.0, 1.0], abs=0.05)


def test_trees_for_counts_multiply_what_smoothing_expects():
    rng = np.random.default_rng(1)
    usual, switch = rng.uniform(0.5, 2.0, 4_000), rng.integers(0, 2, 4_000)
    features = np.column_stack([switch, usual])
    number = np.arange(4_000)
    rows = Rows(number * 0, number, number, features, usual * (1.0 + switch), np.ones(4_000))
    learned = Growth(Growing(rounds=60, rate=0.2, leaves=4, loss="poisson", shrinkage=0.0)).learn(rows, 1)
    assert learned.expected(np.array([[1.0, 0.6], [1.0, 1.8], [0.0, 1.8]])).tolist() == pytest.approx(
        [0.6, 1.8, 0.0], abs=0.05
    )


def test_step_by_step_nothing_added_repeats_what_smoothing_says():
    values = np.random.default_rng(3).poisson(9.0, (4, 120)).astype(float)
    source, origins = source_of(values, 7), np.array([120, 60])
    found = recursive_mean(source, lambda series, _rows: np.zeros(len(series)), origins, 7)
    wide = np.arange(4)[None, :, None]
    expected = source.baseline.at(wide, origins[:, None, None], np.arange(1, 8)[None, None, :])
    np.testing.assert_allclose(found, expected)


def test_step_by_step_the_next_step_reads_the_forecast_of_the_one_before():
    values, last = np.full((1, 120), 10.0), []
    source = source_of(values, 3)

    def add(series, rows):
        last.append(rows[0, source.names.index("mean_7")])
        return np.ones(len(series))

    found = recursive_mean(source, add, np.array([120]), 3)
    assert found[0, 0, 0] == pytest.approx(20.0)
    assert last[0] == pytest.approx(1.0)
    assert last[1] > 1.0


def test_step_by_step_what_is_added_does_not_grow_with_what_was_added():
    values = np.full((1, 120), 10.0)
    found = recursive_mean(source_of(values, 60), lambda series, _rows: np.ones(len(series)), np.array([120]), 60)[0, 0]
    assert found[0] == pytest.approx(20.0)
    # each step adds at most four times the level at the origin to what smoothing says, which follows: a line at most
    assert (np.diff(found) <= 40.0 + 1e-9).all()


def test_step_by_step_an_older_origin_does_not_read_a_newer_forecast():
    values = np.random.default_rng(3).poisson(9.0, (2, 120)).astype(float)
    together = recursive_mean(source_of(values, 7), lambda _series, rows: rows[:, 2], np.array([60, 120]), 7)
    alone = recursive_mean(source_of(values, 7), lambda _series, rows: rows[:, 2], np.array([60]), 7)
    np.testing.assert_array_equal(together[0], alone[0])


def test_room_for_forecasts_leaves_the_history_as_it_was():
    history = source_of(np.ones((1, 50)), 5).features.history
    roomy = with_room(history)
    roomy.observed[0, :] = 7.0
    assert roomy.observed.shape == (1, 55)
    assert (history.observed == 1.0).all()


def test_a_group_without_a_model_is_left_to_smoothing():
    panel = panel_of(np.random.default_rng(3).poisson(9.0, (3, 120)).astype(float))
    learned = Smoothing.of(panel)
    rows = draw_rows(RowSource.of(panel, 0, FeatureSettings(), learned), 7, 500, 1)
    model = Line(Standard.of(rows), np.zeros(rows.features.shape[1]), 0.5)
    demand = PooledDemand(panel, FeatureSettings(), learned, np.array([0, 1, 1]), {0: model})
    source = RowSource.of(panel, 7, FeatureSettings(), learned)
    usual = source.baseline.at(np.arange(3)[:, None], np.array([120]), np.arange(1, 8)[None, :])
    level = source.features.level(np.arange(3), np.array([120, 120, 120]))
    found = demand.mean_at(np.array([120]), 7)[0]
    np.testing.assert_allclose(found[1:], usual[1:])
    np.testing.assert_allclose(found[0], usual[0] + 0.5 * level[0])
