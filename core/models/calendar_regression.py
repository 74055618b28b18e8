"""Calendar regression: what weekdays, seasons, events and offers do to each series, and the level that remains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Self

import numpy as np

from core.base.calendar import Frequency
from core.base.types import BoolArray, FloatArray, IntArray
from core.compute.linear_algebra import one_thread
from core.models.calendar_columns import Effects, EffectSettings, deviations
from core.models.calendar_growth import growth_at
from core.models.calendar_ridge import Design, Target, ridge
from core.models.kernels import smoothing
from core.series.features_calendar import Columns
from core.series.kept import Beside
from core.series.panel import Panel

FIT_DAYS: Final = 1500
"""Days of history that teach the effects; older shops were other shops."""
HALVING_DAYS: Final = 700.0
"""Days after which a period counts half in the effects."""
LEVEL_PRIOR: Final = 0.07
"""How much the level may change from knot to knot, log scale."""
ALPHAS: Final = {
    Frequency.DAY: (0.02, 0.05, 0.1, 0.2),
    Frequency.WEEK: (0.05, 0.1, 0.2, 0.4),
    Frequency.MONTH: (0.05, 0.1, 0.2, 0.4),
}
"""Smoothing weights of the level to choose from."""
OWN_SHARE: Final = 0.5
"""Size of what a location adds to the effects of its SKU, in usual effects."""
NO_EFFECT: Final = 1e-4
"""Expected size of an effect that is not looked for, log scale."""
LEAST_SHARE: Final = 0.02
"""Below it an effect is held down no further."""
LEAST_FACTOR: Final = 0.05
"""A period is never expected below this share of the level."""
MARGIN: Final = 0.5
"""How far beyond what was seen an effect may go, log scale."""


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One way to see the effects: multiplying (log) or in between adding and multiplying (root).

    Attributes:
        root: whether effects add up on the square root of demand instead of the log of demand + 1.
        names: of the columns.
        coefficients: on twice the root of demand over its mean, or on the log scale, shape (n_series, n_columns).
        bounds: lowest and highest effect seen, so that nothing is extrapolated wildly, shape (n_series, 2).
        centre: of the scaled root, where its effects are 0, shape (n_series,).
        noise: variance around the effects, on the same scale as they are, shape (n_series,).
        alphas: smoothing weight of the level, shape (n_series,).
    """

    root: bool
    names: tuple[str, ...]
    coefficients: FloatArray
    bounds: FloatArray
    centre: FloatArray
    noise: FloatArray
    alphas: FloatArray

    @property
    def shift(self) -> float:
        """Units added to demand before it is level × factor."""
        return 0.0 if self.root else 1.0

    def take(self, chosen: IntArray) -> Self:
        """The same for the chosen series."""
        per_series = ("coefficients", "bounds", "centre", "noise", "alphas")
        return replace(self, **{name: getattr(self, name)[chosen] for name in per_series})

    def factors(self, design: Design) -> FloatArray:
        """What each period multiplies the level by, shape (n_series, n_periods)."""
        effects = np.clip(design.effects(self._along(design.names)), self.bounds[:, :1], self.bounds[:, 1:])
        if not self.root:
            return np.maximum(np.exp(effects), LEAST_FACTOR)
        centre, spread = self.centre[:, None], self.noise[:, None]
        # the expectation of a square is the square of the expectation plus the variance
        squares = np.maximum(centre + effects, 0.0) ** 2 + spread
        return np.maximum(squares / (centre**2 + spread), LEAST_FACTOR)

    def _along(self, names: tuple[str, ...]) -> FloatArray:
        """Coefficients of the columns asked for, 0 for those unknown when they were learned."""
        if names == self.names:
            return self.coefficients
        place = {name: k for k, name in enumerate(self.names)}
        result = np.zeros((len(self.coefficients), len(names)))
        for k, name in enumerate(names):
            if name in place:
                result[:, k] = self.coefficients[:, place[name]]
        return result

    def levels(self, demand: FloatArray, factors: FloatArray, origins: IntArray) -> FloatArray:
        """Demand (plus shift) without effects as smoothed at each origin, shape (n_origins, n_series).

        Demand over factor is smoothed in units, so having learned on the log scale leaves no bias to correct.
        """
        return smoothing.levels_after((demand + self.shift) / factors, self.alphas, origins)


