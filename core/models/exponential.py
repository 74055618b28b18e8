"""Exponential smoothing of a whole panel: which forms are tried, and the point forecast of the one chosen."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from core.base.types import AnyArray, FloatArray, IntArray
from core.compute.threads import over_slices
from core.models import season, yearly
from core.models.kernels import ets
from core.series.panel import Panel

Form = tuple[int, int]
"""Kind of trend and kind of season, as numbered in the kernel."""
MAX_PHASES: Final = 12
"""Longest season smoothed phase by phase; the 52 weeks of a year would each be seen too rarely."""
SEASONS_NEEDED: Final = 2
TREND_NAMES: Final = ("N", "A", "Ad")
SEASON_NAMES: Final = ("N", "A", "M")


@dataclass(frozen=True, slots=True, eq=False)
class EtsPoint:
    """Forms, smoothing weights and first states of every series.

    Attributes:
        history: the panel learned from.
        forms: trend and season of each series, shape (n_series, 2).
        weights: α, β, γ, φ, shape (n_series, 4).
        states: level, trend and season before the first period, shape (n_series, 2 + n_phases).
        profiles: demand per phase of a long season as a multiple of the average, divided out beforehand, 1 where the
            season is short, shape (n_series, n_phases of the year or week).
        waves: of the year beside the week, divided out like the profiles, 0 where there are none, shape (n_series,
            2 · PAIRS).
        criteria: AICc of the chosen form, shape (n_series,).
    """

    rolls: ClassVar[bool] = True

    history: Panel
    forms: IntArray
    weights: FloatArray
    states: FloatArray
    profiles: FloatArray
    waves: FloatArray
    criteria: FloatArray

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, ≥ 0, shape (n_origins, n_series, horizon); NaN before a series begins."""
        asked = np.asarray(origins, np.int64)
        order = np.argsort(asked, kind="stable")
        result = np.empty((len(self.history), len(asked), horizon))
        over_slices(
            ets.forecasts,
            len(self.history),
            without_seasons(self.history, self.profiles, self.waves),
            self.history.starts,
            (self.weights, self.states),
            asked[order],
            places(self.history, self.states.shape[1] - 2, horizon),
            np.ascontiguousarray(self.forms[:, 1]),
            result,
        )
        result = result[:, np.argsort(order, kind="stable")]
        ahead = asked[:, None] + np.arange(horizon)
        result *= self.profiles[:, season.phases(self.history.calendar, horizon)[ahead]]
        if self.waves.any():
            result *= yearly.factors(self.waves, self.history, horizon)[:, ahead]
        return np.ascontiguousarray(np.moveaxis(np.maximum(result, 0.0), 0, 1))

    def labels(self) -> AnyArray:
        """The form of each series as the literature writes it, e.g. "ETS(A,Ad,N)", shape (n_series,)."""
        return np.array(
            [f"ETS(A,{TREND_NAMES[trend]},{SEASON_NAMES[season]})" for trend, season in self.forms], dtype=object
        )


def n_phases(history: Panel) -> int:
    """Phases smoothed one by one; 1 where the season is too long for that or the history too short."""
    period = history.calendar.season_length
    enough = history.n_periods >= SEASONS_NEEDED * period
    if not enough or not 2 <= period <= MAX_PHASES:
        return 1
    # weekdays are numbered by their name, closed ones included
    return int(season.phases(history.calendar, 0).max()) + 1


def places(history: Panel, count: int, ahead: int) -> IntArray:
    """Phase of every period and the next `ahead` ones, all 0 without a season, shape (n_periods + ahead,)."""
    if count == 1:
        return np.zeros(history.n_periods + ahead, np.int64)
    return np.ascontiguousarray(season.phases(history.calendar, ahead), np.int64)


def without_seasons(history: Panel, profiles: FloatArray, waves: FloatArray) -> FloatArray:
    """Observed demand over its long season or its year, shape (n_series, n_periods)."""
    demand = season.without(history, profiles)
    return demand / yearly.factors(waves, history, 0) if waves.any() else demand


def fit_forms(history: Panel, forms: tuple[Form, ...], *, with_year: bool = False) -> EtsPoint:
    """Fit every form to every series and keep the one with the smallest AICc.

    Args:
        history: all series.
        forms: forms tried, the simplest first; those with a season fall away where the data has none.
        with_year: whether days may have a year beside the week, where two years are known and AICc wants it.
    """
    plain = _fitted(history, forms, yearly.flat_year(len(history)))
    waves = yearly.waves_of(history) if with_year else plain.waves
    if not waves.any():
        return plain
    both = _fitted(history, forms, waves)
    # the likelihood is of demand, not of demand over its year; each wave counts as a parameter
    scale = np.where(np.isnan(history.observed()), 0.0, np.log(yearly.factors(waves, history, 0))).sum(axis=1)
    criteria = both.criteria + 2.0 * scale + 2.0 * waves.shape[1]
    better = waves.any(axis=1) & (criteria < plain.criteria)
    wide = better[:, None]
    return replace(
        plain,
        forms=np.where(wide, both.forms, plain.forms),
        weights=np.where(wide, both.weights, plain.weights),
        states=np.where(wide, both.states, plain.states),
        waves=np.where(wide, waves, 0.0),
        criteria=np.where(better, criteria, plain.criteria),
    )


def _fitted(history: Panel, forms: tuple[Form, ...], waves: FloatArray) -> EtsPoint:
    """The best form of every series, the waves of its year given."""
    count, n_series = n_phases(history), len(history)
    long = history.calendar.season_length > MAX_PHASES
    profiles = season.smoothed_profile(history) if long else season.flat(history)
    kept = [form for form in forms if count > 1 or form[1] == ets.NO_SEASON]
    # without a season two forms may become the same
    tried = np.array(list(dict.fromkeys(kept or [(forms[0][0], ets.NO_SEASON)])), np.int64)
    chosen, criteria = np.zeros(n_series, np.int64), np.full(n_series, np.inf)
    weights, states = np.zeros((n_series, 4)), np.zeros((n_series, 2 + count))
    # neighbours in a block begin at about the same time, so that none waits for another
    order = np.argsort(history.starts, kind="stable")
    over_slices(
        ets.fit_blocks,
        -(-n_series // ets.LANES),
        without_seasons(history, profiles, waves),
        history.starts,
        order,
        places(history, count, 0),
        tried,
        (chosen, weights, states, criteria),
    )
    return EtsPoint(history, tried[chosen], weights, states, profiles, waves, criteria)
