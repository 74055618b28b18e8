"""Metrics: an element-wise error times an aggregation; whatever cannot be computed is NaN, never 0."""

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
    """Errors of each series, all origins and steps taken together."""
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
        pinball=pinball(result, known),
        points=points,
    )


def coverage(result: Backtest, low: float, high: float, known: BoolArray) -> float:
    """Share of known actuals between two stored quantiles, both ends included."""
    below = result.quantiles[..., result.levels.index(low)]
    above = result.quantiles[..., result.levels.index(high)]
    slack = 1e-4  # quantiles are kept in single precision
    with np.errstate(invalid="ignore"):
        inside = (result.actual >= below - slack) & (result.actual <= above + slack)
    return _divide(float((inside & known).sum()), int(known.sum()))


def pinball(result: Backtest, known: BoolArray) -> float:
    """Mean pinball loss over points and levels, units (Koenker & Bassett 1978)."""
    levels = np.asarray(result.levels)
    gap = np.where(known, result.actual, 0.0)[..., None] - np.where(known[..., None], result.quantiles, 0.0)
    loss = np.maximum(levels * gap, (levels - 1.0) * gap)
    return _divide(float(loss[known].sum()), int(known.sum()) * len(levels))


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
