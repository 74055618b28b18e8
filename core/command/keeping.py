"""The commands that keep a workspace safe: backup, restore, rebuild what was lost, tell what was done, delete."""

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from core.base.progress import Progress
from core.workflows import backups, history, recovery
from core.workflows import workspace as workspaces
from core.workflows.workspace import Workspace, default_path

Answer = tuple[Any, list[str]]


def backup(workspace: Workspace, chosen: Namespace, _progress: Progress) -> Answer:
    """Copy the workspace and verify the copy."""
    report = backups.backup(workspace, chosen.file)
    return asdict(report) | {"path": str(report.path)}, [
        f"Backup of {report.size_bytes:,} bytes and {report.uploads:,} kept uploads verified: {report.path}."
    ]


def restore(chosen: Namespace, _progress: Progress) -> Answer:
    """Put a backup in the place of the workspace, which may be damaged."""
    report = backups.restore(chosen.workspace or default_path(), chosen.file)
    return asdict(report) | {"path": str(report.path)}, [
        f"Restored {sum(report.rows.values()):,} rows and {report.uploads:,} kept uploads from {chosen.file}."
    ]


def rebuild(chosen: Namespace, progress: Progress) -> Answer:
    """Load again what the workspace lost; a log that cannot be read is set aside first."""
    workspace, aside = workspaces.open_damaged(chosen.workspace)
    result = recovery.rebuild(workspace, progress)
    notes = list(result.notes)
    if aside:
        notes.insert(0, "The damaged log was set aside. Settings and runs changed since the last import may be older.")
    loaded = [{"file": each.file, "role": each.role, "loaded": each.loaded} for each in result.files]
    lines = [f"{each['file']}: {each['loaded']:,} rows as {each['role']} are there again." for each in loaded]
    return {"files": loaded, "notes": notes}, [*lines, *notes]


def actions_done(workspace: Workspace, chosen: Namespace, _progress: Progress) -> Answer:
    """Who changed what, newest first."""
    entries = history.recent_actions(workspace, chosen.limit)
    lines = [f"{each.done_at:%Y-%m-%d %H:%M} UTC  {each.who}: {each.action} ({each.detail})" for each in entries]
    return [asdict(each) for each in entries], lines


def delete(chosen: Namespace, _progress: Progress) -> Answer:
    """Delete the workspace with everything made from it."""
    path = chosen.workspace or default_path()
    done = workspaces.delete(path, chosen.confirm)
    return asdict(done), [f"{path.name} was deleted: {done.files:,} files, {done.size_bytes:,} bytes."]