@dataclass(frozen=True, slots=True, eq=False)
class CalendarRegression:
    """Mean of the variants, growing on as the shop grew.

    Attributes:
        history: the panel whose levels are rolled along.
        settings: which effects were looked for.
        variants: what was learned.
    """

    rolls: ClassVar[bool] = True

    history: Panel
    settings: EffectSettings
    variants: tuple[Variant, ...]

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Level at each origin × effects of the periods ahead, units, shape (n_origins, n_series, horizon)."""
        origins = np.asarray(origins)
        n_ahead = max(int(np.max(origins)) + horizon - self.history.n_periods, 0)
        return self.told(Effects.of(self.history, n_ahead, self.settings), origins, horizon)

    def told(self, effects: Effects, origins: IntArray, horizon: int) -> FloatArray:
        """The same with the columns at hand; effects: of the history and as many periods ahead as are asked for."""
        demand = teaching(self.history, effects.closed)
        latest = int(np.max(origins))
        design, past = effects.design.between(0, latest + horizon), demand[:, :latest]
        ahead = origins[:, None] + np.arange(horizon)
        total = np.zeros((len(origins), len(self.history), horizon))
        # what a piece will be sold for is only known once it is sold
        early = np.flatnonzero(origins < self.history.n_periods).tolist() if len(effects.sold) else []
        for variant in self.variants:
            factors = variant.factors(design)
            levels = variant.levels(past, factors[:, :latest], origins)
            coming = np.moveaxis(factors[:, ahead], 0, 1)
            for place in early:
                known = effects.of_sold(int(origins[place]), horizon)
                coming[place, effects.sold] = variant.take(effects.sold).factors(known)
            total += np.maximum(levels[:, :, None] * coming - variant.shift, 0.0)
        grown = growth_at(self.history, demand, origins, horizon)
        result = total / len(self.variants) * grown[:, None, :]
        return np.where(effects.shut_at(origins, horizon)[:, None, :], np.minimum(result, 0.0), result)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Demand on the scale on which a variant sees effects add up.

    Attributes:
        root: whether that is twice the root of demand over its mean instead of the log of demand + 1.
        pairs: waves of the year that count.
        values: NaN = teaches nothing, shape (n_series, n_periods).
        noise: variance of what no effect explains, shape (n_series,).
        share: of an effect on demand that shows on this scale, shape (n_series,).
    """

    root: bool
    pairs: int
    values: FloatArray
    noise: FloatArray
    share: FloatArray

    @classmethod
    def of(cls, demand: FloatArray, season: int, *, root: bool, pairs: int) -> Self:
        """See demand one way; season: periods after which a change is mostly noise."""
        mean = mean_known(demand)
        if root:
            values = 2.0 * np.sqrt(demand / np.where(mean > 0, mean, 1.0)[:, None])
            share = mean_known(values) / 2.0
        else:
            values = np.log1p(demand)
            share = mean / (mean + 1.0)
        return cls(root, pairs, values, noise_of(values, season), np.maximum(share, LEAST_SHARE))

    def without(self, effects: FloatArray) -> Self:
        """The same after known effects are taken off; effects: shape (n_series, n_periods)."""
        return replace(self, values=self.values - effects)


_kept: Final = Beside[tuple[Variant, ...]]()


def learn(history: Panel, settings: EffectSettings) -> CalendarRegression:
    """Learn the effects of every series: on the log scale with one yearly wave and with all, on the root with all.

    A SKU's season is the same in all locations until they show otherwise: its effects are first learned from its demand
    over all of them, and what each location adds is expected to be about half as large as effects usually are. Methods
    that learn the same of the same panel share it.
    """
    return CalendarRegression(history, settings, _kept.get(history, settings, lambda: _learned(history, settings)))


def _learned(history: Panel, settings: EffectSettings) -> tuple[Variant, ...]:
    effects = Effects.of(history, 0, settings)
    demand = teaching(history, effects.closed)
    views = views_of(demand, history, settings)
    with one_thread():
        usual = of_all_locations(history, effects.design, demand, views, settings)
        pooled = np.any([each.any(axis=1) for each in usual], axis=0)
        # large shops without locations are spared the copies
        left = [
            view.without(effects.design.effects(each)) if pooled.any() else view
            for view, each in zip(views, usual, strict=True)
        ]
        own = effects_of(history, effects.design, left, np.where(pooled, OWN_SHARE, 1.0))
        found = [one + other for one, other in zip(usual, own, strict=True)]
        variants = [_variant(history, demand, effects.design, each) for each in zip(views, found, strict=True)]
    return tuple(variants)


