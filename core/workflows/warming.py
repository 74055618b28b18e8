"""Gets the kernels ready on a tiny made-up shop: compiles them once after installation, reads them in a new process."""

import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Final

import numpy as np

from core.base.calendar import Frequency, regular
from core.base.language import _
from core.base.progress import Progress, silent
from core.compute.threads import most_threads
from core.evaluate.backtest import Plan, backtest
from core.inventory.contract import StockPosition, SupplyTerms
from core.inventory.registry import policy
from core.models import registry, season
from core.models.box_jenkins import ArimaPoint, OrderSearch, Prepared, fit_orders, prepared
from core.models.champions import fit_champions
from core.models.kernels.arima_search import D
from core.models.sampling import SampledFit
from core.series.forecast import DemandPaths
from core.series.panel import Panel, from_dense
from core.simulate.contract import SimulationCase, SimulationOptions
from core.simulate.scenario import Scenario, run_scenario

MOST_PROCESSES: Final = 4
ARIMA: Final = "arima"
TREES: Final = "gradient_boosting"
"""The method whose trees those of all others are compiled with."""
DRAWING, ORDERS, FILTERS, PLAYING = "drawing", "orders", "filters", "playing"
SLOWEST: Final = (DRAWING, ORDERS, "ets", FILTERS, TREES)
"""What takes longest to compile, the longest first."""


def warm(progress: Progress | None = None) -> float:
    """Run every kernel once, so that the compiled code lies on disk; seconds it took.

    The compiler works on one function at a time, so several processes share the kernels between them.
    """
    told = progress or silent()
    started = time.perf_counter()
    stages = _stages()
    with ProcessPoolExecutor(min(most_threads(), MOST_PROCESSES), mp_context=get_context("spawn")) as pool:
        running = [pool.submit(_compile, stage) for stage in stages]
        for number, done in enumerate(as_completed(running)):
            label = registry.labels().get(done.result(), _("what methods share"))
            told.report(_("Compiling"), (number + 1) / len(stages), label)
    return time.perf_counter() - started


def wake(progress: Progress) -> None:
    """Import and read from disk, in the process it runs in, what a first forecast or comparison there waits for."""
    progress.check()
    backtest(registry.create("ses"), _tiny_panel(), Plan(horizon=7, folds=1))


def _stages() -> tuple[str, ...]:
    """What is compiled apart, what takes longest first: drawing, both halves of ARIMA, each method's own kernels.

    Methods that learn from all series together have no kernels but trees and those that drawing needs.
    """
    # here, because the processes that compile need not wait for all that a comparison imports
    from core.workflows.comparing_methods import default_models

    local = (key for key in default_models() if not registry.capabilities(key).pooled)
    methods = sorted((key for key in local if key not in SLOWEST), key=lambda key: (key == ARIMA, key))
    return (*SLOWEST, PLAYING, *methods)


def _compile(stage: str) -> str:
    """Run one stage on a tiny shop; in a process of its own."""
    panel = _tiny_panel()
    if stage == DRAWING:
        backtest(registry.create("ses"), panel, Plan(horizon=7, folds=1))
        fit_champions(panel, ["ses"] * len(panel), 1, silent())[0].predict(7, (0.5,))
    elif stage in {ORDERS, FILTERS}:
        _half_of_arima(panel, stage)
    elif stage == PLAYING:
        flat = np.broadcast_to(panel.dense()[None, :, :70], (20, len(panel), 70)).astype(np.float32)
        _play(DemandPaths(flat, panel.skus, panel.locations, panel.calendar.periods[:70]), len(panel))
    else:
        fitted = registry.create(stage).fit(panel, seed=1)
        if isinstance(fitted, SampledFit):
            fitted.point.mean_at(np.array([60, panel.n_periods]), 7)
    return stage


def _half_of_arima(panel: Panel, stage: str) -> None:
    """The choice of ARIMA orders alone, or what comes before and after it: each takes the compiler seconds."""
    n, each, search = len(panel), np.ones(len(panel), np.int64), OrderSearch()
    orders = np.zeros((n, 7), np.int64)
    if stage == FILTERS:
        ready = prepared(panel, search)
        point = ArimaPoint(panel, ready.profiles, orders, np.zeros((n, 7)), ready.scales, ready.seasons)
        point.mean_at(np.array([60, panel.n_periods]), 7)
        return
    orders[:, D] = 1
    demand, candidates = panel.dense(), search.candidates(seasonal=True)
    ready = Prepared(season.flat(panel), demand, demand, np.ones((n, 3)), orders, 7 * each, candidates)
    fit_orders(panel, ready, demand)


def _tiny_panel() -> Panel:
    rng = np.random.default_rng(1)
    values = rng.poisson(5.0 + 3.0 * (np.arange(120) % 7 == 5), (16, 120)).astype(float)
    # one stock-out, for the kernel that fills those of groups
    empty = np.eye(16, 120, 50) > 0
    names = [f"S{number}" for number in range(16)]
    return from_dense(values, regular(Frequency.DAY, "2024-01-01", 120), names, censored=empty)


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
