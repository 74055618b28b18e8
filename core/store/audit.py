"""What users did: every action that changed data, with its time and who did it."""

from dataclasses import dataclass
from datetime import datetime

from core.store.sql import load
from core.store.workspace import READ_SECONDS, Workspace


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One action: when (UTC), who, what, and what it was about."""

    done_at: datetime
    who: str
    action: str
    detail: str


def list_actions(workspace: Workspace, limit: int = 200) -> list[AuditEntry]:
    """The latest actions, newest first."""
    with workspace.cursor(READ_SECONDS) as cursor:
        return [AuditEntry(*row) for row in cursor.execute(load("audit"), {"limit": limit}).fetchall()]
