"""The ledger beside the store: an append-only, fsynced file that remembers what was loaded.

DuckDB's main file checks itself, its write-ahead log does not: a torn log loses committed loads without a word. The
ledger holds the rows and units of every load outside that log, so that such a loss is noticed and named.
"""

import json
import math
import os
import secrets
import threading
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from core.base.errors import examples
from core.base.language import minute
from core.store.clock import now
from core.store.connection import plain_words
from core.store.sql import Cursor, load

_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "intent": ("change", "states"),
    "abandoned": ("change",),
    "done": ("change",),
    "torn": (),
    "backup": ("path",),
    "restarted": ("states",),
    "accepted": ("states",),
}
"""Kinds of entries, and what each of them tells besides its moment."""
_appending: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class LoadState:
    """What the store holds, or should hold, of one upload.

    Attributes:
        upload_id: the upload.
        file: its file name.
        role: table it went to.
        rows: rows present; 0 after it was removed or replaced.
        units: sum of the role's quantity column.
    """

    upload_id: str
    file: str
    role: str
    rows: int
    units: float

    def agrees(self, other: "LoadState | None") -> bool:
        """Whether both speak of the same rows and, up to rounding of the sum, the same units."""
        if other is None:
            return self.rows == 0
        return self.rows == other.rows and math.isclose(self.units, other.units, rel_tol=1e-9, abs_tol=1e-6)


@dataclass(slots=True)
class History:
    """What a ledger file tells when it is read from its first line to its last.

    Attributes:
        expected: last acknowledged state per upload.
        since: when that state was written.
        pending: changes announced before their commit whose end is not known.
        unreadable: lines that are no entry.
        restarted: when a lost ledger was begun again, "" if never.
        backup: path of the last backup, "" if none.
    """

    expected: dict[str, LoadState] = field(default_factory=dict)
    since: dict[str, str] = field(default_factory=dict)
    pending: dict[str, list[LoadState]] = field(default_factory=dict)
    unreadable: int = 0
    restarted: str = ""
    backup: str = ""

    def take(self, entry: Mapping[str, Any]) -> None:
        """Account for one entry."""
        kind, change = entry["kind"], entry.get("change", "")
        if kind == "intent":
            self.pending[change] = entry["states"]
        elif kind == "abandoned":
            self.pending.pop(change, None)
        elif kind == "done":
            self._expect(self.pending.pop(change, []), entry["at"])
        elif kind == "torn":
            self.unreadable -= 1
        elif kind == "backup":
            self.backup = entry["path"]
        elif kind in {"restarted", "accepted"}:
            self.expected, self.since, self.pending, self.unreadable = {}, {}, {}, 0
            self.restarted = entry["at"] if kind == "restarted" else ""
            self._expect(entry["states"], entry["at"])

    def _expect(self, states: Iterable[LoadState], at: str) -> None:
        for state in states:
            self.expected[state.upload_id] = state
            self.since[state.upload_id] = at


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger file of one workspace."""

    path: Path

    def intend(self, states: Iterable[LoadState]) -> str:
        """Announce what the store will hold after the commit that follows; returns the change's name."""
        change = secrets.token_hex(8)
        self._append("intent", change=change, states=[asdict(state) for state in states])
        return change

    def done(self, change: str) -> None:
        """Acknowledge a change after its commit."""
        self._append("done", change=change)

    def backed_up(self, target: Path) -> None:
        """Remember where the last good backup lies."""
        self._append("backup", path=str(target))

    def last_backup(self) -> str:
        """Words in brackets that say where the last good backup lies; "" when none was made."""
        path = self.history().backup
        return f" (the last one is {path})" if path else ""

    def accept(self, cursor: Cursor) -> None:
        """Take the store as it is now for the truth, e.g. after a backup was restored."""
        self._append("accepted", states=[asdict(state) for state in stored_states(cursor).values()])

    def settle(self, cursor: Cursor) -> None:
        """Decide what became of changes whose process died between commit and acknowledgement; called at open."""
        stored = stored_states(cursor)
        if not self.path.exists():
            if stored:
                self._append("restarted", states=[asdict(state) for state in stored.values()])
            return
        for change, states in self.history().pending.items():
            arrived = all(state.agrees(stored.get(state.upload_id)) for state in states)
            self._append("done" if arrived else "abandoned", change=change)

    def history(self) -> History:
        """Everything the file tells; a line torn by a crash is not an entry, unless others follow it."""
        history = History()
        if not self.path.exists():
            return history
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        for position, line in enumerate(lines, start=1):
            entry = _entry(line)
            if entry is not None:
                history.take(entry)
            else:
                history.unreadable += position < len(lines)
        return history

    def wrong(self, cursor: Cursor) -> list[LoadState]:
        """What the store should hold of every load that it holds otherwise, or not at all."""
        return _wrong(self.history(), stored_states(cursor))

    def problems(self, cursor: Cursor, kept: Callable[[], Container[str]] = frozenset) -> list[str]:
        """Sentences about every difference between the ledger and the store; empty when they agree.

        Args:
            cursor: of the store.
            kept: tells the loads that can be made again from what is kept beside the store; asked only when needed.
        """
        history, stored = self.history(), stored_states(cursor)
        wrong = _wrong(history, stored)
        missing = [state for state in wrong if state.rows and state.upload_id not in stored]
        changed = [state for state in wrong if state not in missing]
        sentences = [_changed_sentence(state, stored.get(state.upload_id)) for state in changed]
        if missing:
            first = minute(datetime.fromisoformat(min(history.since[state.upload_id] for state in missing)))
            names = examples([f"{state.file} ({state.rows:,} rows)" for state in missing])
            remedy = "Rebuild them from the kept uploads (python -m core rebuild)"
            able = kept()
            if not all(state.upload_id in able for state in missing):
                remedy = "Import these files again"
            sentences.insert(
                0,
                f"{_counted(len(missing), 'load')} made since {first} {'is' if len(missing) == 1 else 'are'} "
                f"missing from the workspace: {names}. {remedy}, or restore a backup{self.last_backup()}.",
            )
        if history.unreadable:
            sentences.append(
                f"{_counted(history.unreadable, 'line')} of {self.path.name} cannot be read. Compare the row counts."
            )
        if history.restarted:
            begun = minute(datetime.fromisoformat(history.restarted))
            sentences.append(
                f"{self.path.name} was missing and was begun again on {begun}. Losses before that moment cannot be "
                "noticed: compare the row counts."
            )
        return sentences

    def _append(self, kind: str, **facts: Any) -> None:
        # A line that another thread is writing would look torn.
        with _appending, plain_words(self.path):
            self._append_alone(_line(kind, **facts))

    def _append_alone(self, line: str) -> None:
        tail = self.path.read_text(encoding="utf-8", errors="replace").rpartition("\n")[2] if self.path.exists() else ""
        lines = [line, ""]
        if tail:
            # A crash tore the last line off; without this entry it would look like damage for ever.
            lines = ["", *([] if _entry(tail) else [_line("torn")]), *lines]
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines))
            file.flush()
            os.fsync(file.fileno())