def views_of(demand: FloatArray, history: Panel, settings: EffectSettings) -> tuple[View, ...]:
    """Demand as each variant sees it."""
    season = history.calendar.season_length if history.frequency is Frequency.DAY else 1
    pairs = settings.yearly_pairs
    kinds = dict.fromkeys(((False, min(pairs, 1)), (False, pairs), (True, pairs)))
    return tuple(View.of(demand, season, root=root, pairs=waves) for root, waves in kinds)


def teaching(history: Panel, closed: BoolArray) -> FloatArray:
    """Observed demand, NaN on days the shop was closed, shape (n_series, n_periods)."""
    return np.where(closed, np.nan, np.maximum(history.observed(), 0.0))


def of_all_locations(
    history: Panel, design: Design, demand: FloatArray, views: tuple[View, ...], settings: EffectSettings
) -> list[FloatArray]:
    """Effects that each SKU shows over all its locations, in each view, each of shape (n_series, n_columns).

    Locations that had none of it on sale are taken to have sold as usual. All 0 where no SKU has several locations.
    """
    skus, member, counts = np.unique(history.skus.astype(str), return_inverse=True, return_counts=True)
    if counts.max(initial=0) < 2:
        return [np.zeros((len(history), len(design.names))) for _ in views]
    known, mean = ~np.isnan(demand), mean_known(demand)
    together = np.zeros((3, len(skus), history.n_periods))
    for table, part in zip(
        together,
        (np.nan_to_num(demand), known * mean[:, None], np.broadcast_to(mean[:, None], demand.shape)),
        strict=True,
    ):
        np.add.at(table, member, part)
    sold, expected, usual = together
    total = np.where(expected > 0, sold / np.where(expected > 0, expected, 1.0) * usual, np.nan)
    shared = Design(design.names[: design.shared.shape[1]], design.shared, ())
    groups = views_of(total, history, settings)
    result = []
    for group, view, found in zip(groups, views, effects_of(history, shared, groups, np.ones(len(skus))), strict=True):
        whole = np.zeros((len(history), len(design.names)))
        whole[:, : found.shape[1]] = (found / group.share[:, None])[member] * view.share[:, None]
        result.append(whole * (counts[member] > 1)[:, None])
    return result


def effects_of(history: Panel, design: Design, views: Sequence[View], size: FloatArray) -> list[FloatArray]:
    """Coefficients of the effects in each view, each of shape (n_series, n_columns).

    A piecewise linear level stands beside the effects while they are estimated, so that growth is not taken for a
    season, and is then dropped. Periods count by 0.5^(age / 700 days); columns that were 0 all along get coefficient 0.

    Args:
        history: gives the calendar.
        design: columns of all periods.
        views: demand as the variants see it.
        size: what the usual size of effects is multiplied by, shape (n_series,).
    """
    days = history.calendar.periods.astype(np.int64)
    age = days[-1] - days
    first = int(np.argmax(age <= FIT_DAYS))
    recent = design.between(first, history.n_periods)
    weights = 0.5 ** (age[None, first:] / HALVING_DAYS) * ~np.isnan(views[0].values[:, first:])
    knots = level_knots(age[first:], history.frequency)
    seen, n_shared = np.flatnonzero(recent.shared.any(axis=0)), design.shared.shape[1]
    kept = np.concatenate([seen, np.arange(n_shared, len(design.names))])
    names = (*knots.names, *(design.names[k] for k in kept))
    wide = Design(names, np.concatenate([knots.values, recent.shared[:, seen]], axis=1), recent.own)
    of_names = names[len(knots.names) :]
    targets = tuple(
        target_of(view, weights, first, precision(names, deviations(of_names, history.frequency, view.pairs)))
        for view in views
    )
    targets = tuple(replace(target, noise=target.noise / size**2) for target in targets)
    result = []
    for coefficients in ridge(wide, targets, weights):
        whole = np.zeros((len(coefficients), len(design.names)))
        whole[:, kept] = coefficients[:, len(knots.names) :]
        result.append(whole)
    return result


