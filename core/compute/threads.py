"""Runs a kernel over slices of the series side by side, on as many threads as numba may use."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Final

import numba
import numpy as np

SLICES_PER_THREAD: Final = 8
"""Series differ in length and effort; small slices keep every thread busy to the end."""


def over_slices(kernel: Callable[..., None], n_series: int, *arguments: Any) -> None:
    """Call kernel(begin, end, *arguments) for slices that together cover all series.

    Plain threads instead of numba's own parallel loop: the kernels release the interpreter lock, compile twice as
    fast and may be called from several background jobs at the same time.

    Args:
        kernel: a compiled function that works on the series begin … end − 1 and touches no others.
        n_series: number of series.
        arguments: what the kernel needs besides.
    """
    threads = int(numba.get_num_threads())
    bounds = np.unique(np.linspace(0, n_series, threads * SLICES_PER_THREAD + 1).astype(int)).tolist()
    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(kernel, begin, end, *arguments) for begin, end in pairwise(bounds)]
        for done in running:
            done.result()
