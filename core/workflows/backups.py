"""Backup and restore of a workspace, each of which checks what it wrote."""

from pathlib import Path

from core.store.backup import BackupReport
from core.store.backup import backup as write_backup
from core.store.backup import restore as put_back
from core.store.workspace import Workspace

__all__ = ["BackupReport", "backup", "restore"]


def backup(workspace: Workspace, target: Path) -> BackupReport:
    """A verified copy of the store; the customer key is never part of it.

    Raises:
        StoreError: the copy could not be written or does not agree with the store.
    """
    return write_backup(workspace, target)


def restore(workspace_path: Path, source: Path) -> BackupReport:
    """Put a backup in the place of a workspace; the file that was there is kept beside it.

    Raises:
        StoreError: the backup is damaged or newer than the program; the workspace stays as it is.
    """
    return put_back(workspace_path, source)
