"""What-if: a baseline and a scenario played on the same stored demand paths, quickly enough for a slider."""

import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.errors import NoDataError, examples
from core.base.language import ngettext
from core.base.parameters import ParameterInfo, parameters_of
from core.base.types import DateArray, FloatArray, IntArray
from core.inventory.lead_time import within_reach
from core.inventory.registry import policy
from core.inventory.terms import take_terms
from core.series.forecast import DemandPaths
from core.series.panel import Panel
from core.simulate.contract import SimulationCase, SimulationOptions
from core.simulate.registry import LEVERS
from core.simulate.scenario import Scenario, ScenarioOutcome, exchange_curve, run_scenario, within_reach_of
from core.simulate.simulation import settings_of, simulate
from core.store import runs
from core.store.runs import Run
from core.store.settings import read_settings
from core.store.workspace import Workspace
from core.workflows import forecasting, newcomers, planning
from core.workflows.datasets import Dataset, current_dataset
from core.workflows.supply import Supply, receipts_of, supply_of

__all__ = [
    "Projection", "SavedScenario", "Scenario", "ScenarioOutcome", "SimulationCase", "WhatIf", "baseline_of", "case_of",
    "curve", "differences", "levers", "measures", "not_played", "play", "projection", "renamed", "save", "saved",
    "series_of", "what_if",
]  # fmt: skip

