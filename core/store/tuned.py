"""Settings of forecasting methods that a search found better than the defaults, kept with the shop's other settings."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from core.store.clock import now
from core.store.sql import Cursor, load
from core.store.workspace import Workspace

PREFIX: Final = "tuned "
"""Begins the name under which a method's tuned settings are kept."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a search over a method's settings came to.

    Attributes:
        model: key of the method.
        values: its settings that differ from the defaults; empty = the defaults are best.
        default_error, error: mean RMSSE with the defaults and with these values at the search's past dates.
        tried: settings tried.
        folds: past dates they were tried at, all before those of a usual comparison.
        horizon: trading periods ahead.
        seconds: wall time.
        complete: whether the search ended before its time was up.
        version: of the data.
        seen_until: first day of the last period the search saw, ISO.
        tuned_at: when, UTC.
    """

    model: str
    values: Mapping[str, Any]
    default_error: float
    error: float
    tried: int
    folds: int
    horizon: int
    seconds: float
    complete: bool
    version: str
    seen_until: str
    tuned_at: datetime = field(default_factory=now)

    @property
    def gain(self) -> float:
        """Share of the default settings' error that is saved, ≥ 0."""
        return 1.0 - self.error / self.default_error if self.default_error > 0 else 0.0


def put(workspace: Workspace, found: Tuned) -> None:
    """Keep the outcome in the place of the method's former one."""
    values = asdict(found) | {"values": dict(found.values), "tuned_at": found.tuned_at.isoformat()}
    row = {"name": PREFIX + found.model, "value": json.dumps(values)}

    def work(cursor: Cursor) -> None:
        cursor.execute(load("setting_write"), row)
        said = ", ".join(f"{name} = {value}" for name, value in found.values.items()) or "the defaults"
        workspace.audited(cursor, "tune", f"{found.model}: {said}, RMSSE {found.default_error:.4f} → {found.error:.4f}")

    workspace.write(work)


def remove(workspace: Workspace, model: str) -> bool:
    """Forget what a method was tuned to; whether there was anything."""
    found = model in read(workspace)

    def work(cursor: Cursor) -> None:
        cursor.execute(load("setting_remove"), {"name": PREFIX + model})
        workspace.audited(cursor, "tune", f"{model}: back to the defaults")

    if found:
        workspace.write(work)
    return found


def read(workspace: Workspace) -> dict[str, Tuned]:
    """The outcome of every method that was tuned, by key."""
    with workspace.cursor() as cursor:
        rows = cursor.execute(load("settings")).fetchall()
    found = [json.loads(value) for name, value in rows if name.startswith(PREFIX)]
    return {each["model"]: Tuned(**each | {"tuned_at": datetime.fromisoformat(each["tuned_at"])}) for each in found}


def values_in_force(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """Tuned settings that differ from the defaults, by method."""
    return {model: dict(found.values) for model, found in read(workspace).items() if found.values}
