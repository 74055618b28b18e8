"""ARIMA with drift and regressors against the Kalman filter, and the regression's filter against a slow twin."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.arima_regression import RegressionPoint
from core.models.box_jenkins import ArimaPoint
from core.models.kernels.arima import innovations
from core.models.kernels.arima_regression import filter_columns
from core.models.kernels.differencing import difference
from core.series.panel import from_dense

N, HORIZON = 400, 12
WIDE = np.array([[-1e9, 1e9]])

MODELS = [
    ((2, 0, 1), (0, 0, 0, 0), [0.5, 0.2, 0.0, 0.4, 0.0, 0.0, 0.7]),
    ((1, 1, 1), (0, 0, 0, 0), [0.4, 0.0, 0.0, -0.6, 0.0, 0.0, 0.15]),
    ((0, 1, 1), (0, 1, 1, 7), [0.0, 0.0, 0.0, -0.4, 0.0, -0.6, 0.0]),
    ((1, 0, 0), (1, 0, 0, 7), [0.3, 0.0, 0.5, 0.0, 0.0, 0.0, 0.2]),
    ((0, 0, 1), (0, 1, 1, 7), [0.0, 0.0, 0.0, 0.5, 0.0, -0.6, 0.1]),
]
IDS = [f"{plain}{seasonal} {'μ' if par[6] else ''}" for plain, seasonal, par in MODELS]


@pytest.fixture(scope="module")
def demand():
    rng = np.random.default_rng(2)
    return 50.0 + np.cumsum(rng.normal(size=N)) * 0.3 + rng.normal(size=N)


@pytest.fixture(scope="module")
def promotion():
    return (np.random.default_rng(4).random(N + HORIZON) < 0.2).astype(float)


def kalman(series, plain, seasonal, par, exog=None):
    """statsmodels' exact filter with the same parameters; its constant is μ φ(1) Φ(1)."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    constant = [par[6] * (1 - par[0] - par[1]) * (1 - par[2])] if par[6] else []
    regression = [] if exog is None else [3.0]
    terms = [par[k] for k in (0, 1, 3, 4, 2, 5) if par[k] != 0.0]
    model = SARIMAX(
        series, exog=exog, order=plain, seasonal_order=seasonal, trend="c" if constant else None,
        enforce_stationarity=False, enforce_invertibility=False,
    )  # fmt: skip
    return model.filter([*constant, *regression, *terms, 1.0])


def continued(history, plain, seasonal, par):
    """Ours for given order and parameters, an effect of 3 per promotion taken off and put on again."""
    order = np.array([[*plain, *seasonal[:3], int(par[6] != 0)]])
    scales, season = np.array([[0.0, 1.0, 0.0]]), np.array([seasonal[3]])
    noise = ArimaPoint(history, np.ones((1, 7)), order, np.array([par]), scales, season)
    return RegressionPoint(history, noise, np.array([[3.0]]), WIDE).mean_at(np.array([N]), HORIZON)[0, 0]


@pytest.mark.parametrize(("plain", "seasonal", "par"), MODELS, ids=IDS)
def test_forecasts_with_drift_and_regressors_agree_with_the_kalman_filter(demand, promotion, plain, seasonal, par):
    past, ahead = promotion[None, :N], promotion[None, N:]
    calendar = regular(Frequency.DAY, "2022-01-03", N)
    history = from_dense(
        demand[None], calendar, ["S"], drivers={"promotion": past}, future_drivers={"promotion": ahead}
    )
    # one series: its promotion is a shared column
    expected = kalman(demand, plain, seasonal, par, promotion[:N]).forecast(HORIZON, exog=promotion[N:, None])
    np.testing.assert_allclose(continued(history, plain, seasonal, par), expected, atol=2e-3)


@pytest.mark.parametrize(("plain", "seasonal", "par"), MODELS, ids=IDS)
def test_innovations_equal_those_of_the_exact_likelihood_once_its_start_has_faded(demand, plain, seasonal, par):
    """The Gaussian likelihood is made of these innovations: equal ones give equal terms of it."""
    exact = kalman(demand, plain, seasonal, par)
    lead, pad = plain[1] + seasonal[1] * seasonal[3], 2 + seasonal[3]
    differenced = difference(demand, plain[1], seasonal[1], seasonal[3])
    work = np.zeros((8, pad + len(differenced)))
    innovations(differenced, np.array(par), pad, work)
    np.testing.assert_allclose(work[2, pad + 150 :], exact.forecasts_error[0, lead + 150 :], atol=1e-4)
    ours = -0.5 * (np.log(2 * np.pi) + work[2, pad + 150 :] ** 2)
    np.testing.assert_allclose(ours.sum(), exact.llf_obs[lead + 150 :].sum(), atol=1e-2)


@pytest.mark.parametrize(("plain", "seasonal", "par"), MODELS, ids=IDS)
def test_regressors_pass_the_same_filter_as_demand(demand, promotion, plain, seasonal, par):
    gap = np.arange(N) % 31 == 0
    gap[:12] = False
    series = np.where(gap, np.nan, demand)
    own, rows = promotion[None, None, :N] * 2.0, np.zeros((1, 4, N))
    order = np.array([[*plain, *seasonal[:3], int(par[6] != 0)]])
    regressors = (promotion[None, :N], own)
    zero, season = np.zeros(1, np.int64), np.array([seasonal[3]])
    filter_columns(0, 1, series[None], zero, regressors, order, np.array([par]), season, rows)
    np.testing.assert_allclose(rows[0, 1], 2.0 * rows[0, 0], atol=1e-12)
    first = 2 + seasonal[3] + plain[1] + seasonal[1] * seasonal[3]
    assert not rows[0, :, :first].any()
    assert not rows[0][:, gap].any()
    # the filter is linear: demand + 5 · promotion leaves innovations + 5 · those of the promotion
    again = np.zeros((1, 4, N))
    more = series + 5.0 * promotion[:N]
    filter_columns(0, 1, more[None], zero, regressors, order, np.array([par]), season, again)
    np.testing.assert_allclose(again[0, 3], rows[0, 3] + 5.0 * rows[0, 0], atol=1e-9)
    # without gaps it is the filter of the order choice
    whole, pad = np.zeros((1, 4, N)), 2 + seasonal[3]
    filter_columns(0, 1, demand[None], zero, regressors, order, np.array([par]), season, whole)
    work = np.zeros((8, pad + N - (first - pad)))
    innovations(difference(demand, plain[1], seasonal[1], seasonal[3]), np.array([*par[:6], 0.0]), pad, work)
    np.testing.assert_allclose(whole[0, 3, first:], work[2, 2 * pad :], atol=1e-9)
