"""Trained networks on disk: weights as plain arrays, and a manifest that says what they are and their SHA-256.

One folder per dataset version, beside the backtests; it goes with its version. Nothing that could run is ever read.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np

from core.base.errors import StoreError
from core.base.types import AnyArray
from core.store import backtests
from core.store.workspace import Workspace

FOLDER: Final = "networks"
MOST_BYTES: Final = 1_000_000_000
"""Disk space all kept networks may take; the oldest go first."""
_SUM: Final = "sha256"


def root_of(workspace: Workspace) -> Path:
    """The folder of all kept networks of a workspace; reading and writing them needs nothing else of it."""
    return workspace.folder / FOLDER


def listed(root: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Path and manifest of every network kept, the newest first; unreadable ones are left out."""
    found = []
    for path in root.glob("*/*.json"):
        with suppress(OSError, ValueError):
            found.append((path.stat().st_mtime_ns, path, json.loads(path.read_text(encoding="utf-8"))))
    found.sort(key=lambda each: (-each[0], str(each[1])))
    return [(path, about) for _moment, path, about in found if isinstance(about, dict) and _SUM in about]


def read(path: Path) -> dict[str, AnyArray]:
    """The arrays a manifest belongs to, once they prove to be those that were written.

    Raises:
        StoreError: they are not.
    """
    arrays = path.with_suffix(".npz")
    unreadable = suppress(OSError, ValueError, BadZipFile, EOFError, KeyError)
    with unreadable:
        expected = json.loads(path.read_text(encoding="utf-8"))[_SUM]
        # the check comes before anything of the file is unpacked
        if hashlib.sha256(arrays.read_bytes()).hexdigest() == expected:
            with np.load(arrays, allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}
    raise StoreError(f"The kept network {path.stem[:12]} was changed since it was written; it is not used.")


def write(folder: Path, name: str, arrays: Mapping[str, AnyArray], about: Mapping[str, Any]) -> None:
    """Keep a network under a name; a full disk costs only the time to learn it again.

    The manifest comes last, so that arrays without one are never read.

    Args:
        folder: of the dataset version.
        name: without an ending.
        arrays: the weights.
        about: what they are, as plain values.
    """
    draft = folder / f".{uuid.uuid4().hex}"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as file:
                np.savez(file, allow_pickle=False, **{key: np.asarray(values) for key, values in arrays.items()})
            manifest = {**about, _SUM: hashlib.sha256(draft.read_bytes()).hexdigest()}
            (folder / f"{name}.json").unlink(missing_ok=True)
            draft.replace(folder / f"{name}.npz")
            draft.write_text(json.dumps(manifest, sort_keys=True, ensure_ascii=False), encoding="utf-8")
            draft.replace(folder / f"{name}.json")
        finally:
            draft.unlink(missing_ok=True)


def sweep(workspace: Workspace, versions: Collection[str], most_bytes: int = MOST_BYTES) -> None:
    """Remove the networks of all other dataset versions, and the oldest where they take too much room."""
    root = root_of(workspace)
    backtests.sweep_folder(root, versions, most_bytes)
    for manifest in root.glob("*/*.json"):
        if not manifest.with_suffix(".npz").exists():
            manifest.unlink(missing_ok=True)
