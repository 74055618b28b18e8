"""Fits groups by themselves, and moves the forecasts of the series to where both agree best."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.base.types import AnyArray, BoolArray, FloatArray, IntArray
from core.models import calibration, reconciliation, registry, trajectories
from core.models.champions import JoinedPoint, Part, Remembered, heard, parts_of
from core.models.contract import PointForecaster
from core.models.reconciliation import BOTTOM_UP, METHODS, TOP_DOWN, Weights
from core.models.sampling import SampledFit
from core.models.substitution import fit_all
from core.series.hierarchy_levels import Hierarchy, stacked_totals
from core.series.panel import Panel

AUTOMATIC: Final = "automatic"
GROUP_METHODS: Final = ("ets", "optimised_theta", "linear_regression")
"""What a group is forecast by: the mean of these, as no single one was best on every published shop tried."""
GAIN: Final = 0.95
"""Bottom-up gives way to a method with at most this much of its error at past origins …"""
HARM: Final = 1.01
"""… if the series themselves are forecast no worse than by this factor."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How forecasts of groups and series were made to agree.

    Attributes:
        method: the one used.
        errors: per method, error at past origins averaged over the levels, in units of the error of repeating the last
            value; empty when none were compared.
    """

    method: str
    errors: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class ReconciledPoint:
    """Forecasts of the series after they were made to agree with those of their groups.

    Attributes:
        members, groups: forecast the series and the groups by themselves.
        history: of the series.
        hierarchy: the groups of the series.
        method: one of `reconciliation.METHODS`.
        weights: covariance of the errors; not needed for top-down.
    """

    members: PointForecaster
    groups: PointForecaster
    history: Panel
    hierarchy: Hierarchy
    method: str
    weights: Weights | None = None

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, shape (n_origins, n_series, horizon); NaN where a series had not begun.

        Where nothing was said of series that matter the others stay as they are: they would be given what those lack.
        """
        series, groups = self.members.mean_at(origins, horizon), self.groups.mean_at(origins, horizon)
        whole = of_all(series, self.history, origins)
        return np.stack(
            [self.agreed(*both) if known else both[1] for *both, known in zip(groups, series, whole, strict=True)]
        )

    def agreed(self, groups: FloatArray, series: FloatArray) -> FloatArray:
        """Forecasts of the series at one origin; groups: (n_groups, horizon), series: (n_series, horizon)."""
        # a group that had not begun is believed to be the sum of its members
        said = np.where(np.isnan(groups), self.hierarchy.sums(np.nan_to_num(series)), groups)
        base = np.concatenate([said, np.nan_to_num(series)])
        if self.method == TOP_DOWN:
            found = reconciliation.top_down(base, self.hierarchy)
        elif self.weights is None:
            found = np.nan_to_num(series)
        else:
            # what sells nothing shall not be given a share of what the groups sell more
            silent = np.asarray(~(base[self.hierarchy.n_groups :] > 0).any(axis=1))
            free = reconciliation.without(self.weights, silent, self.hierarchy.n_groups)
            found = reconciliation.reconciled(base, self.hierarchy, free)
        return np.where(np.isnan(series), np.nan, found)


def reconciled_fit(
    fit: SampledFit, groups: Mapping[str, AnyArray], hierarchy: Hierarchy, method: str, horizon: int
) -> tuple[SampledFit, Verdict]:
    """The same series, their forecasts moved to agree with those of their groups.

    Automatic is judged at the shop's own past origins, the covariance there learned from the other origins:
    bottom-up, unless another method errs 5 % less on the mean of all levels and harms the series by no more than 1 %.

    Args:
        fit: of the series.
        groups: per level, coarsest first, the name of each series' group.
        hierarchy: the same groups.
        method: automatic, or one of `reconciliation.METHODS`.
        horizon: periods ahead; at most a month is judged.
    """
    if method == BOTTOM_UP or hierarchy.n_groups >= hierarchy.n_series:
        return fit, Verdict(BOTTOM_UP, {})
    whole = stacked_totals(fit.history, groups)
    point = Remembered(_group_point(whole, fit.seed))
    span = calibration.span_of(fit.history, horizon)
    origins, block = trajectories.rolling_origins(whole.n_periods, span, whole.calendar.season_length)
    if len(origins):
        origins = origins[of_all(fit.point.mean_at(origins, block), fit.history, origins)]
    if not len(origins):
        return fit, Verdict(BOTTOM_UP, {})
    past = _Past(fit, whole, point, hierarchy, origins, block)
    errors = past.judged() if method == AUTOMATIC and len(origins) > 1 else {}
    chosen = best_of(errors) if method == AUTOMATIC else method
    if chosen == BOTTOM_UP:
        return fit, Verdict(BOTTOM_UP, _means(errors))
    weights = None if chosen == TOP_DOWN else reconciliation.weights_of(chosen, hierarchy, past.errors())
    agreed = Remembered(ReconciledPoint(fit.point, point, fit.history, hierarchy, chosen, weights))
    return replace(fit, point=agreed), Verdict(chosen, _means(errors))


