"""LSTM: what it learns, what it keeps, and how windows are cut."""

import pickle

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.library.lstm import Lstm, TrainedNetwork, build_network, log_ratios_of
from core.models.networks import WindowShape, WindowSource, mean_of_network
from core.series.features import feature_source
from core.series.panel import from_dense

SMALL = {"units": 8, "max_epochs": 4, "windows_per_epoch": 3_072, "learning_rate": 0.01}


def daily(values, **more):
    calendar = regular(Frequency.DAY, "2023-01-02", values.shape[1])
    return from_dense(values, calendar, [f"s{i}" for i in range(len(values))], **more)


def windows_of(panel, n_ahead=0, context=4, horizon=2):
    return WindowSource(feature_source(panel, n_ahead), WindowShape(context, horizon))


def test_a_window_holds_the_past_and_the_target_over_the_level():
    source = windows_of(daily(np.arange(1.0, 41.0)[None, :]))
    found = source.windows(np.array([0]), np.array([30]))
    level = source.source.level(np.array([0]), np.array([30]))[0]
    assert (found.past[0, :, 0] * level).tolist() == pytest.approx([27, 28, 29, 30])
    assert (found.target[0] * level).tolist() == pytest.approx([31, 32])


def test_out_of_stock_days_are_masked_in_past_and_target():
    values, censored = np.full((1, 40), 5.0), np.zeros((1, 40), bool)
    censored[0, [28, 30]] = True
    found = windows_of(daily(values, censored=censored)).windows(np.array([0]), np.array([30]))
    assert found.past[0, :, 1].tolist() == [1, 1, 0, 1]
    assert found.weight[0].tolist() == [0, 1]


def test_what_comes_after_the_origin_cannot_change_the_past():
    values = np.random.default_rng(1).poisson(5.0, (1, 40)).astype(float)
    changed = values.copy()
    changed[0, 30:] = 999.0
    first, second = (windows_of(daily(v)).windows(np.array([0]), np.array([30])) for v in (values, changed))
    assert np.array_equal(first.past, second.past)
    assert np.array_equal(first.future, second.future)


def test_a_long_horizon_continues_on_the_networks_own_forecast():
    source = windows_of(daily(np.full((1, 40), 5.0)), n_ahead=6)

    def doubling(past, future):
        return np.log(np.repeat(past[:, -1:, 0] * 2, future.shape[1], axis=1))

    assert mean_of_network(source, doubling, np.array([40]), 5)[0, 0].tolist() == pytest.approx([10, 10, 20, 20, 40])


def test_shapes_shrink_with_short_histories():
    assert WindowShape.fitting(daily(np.ones((1, 400)))) == WindowShape(56, 28)
    assert WindowShape.fitting(daily(np.ones((1, 20)))) == WindowShape(10, 5)


def test_the_layers_written_out_say_what_the_keras_network_says():
    rng = np.random.default_rng(5)
    network = build_network(WindowShape(6, 3), n_columns=4, units=5, seed=1)
    weights = [rng.normal(0, 0.7, array.shape).astype(np.float32) for array in network.get_weights()]
    network.set_weights(weights)
    past, future = rng.normal(size=(7, 6, 6)).astype(np.float32), rng.normal(size=(7, 3, 4)).astype(np.float32)
    expected = np.asarray(network([past, future], training=False))[:, :, 0]
    assert np.abs(expected).max() > 0.5
    assert np.allclose(log_ratios_of(weights, past, future), expected, atol=1e-5)


@pytest.fixture(scope="module")
def weekly_rhythm():
    """Four sizes of one weekend rhythm, and a fifth series that begins late."""
    profile = np.tile([10.0, 10, 10, 10, 10, 40, 40], 40)
    values = np.random.default_rng(2).poisson(np.stack([profile * size for size in (0.5, 1, 2, 4, 1)])).astype(float)
    values[4, :200] = np.nan
    return daily(values)


@pytest.fixture(scope="module")
def fitted(weekly_rhythm):
    return Lstm(**SMALL).fit(weekly_rhythm, seed=3)


def test_the_week_is_learned_on_every_scale(fitted):
    expected = fitted.point.mean_at(np.array([280]), 28)[0, :4]
    weekend = expected.reshape(4, 4, 7)[:, :, 5:].mean(axis=(1, 2))
    working = expected.reshape(4, 4, 7)[:, :, :5].mean(axis=(1, 2))
    assert np.all(weekend > 2 * working)
    assert np.allclose(weekend, [20, 40, 80, 160], rtol=0.3)


def test_the_same_seed_gives_the_same_bytes_and_leaves_global_randomness_alone(weekly_rhythm, fitted):
    expected_draw = np.random.RandomState(1).random()
    np.random.seed(1)  # noqa: NPY002 - the point of the test
    again = Lstm(**SMALL).fit(weekly_rhythm, seed=3)
    assert np.random.random() == expected_draw  # noqa: NPY002
    assert all(np.array_equal(one, other) for one, other in zip(again.point.weights, fitted.point.weights, strict=True))


def test_a_fitted_network_survives_pickling(fitted):
    copy = pickle.loads(pickle.dumps(fitted))  # noqa: S301 - our own bytes
    origins = np.array([280])
    assert isinstance(copy.point, TrainedNetwork)
    assert np.array_equal(copy.point.mean_at(origins, 7), fitted.point.mean_at(origins, 7))


def test_a_constant_panel_stays_constant():
    fitted = Lstm(units=4, max_epochs=1, windows_per_epoch=256).fit(daily(np.full((2, 20), 4.0)), seed=1)
    assert np.allclose(fitted.point.mean_at(np.array([20]), 12), 4.0, rtol=1e-6)


def test_a_series_that_had_not_begun_is_unknown(fitted):
    expected = fitted.point.mean_at(np.array([150]), 7)
    assert np.isnan(expected[0, 4]).all()
    assert np.isfinite(expected[0, :4]).all()
