"""The order plan: what to order today, from whom, and why, from stored demand paths and the shop's supply terms."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.errors import NoDataError, ParameterError, examples
from core.base.language import _, ngettext
from core.base.progress import Progress, silent
from core.base.types import AnyArray, DateArray
from core.inventory.lead_time import days_needed, protection_days
from core.inventory.lifetime import worth_having
from core.inventory.plan import PlanRequest, ReplenishmentPlan, SupplierTotal
from core.inventory.planning import replenishment_plan
from core.inventory.registry import POLICIES, policy
from core.report.numbers import day
from core.store import runs
from core.store.runs import Run, RunRecord
from core.store.settings import read_settings
from core.store.workspace import Workspace
from core.workflows import forecasting, newcomers
from core.workflows.datasets import current_dataset
from core.workflows.supply import Supply, receipts_of, supply_of
from core.workflows.supply_limits import sentence

KIND: Final = "plan"
DEFAULT_POLICY: Final = "order_up_to"


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the planner chose.

    Attributes:
        service_level: cycle service level, fraction; None = the shop's default.
        policy: key of the ordering rule.
        budget: money the orders may cost in all; None = no limit.
        seed: of all random draws.
    """

    service_level: float | None = None
    policy: str = DEFAULT_POLICY
    budget: float | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class PlanRun:
    """A stored plan.

    Attributes:
        run_id, version: of the run and the data it saw.
        manifest: options, forecast run, day of the plan, policy, totals.
        lines: one row per SKU × location, columns as in `COLUMNS`.
        steps: per row of lines, the terms that add up to the order: [name, units] pairs.
        suppliers: totals per supplier.
    """

    run_id: str
    version: str
    manifest: Mapping[str, Any]
    lines: pd.DataFrame
    steps: list[list[tuple[str, float]]]
    suppliers: tuple[SupplierTotal, ...]


DATES: Final = ("order_by", "next_order", "stock_out_date")
AMOUNTS: Final = (
    "on_hand", "on_order", "allocated", "expected_demand", "safety_stock", "trigger", "target", "suggested_units",
    "order_units", "days_of_cover", "order_value", "stock_value", "margin_at_risk", "excess_units", "capital_at_risk",
)  # fmt: skip


def policy_labels() -> dict[str, str]:
    """Ordering rules on offer: key → label, the default one first."""
    return {key: each.label for key, each in POLICIES.items()}


def plan(workspace: Workspace, options: PlanOptions, progress: Progress | None = None) -> PlanRun:
    """Decide on an order for every series and store the plan.

    Raises:
        NoDataError: there is no sales history, or no forecast of it yet.
        ParameterError: a service level, policy or budget out of range.
        InfeasibleTermsError: the lead times plus review periods of all series are longer than the forecast.
    """
    told = progress or silent()
    started = time.perf_counter()
    settings = read_settings(workspace)
    level = options.service_level if options.service_level is not None else settings.service_level
    if options.policy not in POLICIES:
        raise ParameterError(f"“{options.policy}” is no ordering rule. Choose one of {', '.join(POLICIES)}.")
    if options.budget is not None and options.budget < 0:
        raise ParameterError.outside("Budget", options.budget, low=0, high="any amount", unit="money")
    dataset = current_dataset(workspace)
    told.report("Reading stock, open orders and supply terms", 0.1)
    run, (panel, paths) = forecasting.from_newest(workspace, lambda key: forecasting.planned(workspace, key, dataset))
    supply = supply_of(workspace, panel)
    told.report("Deciding on orders", 0.4, f"{len(panel):,} series")
    result = replenishment_plan(
        PlanRequest(
            paths=paths,
            terms=supply.terms,
            position=supply.position,
            policy=policy(options.policy),
            service_level=level,
            as_of=paths.periods[0],
            frequency=panel.frequency,
            seed=options.seed,
            receipts=receipts_of(supply, paths.periods, panel.frequency),
            budget=options.budget,
            at_most=worth_having(paths, supply.terms, supply.life, panel.frequency, level),
        )
    )
    told.report("Storing the plan", 0.9)
    manifest = _manifest(options, level, run.run_id, result, supply) | {"currency": settings.currency}
    category = panel.attributes.get("category", np.full(len(panel), ""))
    told_of = (newcomers.names_of(workspace, dataset, panel), category)
    lines, steps = _lines(told_of, supply, result, panel.frequency.last_day(paths.periods[-1]))
    return _stored(workspace, dataset.version, manifest, (lines, steps), time.perf_counter() - started)


