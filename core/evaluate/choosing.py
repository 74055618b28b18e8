"""Chooses the method each series is planned with: the champion of its segment, or its own."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from core.base.types import AnyArray, FloatArray
from core.evaluate import combining
from core.evaluate.backtest import Backtest
from core.evaluate.metrics import mean_defined, series_errors, unknown_last
from core.evaluate.replay import Economics, billed, replayed

SHRINKAGE_POINTS: Final = 60.0
"""Points at which a SKU's own error counts as much as its segment's when its champion is chosen."""
SHRINKAGE_SERIES: Final = 100.0
"""Series at which a segment's error counts as much as the shop's."""
WAPE_SHARE: Final = 0.25
"""Share of WAPE in the error that champions are chosen by, the rest is RMSSE: a second look at the same few dates."""
SINGLE_GAIN: Final = 0.015
"""By how much a single method's error must be smaller than a combination's: the best of many methods on a few dates is
partly lucky, a mean of several is not."""
COMBINATION_GAIN: Final = 0.01
"""By how much a combination must be cheaper than a single method, which costs less to make and to explain."""
BIAS_BOUND: Final = 0.10
"""Share of demand a champion may be too high or too low while another method errs hardly more and leans less."""
NEARLY_AS_GOOD: Final = 0.02
"""How much larger the error of a method may be that replaces a leaning champion."""


def cheapest(results: Sequence[Backtest], segments: AnyArray, economics: Economics) -> tuple[AnyArray, AnyArray]:
    """The model whose replay cost least in each segment, and the reason in words, each of shape (n_series,).

    A combination must save 1 %. Where no cost is known the champions by RMSSE stay.

    Args:
        results: backtests over the same series.
        segments: label per series, shape (n_series,).
        economics: what units too few and too many cost.
    """
    chosen, reasons = champions(results, segments, per_sku=False)
    replays = [replayed(result, economics) for result in results]
    keys = np.array([result.model for result in results], dtype=object)
    handicap = np.where(np.isin(keys, combining.KINDS), 1.0 / (1.0 - COMBINATION_GAIN), 1.0)
    for label in np.unique(segments):
        inside = segments == label
        costs = np.array([math.nan if each is None else billed(each, inside).cost for each in replays])
        judged = unknown_last(costs * handicap)
        best = int(judged.argmin())
        if math.isfinite(judged[best]):
            chosen[inside] = keys[best]
            smallest = best == int(unknown_last(costs).argmin())
            word = "smallest replayed cost" if smallest else "a single method with nearly the smallest replayed cost"
            reasons[inside] = f"{word} ({costs[best]:,.0f}) in the segment “{label}”"
    return chosen, reasons


def champions(results: Sequence[Backtest], segments: AnyArray, *, per_sku: bool) -> tuple[AnyArray, AnyArray]:
    """The model to plan each series with, and the reason in words, each of shape (n_series,).

    The smallest error wins, see `judged_errors`. A single method must be 1.5 % better than every combination; and a
    champion that leans is replaced, see `least_leaning`.

    Args:
        results: backtests over the same series.
        segments: label per series, shape (n_series,).
        per_sku: choose per series instead of per segment.
    """
    each = [series_errors(result) for result in results]
    own = np.stack([errors.rmsse for errors in each])
    keys = np.array([result.model for result in results], dtype=object)
    points = each[0].points if per_sku else np.zeros(len(segments))
    bias = segment_bias(np.stack([e.bias for e in each]), np.stack([e.actual for e in each]), segments)
    judged = judged_errors(own, np.stack([e.abs_error for e in each]), points, segments)
    best = best_of(keys, judged, bias)
    words = np.where(best == judged.argmin(axis=0), "smallest error", "a combination with nearly the smallest error")
    leaner = best != best_of(keys, judged, np.zeros_like(bias))
    words = np.where(leaner, "nearly the smallest error, with much less bias", words)
    return keys[best], _reasons(own, best, segments, words, per_sku=per_sku)


def segment_bias(bias: FloatArray, actual: FloatArray, segments: AnyArray) -> FloatArray:
    """Σ(forecast − actual) / Σ actual of each model over a series' segment, 0 = unknown, shape (n_models, n_series).

    Args:
        bias: of each model on each series, NaN = nothing was sold, shape (n_models, n_series).
        actual: units sold at the scored points, same shape.
        segments: label per series, shape (n_series,).
    """
    known = np.nan_to_num(actual)
    surplus = np.nan_to_num(bias) * known
    shared = np.zeros_like(known)
    for label in np.unique(segments):
        inside = segments == label
        sold = known[:, inside].sum(axis=1)
        lean = np.where(sold > 0, surplus[:, inside].sum(axis=1) / np.where(sold > 0, sold, 1.0), 0.0)
        shared[:, inside] = lean[:, None]
    return shared


def best_of(keys: AnyArray, judged: FloatArray, bias: FloatArray) -> AnyArray:
    """Number of the model to plan each series with, shape (n_series,).

    Args:
        keys: of the models, shape (n_models,).
        judged: error per model and series, infinite = unknown, shape (n_models, n_series).
        bias: of each model where the series belongs, same shape.
    """
    mixed = np.isin(keys, combining.KINDS)
    handicapped = np.where(mixed[:, None], judged, judged / (1.0 - SINGLE_GAIN))
    return least_leaning(handicapped, bias)


def least_leaning(judged: FloatArray, bias: FloatArray) -> AnyArray:
    """The model with the smallest error, unless it leans: |bias| above 10 %, another's at most half of it.

    Then the best of those others whose error is within 2 % takes its place. Errors of single periods hide a lean that
    stock adds up over the lead time.
    """
    first = judged.argmin(axis=0)
    columns = np.arange(judged.shape[1])
    error, lean = judged[first, columns], np.abs(bias)
    better = (judged <= (1.0 + NEARLY_AS_GOOD) * error) & (lean <= 0.5 * lean[first, columns]) & np.isfinite(judged)
    replaced = (lean[first, columns] > BIAS_BOUND) & better.any(axis=0)
    return np.asarray(np.where(replaced, np.where(better, judged, np.inf).argmin(axis=0), first))


def judged_errors(own: FloatArray, missed: FloatArray, points: FloatArray, segments: AnyArray) -> FloatArray:
    """Error of each model on each series that champions are chosen by, 1 = that of the model in the middle.

    RMSSE, whose smallest value belongs to the best forecast of the *mean*, which orders are computed from, to the power
    ¾ times WAPE to the power ¼. So that luck on few dates does not choose, the error of a segment of n series counts
    n / (n + 100), the shop's the rest; that of a series with n scored points n / (n + 60), its segment's the rest.

    Args:
        own: RMSSE per model and series, NaN = undefined, shape (n_models, n_series).
        missed: Σ|actual − forecast| per model and series, same shape.
        points: scored points n of each series, shape (n_series,); 0 = the segment alone decides.
        segments: label per series, shape (n_series,).

    Returns:
        Shape (n_models, n_series); infinite = unknown.
    """
    weight = points / (points + SHRINKAGE_POINTS)
    alone, shop = _mixed(own, missed), _mixed(*_over_all(own, missed))
    judged = np.empty_like(own)
    for label in np.unique(segments):
        members = segments == label
        count = int(members.sum())
        segment = _mixed(*_over_all(own[:, members], missed[:, members]))
        shared = _pulled(segment, shop, count / (count + SHRINKAGE_SERIES))
        judged[:, members] = _pulled(alone[:, members], shared, weight[members])
    return unknown_last(judged)


def _over_all(own: FloatArray, missed: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean RMSSE and total error of each model over some series, each of shape (n_models, 1)."""
    return np.array([[mean_defined(errors)] for errors in own]), missed.sum(axis=1, keepdims=True)


