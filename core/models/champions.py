"""One fitted thing out of several methods: each series by its champion; and sums of series with their own errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

import numpy as np

from core.base.progress import Progress
from core.base.types import AnyArray, BoolArray, FloatArray, IntArray, frozen
from core.models import registry
from core.models.contract import FittedModel, ForecastModel, PointForecaster
from core.models.networks_kept import Keeper
from core.models.networks_method import attended, watched
from core.models.sampling import SampledFit
from core.models.season_ahead import SeasonAhead, SeasonedPoint
from core.models.substitution import Patchwork, Substitution, fit_all
from core.series.hierarchy_levels import group_panel
from core.series.panel import Panel

FURTHEST: Final = 2.0
EARLY: Final = 4.0
ENOUGH: Final = 12
"""Most that a period is expected to bring, in multiples of the largest one seen: after a dozen periods, and before."""
UNHEARD: Final = 0.02
"""Share of what a group sold until an origin that may belong to members of which nothing was said there."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A fitted method and the series it answers for.

    Attributes:
        point: the method, over some series.
        rows: which of the method's series are meant, shape (n_chosen,).
        places: where they stand in the panel, shape (n_chosen,).
        shares: weight of the method in each of them, shape (n_chosen,); None = 1.
    """

    point: PointForecaster
    rows: IntArray
    places: IntArray
    shares: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class JoinedPoint:
    """The weighted mean of several methods, each for its own series; a series of no part is never forecast.

    Attributes:
        parts: methods with their series.
        n_series: number of series in all.
        median: series of which the median of their methods is wanted instead, shape (n_series,); None = of none.
    """

    parts: tuple[Part, ...]
    n_series: int
    median: BoolArray | None = None

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, shape (n_origins, n_series, horizon)."""
        total = np.zeros((len(origins), self.n_series, horizon))
        weight = np.zeros_like(total)
        middle = np.flatnonzero(self.median) if self.median is not None else np.empty(0, np.int64)
        listed: list[FloatArray] = []
        for part in self.parts:
            said = part.point.mean_at(origins, horizon)[:, part.rows]
            known = ~np.isnan(said) * (1.0 if part.shares is None else part.shares[None, :, None])
            total[:, part.places] += np.nan_to_num(said) * known
            weight[:, part.places] += known
            if len(middle):
                listed.append(_placed(said, part.places, self.n_series)[:, middle])
        result = np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)
        if listed:
            result[:, middle] = _known_median(np.stack(listed))
        return result


def _placed(said: FloatArray, places: IntArray, n_series: int) -> FloatArray:
    whole = np.full((len(said), n_series, said.shape[2]), np.nan)
    whole[:, places] = said
    return whole


