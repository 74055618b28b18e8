"""Metrics: an element-wise error times an aggregation; whatever cannot be computed is NaN, never 0."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.base.types import AnyArray, BoolArray, FloatArray
from core.evaluate.backtest import Backtest


@dataclass(frozen=True, slots=True)
class Scores:
    """Accuracy of one model over a set of series; NaN = undefined.

    Attributes:
        wape: Σ|actual − forecast| / Σ actual.
        bias: Σ(forecast − actual) / Σ actual; positive = forecast too high.
        mase: mean over series of MAE over the in-sample seasonal naive MAE (Hyndman & Koehler 2006).
        rmsse: mean over series of RMSE over the root mean squared first difference (Makridakis et al. 2022).
        rmse, mae, mse: in units per period.
        coverage_80, coverage_95: share of actuals inside the central 80 and 95 % interval.
        pinball: mean pinball loss over the stored levels, units.
        mape: mean of |actual − forecast| / actual; NaN when any actual is 0, since the share is then without bounds.
        smape: mean of 2·|actual − forecast| / (actual + forecast), 0 where both are 0.
        crps: continuous ranked probability score from the stored quantiles, units.
        churn: Σ|forecast − the one at the origin before, as many steps ahead| / Σ of the latter; NaN with one origin.
        points: forecast points scored.
    """

    wape: float
    bias: float
    mase: float
    rmsse: float
    rmse: float
    mae: float
    mse: float
    coverage_80: float
    coverage_95: float
    pinball: float
    mape: float
    smape: float
    crps: float
    churn: float
    points: int


@dataclass(frozen=True, slots=True, eq=False)
class SeriesErrors:
    """Errors per series over all origins and steps, each of shape (n_series,); NaN = undefined.

    `abs_error` is Σ|actual − forecast|, `actual` Σ actual, `points` the number of scored points; others as in Scores.
    """

    wape: FloatArray
    bias: FloatArray
    mase: FloatArray
    rmsse: FloatArray
    rmse: FloatArray
    mae: FloatArray
    abs_error: FloatArray
    actual: FloatArray
    points: FloatArray


def scored(result: Backtest) -> BoolArray:
    """Points with both an actual and a forecast, shape (n_origins, n_series, horizon)."""
    return np.asarray(~np.isnan(result.actual) & ~np.isnan(result.mean))


def series_errors(result: Backtest) -> SeriesErrors:
    """Errors of each series, all origins and steps taken together; computed once per backtest."""
    if "series_errors" not in result.memo:
        result.memo["series_errors"] = _series_errors(result)
    found: SeriesErrors = result.memo["series_errors"]
    return found


def _series_errors(result: Backtest) -> SeriesErrors:
    known = scored(result)
    error = np.where(known, result.mean - result.actual, 0.0)
    points = known.sum(axis=(0, 2)).astype(np.float64)
    absolute = np.abs(error).sum(axis=(0, 2))
    squared = (error**2).sum(axis=(0, 2))
    actual = np.where(known, result.actual, 0.0).sum(axis=(0, 2))
    return SeriesErrors(
        wape=ratio(absolute, actual),
        bias=ratio(error.sum(axis=(0, 2)), actual),
        mase=_scaled(np.abs(error), known, result.scale),
        rmsse=np.sqrt(_scaled(error**2, known, result.squared_scale)),
        rmse=np.sqrt(ratio(squared, points)),
        mae=ratio(absolute, points),
        abs_error=absolute,
        actual=actual,
        points=points,
    )


def scores(result: Backtest, chosen: BoolArray | None = None) -> Scores:
    """Scores over the chosen series (all by default)."""
    mask = np.ones(len(result.skus), bool) if chosen is None else chosen
    known = scored(result) & mask[None, :, None]
    error = np.where(known, result.mean - result.actual, 0.0)
    points = int(known.sum())
    total = float(np.where(known, result.actual, 0.0).sum())
    each = series_errors(result)
    mse = _divide(float((error**2).sum()), points)
    losses = pinball_losses(result, known)
    return Scores(
        wape=_divide(float(np.abs(error).sum()), total),
        bias=_divide(float(error.sum()), total),
        mase=mean_defined(each.mase[mask]),
        rmsse=mean_defined(each.rmsse[mask]),
        rmse=float(np.sqrt(mse)),
        mae=_divide(float(np.abs(error).sum()), points),
        mse=mse,
        coverage_80=coverage(result, 0.1, 0.9, known),
        coverage_95=coverage(result, 0.025, 0.975, known),
        pinball=float(losses.mean()),
        mape=_mape(result, known),
        smape=_smape(result, known),
        crps=float(2.0 * losses @ level_widths(result.levels)),
        churn=_churn(result, mask),
        points=points,
    )


def _mape(result: Backtest, known: BoolArray) -> float:
    actual = result.actual[known]
    if not len(actual) or (actual <= 0).any():
        return float("nan")
    return float(np.abs(result.mean[known] / actual - 1.0).mean())


def _smape(result: Backtest, known: BoolArray) -> float:
    actual, said = result.actual[known], result.mean[known]
    size = np.abs(actual) + np.abs(said)
    shares = np.divide(2.0 * np.abs(actual - said), size, out=np.zeros(len(size)), where=size > 0)
    return _divide(float(shares.sum()), len(shares))


def _churn(result: Backtest, mask: BoolArray) -> float:
    before, after = result.mean[:-1, mask], result.mean[1:, mask]
    both = ~np.isnan(before) & ~np.isnan(after)
    return _divide(float(np.abs(after - before)[both].sum()), float(before[both].sum()))


def level_widths(levels: Sequence[float]) -> FloatArray:
    """Share of (0, 1) each quantile level stands for: up to the middles between neighbours, shape (n_levels,).

    The score is twice the integral of the pinball loss over all levels (Gneiting & Ranjan 2011).
    """
    edges = np.concatenate([[0.0], (np.asarray(levels[1:]) + np.asarray(levels[:-1])) / 2, [1.0]])
    return np.diff(edges)


def coverage(result: Backtest, low: float, high: float, known: BoolArray) -> float:
    """Share of known actuals between two stored quantiles, both ends included."""
    below = result.quantiles[..., result.levels.index(low)]
    above = result.quantiles[..., result.levels.index(high)]
    slack = 1e-4  # quantiles are kept in single precision
    with np.errstate(invalid="ignore"):
        inside = (result.actual >= below - slack) & (result.actual <= above + slack)
    return _divide(float((inside & known).sum()), int(known.sum()))


def pinball_losses(result: Backtest, known: BoolArray) -> FloatArray:
    """Mean pinball loss of each level over the known points, units, shape (n_levels,) (Koenker & Bassett 1978)."""
    actual, said = result.actual[known], result.quantiles[known]
    if not len(actual):
        return np.full(len(result.levels), np.nan)
    # one level at a time: all at once would take nine times the memory of the actuals
    gaps = (actual - said[:, place] for place in range(len(result.levels)))
    return np.array(
        [np.maximum(level * gap, (level - 1.0) * gap).mean() for level, gap in zip(result.levels, gaps, strict=True)]
    )


def error_by_step(result: Backtest) -> FloatArray:
    """WAPE at each horizon step, shape (horizon,); NaN where nothing was sold."""
    known = scored(result)
    absolute = np.where(known, np.abs(result.mean - result.actual), 0.0).sum(axis=(0, 1))
    return ratio(absolute, np.where(known, result.actual, 0.0).sum(axis=(0, 1)))


def ratio(above: AnyArray, below: AnyArray) -> FloatArray:
    """Above / below, NaN where below is not positive."""
    return np.asarray(np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan), np.float64)


def mean_defined(values: FloatArray) -> float:
    """Mean of the defined values; NaN when none is."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")


def _scaled(error: FloatArray, known: BoolArray, scale: FloatArray) -> FloatArray:
    usable = known & ~np.isnan(scale)[:, :, None]
    scaled = np.where(usable, error / np.where(np.isnan(scale), 1.0, scale)[:, :, None], 0.0)
    return ratio(scaled.sum(axis=(0, 2)), usable.sum(axis=(0, 2)))


def _divide(above: float, below: float) -> float:
    return above / below if below > 0 else float("nan")
