"""The ARIMA kernels against slow twins: polynomials multiplied out, finite differences, one dense recursion."""

import numpy as np
import pytest
from numpy.polynomial import polynomial

from core.models.kernels.arima import admissible, innovations, normal_equations, sensitivities, sum_of_squares
from core.models.kernels.arima_filter import forecasts
from core.models.kernels.differencing import difference, kpss_statistic

ALL = np.arange(7)
PERIOD = 4
PAD = 2 + PERIOD


def polynomials(par):
    """φ(B)Φ(B^m) and θ(B)Θ(B^m) as coefficients of B^0, B^1, …"""
    seasonal_ar, seasonal_ma = np.zeros(PERIOD + 1), np.zeros(PERIOD + 1)
    seasonal_ar[[0, PERIOD]] = 1.0, -par[2]
    seasonal_ma[[0, PERIOD]] = 1.0, par[5]
    ar = polynomial.polymul([1.0, -par[0], -par[1]], seasonal_ar)
    ma = polynomial.polymul([1.0, par[3], par[4]], seasonal_ma)
    return ar, ma


def slow_innovations(series, par):
    ar, ma = polynomials(par)
    x, e = series - par[6], np.zeros(len(series))
    for t in range(len(series)):
        e[t] = sum(ar[k] * x[t - k] for k in range(len(ar)) if t >= k)
        e[t] -= sum(ma[k] * e[t - k] for k in range(1, len(ma)) if t >= k)
    return e


@pytest.fixture
def series():
    return np.random.default_rng(5).normal(size=40)


PARAMETERS = [
    np.array([0.5, -0.3, 0.4, 0.3, -0.2, -0.5, 0.3]),
    np.array([0.7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
    np.array([0.0, 0.0, 0.0, -0.6, 0.0, 0.0, -0.2]),
    np.array([0.0, 0.0, 0.6, 0.0, 0.0, -0.7, 0.1]),
]


@pytest.mark.parametrize("par", PARAMETERS)
def test_innovations_equal_those_of_the_polynomials_multiplied_out(series, par):
    work = np.zeros((8, PAD + len(series)))
    innovations(series, par, PAD, work)
    np.testing.assert_allclose(work[2, PAD:], slow_innovations(series, par), atol=1e-12)


@pytest.mark.parametrize("par", PARAMETERS)
def test_gradient_and_gauss_newton_matrix_equal_finite_differences(series, par):
    work, gram = np.zeros((8, PAD + len(series))), np.empty((8, 8))
    weights = np.ones(len(series))
    weights[[11, 25]] = 0.0
    innovations(series, par, PAD, work)
    sensitivities(par, ALL, PAD, work)
    normal_equations(work, weights, ALL, PAD, PAD, gram)
    step = 1e-6 * np.eye(7)
    jacobian = np.array([
        (slow_innovations(series, par - step[k]) - slow_innovations(series, par + step[k])) / 2e-6 for k in ALL
    ])[:, PAD:]  # fmt: skip
    counted = weights[PAD:]
    np.testing.assert_allclose(gram[:7, :7], (jacobian * counted) @ jacobian.T, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(
        gram[:7, 7], (jacobian * counted) @ slow_innovations(series, par)[PAD:], rtol=1e-6, atol=1e-6
    )


def test_the_sum_of_squares_leaves_gaps_and_the_first_periods_out(series):
    par, weights, work = PARAMETERS[0], np.ones(len(series)), np.zeros((8, PAD + len(series)))
    weights[20] = 0.0
    innovations(series, par, PAD, work)
    e = slow_innovations(series, par)
    assert sum_of_squares(work, weights, PAD, PAD) == pytest.approx(np.sum(e[PAD:] ** 2) - e[20] ** 2)


@pytest.mark.parametrize(("d", "seasonal_d"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_differences_equal_those_taken_one_after_the_other(series, d, seasonal_d):
    expected = series
    if seasonal_d:
        expected = expected[PERIOD:] - expected[:-PERIOD]
    if d:
        expected = np.diff(expected)
    np.testing.assert_allclose(difference(series, d, seasonal_d, PERIOD), expected, atol=1e-12)


@pytest.mark.parametrize(("d", "seasonal_d"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_forecasts_equal_a_recursion_on_the_undifferenced_series(series, d, seasonal_d):
    par = PARAMETERS[0]
    ar, ma = polynomials(par)
    full, lead = ar, d + PERIOD * seasonal_d
    if d:
        full = polynomial.polymul(full, [1.0, -1.0])
    if seasonal_d:
        full = polynomial.polymul(full, [1.0, *np.zeros(PERIOD - 1), -1.0])
    e = np.concatenate([np.zeros(lead), slow_innovations(difference(series, d, seasonal_d, PERIOD), par), np.zeros(9)])
    y = np.concatenate([series, np.zeros(9)])
    constant = par[6] * ar.sum()
    for t in range(len(series), len(y)):
        y[t] = constant - sum(full[k] * y[t - k] for k in range(1, len(full)))
        y[t] += sum(ma[k] * e[t - k] for k in range(1, len(ma)))
    order, result = np.array([[2, d, 2, 1, seasonal_d, 1, 1]]), np.empty((1, 1, 9))
    scales, start = np.array([[0.0, 1.0, 0.0]]), np.zeros(1, np.int64)
    forecasts(0, 1, series[None], start, order, par[None], scales, np.array([40]), np.array([PERIOD]), result)
    np.testing.assert_allclose(result[0, 0], y[len(series) :], atol=1e-10)


@pytest.mark.parametrize(
    ("first", "second", "inside"),
    [
        (0.5, 0.3, True),
        (0.98, 0.0, True),
        (0.995, 0.0, False),
        (0.6, 0.5, False),
        (-0.6, 0.5, False),
        (1.2, -0.8, True),
    ],
)
def test_admissible_agrees_with_the_roots(first, second, inside):
    for par in (np.array([first, second, 0, 0, 0, 0, 0.0]), np.array([0, 0, 0, -first, -second, 0, 0.0])):
        assert admissible(par) == inside
    assert (np.abs(np.roots([1.0, -first, -second])).max() < 0.99) == inside


@pytest.mark.filterwarnings("ignore:The test statistic is outside")
def test_kpss_statistic_equals_that_of_statsmodels(series):
    from statsmodels.tsa.stattools import kpss

    lags = int(3 * np.sqrt(len(series)) / 13)
    for sample in (series, np.cumsum(series)):
        assert kpss_statistic(sample) == pytest.approx(kpss(sample, nlags=lags, result_object=False)[0])
