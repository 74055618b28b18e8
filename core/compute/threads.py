"""Runs a kernel over slices of the series side by side, on as many threads as numba may use."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numba
import numpy as np

SLICES_PER_THREAD: Final = 8
"""Series differ in length and effort; small slices keep every thread busy to the end."""
_making: Final = threading.Lock()


def over_slices(kernel: Callable[..., None], n_items: int, *arguments: Any) -> None:
    """Call kernel(begin, end, *arguments) for slices that together cover all items.

    Plain threads instead of numba's own parallel loop: the kernels release the interpreter lock, compile twice as
    fast and may be called from several background jobs at the same time. For little work call the kernel itself: waking
    the threads takes a fraction of a millisecond. The calling thread works too and waits for no thread that is busy
    elsewhere, so callers side by side never hold one another up.

    Args:
        kernel: a compiled function that works on the items begin … end − 1 and touches no others.
        n_items: number of items (series, or paths).
        arguments: what the kernel needs besides.
    """
    threads = _sharing.threads()
    if threads == 1 or n_items < 2:
        kernel(0, n_items, *arguments)
        return
    bounds = np.unique(np.linspace(0, n_items, threads * SLICES_PER_THREAD + 1).astype(int)).tolist()
    slices = iter(list(pairwise(bounds)))

    def strand() -> None:
        for begin, end in slices:
            kernel(begin, end, *arguments)

    helpers = [_threads().submit(strand) for _ in range(threads - 1)]
    try:
        strand()
    finally:
        # every slice writes into the caller's arrays, so all that began must have ended even when one failed
        failures = [helper.exception() for helper in helpers if not helper.cancel()]
    for failure in failures:
        if failure is not None:
            raise failure


@contextmanager
def sharing_cores() -> Iterator[None]:
    """While several threads of the process are in such a block, the kernels of each use an equal share of the cores.

    For work that runs side by side anyway: what is not a kernel takes turns at the interpreter lock, and twelve threads
    in the queue wait longer for it than three.
    """
    _sharing.enter()
    try:
        yield
    finally:
        _sharing.leave()


class _Sharing:
    """How many pieces of work share the cores."""

    def __init__(self) -> None:
        self._turn: Final = threading.Lock()
        self._count = 0

    def enter(self) -> None:
        with self._turn:
            self._count += 1

    def leave(self) -> None:
        with self._turn:
            self._count -= 1

    def threads(self) -> int:
        """Threads a kernel called now may use."""
        return max(int(numba.get_num_threads()) // max(self._count, 1), 1)


_sharing: Final = _Sharing()


def most_threads() -> int:
    """Threads that kernels of this process may use at all: cores, unless the environment says fewer."""
    return int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined] # made when numba reads the environment


def _threads() -> ThreadPoolExecutor:
    with _making:
        return _made()


@cache
def _made() -> ThreadPoolExecutor:
    """The helpers of this process, started once: making new ones for every call took longer than small kernels."""
    return ThreadPoolExecutor(max(most_threads() - 1, 1), thread_name_prefix="kernel")
