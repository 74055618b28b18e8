"""Linear algebra stays on one thread while several pieces of work share the cores."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final


class _Held:
    """One hold on the linear algebra of the whole process, however many threads ask for it at the same time.

    Its number of threads is one number for the process: had every caller put back what it found, the first to leave
    would let the others run on many threads, and the last would leave everyone with one.
    """

    def __init__(self) -> None:
        self._turn: Final = threading.Lock()
        self._inside = 0
        self._known: Any = None
        self._limits: list[Any] = []

    def enter(self) -> None:
        """Hold it, with what was imported since somebody else began to."""
        with self._turn:
            self._inside += 1
            libraries = _libraries(len(sys.modules))
            if libraries is not self._known:
                self._known = libraries
                self._limits.append(libraries.limit(limits=1, user_api="blas"))

    def leave(self) -> None:
        """Let go, unless somebody else still holds it."""
        with self._turn:
            self._inside -= 1
            if self._inside == 0:
                self._known = None
                while self._limits:
                    self._limits.pop().restore_original_limits()


_linear_algebra: Final = _Held()


@contextmanager
def one_thread() -> Iterator[None]:
    """Keeps linear algebra and learners' own loops on one thread: same bytes on every machine, no wait for a busy core.

    Only libraries already imported are held back, so import what computes before entering.
    """
    _linear_algebra.enter()
    try:
        # of OpenMP every thread has a number of its own, so no other is touched
        with _libraries(len(sys.modules)).limit(limits=1, user_api="openmp"):
            yield
    finally:
        _linear_algebra.leave()


@lru_cache(maxsize=1)
def _libraries(_modules: int) -> Any:
    """The number crunching libraries of this process; looked for again only once more modules are imported."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
