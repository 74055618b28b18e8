"""A whole comparison: every method compared without being asked for, 3 past dates, 28 days, with its leaderboard."""

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
from tests.benchmarks.shops import HORIZON, shop

SIZES = (1_000, 30_490)
DAYS, FOLDS = 730, 3


def compared(panel: Panel) -> tuple[list[Backtest], dict[str, float]]:
    """Every method's backtest, and the seconds of each part."""
    plan, parts, done = Plan(HORIZON, FOLDS, 1), {}, []
    ground = ground_of(panel, plan)

    def landed(step: Step) -> None:
        if isinstance(step.partial, Answer) and step.partial.result is not None:
            done.append(with_ground(step.partial.result, panel, ground))
            parts[step.partial.key] = step.partial.result.fit_seconds + step.partial.result.predict_seconds

    run_all(Work(tuple(Task(key) for key in default_models()), plan), panel, Progress(landed))
    started = time.perf_counter()
    classes = [demand_class(panel.observed()[:, :at]) for at in (*ground.origins, panel.n_periods)]
    made, _blends = combining.combine(done, np.stack(classes))
    leaderboard([*done, *made])
    parts["combinations and leaderboard"] = time.perf_counter() - started
    return done, parts


def bench() -> list[dict[str, Any]]:
    """Seconds of the whole and of its parts; the first run on few series compiles and does not count."""
    compared(shop(50, DAYS))
    rows = []
    for size in SIZES:
        panel = shop(size, DAYS)
        started, began = time.perf_counter(), time.process_time()
        done, parts = compared(panel)
        total, busy = time.perf_counter() - started, time.process_time() - began
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        cores = most_threads()
        about = f"s ({busy:.1f} s of CPU, {busy / (total * cores):.0%} of {cores} cores, {held:.2f} GB held)"
        rows.append(_row(f"{len(done)} methods, {FOLDS} past dates, {size:,} series", total, about))
        rows += [_row(f"  {name}", seconds, "s") for name, seconds in parts.items()]
    return rows


def _row(name: str, ours: float, unit: str) -> dict[str, Any]:
    return {"name": name, "ours": ours, "peer": None, "ratio": None, "unit": unit}
