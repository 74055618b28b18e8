"""The workspace: one DuckDB file per shop, owned by one process, read through cursors, written in transactions."""

import secrets
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import duckdb

from core.base.errors import StoreError
from core.store import kept, keys
from core.store.acting import acting
from core.store.clock import now
from core.store.connection import BrokenError, BusyError, DamagedError, connect, interrupted, plain_words
from core.store.gate import Gate
from core.store.ledger import Ledger
from core.store.schema import migrate
from core.store.sql import Cursor, load

T = TypeVar("T")
_ATTEMPTS: Final = 5
_PATIENCE_SECONDS: Final = 30.0
_BACK_OFF_SECONDS: Final = 0.005
_DETAIL: Final = 500
_DRAFTS: Final = (".restoring", ".rewritten", ".rewritten.wal")
"""Copies of the whole file that a crash may leave; persons who were forgotten since may stand in them."""
READ_SECONDS: Final = 30.0
"""How long a question of a page may take."""
_open: dict[Path, "Workspace"] = {}
_registry: Final = threading.RLock()


def _no_step(_name: str) -> None:
    """What happens at a step when no test watches."""


def _nothing_more() -> None:
    """What is done about a commit of which nobody keeps account."""


class Workspace:
    """One shop's store; every session of the process shares the same object.

    Attributes:
        path: the DuckDB file.
        ledger: the file beside it that remembers what was loaded.
        deriving: held while the clean demand is made, so that what was begun first cannot be stored last.
        on_step: called with a name at every point where a crash must leave the store whole; for tests of exactly that.
    """

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self.ledger: Final = Ledger(self.beside(".ledger"))
        self.deriving: Final = threading.RLock()
        self.on_step: Callable[[str], None] = _no_step
        self._gate = Gate()
        self._writer = threading.Lock()
        self._writing_thread: int | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._broken = False
        self._answers: dict[Hashable, Any] = {}
        self._connect()
        for draft in _DRAFTS:
            self.beside(draft).unlink(missing_ok=True)
        with self.cursor() as cursor:
            kept.sweep(self.uploads_folder, self.ledger.history(), cursor)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The workspace at a path, made if there is none; the same object for every caller in this process.

        Raises:
            StoreError: another process has it open, it is damaged, a newer program wrote it, or its folder cannot be
                written.
        """
        resolved = path.expanduser().resolve()
        # DuckDB gives one process one instance per file; two objects would have two writer locks on it.
        with _registry:
            if resolved not in _open:
                with plain_words(resolved):
                    resolved.parent.mkdir(parents=True, exist_ok=True)
                    refuse_shared(resolved)
                    _open[resolved] = cls(resolved)
            return _open[resolved]  # type: ignore[return-value] # the registry holds what `cls` made

    @classmethod
    def open_without_log(cls, path: Path) -> Self:
        """The workspace at a path whose log cannot be read: it is set aside as `….wal.damaged`.

        What was in the log is not in the workspace then; the ledger names the loads.

        Raises:
            StoreError: it cannot be opened without its log either; the log is back in its place.
        """
        resolved = path.expanduser().resolve()
        log, aside = (resolved.with_name(resolved.name + ending) for ending in (".wal", ".wal.damaged"))
        if not log.exists():
            return cls.open(resolved)
        log.replace(aside)
        try:
            return cls.open(resolved)
        except StoreError:
            aside.replace(log)
            raise

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
        with plain_words(self.path):
            folder.mkdir(exist_ok=True)
        return folder

    @property
    def uploads_folder(self) -> Path:
        """Folder of the uploads as they came, without columns about persons."""
        return self.path.with_name(self.path.stem + ".uploads")

    def key(self) -> bytes:
        """The secret under which customers are hashed, as it stands outside the store; see `core.store.people`."""
        # Two threads must not both make one.
        with _registry, plain_words(self.path):
            return keys.read(self.beside(".key"))

    @contextmanager
    def cursor(self, limit_seconds: float | None = None) -> Iterator[Cursor]:
        """A cursor for one thread and one question; it sees only what was committed.

        Args:
            limit_seconds: time after which the question is given up, for what a page shows; None = no limit.

        Raises:
            StoreError: the workspace was closed, the question took too long, or the disk, memory or file fails.
        """
        if self._broken:
            self._mend()
        try:
            with self._gate.entered(), plain_words(self.path):
                if self._connection is None:
                    raise StoreError(f"The workspace {self.path.name} was closed. Open it again.")
                with closing(self._connection.cursor()) as cursor, interrupted(cursor, limit_seconds):
                    yield cursor
        except BrokenError:
            self._broken = True
            raise

    def remembered(self, question: Hashable, ask: Callable[[Cursor], T]) -> T:
        """The answer to a small question that is asked over and over, asked of the store once per change of it.

        This process alone writes the file, and only in transactions and exchanges of it: each of them makes all
        answers forgotten, whatever it was about.

        Args:
            question: what is asked, with its parameters.
            ask: gives the answer, a value that nobody changes.

        Raises:
            StoreError: as of `cursor`.
        """
        answers = self._answers
        if question not in answers:
            with self.cursor(READ_SECONDS) as cursor:
                # Into the dictionary of before the question: a change meanwhile has put another in its place.
                answers[question] = ask(cursor)
        answer: T = answers[question]
        return answer

    def _mend(self) -> None:
        """Open the file anew after the disk failed; what was committed before is in it."""
        with self._gate.alone(_PATIENCE_SECONDS):
            # Several threads may have waited here; the first one did the work.
            if self._broken:
                self._disconnect()
                self._reconnect()

    def _reconnect(self) -> None:
        try:
            self._connect()
        except BaseException:
            # Not the end: whoever asks next tries again.
            self._broken = True
            raise
        self._broken = False

    @contextmanager
    def transaction(
        self, wait_seconds: float = -1, acknowledge: Callable[[], None] = _nothing_more
    ) -> Iterator[Cursor]:
        """A cursor whose changes are stored together at the end, or not at all when the block raises.

        Args:
            wait_seconds: how long to wait for another writer; -1 = until it is done, 0 = not at all.
            acknowledge: what is done about the commit before anybody else may write.

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
            try:
                cursor.commit()
            finally:
                self._answers = {}
            self.on_step("after commit")
            acknowledge()

    @contextmanager
    def rehearsal(self) -> Iterator[Cursor]:
        """A cursor whose changes are never stored, for telling what a change would do."""
        # As the only writer, so that no real change meets one that is only rehearsed.
        with self._as_only_writer(-1), self.cursor() as cursor:
            cursor.begin()
            try:
                yield cursor
            finally:
                cursor.rollback()

    def audited(self, cursor: Cursor, action: str, detail: str) -> None:
        """Note what a user did, in the transaction that does it.

        Args:
            cursor: of that transaction.
            action: e.g. "import".
            detail: what it was about, cut to 500 characters; never a cell of a file.
        """
        values = {"done_at": now(), "who": acting(), "action": action, "detail": detail[:_DETAIL]}
        cursor.execute(load("audit_add"), values)

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

    def write(self, work: Callable[[Cursor], T], acknowledge: Callable[[], None] = _nothing_more) -> T:
        """Run work in a transaction; when another change came in between, up to five times.

        Args:
            work: gives what is returned.
            acknowledge: see `transaction`.

        Raises:
            StoreError: it met another change every time.
        """
        # Upserts that meet another change fail at commit with a ConstraintException, so both are tried again.
        met: duckdb.Error | None = None
        for attempt in range(_ATTEMPTS):
            time.sleep(_waiting(attempt))
            try:
                with self.transaction(acknowledge=acknowledge) as cursor:
                    return work(cursor)
            except (duckdb.TransactionException, duckdb.ConstraintException) as conflict:
                met = conflict
        raise StoreError(
            f"The workspace was changed at the same time by somebody else ({str(met)[:120]}). Reload and try again."
        ) from met

    def checkpoint(self) -> None:
        """Move everything committed from the write-ahead log into the file that checks itself."""
        with self._as_only_writer(-1), self.cursor() as cursor:
            _move_log(cursor)

    @contextmanager
    def quiet(self) -> Iterator[Cursor]:
        """A cursor during a time in which nobody writes and the log is empty, for copying the file."""
        with self._as_only_writer(-1), self.cursor() as cursor:
            _move_log(cursor)
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
                self._reconnect()

    def close(self) -> None:
        """Close the file; the next `open` makes a new object."""
        with _registry:
            _open.pop(self.path, None)
        with self._as_only_writer(-1):
            self._disconnect()
            self._broken = False

    def _connect(self) -> None:
        try:
            connection = connect(self.path)
        except DamagedError as damage:
            log = "; or run python -m core rebuild, which sets the log aside" if self.beside(".wal").exists() else ""
            raise DamagedError(f"{str(damage).removesuffix('.')}{self.ledger.last_backup()}{log}.") from damage
        try:
            with plain_words(self.path):
                migrate(connection, self.path)
                self.ledger.settle(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _disconnect(self) -> None:
        self._answers = {}
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def refuse_shared(path: Path) -> None:
    """Raise StoreError when a file that is to be made would have its kept uploads in the folder of another's.

    The first to be opened would sweep away what the other one needs.
    """
    stores = (entry.name.removesuffix(".ledger") for entry in path.parent.glob("*.ledger"))
    others = sorted(name for name in stores if Path(name).stem == path.stem and name != path.name)
    if others and not path.exists():
        raise StoreError(
            f"{path.name} would share the folder {path.stem}.uploads with the workspace {others[0]}. "
            "Choose another name, or that workspace."
        )


def _move_log(cursor: Cursor) -> None:
    """Checkpoint; a reader that makes temporary tables counts as a writer for a moment, so it is tried again.

    Raises:
        BusyError: there was such a reader every time.
    """
    for attempt in range(_ATTEMPTS):
        time.sleep(_waiting(attempt))
        try:
            cursor.execute("CHECKPOINT")
        except duckdb.TransactionException:
            continue
        return
    raise BusyError("The workspace is being used too much to write its log into its file. Try again in a moment.")


def _waiting(attempt: int) -> float:
    """Seconds before an attempt: longer every time and never equal, so that two that met do not meet again."""
    return _BACK_OFF_SECONDS * (2**attempt - 1) * (1 + secrets.randbelow(100) / 100)


def ledger_problems(workspace: Workspace) -> list[str]:
    """Sentences about loads that the store lost or that changed behind its back; empty when all is well."""
    with workspace.cursor() as cursor:
        return workspace.ledger.problems(cursor, lambda: kept.bringers(workspace.uploads_folder))
