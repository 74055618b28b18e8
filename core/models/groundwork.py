"""What the sampler needs to know of a history whatever the method, worked out once for all methods."""

import hashlib
import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.base.randomness import streams
from core.base.types import BoolArray, FloatArray, IntArray
from core.models import season, seldom, trajectories, waking
from core.models.kernels import smoothing
from core.models.seldom import Experience, Sales
from core.models.waking import Usual
from core.series.kept import Beside, Recent
from core.series.panel import Panel

KEPT: Final = 24
"""Histories remembered."""
KEPT_PAST: Final = 128
"""Pasts of a few series remembered: those that the folds of a comparison and of its champions are calibrated at."""


@dataclass(frozen=True, slots=True, eq=False)
class Groundwork:
    """Facts about each series; shared, so never written to.

    Attributes:
        digest: of the content of the history.
        seen: observed periods, shape (n_series,).
        average: mean observed units per period, shape (n_series,).
        sold: whether any period saw a sale, shape (n_series,).
        alpha: weight with which simple smoothing follows demand best, shape (n_series,).
        simple: root mean square of its one-step errors, units, shape (n_series,).
        classes: demand class, 0 to 3, shape (n_series,).
        silent: whether the latest run of zeros is no mere chance, shape (n_series,).
        whole: whether only whole units were ever sold, shape (n_series,).
        streams: number of each series' random stream, shape (n_series,).
        sales: those of series that sold seldom so far.
    """

    digest: bytes
    seen: IntArray
    average: FloatArray
    sold: BoolArray
    alpha: FloatArray
    simple: FloatArray
    classes: IntArray
    silent: BoolArray
    whole: BoolArray
    streams: IntArray
    sales: Sales


_digests: Final = Beside[bytes](math.inf)
_recent: Final = Recent[Groundwork](KEPT)
_recent_past: Final = Recent[Groundwork](KEPT_PAST)
_recent_usual: Final = Recent[Usual](KEPT)
_recent_experience: Final = Recent[Experience | None](KEPT)


def groundwork(history: Panel) -> Groundwork:
    """Facts about each series of a history; panels of the same content share them."""
    digest = _digest(history)
    return _recent.get(digest, lambda: _work(history, digest))


def past_groundwork(history: Panel, known: Groundwork, rows: IntArray, origin: int) -> Groundwork:
    """Facts about some series as they were at a past origin.

    Args:
        history: all series.
        known: what `groundwork` says of it.
        rows: numbers of the series asked for, shape (n_rows,).
        origin: number of periods known then.
    """
    # by the digest of the whole, so that no past has to be cut out again only to be recognised
    digest = known.digest + b"%d|" % origin + np.asarray(rows, np.int64).tobytes()
    # drivers say nothing about it, and a shop may have dozens of them to cut out
    return _recent_past.get(
        digest,
        lambda: _work(replace(history, drivers={}, future_drivers={}).take(rows).until(origin), digest),
    )


def _digest(history: Panel) -> bytes:
    """Digest of what a history consists of; a panel is never written to, so it is asked for once."""
    return _digests.get(history, None, lambda: _made_digest(history))


def _made_digest(history: Panel) -> bytes:
    content = hashlib.blake2b(digest_size=16)
    for array in (history.values, history.offsets, history.censored, history.calendar.periods.astype(np.int64)):
        content.update(np.ascontiguousarray(array).data)
    content.update("\n".join([history.frequency.value, *history.keys]).encode())
    content.update(bytes(sorted(history.calendar.closed_weekdays)))
    return content.digest()


def _work(history: Panel, digest: bytes) -> Groundwork:
    observed = history.observed()
    seen = (~np.isnan(observed)).sum(axis=1)
    steady = season.without_profile(history, season.weekly_profile(history))
    alpha = smoothing.best_weights(steady)
    return Groundwork(
        digest=digest,
        seen=seen,
        average=np.nan_to_num(observed).sum(axis=1) / np.maximum(seen, 1),
        sold=np.asarray((observed > 0).any(axis=1)),
        alpha=alpha,
        simple=smoothing.one_step_rms(steady, alpha),
        classes=trajectories.demand_class(observed),
        silent=waking.usual_at(observed, np.array([history.n_periods])).silent[0],
        whole=history.whole_units(),
        streams=streams(history.keys),
        sales=seldom.sales_of(observed, trajectories.SPANS[history.frequency]),
    )


def past_usual(history: Panel, known: Groundwork, origins: IntArray) -> Usual:
    """What was usual at some past origins; panels of the same content share it."""
    digest = known.digest + np.asarray(origins, np.int64).tobytes()
    return _recent_usual.get(digest, lambda: waking.usual_at(history.observed(), origins))


def past_experience(history: Panel, known: Groundwork, origins: IntArray, block: int) -> Experience | None:
    """What SKUs with few sales sold in the blocks after some past origins; panels of the same content share it."""
    digest = known.digest + b"%d|" % block + np.asarray(origins, np.int64).tobytes()
    order = np.argsort(known.streams, kind="stable")
    past = (origins, block, trajectories.SPANS[history.frequency])
    return _recent_experience.get(digest, lambda: seldom.experience(history.observed(), order, past))