KIND: Final = "simulation"
PATHS_OF_ALL: Final = 200
"""Paths played when more than MANY series are simulated at once."""
MANY: Final = 50
MEASURES: Final = (
    "fill_rate", "cycle_service_level", "stock_out_days", "average_units", "average_value", "turns", "orders",
    "ordered_units", "demand_units", "unmet_units", "holding_cost", "ordering_cost", "shortage_cost", "total_cost",
)  # fmt: skip
CURVE_LEVELS: Final = (0.70, 0.80, 0.85, 0.90, 0.93, 0.95, 0.97, 0.98, 0.99)


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """Baseline beside scenario.

    Attributes:
        case: what was played: that asked for without the series whose lead times the scenario moves beyond the paths.
        baseline, scenario: decisions and outcomes, on the same series, paths and luck.
        n_paths: paths played.
        seconds: wall time of both plays.
    """

    case: SimulationCase
    baseline: ScenarioOutcome
    scenario: ScenarioOutcome
    n_paths: int
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Stock on hand of one series as it may go: 10 %, 50 % and 90 % points per period, each of shape (horizon, 3).

    Attributes:
        periods: first day of each period.
        untouched: when nothing is ordered any more; open orders still arrive.
        following: when the ordering rule is followed from today on.
        trigger, safety_stock: of the rule, units.
    """

    periods: DateArray
    untouched: FloatArray
    following: FloatArray
    trigger: float
    safety_stock: float


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """A scenario kept earlier.

    Attributes:
        run_id, version, created_at: of the run; UTC.
        scenario: what was changed.
        scope: sku and location it was played for, None = all.
        n_paths: demand paths played.
        currency: of its money; "" = not known, of an older program.
        baseline, outcome: measure → value and simulation error, None = undefined.
    """

    run_id: str
    version: str
    created_at: datetime
    scenario: Scenario
    scope: Mapping[str, str | None]
    n_paths: int
    currency: str
    baseline: Mapping[str, tuple[float | None, float | None]]
    outcome: Mapping[str, tuple[float | None, float | None]]


def levers() -> dict[str, ParameterInfo]:
    """What a scenario may change: lever → label, unit, range and neutral value."""
    return {key: parameters_of(lever)[0] for key, lever in LEVERS.items()}


def case_of(workspace: Workspace, sku: str | None = None, location: str | None = None) -> SimulationCase:
    """What is played: one SKU (at one location), one location, or the whole shop, from the newest forecast.

    Ordering rule and service level are those of the newest plan, or the shop's defaults when there is none. As in the
    plan, series whose lead time reaches beyond the forecast are left out where there are others.

    Args:
        workspace: the shop.
        sku: one SKU; None = all.
        location: one location; None = all.

    Raises:
        NoDataError: there is no forecast yet, or no such series.
    """
    dataset = current_dataset(workspace)
    forecasting.required_record(workspace)  # said before supply is read, which takes longer
    # one SKU after another is looked at, and what is said of all of them is the same until something is stored
    panel, supply = workspace.remembered(("supply", dataset.version), lambda _cursor: _supplied(workspace, dataset))
    settings = read_settings(workspace)
    rule, level = _planned(workspace, dataset.version, settings.service_level)
    wanted = [sku] if sku else None
    _run, paths = forecasting.from_newest(
        workspace, lambda key: forecasting.paths_on_every_period(workspace, key, panel, wanted)
    )
    chosen = _chosen(panel, paths, sku, location)
    near = within_reach(take_terms(supply.terms, chosen), panel.frequency, paths.periods)
    beyond, chosen = (chosen[~near], chosen[near]) if near.any() else (chosen[:0], chosen)
    paths = _in_order(paths, panel.skus[chosen], panel.locations[chosen])
    receipts = receipts_of(supply, paths.periods, panel.frequency)
    return SimulationCase(
        paths=paths,
        terms=take_terms(supply.terms, chosen),
        opening=supply.position.take(chosen),
        receipts=None if receipts is None else receipts[chosen],
        policy=policy(rule),
        service_level=level,
        options=SimulationOptions(
            frequency=panel.frequency, seed=1, lost_sales=settings.lost_sales,
            fan_series=(0,) if len(chosen) == 1 else (),
        ),
        life=supply.life.take(chosen),
        left_out=tuple(f"{panel.skus[place]} ({panel.locations[place]})" for place in beyond),
    )  # fmt: skip


def _supplied(workspace: Workspace, dataset: Dataset) -> tuple[Panel, Supply]:
    """The series that orders are planned for, new items that never sold among them, and their supply."""
    panel = newcomers.with_newcomers(workspace, dataset).panel
    return panel, supply_of(workspace, panel)


def _planned(workspace: Workspace, version: str, default_level: float) -> tuple[str, float]:
    """Ordering rule and service level of the newest plan of the data."""
    record = runs.latest_run(workspace, planning.KIND, version)
    if record is None:
        return planning.DEFAULT_POLICY, default_level
    return str(record.manifest["request"]["policy"]), float(record.manifest["service_level"])


def series_of(workspace: Workspace) -> pd.DataFrame:
    """Every series that can be played, new items of the newest forecast among them: sku, location, product_name.

    Raises:
        NoDataError: there is no sales history, or no forecast of it yet.
    """
    dataset = current_dataset(workspace)
    told = forecasting.required_record(workspace).manifest.get("like_items", ())
    panel = newcomers.forecast_series(workspace).panel
    keys = list(zip(panel.skus.tolist(), panel.locations.tolist(), strict=True))
    forecast = {*keys[: len(dataset.panel)], *((entry["sku"], entry["location"]) for entry in told)}
    names = newcomers.names_of(workspace, dataset, panel)
    rows = [(*key, names[key[0]]) for key in keys if key in forecast]
    return pd.DataFrame(rows, columns=["sku", "location", "product_name"])


def _chosen(panel: Panel, paths: DemandPaths, sku: str | None, location: str | None) -> IntArray:
    """Series of the scope; an item named new after the forecast was made is not in it yet, and waits for the next."""
    forecast = set(zip(paths.skus, paths.locations, strict=True))
    mask = np.array([key in forecast for key in zip(panel.skus, panel.locations, strict=True)], bool)
    if sku is not None:
        mask &= panel.skus == sku
    if location is not None:
        mask &= panel.locations == location
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


def baseline_of(case: SimulationCase) -> ScenarioOutcome:
    """The case as it is, decided and played once; every scenario of the case is compared with it."""
    return run_scenario(case, Scenario("Baseline"))


def play(case: SimulationCase, scenario: Scenario, baseline: ScenarioOutcome | None = None) -> WhatIf:
    """Decide anew and play a scenario beside the baseline, which is played too unless it is given.

    Series whose lead time the scenario moves beyond the forecast are left out of both, where there are others.

    Raises:
        InfeasibleTermsError: the scenario's lead times plus review periods of all series are longer than the forecast.
    """
    started = time.perf_counter()
    part = within_reach_of(case, scenario)
    # a baseline of more series than the scenario's could not be compared with it
    before = baseline if baseline is not None and part is case else baseline_of(part)
    after = run_scenario(part, scenario)
    return WhatIf(part, before, after, part.paths.n_paths, time.perf_counter() - started)


def not_played(case: SimulationCase) -> str:
    """Which series are not played and why, as a sentence; "" for none."""
    text = ngettext(
        "{n:,} series is not played, since its lead time reaches beyond the forecast: {which}. Forecast farther.",
        "{n:,} series are not played, since their lead times reach beyond the forecast: {which}. Forecast farther.",
        len(case.left_out),
    )
    return text.format(n=len(case.left_out), which=examples(case.left_out)) if case.left_out else ""


def what_if(workspace: Workspace, scenario: Scenario, sku: str | None = None, location: str | None = None) -> WhatIf:
    """The same, from the workspace in one call."""
    return play(case_of(workspace, sku, location), scenario)


def curve(case: SimulationCase) -> tuple[list[float], list[float], list[float]]:
    """Mean stock value and fill rate at service levels from 70 to 99 %: levels, money, fill rates."""
    money, fill = exchange_curve(case, CURVE_LEVELS)
    return list(CURVE_LEVELS), money.tolist(), fill.tolist()


def projection(case: SimulationCase) -> Projection:
    """How the stock of the first series of the case may go, left alone and under its ordering rule."""
    settings = settings_of(case)
    one = replace(case, options=replace(case.options, fan_series=(0,)))
    # at a trigger that no stock can fall to, the rule never orders
    never = replace(settings, trigger=np.full_like(settings.trigger, -np.inf))
    return Projection(
        periods=case.paths.periods,
        untouched=simulate(one, never).fan[0],
        following=simulate(one, settings).fan[0],
        trigger=float(settings.trigger[0]),
        safety_stock=float(settings.safety_stock[0]),
    )


def measures(outcome: ScenarioOutcome) -> dict[str, tuple[float, float]]:
    """Every overall measure of an outcome with its simulation error."""
    result = outcome.result
    return {name: (getattr(result, name).total, getattr(result, name).total_error) for name in MEASURES}


def differences(played: WhatIf) -> dict[str, tuple[float, float]]:
    """How far each overall measure of the scenario lies above the baseline's, with the error of that difference."""
    before, after = played.baseline.result, played.scenario.result
    return {name: getattr(after, name).minus(getattr(before, name)) for name in MEASURES}


