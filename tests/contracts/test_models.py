"""Laws every forecasting method of the registry keeps; a new method is held to them by its registry line alone."""

import pickle
from functools import cache

import numba
import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import InsufficientHistoryError
from core.models import families, registry
from core.series.forecast import LEVELS
from core.series.panel import from_dense

HORIZON = 10
N_PERIODS = 132
EARLIER = 112
"""As many periods as the networks' usual windows need, so that one compiled step of learning serves both origins."""
NEVER_SOLD = 9
KEYS = registry.keys()
INDEPENDENT = [key for key in KEYS if not registry.capabilities(key).pooled]
# Three networks differ from LSTM and VAE in how they read the past alone: the long harnesses hold them to the laws.
SISTERS = ("gru", "rnn", "cnn")
METHODS = [pytest.param(key, marks=pytest.mark.thorough) if key in SISTERS else key for key in KEYS]
NETWORKS = [key for key in KEYS if families.family_of(key) == families.NETWORKS]
QUICK = {key: {"units": 4, "max_epochs": 1, "windows_per_epoch": 64} for key in NETWORKS}
QUICK |= {"random_forest": {"trees": 5}, "gradient_boosting": {"rounds": 10}}
CONSTANT_TOLERANCE = dict.fromkeys(NETWORKS, 0.05) | {"kmeans_regression": 0.02}
"""Relative; methods that learn from all series at once need not hit a constant exactly."""


def days(values, **parts):
    values = np.asarray(values, float)
    calendar = regular(Frequency.DAY, "2024-01-01", values.shape[1], closed_weekdays=[6])
    return from_dense(values, calendar, [f"sku-{i:02d}" for i in range(len(values))], **parts)


def demand():
    """Smooth, weekly, intermittent, lumpy and young series of whole units."""
    rng = np.random.default_rng(4)
    rates = np.repeat([0.3, 1.0, 4.0, 15.0, 60.0], 3)
    week = np.array([0.7, 0.8, 1.0, 1.1, 1.3, 1.1])[np.arange(N_PERIODS) % 6]
    values = rng.poisson(rates[:, None] * week).astype(float)
    values[3] = np.where(rng.random(N_PERIODS) < 0.15, rng.integers(5, 60, N_PERIODS), 0)
    values[6, :60] = np.nan
    values[7, 30:40] = np.nan
    values[NEVER_SOLD] = 0.0
    return values


def create(key):
    return registry.create(key, QUICK.get(key, {}))


@cache
def fitted(key):
    """Fitted on two threads, while all that it is compared with is fitted on one."""
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    try:
        return create(key).fit(days(demand()), seed=1)
    finally:
        numba.set_num_threads(1)


@cache
def forecast(key):
    return fitted(key).predict(HORIZON, LEVELS)


@pytest.mark.parametrize("key", METHODS)
def test_shape_and_order_of_the_skus(key):
    panel = days(demand())
    assert forecast(key).quantiles.shape == (len(panel), HORIZON, len(LEVELS))
    assert forecast(key).mean.shape == (len(panel), HORIZON)
    assert forecast(key).skus.tolist() == panel.skus.tolist()


@pytest.mark.parametrize("key", METHODS)
def test_forecast_periods_follow_the_trading_calendar(key):
    np.testing.assert_array_equal(forecast(key).periods, days(demand()).calendar.following(HORIZON))


@pytest.mark.parametrize("key", METHODS)
def test_quantiles_are_finite_ordered_and_not_negative(key):
    quantiles = forecast(key).quantiles
    assert np.isfinite(quantiles).all()
    assert (quantiles >= 0).all()
    assert (np.diff(quantiles, axis=2) >= 0).all()


@pytest.mark.parametrize("key", METHODS)
def test_means_are_finite_and_not_negative(key):
    assert np.isfinite(forecast(key).mean).all()
    assert (forecast(key).mean >= 0).all()


@pytest.mark.parametrize("key", METHODS)
def test_the_same_seed_gives_the_same_bytes_and_leaves_the_panel_as_it_was(key):
    panel = days(demand())
    before = pickle.dumps(panel)
    again = create(key).fit(panel, seed=1).predict(HORIZON, LEVELS)
    assert pickle.dumps(panel) == before
    assert again.quantiles.tobytes() == forecast(key).quantiles.tobytes()
    assert again.mean.tobytes() == forecast(key).mean.tobytes()


