"""One fitted thing out of several methods: each series by its champion; and sums of series with their own errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from core.base.progress import Progress
from core.base.types import AnyArray, BoolArray, FloatArray, IntArray, frozen
from core.models import registry
from core.models.contract import FittedModel, ForecastModel, PointForecaster
from core.models.sampling import SampledFit
from core.models.substitution import Patchwork, Substitution, fit_all
from core.series.hierarchy import total_panel
from core.series.panel import Panel

SHORT_SHARE: Final = 0.2
"""Share of a group's usual demand that stock-outs must take for the period to count as out of stock."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A fitted method and the series it answers for.

    Attributes:
        point: the method, over some series.
        rows: which of the method's series are meant, shape (n_chosen,).
        places: where they stand in the panel, shape (n_chosen,).
    """

    point: PointForecaster
    rows: IntArray
    places: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class JoinedPoint:
    """The point forecasts of several methods, each for its own series; a series of no part is never forecast.

    Attributes:
        parts: methods with their series.
        n_series: number of series in all.
    """

    parts: tuple[Part, ...]
    n_series: int

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, shape (n_origins, n_series, horizon)."""
        result = np.full((len(origins), self.n_series, horizon), np.nan)
        for part in self.parts:
            result[:, part.places] = part.point.mean_at(origins, horizon)[:, part.rows]
        return result


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
class SumPoint:
    """The forecast of groups as the sum of their members' forecasts, so that levels always agree.

    Attributes:
        point: forecasts the members.
        group: group number of each member, shape (n_series,).
    """

    point: PointForecaster
    group: IntArray

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units of each group, shape (n_origins, n_groups, horizon); NaN while no member had begun."""
        members = self.point.mean_at(origins, horizon)
        begun = ~np.isnan(members)
        total = of_groups(np.where(begun, members, 0.0).swapaxes(0, 1), self.group)
        count = of_groups(begun.swapaxes(0, 1).astype(np.float64), self.group)
        return np.where(count > 0, total, np.nan).swapaxes(0, 1)


def of_groups(values: FloatArray, group: IntArray) -> FloatArray:
    """Sums over the members of each group, in the members' order, shape (n_groups, …).

    Args:
        values: per member, shape (n_series, …).
        group: number of each member's group; every number below the largest occurs, shape (n_series,).
    """
    order = np.argsort(group, kind="stable")
    return np.asarray(np.add.reduceat(values[order], np.flatnonzero(np.diff(group[order], prepend=-1)), axis=0))


def fit_champions(
    panel: Panel,
    models: Sequence[str],
    seed: int,
    progress: Progress,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[SampledFit, tuple[Substitution, ...]]:
    """Fit every method chosen once and give each series its own.

    A method that learns from all series together is fitted to the whole panel, the others only to those who chose them.

    Args:
        panel: all series.
        models: key of the method of each series, shape (n_series,).
        seed: of all random draws.
        progress: told after each method.
        settings: settings per method, as they were compared; the others keep their defaults.

    Returns:
        The combined fit, and the series for which another method had to stand in.
    """
    keys = list(dict.fromkeys(models))
    parts: list[Part] = []
    stood_in: list[Substitution] = []
    wanted = np.array([keys.index(key) for key in models])
    for number, key in enumerate(keys):
        chosen = wanted == number
        progress.report(registry.labels()[key], number / len(keys), f"{int(chosen.sum()):,} series")
        method = registry.create(key, (settings or {}).get(key))
        found, substitutions = _parts_of_method(method, panel, chosen, seed)
        mine = {(str(panel.skus[place]), str(panel.locations[place])) for place in np.flatnonzero(chosen)}
        stood_in += [entry for entry in substitutions if (entry.sku, entry.location) in mine]
        parts += found
    return SampledFit(panel, Remembered(JoinedPoint(tuple(parts), len(panel))), seed), tuple(stood_in)


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
    total = total_panel(fit.history, groups)
    short = _mostly_short(fit.history, number)
    inside = np.arange(total.n_periods)[None, :] >= total.starts[:, None]
    return SampledFit(replace(total, censored=short[inside]), SumPoint(fit.point, number), fit.seed, of_sums=True)


def _mostly_short(panel: Panel, number: IntArray) -> BoolArray:
    """Periods in which stock-outs took more than a fifth of a group's usual demand, shape (n_groups, n_periods).

    In a large group some SKU is out of stock on any day; if that alone counted, its past errors would all be unknown.
    """
    observed = panel.observed()
    count = np.maximum((~np.isnan(observed)).sum(axis=1), 1)
    usual = (np.nan_to_num(observed).sum(axis=1) / count)[:, None]
    out = panel.dense(panel.censored.astype(np.float64), fill=0.0) > 0
    missing = of_groups(usual * out, number)
    whole = of_groups(usual * (out | ~np.isnan(observed)), number)
    return np.asarray(missing > SHORT_SHARE * whole)
