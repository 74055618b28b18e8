"""What ran, with what, and what the workspace holds."""

from dataclasses import dataclass

from core.store.audit import AuditEntry, list_actions
from core.store.datasets import DatasetVersion, list_versions
from core.store.jobs import JobRecord, list_jobs
from core.store.runs import RunRecord, list_runs
from core.store.sql import count_rows
from core.store.workspace import Workspace
from core.workflows import recovery

__all__ = [
    "AuditEntry", "DatasetVersion", "JobRecord", "RunRecord", "WorkspaceFacts", "facts", "recent_actions",
    "recent_jobs", "recent_runs", "versions",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorkspaceFacts:
    """The store of one shop.

    Attributes:
        file: its name.
        folder: where it lies.
        size_bytes: of the file.
        files_bytes: of the sample paths and models kept beside it.
        rows: per table.
        problems: sentences about loads lost or changed and clean demand that is behind them, none when all is well.
    """

    file: str
    folder: str
    size_bytes: int
    files_bytes: int
    rows: dict[str, int]
    problems: tuple[str, ...]


def recent_runs(workspace: Workspace, limit: int = 100) -> list[RunRecord]:
    """Comparisons, forecasts, plans, segmentations and saved scenarios, newest first."""
    return list_runs(workspace, limit=limit)


def recent_jobs(workspace: Workspace, limit: int = 50) -> list[JobRecord]:
    """What ran in the background, newest first, those of earlier sessions of the program included."""
    return list_jobs(workspace, limit)


def facts(workspace: Workspace) -> WorkspaceFacts:
    """Size, rows and problems of the workspace."""
    with workspace.cursor() as cursor:
        rows = count_rows(cursor)
    return WorkspaceFacts(
        file=workspace.path.name,
        folder=str(workspace.path.parent),
        size_bytes=workspace.path.stat().st_size,
        files_bytes=sum(entry.stat().st_size for entry in workspace.folder.rglob("*") if entry.is_file()),
        rows=rows,
        problems=tuple(recovery.problems(workspace)),
    )


def recent_actions(workspace: Workspace, limit: int = 200) -> list[AuditEntry]:
    """What users did to the data, newest first: imports, removals, recipes, settings, restores."""
    return list_actions(workspace, limit)


def versions(workspace: Workspace) -> tuple[DatasetVersion, ...]:
    """States of the clean demand that are kept, newest first; the first is the one in force."""
    return list_versions(workspace)