def _manifest(
    options: PlanOptions, level: float, forecast_run: str, result: ReplenishmentPlan, supply: Supply
) -> dict[str, Any]:
    known = supply.stock_date[~np.isnat(supply.stock_date)]
    return {
        "request": asdict(options),
        "service_level": level,
        "forecast_run": forecast_run,
        "as_of": str(result.as_of),
        "stock_date": str(known.max()) if len(known) else None,
        "series_without_stock": int(np.isnan(supply.position.on_hand).sum()),
        "counts_carried_on": int(supply.counts.carried.sum()),
        "terms_left_out": list(supply.left_out),
        "counts_contradicted": int(supply.counts.contradicted.sum()),
        "total_value": _known_value(result),
        "suppliers": [asdict(each) for each in result.suppliers],
        "seed": options.seed,
    }


def _known_value(result: ReplenishmentPlan) -> float | None:
    """Money of all orders of known cost; None when something is ordered and no cost at all is known."""
    costed = np.isfinite(result.order_value[result.to_order])
    return result.total_value if costed.any() or not len(costed) else None


def _lines(
    told: tuple[Mapping[str, str], AnyArray], supply: Supply, result: ReplenishmentPlan, until: np.datetime64
) -> tuple[pd.DataFrame, list[list[tuple[str, float]]]]:
    """One row per series, and its steps; told: product name per SKU, category per series; until: the forecast's end."""
    names, category = told
    columns: dict[str, Any] = {
        "sku": result.skus,
        "product_name": [names[str(sku)] for sku in result.skus],
        "category": category,
        "location": result.locations,
        "supplier": result.supplier,
        "lead_time_days": supply.terms.lead_time_days,
        "lead_time_sd_days": supply.terms.lead_time_sd_days,
        "review_period_days": supply.terms.review_period_days,
        "moq": supply.terms.moq,
        "pack": supply.terms.pack,
        "unit_cost": supply.terms.unit_cost,
        "service_level": result.service_level,
    }
    columns |= {name: getattr(result, name) for name in AMOUNTS}
    columns |= {name: _stamps(getattr(result, name)) for name in DATES}
    columns["assumed"] = supply.terms.assumed
    told_more = zip(
        _unplanned(supply, result, until), result.notes, supply.counts.sentences(), _outliving(supply, result),
        _ending(supply, result), strict=True,
    )  # fmt: skip
    columns["notes"] = [" ".join(filter(None, texts)) for texts in told_more]
    return pd.DataFrame(columns), [result.steps(place) for place in range(len(result))]


def _unplanned(supply: Supply, result: ReplenishmentPlan, until: np.datetime64) -> list[str]:
    """Why nothing is decided of items whose lead time reaches beyond the forecast, else "", one text per series."""
    text = _(
        "Not planned: lead time and review period may take {days} days together, and the forecast ends on {until}. "
        "Forecast farther, or correct the lead time."
    )
    pairs = zip(np.isnan(result.order_units).tolist(), days_needed(supply.terms), strict=True)
    return [text.format(days=f"{days:,.0f}", until=day(until)) if left else "" for left, days in pairs]


def _outliving(supply: Supply, result: ReplenishmentPlan) -> list[str]:
    """What to say of orders of which the last spoils before it is sold, else "", one text per series."""
    position = supply.position.position + result.order_units
    with np.errstate(divide="ignore", invalid="ignore"):
        lasts = position / (result.expected_demand / protection_days(supply.terms)) - supply.terms.lead_time_days
    life_days = supply.life.shelf_life_days
    text = _("From its arrival this order lasts {lasts} days, longer than its shelf life of {life} days.")
    too_long = (result.order_units > 0) & (lasts > life_days)
    pairs = zip(too_long.tolist(), lasts, life_days, strict=True)
    return [text.format(lasts=f"{each:,.0f}", life=f"{life:,.0f}") if long else "" for long, each, life in pairs]


def _ending(supply: Supply, result: ReplenishmentPlan) -> list[str]:
    """What to say of items whose sale ends before the next order could arrive, else "", one text per series."""
    text = _("No longer on sale from {day} on; nothing is expected of it from then.")
    reach = result.as_of + np.ceil(protection_days(supply.terms)).astype("timedelta64[D]")
    soon = supply.life.ends_on < reach
    return [
        text.format(day=day(end)) if ends else "" for end, ends in zip(supply.life.ends_on, soon.tolist(), strict=True)
    ]


