"""How much memory pieces of work take, as far as the system tells."""

import ctypes
import os
import threading
import weakref
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from core.base.types import AnyArray

STATM: Final = Path("/proc/self/statm")
"""Linux tells there how many pages of memory this process holds; other systems have no such file."""
LOOK_SECONDS: Final = 0.02


def resident_bytes() -> int | None:
    """Memory this process holds, bytes; None where the system does not say."""
    try:
        return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def give_back() -> bool:
    """Give memory that was freed back to the system; whether the C library can.

    Each thread frees into a heap of its own, and glibc keeps what lies there for the next allocation of that thread: of
    methods at work side by side it would hold what all of them took at their peaks, one after another.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    return trim is not None and bool(trim(0))


class MemoryWatch:
    """Looks fifty times a second how much more memory the process holds than at the start of the block.

    A process cannot tell which of its threads took what: pieces that are at work at the same time share what was taken
    in equal parts. Memory that was freed before and is used again does not count, results that are kept do not either,
    and peaks shorter than a look are missed: good enough to tell megabytes from gigabytes.
    """

    def __init__(self) -> None:
        self._before = 0
        self._working: Final[Counter[str]] = Counter()
        self._peaks: Final[dict[str, int]] = {}
        self._kept: Final[list[weakref.ref[AnyArray]]] = []
        self._turn: Final = threading.Lock()
        self._ended: Final = threading.Event()
        self._looking: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to look."""
        found = resident_bytes()
        if found is not None:
            self._before = found
            self._looking = threading.Thread(target=self._look, name="memory", daemon=True)
            self._looking.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End looking."""
        self._ended.set()
        if self._looking is not None:
            self._looking.join()

    @contextmanager
    def at_work(self, name: str) -> Iterator[None]:
        """A piece of the named work is done in this block."""
        with self._turn:
            self._working[name] += 1
        try:
            yield
        finally:
            self._note()
            with self._turn:
                self._working[name] -= 1

    def keep(self, *results: AnyArray) -> None:
        """Do not count these arrays, for as long as somebody holds them."""
        with self._turn:
            self._kept.extend(weakref.ref(result) for result in results)

    def peak_bytes(self, name: str) -> int | None:
        """Memory all pieces of the named work at a time took at most; None where the system does not say."""
        return self._peaks.get(name)

    def _look(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self._note()

    def _note(self) -> None:
        found = resident_bytes()
        with self._turn:
            together = self._working.total()
            if found is None or not together:
                return
            kept = sum(array.nbytes for array in (entry() for entry in self._kept) if array is not None)
            taken = max(found - self._before - kept, 0)
            for name, pieces in self._working.items():
                self._peaks[name] = max(self._peaks.get(name, 0), taken * pieces // together)
