"""How much memory a piece of work takes, as far as the system tells."""

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

STATM: Final = Path("/proc/self/statm")
"""Linux tells there how many pages of memory this process holds; other systems have no such file."""
LOOK_SECONDS: Final = 0.02


def resident_bytes() -> int | None:
    """Memory this process holds, bytes; None where the system does not say."""
    try:
        return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


class PeakMemory:
    """Looks fifty times a second how much more memory the process holds than at the start of the block.

    What other threads take at the same time counts too, memory that was freed before and is used again does not, and
    peaks shorter than a look are missed: good enough to tell megabytes from gigabytes.
    """

    def __init__(self) -> None:
        self.peak_bytes: int | None = None
        self._before = 0
        self._ended = threading.Event()
        self._looking: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to look."""
        found = resident_bytes()
        if found is not None:
            self._before, self.peak_bytes = found, 0
            self._looking = threading.Thread(target=self._look, name="memory", daemon=True)
            self._looking.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Look a last time."""
        self._ended.set()
        if self._looking is not None:
            self._looking.join()
            self._note()

    def _look(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self._note()

    def _note(self) -> None:
        found = resident_bytes()
        if found is not None:
            self.peak_bytes = max(self.peak_bytes or 0, found - self._before)