def _stamps(days: DateArray) -> Any:
    return pd.to_datetime(np.asarray(days, "datetime64[s]"))


def _stored(
    workspace: Workspace, version: str, manifest: dict[str, Any], made: tuple[pd.DataFrame, Any], seconds: float
) -> PlanRun:
    lines, steps = made
    texts = lines.assign(**{name: lines[name].dt.strftime("%Y-%m-%d") for name in DATES})
    records = texts.astype(object).where(texts.notna(), None).to_dict("records")
    table = pd.DataFrame(
        {
            "sku": lines["sku"],
            "location": lines["location"],
            "line": [
                json.dumps(record | {"steps": step}, ensure_ascii=False, default=float)
                for record, step in zip(records, steps, strict=True)
            ],
        }
    )
    run_id = runs.save_run(workspace, Run(KIND, version, manifest, seconds), {"plan_lines": table})
    suppliers = tuple(SupplierTotal(**each) for each in manifest["suppliers"])
    return PlanRun(run_id, version, manifest, lines, steps, suppliers)


def latest(workspace: Workspace, version: str | None = None) -> PlanRun | None:
    """The newest plan of a dataset version (of any when None), or None."""
    record = runs.latest_run(workspace, KIND, version)
    return None if record is None else _with_lines(workspace, record)


def stored(workspace: Workspace, run_id: str) -> PlanRun | None:
    """The plan with this key; None when it is no longer kept."""
    record = runs.find_run(workspace, KIND, run_id)
    return None if record is None else _with_lines(workspace, record)


def _with_lines(workspace: Workspace, record: RunRecord) -> PlanRun:
    # One text, so that the names of the columns are read and kept once and not once per line.
    stored = json.loads(f"[{','.join(runs.run_table(workspace, 'plan_lines', record.run_id)['line'])}]")
    steps = [[(name, units) for name, units in entry.pop("steps")] for entry in stored]
    lines = pd.DataFrame(stored)
    for name in DATES:
        lines[name] = pd.to_datetime(lines[name], format="%Y-%m-%d")
    for name in AMOUNTS:
        lines[name] = lines[name].astype(float)
    suppliers = tuple(SupplierTotal(**each) for each in record.manifest["suppliers"])
    return PlanRun(record.run_id, record.version, record.manifest, lines, steps, suppliers)


def unplanned(run: PlanRun) -> str:
    """Which lines could not be planned and why, as a sentence; "" for none."""
    left = run.lines[run.lines["order_units"].isna()]
    if left.empty:
        return ""
    text = ngettext(
        "{n:,} line is not planned, since its lead time reaches beyond the forecast: {which}. Forecast farther, or "
        "correct the lead time.",
        "{n:,} lines are not planned, since their lead times reach beyond the forecast: {which}. Forecast farther, or "
        "correct the lead times.",
        len(left),
    )
    keys = [f"{sku} ({location})" for sku, location in zip(left["sku"], left["location"], strict=True)]
    return text.format(n=len(left), which=examples(keys))


def stock_notes(run: PlanRun) -> list[str]:
    """What to know about the stock figures and terms of a plan, as sentences."""
    texts = [text] if (text := sentence(run.manifest.get("terms_left_out", ()))) else []
    if carried := run.manifest.get("counts_carried_on", 0):
        text = ngettext(
            "{n:,} stock count is older than the last sale; what was sold and received since is reckoned in.",
            "{n:,} stock counts are older than the last sale; what was sold and received since is reckoned in.",
            carried,
        )
        texts.append(text.format(n=carried))
    if contradicted := run.manifest.get("counts_contradicted", 0):
        text = ngettext(
            "In {n:,} case more was sold since than was there, so goods came in that no file tells: the stock is not "
            "known. Upload a newer stock file, or the purchase orders.",
            "In {n:,} cases more was sold since than was there, so goods came in that no file tells: the stock is not "
            "known. Upload a newer stock file, or the purchase orders.",
            contradicted,
        )
        texts.append(text.format(n=contradicted))
    return texts


def required(workspace: Workspace) -> PlanRun:
    """The newest plan of the data in force.

    Raises:
        NoDataError: there is none.
    """
    run = latest(workspace, current_dataset(workspace).version)
    if run is None:
        raise NoDataError("There is no order plan of the present data yet. Make one on the Order plan page.")
    return run
