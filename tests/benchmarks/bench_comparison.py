"""A whole comparison over 3 past dates and 28 days, with its leaderboard.

Once of all local methods with linear regression and gradient boosting, once of what is compared unasked.
"""

import resource
import time
from typing import Any

import numpy as np

from core.base.progress import Progress, Step
from core.compute.threads import most_threads
from core.evaluate import combining
from core.evaluate.backtest import Backtest, Plan, ground_of
from core.evaluate.leaderboard import leaderboard
from core.series.demand_class import demand_class
from core.series.panel import Panel
from core.workflows.comparing_methods import default_models
from core.workflows.comparing_trials import Answer, Task, Work, run_all, with_ground
from tests.benchmarks.bench_scaling import local_methods
from tests.benchmarks.shops import HORIZON, shop

SIZES = (1_000, 30_490)
DAYS, FOLDS = 730, 3


def compared(panel: Panel, keys: list[str]) -> tuple[list[Backtest], dict[str, float]]:
    """Every method's backtest, and the seconds of each part."""
    plan, parts, done = Plan(HORIZON, FOLDS, 1), {}, []
    ground = ground_of(panel, plan)

    def landed(step: Step) -> None:
        if isinstance(step.partial, Answer) and step.partial.result is not None:
            done.append(with_ground(step.partial.result, panel, ground))
            parts[step.partial.key] = step.partial.result.fit_seconds + step.partial.result.predict_seconds

    run_all(Work(tuple(Task(key) for key in keys), plan), panel, Progress(landed))
    started = time.perf_counter()
    classes = [demand_class(panel.observed()[:, :at]) for at in (*ground.origins, panel.n_periods)]
    made, _blends = combining.combine(done, np.stack(classes))
    leaderboard([*done, *made])
    parts["combinations and leaderboard"] = time.perf_counter() - started
    return done, parts


def bench() -> list[dict[str, Any]]:
    """Seconds of the whole and of its parts; the first run on few series compiles and does not count."""
    sets = {
        "local, linear and boosted": [*local_methods(), "linear_regression", "gradient_boosting"],
        "compared unasked": list(default_models()),
    }
    rows = []
    for keys in sets.values():
        compared(shop(50, DAYS), keys)
    for size in SIZES:
        for name, keys in sets.items():
            rows += _timed(name, keys, shop(size, DAYS))
    return rows


def _timed(name: str, keys: list[str], panel: Panel) -> list[dict[str, Any]]:
    started, began = time.perf_counter(), time.process_time()
    _done, parts = compared(panel, keys)
    total, busy = time.perf_counter() - started, time.process_time() - began
    held, cores = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, most_threads()
    about = f"s ({busy:.1f} s of CPU, {busy / (total * cores):.0%} of {cores} cores, {held:.2f} GB held)"
    whole = _row(f"{len(keys)} methods {name}, {FOLDS} past dates, {len(panel):,} series", total, about)
    return [whole, *(_row(f"  {key}", seconds, "s") for key, seconds in parts.items())]


def _row(name: str, ours: float, unit: str) -> dict[str, Any]:
    return {"name": name, "ours": ours, "peer": None, "ratio": None, "unit": unit}
