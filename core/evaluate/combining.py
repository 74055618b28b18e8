"""Combinations of methods, computed from their backtests: weights per demand class, learnt on earlier folds only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np

from core.base.types import AnyArray, BoolArray, FloatArray
from core.compute.pieces import gathered
from core.evaluate.backtest import Backtest
from core.evaluate.metrics import mean_defined, ratio, scored

MEAN, MEDIAN, INVERSE, STACKING = "mean_of_best", "median_of_best", "inverse_error", "stacking"
KINDS: Final = (MEAN, MEDIAN, INVERSE, STACKING)
ALL: Final = ""
"""Stands for all demand classes together."""
AVERAGED: Final = 3
"""Methods whose mean is taken."""
CONSIDERED: Final = 5
"""Methods whose median or weighted mean is taken: each one more has to be fitted for every forecast."""
LEAST_WEIGHT: Final = 0.05
"""Weights below this share are dropped and the others raised to 1 in all."""
PULL: Final = 0.02
"""How far stacking is pulled towards equal weights, as a share of the mean squared forecast."""


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """A combination as a forecast needs it.

    Attributes:
        members: keys of the methods.
        weights: share of each method per demand class, and over all series ("") where nothing was learnt of a class,
            each of shape (n_members,), in all 1; without either all methods weigh the same.
        median: whether the median of the methods with any weight is taken instead.
    """

    members: tuple[str, ...]
    weights: Mapping[str, FloatArray]
    median: bool

    def of_series(self, segments: AnyArray) -> FloatArray:
        """Share of each method for every series, shape (n_members, n_series)."""
        usual = self.weights.get(ALL, np.full(len(self.members), 1.0 / len(self.members)))
        if not len(segments):
            return np.zeros((len(self.members), 0))
        return np.stack([self.weights.get(str(label), usual) for label in segments], axis=1)


def combine(results: Sequence[Backtest], segments: AnyArray, gap: int = 0) -> tuple[list[Backtest], dict[str, Blend]]:
    """Every combination, backtested at the same origins, and as it would be used now.

    What a combination says at an origin uses weights learnt from the folds that were over by then; without any, as at
    the first one, all methods weigh the same. Its quantiles, of periods and of totals, are the weighted means of the
    methods' quantiles, the median theirs.

    Args:
        results: of at least two single methods over the same series and origins.
        segments: demand class of every series as known at each origin and, last, now, shape (n_origins + 1, n_series).
        gap: periods between the last known one and the first one forecast; what happened in them was not known either.

    Source:
        Bates & Granger (1969) inverse errors; Breiman (1996) stacking with non-negative weights; Lichtendahl,
        Grushka-Cockayne & Winkler (2013) means of quantiles.
    """
    lessons = [_lesson(results, fold) for fold in range(len(results[0].origins))]
    keys = tuple(result.model for result in results)
    ends = results[0].origins + gap + results[0].actual.shape[2]
    # how many folds were over at each origin and are now
    over = np.searchsorted(ends, np.append(results[0].origins, ends[-1]), side="right").tolist()

    def made(kind: str) -> tuple[Backtest, Blend]:
        steps = [
            Blend(keys, _weights(kind, lessons[:known], labels), kind == MEDIAN)
            for known, labels in zip(over, segments, strict=True)
        ]
        return _said(kind, results, steps, segments), steps[-1]

    found = gathered([partial(made, kind) for kind in KINDS])
    return [said for said, _blend in found], dict(zip(KINDS, (blend for _said_so, blend in found), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What one fold teaches.

    Attributes:
        squares: sum of squared scaled errors per method and series, shape (n_models, n_series).
        points: scored points per series, shape (n_series,).
        scaled: forecasts over the series' scale, 0 where not scored, shape (n_models, n_series, horizon).
        actual: actuals over the same scale, shape (n_series, horizon).
    """

    squares: FloatArray
    points: FloatArray
    scaled: FloatArray
    actual: FloatArray


def _lesson(results: Sequence[Backtest], fold: int) -> Lesson:
    squared_scale = results[0].squared_scale[fold]
    known = np.all([_scored_in(result, fold) for result in results], axis=0) & ~np.isnan(squared_scale)[:, None]
    root = np.sqrt(np.where(np.isnan(squared_scale), 1.0, squared_scale))[:, None]
    actual = np.where(known, results[0].actual[fold] / root, 0.0)
    scaled = np.stack([np.where(known, result.mean[fold] / root, 0.0) for result in results])
    return Lesson(np.square(scaled - actual).sum(axis=2), known.sum(axis=1).astype(np.float64), scaled, actual)


def _scored_in(result: Backtest, fold: int) -> BoolArray:
    return np.asarray(~np.isnan(result.actual[fold]) & ~np.isnan(result.mean[fold]))


