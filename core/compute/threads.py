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
    the threads takes a fraction of a millisecond.

    Args:
        kernel: a compiled function that works on the items begin … end − 1 and touches no others; it must not call
            this function in turn, or all threads might wait for one another.
        n_items: number of items (series, or paths).
        arguments: what the kernel needs besides.
    """
    threads = int(numba.get_num_threads())
    if threads == 1 or n_items < 2:
        kernel(0, n_items, *arguments)
        return
    bounds = np.unique(np.linspace(0, n_items, threads * SLICES_PER_THREAD + 1).astype(int)).tolist()
    running = [_threads(threads).submit(kernel, begin, end, *arguments) for begin, end in pairwise(bounds)]
    # every slice writes into the caller's arrays, so all must have ended even when one failed
    for done in running:
        done.exception()
    for done in running:
        done.result()


@contextmanager
def at_most(n_threads: int) -> Iterator[None]:
    """Lets kernels called by this thread use no more than so many threads, ≥ 1.

    For work that runs side by side anyway: what is not a kernel takes turns at the interpreter lock, and twelve threads
    in the queue wait longer for it than three.
    """
    before = int(numba.get_num_threads())
    numba.set_num_threads(min(max(n_threads, 1), before))
    try:
        yield
    finally:
        numba.set_num_threads(before)


def _threads(n_threads: int) -> ThreadPoolExecutor:
    with _making:
        return _made(n_threads)


@cache
def _made(n_threads: int) -> ThreadPoolExecutor:
    """The threads of this process, started once: making new ones for every call took longer than small kernels."""
    return ThreadPoolExecutor(n_threads, thread_name_prefix="kernel")
