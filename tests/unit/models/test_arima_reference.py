import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.library.arima import Arima
from core.models.statsmodels_view import ArimaOrder, exact_fit
from core.series.panel import from_dense

FITS = tomllib.loads((Path(__file__).parents[2] / "reference" / "arima_values.toml").read_text("utf-8"))["fit"]


def series_of(known):
    values = np.array(known["values"], float)
    return np.log(values) if known["transform"] == "log" else values


@pytest.mark.parametrize("known", FITS, ids=[known["name"] for known in FITS])
def test_the_exact_view_reproduces_the_published_fit(known):
    p, d, q, *seasonal, with_mean = known["order"]
    period = 12 if any(seasonal) else 0
    fit = exact_fit(series_of(known), ArimaOrder((p, d, q), (*seasonal, period), with_mean=bool(with_mean)))
    np.testing.assert_allclose(fit.estimates, known["exact"], rtol=1e-3, atol=2e-4)
    assert fit.log_likelihood == pytest.approx(known["log_likelihood"], abs=0.06)


@pytest.mark.parametrize("known", FITS, ids=[known["name"] for known in FITS])
def test_order_and_parameters_agree_with_the_published_fit(known):
    values = series_of(known)[None]
    history = from_dense(values, regular(Frequency(known["frequency"]), "1949-01-01", values.shape[1]), ["S"])
    point = Arima(seasonality=known["seasonality"], max_order=known["max_order"]).fit(history, seed=1).point
    assert point.orders[0].tolist() == known["order"]
    np.testing.assert_allclose(point.parameters[0, :6], known["parameters"], atol=known["tolerance"])
