"""Backtests on disk: what each method said at past dates, kept so that a comparison computes only what is new.

One folder per dataset version holds one file of plain arrays per method and question; it goes with its version.
"""

import shutil
import uuid
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np

from core.base.types import AnyArray
from core.store.workspace import Workspace

FOLDER: Final = "backtests"
MOST_BYTES: Final = 2_000_000_000
"""Disk space all kept backtests may take; the oldest go first."""


def read(
    workspace: Workspace, version: str, key: str, only: Collection[str] | None = None
) -> dict[str, AnyArray] | None:
    """The arrays kept under a key of a dataset version; None when there are none that can be read.

    Args:
        workspace: the store.
        version: of the data.
        key: of the method and question.
        only: names of the arrays wanted; None = all.
    """
    path = _folder(workspace, version) / f"{key}.npz"
    unreadable = suppress(OSError, ValueError, BadZipFile, EOFError)
    # opened here, since a damaged archive would leave its own handle open
    with unreadable, path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files if only is None or name in only}
    return None


def write(workspace: Workspace, version: str, key: str, arrays: Mapping[str, AnyArray]) -> None:
    """Keep the arrays; they appear as a whole. A full disk costs only the time to compute them again."""
    folder = _folder(workspace, version)
    draft = folder / f".{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            np.savez(file, allow_pickle=False, **{name: np.asarray(values) for name, values in arrays.items()})
        draft.replace(folder / f"{key}.npz")
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def sweep(workspace: Workspace, versions: Collection[str], most_bytes: int = MOST_BYTES) -> None:
    """Remove the backtests of all other dataset versions, and the oldest where they take too much room."""
    sweep_folder(workspace.folder / FOLDER, versions, most_bytes)


def sweep_folder(root: Path, versions: Collection[str], most_bytes: int) -> None:
    """Remove the folders of all other dataset versions, and the oldest arrays where they take too much room."""
    for folder in root.iterdir() if root.exists() else ():
        if folder.name not in versions:
            shutil.rmtree(folder, ignore_errors=True)
    files = [(file.stat(), file) for file in root.glob("*/*.npz")] if root.exists() else []
    room = most_bytes
    for about, file in sorted(files, key=lambda found: -found[0].st_mtime_ns):
        room -= about.st_size
        if room < 0:
            file.unlink(missing_ok=True)


def _folder(workspace: Workspace, version: str) -> Path:
    return workspace.folder / FOLDER / version
