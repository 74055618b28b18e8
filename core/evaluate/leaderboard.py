"""The leaderboard of a comparison, and the champion per SKU or per segment."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from typing import Any, Final

import numpy as np

from core.base.types import AnyArray, BoolArray, FloatArray
from core.compute.pieces import gathered
from core.evaluate import combining
from core.evaluate.backtest import Backtest
from core.evaluate.metrics import Scores, mean_defined, scores, series_errors
from core.evaluate.replay import Bill, Economics, billed, index_of, replayed
from core.evaluate.significance import Outcome, pairwise

BASELINE: Final = "seasonal_naive"
SHRINKAGE_POINTS: Final = 60.0
"""Points at which a SKU's own error counts as much as its segment's when its champion is chosen."""
SHRINKAGE_SERIES: Final = 100.0
"""Series at which a segment's error counts as much as the shop's."""
WAPE_SHARE: Final = 0.25
"""Share of WAPE in the error that champions are chosen by, the rest is RMSSE: a second look at the same few dates."""
BOOTSTRAPS: Final = 400
"""Draws behind the interval of a gain."""
SINGLE_GAIN: Final = 0.015
"""By how much a single method's error must be smaller than a combination's: the best of many methods on a few dates is
partly lucky, a mean of several is not."""
COMBINATION_GAIN: Final = 0.01
"""By how much a combination must be cheaper than a single method, which costs less to make and to explain."""
BIAS_BOUND: Final = 0.10
"""Share of demand a champion may be too high or too low while another method errs hardly more and leans less."""
NEARLY_AS_GOOD: Final = 0.02
"""How much larger the error of a method may be that replaces a leaning champion."""


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
        cached: whether it was computed for an earlier comparison.
        gain_low, gain_high: 95 % interval of the share of the seasonal naive's RMSSE that is saved; None = unknown.
        best_low, best_high: the same against the best method of the table; below 0 = worse than it.
        p_naive, p_best: chance of errors this different from the seasonal naive's (the best method's) if both err
            alike, by the Diebold–Mariano test on the shop's losses; None = cannot be computed.
        peak_mb: memory taken at most besides what was held before, megabytes; None = not known.
        bill: what the method would have cost, None = not replayed.
        cost_index: that cost over the seasonal naive's; None = either is unknown.
    """

    model: str
    scores: Scores | None
    skus_won: float | None
    beats_naive: bool | None
    fit_seconds: float
    predict_seconds: float
    failed: int
    reason: str
    cached: bool = False
    gain_low: float | None = None
    gain_high: float | None = None
    best_low: float | None = None
    best_high: float | None = None
    p_naive: float | None = None
    p_best: float | None = None
    peak_mb: float | None = None
    bill: Bill | None = None
    cost_index: float | None = None

    def record(self) -> dict[str, Any]:
        """The row with plain values, undefined scores as None."""
        own = asdict(self)
        flat = own.pop("scores") or dict.fromkeys(Scores.__dataclass_fields__)
        bill = own.pop("bill") or dict.fromkeys(entry.name for entry in fields(Bill))
        values = {"model": own.pop("model")} | flat | bill | own
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in values.items()
        }


def failed_row(model: str, n_series: int, reason: str) -> LeaderboardRow:
    """The row of a model that could not be run at all."""
    return LeaderboardRow(model, None, None, None, 0.0, 0.0, n_series, reason)


def row(result: Backtest, economics: Economics | None = None) -> LeaderboardRow:
    """The row of one model before the others are known: no share won, no comparison with naive."""
    replay = None if economics is None else replayed(result, economics)
    reasons = sorted({entry.reason for entry in result.substitutions})
    return LeaderboardRow(
        model=result.model,
        scores=scores(result),
        skus_won=None,
        beats_naive=None,
        fit_seconds=result.fit_seconds,
        predict_seconds=result.predict_seconds,
        failed=len(result.substitutions),
        reason="; ".join(reasons + [result.note] * bool(result.note)),
        cached=result.cached,
        peak_mb=None if result.peak_bytes is None else result.peak_bytes / 1e6,
        bill=None if replay is None else billed(replay),
    )


def leaderboard(
    results: Sequence[Backtest],
    tests: Mapping[tuple[str, str], Outcome] | None = None,
    economics: Economics | None = None,
) -> list[LeaderboardRow]:
    """All models beside one another, best RMSSE first.

    Args:
        results: backtests over the same series and origins.
        tests: what `pairwise` gave, when it is known already.
        economics: what units too few and too many cost; None = nothing is replayed.
    """
    outcomes = pairwise(results) if tests is None else tests
    rows = gathered([partial(row, result, economics) for result in results])
    paid = next((entry.bill.cost for entry in rows if entry.model == BASELINE and entry.bill), math.nan)
    won = shares_won(results)
    naive = next((entry.scores.rmsse for entry in rows if entry.model == BASELINE and entry.scores), math.nan)
    best = min(rows, key=lambda entry: _sortable(entry.scores.rmsse if entry.scores else math.nan)).model
    gains, leads = gains_on_each((BASELINE, best), results)
    against_naive, against_best = tests_against(BASELINE, outcomes), tests_against(best, outcomes)
    complete = [
        replace(
            entry,
            skus_won=won[place],
            beats_naive=_beats(entry, naive),
            gain_low=gains.get(entry.model, (None, None))[0],
            gain_high=gains.get(entry.model, (None, None))[1],
            best_low=leads.get(entry.model, (None, None))[0],
            best_high=leads.get(entry.model, (None, None))[1],
            p_naive=against_naive.get(entry.model),
            p_best=against_best.get(entry.model),
            cost_index=index_of(entry.bill.cost, paid) if entry.bill else None,
        )
        for place, entry in enumerate(rows)
    ]
    return sorted(complete, key=lambda entry: _sortable(entry.scores.rmsse if entry.scores else math.nan))


