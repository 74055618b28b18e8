"""Untrusted files → raw tables or refusals, parsed by another process with bounded memory and time."""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa

from core.base.progress import Progress, silent
from core.ingest import wire
from core.ingest.source import MAX_UPLOAD
from core.ingest.tables import RawTable, ReadOptions

MEMORY: Final = 4 * 2**30
"""Bytes of address space the parser may have for a small file."""
MEMORY_PER_BYTE: Final = 8
"""Bytes more for each byte of the file."""
TIMEOUT: Final = 60.0
"""Seconds a small file may take."""
SECONDS_PER_BYTE: Final = 0.5 / 2**20
_ROOT: Final = Path(__file__).parents[2]
_LONGEST: Final = 300
_PIPE: Final = 2**20
_NOTHING_CHOSEN: Final = ReadOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """One table file of an upload, read or refused.

    Attributes:
        file_name: name of the uploaded file, a label only.
        member: name inside an archive, empty otherwise.
        content_hash: SHA-256 of the uploaded bytes, hexadecimal.
        table: the raw table; None when it was refused.
        problem: why it was refused, one sentence of at most 300 characters; empty otherwise.
        encodings: encodings it may be in and what the first foreign line then says, when its encoding is a guess.
    """

    file_name: str
    member: str
    content_hash: str
    table: RawTable | None
    problem: str = ""
    encodings: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """Name for messages, at most 120 characters."""
        return (self.member or self.file_name)[-120:]


def parse(
    files: Sequence[tuple[str, bytes]],
    options: ReadOptions = _NOTHING_CHOSEN,
    progress: Progress | None = None,
    limit: int = MAX_UPLOAD,
) -> list[Parsed]:
    """Every table file in the uploads, each read or refused; nothing a file holds can harm this process.

    Args:
        files: names and bytes.
        options: what the user has chosen, for all of them.
        progress: told how far the parser has come; cancelling ends the parser.
        limit: bytes a file may have.

    Returns:
        The files in their order; an archive gives one entry for each table file in it.

    Raises:
        CancelledError: the user stopped it.
    """
    told = progress or silent()
    found: list[Parsed] = []
    with _Parser() as parser:
        for number, (name, content) in enumerate(files):
            part = told.part(number / len(files), (number + 1) / len(files))
            part.report(f"Reading {name[-120:]}", 0.0)
            found += parser.parsed(_Request(name, content, options, limit), part)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    """A file to parse, and within which limits."""

    name: str
    content: bytes
    options: ReadOptions
    limit: int

    @property
    def label(self) -> str:
        return self.name[-120:]

    @property
    def memory(self) -> int:
        """Bytes of address space for the parser."""
        return MEMORY + MEMORY_PER_BYTE * len(self.content)

    @property
    def seconds(self) -> float:
        """Seconds by the clock until the parser is ended."""
        return TIMEOUT + SECONDS_PER_BYTE * len(self.content)


class _Parser:
    """The other process: started when first needed, and again after a file has ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def parsed(self, request: _Request, told: Progress) -> list[Parsed]:
        """The tables of one file, and why there are no more if the file ended the parser."""
        self._process = self._process or _start()
        about = Parsed(request.name, "", hashlib.sha256(request.content).hexdigest(), None)
        talk = _Talk(self._process, request, about, told)
        with _Watch(self._process, request.seconds, told) as watch:
            problem = talk.problem()
        told.check()
        if watch.late:
            problem = f"“{request.label}” took longer than {request.seconds:.0f} s to read. Save it as CSV, in parts."
        if problem:
            self._end()
            talk.found.append(replace(about, problem=_cut(problem)))
        return talk.found

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            _close(pipe)
        process.wait()


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:
        # what was not sent yet can no longer be sent
        return


def _start() -> "subprocess.Popen[bytes]":
    """The parser, ready for its first file."""
    # nothing of this process's environment may reach a parser of hostile bytes but what the interpreter needs
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT", "TZDIR") if name in os.environ}
    own = {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "4"}
    process = subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "core.ingest.parsing_child"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kept | own,
        start_new_session=True,
    )  # fmt: skip
    for pipe in (process.stdin, process.stdout):
        _widen(pipe)
    # before it has seen any file its end is a defect of the installation, not of the file
    if process.stdout is None or wire.receive(process.stdout) is None:
        process.wait()
        raise RuntimeError(f"The parser of files did not start (exit status {process.returncode}).")
    return process


def _widen(pipe: Any) -> None:
    """Let more through a pipe at once, where the system can: hundreds of megabytes go through it."""
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
    except (AttributeError, OSError):
        return


class _Watch:
    """Ends the parser when its time is up or the user has cancelled, while this thread waits for its answer."""

    def __init__(self, process: "subprocess.Popen[bytes]", seconds: float, told: Progress) -> None:
        self.late = False
        self._process, self._until, self._told = process, time.monotonic() + seconds, told
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="parser watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.late = time.monotonic() > self._until
            if self.late or self._told.cancelled.is_set():
                self._process.kill()
                return


@dataclass(frozen=True, slots=True, eq=False)
class _Talk:
    """The exchange with the parser about one file.

    Attributes:
        process: the parser.
        request: the file.
        about: what is known of it beforehand.
        told: progress of this file.
        found: its tables and refusals so far.
    """

    process: "subprocess.Popen[bytes]"
    request: _Request
    about: Parsed
    told: Progress
    found: list[Parsed] = field(default_factory=list)

    def problem(self) -> str:
        """Hear everything about the file; why the parser ended or must be ended, empty when all is well."""
        try:
            self._ask()
            return self._listen()
        except (OSError, EOFError, ValueError, KeyError, TypeError, pa.ArrowException):
            # broken pipes, half messages and malformed tables all mean the same: this file ended the parser
            return self._ended()

    def _ask(self) -> None:
        """Send what is to be done, and the bytes."""
        request, pipe = self.request, self.process.stdin
        if pipe is None:
            raise EOFError
        message = {
            "name": request.name, "bytes": len(request.content), "hash": self.about.content_hash,
            "options": asdict(request.options), "limit": request.limit, "memory": request.memory,
            "seconds": int(request.seconds * (os.cpu_count() or 1)) + 10,
        }  # fmt: skip
        wire.send(pipe, message)
        pipe.write(request.content)
        pipe.flush()

    def _listen(self) -> str:
        """Collect tables and refusals until the closing line; its problem, if it has one."""
        if self.process.stdout is None:
            raise EOFError
        while (received := wire.receive(self.process.stdout)) is not None:
            message, table = received
            if "stage" in message:
                self.told.report(str(message["stage"]), float(message["fraction"]), str(message["detail"]))
            elif "done" in message:
                return str(message.get("problem", ""))
            else:
                guesses = tuple((str(name), str(line)) for name, line in message.get("encodings", ()))
                member, problem = str(message["member"]), _cut(str(message["problem"]))
                self.found.append(replace(self.about, member=member, table=table, problem=problem, encodings=guesses))
        raise EOFError

    def _ended(self) -> str:
        """Why the parser ended, in words."""
        self.process.kill()
        label = self.request.label
        if self.process.wait() == -signal.SIGXCPU:
            return f"“{label}” needs too much computing to read. Save it as CSV, in parts."
        return (
            f"“{label}” cannot be read within {self.request.memory / 2**30:.0f} GB of memory: it is damaged, or claims "
            f"far more than it holds. Save the table as CSV and upload that."
        )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
