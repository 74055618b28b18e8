"""Metrics: an element-wise error times an aggregation; whatever cannot be computed is NaN, never 0."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import AnyArray, BoolArray, FloatArray
from core.evaluate.backtest import Backtest
from core.evaluate.statistics import Sums, sums_of

PER_POINT: Final = {
    "mae": "absolute", "mse": "squared", "pinball": "pinball", "crps": "crps", "smape": "symmetric",
    "coverage_80": "inside_80", "coverage_95": "inside_95",
}  # fmt: skip
"""Metrics that are the mean of a statistic over the scored points."""
STEP_METRICS: Final = (
    "wape", "bias", "mae", "mse", "rmse", "mase", "rmsse", "wrmsse", "mape", "smape", "pinball", "crps", "coverage_80",
    "coverage_95",
)  # fmt: skip
"""What is computed per series, per segment and per step ahead, besides overall."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Accuracy of one model over a set of series; NaN = undefined.

    Attributes:
        wape: Σ|actual − forecast| / Σ actual.
        bias: Σ(forecast − actual) / Σ actual; positive = forecast too high.
        mase: mean over series of MAE over the in-sample seasonal naive MAE (Hyndman & Koehler 2006).
        rmsse: mean over series of RMSE over the root mean squared first difference (Makridakis et al. 2022).
        wrmsse: the same mean weighted by the money or units each series sold.
        rmse, mae, mse: in units per period.
        coverage_80, coverage_95: share of actuals inside the central interval; on its edge they count in part.
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
    wrmsse: float = float("nan")


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
    mse: FloatArray
    wrmsse: FloatArray
    mape: FloatArray
    smape: FloatArray
    pinball: FloatArray
    crps: FloatArray
    coverage_80: FloatArray
    coverage_95: FloatArray
    abs_error: FloatArray
    actual: FloatArray
    points: FloatArray


def scored(result: Backtest) -> BoolArray:
    """Points with both an actual and a forecast, shape (n_origins, n_series, horizon)."""
    return np.asarray(~np.isnan(result.actual) & ~np.isnan(result.mean))


def sums(result: Backtest) -> Sums:
    """The statistics of a backtest per series and per step; computed once."""
    if "sums" not in result.memo:
        result.memo["sums"] = sums_of(result)
    found: Sums = result.memo["sums"]
    return found


def series_errors(result: Backtest) -> SeriesErrors:
    """Errors of each series, all origins and steps taken together; computed once per backtest."""
    if "series_errors" not in result.memo:
        of_series = sums(result).series
        result.memo["series_errors"] = SeriesErrors(
            **figures(of_series),
            abs_error=of_series["absolute"],
            actual=of_series["actual"],
            points=of_series["points"],
        )
    found: SeriesErrors = result.memo["series_errors"]
    return found


def figures(statistics: Mapping[str, AnyArray]) -> dict[str, FloatArray]:
    """The metrics of STEP_METRICS from summed statistics of any shape; NaN = undefined.

    MASE, RMSSE and WRMSSE are those of the points taken together; means over series of them are the caller's.
    """
    points = statistics["points"]
    found = {name: ratio(statistics[source], points) for name, source in PER_POINT.items()}
    found["wape"] = ratio(statistics["absolute"], statistics["actual"])
    found["bias"] = ratio(statistics["error"], statistics["actual"])
    found["rmse"] = np.sqrt(found["mse"])
    found["mape"] = np.where(statistics["unbounded"] > 0, np.nan, ratio(statistics["share"], points))
    found["mase"] = ratio(statistics["scaled_absolute"], statistics["scaled_points"])
    found["rmsse"] = np.sqrt(ratio(statistics["scaled_squared"], statistics["squared_points"]))
    found["wrmsse"] = np.sqrt(ratio(statistics["weighted_squared"], statistics["weighted_points"]))
    return found


def scores(result: Backtest, chosen: BoolArray | None = None) -> Scores:
    """Scores over the chosen series (all by default)."""
    of_series, each = sums(result).series, series_errors(result)
    mask = np.ones(len(result.skus), bool) if chosen is None else chosen
    total = {name: values[mask].sum() for name, values in of_series.items()}
    pooled = {name: float(value) for name, value in figures(total).items()}
    pooled |= {
        "mase": mean_defined(each.mase[mask]),
        "rmsse": mean_defined(each.rmsse[mask]),
        "churn": float(ratio(total["moved"], total["moved_from"])),
        "wrmsse": _weighted(each.rmsse[mask], result.weight[mask] if len(result.weight) else each.actual[mask]),
    }
    return Scores(**pooled, points=int(total["points"]))


def _weighted(values: FloatArray, weight: FloatArray) -> float:
    """Mean of the defined values, each with its weight; NaN when none has any."""
    usable = ~np.isnan(values) & (weight > 0)
    return float(ratio((values[usable] * weight[usable]).sum(), weight[usable].sum()))


def error_by_step(result: Backtest) -> FloatArray:
    """WAPE at each horizon step, shape (horizon,); NaN where nothing was sold."""
    return step_scores(result)["wape"]


def step_scores(result: Backtest) -> dict[str, FloatArray]:
    """Each of STEP_METRICS at every step ahead, shape (horizon,).

    MASE of a step is the mean scaled error of its points, RMSSE the root of their mean squared one, WRMSSE the root of
    their weighted mean squared one.
    """
    return figures(sums(result).steps)


def calibration(result: Backtest, chosen: BoolArray | None = None) -> FloatArray:
    """Share of actuals at or below each stored quantile, shape (n_levels,); NaN without a point.

    Where an actual lies on several quantiles at once, as counts do, its rank is thought to lie anywhere between them
    with equal chance: the expectation of the randomised rank (Czado, Gneiting & Held 2009). Without it a method that
    forecasts counts perfectly would seem to forecast too much.
    """
    mask = np.ones(len(result.skus), bool) if chosen is None else chosen
    held = sums(result)
    return ratio(held.below[mask].sum(axis=0), np.broadcast_to(held.series["points"][mask].sum(), len(result.levels)))


def ratio(above: AnyArray, below: AnyArray) -> FloatArray:
    """Above / below, NaN where below is not positive."""
    return np.asarray(np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan), np.float64)


def mean_defined(values: FloatArray) -> float:
    """Mean of the defined values; NaN when none is."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")


def unknown_last(values: FloatArray) -> FloatArray:
    """The same with NaN as infinite: what is unknown is never the smallest."""
    return np.asarray(np.where(np.isnan(values), np.inf, values))
