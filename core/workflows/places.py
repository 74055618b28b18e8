"""What of a shop lies where on the disk."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.store import keys
from core.store.backup_files import FOLDER, made_here
from core.store.workspace import Workspace

__all__ = ["Place", "places"]

STORE: Final = "store"
UPLOADS: Final = "uploads"
LEDGER: Final = "ledger"
KEY: Final = "key"
FILES: Final = "files"
BACKUPS: Final = "backups"
FORMER: Final = "former"
KINDS: Final = (STORE, UPLOADS, LEDGER, KEY, FILES, BACKUPS, FORMER)
SET_ASIDE: Final = (".before-restore", ".before-restore.wal", ".wal.damaged")
"""Endings of files beside the workspace that hold what it held before."""


@dataclass(frozen=True, slots=True)
class Place:
    """Files of one purpose.

    Attributes:
        kind: one of KINDS.
        name: the file or folder, beside the workspace; for a key that the environment gives, the variable.
        files: how many there are.
        size_bytes: all of them together.
    """

    kind: str
    name: str
    files: int
    size_bytes: int


def places(workspace: Workspace) -> list[Place]:
    """Everything that belongs to the workspace and what it takes on the disk, absent things left out."""
    found = [
        _place(STORE, workspace.path.name, [workspace.path, workspace.beside(".wal")]),
        _place(UPLOADS, f"{workspace.uploads_folder.name}/", [workspace.uploads_folder]),
        _place(LEDGER, workspace.ledger.path.name, [workspace.ledger.path]),
        _key(workspace),
        _place(FILES, f"{workspace.folder.name}/", [workspace.folder]),
        _place(BACKUPS, f"{FOLDER}/", made_here(workspace.path)),
        _place(FORMER, f"{workspace.path.name}{SET_ASIDE[0]}", [workspace.beside(ending) for ending in SET_ASIDE]),
    ]
    return [place for place in found if place.files or place.kind == KEY]


def _key(workspace: Workspace) -> Place:
    if keys.from_environment():
        return Place(KEY, keys.VARIABLE, 0, 0)
    path = workspace.beside(".key")
    return _place(KEY, path.name, [path])


def _place(kind: str, name: str, entries: Iterable[Path]) -> Place:
    present = [entry for entry in entries if entry.exists()]
    files = [file for entry in present for file in (entry.rglob("*") if entry.is_dir() else [entry]) if file.is_file()]
    return Place(kind, name, len(files), sum(file.stat().st_size for file in files))
