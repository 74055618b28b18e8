"""Where long work runs: in this process, or in one worker process of its own that can be stopped."""

import atexit
import contextlib
import math
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from core.base import language
from core.base.errors import CancelledError
from core.base.progress import Progress
from core.compute.messages import receive, send

T = TypeVar("T")
_PATIENCE_SECONDS: Final = 5.0
_THREAD_LIMITS: Final = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
)  # fmt: skip


class WorkerError(RuntimeError):
    """Work in the worker process met a defect, or the process died; the text holds its traceback."""


class Executor(Protocol):
    """Runs a pure function with arrays in and arrays out."""

    def run(self, function: Callable[..., T], *args: Any, progress: Progress) -> T:
        """The function's result; it is called with `args` and the keyword `progress`."""
        ...


class InProcess:
    """Runs the function here and now."""

    def run(self, function: Callable[..., T], *args: Any, progress: Progress) -> T:
        """The function's result.

        Raises:
            CancelledError: the user cancelled before or during the work.
        """
        progress.check()
        return function(*args, progress=progress)


class ChildProcess:
    """Runs functions in one fresh interpreter that stays warm between calls; calls wait for one another.

    The worker is not made by `multiprocessing`, which would import the page script that is being shown into it. It
    leaves one core to the pages, ends with this process, and is killed when work ignores a cancellation for five
    seconds; the next call starts a new one. Functions must be importable by name (no lambdas, not from `__main__`).
    """

    def __init__(self, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._patience: Final = patience_seconds
        self._turn: Final = threading.Lock()
        self._ending: Final = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None
        self._idle = True

    def run(self, function: Callable[..., T], *args: Any, progress: Progress) -> T:
        """The function's result, computed by the worker; its progress is reported here.

        Raises:
            DemandError: the same error the function raised.
            CancelledError: the user cancelled, while waiting for the worker or during the work.
            WorkerError: any other error, with its traceback, or the worker died.
        """
        with progress.turn(self._turn):
            try:
                progress.check()
                line = self._ready()
                self._idle = False
                send(line, (language.current(), function, args))
                return self._answer(line, progress)
            except (EOFError, ConnectionError) as broken:
                raise WorkerError(f"The worker process ended with code {self._stop()} before it answered.") from broken
            finally:
                # A worker still at work (cancelled, or its listener failed) would answer the wrong call next.
                if not self._idle:
                    self._stop()

    def close(self) -> None:
        """End the worker; the next call starts a new one."""
        self._stop()

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None while there is none."""
        return self._process.pid if self._process else None

    def _ready(self) -> Connection:
        if self._process is None or self._process.poll() is not None or self._line is None:
            self._stop()
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [sys.executable, "-m", "core.compute.worker", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    cwd=Path(__file__).parents[2],
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                )
            self._line = Connection(ours.detach())
        return self._line

    def _answer(self, line: Connection, progress: Progress) -> Any:
        deadline = math.inf
        while time.monotonic() < deadline:
            if line.poll(0.05):
                kind, content = receive(line)
                if kind != "step":
                    self._idle = True
                    return _opened(kind, content)
                progress.listener(content)
            if progress.cancelled.is_set() and deadline == math.inf:
                send(line, "cancel")
                deadline = time.monotonic() + self._patience
        raise CancelledError("Cancelled. Nothing of this run was stored.")

    def _stop(self) -> int | None:
        """Close the line and end the worker if there is one; its exit code."""
        # while one thread's call ends the worker, another may be closing the app
        with self._ending:
            process, line = self._process, self._line
            self._process = self._line = None
            self._idle = True
        if line is not None:
            with contextlib.suppress(OSError):
                line.close()
        if process is None:
            return None
        # Hanging up is the polite way: the worker ends by itself unless it is deep in a computation.
        # A worker that died by itself has its own exit code; ours would hide it.
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(0.2)
        process.kill()
        return process.wait()


def _opened(kind: str, content: Any) -> Any:
    """The result a worker sent, or the error it sent raised."""
    if kind == "refused":
        raise content
    if kind == "defect":
        raise WorkerError(content)
    return content


def _environment() -> dict[str, str]:
    """This process's environment with its import path, and thread pools held to one core less than the machine has."""
    cores = max((os.cpu_count() or 2) - 1, 1)
    return {
        **{name: str(cores) for name in _THREAD_LIMITS},
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
    }


_shared: Final[list[ChildProcess]] = []
_shared_lock: Final = threading.Lock()


def shared_worker() -> ChildProcess:
    """The one worker process of this app."""
    with _shared_lock:
        if not _shared:
            _shared.append(ChildProcess())
            atexit.register(_shared[0].close)
        return _shared[0]
