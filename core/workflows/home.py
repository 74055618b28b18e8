"""What needs the planner today: key figures, and the SKUs out of stock, about to be, or in excess."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency, TradingCalendar
from core.base.errors import NoDataError
from core.base.types import FloatArray, IntArray
from core.store import datasets, runs
from core.store.workspace import Workspace
from core.workflows import comparing, forecasting, planning
from core.workflows.datasets import Dataset, current_dataset
from core.workflows.planning import PlanRun

OUT: Final = "stocked out"
SOON: Final = "stocked out soon"
EXCESS: Final = "excess"
NEW: Final = "new"
FINE: Final = "fine"
STATES: Final = (OUT, SOON, EXCESS, NEW, FINE)
NEW_DAYS: Final = 90
EXCESS_DAYS: Final = 120


@dataclass(frozen=True, slots=True)
class Strip:
    """What the sidebar tells: last day of the data, time of the last forecast, name of the data; None = none yet."""

    data_until: Any
    forecast_at: datetime | None
    version: str | None


@dataclass(frozen=True, slots=True)
class State:
    """How far the work on the present data has come: version of the data and newest runs on it, "" = none yet."""

    version: str
    comparison: str
    forecast: str
    plan: str


@dataclass(frozen=True, slots=True, eq=False)
class Status:
    """The Home page.

    Attributes:
        version: of the data.
        data_until: last day of the last period.
        series, skus: counted.
        units, units_before: sold in the last 28 days of the data and in the 28 days before.
        weekly: units per week, oldest first, up to a year.
        frequency: length of a period; of monthly data one month stands for the 28 days.
        stocked_out, soon, excess: number of series in each state; None = no plan yet, or stock was never reported.
        margin_at_risk: expected margin lost until the next receipt if nothing is ordered, money; None = no plan.
        excess_value: money in stock beyond the target; None = no plan, no stock figures, or no unit costs of it.
        order_value: money of today's plan, None = no plan or no unit costs.
        order_units: units of today's plan, None = no plan.
        stock_value: money in stock, None = no plan or no stock figures.
        wape: of the best method in the last comparison, None = none.
        exceptions: plan lines that are not fine, with a `state`, most money at risk first.
        notes: what was noticed in the data.
    """

    version: str
    data_until: Any
    series: int
    skus: int
    units: float
    units_before: float
    frequency: str
    weekly: list[float]
    stocked_out: int | None
    soon: int | None
    excess: int | None
    margin_at_risk: float | None
    excess_value: float | None
    order_value: float | None
    order_units: float | None
    stock_value: float | None
    wape: float | None
    exceptions: pd.DataFrame
    notes: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """The figures as plain values, as the command line prints them."""
        names = [name for name in self.__slots__ if name not in ("exceptions", "weekly", "notes")]
        values = {name: getattr(self, name) for name in names}
        return values | {"data_until": str(self.data_until), "notes": list(self.notes)}


def strip(workspace: Workspace) -> Strip:
    """The sidebar's facts, without loading any data."""
    version = datasets.current_version(workspace)
    if version is None:
        return Strip(None, None, None)
    record = runs.latest_run(workspace, forecasting.KIND, version.version)
    first = version.last_period
    until = None if first is None else Frequency(version.frequency).last_day(np.datetime64(first, "D"))
    return Strip(until, record.created_at if record else None, version.version)


def state_of(workspace: Workspace) -> State:
    """The present data and the newest runs on it, without loading any; what pages show depends on nothing else."""
    version = datasets.current_version(workspace)
    if version is None:
        return State("", "", "", "")
    newest = [
        runs.latest_run(workspace, kind, version.version) for kind in (comparing.KIND, forecasting.KIND, planning.KIND)
    ]
    return State(version.version, *(record.run_id if record else "" for record in newest))


def has_data(workspace: Workspace) -> bool:
    """Whether there is clean demand to work on."""
    return datasets.current_version(workspace) is not None


def status(workspace: Workspace) -> Status:
    """The figures and exceptions of the present data and its newest plan.

    Raises:
        NoDataError: nothing was imported yet.
    """
    dataset = current_dataset(workspace)
    if not len(dataset.panel):
        raise NoDataError("There is no sales history yet. Upload a sales file or load the sample shop.")
    plan = planning.latest(workspace, dataset.version)
    comparison = comparing.latest(workspace, dataset.version)
    lines = with_state(plan, dataset) if plan else pd.DataFrame(columns=["state"])
    # of a shop that never reported stock nobody knows what runs out, which is not the same as nothing
    count = lines["state"].value_counts() if plan and lines["on_hand"].notna().any() else None
    units, before = _recent_units(dataset)
    return Status(
        version=dataset.version,
        data_until=dataset.panel.frequency.last_day(dataset.panel.calendar.last),
        series=len(dataset.panel),
        skus=len(set(dataset.panel.skus)),
        units=units,
        units_before=before,
        frequency=dataset.panel.frequency.value,
        weekly=_weekly(dataset),
        stocked_out=_of(count, OUT),
        soon=_of(count, SOON),
        excess=_of(count, EXCESS),
        margin_at_risk=_sum(lines, "margin_at_risk") if plan else None,
        excess_value=_excess_value(lines) if count is not None else None,
        order_value=_sum(lines, "order_value") if plan else None,
        order_units=_sum(lines, "order_units") if plan else None,
        stock_value=_sum(lines, "stock_value") if plan else None,
        wape=comparison.rows[0]["wape"] if comparison else None,
        exceptions=_exceptions(lines) if plan else lines,
        notes=dataset.notes,
    )


