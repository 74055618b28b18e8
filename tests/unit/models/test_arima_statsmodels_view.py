import numpy as np
import pytest

from core.base.errors import InsufficientHistoryError
from core.models.statsmodels_view import ArimaOrder, exact_fit


@pytest.fixture(scope="module")
def autoregression():
    noise = np.random.default_rng(3).normal(size=400)
    demand = np.zeros(400)
    for t in range(1, 400):
        demand[t] = 0.7 * demand[t - 1] + noise[t]
    return demand + 20.0


def test_the_right_order_leaves_white_residuals(autoregression):
    fit = exact_fit(autoregression, ArimaOrder((1, 0, 0), with_mean=True))
    assert fit.names == ("intercept", "ar.L1", "sigma2")
    assert fit.estimates[1] == pytest.approx(0.7, abs=0.1)
    assert fit.p_value > 0.05
    assert np.mean(np.abs(fit.acf[1:]) < fit.band) > 0.85
    assert fit.converged
    assert "ar.L1" in fit.summary


def test_a_wrong_order_is_caught_by_the_ljung_box_test(autoregression):
    fit = exact_fit(autoregression, ArimaOrder((0, 0, 0), with_mean=True))
    assert fit.p_value < 1e-6
    assert fit.acf[1] > 0.5


def test_gaps_stay_gaps_in_the_residuals(autoregression):
    demand = autoregression.copy()
    demand[[50, 51, 52]] = np.nan
    fit = exact_fit(demand, ArimaOrder((1, 0, 0), with_mean=True))
    assert np.isnan(fit.residuals[[50, 51, 52]]).all()
    assert np.isfinite(fit.acf).all()


def test_differencing_uses_up_the_first_periods(autoregression):
    fit = exact_fit(autoregression[:100], ArimaOrder((0, 1, 0), (0, 1, 1, 4)))
    assert fit.residuals.shape == (95,)


def test_a_short_series_is_refused_by_name():
    order = ArimaOrder((0, 1, 1), (0, 1, 1, 7))
    with pytest.raises(InsufficientHistoryError, match=r"needs at least 28 periods of history; 1 SKUs.*A-17"):
        exact_fit(np.arange(27.0), order, sku="A-17")
