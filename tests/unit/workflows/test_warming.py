import numpy as np

from core.models import registry
from core.models.kernels.arima_filter import forecasts
from core.models.kernels.arima_search import choose_orders
from core.models.kernels.differencing import prepare
from core.workflows import warming
from core.workflows.comparing import default_models


def test_every_method_compared_unasked_is_compiled_once():
    stages = warming._stages()
    assert len(set(stages)) == len(stages)
    assert set(default_models()) <= set(stages)


def test_the_halves_of_arima_compile_all_that_arima_needs():
    panel = warming._tiny_panel()
    for stage in (warming.ORDERS, warming.FILTERS):
        warming._half_of_arima(panel, stage)
    kernels = (prepare, choose_orders, forecasts)
    compiled = [len(kernel.signatures) for kernel in kernels]
    point = registry.create("arima").fit(panel, seed=1).point
    point.mean_at(np.array([60, panel.n_periods]), 7)
    assert [len(kernel.signatures) for kernel in kernels] == compiled
    assert min(compiled) > 0
