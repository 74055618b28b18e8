"""Searches a method's settings by rolling-origin folds: many on little, the best on more (successive halving)."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import numpy as np

from core.base.errors import DemandError, ParameterError
from core.base.parameters import ParameterInfo
from core.base.progress import Progress, silent
from core.base.randomness import generator, streams
from core.base.types import FloatArray
from core.evaluate.folds import Ground, Plan, ground_of, known_at
from core.evaluate.metrics import mean_defined, ratio
from core.models import registry
from core.models.contract import FittedModel
from core.models.sampling import SampledFit
from core.models.substitution import Patchwork, fit_all
from core.series.panel import Panel

MOST_TRIED: Final = 48
"""Settings tried at most; a larger grid is sampled."""
VALUES_EACH: Final = 4
"""Values tried of a number, besides its default."""
FIRST_SERIES: Final = 250
"""Series of the first round; each later one has four times as many, and half of the settings or fewer."""
KEPT: Final = 1 / 3
"""Share of the settings that go on to the next round."""
LEAST_GAIN: Final = 0.002
"""Share of the error that must be saved, or the defaults stay: smaller differences are luck."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings and what came of them.

    Attributes:
        values: those that differ from the defaults.
        error: mean RMSSE over the series of the last round it took part in, infinite = it failed.
        rounds: in how many rounds it took part.
    """

    values: Mapping[str, Any]
    error: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Search:
    """The outcome of a search.

    Attributes:
        best: the settings to use.
        default: the default settings, on the same series.
        trials: everything tried, best first.
        complete: whether it ended before its time was up.
        seconds: wall time.
    """

    best: Trial
    default: Trial
    trials: tuple[Trial, ...]
    complete: bool
    seconds: float = field(compare=False)


def grid(infos: Sequence[ParameterInfo], most: int = MOST_TRIED, seed: int = 0) -> list[dict[str, Any]]:
    """Settings to try, the defaults ({}) first, then one changed at a time, then several; a large grid is sampled."""
    options = {info.name: values_of(info) for info in infos}
    if not options:
        return [{}]
    single = [{name: value} for name, values in options.items() for value in values[1:]]
    # several at once: places in each list of values, 0 = the default
    sizes = [len(values) for values in options.values()]
    if np.prod(np.array(sizes, float)) <= 50 * most:
        places = np.array(list(product(*(range(size) for size in sizes))), np.int64).reshape(-1, len(sizes))
        places = places[generator(seed, "order of settings").permutation(len(places))]
    else:
        places = generator(seed, "settings to try").integers(np.array(sizes), size=(2 * most, len(sizes)))
    places = places[(places > 0).sum(axis=1) > 1]
    rows = dict.fromkeys(tuple(row) for row in places.tolist())
    several = [{name: options[name][at] for name, at in zip(options, row, strict=True) if at} for row in rows]
    return [{}, *single, *several][:most]


def values_of(info: ParameterInfo) -> tuple[Any, ...]:
    """What to try of one setting, its default first: all choices, yes and no, or numbers between its bounds."""
    if info.choices:
        return tuple(dict.fromkeys([info.default, *info.choices]))
    if isinstance(info.default, bool):
        return (info.default, not info.default)
    if not isinstance(info.default, int | float) or info.low is None or info.high is None:
        return (info.default,)
    low, high = float(info.low), float(info.high)
    wide = high > 20 * max(low, 1.0)
    # a wide range is walked in equal ratios; 0 often means "choose" and is the default then
    points = np.geomspace(max(low, 1.0), high, VALUES_EACH) if wide else np.linspace(low, high, VALUES_EACH)
    kind = type(info.default)
    return tuple(dict.fromkeys([info.default, *(kind(round(float(point), 6)) for point in points)]))


def search(key: str, panel: Panel, plan: Plan, budget_seconds: float, progress: Progress | None = None) -> Search:
    """The settings with the smallest mean RMSSE at the plan's origins.

    Round by round the settings that erred least go on with four times as many series, the defaults always among them
    (successive halving, Jamieson & Talwalkar 2016). What is measured is the mean forecast; no paths are drawn. When the
    time is up, the last round that all of its settings finished decides; so the outcome may depend on how fast the
    machine is, while the first round alone does not.

    Args:
        key: of the method.
        panel: the series, cut before what a comparison is judged by.
        plan: horizon and origins.
        budget_seconds: wall time after which nothing more is begun.
        progress: told of every setting tried.

    Raises:
        ParameterError: the method has no settings.
        InsufficientHistoryError: the history is too short for one origin.
        DemandError: the defaults cannot be fitted.
    """
    infos, told = registry.settings(key), progress or silent()
    if not infos:
        raise ParameterError(f"{registry.labels()[key]} has no settings to tune.")
    started = time.perf_counter()
    rows = np.argsort(streams(panel.keys), kind="stable")
    candidates, size = grid(infos, seed=plan.seed), min(FIRST_SERIES, len(panel))
    trials: dict[int, Trial] = {}
    going, complete, rounds = list(range(len(candidates))), True, 1
    while True:
        ordeal = Ordeal(key, panel.take(np.sort(rows[:size])), plan)
        errors = ordeal.errors([candidates[i] for i in going], started + budget_seconds, told)
        if len(errors) < len(going):
            complete = False
            if trials:
                break
        trials |= {
            i: Trial(candidates[i], error, rounds) for i, error in zip(going[: len(errors)], errors, strict=True)
        }
        finalists = sorted(going[: len(errors)], key=lambda i: (trials[i].error, i))
        if not complete or size >= len(panel) or len(finalists) < 2:
            break
        going = sorted({0, *finalists[: max(round(KEPT * len(finalists)), 1)]})
        size, rounds = min(4 * size, len(panel)), rounds + 1
    return _decided(trials, complete=complete, seconds=time.perf_counter() - started)


def _decided(trials: Mapping[int, Trial], *, complete: bool, seconds: float) -> Search:
    default = trials[0]
    ranked = sorted(trials.values(), key=lambda trial: (-trial.rounds, trial.error))
    best = next((trial for trial in ranked if trial.rounds == default.rounds), default)
    if not best.error < default.error * (1.0 - LEAST_GAIN):
        best = default
    return Search(best, default, tuple(ranked), complete, seconds)


@dataclass(frozen=True, slots=True, eq=False)
class Ordeal:
    """One round: the settings of a method tried on the same series and origins."""

    key: str
    panel: Panel
    plan: Plan

    def errors(self, candidates: Sequence[Mapping[str, Any]], deadline: float, told: Progress) -> list[float]:
        """Mean RMSSE of each, infinite where it failed; fewer of them when the deadline passed.

        Raises:
            DemandError: the defaults, which come first, cannot be fitted.
        """
        ground, found = ground_of(self.panel, self.plan), list[float]()
        known = [known_at(self.panel, ground.origins, fold, self.plan) for fold in range(len(ground.origins))]
        for number, values in enumerate(candidates):
            if found and time.perf_counter() > deadline:
                break
            text = f"{len(self.panel):,} series, setting {number + 1} of {len(candidates)}"
            told.report(registry.labels()[self.key], number / len(candidates), text)
            try:
                found.append(self._error(values, ground, known))
            except (DemandError, ArithmeticError, np.linalg.LinAlgError):
                if not values:
                    raise
                found.append(float("inf"))
        return found

    def _error(self, values: Mapping[str, Any], ground: Ground, known: Sequence[Panel]) -> float:
        """Mean over series of the RMSSE of the mean forecast."""
        method = registry.create(self.key, values)
        ahead, gap = self.plan.gap + self.plan.horizon, self.plan.gap
        squares, points = np.zeros(len(self.panel)), np.zeros(len(self.panel))
        for fold, panel in enumerate(known):
            fitted, _stood_in = fit_all(method, panel, self.plan.seed)
            error = expected(fitted, ahead)[:, gap:] - ground.actual[fold]
            usable = ~np.isnan(error) & ~np.isnan(ground.squared_scale[fold])[:, None]
            scale = np.where(np.isnan(ground.squared_scale[fold]), 1.0, ground.squared_scale[fold])[:, None]
            squares += np.where(usable, error**2 / scale, 0.0).sum(axis=1)
            points += usable.sum(axis=1)
        return mean_defined(np.sqrt(ratio(squares, points)))


def expected(fitted: FittedModel, horizon: int) -> FloatArray:
    """Mean forecast, units per period, shape (n_series, horizon); without drawing paths where that is possible."""
    if isinstance(fitted, SampledFit):
        return fitted.mean(horizon)
    if isinstance(fitted, Patchwork):
        mean = np.zeros((len(fitted.panel), horizon))
        for part, chosen in fitted.parts:
            mean[chosen] = expected(part, horizon)
        return mean
    return np.asarray(fitted.predict(horizon, (0.5,)).mean)
