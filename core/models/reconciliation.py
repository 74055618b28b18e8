"""Makes forecasts of SKUs, categories, locations and the shop agree: bottom-up, top-down, least squares, MinT."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.errors import ParameterError
from core.base.types import BoolArray, FloatArray
from core.series.hierarchy_levels import Hierarchy

BOTTOM_UP: Final = "bottom_up"
TOP_DOWN: Final = "top_down"
STRUCTURAL: Final = "wls_structural"
VARIANCE: Final = "wls_variance"
MINT: Final = "mint_shrinkage"
METHODS: Final = (BOTTOM_UP, TOP_DOWN, STRUCTURAL, VARIANCE, MINT)
ROUNDS: Final = 30
"""Corrections towards non-negative forecasts at most; each costs one pass over the series."""
RAKES: Final = 10
"""Turns over the levels in which crossing margins are met; nested levels need one."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Covariance of the errors of all forecasts, groups first and series after them: diag(own) + factorsᵀ·factors.

    A covariance of 30,000 series would need 7 GB; its diagonal and its few common factors need 30,000 numbers each.

    Attributes:
        own: what each forecast errs by itself, ≥ 0, 0 = it is believed as it is, shape (n_groups + n_series,).
        factors: what they err together, shape (n_factors, n_groups + n_series).
    """

    own: FloatArray
    factors: FloatArray


def weights_of(method: str, hierarchy: Hierarchy, errors: FloatArray) -> Weights:
    """How far each forecast may be believed.

    Args:
        method: structural (a group counts as much as its members together), variance (by past errors), or MinT with
            shrinkage (by past errors and how they go together).
        hierarchy: the groups.
        errors: past errors of the groups and then of the series, NaN = unknown, shape (n_errors, n_groups + n_series).

    Raises:
        ParameterError: the method is not one of these three.

    Source:
        Wickramasuriya, Athanasopoulos & Hyndman (2019), J. Am. Stat. Assoc. 114, 804-819, section 2.4; structural
        weights Athanasopoulos, Hyndman, Kourentzes & Petropoulos (2017), Eur. J. Oper. Res. 262, 60-74.
    """
    nothing = np.zeros((0, errors.shape[1]))
    if method == STRUCTURAL:
        return Weights(np.concatenate([hierarchy.sizes, np.ones(hierarchy.n_series)]).astype(np.float64), nothing)
    known = ~np.isnan(errors)
    filled = np.where(known, errors, 0.0)
    variance = np.square(filled).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    if method == VARIANCE or len(errors) < 2:
        return Weights(variance, nothing)
    if method != MINT:
        raise ParameterError(f"Weights exist for {STRUCTURAL}, {VARIANCE} and {MINT}; “{method}” was given.")
    scale = np.sqrt(variance)
    standard = np.divide(filled, scale, out=np.zeros_like(filled), where=scale > 0)
    shrunk = shrinkage(standard)
    common = np.sqrt((1.0 - shrunk) / len(errors)) * standard * scale
    # unknown errors count as none in the factors; what they lack of the variance is each forecast's own
    return Weights(np.maximum(variance - np.square(common).sum(axis=0), shrunk * variance), common)


def shrinkage(standard: FloatArray) -> float:
    """Share by which correlations are shrunk to zero, from standardised errors, in [0, 1].

    No pair is ever made: a sum of squares over pairs of forecasts is one over pairs of errors, of which there are few.

    Args:
        standard: errors over their root mean square, shape (n_errors, n_forecasts).

    Source:
        Schäfer & Strimmer (2005), Stat. Appl. Genet. Mol. Biol. 4(1), article 32, target “diagonal, unequal variances”.

    Example:
        >>> x = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> shrinkage(x)
        1.0
    """
    n_errors = len(standard)
    squares = np.square(standard)
    together = np.square(standard @ standard.T).sum() - np.square(squares.sum(axis=0)).sum()
    products = np.square(squares.sum(axis=1)).sum() - np.square(squares).sum()
    spread = (products - together / n_errors) / (n_errors * (n_errors - 1))
    found = together / n_errors**2
    return float(np.clip(spread / found, 0.0, 1.0)) if found > 0 else 1.0


def reconciled(base: FloatArray, hierarchy: Hierarchy, weights: Weights) -> FloatArray:
    """Forecasts of the series that, with their sums, lie nearest to all forecasts given; ≥ 0.

    Nearest in the metric of the covariance W: ỹ = ŷ − W·Cᵀ(C·W·Cᵀ)⁻¹C·ŷ with C·y = groups − sums. Only a system of the
    size of the groups is solved. Where that gives negative forecasts, the nearest ones without any are taken, by at
    most 30 of Dykstra's alternating projections; MinT's correlations play no part in these.

    Args:
        base: forecasts of the groups and then of the series, shape (n_groups + n_series, n_columns).
        hierarchy: the groups.
        weights: covariance of their errors.

    Returns:
        Forecasts of the series, shape (n_series, n_columns); those of the groups are their sums.

    Source:
        Wickramasuriya, Athanasopoulos & Hyndman (2019), equation 9 in its dual form; Boyle & Dykstra (1986) and
        Wickramasuriya, Turlach & Hyndman (2020) for non-negative forecasts.
    """
    found = _Projection.of(hierarchy, weights)(base)
    variance = weights.own + np.square(weights.factors).sum(axis=0)
    return _not_negative(found, _Projection.of(hierarchy, Weights(variance, weights.factors[:0])))


def _not_negative(found: FloatArray, project: "_Projection") -> FloatArray:
    """The nearest forecasts of the series that are ≥ 0 and add up, shape (n_series, n_columns).

    Setting negatives to zero is a projection only where errors have no correlation, or Dykstra's turns would run away.
    """
    series = slice(project.hierarchy.n_groups, None)
    held = np.zeros(found[series].shape)
    for _round in range(ROUNDS):
        tiny = 1e-9 * (1.0 + np.abs(found[series]).max(axis=0, initial=0.0))
        negative = (found[series] < -tiny).any(axis=0)
        if not negative.any():
            break
        corrected = found[series][:, negative] + held[:, negative]
        kept = np.maximum(corrected, 0.0)
        held[:, negative] = corrected - kept
        again = found[:, negative]
        again[series] = kept
        found[:, negative] = project(again)
    return np.maximum(found[series], 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Projection:
    """Moves forecasts to the nearest ones that add up, in the metric of the covariance of their errors."""

    hierarchy: Hierarchy
    weights: Weights
    inverse: FloatArray

    @classmethod
    def of(cls, hierarchy: Hierarchy, weights: Weights) -> "_Projection":
        groups = hierarchy.n_groups
        common = _differences(weights.factors.T, hierarchy)
        system = np.diag(weights.own[:groups]) + hierarchy.cross(weights.own[groups:]) + common @ common.T
        inverse = np.asarray(np.linalg.pinv(system, rcond=1e-12, hermitian=True), np.float64)
        return cls(hierarchy, weights, inverse)

    def __call__(self, base: FloatArray) -> FloatArray:
        """The nearest forecasts that add up, shape of base."""
        pull = self.inverse @ _differences(base, self.hierarchy)
        along = np.concatenate([pull, -self.hierarchy.spread(pull)])
        factors = self.weights.factors
        return base - self.weights.own[:, None] * along - factors.T @ (factors @ along)


def _differences(values: FloatArray, hierarchy: Hierarchy) -> FloatArray:
    """C·values: what each group has more than its members, shape (n_groups, …)."""
    return values[: hierarchy.n_groups] - hierarchy.sums(values[hierarchy.n_groups :])


def top_down(base: FloatArray, hierarchy: Hierarchy) -> FloatArray:
    """The first level's forecast, divided as the forecasts below divide it; shape as `reconciled`.

    Each level is scaled to the one above, the series last. Levels that cross are met in turn.

    Source:
        Athanasopoulos, Ahmed & Hyndman (2009), Int. J. Forecast. 25, 146-166 (forecast proportions); Deming & Stephan
        (1940), Ann. Math. Stat. 11, 427-444, for crossing levels.
    """
    series = base[hierarchy.n_groups :]
    cells, cell = hierarchy.cells()
    inside = np.zeros((cells.n_series, base.shape[1]))
    np.add.at(inside, cell, series)
    return np.asarray(series * raking(inside, base[: hierarchy.n_groups], cells)[cell])


def raking(values: FloatArray, wanted: FloatArray, hierarchy: Hierarchy, rounds: int = RAKES) -> FloatArray:
    """By what each value must be multiplied for the groups to come to what is wanted, shape of values.

    The first level holds in any case; the wanted figures of the others are first scaled to it.

    Args:
        values: ≥ 0, shape (n_series, …).
        wanted: per group, ≥ 0, shape (n_groups, …).
        hierarchy: the groups of the values.
        rounds: turns over the levels where they cross.
    """
    top = wanted[hierarchy.rows(hierarchy.levels[0])].sum(axis=0)
    factors = np.ones(values.shape)
    for _round in range(rounds if len(hierarchy.levels) > 2 else 1):
        for level, numbers in zip(reversed(hierarchy.levels), reversed(hierarchy.member), strict=True):
            rows = hierarchy.rows(level)
            now = hierarchy.sums(values * factors)[rows]
            goal = wanted[rows] * _share(top, wanted[rows].sum(axis=0))
            factors = factors * _share(goal, now)[numbers - rows.start]
    return factors


def _share(above: FloatArray, below: FloatArray) -> FloatArray:
    """Above / below, 1 where there is nothing to divide."""
    return np.divide(above, below, out=np.ones(np.broadcast(above, below).shape), where=below > 0)


def without(weights: Weights, fixed: BoolArray, n_groups: int) -> Weights:
    """The weights with some series believed as they are, as those that sell nothing.

    Args:
        weights: of groups and series.
        fixed: which series, shape (n_series,).
        n_groups: number of groups.
    """
    free = np.concatenate([np.ones(n_groups, bool), ~fixed])
    return Weights(weights.own * free, weights.factors * free)