def _weights(kind: str, lessons: Sequence[Lesson], segments: AnyArray) -> dict[str, FloatArray]:
    """Weights per demand class, those over all series where a class has none; empty without a lesson."""
    if not lessons:
        return {}
    points = np.sum([lesson.points for lesson in lessons], axis=0)
    errors = np.sqrt(ratio(np.sum([lesson.squares for lesson in lessons], axis=0), points[None, :]))

    def learnt(inside: BoolArray) -> FloatArray | None:
        mean = np.array([mean_defined(each[inside]) for each in errors])
        if np.isnan(mean).any():
            return None
        return _stacked(lessons, inside) if kind == STACKING else _by_rank(kind, mean)

    labels = np.unique(segments)
    found = {str(label): weights for label in labels if (weights := learnt(segments == label)) is not None}
    usual = learnt(np.ones(len(segments), bool)) if len(found) < len(labels) else None
    return found if usual is None else found | {ALL: usual}


def _by_rank(kind: str, errors: FloatArray) -> FloatArray:
    """Weights of the best methods by their mean errors, shape (n_models,)."""
    best = np.argsort(errors, kind="stable")[: AVERAGED if kind == MEAN else CONSIDERED]
    weights = np.zeros(len(errors))
    weights[best] = 1.0 / np.maximum(errors[best], 1e-9) ** 2 if kind == INVERSE else 1.0
    return weights / weights.sum()


def _stacked(lessons: Sequence[Lesson], inside: BoolArray) -> FloatArray:
    """Non-negative weights, in all 1, with the smallest squared scaled error on the lessons, shape (n_models,)."""
    # here, since its import takes a third of the start of a process, and few processes combine methods
    from scipy.optimize import nnls

    n_models = len(lessons[0].squares)
    square, cross = np.zeros((n_models, n_models)), np.zeros(n_models)
    for lesson in lessons:
        said = lesson.scaled[:, inside].reshape(n_models, -1)
        square += said @ said.T
        cross += said @ lesson.actual[inside].ravel()
    pull = PULL * np.trace(square) / n_models + 1e-9
    root = np.linalg.cholesky(square + pull * np.eye(n_models))
    heavy = 1e3 * np.sqrt(np.trace(square) + 1.0)
    rows = np.vstack([root.T, np.full(n_models, heavy)])
    weights, _left = nnls(rows, np.append(np.linalg.solve(root, cross + pull / n_models), heavy))
    kept = np.where(weights >= LEAST_WEIGHT * weights.sum(), weights, 0.0)
    return np.asarray(kept / kept.sum())


def _said(kind: str, results: Sequence[Backtest], steps: Sequence[Blend], segments: AnyArray) -> Backtest:
    """The backtest of a combination: at each fold the blend known by then."""
    names = ["mean", "quantiles"]
    # a method kept by an older program has none of totals
    if all(result.totals.size for result in results):
        names.append("totals")
    made: dict[str, Any] = {name: np.empty_like(getattr(results[0], name)) for name in names}
    for fold in range(len(results[0].mean)):
        shares = steps[fold].of_series(segments[fold])
        for name, into in made.items():
            blend = blended_median if steps[fold].median else blended_mean
            into[fold] = blend([getattr(result, name)[fold] for result in results], shares)
    return replace(
        results[0],
        model=kind,
        **made | {"totals": made.get("totals", np.zeros(0, np.float32))},
        fit_seconds=sum(result.fit_seconds for result in results),
        predict_seconds=sum(result.predict_seconds for result in results),
        substitutions=(),
        cached=False,
        peak_bytes=None,
        note="",
        memo={},
    )


def blended_mean(said: Sequence[AnyArray], shares: FloatArray) -> AnyArray:
    """Weighted mean of what the methods said, NaN where none of those with any weight said anything.

    Args:
        said: per method, shape (n_series, …).
        shares: shape (n_methods, n_series).
    """
    total, weight = np.zeros_like(said[0]), _beside(np.zeros_like(shares[0]), said[0])
    for values, share in zip(said, shares, strict=True):
        if not share.any():
            continue
        known, part = ~np.isnan(values), _beside(share, values)
        # few methods leave anything unsaid; then one weight stands for a whole series
        whole = bool(known.all())
        total += (values if whole else np.where(known, values, 0)) * part
        weight = weight + (part if whole else known * part)
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan).astype(said[0].dtype)


def blended_median(said: Sequence[AnyArray], shares: FloatArray) -> AnyArray:
    """Median of what the methods with any weight said; arguments as in blended_mean."""
    result = np.full_like(said[0], np.nan)
    patterns, number = np.unique(shares > 0, axis=1, return_inverse=True)
    for place, pattern in enumerate(patterns.T):
        inside = number.ravel() == place
        result[inside] = np.median([said[method][inside] for method in np.flatnonzero(pattern).tolist()], axis=0)
    return result


def _beside(share: FloatArray, values: AnyArray) -> AnyArray:
    return share.reshape(-1, *[1] * (values.ndim - 1)).astype(values.dtype)


def all_scored(results: Sequence[Backtest]) -> bool:
    """Whether there is anything to learn weights from: two methods or more, and a point they were held against."""
    return len(results) > 1 and bool(scored(results[0]).any())
