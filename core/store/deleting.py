"""Deletes a workspace with everything that was made from it."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.base.errors import StoreError
from core.store.backup_files import folder_of, made_here
from core.store.connection import DamagedError, connect, plain_words
from core.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted: files and their bytes."""

    files: int
    size_bytes: int


def delete(path: Path, confirm_name: str) -> Deleted:
    """Delete a workspace; when it is interrupted, deleting again takes the rest.

    Raises:
        StoreError: the name is another one, there is nothing to delete, or another process has it open.
    """
    store = path.expanduser().resolve()
    if confirm_name != store.name:
        raise StoreError(
            f"To delete the workspace, give its file name {store.name}; {confirm_name[:80]!r} was given. "
            "Nothing was deleted."
        )
    found = _belongings(store)
    if not found:
        raise StoreError(f"There is no workspace {store.name}. Check the path.")
    if Workspace.is_open(store):
        Workspace.open(store).close()
    elif store.exists():
        # Refuses when another process has it open; a damaged one may go as well.
        with suppress(DamagedError):
            connect(store).close()
    files = [file for each in found for file in (each.rglob("*") if each.is_dir() else [each]) if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    with plain_words(store):
        for each in found:
            _remove(each)
    return Deleted(len(files), size)


def _remove(entry: Path) -> None:
    if entry.is_dir():
        # A folder that was moved to another disk is reached by a link, and holds data all the same.
        shutil.rmtree(entry.resolve())
    if entry.is_symlink() or entry.exists():
        entry.unlink()


def _belongings(store: Path) -> list[Path]:
    """Everything that belongs to a workspace, the store itself last so that an interrupted deletion can go on."""
    beside = [entry for entry in store.parent.glob("*") if entry.name.startswith(f"{store.name}.")]
    found = (*made_here(store), *beside, folder_of(store), store)
    return [entry for entry in found if entry.exists() or entry.is_symlink()]
