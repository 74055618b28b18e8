"""Speed of the inventory simulation against numpy vectorised over paths and series, in the same run."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core.inventory.contract import Settings
from core.simulate.scenario import Scenario, run_scenario
from core.simulate.simulation import settings_of, simulate, statistics_of
from tests.supply import case, poisson_paths, stock, terms

LEAD_TIME, REVIEW = 14, 7


def vectorised(demand: np.ndarray, settings: Settings, on_hand: float) -> np.ndarray:
    """Lost units per path and series: order up to the target at each review; the only loop is over time."""
    n_paths, n_series, horizon = demand.shape
    stock_now = np.full((n_paths, n_series), on_hand)
    position = stock_now.copy()
    due = np.zeros((horizon + LEAD_TIME + 1, n_paths, n_series))
    lost = np.zeros((n_paths, n_series))
    held = np.zeros((n_paths, n_series))
    for t in range(horizon):
        stock_now += due[t]
        if t % REVIEW == 0:
            ordered = np.where(position <= settings.trigger, np.ceil(settings.target - position - 1e-9), 0.0)
            position += ordered
            due[t + LEAD_TIME] += ordered
        sold = np.minimum(stock_now, demand[:, :, t])
        stock_now -= sold
        position -= sold
        lost += demand[:, :, t] - sold
        held += stock_now + 0.5 * sold
    return lost


def best(work: Callable[[], Any], repeats: int = 5) -> float:
    """Least seconds of some runs, after one that compiles."""
    work()
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def compared(n_series: int, n_paths: int) -> list[dict[str, Any]]:
    """Playing alone, like for like, and all that follows a moved slider: settings, play, measures with their errors.

    Both must lose the same units.
    """
    demand = poisson_paths(3.0, n_paths, n_series, 91)
    supply = terms(n_series, lead_time_days=float(LEAD_TIME), review_period_days=float(REVIEW))
    played = case(demand, terms=supply, opening=stock(n_series, on_hand=50.0))
    settings = settings_of(played)
    ours_lost = simulate(played, settings).unmet_units.total * n_paths
    assert np.isclose(ours_lost, vectorised(demand.units, settings, 50.0).sum())
    size = f"{n_series} series x {n_paths} paths x 91 days"
    peer = best(lambda: vectorised(demand.units, settings, 50.0), repeats=3)
    play = best(lambda: statistics_of(played, settings))
    whole = best(lambda: run_scenario(played, Scenario("again")))
    steps = demand.units.size / 1e6
    return [
        line(f"play {size}", steps / play, steps / peer, "million steps/s"),
        {**line(f"re-plan and simulate {size}", 1000 * whole, 1000 * peer, "ms"), "ratio": round(peer / whole, 2)},
    ]


def line(name: str, ours: float, peer: float, unit: str) -> dict[str, Any]:
    """One figure; the peer is numpy, vectorised over paths and series, playing only."""
    return {"name": name, "ours": round(ours, 2), "peer": round(peer, 2), "ratio": round(ours / peer, 2), "unit": unit}


def bench() -> list[dict[str, Any]]:
    """One SKU as behind a slider, and a whole shop."""
    return [*compared(1, 1000), *compared(600, 1000)]
