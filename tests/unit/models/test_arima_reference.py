import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.library.arima import Arima
from core.series.panel import from_dense

FITS = tomllib.loads((Path(__file__).parents[2] / "reference" / "arima_values.toml").read_text("utf-8"))["fit"]


@pytest.mark.parametrize("known", FITS, ids=[known["name"] for known in FITS])
def test_order_and_parameters_agree_with_the_published_fit(known):
    values = np.array([known["values"]], float)
    if known["transform"] == "log":
        values = np.log(values)
    history = from_dense(values, regular(Frequency(known["frequency"]), "1949-01-01", values.shape[1]), ["S"])
    point = Arima(seasonality=known["seasonality"], max_order=known["max_order"]).fit(history, seed=1).point
    assert point.orders[0].tolist() == known["order"]
    np.testing.assert_allclose(point.parameters[0, :6], known["parameters"], atol=known["tolerance"])