@pytest.mark.parametrize("key", METHODS)
def test_paths_of_the_same_generator_are_the_same(key):
    one, other = (fitted(key).simulate(HORIZON, 20, np.random.default_rng(8)).units for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("key", METHODS)
def test_values_after_the_origin_cannot_matter(key):
    values = demand()
    later = values.copy()
    later[:, EARLIER:] = 999.0
    one, other = (create(key).fit(days(v).until(EARLIER), seed=1).predict(HORIZON, LEVELS) for v in (values, later))
    np.testing.assert_array_equal(one.quantiles, other.quantiles)


@pytest.mark.parametrize("key", INDEPENDENT)
def test_reordering_the_skus_reorders_the_answer(key):
    panel = days(demand())
    order = np.random.default_rng(3).permutation(len(panel))
    shuffled = create(key).fit(panel.take(order), seed=1).predict(HORIZON, LEVELS)
    np.testing.assert_allclose(shuffled.quantiles, forecast(key).quantiles[order], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("key", METHODS)
def test_constant_in_constant_out(key):
    constants = np.arange(1.0, 9.0)
    panel = days(np.repeat(constants[:, None], N_PERIODS, axis=1))
    answer = create(key).fit(panel, seed=1).predict(HORIZON, LEVELS)
    tolerance = CONSTANT_TOLERANCE.get(key, 1e-6)
    np.testing.assert_allclose(answer.mean, np.repeat(constants[:, None], HORIZON, axis=1), rtol=tolerance)
    np.testing.assert_allclose(answer.at(0.5).sum(axis=1), constants * HORIZON, rtol=tolerance, atol=1.0)


@pytest.mark.parametrize("key", METHODS)
def test_too_short_a_history_is_refused_by_name(key):
    needed = registry.capabilities(key).min_history
    values = demand()
    values[5, : N_PERIODS - needed + 1] = np.nan
    with pytest.raises(InsufficientHistoryError, match=f"at least {needed} periods.*1 SKUs.*sku-05"):
        create(key).fit(days(values), seed=1)


@pytest.mark.parametrize("key", METHODS)
def test_a_fitted_model_survives_pickling(key):
    back = pickle.loads(pickle.dumps(fitted(key)))  # noqa: S301 - our own object, to be sent to another process
    np.testing.assert_array_equal(back.predict(HORIZON, LEVELS).quantiles, forecast(key).quantiles)


@pytest.mark.parametrize("key", METHODS)
def test_the_mean_of_the_paths_is_near_the_forecast_mean(key):
    units = fitted(key).simulate(HORIZON, 1500, np.random.default_rng(2)).units
    mean = forecast(key).mean.mean(axis=1)
    steady = mean > 1
    # rare surges come on top for slow sellers
    np.testing.assert_allclose(units.mean(axis=(0, 2))[steady], mean[steady], rtol=0.15, atol=0.2)


@pytest.mark.parametrize("key", METHODS)
def test_stock_outs_are_not_read_as_low_demand(key):
    empty = np.zeros((8, N_PERIODS), bool)
    empty[:, -14:-2] = True
    values = np.random.default_rng(9).poisson(20.0, empty.shape).astype(float)
    sold = np.where(empty, 0.0, values)
    flagged = create(key).fit(days(sold, censored=empty), seed=1).predict(HORIZON, LEVELS).mean.sum()
    truth = 20.0 * HORIZON * len(values)
    assert 0.9 * truth <= flagged <= 1.1 * truth


@pytest.mark.parametrize("key", METHODS)
def test_series_without_any_sale_are_forecast_zero(key):
    assert not forecast(key).quantiles[NEVER_SOLD].any()
    assert not forecast(key).mean[NEVER_SOLD].any()


@pytest.mark.parametrize("key", METHODS)
def test_series_that_had_not_begun_are_unknown_at_an_early_origin(key):
    expected = fitted(key).point.mean_at(np.array([50, N_PERIODS]), HORIZON)
    assert expected.shape == (2, 15, HORIZON)
    assert np.isnan(expected[0, 6]).all()
    assert np.isfinite(expected[1]).all()
