"""A stock-out of what sells most must move neither the forecasts of the SKUs beside it nor its own."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models import families, registry
from core.series.panel import from_dense

KEYS = registry.keys()
# three networks differ from LSTM and VAE in how they read the past alone: the long harnesses hold them to the laws
METHODS = [pytest.param(key, marks=pytest.mark.thorough) if key in {"gru", "rnn", "cnn"} else key for key in KEYS]
TREES = ("calendar_boosting", "decision_tree", "random_forest", "gradient_boosting")
LINES = ("kmeans_regression", "ridge_lasso", "polynomial", "support_vector")
QUICK = {
    key: {"units": 4, "max_epochs": 1, "windows_per_epoch": 64}
    for key in KEYS
    if families.family_of(key) == families.NETWORKS
}
N_WEEKS, N_OUT, HORIZON, N_SKUS, BIG_SHARE = 130, 10, 8, 24, 0.89
# the top of the season lies within the last stock-out: before it as much was sold as is to be forecast
SEASON = 1.0 + 0.25 * np.cos(2.0 * np.pi * (np.arange(N_WEEKS + HORIZON) - N_WEEKS + N_OUT / 2) / 52.0)
RATE = np.concatenate([[BIG_SHARE / (1.0 - BIG_SHARE) * 20.0 * (N_SKUS - 1)], np.full(N_SKUS - 1, 20.0)])
EMPTY = np.zeros((N_SKUS, N_WEEKS), bool)
EMPTY[0, 70:76] = EMPTY[0, -N_OUT:] = True


def said(key, seed, *, short):
    """Expected units of every SKU over the horizon, with the largest one in stock or out of it in the last weeks."""
    demand = np.random.default_rng(seed).poisson(RATE[:, None] * SEASON[:N_WEEKS]).astype(float)
    panel = from_dense(
        np.where(EMPTY, 0.0, demand) if short else demand,
        regular(Frequency.WEEK, "2022-01-03", N_WEEKS),
        [f"sku-{number:02d}" for number in range(N_SKUS)],
        censored=EMPTY if short else None,
        attributes={"category": np.array(["a", "b"] * (N_SKUS // 2), dtype=object)},
    )
    fitted = registry.create(key, QUICK.get(key, {})).fit(panel, seed=1)
    return fitted.point.mean_at(np.array([N_WEEKS]), HORIZON)[0].sum(axis=1)


@pytest.mark.parametrize("key", METHODS)
def test_the_largest_sku_out_of_stock_moves_nobody(key):
    known, short = (said(key, 2, short=each) for each in (False, True))
    moved = np.abs(short - known)[1:].sum() / known[1:].sum()
    # all share the growth of the shop at most, or what is learned of all; trees grown on other rows split elsewhere
    alone = not registry.capabilities(key).pooled
    assert moved <= (0.08 if key in TREES else 0.005 if alone else 0.03)
    truth = (RATE[0] * SEASON[N_WEEKS:]).sum()
    assert abs(short[0] - truth) <= 0.1 * truth


@pytest.mark.parametrize("key", [key for key in KEYS if key in LINES])
def test_what_one_sku_did_after_a_stock_out_is_not_expected_of_another(key):
    demand, empty = np.random.default_rng(5).poisson(20.0, (N_SKUS, N_WEEKS)).astype(float), np.zeros_like(EMPTY)
    empty[0, 55:65] = empty[1, -N_OUT:] = True
    demand[0, 65:85] = 100.0
    panel = from_dense(
        np.where(empty, 0.0, demand),
        regular(Frequency.WEEK, "2022-01-03", N_WEEKS),
        [f"sku-{number:02d}" for number in range(N_SKUS)],
        censored=empty,
    )
    found = registry.create(key).fit(panel, seed=1).point.mean_at(np.array([N_WEEKS]), HORIZON)[0].mean(axis=1)
    assert found[1] == pytest.approx(20.0, rel=0.1)