def of_all(said: FloatArray, history: Panel, origins: IntArray) -> BoolArray:
    """Origins at which something was said of series that had sold nearly everything, shape (n_origins,)."""
    return heard(said, history, origins, np.zeros(len(history), np.int64))[:, 0]


def best_of(errors: Mapping[str, FloatArray]) -> str:
    """The method to use.

    Args:
        errors: per method, error on each level, the series last; nothing = bottom-up.
    """
    if not errors:
        return BOTTOM_UP
    usual = errors[BOTTOM_UP]
    fair = [name for name, found in errors.items() if found[-1] <= HARM * usual[-1]]
    best = min(fair, key=lambda name: float(errors[name].mean()))
    return best if errors[best].mean() <= GAIN * usual.mean() else BOTTOM_UP


def _means(errors: Mapping[str, FloatArray]) -> dict[str, float]:
    return {name: float(found.mean()) for name, found in errors.items()}


def _group_point(whole: Panel, seed: int) -> JoinedPoint:
    """The mean of several methods for each group."""
    parts: list[Part] = []
    for key in GROUP_METHODS:
        fitted, _stood_in = fit_all(registry.create(key), whole, seed)
        parts += parts_of(fitted, np.ones(len(whole), bool))
    return JoinedPoint(tuple(parts), len(whole))


@dataclass(frozen=True, slots=True, eq=False)
class _Past:
    """What groups and series would have been told at past origins, and what happened."""

    fit: SampledFit
    whole: Panel
    point: PointForecaster
    hierarchy: Hierarchy
    origins: IntArray
    block: int

    def errors(self, left_out: int | None = None) -> FloatArray:
        """Actual − expected of the groups and the series, NaN = unknown, shape (n_errors, n_groups + n_series)."""
        kept = np.arange(len(self.origins)) != (-1 if left_out is None else left_out)
        both = []
        for panel, point in ((self.whole, self.point), (self.fit.history, self.fit.point)):
            said = point.mean_at(self.origins, self.block)[kept]
            found = _blocks(panel.observed(), self.origins[kept], self.block) - said
            both.append(found.transpose(0, 2, 1).reshape(-1, len(panel)))
        return np.concatenate(both, axis=1)

    def judged(self) -> dict[str, FloatArray]:
        """Error of each method at the past origins, per level and of the series last, shape (n_levels + 1,)."""
        observed = self.fit.history.observed()
        units = np.nan_to_num(observed[:, -3 * self.block :]).sum(axis=1)
        scales = np.concatenate([_step_squares(self.whole.observed()), _step_squares(observed)])
        weights = np.concatenate([self.hierarchy.sums(units), units])
        bounds = [self.hierarchy.rows(level) for level in self.hierarchy.levels]
        bounds.append(slice(self.hierarchy.n_groups, None))
        # a series of which nothing was said at an origin is not judged there
        silent = np.isnan(self.fit.point.mean_at(self.origins, self.block))
        actual = np.where(silent, np.nan, _blocks(observed, self.origins, self.block))
        found: dict[str, list[list[float]]] = {name: [] for name in METHODS}
        for number in range(len(self.origins)):
            for name, said in self._said(number).items():
                squares = self._squares(said, actual[number])
                relative = weights * np.sqrt(np.divide(squares, scales, out=np.zeros_like(scales), where=scales > 0))
                told = np.where(scales > 0, weights, 0.0)
                found[name].append([relative[rows].sum() / max(told[rows].sum(), 1e-12) for rows in bounds])
        return {name: np.mean(each, axis=0) for name, each in found.items()}

    def _said(self, number: int) -> dict[str, FloatArray]:
        """What each method would have said of the series at one origin, learned from the other origins."""
        groups = self.point.mean_at(self.origins, self.block)[number]
        series = self.fit.point.mean_at(self.origins, self.block)[number]
        errors = self.errors(number)
        said = {BOTTOM_UP: np.nan_to_num(series)}
        for name in METHODS[1:]:
            weights = None if name == TOP_DOWN else reconciliation.weights_of(name, self.hierarchy, errors)
            forecasts = self.fit.point, self.point, self.fit.history
            agreed = ReconciledPoint(*forecasts, self.hierarchy, name, weights).agreed(groups, series)
            said[name] = np.nan_to_num(agreed)
        return said

    def _squares(self, said: FloatArray, actual: FloatArray) -> FloatArray:
        """Mean squared error of groups and series where sales are known, shape (n_groups + n_series,)."""
        error = np.where(np.isnan(actual), 0.0, said - np.nan_to_num(actual))
        return np.square(np.concatenate([self.hierarchy.sums(error), error])).mean(axis=1)


def _blocks(observed: FloatArray, origins: IntArray, block: int) -> FloatArray:
    """What followed each origin, shape (n_origins, n_series, block)."""
    return np.moveaxis(observed[:, origins[:, None] + np.arange(block)], 0, 1)


def _step_squares(observed: FloatArray) -> FloatArray:
    """Mean squared difference from one period to the next, 0 where unknown, shape (n_series,)."""
    steps = np.diff(observed, axis=1)
    known = ~np.isnan(steps)
    return np.asarray(np.square(np.where(known, steps, 0.0)).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