def renamed(result: WhatIf, name: str) -> WhatIf:
    """The same outcome under another name."""
    scenario = replace(result.scenario.scenario, name=name)
    return replace(result, scenario=replace(result.scenario, scenario=scenario))


def save(workspace: Workspace, result: WhatIf, scope: dict[str, str | None], version: str = "") -> str:
    """Keep a scenario with its outcome; the run id. A name that another one has already gets a number.

    Args:
        workspace: the shop.
        result: what was played.
        scope: sku and location it was played for, None = all.
        version: of the data it was played on; "" = that of the present data.
    """
    scenario = result.scenario.scenario
    manifest = {
        "scenario": asdict(replace(scenario, name=_told_apart(workspace, scenario.name))),
        "scope": scope,
        "n_paths": result.n_paths,
        "currency": read_settings(workspace).currency,
        "baseline": _defined(measures(result.baseline)),
        "outcome": _defined(measures(result.scenario)),
    }
    seen = version or current_dataset(workspace).version
    return runs.save_run(workspace, Run(KIND, seen, manifest, result.seconds), {})


def _told_apart(workspace: Workspace, name: str) -> str:
    """The name, with the first free number behind it where a kept scenario has it."""
    taken = {each.scenario.name for each in saved(workspace)}
    numbered = (f"{name} ({number})" for number in range(2, len(taken) + 2))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def _defined(values: Mapping[str, tuple[float, float]]) -> dict[str, list[float | None]]:
    """Undefined figures as None, since JSON has no word for NaN."""
    return {name: [each if math.isfinite(each) else None for each in pair] for name, pair in values.items()}


def saved(workspace: Workspace, limit: int = 50) -> list[SavedScenario]:
    """Scenarios kept, newest first."""
    return [
        SavedScenario(
            run_id=record.run_id,
            version=record.version,
            created_at=record.created_at,
            scenario=Scenario(**record.manifest["scenario"]),
            scope=record.manifest["scope"],
            n_paths=int(record.manifest["n_paths"]),
            currency=str(record.manifest.get("currency", "")),
            baseline={name: tuple(pair) for name, pair in record.manifest["baseline"].items()},
            outcome={name: tuple(pair) for name, pair in record.manifest["outcome"].items()},
        )
        for record in runs.list_runs(workspace, KIND, limit=limit)
    ]
