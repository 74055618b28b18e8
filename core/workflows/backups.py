"""Backup and restore of a workspace, each of which checks what it wrote."""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.base.errors import NoDataError
from core.store.backup import BackupReport
from core.store.backup import backup as write_backup
from core.store.backup import restore as put_back
from core.store.clock import now
from core.store.workspace import Workspace

__all__ = ["BackupReport", "StoredBackup", "backup", "content", "kept", "make", "restore", "restore_upload"]

FOLDER: Final = "backups"


@dataclass(frozen=True, slots=True)
class StoredBackup:
    """A backup kept beside the workspace: its file name, size in bytes and time (UTC)."""

    name: str
    size_bytes: int
    made_at: datetime


def backup(workspace: Workspace, target: Path) -> BackupReport:
    """A verified copy of the store; the customer key is never part of it.

    Raises:
        StoreError: the copy could not be written or does not agree with the store.
    """
    return write_backup(workspace, target)


def make(workspace: Workspace) -> BackupReport:
    """A verified copy in the folder of backups beside the workspace, named by its time.

    Raises:
        StoreError: the copy could not be written or does not agree with the store.
    """
    folder = workspace.path.parent / FOLDER
    folder.mkdir(exist_ok=True)
    return write_backup(workspace, folder / f"{workspace.path.stem}-{now():%Y%m%d-%H%M%S-%f}.duckdb")


def kept(workspace: Workspace) -> list[StoredBackup]:
    """Backups made by `make`, newest first."""
    found = [(path, path.stat()) for path in (workspace.path.parent / FOLDER).glob("*.duckdb")]
    stored = [
        StoredBackup(path.name, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC).replace(tzinfo=None))
        for path, facts in found
    ]
    return sorted(stored, key=lambda each: (each.made_at, each.name), reverse=True)


def content(workspace: Workspace, name: str) -> bytes:
    """The bytes of a kept backup.

    Raises:
        NoDataError: there is no such backup.
    """
    if name not in {each.name for each in kept(workspace)}:
        raise NoDataError(f"There is no backup {name[:100]} any more. Reload the page.")
    return (workspace.path.parent / FOLDER / name).read_bytes()


def restore(workspace_path: Path, source: Path) -> BackupReport:
    """Put a backup in the place of a workspace; the file that was there is kept beside it.

    Raises:
        StoreError: the backup is damaged or newer than the program; the workspace stays as it is.
    """
    return put_back(workspace_path, source)


def restore_upload(workspace: Workspace, uploaded: bytes) -> BackupReport:
    """Put an uploaded backup in the place of the workspace; the file that was there is kept beside it.

    Raises:
        StoreError: what was uploaded is no backup, damaged, or newer than the program; the workspace stays as it is.
    """
    with tempfile.TemporaryDirectory(dir=workspace.folder) as folder:
        source = Path(folder) / "uploaded.duckdb"
        source.write_bytes(uploaded)
        return put_back(workspace.path, source)