def _known_median(listed: FloatArray) -> FloatArray:
    """Median over the first axis of what is known, NaN where nothing is."""
    ordered = np.sort(listed, axis=0)  # unknown ones come last
    count = (~np.isnan(listed)).sum(axis=0)[None]
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=0)
    both = low + np.take_along_axis(ordered, count // 2, axis=0)
    return np.asarray(both[0] / 2)


def parts_of(fitted: FittedModel, chosen: BoolArray) -> list[Part]:
    """The point forecasters behind a fit over the whole panel, for the chosen series only."""
    places = np.flatnonzero(chosen)
    if isinstance(fitted, SampledFit):
        return [Part(fitted.point, places, places)]
    if not isinstance(fitted, Patchwork):
        raise TypeError(f"{type(fitted).__name__} has no point forecaster")
    found: list[Part] = []
    for piece, mask in fitted.parts:
        inner = np.flatnonzero(chosen[mask])
        found += [
            Part(part.point, part.rows, np.flatnonzero(mask)[part.places])
            for part in parts_of(piece, np.isin(np.arange(int(mask.sum())), inner))
        ]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """A point forecaster whose answers are kept: members and the sums over them ask for the same past origins.

    Attributes:
        point: answers the first time.
        answers: what it said, by origins and horizon.
    """

    point: PointForecaster
    answers: dict[tuple[bytes, int], FloatArray] = field(default_factory=dict)

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, read-only, shape (n_origins, n_series, horizon)."""
        asked = (np.asarray(origins, np.int64).tobytes(), horizon)
        if asked not in self.answers:
            self.answers[asked] = frozen(self.point.mean_at(origins, horizon))
        return self.answers[asked]


@dataclass(frozen=True, slots=True, eq=False)
class HeldPoint:
    """A forecast that stays within twice what was ever seen of a series, however far ahead a trend is drawn out.

    Attributes:
        point: forecasts freely.
        history: all series; those with fewer than a dozen observed periods may go to four times what was seen.
    """

    point: PointForecaster
    history: Panel

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, shape (n_origins, n_series, horizon)."""
        observed = self.history.observed()
        most = np.maximum.accumulate(np.nan_to_num(observed), axis=1)
        seen = np.cumsum(~np.isnan(observed), axis=1)
        last = np.maximum(np.asarray(origins, np.int64) - 1, 0)
        factor = np.where(seen[:, last] >= ENOUGH, FURTHEST, EARLY)
        ceiling = np.where(most[:, last] > 0, factor * most[:, last], np.inf).T
        return np.minimum(self.point.mean_at(origins, horizon), ceiling[:, :, None])


@dataclass(frozen=True, slots=True, eq=False)
class SumPoint:
    """The forecast of groups as the sum of their members' forecasts, so that levels always agree.

    Attributes:
        point: forecasts the members.
        history: of the members.
        group: group number of each member, shape (n_series,).
    """

    point: PointForecaster
    history: Panel
    group: IntArray

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units of each group, shape (n_origins, n_groups, horizon).

        NaN while no member had begun, and where nothing is said of members that matter.
        """
        members = self.point.mean_at(origins, horizon)
        total = of_groups(np.nan_to_num(members).swapaxes(0, 1), self.group).swapaxes(0, 1)
        return np.where(heard(members, self.history, origins, self.group)[:, :, None], total, np.nan)


def heard(said: FloatArray, history: Panel, origins: IntArray, group: IntArray) -> BoolArray:
    """Whether something was said of members that had sold nearly all of each group, shape (n_origins, n_groups).

    Args:
        said: expected units of the members after each origin, NaN = nothing, shape (n_origins, n_series, horizon).
        history: of the members.
        origins: numbers of periods known, shape (n_origins,).
        group: group number of each member, shape (n_series,).
    """
    spoken = ~np.isnan(said[:, :, 0].T)
    sold = np.cumsum(np.nan_to_num(history.observed()), axis=1)[:, np.maximum(np.asarray(origins, np.int64) - 1, 0)]
    whole, known = of_groups(sold, group), of_groups(np.where(spoken, sold, 0.0), group)
    return np.asarray((known >= (1.0 - UNHEARD) * whole) & (of_groups(spoken.astype(np.int64), group) > 0)).T


def of_groups(values: FloatArray, group: IntArray) -> FloatArray:
    """Sums over the members of each group, in the members' order, shape (n_groups, …).

    Args:
        values: per member, shape (n_series, …).
        group: number of each member's group; every number below the largest occurs, shape (n_series,).
    """
    order = np.argsort(group, kind="stable")
    return np.asarray(np.add.reduceat(values[order], np.flatnonzero(np.diff(group[order], prepend=-1)), axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """How a combination is made of methods, per series.

    Attributes:
        shares: weight of each method, 0 = it takes no part, each of shape (n_series,).
        median: whether the median of those that take part is wanted.
    """

    shares: Mapping[str, FloatArray]
    median: bool = False

    def take(self, chosen: IntArray) -> Self:
        """The mixture of the chosen series, in the order given."""
        return replace(self, shares={key: share[chosen] for key, share in self.shares.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What each series is forecast by.

    Attributes:
        models: key of a method or of a combination per series.
        settings: settings per method, as they were compared; the others keep their defaults.
        mixtures: the combinations by their keys.
        season: a season ahead that the choice knows nothing of; None = there is none.
    """

    models: Sequence[str]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mixtures: Mapping[str, Mixture] = field(default_factory=dict)
    season: SeasonAhead | None = None

    def shares(self) -> dict[str, FloatArray]:
        """Weight of every method needed, in the order they are first named, each of shape (n_series,)."""
        models = np.array(list(self.models), dtype=object)
        found: dict[str, FloatArray] = {}
        for key in dict.fromkeys(self.models):
            mine = models == key
            parts = self.mixtures[key].shares if key in self.mixtures else {key: np.ones(len(models))}
            for name, share in parts.items():
                found[name] = found.get(name, np.zeros(len(models))) + np.where(mine, share, 0.0)
        return {name: share for name, share in found.items() if share.any()}

    def medians(self) -> BoolArray:
        """Series of which a median is wanted, shape (n_series,)."""
        wanted = [key for key, mixture in self.mixtures.items() if mixture.median]
        return np.isin(np.array(list(self.models), dtype=str), wanted)


def fit_champions(
    panel: Panel, choice: Choice | Sequence[str], seed: int, progress: Progress, keeper: Keeper | None = None
) -> tuple[SampledFit, tuple[Substitution, ...]]:
    """Fit every method chosen once and give each series its own, or the combination of its own.

    A method that learns from all series together is fitted to the whole panel, the others only to those who chose them.

    Args:
        panel: all series.
        choice: what each series is forecast by, or the key of one method per series.
        seed: of all random draws.
        progress: told after each method, and after each round of a network that learns.
        keeper: where networks that learned before are kept; None = nowhere.

    Returns:
        The combined fit, and the series for which another method had to stand in.
    """
    asked = choice if isinstance(choice, Choice) else Choice(choice)
    usual = asked.shares()
    versed = {} if asked.season is None else asked.season.shares(usual)
    needed, nothing = list(dict.fromkeys([*usual, *versed])), np.zeros(len(panel))
    parts: list[Part] = []
    versed_parts: list[Part] = []
    stood_in: dict[tuple[str, str], Substitution] = {}
    models = np.array(list(asked.models), dtype=object)
    for number, key in enumerate(needed):
        share, season_share = usual.get(key, nothing), versed.get(key, nothing)
        chosen = (share > 0) | (season_share > 0)
        progress.report(registry.labels()[key], number / len(needed), f"{int(chosen.sum()):,} series")
        method = registry.create(key, asked.settings.get(key))
        if keeper is not None:
            part = progress.part(number / len(needed), (number + 1) / len(needed))
            method = watched(attended(method, keeper), part)
        found, substitutions = _parts_of_method(method, panel, chosen, seed)
        mine = {(str(panel.skus[place]), str(panel.locations[place])) for place in np.flatnonzero(models == key)}
        for entry in substitutions:
            if (entry.sku, entry.location) in mine:
                stood_in.setdefault((entry.sku, entry.location), entry)
        parts += _weighted(found, share)
        versed_parts += _weighted(found, season_share)
    point: PointForecaster = JoinedPoint(tuple(parts), len(panel), asked.medians())
    if asked.season is not None:
        point = SeasonedPoint(point, JoinedPoint(tuple(versed_parts), len(panel)), asked.season)
    return SampledFit(panel, Remembered(HeldPoint(point, panel)), seed), tuple(stood_in.values())


def _weighted(parts: Sequence[Part], share: FloatArray) -> list[Part]:
    """The parts with the weights of their series, without those that weigh nothing."""
    kept = [(part, share[part.places] > 0) for part in parts]
    return [
        replace(part, rows=part.rows[here], places=part.places[here], shares=share[part.places[here]])
        for part, here in kept
        if here.any()
    ]


def _parts_of_method(
    method: ForecastModel, panel: Panel, chosen: BoolArray, seed: int
) -> tuple[list[Part], tuple[Substitution, ...]]:
    if method.capabilities.pooled:
        fitted, substitutions = fit_all(method, panel, seed)
        return parts_of(fitted, chosen), substitutions
    places = np.flatnonzero(chosen)
    fitted, substitutions = fit_all(method, panel.take(places), seed)
    found = parts_of(fitted, np.ones(len(places), bool))
    return [Part(part.point, part.rows, places[part.places]) for part in found], substitutions


def summed(fit: SampledFit, groups: AnyArray) -> SampledFit:
    """The same forecast for groups of series, its uncertainty taken from the errors of the groups themselves.

    Errors of SKUs move together (a cold week empties every heater shelf); adding up SKU paths drawn on their own would
    make totals look far too certain.

    Args:
        fit: of the members.
        groups: name of each member's group, shape (n_series,).
    """
    _names, number = np.unique(groups.astype(str), return_inverse=True)
    return SampledFit(
        group_panel(fit.history, groups, wanted=True), SumPoint(fit.point, fit.history, number), fit.seed, of_sums=True
    )
