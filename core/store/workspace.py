"""The workspace: one DuckDB file per shop, owned by one process, read through cursors, written in transactions."""

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Self, TypeVar

import duckdb

from core.base.errors import StoreError
from core.store.connection import BrokenError, BusyError, DamagedError, connect, plain_words
from core.store.gate import Gate
from core.store.ledger import Ledger
from core.store.schema import migrate
from core.store.sql import Cursor

T = TypeVar("T")
_ATTEMPTS: Final = 5
_PATIENCE_SECONDS: Final = 30.0
_open: dict[Path, "Workspace"] = {}
_registry: Final = threading.RLock()


def _no_step(_name: str) -> None:
    """What happens at a step when no test watches."""


class Workspace:
    """One shop's store; every session of the process shares the same object.

    Attributes:
        path: the DuckDB file.
        ledger: the file beside it that remembers what was loaded.
        on_step: called with a name at every point where a crash must leave the store whole; for tests of exactly that.
    """

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self.ledger: Final = Ledger(self.beside(".ledger"))
        self.on_step: Callable[[str], None] = _no_step
        self._gate = Gate()
        self._writer = threading.Lock()
        self._writing_thread: int | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._broken = False
        self._connect()

    @classmethod
    def open(cls, path: Path) -> Self:
        """The workspace at a path, made if there is none; the same object for every caller in this process.

        Raises:
            StoreError: another process has it open, it is damaged, or a newer program wrote it.
        """
        resolved = path.expanduser().resolve()
        # DuckDB gives one process one instance per file; two objects would have two writer locks on it.
        with _registry:
            if resolved not in _open:
                resolved.parent.mkdir(parents=True, exist_ok=True)
                _open[resolved] = cls(resolved)
            return _open[resolved]  # type: ignore[return-value] # the registry holds what `cls` made

    @classmethod
    def is_open(cls, path: Path) -> bool:
        """Whether this process has the workspace at the path open."""
        with _registry:
            return path.expanduser().resolve() in _open

    def beside(self, suffix: str) -> Path:
        """The path of a companion of the file, e.g. shop.duckdb.ledger."""
        return self.path.with_name(self.path.name + suffix)

    @property
    def folder(self) -> Path:
        """Folder for what is too large for tables: sample paths and model weights."""
        folder = self.beside(".files")
        folder.mkdir(exist_ok=True)
        return folder

    def key(self) -> bytes:
        """The secret under which customer identifiers are hashed; 32 bytes, never in the store or its backups."""
        path = self.beside(".key")
        with _registry:
            if not path.exists():
                # Written aside and renamed, so that a crash never leaves half a key.
                draft = self.beside(".key.new")
                draft.unlink(missing_ok=True)
                with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(secrets.token_bytes(32))
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
            return path.read_bytes()

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """A cursor for one thread and one question; it sees only what was committed.

        Raises:
            StoreError: the workspace was closed, or the disk, the memory or the file fails.
        """
        if self._broken:
            self._mend()
        try:
            with self._gate.entered(), plain_words(self.path):
                if self._connection is None:
                    raise StoreError(f"The workspace {self.path.name} was closed. Open it again.")
                with closing(self._connection.cursor()) as cursor:
                    yield cursor
        except BrokenError:
            self._broken = True
            raise

    def _mend(self) -> None:
        """Open the file anew after the disk failed; what was committed before is in it."""
        with self._gate.alone(_PATIENCE_SECONDS):
            # Several threads may have waited here; the first one did the work.
            if self._broken:
                self._disconnect()
                self._connect()
                self._broken = False

    @contextmanager
    def transaction(self, wait_seconds: float = -1) -> Iterator[Cursor]:
        """A cursor whose changes are stored together at the end, or not at all when the block raises.

        Args:
            wait_seconds: how long to wait for another writer; -1 = until it is done, 0 = not at all.

        Raises:
            BusyError: another change was still being written, or this thread is already inside a transaction.
        """
        with self._as_only_writer(wait_seconds), self.cursor() as cursor:
            # The named steps are where the kill test ends the process.
            cursor.begin()
            self.on_step("begun")
            try:
                yield cursor
            except BaseException:
                cursor.rollback()
                raise
            self.on_step("before commit")
            cursor.commit()
            self.on_step("after commit")

    @contextmanager
    def _as_only_writer(self, wait_seconds: float) -> Iterator[None]:
        # Waiting for oneself would never end.
        if self._writing_thread == threading.get_ident() or not self._writer.acquire(timeout=wait_seconds):
            raise BusyError("Another change is being written to the workspace. Try again in a moment.")
        self._writing_thread = threading.get_ident()
        try:
            yield
        finally:
            self._writing_thread = None
            self._writer.release()

    def write(self, work: Callable[[Cursor], T]) -> T:
        """Run work in a transaction; when another change came in between, up to five times.

        Raises:
            StoreError: it met another change every time.
        """
        # Upserts that meet another change fail at commit with a ConstraintException, so both are tried again.
        met: duckdb.Error | None = None
        for _attempt in range(_ATTEMPTS):
            try:
                with self.transaction() as cursor:
                    return work(cursor)
            except (duckdb.TransactionException, duckdb.ConstraintException) as conflict:
                met = conflict
        raise StoreError(
            f"The workspace was changed at the same time by somebody else ({str(met)[:120]}). Reload and try again."
        ) from met

    def checkpoint(self) -> None:
        """Move everything committed from the write-ahead log into the file that checks itself."""
        with self._as_only_writer(-1), self.cursor() as cursor:
            cursor.execute("CHECKPOINT")

    @contextmanager
    def quiet(self) -> Iterator[Cursor]:
        """A cursor during a time in which nobody writes and the log is empty, for copying the file."""
        with self._as_only_writer(-1), self.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            yield cursor

    @contextmanager
    def swapped(self, wait_seconds: float = _PATIENCE_SECONDS) -> Iterator[None]:
        """A time in which the file is closed and may be exchanged; afterwards it is open again for all sessions.

        Raises:
            BusyError: somebody was still reading after wait_seconds.
        """
        with self._as_only_writer(wait_seconds), self._gate.alone(wait_seconds):
            self._disconnect()
            try:
                yield
            finally:
                self._connect()

    def close(self) -> None:
        """Close the file; the next `open` makes a new object."""
        with _registry:
            _open.pop(self.path, None)
        with self._as_only_writer(-1):
            self._disconnect()

    def _connect(self) -> None:
        try:
            connection = connect(self.path)
        except DamagedError as damage:
            raise DamagedError(f"{str(damage).removesuffix('.')}{self.ledger.last_backup()}.") from damage
        try:
            with plain_words(self.path):
                migrate(connection, self.path)
                self.ledger.settle(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def ledger_problems(workspace: Workspace) -> list[str]:
    """Sentences about loads that the store lost or that changed behind its back; empty when all is well."""
    with workspace.cursor() as cursor:
        return workspace.ledger.problems(cursor)
