"""Backup and restore of a workspace, each of which checks what it wrote."""

import io
import re
import shutil
import struct
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.base.errors import NoDataError, StoreError
from core.store.backup import BackupReport
from core.store.backup import backup as write_backup
from core.store.backup import restore as put_back
from core.store.backup_files import ENDING_OF_STORES, FOLDER, folder_of, made_here, made_of, sweep
from core.store.clock import now
from core.store.connection import plain_words
from core.store.workspace import Workspace

__all__ = [
    "BackupReport", "StoredBackup", "archive", "backup", "content", "kept", "kept_beside", "make", "restore",
    "restore_bytes", "restore_kept", "restore_upload",
]  # fmt: skip

_STORE: Final = re.compile(r"[^/\\]{1,200}\.duckdb")
_COMPANION: Final = re.compile(r"[^/\\]{1,200}\.uploads/([0-9a-f]{64}\.parquet|manifest\.json)")
_ZIP: Final = b"PK\x03\x04"
_ENCRYPTED: Final = 1
_one_at_a_time: Final = threading.Lock()


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
    with _one_at_a_time, plain_words(workspace.path):
        folder.mkdir(exist_ok=True)
        sweep(workspace.path)
        return write_backup(workspace, folder / f"{workspace.path.stem}-{now():%Y%m%d-%H%M%S-%f}{ENDING_OF_STORES}")


def kept(workspace: Workspace) -> list[StoredBackup]:
    """Backups made by `make`, newest first."""
    return kept_beside(workspace.path)


def kept_beside(workspace_path: Path) -> list[StoredBackup]:
    """Backups in the folder of `make`, of a workspace that perhaps cannot be opened any more, newest first.

    Those made of other workspaces beside it are not offered; files that a user put there are.
    """
    own, made = set(made_here(workspace_path)), made_of()
    offered = [
        path
        for path in (workspace_path.parent / FOLDER).glob(f"*{ENDING_OF_STORES}")
        if path in own or not made.match(path.name)
    ]
    found = [(path, path.stat()) for path in offered]
    stored = [
        StoredBackup(path.name, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC).replace(tzinfo=None))
        for path, facts in found
    ]
    return sorted(stored, key=lambda each: (each.made_at, each.name), reverse=True)


def content(workspace: Workspace, name: str) -> bytes:
    """The bytes of a kept backup's workspace file, without its uploads.

    Raises:
        NoDataError: there is no such backup.
    """
    return _path(workspace.path, name).read_bytes()


def archive(workspace: Workspace, name: str) -> bytes:
    """A kept backup with its uploads in one ZIP file, which `restore_upload` takes.

    Raises:
        NoDataError: there is no such backup.
    """
    path, buffer = _path(workspace.path, name), io.BytesIO()
    folder = folder_of(path)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(path, path.name)
        for entry in sorted(folder.glob("*")):
            packed.write(entry, f"{folder.name}/{entry.name}")
    return buffer.getvalue()


def _path(workspace_path: Path, name: str) -> Path:
    if name not in {each.name for each in kept_beside(workspace_path)}:
        raise NoDataError(f"There is no backup {name[:100]} any more. Reload the page.")
    return workspace_path.parent / FOLDER / name


def restore(workspace_path: Path, source: Path) -> BackupReport:
    """Put a backup in the place of a workspace; the file that was there is kept beside it.

    Raises:
        StoreError: the backup is damaged or newer than the program; the workspace stays as it is.
    """
    return put_back(workspace_path, source)


def restore_kept(workspace_path: Path, name: str) -> BackupReport:
    """Put a backup made by `make`, with its uploads, in the place of the workspace, damaged or not.

    Raises:
        NoDataError: there is no such backup.
        StoreError: it is damaged or newer than the program; the workspace stays as it is.
    """
    return put_back(workspace_path, _path(workspace_path, name))


def restore_upload(workspace: Workspace, uploaded: bytes) -> BackupReport:
    """Put an uploaded backup in the place of the workspace; the file that was there is kept beside it.

    Raises:
        StoreError: what was uploaded is no backup, damaged, or newer than the program; the workspace stays as it is.
    """
    return restore_bytes(workspace.path, uploaded)


def restore_bytes(workspace_path: Path, uploaded: bytes) -> BackupReport:
    """Put an uploaded backup, a workspace file or the ZIP of `archive`, in the place of a workspace, damaged or not.

    Raises:
        StoreError: what was uploaded is no backup, damaged, or newer than the program; the workspace stays as it is.
    """
    ours = f"{workspace_path.name}.unpacked-"
    with _one_at_a_time, plain_words(workspace_path):
        for entry in workspace_path.parent.iterdir():
            if entry.name.startswith(ours):
                shutil.rmtree(entry, ignore_errors=True)
        return _restored(workspace_path, uploaded, ours)


def _restored(workspace_path: Path, uploaded: bytes, ours: str) -> BackupReport:
    with tempfile.TemporaryDirectory(dir=workspace_path.parent, prefix=ours) as folder:
        source = Path(folder) / "uploaded.duckdb"
        if uploaded.startswith(_ZIP):
            source = _unpacked(uploaded, Path(folder))
        else:
            source.write_bytes(uploaded)
        return put_back(workspace_path, source)


def _unpacked(uploaded: bytes, folder: Path) -> Path:
    """The workspace file of a packed backup, its uploads beside it.

    Raises:
        StoreError: it is no packed backup, or larger than the disk.
    """
    with _telling_damage():
        packed = zipfile.ZipFile(io.BytesIO(uploaded))
    with packed:
        entries = packed.infolist()
        stores = [entry.filename for entry in entries if _STORE.fullmatch(entry.filename)]
        if len(stores) != 1 or not all(map(_of_a_backup, entries)):
            raise StoreError("The ZIP file is no backup of this program. Choose the file that “Download” gave.")
        if sum(entry.file_size for entry in entries) > shutil.disk_usage(folder).free:
            raise StoreError("The disk has no room for the unpacked backup. Make room and try again.")
        with _telling_damage():
            packed.extractall(folder)
    return folder / stores[0]


@contextmanager
def _telling_damage() -> Iterator[None]:
    """Raise StoreError instead of what the reader of ZIP files says of damaged ones, which is many things."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError) as damage:
        raise StoreError("The ZIP file is damaged. Choose another backup.") from damage


def _of_a_backup(entry: zipfile.ZipInfo) -> bool:
    """Whether it is named and packed as `archive` does, so that no entry can lead out of the folder."""
    named = _STORE.fullmatch(entry.filename) or _COMPANION.fullmatch(entry.filename)
    packed = entry.compress_type in {zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED}
    return bool(named) and packed and not entry.flag_bits & _ENCRYPTED
