"""Which drivers the shop knows ahead, as planners marked them, kept with the shop's other settings."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Final

from core.base.columns import known_ahead
from core.store.sql import Cursor, load
from core.store.workspace import Workspace

PREFIX: Final = "known ahead "
"""Begins the name under which a driver's mark is kept."""


def read(workspace: Workspace) -> dict[str, bool]:
    """Driver → whether it is known ahead; only those that somebody marked."""
    with workspace.cursor() as cursor:
        rows = cursor.execute(load("settings")).fetchall()
    return {name.removeprefix(PREFIX): json.loads(value) for name, value in rows if name.startswith(PREFIX)}


def put(workspace: Workspace, wanted: Mapping[str, bool]) -> None:
    """Store marks, each in the place of the driver's former one; all of them or none."""
    words = {True: "known ahead", False: "only its past is known"}

    def work(cursor: Cursor) -> None:
        for driver, ahead in wanted.items():
            cursor.execute(load("setting_write"), {"name": PREFIX + driver, "value": json.dumps(ahead)})
        workspace.audited(cursor, "mark drivers", ", ".join(f"{name}: {words[wanted[name]]}" for name in wanted))

    workspace.write(work)


def key(workspace: Workspace) -> str:
    """The marks that differ from what a driver's name says, for the key of a dataset; "" when there are none."""
    other = {driver: ahead for driver, ahead in read(workspace).items() if ahead != known_ahead(driver)}
    return f"/{json.dumps(other, sort_keys=True)}" if other else ""


def last_days(workspace: Workspace) -> dict[str, date]:
    """Driver → last day a file gives it a value for, sorted by name."""
    with workspace.cursor() as cursor:
        return {str(driver): day for driver, day in cursor.execute(load("driver_last_days")).fetchall()}
