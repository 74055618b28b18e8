"""Compiles the kernels once after installation, by running every quick method on a tiny made-up shop."""

import time

import numpy as np

from core.base.calendar import Frequency, regular
from core.base.progress import Progress, silent
from core.evaluate.backtest import Plan, backtest
from core.inventory.contract import StockPosition, SupplyTerms
from core.inventory.registry import policy
from core.models import registry
from core.models.champions import fit_champions
from core.series.forecast import DemandPaths
from core.series.panel import Panel, from_dense
from core.simulate.contract import SimulationCase, SimulationOptions
from core.simulate.scenario import Scenario, run_scenario
from core.workflows.comparing import default_models


def warm(progress: Progress | None = None) -> float:
    """Run every kernel once, so that the compiled code lies on disk; seconds it took."""
    told = progress or silent()
    started = time.perf_counter()
    panel = _tiny_panel()
    models = default_models()
    for number, key in enumerate(models):
        told.report("Compiling", number / (len(models) + 1), registry.labels()[key])
        backtest(registry.create(key), panel, Plan(horizon=7, folds=1))
    told.report("Compiling", len(models) / (len(models) + 1), "simulation")
    fit, _none = fit_champions(panel, ["ses"] * len(panel), 1, silent())
    _play(fit.simulate(70, 20, np.random.default_rng(1)), len(panel))
    return time.perf_counter() - started


def _tiny_panel() -> Panel:
    rng = np.random.default_rng(1)
    values = rng.poisson(5.0 + 3.0 * (np.arange(120) % 7 == 5), (16, 120)).astype(float)
    return from_dense(values, regular(Frequency.DAY, "2024-01-01", 120), [f"S{number}" for number in range(16)])


def _play(paths: DemandPaths, n: int) -> None:
    each = np.ones(n)
    terms = SupplyTerms(
        supplier=np.array([""] * n, dtype=object), lead_time_days=9 * each, lead_time_sd_days=2 * each,
        review_period_days=7 * each, moq=0 * each, pack=each, unit_cost=each, unit_price=2 * each, order_cost=each,
        holding_rate_per_year=0.2 * each, order_minimum=0 * each, assumed=np.array([""] * n, dtype=object),
    )  # fmt: skip
    options = SimulationOptions(Frequency.DAY, seed=1, fan_series=(0,))
    position = StockPosition(30 * each, 0 * each, 0 * each)
    case = SimulationCase(paths, terms, position, None, policy("order_up_to"), 0.95, options)
    run_scenario(case, Scenario("warm"))
