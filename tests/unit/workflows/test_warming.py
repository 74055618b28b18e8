import sys

import numpy as np

from core.models import registry
from core.models.kernels.arima_filter import forecasts
from core.models.kernels.arima_search import choose_orders
from core.models.kernels.differencing import prepare
from core.workflows import warming
from core.workflows.comparing import default_models


def compiled():
    """Signatures compiled so far, by kernel."""
    modules = [module for name, module in sys.modules.items() if name.startswith("core.") and "kernels" in name]
    kernels = {id(each): each for module in modules for each in vars(module).values() if hasattr(each, "signatures")}
    return {each.py_func.__qualname__: len(each.signatures) for each in kernels.values() if each.signatures}


def test_every_method_compared_unasked_is_compiled_once():
    stages = warming._stages()
    assert len(set(stages)) == len(stages)
    assert {key for key in default_models() if not registry.capabilities(key).pooled} <= set(stages)


def test_methods_that_learn_from_all_series_need_no_kernels_but_those_of_drawing_and_trees():
    panel, pooled = warming._tiny_panel(), [key for key in default_models() if registry.capabilities(key).pooled]
    for stage in (warming.DRAWING, warming.TREES):
        warming._compile(stage)
    before = compiled()
    for key in pooled:
        registry.create(key).fit(panel, seed=1).predict(7, (0.5,))
    assert pooled
    assert compiled() == before


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
