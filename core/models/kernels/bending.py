"""Bends the totals of sample paths rank by rank, and gives every path the total that belongs to its rank."""

from typing import Any

import numpy as np
from numba import njit

END = 0.99
"""Rank of the last bend; those before it are spread evenly."""
FURTHER = 4.0
"""Most a period beyond those summed gets of a change, in multiples of their mean."""


@njit(cache=True, nogil=True)
def yardstick(totals: Any, target: Any) -> Any:
    """By what corrections of a total are measured, units: half its spread, half its level, and 0.3.

    Args:
        totals: of the paths, units, ascending, those below zero meaning zero.
        target: expected total, units.
    """
    mean, square = 0.0, 0.0
    for total in totals:
        mean += max(total, 0.0)
        square += max(total, 0.0) ** 2
    mean /= totals.shape[0]
    spread = np.sqrt(max(square / totals.shape[0] - mean * mean, 0.0))
    return 0.5 * min(spread, 3.0 * target + 3.0 * np.sqrt(target)) + 0.5 * target + 0.3


@njit(cache=True, nogil=True)
def _share_ties(before: Any, after: Any) -> None:
    """Equal totals before become equal totals after, their mean: paths of the same error vector stay the same.

    Args:
        before: ascending totals, units, shape (n_paths,).
        after: totals wanted, units, shape (n_paths,); changed in place.
    """
    first = 0
    for r in range(1, before.shape[0] + 1):
        if r == before.shape[0] or before[r] != before[first]:
            after[first:r] = after[first:r].mean()
            first = r


@njit(cache=True, nogil=True)
def _keep_mean(after: Any, wanted: Any) -> None:
    """Move the middle ranks until the mean is the wanted one; the ends, which service levels ask for, stay.

    Args:
        after: ascending totals, units, shape (n_paths,); changed in place.
        wanted: their sum, units.
    """
    n_paths = after.shape[0]
    for _ in range(6):
        gap = (wanted - after.sum()) / n_paths
        if abs(gap) <= 1e-3 * wanted / n_paths:
            break
        highest = 0.0
        for r in range(n_paths):
            rank = (r + 0.5) / n_paths
            highest = max(highest, after[r] + 6.0 * gap * rank * (1.0 - rank))
            after[r] = highest
    total = after.sum()
    if total > 0.0:
        after *= wanted / total


@njit(cache=True, nogil=True)
def bend_totals(basis: Any, i: Any, before: Any, after: Any) -> None:
    """Totals a series should have instead of the drawn ones: more or less by rank, never falling, the mean kept.

    What the rare upper end gets beyond the last even rank comes on top: no other rank pays for it.

    Args:
        basis: all series.
        i: number of the series.
        before: ascending totals of the pilots, units, shape (PILOTS,).
        after: receives the totals wanted, units, shape (PILOTS,).
    """
    n_paths, bend = before.shape[0], basis.bends[basis.bend[i]]
    size, last = yardstick(before, basis.usual[i]), bend.shape[0] - 2
    highest, wanted = 0.0, 0.0
    for r in range(n_paths):
        place = min(max((r + 0.5) / n_paths * (last + 1) - 0.5, 0.0), last)
        low = min(np.int64(place), last - 1)
        more = bend[low] + (place - low) * (bend[low + 1] - bend[low])
        highest = max(highest, before[r] + size * more)
        after[r] = highest
        wanted += max(before[r], 0.0)
    _keep_mean(after, wanted)
    further, edge = size * max(bend[last + 1] - bend[last], 0.0), 1.0 - 0.5 / (last + 1)
    for r in range(np.int64(edge * n_paths), n_paths):
        after[r] += further * min(max(((r + 0.5) / n_paths - edge) / (END - edge), 0.0), 1.0)
    _share_ties(before, after)


@njit(cache=True, nogil=True)
def wanted_total(total: Any, before: Any, after: Any) -> Any:
    """The total, units, that belongs to the rank of a drawn one; outside the pilots the nearest one's change."""
    place, beyond = 0, before.shape[0]
    # np.searchsorted takes the compiler longer than all else in this file
    while place < beyond:
        middle = (place + beyond) // 2
        if before[middle] < total:
            place = middle + 1
        else:
            beyond = middle
    if place == 0 or place >= before.shape[0]:
        place = min(max(place, 0), before.shape[0] - 1)
        return max(total, 0.0) + after[place] - max(before[place], 0.0)
    gap = before[place] - before[place - 1]
    part = (total - before[place - 1]) / gap if gap > 0.0 else 1.0
    return after[place - 1] + part * (after[place] - after[place - 1])


@njit(cache=True, nogil=True)
def further_shape(mean: Any, span: Any, shape: Any) -> None:
    """What each period gets of one unit more in the total: in proportion to the mean.

    Args:
        mean: forecast, units per period, shape (horizon,).
        span: periods in the total.
        shape: receives units, their sum over the span 1, shape (horizon,).
    """
    expected = mean[:span].sum()
    for h in range(mean.shape[0]):
        ratio = mean[h] * span / expected if expected > 0.0 else 1.0
        # an item written off for now and expected back later would get any multiple
        shape[h] = (ratio if h < span else min(ratio, FURTHER)) / span


@njit(cache=True, nogil=True)
def reshape(path: Any, total: Any, wanted: Any, shape: Any) -> None:
    """Give a floored path another total: less by a factor, more by the shape of the mean.

    Args:
        path: units, shape (horizon,); changed in place.
        total: of its first periods, units.
        wanted: the total it shall have, units.
        shape: what each period gets of one unit more, shape (horizon,).
    """
    more = max(wanted, 0.0) - max(total, 0.0)
    if more < 0.0:
        factor = np.float32(1.0 + more / total)
        for h in range(path.shape[0]):
            path[h] *= factor
    else:
        added = np.float32(more)
        for h in range(path.shape[0]):
            path[h] += added * shape[h]
