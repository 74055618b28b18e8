"""What planners correct by hand: demand of single periods, and how stock-outs of single SKUs are treated."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from core.store.clock import now
from core.store.sql import Cursor, arrow, load, put_rows
from core.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Place:
    """One SKU at one location."""

    sku: str
    location: str


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Demand of one period as a planner knows it.

    Attributes:
        sku, location: which series.
        period: first day of the period.
        units: demand, ≥ 0.
        reason: in the planner's words.
    """

    sku: str
    location: str
    period: date
    units: float
    reason: str


def adjustments(workspace: Workspace) -> pa.Table:
    """All corrections: sku, location, period, units, reason, created_at (UTC)."""
    with workspace.cursor() as cursor:
        return arrow(cursor, "adjustments")


def put_adjustments(workspace: Workspace, wanted: Sequence[Adjustment]) -> None:
    """Store corrections, each in the place of an earlier one of the same period; all of them or none."""
    rows = {(each.sku, each.location, each.period): asdict(each) | {"created_at": now()} for each in wanted}
    periods = ", ".join(sorted({str(each.period) for each in wanted}))

    def work(cursor: Cursor) -> None:
        put_rows(cursor, "adjustment_put", rows)
        # the same figure for another reason is the same demand: no other version of the data tells the new reason
        cursor.execute(load("adjustment_findings"))
        workspace.audited(cursor, "correct demand", f"{len(rows):,} periods: {periods}")

    workspace.write(work)


def drop_adjustment(workspace: Workspace, place: Place, period: date) -> bool:
    """Take a correction back; whether there was one."""
    values = asdict(place) | {"period": period}

    def work(cursor: Cursor) -> bool:
        removed = cursor.execute(load("adjustment_remove"), values).fetchone()
        workspace.audited(cursor, "take correction back", str(period))
        return bool(removed and removed[0])

    return workspace.write(work)


def stock_out_choices(workspace: Workspace) -> dict[tuple[str, str], str]:
    """What was chosen for single series: (sku, location) → "estimate" or "leave"."""
    with workspace.cursor() as cursor:
        rows = cursor.execute(load("stock_out_choices")).fetchall()
    return {(sku, location): choice for sku, location, choice, _at in rows}


def put_stock_out_choices(workspace: Workspace, wanted: Mapping[Place, str]) -> None:
    """Store how stock-outs of series are treated, each in the place of an earlier choice; all of them or none.

    Args:
        workspace: the store.
        wanted: "estimate", "leave", or "" = as the rule says, which takes an earlier choice back.
    """

    def work(cursor: Cursor) -> None:
        rows = {place: asdict(place) | {"choice": choice, "created_at": now()} for place, choice in wanted.items()}
        put_rows(cursor, "stock_out_choice_put", {place: row for place, row in rows.items() if row["choice"]})
        for place in (place for place, choice in wanted.items() if not choice):
            cursor.execute(load("stock_out_choice_remove"), asdict(place))
        workspace.audited(cursor, "choose stock-outs", f"{len(wanted):,} SKUs at a location")

    workspace.write(work)


def key(workspace: Workspace) -> str:
    """SHA-256 of everything users decided by hand that changes the clean demand; "" when there is nothing.

    Besides corrections and choices these are the links between codes and the exchange rates.
    """
    with workspace.cursor() as cursor:
        rows = cursor.execute(load("corrections")).fetchall()
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest() if rows else ""


def history_units(workspace: Workspace, version: str, sku: str | None, location: str | None) -> pd.DataFrame:
    """Per period what was imported, came back and is clean demand: period, units, imported_units, returned_units."""
    with workspace.cursor() as cursor:
        return cursor.execute(load("history_units"), _scope(version, sku, location)).df()


def history_changes(workspace: Workspace, version: str, sku: str | None, location: str | None) -> pd.DataFrame:
    """What each rule put on or took off: rule, sku, location, period (ISO day), coming_back, change."""
    with workspace.cursor() as cursor:
        return cursor.execute(load("history_changes"), _scope(version, sku, location)).df()


def marked_events(workspace: Workspace, version: str) -> pa.Table:
    """Unusual sales left as they are and marked as an event: sku, location, period."""
    with workspace.cursor() as cursor:
        return arrow(cursor, "marked_events", {"version": version})


def stock_out_totals(workspace: Workspace, version: str) -> pd.DataFrame:
    """Per series with stock-outs: sku, location, periods, estimated_periods, sold_units, lost_units, lost_sd."""
    with workspace.cursor() as cursor:
        return cursor.execute(load("stock_out_totals"), {"version": version}).df()


def _scope(version: str, sku: str | None, location: str | None) -> dict[str, Any]:
    return {"version": version, "sku": sku, "location": location}
