"""Learns at past origins how summed demand strayed from its sample paths, and how totals must be bent for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import BoolArray, FloatArray, IntArray
from core.models import trajectories, waking
from core.models.groundwork import Groundwork, groundwork, past_groundwork
from core.models.kernels import bending, sampling
from core.models.trajectories import LookBack, Trajectories
from core.series.panel import Panel

RANKS: Final = np.append((np.arange(20) + 0.5) / 20, bending.END)
"""Where a bend is learned: at 2.5, 7.5 … 97.5 and at 99 %."""
ORIGINS, SERIES, PATHS = 8, 400, 64
"""Evidence at most: past origins, series at each, paths of each."""
FULL_GROUP, CLASS_GROUP = 150, 50
"""Misses a group needs: class × third by forecast, else the class, else all series together."""
LIMITS: Final = np.where(RANKS < bending.END, 3.0, 8.0)
"""Largest bends, in yardsticks: SKUs woken from near zero miss by any multiple and must not speak for others."""
GROUPS: Final = 13


@dataclass(frozen=True, slots=True, eq=False)
class Misses:
    """How far totals at past origins lay from their paths.

    Attributes:
        size: actual − quantile of the paths, over the series' yardstick, at each rank, shape (n_misses, n_ranks).
        group: demand class · 3 + third of the class by forecast, or 12 for sunk forecasts, as known at the origin,
            shape (n_misses,).
        dates: past origins, those counted once whose periods overlap.
    """

    size: FloatArray
    group: IntArray
    dates: float = 0.0

    def inward(self) -> float:
        """Share of a bend towards the middle that is believed."""
        return float(trajectories.believed(self.dates))


def span_of(history: Panel, horizon: int) -> int:
    """Periods whose total is bent when `horizon` periods are forecast."""
    return min(horizon, trajectories.SPANS[history.frequency])


def learn(
    history: Panel,
    mean: FloatArray,
    seen: LookBack,
    drawn_at: Callable[[Groundwork, FloatArray, Trajectories], sampling.Basis],
) -> tuple[FloatArray, IntArray]:
    """How the totals of each series are to be bent.

    Args:
        history: all series.
        mean: forecast from now on, units per period, shape (n_series, horizon).
        seen: what the method would have said at past origins, and what happened.
        drawn_at: what the sampler would have known at an origin, from the facts and the error vectors of that time
            and the forecast made then.

    Returns:
        Bends in multiples of a series' yardstick at each rank, shape (n_bends, n_ranks); the bend of each series, −1
        where too little is known, shape (n_series,).

    Source:
        Split conformal prediction, Vovk, Gammerman & Shafer (2005), applied to totals at rolling origins.
    """
    misses = _misses(history, seen, drawn_at)
    bends, rows = bends_of(misses, misses.inward())
    return bends, rows[groups_of(groundwork(history), mean[:, : seen.block])]


def groups_of(known: Groundwork, mean: FloatArray) -> IntArray:
    """Demand class · 3 + third of the class by present forecast; 12 where it has sunk, shape (n_series,)."""
    classes, usual = known.classes.copy(), known.average * mean.shape[1]
    sunk = waking.sunk(mean.sum(axis=1), usual) > 0
    classes[sunk] = 4
    return np.asarray(3 * classes + trajectories.volume_tercile(mean.sum(axis=1), classes) * ~sunk)


def bends_of(misses: Misses, inward: float = 0.0) -> tuple[FloatArray, IntArray]:
    """Bends, shape (at least 1, n_ranks), and the row of them that each group takes, −1 for none, shape (GROUPS,).

    Args:
        misses: of all groups.
        inward: share of bends towards the middle that is believed.
    """
    rows, bends = np.full(GROUPS, -1), [np.zeros(len(RANKS))]
    everyone = np.arange(GROUPS)
    nested = [(everyone, CLASS_GROUP)]
    nested += [(everyone[everyone // 3 == kind], CLASS_GROUP) for kind in range(5)]
    nested += [(everyone[group : group + 1], FULL_GROUP) for group in range(GROUPS)]
    for groups, needed in nested:
        inside = np.isin(misses.group, groups)
        if inside.sum() >= needed:
            rows[groups] = len(bends)
            bends.append(bend_of(misses.size[inside], inward))
    return np.stack(bends), rows


def bend_of(size: FloatArray, inward: float = 0.0) -> FloatArray:
    """The bend of one group: at rank τ the τ(n + 1)/n quantile of its misses there, towards the middle a share of it.

    A few origins may all have been calm: that paths were too narrow is believed, that they were too wide only as far as
    is said.

    Args:
        size: misses at each rank, yardsticks, shape (n_misses, n_ranks).
        inward: share of a bend towards the middle that is believed.
    """
    levels = np.minimum(RANKS * (len(size) + 1) / len(size), 1.0)
    bend = np.diagonal(np.quantile(size, levels, axis=0)).clip(-LIMITS, LIMITS)
    middle = bend[np.abs(RANKS - 0.5) < 0.05].mean()
    outward = np.where(RANKS < 0.5, -1.0, 1.0)
    further = outward * (bend - middle)
    return np.asarray(middle + outward * np.where(further > 0.0, further, inward * further))


def _misses(
    history: Panel, seen: LookBack, drawn_at: Callable[[Groundwork, FloatArray, Trajectories], sampling.Basis]
) -> Misses:
    """Misses of some series, chosen by their stream numbers, at the newest origins that had error vectors by then."""
    now = groundwork(history)
    rows = np.argsort(now.streams, kind="stable")[:SERIES]
    numbers = now.streams[rows]
    sizes, groups, dates = [np.zeros((0, len(RANKS)))], [np.zeros(0, np.int64)], list[int]()
    for k, origin in enumerate(seen.origins[:ORIGINS]):
        past = seen.trajectories(int(origin), rows)
        if past.errors.shape[1] < 2:
            break
        known = past_groundwork(history, now, rows, int(origin))
        mean = np.nan_to_num(seen.expected[k][rows])
        basis = drawn_at(known, mean, past)
        drawn, yardsticks = sampling.totals(basis, PATHS)
        usable = seen.usable[rows, k] & (basis.bend >= 0) & known.sold
        total = np.maximum((mean + seen.errors[rows, k]).sum(axis=1), 0.0)
        total += _jitter(total, basis.whole, numbers.astype(np.float64) * sampling.GOLDEN + k * sampling.PLASTIC)
        quantiles = sampling.at_levels(drawn[usable], RANKS)
        sizes.append((total[usable, None] - quantiles) / yardsticks[usable, None])
        groups.append(groups_of(known, mean)[usable])
        if usable.any():
            dates.append(int(origin))
    spanned = (dates[0] - dates[-1]) / seen.block + 1.0 if dates else 0.0
    return Misses(np.concatenate(sizes), np.concatenate(groups), min(spanned, float(len(dates))))


def _jitter(total: FloatArray, whole: BoolArray, turn: FloatArray) -> FloatArray:
    """Up to half a unit either way where units are whole and any were sold, as paths are bent before rounding."""
    return np.where(whole & (total > 0.5), turn % 1.0 - 0.5, 0.0)
