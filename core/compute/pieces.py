"""Pieces of work side by side: they begin in their order, and no core waits while one is left."""

import math
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context, copy_context
from functools import partial
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

import numba

from core.compute.threads import sharing_cores

T = TypeVar("T")


def in_turn(pieces: Sequence[Callable[[], T]], sizes: Sequence[float] = ()) -> Generator[T, None, None]:
    """What the pieces return, as each one ends; they run in threads, in the caller's language.

    As many are at work at a time as there are cores and as there is room for; of those that fit the first one begins.
    When one fails, or the caller asks for no more, no further one is begun; those that had begun end first.

    Args:
        pieces: independent of one another.
        sizes: share of the room each takes while it is at work; one alone always fits. None given = all fit.

    Raises:
        Exception: what the first piece that failed raised.
    """
    if not pieces:
        return
    cores = int(numba.get_num_threads())
    with ThreadPoolExecutor(min(cores, len(pieces)), thread_name_prefix="piece") as pool:
        shares = sizes or [0.0] * len(pieces)
        waiting = [(copy_context(), piece, size) for piece, size in zip(pieces, shares, strict=True)]
        line = _Line(pool, waiting, cores)
        line.begin_what_fits()
        try:
            for _piece in pieces:
                yield line.ended.get().result()
        finally:
            line.close()


class _Line(Generic[T]):
    """Pieces that wait until they fit."""

    def __init__(
        self, pool: ThreadPoolExecutor, waiting: list[tuple[Context, Callable[[], T], float]], cores: int
    ) -> None:
        """`waiting`: context, work and size of each piece."""
        self.ended: Final[SimpleQueue[Future[T]]] = SimpleQueue()
        self._pool: Final = pool
        self._cores: Final = cores
        self._turn: Final = threading.Lock()
        self._waiting: Final = waiting
        self._at_work: Final[list[float]] = []

    def begin_what_fits(self) -> None:
        """Begin pieces, first ones first, while a core and room for one are free."""
        while (begun := self._begun()) is not None:
            size, running = begun
            running.add_done_callback(partial(self._left, size))

    def close(self) -> None:
        """Begin nothing more."""
        with self._turn:
            self._waiting.clear()

    def _begun(self) -> tuple[float, Future[T]] | None:
        with self._turn:
            room = 1.0 - sum(self._at_work) if self._at_work else math.inf
            place = next((at for at, (*_piece, size) in enumerate(self._waiting) if size <= room), None)
            if place is None or len(self._at_work) == self._cores:
                return None
            context, piece, size = self._waiting.pop(place)
            self._at_work.append(size)
            return size, self._pool.submit(context.run, _on_its_share, piece)

    def _left(self, size: float, running: Future[T]) -> None:
        with self._turn:
            self._at_work.remove(size)
        self.ended.put(running)
        self.begin_what_fits()


def _on_its_share(piece: Callable[[], T]) -> T:
    with sharing_cores():
        return piece()


def gathered(pieces: Sequence[Callable[[], T]]) -> list[T]:
    """What the pieces return, in their order; worked on side by side."""
    if len(pieces) == 1:
        return [pieces[0]()]

    def numbered(number: int) -> tuple[int, T]:
        return number, pieces[number]()

    ended = dict(in_turn([partial(numbered, number) for number in range(len(pieces))]))
    return [ended[number] for number in range(len(pieces))]


class Stopwatch:
    """Seconds in which at least one of several pieces was at work."""

    def __init__(self) -> None:
        """None is at work."""
        self._turn: Final = threading.Lock()
        self._working = 0
        self._since = 0.0
        self._before = 0.0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """A piece is at work in this block."""
        with self._turn:
            if not self._working:
                self._since = time.perf_counter()
            self._working += 1
        try:
            yield
        finally:
            with self._turn:
                self._working -= 1
                if not self._working:
                    self._before += time.perf_counter() - self._since

    def seconds(self) -> float:
        """So far."""
        with self._turn:
            return self._before + (time.perf_counter() - self._since if self._working else 0.0)