def tests_against(reference: str, tests: Mapping[tuple[str, str], Outcome]) -> dict[str, float]:
    """Two-sided chance of losses this different from the reference's, for every other model it can be computed for."""
    found = {}
    for (one, other), outcome in tests.items():
        if reference in (one, other) and not math.isnan(outcome.p_value):
            found[other if one == reference else one] = outcome.p_value
    return found


def gains_on(reference: str, results: Sequence[Backtest]) -> dict[str, tuple[float, float]]:
    """95 % interval of 1 − RMSSE / the reference's RMSSE for every other model; empty without the reference."""
    return gains_on_each((reference,), results)[0]


def gains_on_each(references: Sequence[str], results: Sequence[Backtest]) -> list[dict[str, tuple[float, float]]]:
    """The intervals of `gains_on` against several references.

    Series are drawn with replacement, the same ones for all models, 400 times (percentile bootstrap, Efron &
    Tibshirani 1993). Demand of SKUs moves together, so the truth is somewhat wider.
    """
    own = {result.model: series_errors(result).rmsse for result in results}
    if len(own) < 2:
        return [{} for _reference in references]
    known = ~np.isnan(np.stack(list(own.values()))).any(axis=0)
    n_series = int(known.sum())
    if n_series < 2:
        return [{} for _reference in references]
    rng = np.random.default_rng(0)
    errors = np.stack([each[known] for each in own.values()])
    totals = np.empty((len(own), BOOTSTRAPS))
    for draw in range(BOOTSTRAPS):
        totals[:, draw] = errors @ np.bincount(rng.integers(n_series, size=n_series), minlength=n_series)
    return [_intervals(reference, dict(zip(own, totals, strict=True))) for reference in references]


def _intervals(reference: str, totals: Mapping[str, FloatArray]) -> dict[str, tuple[float, float]]:
    """From the errors summed over the series of each draw, each of shape (n_draws,)."""
    base = totals.get(reference, np.zeros(1))
    if not (base > 0).all():
        return {}
    found = {}
    for model, total in totals.items():
        low, high = np.quantile(1.0 - total / base, (0.025, 0.975))
        if model != reference:
            found[model] = (float(low), float(high))
    return found


def shares_won(results: Sequence[Backtest]) -> list[float]:
    """Share of series on which each model had the smallest RMSSE; ties go to the earlier model."""
    errors = np.stack([_sortable_array(series_errors(result).rmsse) for result in results])
    decided = np.isfinite(errors).any(axis=0)
    best = errors.argmin(axis=0)[decided]
    if not len(best):
        return [math.nan] * len(results)
    return [float((best == place).mean()) for place in range(len(results))]


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
        judged = _sortable_array(costs * handicap)
        best = int(judged.argmin())
        if math.isfinite(judged[best]):
            chosen[inside] = keys[best]
            reasons[inside] = f"smallest replayed cost ({costs[best]:,.0f}) in the segment “{label}”"
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
    leaner = best != best_of(keys, judged, np.zeros_like(bias))
    return keys[best], _reasons(own, best, segments, per_sku=per_sku, leaner=leaner)


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
    return _sortable_array(judged)


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


def _reasons(own: FloatArray, best: AnyArray, segments: AnyArray, *, per_sku: bool, leaner: BoolArray) -> AnyArray:
    shown = own[best, np.arange(len(segments))]
    for label in np.unique(segments) if not per_sku else ():
        members = segments == label
        shown[members] = mean_defined(own[best[members][0], members])
    scope = "for this SKU, pulled towards its segment" if per_sku else "in the segment"
    found = []
    for value, label, instead in zip(shown, segments, leaner, strict=True):
        smallest = "much less bias than the smallest error, nearly its" if instead else "smallest error"
        text = f"{smallest} {scope} “{label}” (RMSSE {value:.3f})"
        found.append("no error could be measured" if np.isnan(value) else text)
    return np.array(found, dtype=object)


def _beats(entry: LeaderboardRow, naive: float) -> bool | None:
    if entry.model == BASELINE or not entry.scores or math.isnan(entry.scores.rmsse) or math.isnan(naive):
        return None
    return entry.scores.rmsse < naive


def _sortable(value: float) -> float:
    return math.inf if math.isnan(value) else value


def _sortable_array(values: FloatArray) -> FloatArray:
    return np.asarray(np.where(np.isnan(values), np.inf, values))