def _of(count: "pd.Series[int] | None", state: str) -> int | None:
    return None if count is None else int(count.get(state, 0))


def _sum(lines: pd.DataFrame, column: str) -> float | None:
    known = lines[column].dropna()
    return float(known.sum()) if len(known) else None


def _excess_value(lines: pd.DataFrame) -> float | None:
    inside = lines[lines["state"] == EXCESS]
    return _sum(inside, "capital_at_risk") if len(inside) else 0.0


def with_state(plan: PlanRun, dataset: Dataset) -> pd.DataFrame:
    """Plan lines with a `state`: stocked out, stocked out soon, excess, new or fine.

    Out: nothing on hand though demand is expected. Soon: stock runs out before an order placed today could arrive.
    Excess: more than 120 days of cover beyond what the plan aims at. New: on sale for less than 90 days, or never sold
    yet. Series whose stock was never reported are left fine, since nothing is known of them.
    """
    lines = plan.lines.copy()
    as_of = pd.Timestamp(str(plan.manifest["as_of"]))
    arrival = as_of + pd.to_timedelta(lines["lead_time_days"].round(), unit="D")
    # a line that could not be planned has no expected demand, but days of cover only where some is forecast
    far = lines["expected_demand"].isna() & lines["days_of_cover"].notna()
    known, wanted = lines["on_hand"].notna(), (lines["expected_demand"] > 0.5) | far
    out = known & wanted & (lines["on_hand"] <= 0)
    soon = known & wanted & (lines["stock_out_date"] < arrival)
    excess = known & (lines["excess_units"] > 0) & ((lines["days_of_cover"] > EXCESS_DAYS) | ~wanted)
    keys = dict(zip(zip(dataset.panel.skus, dataset.panel.locations, strict=True), dataset.panel.starts, strict=True))
    # of a plan line without a series nothing was ever sold: an item forecast like another one
    begun = np.array([keys.get(key, -1) for key in zip(lines["sku"], lines["location"], strict=True)])
    age = as_of - pd.DatetimeIndex(dataset.panel.calendar.periods[begun].astype("datetime64[s]"))
    fresh = (begun < 0) | ((begun > 0) & (age < pd.Timedelta(NEW_DAYS, "D")))
    lines["state"] = np.select([out, soon, excess, fresh], [OUT, SOON, EXCESS, NEW], FINE)
    return lines


def _exceptions(lines: pd.DataFrame) -> pd.DataFrame:
    found = lines[lines["state"] != FINE].copy()
    order = {state: place for place, state in enumerate(STATES)}
    found["rank"] = found["state"].map(order)
    found["at_risk"] = found["margin_at_risk"].where(found["state"] != EXCESS, found["capital_at_risk"])
    return found.sort_values(["rank", "at_risk"], ascending=[True, False], ignore_index=True).drop(columns="rank")


def _totals(dataset: Dataset) -> FloatArray:
    return np.nansum(dataset.panel.dense(), axis=0)


def _recent_units(dataset: Dataset) -> tuple[float, float]:
    """Units in the last 28 days and in the 28 before, of monthly data in the last month and the one before."""
    ago, totals = _spans_ago(dataset.panel.calendar, 28), _totals(dataset)
    return float(totals[ago == 0].sum()), float(totals[ago == 1].sum())


def _weekly(dataset: Dataset) -> list[float]:
    """Units per seven days back from the last day (or per month), oldest first, at most 52 values; only whole ones."""
    calendar = dataset.panel.calendar
    ago = _spans_ago(calendar, 7)
    days = int((calendar.frequency.last_day(calendar.last) - calendar.periods[0]).astype(np.int64)) + 1
    whole = ago[0] + 1 if calendar.frequency is Frequency.MONTH else days // 7
    sums = np.bincount(ago, weights=_totals(dataset))[: min(whole, 52)]
    return [float(value) for value in sums[::-1]]


def _spans_ago(calendar: TradingCalendar, days: int) -> IntArray:
    """How many spans of so many days (or months, of monthly data) each period lies back, shape (n_periods,)."""
    if calendar.frequency is Frequency.MONTH:
        return np.asarray(
            (calendar.last.astype("datetime64[M]") - calendar.periods.astype("datetime64[M]")).astype(np.int64)
        )
    return np.asarray((calendar.last - calendar.periods).astype(np.int64) // days)
