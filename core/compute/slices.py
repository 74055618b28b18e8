"""Maps a function over slices of a panel's series, so that no more than a slice is ever worked on at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from core.base.language import _
from core.base.progress import Progress, silent
from core.base.types import IntArray
from core.series.panel import Panel

T = TypeVar("T")


def slices(n_series: int, slice_size: int) -> list[IntArray]:
    """Indices of consecutive series, at most slice_size each; none for an empty panel.

    Example:
        >>> [part.tolist() for part in slices(5, 2)]
        [[0, 1], [2, 3], [4]]
    """
    return [np.arange(first, min(first + slice_size, n_series)) for first in range(0, n_series, slice_size)]


def map_slices(
    function: Callable[[Panel], T],
    panel: Panel,
    *,
    slice_size: int,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[T]:
    """Results of the function for each slice of the panel, in the panel's order.

    Args:
        function: pure; releases the GIL (a numba kernel, say) where several workers are to help.
        panel: series to work on.
        slice_size: series per slice, ≥ 1.
        workers: threads.
        progress: told after each slice how many SKUs are done.

    Raises:
        CancelledError: the user cancelled; slices that had not begun are dropped.
    """
    listener = progress or silent()
    parts = slices(len(panel), slice_size)
    results: list[T] = []
    done = 0
    with ThreadPoolExecutor(max_workers=max(workers, 1)) as pool:
        waiting = [pool.submit(_one, function, panel, part, listener) for part in parts]
        try:
            for part, future in zip(parts, waiting, strict=True):
                results.append(future.result())
                done += len(part)
                text = _("{done} of {all} SKUs").format(done=f"{done:,}", all=f"{len(panel):,}")
                listener.report(_("Computing"), done / len(panel), text)
        # Leaving the block waits for every slice; what has not begun shall not begin.
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results


def _one(function: Callable[[Panel], T], panel: Panel, part: IntArray, progress: Progress) -> T:
    progress.check()
    return function(panel.take(part))
