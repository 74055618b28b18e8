"""Counts who is inside the store, so that the file is swapped only when nobody is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.store.connection import BusyError


class Gate:
    """Lets many threads in at once, or exactly one alone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._alone: int | None = None

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be inside; waits while another thread is alone."""
        # Whoever is alone may open cursors of its own.
        me = threading.get_ident()
        with self._changed:
            self._changed.wait_for(lambda: self._alone in {None, me})
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self, wait_seconds: float) -> Iterator[None]:
        """Be the only one inside; others wait until this one leaves.

        Raises:
            BusyError: somebody was still inside after wait_seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._inside == 0 and self._alone is None, wait_seconds):
                raise BusyError(f"The workspace is still being read after {wait_seconds:.0f} s. Try again in a moment.")
            self._alone = threading.get_ident()
        try:
            yield
        finally:
            with self._changed:
                self._alone = None
                self._changed.notify_all()
