"""The leaderboard of a comparison, and the champion per SKU or per segment."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from core.base.types import AnyArray, FloatArray
from core.evaluate.backtest import Backtest
from core.evaluate.metrics import Scores, mean_defined, scores, series_errors

BASELINE: Final = "seasonal_naive"
SHRINKAGE_POINTS: Final = 60.0
"""Points at which a SKU's own error counts as much as its segment's when its champion is chosen."""


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """One model in a comparison; every score is None when it cannot be computed, and `reason` says why.

    Attributes:
        model: key.
        scores: accuracy, or None when the model failed.
        skus_won: share of series on which the model had the smallest error, fraction.
        beats_naive: whether its RMSSE is below the seasonal naive's; None when either is missing.
        fit_seconds, predict_seconds: wall time over all folds.
        failed: series for which another method stood in (all of them when the model failed).
        reason: why it failed or what stood in; "" when nothing did.
    """

    model: str
    scores: Scores | None
    skus_won: float | None
    beats_naive: bool | None
    fit_seconds: float
    predict_seconds: float
    failed: int
    reason: str

    def record(self) -> dict[str, Any]:
        """The row with plain values, undefined scores as None."""
        flat = asdict(self.scores) if self.scores else dict.fromkeys(Scores.__dataclass_fields__)
        values = {"model": self.model} | flat | {
            "skus_won": self.skus_won,
            "beats_naive": self.beats_naive,
            "fit_seconds": self.fit_seconds,
            "predict_seconds": self.predict_seconds,
            "failed": self.failed,
            "reason": self.reason,
        }  # fmt: skip
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in values.items()
        }


def failed_row(model: str, n_series: int, reason: str) -> LeaderboardRow:
    """The row of a model that could not be run at all."""
    return LeaderboardRow(model, None, None, None, 0.0, 0.0, n_series, reason)


def row(result: Backtest) -> LeaderboardRow:
    """The row of one model before the others are known: no share won, no comparison with naive."""
    reasons = sorted({entry.reason for entry in result.substitutions})
    return LeaderboardRow(
        model=result.model,
        scores=scores(result),
        skus_won=None,
        beats_naive=None,
        fit_seconds=result.fit_seconds,
        predict_seconds=result.predict_seconds,
        failed=len(result.substitutions),
        reason="; ".join(reasons),
    )


def leaderboard(results: Sequence[Backtest]) -> list[LeaderboardRow]:
    """All models beside one another, best RMSSE first."""
    rows = [row(result) for result in results]
    won = shares_won(results)
    naive = next((entry.scores.rmsse for entry in rows if entry.model == BASELINE and entry.scores), math.nan)
    complete = [
        LeaderboardRow(
            model=entry.model,
            scores=entry.scores,
            skus_won=won[place],
            beats_naive=_beats(entry, naive),
            fit_seconds=entry.fit_seconds,
            predict_seconds=entry.predict_seconds,
            failed=entry.failed,
            reason=entry.reason,
        )
        for place, entry in enumerate(rows)
    ]
    return sorted(complete, key=lambda entry: _sortable(entry.scores.rmsse if entry.scores else math.nan))


def shares_won(results: Sequence[Backtest]) -> list[float]:
    """Share of series on which each model had the smallest RMSSE; ties go to the earlier model."""
    errors = np.stack([_sortable_array(series_errors(result).rmsse) for result in results])
    decided = np.isfinite(errors).any(axis=0)
    best = errors.argmin(axis=0)[decided]
    if not len(best):
        return [math.nan] * len(results)
    return [float((best == place).mean()) for place in range(len(results))]


def champions(results: Sequence[Backtest], segments: AnyArray, *, per_sku: bool) -> tuple[AnyArray, AnyArray]:
    """The model to plan each series with, and the reason in words, each of shape (n_series,).

    The error judged is RMSSE, whose smallest value belongs to the best forecast of the *mean*, which orders are
    computed from. Per segment, the model with the smallest mean error in the segment wins. Per SKU, the series' own
    error is shrunk towards its segment's: weight n / (n + 60) for n scored points, so that luck on few folds does not
    choose.

    Args:
        results: backtests over the same series.
        segments: label per series, shape (n_series,).
        per_sku: choose per series instead of per segment.
    """
    each = [series_errors(result) for result in results]
    own = np.stack([errors.rmsse for errors in each])
    judged = shrunk_errors(own, each[0].points if per_sku else np.zeros(len(segments)), segments)
    best = judged.argmin(axis=0)
    keys = np.array([result.model for result in results], dtype=object)
    return keys[best], _reasons(judged, best, segments, per_sku=per_sku)


def shrunk_errors(own: FloatArray, points: FloatArray, segments: AnyArray) -> FloatArray:
    """Each series' errors pulled towards the mean of its segment, weight n / (n + 60) on its own; infinite = unknown.

    Args:
        own: error per model and series, NaN = undefined, shape (n_models, n_series).
        points: scored points n of each series, shape (n_series,); 0 = the segment alone decides.
        segments: label per series, shape (n_series,).
    """
    weight = points / (points + SHRINKAGE_POINTS)
    judged = np.empty_like(own)
    for label in np.unique(segments):
        members = segments == label
        shared = np.array([mean_defined(errors[members]) for errors in own])[:, None]
        mine = np.where(np.isnan(own[:, members]), shared, own[:, members])
        judged[:, members] = weight[members] * mine + (1 - weight[members]) * shared
    overall = np.array([mean_defined(errors) for errors in own])[:, None]
    return _sortable_array(np.where(np.isnan(judged), overall, judged))


def shrunk_choice(own: FloatArray, points: FloatArray, segments: AnyArray) -> AnyArray:
    """Number of the model with the smallest shrunk error per series, shape (n_series,)."""
    return shrunk_errors(own, points, segments).argmin(axis=0)


def _reasons(judged: FloatArray, best: AnyArray, segments: AnyArray, *, per_sku: bool) -> AnyArray:
    error = np.take_along_axis(judged, best[None, :], axis=0)[0]
    scope = "this SKU, shrunk to its segment" if per_sku else "the segment"
    return np.array(
        [
            f"smallest RMSSE ({value:.3f}) in {scope} “{label}”" if np.isfinite(value) else "no error could be measured"
            for value, label in zip(error, segments, strict=True)
        ],
        dtype=object,
    )


def _beats(entry: LeaderboardRow, naive: float) -> bool | None:
    if entry.model == BASELINE or not entry.scores or math.isnan(entry.scores.rmsse) or math.isnan(naive):
        return None
    return entry.scores.rmsse < naive


def _sortable(value: float) -> float:
    return math.inf if math.isnan(value) else value


def _sortable_array(values: FloatArray) -> FloatArray:
    return np.asarray(np.where(np.isnan(values), np.inf, values))
