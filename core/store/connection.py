"""Opening the one DuckDB connection with its settings locked, and putting DuckDB's refusals into plain words."""

import errno
import os
import re
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from core.base.errors import StoreError

SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "max_temp_directory_size": "20GB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
}
"""Of every connection, besides the memory it may use."""
_OWNER: Final = re.compile(r"\(PID (\d+)\)")
_MEMORY: Final = re.compile(r"\d+(\.\d+)?\s?(%|[KMGT]i?B)", re.IGNORECASE)
_DAMAGE: Final = ("corrupt", "checksum", "not a valid duckdb database", "could not read enough bytes", "replaying wal")
_NOT_WRITTEN: Final = ("no space left", "could not write", "cannot open file", "could not sync")
_OF_THE_DISK: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENAMETOOLONG,
     errno.ENOTDIR, errno.EEXIST, errno.EMFILE}
)  # fmt: skip
"""What a full, broken, locked or strangely named place says; every other error of the system is a defect."""


class BusyError(StoreError):
    """Another change is being written; this one would have to wait longer than it may."""


class DamagedError(StoreError):
    """The file is damaged, or is no store."""


class BrokenError(StoreError):
    """The disk failed in the middle of a write; the connection is of no more use and must be made anew."""


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """The connection to a store file, without any way out of it.

    The settings are those under which reading, writing, attaching and installing outside the file are refused and
    cannot be allowed again; frames enter by `register` only.

    Raises:
        StoreError: the file is open in another process, damaged, or no store at all.
    """
    # Given at connect, so that there is no moment in which they do not hold.
    with plain_words(path):
        return duckdb.connect(str(path), read_only=read_only, config={"memory_limit": _memory_limit(), **SETTINGS})


def _memory_limit() -> str:
    # The rest is for the fits and the pages, which run beside the store.
    wanted = os.environ.get("STOCKCAST_MEMORY", "60%")
    if not _MEMORY.fullmatch(wanted):
        raise StoreError(
            f"STOCKCAST_MEMORY must look like 4GB or 60%; “{wanted[:80]}” was found. Correct it or unset it."
        )
    return wanted


@contextmanager
def interrupted(cursor: duckdb.DuckDBPyConnection, limit_seconds: float | None) -> Iterator[None]:
    """Give up what the cursor is asked when it takes longer than it may.

    Raises:
        StoreError: it took longer.
    """
    if limit_seconds is None:
        yield
        return
    clock = threading.Timer(limit_seconds, cursor.interrupt)
    clock.daemon = True
    clock.start()
    try:
        yield
    except duckdb.InterruptException as late:
        raise StoreError("Too much data for this view; narrow the dates.") from late
    finally:
        clock.cancel()


@contextmanager
def plain_words(path: Path) -> Iterator[None]:
    """Raise StoreError instead of DuckDB's own errors about the file, the disk and the memory.

    Other errors (a wrong statement, a conflict between two writers) pass: they are defects or are retried.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as problem:
        raise StoreError("Too much data for the memory the store may use. Narrow the dates or SKUs.") from problem
    except duckdb.FatalException as problem:
        raise BrokenError(str(_refusal(path, str(problem)))) from problem
    except (duckdb.ConnectionException, duckdb.IOException) as problem:
        raise _refusal(path, str(problem)) from problem
    except OSError as problem:
        if problem.errno in _OF_THE_DISK:
            raise _refusal(path, f"{problem.strerror}: {Path(problem.filename or path).name}") from problem
        raise
    except duckdb.Error as problem:
        # A failed block checksum comes as the root class, a commit that met a full disk as a conflict of two writers.
        if _means_damage(str(problem)) or _says(str(problem), _NOT_WRITTEN):
            raise _refusal(path, str(problem)) from problem
        raise


def fsync_folder(folder: Path) -> None:
    """Make the new names in a folder themselves outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _means_damage(text: str) -> bool:
    return _says(text, _DAMAGE)


def _says(text: str, signs: Iterable[str]) -> bool:
    return any(sign in text.lower() for sign in signs)


def _refusal(path: Path, problem: str) -> StoreError:
    text = problem.replace(str(path), path.name)
    if owner := _OWNER.search(text):
        return StoreError(f"The workspace {path.name} is open in process {owner[1]}. Close it or use that window.")
    # DuckDB names no error classes for damage: its words are all there is.
    if _means_damage(text):
        return DamagedError(
            f"The workspace {path.name} is damaged or is no workspace ({text[:120]}). The file was left as it is. "
            "Restore a backup."
        )
    if "No space left" in text:
        free = shutil.disk_usage(path.parent).free / 1e9
        return StoreError(
            f"The disk is full: {free:.1f} GB are free. Make room and try again; what is stored is not loaded twice."
        )
    return StoreError(f"The workspace {path.name} cannot be used ({text[:200]}). Check the folder and its rights.")
