"""The computing of a forecast, arrays in and arrays out: champions, new items, groups that agree, sample paths."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from core.base.calendar import Frequency, TradingCalendar
from core.base.progress import Progress
from core.base.types import AnyArray, Float32Array, FloatArray
from core.models import like_items
from core.models.champions import Choice, Mixture, Remembered, fit_champions, summed
from core.models.like_items import Likeness, LikePoint
from core.models.networks_kept import Keeper
from core.models.reconciliation_fit import AUTOMATIC, Verdict, reconciled_fit
from core.models.reconciliation_paths import Draws, coherent, group_paths, quantiles_of
from core.models.sampling import SampledFit
from core.models.season_ahead import SeasonAhead
from core.models.substitution import Substitution
from core.series.forecast import LEVELS, DemandPaths, Forecast
from core.series.hierarchy_levels import Hierarchy, hierarchy_of
from core.series.overriding import GRID
from core.series.panel import Panel

KIND: Final = "forecast"
QUANTILE_COLUMNS: Final = {
    0.025: "q025", 0.05: "q05", 0.1: "q10", 0.25: "q25", 0.5: "q50",
    0.75: "q75", 0.9: "q90", 0.95: "q95", 0.975: "q975",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class ForecastTask:
    """What the forecasting process gets: arrays in, arrays out.

    Attributes:
        panel: all series.
        models: key of the method of each series.
        horizon: trading periods.
        n_paths: sample paths per series.
        seed: of all random draws.
        groups: per level, coarsest first, the name of each series' group.
        settings: settings per method.
        mixtures: combinations by their keys.
        reconciliation: how groups and series are made to agree.
        likeness: series that are forecast like others.
        shelf: where networks that learned before are kept; None = nowhere.
        season: a season ahead that the methods were not chosen for; None = there is none.
        on_sale: share of each period ahead in which a series is on sale, (n_series, horizon); None = always.
    """

    panel: Panel
    models: AnyArray
    horizon: int
    n_paths: int
    seed: int
    groups: Mapping[str, AnyArray]
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mixtures: Mapping[str, Mixture] = field(default_factory=dict)
    reconciliation: str = AUTOMATIC
    likeness: Likeness | None = None
    shelf: Keeper | None = None
    season: SeasonAhead | None = None
    on_sale: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ForecastArrays:
    """What it gives back.

    Attributes:
        forecast: of every series.
        groups: of the sums per group level: means and quantiles of the sums of the members' means and paths.
        sums: per group level, [name, periods, 10 % point, 90 % point, mean of paths] of demand summed over the first
            periods.
        paths: joint sample paths of the series.
        substitutions: series for which another method stood in.
        verdict: how groups and series were made to agree.
    """

    forecast: Forecast
    groups: Mapping[str, Forecast]
    sums: Mapping[str, list[tuple[str, int, float, float, float]]]
    paths: DemandPaths
    substitutions: tuple[Substitution, ...]
    verdict: Verdict


def compute(task: ForecastTask, progress: Progress) -> ForecastArrays:
    """Fit the champions and draw their paths; a pure function that may run in another process."""
    choice = Choice(task.models.tolist(), task.settings, task.mixtures, task.season)
    fit, stood_in = fit_champions(task.panel, choice, task.seed, progress.part(0.0, 0.5), task.shelf)
    fit = _with_new_items(fit, task.likeness)
    hierarchy = hierarchy_of(task.groups)
    progress.report("Making groups and SKUs agree", 0.5)
    fit, verdict = reconciled_fit(fit, task.groups, hierarchy, task.reconciliation, task.horizon)
    progress.report("Drawing demand paths", 0.6, f"{len(task.panel):,} series")
    forecast, paths = _drawn(fit, task, hierarchy)
    progress.report("Sums over groups and weeks", 0.9)
    near = near_periods(task.panel.calendar, task.horizon)
    drawn = group_paths(paths.units, hierarchy).astype(np.float32)
    groups = {level: _group_forecast(forecast, drawn, hierarchy, level) for level in hierarchy.levels}
    sums = {level: _range_of_sums(each, drawn[:, hierarchy.rows(level)], near) for level, each in groups.items()}
    return ForecastArrays(forecast, groups, sums, paths, _without(stood_in, task), verdict)


def near_periods(calendar: TradingCalendar, horizon: int) -> int:
    """Trading periods in the next four weeks (of monthly data: the next month), at most the horizon."""
    calendar_periods = {Frequency.DAY: 28, Frequency.WEEK: 4, Frequency.MONTH: 1}[calendar.frequency]
    return min(max(calendar.trading_within(calendar_periods), 1), horizon)


def _with_new_items(fit: SampledFit, likeness: Likeness | None) -> SampledFit:
    if likeness is None or not len(likeness.new):
        return fit
    point = Remembered(LikePoint(fit.point, fit.history, likeness))
    return replace(fit, point=point, told=tuple(likeness.new.tolist()))


def _drawn(fit: SampledFit, task: ForecastTask, hierarchy: Hierarchy) -> tuple[Forecast, DemandPaths]:
    """Paths whose sums spread as the groups' own past errors tell, with their means and quantiles."""

    def generator() -> np.random.Generator:
        return np.random.default_rng(task.seed)

    forecast, paths = fit.predict_and_simulate((), task.n_paths, task.horizon, generator())
    own = [summed(fit, names).simulate(task.horizon, task.n_paths, generator()).units for names in task.groups.values()]
    doubt = like_items.doubt(task.panel, task.likeness, task.n_paths, task.seed) if task.likeness else None
    draws = Draws(_writable(paths.units), task.panel.whole_units(), task.panel.keys, doubt)
    quantiles = coherent(draws, np.concatenate(own, axis=1).astype(np.float64), hierarchy, LEVELS)
    mean = forecast.mean
    if task.on_sale is not None:
        rows = np.flatnonzero((task.on_sale < 1).any(axis=1))
        draws.units[:, rows] *= task.on_sale[rows].astype(np.float32)
        quantiles, mean = quantiles * task.on_sale[:, :, None], mean * task.on_sale
    return replace(forecast, levels=LEVELS, quantiles=quantiles, mean=np.round(mean / GRID) * GRID), paths


