"""Runs: every comparison, forecast, plan, segmentation and simulation with what is needed to repeat it."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

import core
from core.base.errors import NoDataError, StoreError
from core.base.types import FloatArray
from core.store.clock import now
from core.store.sql import Cursor, columns_of, delete, insert_frame, load, select
from core.store.workspace import READ_SECONDS, Workspace

RUN_TABLES: Final = (
    "leaderboard", "series_errors", "champions", "backtest_points", "forecasts", "group_forecasts", "segments",
    "plan_lines",
)  # fmt: skip
"""Tables whose rows belong to a run."""
KEEP: Final = 20
"""Runs of each kind that are kept, besides those that they were made from."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a workflow hands over when it is done.

    Attributes:
        kind: "compare", "forecast", "plan", "segment", "simulate", ….
        version: dataset version it was computed from.
        manifest: parameters and seed; the code and dataset versions are added.
        seconds: wall time it took.
        status: "done" or why it is not whole.
        run_id: from new_run_id() when something else (sample paths) is stored under it; "" = made on saving.
        base: the forecast that this one is with changes by hand; "" = it is none such.
    """

    kind: str
    version: str
    manifest: Mapping[str, Any]
    seconds: float
    status: str = "done"
    run_id: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A stored run; created_at in UTC, the other fields as in Run."""

    run_id: str
    kind: str
    version: str
    status: str
    manifest: Mapping[str, Any]
    created_at: datetime
    seconds: float


def new_run_id() -> str:
    """A key no other run has."""
    return uuid.uuid4().hex


