"""Whether one method errs less than another by more than luck: the Diebold–Mariano test on the shop's losses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.base.types import FloatArray
from core.evaluate.backtest import Backtest
from core.evaluate.metrics import scored


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of comparing two methods.

    Attributes:
        statistic: below 0 = the first method errs less; NaN = cannot be computed. [S1*]
        p_value: chance of a statistic at least as far from 0 when both err alike, two-sided.
        periods: losses compared.
    """

    statistic: float
    p_value: float
    periods: int


def diebold_mariano(difference: FloatArray, steps: int) -> Outcome:
    """Test that the mean loss difference is 0, with the correction for few periods.

    d̄ / √(V/n) · √((n + 1 − 2h + h(h − 1)/n) / n) against Student's t with n − 1 degrees of freedom, where V is the sum
    of the autocovariances of d up to lag h − 1. Where that sum is not positive, the autocovariances fade out linearly
    (Bartlett's weights 1 − k/h), which cannot turn negative.

    Args:
        difference: loss of the first method minus that of the second, in the order of time, NaN = unknown.
        steps: steps ahead that were forecast, up to which errors of one origin go together. [h]

    Source:
        Diebold & Mariano (1995), J. Business & Economic Statistics 13, 253–263; Harvey, Leybourne & Newbold (1997),
        Int. J. Forecasting 13, 281–291, equation 9.
    """
    known = difference[~np.isnan(difference)]
    n, h = len(known), min(steps, max(len(known) // 2, 1))
    if n < 3:
        return Outcome(float("nan"), float("nan"), n)
    centred = known - known.mean()
    covariance = np.array([centred[lag:] @ centred[: n - lag] for lag in range(h)]) / n
    weight = np.full(h, 2.0)
    weight[0] = 1.0
    variance = float(weight @ covariance)
    # a sum of autocovariances that vanishes but for rounding says nothing either
    if variance <= 1e-12 * covariance[0]:
        variance = float((weight * (1.0 - np.arange(h) / h)) @ covariance)
    if variance <= 0:
        return Outcome(float("nan"), float("nan"), n)
    correction = (n + 1 - 2 * h + h * (h - 1) / n) / n
    statistic = float(known.mean() / np.sqrt(variance / n) * np.sqrt(correction))
    # here, since its import takes a sixth of the start of a process
    from scipy.special import stdtr

    return Outcome(statistic, float(2.0 * stdtr(n - 1, -abs(statistic))), n)


def loss_by_period(results: Sequence[Backtest]) -> FloatArray:
    """Mean squared scaled error of the shop in each forecast period, on what all methods forecast.

    Series are scaled as in RMSSE, so that one large SKU does not decide alone.

    Returns:
        Shape (n_models, n_origins · horizon), in the order of time; NaN where nothing is scored.
    """
    first = results[0]
    known = np.all([scored(result) for result in results], axis=0) & ~np.isnan(first.squared_scale)[:, :, None]
    scale = np.where(np.isnan(first.squared_scale), 1.0, first.squared_scale)[:, :, None]
    count = known.sum(axis=1)
    losses = [
        np.where(known, (result.mean - result.actual) ** 2 / scale, 0.0).sum(axis=1)
        / np.where(count > 0, count, np.nan)
        for result in results
    ]
    return np.stack(losses).reshape(len(results), -1)


def pairwise(results: Sequence[Backtest]) -> dict[tuple[str, str], Outcome]:
    """The test of every pair of methods, the one named first erring less when the statistic is below 0."""
    if len(results) < 2:
        return {}
    losses, steps = loss_by_period(results), results[0].actual.shape[2]
    return {
        (one.model, other.model): diebold_mariano(losses[i] - losses[j], steps)
        for i, one in enumerate(results)
        for j, other in enumerate(results)
        if i < j
    }
