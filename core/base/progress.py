"""Progress and cancellation, passed down to everything that may take longer than a second."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from core.base.errors import CancelledError

_WAIT_SECONDS: Final = 0.1


class Turn(Protocol):
    """A lock, of whatever kind."""

    def acquire(self, *, timeout: float) -> bool:
        """Take it; False when it was not free in time."""
        ...

    def release(self) -> None:
        """Let it go."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One report of how far the work has come.

    Attributes:
        stage: what is being done, in words a planner reads.
        fraction: share of the whole work done, 0 to 1.
        detail: e.g. "120 of 600 SKUs"; may be empty.
        partial: a result that is already usable (a leaderboard row, say), or None.
    """

    stage: str
    fraction: float
    detail: str = ""
    partial: Any = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Reports steps to a listener and raises CancelledError at the next step after the user cancelled."""

    listener: Callable[[Step], None] = field(default=lambda _step: None)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def report(self, stage: str, fraction: float, detail: str = "", partial: Any = None) -> None:
        """Tell the listener; raise CancelledError when the work was cancelled."""
        self.check()
        self.listener(Step(stage, min(max(fraction, 0.0), 1.0), detail, partial))

    def check(self) -> None:
        """Raise CancelledError when the work was cancelled."""
        if self.cancelled.is_set():
            raise CancelledError("Cancelled. Nothing of this run was stored.")

    @contextmanager
    def turn(self, lock: Turn) -> Iterator[None]:
        """Hold a lock; while another work holds it, the user may cancel this one."""
        # in short waits, between which it is seen
        while not lock.acquire(timeout=_WAIT_SECONDS):
            self.check()
        try:
            yield
        finally:
            lock.release()

    def unstoppable(self) -> "Progress":
        """The same listener without the way to cancel: for what must follow once something was stored."""
        return Progress(self.listener)

    def part(self, low: float, high: float) -> "Progress":
        """A Progress for a part of the work: its 0…1 becomes low…high of this one."""

        def scaled(step: Step) -> None:
            self.listener(Step(step.stage, low + (high - low) * step.fraction, step.detail, step.partial))

        return Progress(scaled, self.cancelled)


def silent() -> Progress:
    """A Progress nobody listens to and nobody can cancel."""
    return Progress()
