"""Backups: a verified copy of the store taken while it is in use, and the way back."""

import os
import shutil
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.base.errors import StoreError, examples
from core.store import backup_files
from core.store.connection import DamagedError, connect, fsync_folder, plain_words
from core.store.jobs import interrupt_unfinished
from core.store.schema import lacking, newest_version, version_of
from core.store.sql import fingerprints
from core.store.workspace import Workspace, refuse_shared

# Closing any descriptor of the open store in this process would drop its POSIX lock, so another process copies.
_COPY: Final = (
    "import os, shutil, sys\n"
    "shutil.copyfile(sys.argv[1], sys.argv[2])\n"
    "with open(sys.argv[2], 'rb+') as file: os.fsync(file.fileno())\n"
)


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A verified copy: where it lies, its size in bytes, the rows it holds per table, and its kept uploads."""

    path: Path
    size_bytes: int
    rows: dict[str, int]
    uploads: int = 0


def backup(workspace: Workspace, target: Path) -> BackupReport:
    """Copy the store and its kept uploads to new files and check the copy row by row.

    The uploads lie in a folder beside the copy, with a list of hashes. The secret key and the sample paths are not
    part of a backup.

    Raises:
        StoreError: the target exists, the disk is full, or the copy does not hold what the store holds.
    """
    path = target.expanduser().resolve()
    folder = backup_files.folder_of(path)
    for taken in (path, folder):
        if taken.exists():
            raise StoreError(f"{taken.name} exists already. Choose another name; a backup never overwrites a file.")
    draft = path.with_name(path.name + ".partial")
    try:
        with workspace.quiet() as cursor:
            expected = fingerprints(cursor)
            _copy(workspace.path, draft)
            workspace.on_step("store copied")
            uploads = backup_files.copy_uploads(workspace.uploads_folder, folder)
            workspace.on_step("uploads copied")
        # Checked outside the quiet time: writers need not wait for the reading.
        found = _contents(draft)
        _check_equal(found, expected, path.name)
        backup_files.write_manifest(draft, folder)
        draft.replace(path)
        fsync_folder(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    workspace.on_step("backup in place")
    workspace.ledger.backed_up(path)
    return BackupReport(path, path.stat().st_size, _rows(found), uploads)


def restore(workspace_path: Path, source: Path) -> BackupReport:
    """Put a backup in the place of a workspace; the file that was there is kept as `….before-restore`.

    Sessions that have the workspace open go on with the restored one.

    Raises:
        StoreError: the source is missing, damaged, from a newer program or no workspace, or the workspace is being
            read all the time; everything stays as it is.
    """
    origin, path = source.expanduser().resolve(), workspace_path.expanduser().resolve()
    if not origin.is_file():
        raise StoreError(f"There is no backup at {origin.name}. Choose the file that the backup made.")
    if Workspace.is_open(origin) or (path.exists() and origin.samefile(path)):
        raise StoreError(f"{origin.name} is the open workspace itself. Choose a backup.")
    backup_files.check(origin)
    draft = path.with_name(path.name + ".restoring")
    with plain_words(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        refuse_shared(path)
        try:
            found = _contents(origin)
            _copy(origin, draft)
            _check_equal(_contents(draft), found, origin.name)
            # Before the store, so that no load in it is ever without what it can be made from.
            uploads = backup_files.copy_uploads(backup_files.folder_of(origin), backup_files.folder_of(path))
            _put_in_place(path, draft)
        finally:
            draft.unlink(missing_ok=True)
    workspace = Workspace.open(path)
    with workspace.quiet() as cursor:
        workspace.ledger.accept(cursor)
    # Jobs that were at work when the backup was made are at work no more.
    interrupt_unfinished(workspace)
    workspace.write(lambda cursor: workspace.audited(cursor, "restore", origin.name))
    return BackupReport(path, path.stat().st_size, _rows(found), uploads)


def _check_equal(found: dict[str, tuple[int, int]], expected: dict[str, tuple[int, int]], name: str) -> None:
    if found != expected:
        raise StoreError(f"The copy of {name} does not hold all rows and was removed. Try again.")


def _rows(found: dict[str, tuple[int, int]]) -> dict[str, int]:
    return {table: rows for table, (rows, _sum) in found.items()}


def _put_in_place(path: Path, draft: Path) -> None:
    if Workspace.is_open(path):
        workspace = Workspace.open(path)
        # Demand that is being made of the former uploads must not be stored among the restored ones.
        with workspace.deriving:
            workspace.checkpoint()
            with workspace.swapped():
                _exchange(path, draft)
        return
    if path.exists():
        # Refuses when another process has it open; a damaged one is exactly what a restore is for.
        with suppress(DamagedError):
            connect(path).close()
    _exchange(path, draft)


def _exchange(path: Path, draft: Path) -> None:
    before = path.with_name(path.name + ".before-restore")
    # A log that stayed would be replayed into the restored file, one of an earlier restore into the one set aside.
    log, log_before = (store.with_name(store.name + ".wal") for store in (path, before))
    log_before.unlink(missing_ok=True)
    if path.exists():
        _name_twice(path, before)
    if log.exists():
        log.replace(log_before)
    try:
        draft.replace(path)
    except OSError:
        for former, place in ((before, path), (log_before, log)):
            _put_back(former, place)
        raise
    fsync_folder(path.parent)


def _put_back(former: Path, place: Path) -> None:
    if former.exists():
        former.replace(place)
        # Renaming one name of a file to its other one leaves both.
        former.unlink(missing_ok=True)


def _name_twice(path: Path, before: Path) -> None:
    """Give the file a second name, so that there is a workspace at every moment of the exchange."""
    before.unlink(missing_ok=True)
    try:
        os.link(path, before)
    except OSError:
        # Not every file system knows links.
        path.replace(before)


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    done = subprocess.run(  # noqa: S603 - our own interpreter and script; paths are arguments, not code
        [sys.executable, "-I", "-c", _COPY, str(source), str(target)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        target.unlink(missing_ok=True)
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StoreError(f"{source.name} could not be copied to {target.parent.name} ({last[:200]}). Check the disk.")


def _contents(path: Path) -> dict[str, tuple[int, int]]:
    """Rows per table of a store file that nobody has open, and the sum of their hashes.

    Raises:
        StoreError: damaged, no workspace, or from a newer program.
    """
    with closing(connect(path, read_only=True)) as connection, plain_words(path):
        version = version_of(connection)
        if not 1 <= version <= newest_version():
            raise StoreError(
                f"{path.name} has schema {version}; schemas 1 to {newest_version()} can be restored. "
                "Choose a backup of this program, or install the newer version."
            )
        if missing := lacking(connection, version):
            raise DamagedError(
                f"{path.name} is no workspace: {examples(missing)} should be among its tables. Choose another backup."
            )
        return fingerprints(connection)