def target_of(view: View, weights: FloatArray, first: int, precision: FloatArray) -> Target:
    """What the ridge regression is to explain, from position `first` on.

    An effect on demand shows only in part on the log of demand + 1: nearly whole for large series, a tenth of it for
    one sale in nine days. That part is what the prior expects, or a slow seller's season would be drawn from chance.
    """
    values = np.nan_to_num(view.values[:, first:])
    mean = (weights * values).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-12)
    # centred, so that a constant series is explained exactly by nothing at all
    centred = np.where(weights > 0, values - mean[:, None], 0.0)
    return Target(centred, view.noise / view.share**2, precision)


def level_knots(age: IntArray, frequency: Frequency) -> Columns:
    """Triangles with a knot every quarter (months: half-year); they add up to 1 in each period."""
    width = 182.0 if frequency is Frequency.MONTH else 91.0
    position = age / width
    knots = np.arange(int(np.ceil(position.max(initial=0.0))) + 1)
    triangles = np.maximum(1.0 - np.abs(position[:, None] - knots[None, :]), 0.0)
    return Columns(tuple(f"level_{knot}" for knot in knots), triangles)


def precision(names: tuple[str, ...], deviation: FloatArray) -> FloatArray:
    """One over the prior variance of each effect; of the level, its first differences, shape (n_columns, n_columns)."""
    n_knots = len(names) - len(deviation)
    steps = np.diff(np.eye(n_knots), axis=0)
    result = np.zeros((len(names), len(names)))
    # the faintest pull to zero makes the equations solvable where a series has no data
    result[:n_knots, :n_knots] = (steps.T @ steps + 1e-6 * np.eye(n_knots)) / LEVEL_PRIOR**2
    result[n_knots:, n_knots:] = np.diag(np.maximum(deviation, NO_EFFECT) ** -2.0)
    return result


def noise_of(values: FloatArray, season: int) -> FloatArray:
    """Noise variance of each series: half the mean squared change over a season, shape (n_series,)."""
    change = values[:, season:] - values[:, :-season]
    enough = (~np.isnan(change)).sum(axis=1) >= 4
    return np.maximum(np.where(enough, mean_known(change**2) / 2, 0.25), 1e-3)


def mean_known(values: FloatArray) -> FloatArray:
    """Mean of the known values of each series, 0 without any, shape (n_series,)."""
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _variant(history: Panel, demand: FloatArray, design: Design, learned: tuple[View, FloatArray]) -> Variant:
    """What a view taught, with the weight of each level."""
    view, coefficients = learned
    seen = np.where(np.isnan(view.values), 0.0, design.effects(coefficients))
    margin = MARGIN * (np.maximum(mean_known(view.values), 0.2) / 2.0 if view.root else np.ones(len(demand)))
    variant = Variant(
        root=view.root,
        names=design.names,
        coefficients=coefficients,
        bounds=np.stack([seen.min(axis=1) - margin, seen.max(axis=1) + margin], axis=1),
        centre=mean_known(view.values),
        noise=view.noise,
        alphas=np.empty(0),
    )
    return replace(variant, alphas=best_alphas(variant, demand, variant.factors(design), history.frequency))


def best_alphas(variant: Variant, demand: FloatArray, factors: FloatArray, frequency: Frequency) -> FloatArray:
    """The smoothing weight of each series' level that forecast best half a usual horizon ahead, shape (n_series,)."""
    n_series, n_periods = demand.shape
    ahead = min(frequency.default_horizon // 2, max(n_periods // 4, 1))
    best, least = np.full(n_series, ALPHAS[frequency][0]), np.full(n_series, np.inf)
    origins = np.arange(n_periods - ahead + 1)
    for alpha in ALPHAS[frequency]:
        trial = replace(variant, alphas=np.full(n_series, alpha))
        expected = trial.levels(demand, factors, origins).T * factors[:, ahead - 1 :] - variant.shift
        loss = mean_known((demand[:, ahead - 1 :] - expected) ** 2)
        better = loss < least * (1 - 1e-9)
        best[better], least = alpha, np.where(better, loss, least)
    return best