def _writable(units: AnyArray) -> Float32Array:
    """The same memory, writable: nobody has seen these draws yet, and a copy of them could fill the memory."""
    base = units.base if units.base is not None and units.base.shape == units.shape else np.array(units)
    return np.asarray(base, np.float32)


def _group_forecast(forecast: Forecast, drawn: AnyArray, hierarchy: Hierarchy, level: str) -> Forecast:
    """Means and quantiles of one level; drawn: paths of all groups, shape (n_paths, n_groups, horizon)."""
    rows = hierarchy.rows(level)
    names = hierarchy.names[hierarchy.levels.index(level)]
    return replace(
        forecast,
        skus=names,
        locations=np.full(len(names), level, dtype=object),
        quantiles=quantiles_of(drawn[:, rows], LEVELS),
        mean=hierarchy.sums(forecast.mean)[rows],
    )


def _range_of_sums(groups: Forecast, drawn: AnyArray, near: int) -> list[tuple[str, int, float, float, float]]:
    """The central 80 % and the mean of demand summed over the first `near` periods and over all, from joint paths."""
    found = []
    for periods in dict.fromkeys((near, groups.horizon)):
        total = drawn[:, :, :periods].sum(axis=2, dtype=np.float64)
        each = np.stack([*np.quantile(total, (0.1, 0.9), axis=0), total.mean(axis=0)], axis=1).tolist()
        found += [(str(name), periods, *figures) for name, figures in zip(groups.skus, each, strict=True)]
    return found


def _without(stood_in: tuple[Substitution, ...], task: ForecastTask) -> tuple[Substitution, ...]:
    """Substitutions of series that are not forecast like others."""
    if task.likeness is None:
        return stood_in
    new = {(str(task.panel.skus[at]), str(task.panel.locations[at])) for at in task.likeness.new}
    return tuple(entry for entry in stood_in if (entry.sku, entry.location) not in new)
