"""Opens the workspace of a shop; pages and the command line hold it and pass it to every other workflow."""

import os
from pathlib import Path

from core.store.workspace import Workspace

__all__ = ["Workspace", "default_path", "open_workspace"]


def default_path() -> Path:
    """The workspace file when none is named: STOCKCAST_HOME (or data/) / shop.duckdb."""
    return Path(os.environ.get("STOCKCAST_HOME", "data")) / "shop.duckdb"


def open_workspace(path: Path | None = None) -> Workspace:
    """The workspace at a path, made when there is none.

    Raises:
        StoreError: another process has it open, it is damaged, or a newer program wrote it.
    """
    return Workspace.open(path or default_path())