def _mixed(own: FloatArray, missed: FloatArray) -> FloatArray:
    """RMSSE and absolute error as one number, each over its median among the models; same shape as both."""
    return np.asarray(_over_middle(own) ** (1.0 - WAPE_SHARE) * _over_middle(missed) ** WAPE_SHARE)


def _over_middle(errors: FloatArray) -> FloatArray:
    """Errors over the models' median of each column; where that is 0, one more than themselves."""
    middle = np.nanmedian(np.where(np.isnan(errors).all(axis=0), 1.0, errors), axis=0)
    return np.asarray(np.where(middle > 0, errors / np.where(middle > 0, middle, 1.0), errors + 1.0))


def _pulled(own: FloatArray, towards: FloatArray, weight: FloatArray | float) -> FloatArray:
    """Weighted mean of errors and those they are pulled towards, which stand alone where the own ones are unknown."""
    return np.asarray(np.where(np.isnan(own), towards, weight * own + (1.0 - weight) * towards))


def _reasons(own: FloatArray, best: AnyArray, segments: AnyArray, words: AnyArray, *, per_sku: bool) -> AnyArray:
    shown = own[best, np.arange(len(segments))]
    for label in np.unique(segments) if not per_sku else ():
        members = segments == label
        shown[members] = mean_defined(own[best[members][0], members])
    scope = (
        "for this SKU, pulled towards its segment “{}”" if per_sku else "in the segment “{}”, pulled towards the shop's"
    )
    found = [
        "no error could be measured" if np.isnan(value) else f"{word} {scope.format(label)} (RMSSE {value:.3f})"
        for value, label, word in zip(shown, segments, words, strict=True)
    ]
    return np.array(found, dtype=object)
