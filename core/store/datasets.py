"""Dataset versions: the clean demand derived from uploads and a recipe, the root of every run and cache key."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from core.store import backtests, networks
from core.store.clock import now
from core.store.sql import Cursor, columns_of, delete, insert_frame, load, select
from core.store.workspace import READ_SECONDS, Workspace

_KEEP: Final = 5


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """One state of the clean data.

    Attributes:
        version: hash of uploads, recipe and grain; see version_of.
        recipe_id: recipe that derived it.
        frequency: "day", "week" or "month".
        n_series: number of SKU × location.
        first_period: first day of its first period.
        last_period: first day of its last period.
        closed_weekdays: weekdays (Monday = 0) without trade.
        notes: facts for the planner, e.g. a partial last period that was left out.
        created_at: UTC; None until it is saved.
    """

    version: str
    recipe_id: str
    frequency: str
    n_series: int
    first_period: date | None
    last_period: date | None
    closed_weekdays: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecipeRecord:
    """A stored cleaning recipe: its key, the one it was made from, its rules as JSON, and when (UTC)."""

    recipe_id: str
    parent_id: str | None
    rules: str
    created_at: datetime


def version_of(upload_ids: Iterable[str], recipe_id: str, frequency: str) -> str:
    """Key of the data that these uploads, this recipe and this grain give; their order does not matter."""
    # JSON keeps the parts apart, so that no two different sets spell the same text.
    return hashlib.sha256(json.dumps([sorted(upload_ids), recipe_id, frequency]).encode()).hexdigest()


def save_version(
    workspace: Workspace,
    dataset: DatasetVersion,
    demand: pa.Table | pd.DataFrame,
    findings: pa.Table | pd.DataFrame | None = None,
) -> None:
    """Store a dataset version with its demand and findings in one transaction; the last five versions are kept.

    Args:
        workspace: the store.
        dataset: what it is.
        demand: columns sku, location, period, units (NULL or NaN = not on sale), censored, imported_units,
            returned_units, revenue, lost_units, lost_sd.
        findings: columns rule, sku, location, period (text), before_units, after_units, reason, line, cells.
    """

    def work(cursor: Cursor) -> None:
        older = [row[0] for row in cursor.execute(load("versions")).fetchall() if row[0] != dataset.version]
        for version in [dataset.version, *older[_KEEP - 1 :]]:
            # Saved again, a version is derived anew: old rows would double it.
            for table in ("demand", "findings"):
                cursor.execute(delete(table, "version"), {"owner": version})
        for version in older[_KEEP - 1 :]:
            cursor.execute(delete("dataset_versions", "version"), {"owner": version})
        cursor.execute(load("version_add"), _version_values(dataset))
        insert_frame(cursor, "demand", dataset.version, demand)
        if findings is not None:
            insert_frame(cursor, "findings", dataset.version, findings)

    workspace.write(work)
    versions = {entry.version for entry in list_versions(workspace)}
    backtests.sweep(workspace, versions)
    networks.sweep(workspace, versions)


def _version_values(dataset: DatasetVersion) -> dict[str, Any]:
    return {
        "version": dataset.version,
        "recipe_id": dataset.recipe_id,
        "frequency": dataset.frequency,
        "n_series": dataset.n_series,
        "first_period": dataset.first_period,
        "last_period": dataset.last_period,
        "closed_weekdays": json.dumps(dataset.closed_weekdays),
        "notes": json.dumps(dataset.notes, ensure_ascii=False),
        "created_at": now(),
    }


def clear_versions(workspace: Workspace) -> None:
    """Forget every dataset version: there are no sales left to make one from."""

    def work(cursor: Cursor) -> None:
        for version, *_rest in cursor.execute(load("versions")).fetchall():
            for table in ("demand", "findings", "dataset_versions"):
                cursor.execute(delete(table, "version"), {"owner": version})

    workspace.write(work)
    backtests.sweep(workspace, ())
    networks.sweep(workspace, ())


def list_versions(workspace: Workspace) -> tuple[DatasetVersion, ...]:
    """Stored dataset versions, newest first."""
    return workspace.remembered("versions", _versions)


def _versions(cursor: Cursor) -> tuple[DatasetVersion, ...]:
    return tuple(
        DatasetVersion(version, recipe, grain, n, first, last, tuple(json.loads(closed)), tuple(json.loads(notes)), at)
        for version, recipe, grain, n, first, last, closed, notes, at in cursor.execute(load("versions")).fetchall()
    )


def current_version(workspace: Workspace) -> DatasetVersion | None:
    """The dataset version saved last, None when there is none."""
    return next(iter(list_versions(workspace)), None)


def findings(workspace: Workspace, version: str) -> pd.DataFrame:
    """Every change the recipe made: rule, sku, location, period, before_units, after_units, reason, line."""
    with workspace.cursor(READ_SECONDS) as cursor:
        columns = columns_of(cursor, "findings")
        return cursor.execute(select("findings", columns[1:], columns[0]), {"owner": version}).df()


def findings_by_rule(workspace: Workspace, version: str) -> pd.DataFrame:
    """Per rule the lines or SKU-periods it changed, and units: rule, cells, units_changed, units_moved."""
    with workspace.cursor(READ_SECONDS) as cursor:
        return cursor.execute(load("findings_by_rule"), {"version": version}).df()


def save_recipe(workspace: Workspace, recipe_id: str, rules: str, parent_id: str | None = None) -> None:
    """Store a cleaning recipe (rules as JSON) as the newest one."""
    values = {"recipe_id": recipe_id, "parent_id": parent_id, "rules": rules, "created_at": now()}

    def work(cursor: Cursor) -> None:
        cursor.execute(load("recipe_add"), values)
        workspace.audited(cursor, "recipe", f"recipe {recipe_id[:12]}")

    workspace.write(work)


def list_recipes(workspace: Workspace) -> Sequence[RecipeRecord]:
    """Stored recipes, newest first."""
    with workspace.cursor() as cursor:
        return [RecipeRecord(*row) for row in cursor.execute(load("recipes")).fetchall()]
