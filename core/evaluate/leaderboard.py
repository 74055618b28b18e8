"""The leaderboard of a comparison: every method with its scores, its gain on naive, and its costs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from typing import Any, Final

import numpy as np

from core.base.language import _
from core.base.types import BoolArray, FloatArray
from core.compute.pieces import gathered
from core.evaluate.backtest import Backtest
from core.evaluate.metrics import Scores, scores, series_errors, unknown_last
from core.evaluate.replay import Bill, Economics, billed, index_of, replayed
from core.evaluate.significance import Outcome, pairwise

BASELINE: Final = "seasonal_naive"
BOOTSTRAPS: Final = 400
"""Draws behind the interval of a gain."""


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
    figures = scores(result)
    reasons = sorted({entry.reason for entry in result.substitutions})
    reasons += [result.note] * bool(result.note)
    if not figures.points:
        reasons.append(_("No error can be measured: nothing was on sale and in stock in the periods forecast."))
    return LeaderboardRow(
        model=result.model,
        scores=figures,
        skus_won=None,
        beats_naive=None,
        fit_seconds=result.fit_seconds,
        predict_seconds=result.predict_seconds,
        failed=len(result.substitutions),
        reason="; ".join(reasons),
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


def shares_won(results: Sequence[Backtest], chosen: BoolArray | None = None) -> list[float]:
    """Share of the chosen series (all by default) on which each model had the smallest RMSSE.

    Ties go to the earlier model.
    """
    inside = slice(None) if chosen is None else chosen
    errors = np.stack([unknown_last(series_errors(result).rmsse[inside]) for result in results])
    decided = np.isfinite(errors).any(axis=0)
    best = errors.argmin(axis=0)[decided]
    if not len(best):
        return [math.nan] * len(results)
    return [float((best == place).mean()) for place in range(len(results))]


def _beats(entry: LeaderboardRow, naive: float) -> bool | None:
    if entry.model == BASELINE or not entry.scores or math.isnan(entry.scores.rmsse) or math.isnan(naive):
        return None
    return entry.scores.rmsse < naive


def _sortable(value: float) -> float:
    return math.inf if math.isnan(value) else value