def _line(kind: str, **facts: Any) -> str:
    return json.dumps({"kind": kind, "at": now().isoformat(" ", "seconds"), **facts}, ensure_ascii=False)


def _entry(line: str) -> dict[str, Any] | None:
    """The entry a line holds, its states as values; None when it holds none, or one that a flipped bit made another."""
    try:
        found = json.loads(line)
        entry: dict[str, Any] = found | {"states": [LoadState(**state) for state in found.get("states", ())]}
    except (ValueError, TypeError, AttributeError):
        return None
    needed = _FACTS.get(str(found.get("kind")))
    return entry if needed is not None and {"at", *needed} <= found.keys() else None


def _changed_sentence(expected: LoadState, found: LoadState | None) -> str:
    rows, units = (found.rows, found.units) if found else (0, 0.0)
    return (
        f"{expected.file} should have {expected.rows:,} rows with {expected.units:,.0f} units; the workspace has "
        f"{rows:,} rows with {units:,.0f} units. Remove the upload and import the file again."
    )


def stored_states(cursor: Cursor) -> dict[str, LoadState]:
    """What the store holds of every upload that has rows, by upload."""
    names = {row[0]: row[2] for row in cursor.execute(load("uploads")).fetchall()}
    found = cursor.execute(load("stored_loads")).fetchall()
    return {key: LoadState(key, names.get(key, key), role, n, float(units)) for key, role, n, units in found}


def _wrong(history: History, stored: Mapping[str, LoadState]) -> list[LoadState]:
    return [state for key, state in history.expected.items() if not state.agrees(stored.get(key))]


def _counted(n: int, noun: str) -> str:
    """“1 load”, “2 loads”."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
