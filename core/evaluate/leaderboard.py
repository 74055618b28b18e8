"""The leaderboard of a comparison, and the champion per SKU or per segment."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

import numpy as np

from core.base.types import AnyArray, BoolArray, FloatArray
from core.evaluate import combining
from core.evaluate.backtest import Backtest
from core.evaluate.metrics import Scores, mean_defined, scores, series_errors
from core.evaluate.replay import Bill, Economics, billed, index_of, replayed
from core.evaluate.significance import Outcome, pairwise

BASELINE: Final = "seasonal_naive"
SHRINKAGE_POINTS: Final = 60.0
"""Points at which a SKU's own error counts as much as its segment's when its champion is chosen."""
BOOTSTRAPS: Final = 400
"""Draws behind the interval of a gain."""
COMBINATION_GAIN: Final = 0.01
"""By how much a combination's error must be smaller than a single method's, which costs less to make and to explain."""
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
    rows = [row(result, economics) for result in results]
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

    The error judged is RMSSE, whose smallest value belongs to the best forecast of the *mean*, which orders are
    computed from. Per segment, the model with the smallest mean error in the segment wins. Per SKU, the series' own
    error is shrunk towards its segment's: weight n / (n + 60) for n scored points, so that luck on few folds does not
    choose. A combination must gain 1 %; and a champion that leans is replaced, see `least_leaning`.

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
    judged = shrunk_errors(own, points, segments)
    best = best_of(keys, judged, bias)
    leaner = best != best_of(keys, judged, np.zeros_like(bias))
    return keys[best], _reasons(judged, best, segments, per_sku=per_sku, leaner=leaner)


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
    handicapped = np.where(mixed[:, None], judged / (1.0 - COMBINATION_GAIN), judged)
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


def _reasons(judged: FloatArray, best: AnyArray, segments: AnyArray, *, per_sku: bool, leaner: BoolArray) -> AnyArray:
    error = np.take_along_axis(judged, best[None, :], axis=0)[0]
    scope = "this SKU, shrunk to its segment" if per_sku else "the segment"
    found = []
    for value, label, instead in zip(error, segments, leaner, strict=True):
        smallest = "much less bias than the smallest RMSSE, nearly its" if instead else "smallest"
        text = f"{smallest} RMSSE ({value:.3f}) in {scope} “{label}”"
        found.append(text if np.isfinite(value) else "no error could be measured")
    return np.array(found, dtype=object)


def _beats(entry: LeaderboardRow, naive: float) -> bool | None:
    if entry.model == BASELINE or not entry.scores or math.isnan(entry.scores.rmsse) or math.isnan(naive):
        return None
    return entry.scores.rmsse < naive


def _sortable(value: float) -> float:
    return math.inf if math.isnan(value) else value


def _sortable_array(values: FloatArray) -> FloatArray:
    return np.asarray(np.where(np.isnan(values), np.inf, values))