@lru_cache(maxsize=1)
def code_version() -> str:
    """A fingerprint of the program's own source files; the same code gives the same text on every machine."""
    digest = hashlib.sha256()
    root = Path(core.__file__).parent
    for path in sorted(file for kind in ("*.py", "*.sql") for file in root.rglob(kind)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def save_run(workspace: Workspace, run: Run, tables: Mapping[str, pa.Table | pd.DataFrame]) -> str:
    """Store a run and its tables in one transaction; runs of the kind before the last twenty go.

    Args:
        workspace: the store.
        run: what was computed.
        tables: rows per run table; columns are found by name, run_id is added.

    Returns:
        The run's key.

    Raises:
        StoreError: a table is none of RUN_TABLES, or a column is unknown to it.
    """
    if unknown := [name for name in tables if name not in RUN_TABLES]:
        raise StoreError(f"Runs have the tables {', '.join(RUN_TABLES)}; {', '.join(unknown)[:200]} came too.")
    run_id = run.run_id or new_run_id()

    def work(cursor: Cursor) -> None:
        _add(cursor, run, run_id)
        for table, rows in tables.items():
            insert_frame(cursor, table, run_id, rows)
        _prune(cursor)

    workspace.write(work)
    return run_id


def save_changed(
    workspace: Workspace, run: Run, changed: Mapping[str, pa.Table], also: Callable[[Cursor], None]
) -> tuple[str, ...]:
    """Store a forecast that is another one, its base, but for some rows, in one transaction with what belongs to it.

    It takes the place of all that were made from the same base before.

    Args:
        workspace: the store.
        run: with run_id and base.
        changed: rows of "forecasts" and "group_forecasts" that say something else, all columns but model and run_id.
        also: what is stored together with it.

    Returns:
        Keys of the runs it replaces.
    """

    def work(cursor: Cursor) -> tuple[str, ...]:
        also(cursor)
        replaced = _replaced(cursor, run.base)
        _add(cursor, run, run.run_id)
        for table, rows in changed.items():
            cursor.register("incoming", rows)
            cursor.execute(load(f"{table}_derive"), {"run_id": run.run_id, "base": run.base})
            cursor.unregister("incoming")
        _prune(cursor)
        return replaced

    return workspace.write(work)


def drop_changed(workspace: Workspace, base: str, also: Callable[[Cursor], None]) -> tuple[str, ...]:
    """Let a base be in force again itself, in one transaction with what belongs to it; keys of the runs it replaces."""

    def work(cursor: Cursor) -> tuple[str, ...]:
        also(cursor)
        replaced = _replaced(cursor, base)
        _prune(cursor)
        return replaced

    return workspace.write(work)


def _replaced(cursor: Cursor, base: str) -> tuple[str, ...]:
    """Let no run made from a base be in force any longer; keys of those that were."""
    replaced = tuple(run_id for (run_id,) in cursor.execute(load("runs_replaced"), {"base": base}).fetchall())
    cursor.execute(load("run_replace"), {"base": base})
    return replaced


def _add(cursor: Cursor, run: Run, run_id: str) -> None:
    # Last, so that no parameter can pretend to be them.
    manifest = {**run.manifest, "code_version": code_version(), "dataset_version": run.version}
    if run.base:
        manifest["base"] = run.base  # for readers; queries ask the column
    values = {
        "run_id": run_id,
        "kind": run.kind,
        "version": run.version,
        "status": run.status,
        "manifest": json.dumps(manifest, default=str, ensure_ascii=False),
        "created_at": now(),
        "seconds": run.seconds,
        "base": run.base or None,
    }
    cursor.execute(load("run_add"), values)


def _prune(cursor: Cursor) -> None:
    """Remove all runs but the last of each kind and what those were made from.

    A forecast and what it is with changes by hand count as one.
    """
    rows = cursor.execute(load("run_manifests")).fetchall()
    manifests = {run_id: manifest for run_id, _kind, manifest, _status, _base in rows}
    kinds: dict[str, list[str]] = {}
    for run_id, kind, _manifest, _status, base in rows:
        if base is None:
            kinds.setdefault(kind, []).append(run_id)
    open_ones = [run_id for newest_first in kinds.values() for run_id in newest_first[:KEEP]]
    open_ones += [run_id for run_id, _k, _m, status, base in rows if status == "done" and base in open_ones]
    wanted: set[str] = set()
    while open_ones:
        run_id = open_ones.pop()
        wanted.add(run_id)
        # A manifest names the runs it was made from among its values.
        open_ones += [other for other in manifests.keys() - wanted if other in manifests[run_id]]
    for run_id in manifests.keys() - wanted:
        for table in (*RUN_TABLES, "runs"):
            cursor.execute(delete(table, "run_id"), {"owner": run_id})


def list_runs(
    workspace: Workspace,
    kind: str | None = None,
    version: str | None = None,
    *,
    status: str | None = None,
    limit: int = 100,
) -> list[RunRecord]:
    """Runs, newest first; None = any kind, version or status."""
    values = {"kind": kind, "version": version, "status": status, "limit": limit}
    rows = workspace.remembered(
        ("runs", *values.values()), lambda cursor: cursor.execute(load("runs"), values).fetchall()
    )
    return [
        RunRecord(run_id, kind_, version_, status_, json.loads(manifest), created_at, seconds)
        for run_id, kind_, version_, status_, manifest, created_at, seconds in rows
    ]


def latest_run(workspace: Workspace, kind: str, version: str | None = None) -> RunRecord | None:
    """The newest finished run of a kind (and dataset version); None when there is none."""
    return next(iter(list_runs(workspace, kind, version, status="done", limit=1)), None)


def find_run(workspace: Workspace, kind: str, run_id: str) -> RunRecord | None:
    """The run with this key; None when it is of another kind or no longer kept."""
    return next((record for record in list_runs(workspace, kind) if record.run_id == run_id), None)


def run_table(workspace: Workspace, table: str, run_id: str, **matching: str) -> pd.DataFrame:
    """One table of a run in the order it was stored, without the column run_id.

    Args:
        workspace: the store.
        table: one of RUN_TABLES.
        run_id: the run.
        matching: column=value pairs; only rows that have them are read.

    Raises:
        NoDataError: the table is none of RUN_TABLES.
    """
    if table not in RUN_TABLES:
        raise NoDataError(f"Runs have the tables {', '.join(RUN_TABLES)}; “{table[:80]}” was asked for.")
    with workspace.cursor(READ_SECONDS) as cursor:
        columns = columns_of(cursor, table)
        question = select(table, columns[1:], columns[0], tuple(matching))
        return cursor.execute(question, {"owner": run_id, **matching}).df()


def forecast_window(
    workspace: Workspace, run_id: str, window: tuple[date, date], skus: Sequence[str] | None
) -> FloatArray:
    """Mean and quantiles of a forecast, series after series in the order stored, shape (n_rows, 1 + n_levels).

    Args:
        workspace: the store.
        run_id: the forecast.
        window: first and last period wanted.
        skus: SKUs wanted, at all their locations; None = all.
    """
    values = {"run_id": run_id, "first": window[0], "last": window[1], "all_skus": skus is None, "skus": skus or []}
    with workspace.cursor(READ_SECONDS) as cursor:
        columns = cursor.execute(load("forecast_window"), values).fetchnumpy()
    return np.column_stack([np.asarray(each, np.float64) for each in columns.values()])


@dataclass(frozen=True, slots=True)
class SeriesChoice:
    """Which series of a run are meant; None = all.

    Attributes:
        skus: SKUs wanted.
        location: location wanted.
    """

    skus: tuple[str, ...] | None = None
    location: str | None = None

    def parameters(self) -> dict[str, Any]:
        """The choice as parameters of a question."""
        return {"all_skus": self.skus is None, "skus": list(self.skus or ()), "location": self.location}


def expected_units(workspace: Workspace, run_id: str, choice: SeriesChoice) -> FloatArray:
    """Expected units of the series chosen together, per period of a forecast, shape (horizon,)."""
    values = {"run_id": run_id, **choice.parameters()}
    with workspace.cursor(READ_SECONDS) as cursor:
        return np.asarray(cursor.execute(load("expected_units"), values).fetchnumpy()["units"], np.float64)


def said_earlier(workspace: Workspace, forecast: str, comparison: str, choice: SeriesChoice) -> pd.DataFrame:
    """What the methods a forecast uses said at each origin of a comparison, summed over the series chosen.

    Returns:
        origin, period, mean; known_mean: of those series only that were on sale and in stock then, NaN where none was.
    """
    values = {"forecast": forecast, "comparison": comparison, **choice.parameters()}
    with workspace.cursor(READ_SECONDS) as cursor:
        return cursor.execute(load("said_earlier"), values).df()


def spoken_of(workspace: Workspace, forecast: str, comparison: str, choice: SeriesChoice) -> set[tuple[str, str]]:
    """SKU and location of the series whose answers `said_earlier` sums up."""
    values = {"forecast": forecast, "comparison": comparison, **choice.parameters()}
    with workspace.cursor(READ_SECONDS) as cursor:
        return {(str(sku), str(place)) for sku, place in cursor.execute(load("spoken_of"), values).fetchall()}


def models_used(workspace: Workspace, forecast: str, choice: SeriesChoice) -> dict[str, int]:
    """Series per method of a forecast, most first."""
    with workspace.cursor(READ_SECONDS) as cursor:
        rows = cursor.execute(load("models_used"), {"forecast": forecast, **choice.parameters()}).fetchall()
    return {str(model): int(series) for model, series in rows}
