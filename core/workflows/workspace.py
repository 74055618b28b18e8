"""Opens the workspace of a shop, which pages and the command line pass to every other workflow, and deletes it."""

import os
from pathlib import Path

from core.store.connection import DamagedError
from core.store.deleting import Deleted
from core.store.deleting import delete as delete_files
from core.store.workspace import Workspace

__all__ = [
    "DamagedError",
    "Deleted",
    "Workspace",
    "default_path",
    "delete",
    "has_log",
    "open_damaged",
    "open_workspace",
]


def default_path() -> Path:
    """The workspace file when none is named: STOCKCAST_HOME (or data/) / shop.duckdb."""
    return Path(os.environ.get("STOCKCAST_HOME", "data")) / "shop.duckdb"


def open_workspace(path: Path | None = None) -> Workspace:
    """The workspace at a path, made when there is none.

    Raises:
        StoreError: another process has it open, it is damaged, or a newer program wrote it.
    """
    return Workspace.open(path or default_path())


def open_damaged(path: Path | None = None) -> tuple[Workspace, bool]:
    """The workspace at a path, its log set aside if that is what is damaged; whether that was so.

    Raises:
        StoreError: another process has it open, the file itself is damaged, or a newer program wrote it.
    """
    wanted = path or default_path()
    try:
        return Workspace.open(wanted), False
    except DamagedError:
        return Workspace.open_without_log(wanted), True


def has_log(path: Path) -> bool:
    """Whether a log of the last changes lies beside the workspace file, which is so after a crash."""
    return path.with_name(path.name + ".wal").exists()


def delete(path: Path, confirm_name: str) -> Deleted:
    """Delete a workspace wholly: the store, its log, ledger, key, kept uploads, sample paths and backups beside it.

    Args:
        path: the workspace file.
        confirm_name: its file name, typed by the user.

    Raises:
        StoreError: the name is another one, there is no such workspace, or another process has it open.
    """
    return delete_files(path, confirm_name)
