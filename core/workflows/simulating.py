"""What-if: a baseline and a scenario played on the same stored demand paths, quickly enough for a slider."""

import time
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np

from core.base.errors import NoDataError
from core.base.types import IntArray
from core.inventory.contract import StockPosition
from core.inventory.registry import policy
from core.inventory.terms import take_terms
from core.series.forecast import DemandPaths
from core.simulate.contract import SimulationCase, SimulationOptions
from core.simulate.scenario import Scenario, ScenarioOutcome, exchange_curve, run_scenario
from core.store import runs
from core.store.runs import Run
from core.store.settings import read_settings
from core.store.workspace import Workspace
from core.workflows import forecasting
from core.workflows.datasets import current_dataset
from core.workflows.planning import DEFAULT_POLICY
from core.workflows.supply import receipts_by_period, supply_of

__all__ = ["Scenario", "ScenarioOutcome", "WhatIf", "case_of", "curve", "play", "save", "what_if"]

KIND: Final = "simulation"
PATHS_OF_ALL: Final = 200
"""Paths played when more than MANY series are simulated at once."""
MANY: Final = 50
CURVE_LEVELS: Final = (0.70, 0.80, 0.85, 0.90, 0.93, 0.95, 0.97, 0.98, 0.99)


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """Baseline beside scenario.

    Attributes:
        baseline, scenario: decisions and outcomes, on the same paths and luck.
        n_paths: paths played.
        seconds: wall time of both plays.
    """

    baseline: ScenarioOutcome
    scenario: ScenarioOutcome
    n_paths: int
    seconds: float


def case_of(workspace: Workspace, sku: str | None = None, location: str | None = None) -> SimulationCase:
    """What is played: one SKU (at one location), one location, or the whole shop, from the newest forecast.

    Args:
        workspace: the shop.
        sku: one SKU; None = all.
        location: one location; None = all.

    Raises:
        NoDataError: there is no forecast yet, or no such series.
    """
    dataset = current_dataset(workspace)
    run = forecasting.required(workspace)
    supply, settings = supply_of(workspace, dataset.panel), read_settings(workspace)
    chosen = _chosen(dataset.panel.skus, dataset.panel.locations, sku, location)
    paths = forecasting.paths_on_every_period(workspace, run.run_id, dataset.panel, [sku] if sku else None)
    paths = _in_order(paths, dataset.panel.skus[chosen], dataset.panel.locations[chosen])
    position = supply.position
    return SimulationCase(
        paths=paths,
        terms=take_terms(supply.terms, chosen),
        opening=StockPosition(position.on_hand[chosen], position.on_order[chosen], position.allocated[chosen]),
        receipts=receipts_by_period(supply, paths.periods)[chosen],
        policy=policy(DEFAULT_POLICY),
        service_level=settings.service_level,
        options=SimulationOptions(
            frequency=dataset.panel.frequency, seed=1, lost_sales=settings.lost_sales,
            fan_series=(0,) if len(chosen) == 1 else (),
        ),
    )  # fmt: skip


def _chosen(skus: Any, locations: Any, sku: str | None, location: str | None) -> IntArray:
    mask = np.ones(len(skus), bool)
    if sku is not None:
        mask &= skus == sku
    if location is not None:
        mask &= locations == location
    if not mask.any():
        raise NoDataError(f"No series has SKU “{sku}” at location “{location}”. Choose one of the list.")
    return np.flatnonzero(mask)


def _in_order(paths: DemandPaths, skus: Any, locations: Any) -> DemandPaths:
    place = {key: row for row, key in enumerate(zip(paths.skus, paths.locations, strict=True))}
    rows = np.array([place[key] for key in zip(skus, locations, strict=True)])
    taken = paths.take(rows)
    if len(rows) > MANY and taken.n_paths > PATHS_OF_ALL:
        taken = replace(taken, units=taken.units[:PATHS_OF_ALL])
    return taken


def play(case: SimulationCase, scenario: Scenario, baseline: str = "Baseline") -> WhatIf:
    """Decide anew and play, for the baseline and the scenario.

    Raises:
        InfeasibleTermsError: the scenario's lead time plus review period is longer than the forecast.
    """
    started = time.perf_counter()
    before = run_scenario(case, Scenario(baseline))
    after = run_scenario(case, scenario)
    return WhatIf(before, after, case.paths.n_paths, time.perf_counter() - started)


def what_if(workspace: Workspace, scenario: Scenario, sku: str | None = None, location: str | None = None) -> WhatIf:
    """The same, from the workspace in one call."""
    return play(case_of(workspace, sku, location), scenario)


def curve(case: SimulationCase) -> tuple[list[float], list[float], list[float]]:
    """Mean stock value and fill rate at service levels from 70 to 99 %: levels, money, fill rates."""
    money, fill = exchange_curve(case, CURVE_LEVELS)
    return list(CURVE_LEVELS), money.tolist(), fill.tolist()


def measures(outcome: ScenarioOutcome) -> dict[str, tuple[float, float]]:
    """Every overall measure of an outcome with its simulation error."""
    result = outcome.result
    names = (
        "fill_rate", "cycle_service_level", "stock_out_days", "average_units", "average_value", "turns", "orders",
        "ordered_units", "demand_units", "unmet_units", "holding_cost", "ordering_cost", "shortage_cost", "total_cost",
    )  # fmt: skip
    return {name: (getattr(result, name).total, getattr(result, name).total_error) for name in names}


def save(workspace: Workspace, result: WhatIf, scope: dict[str, str | None]) -> str:
    """Keep a scenario with its outcome; the run id."""
    manifest = {
        "scenario": asdict(result.scenario.scenario),
        "scope": scope,
        "n_paths": result.n_paths,
        "baseline": measures(result.baseline),
        "outcome": measures(result.scenario),
    }
    version = current_dataset(workspace).version
    return runs.save_run(workspace, Run(KIND, version, manifest, result.seconds), {})
