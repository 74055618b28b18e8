"""What planners change in forecasts by hand; nothing is deleted, taking back is noted."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from core.store.acting import acting
from core.store.clock import now
from core.store.sql import Cursor, load, put_rows
from core.store.workspace import READ_SECONDS, Workspace


@dataclass(frozen=True, slots=True)
class Override:
    """A change of the forecast of some series over some days.

    Attributes:
        override_id: its key.
        created_at: UTC.
        who: who made it.
        level: "total", "category", "location" or "sku".
        name: of the category, location or SKU; "" for the total.
        location: of a SKU; "" = all its locations together.
        first, last: first and last day changed.
        kind: "percent", "units" (more or fewer, summed over the days) or "set" (to units, summed over the days).
        value: percent, or units.
        reason: key of the reason.
        comment: in the planner's words; may be empty.
        until: forecasts that begin after this day do not apply it.
        withdrawn_at: UTC; None = it holds.
        withdrawn_by: who took it back; "" = nobody.
    """

    override_id: str
    created_at: datetime
    who: str
    level: str
    name: str
    location: str
    first: date
    last: date
    kind: str
    value: float
    reason: str
    comment: str
    until: date
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""

    @classmethod
    def new(cls, **values: Any) -> "Override":
        """One made now by whoever acts; values: the other fields but those of taking back."""
        return cls(override_id=uuid.uuid4().hex, created_at=now(), who=acting(), **values)


def every(workspace: Workspace) -> tuple[Override, ...]:
    """All changes ever made, in the order in which they were made."""
    return workspace.remembered("overrides", _every)


def _every(cursor: Cursor) -> tuple[Override, ...]:
    return tuple(Override(*row) for row in cursor.execute(load("overrides")).fetchall())


def effects(workspace: Workspace) -> pd.DataFrame:
    """What each change did when it was first applied, one row per change and trading period.

    Returns:
        override_id, run_id, period, naive (what the same season before had sold, NaN = unknown), before, after: units
        of its scope; before: what the method and earlier changes said.
    """
    with workspace.cursor(READ_SECONDS) as cursor:
        return cursor.execute(load("override_effects")).df()


def add(workspace: Workspace, cursor: Cursor, wanted: Sequence[Override]) -> None:
    """Store changes in a transaction that is open."""
    put_rows(cursor, "override_add", {each.override_id: asdict(each) for each in wanted})
    days = ", ".join(f"{each.first} to {each.last}" for each in wanted)
    workspace.audited(cursor, "change forecast", f"{len(wanted):,} changes: {days}")


def add_effects(cursor: Cursor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store what changes did, in a transaction that is open; columns as `effects` gives them."""
    put_rows(cursor, "override_effects_add", dict(enumerate(rows)))


def withdraw(workspace: Workspace, cursor: Cursor, override_id: str) -> None:
    """Note in a transaction that is open that a change is taken back."""
    values = {"override_id": override_id, "withdrawn_at": now(), "withdrawn_by": acting()}
    cursor.execute(load("override_withdraw"), values)
    workspace.audited(cursor, "take forecast change back", "1 change")
