"""Box–Jenkins models over a whole panel: what is tried, what was learned, and how it is continued."""

from dataclasses import dataclass
from itertools import product
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.base.types import AnyArray, FloatArray, IntArray
from core.compute.threads import over_slices
from core.models import season
from core.models.kernels.arima_filter import forecasts
from core.models.kernels.arima_search import SEASONAL_D, D, choose_orders
from core.models.kernels.differencing import prepare
from core.series.panel import Panel

MIN_HISTORY: Final = 20
MAX_PERIOD: Final = 24
"""Longest season that gets terms of its own."""
FEW_TERMS: Final = 2
"""Orders with no more terms than these are fitted before the largest one, which starts from the best of them."""
SEASONS_FOR_TERMS: Final = 4
"""Seasons of history that seasonal terms need."""
PROFILE, TERMS, NO_SEASON = "profile", "terms", "none"
SEASONALITY: Final = (PROFILE, TERMS, NO_SEASON)


@dataclass(frozen=True, slots=True)
class OrderSearch:
    """Which orders are tried: the settings that ARIMA with and without drivers share."""

    seasonality: str = parameter(
        PROFILE,
        "Season",
        choices=SEASONALITY,
        help="profile: take the average week (or year) off first, difference once; terms: seasonal ARIMA terms",
    )
    search: str = parameter(
        "full", "Orders tried", choices=("full", "small"), help="small: no seasonal AR and MA terms, 3 times faster"
    )
    max_order: int = parameter(2, "Largest p and q", unit="terms", low=0, high=2)

    def candidates(self, *, seasonal: bool) -> IntArray:
        """p, q, P, Q of every order tried, shape (n_candidates, 4).

        First those of few terms, then the largest, which tells how far the others can get, then the rest.
        """
        orders = range(self.max_order + 1)
        extra = range(2 if seasonal and self.search == "full" else 1)
        tried = sorted(product(orders, orders, extra, extra), key=lambda terms: (sum(terms), terms))
        few = sum(sum(terms) <= FEW_TERMS for terms in tried)
        return np.array([*tried[:few], *tried[few:][-1:], *tried[few:-1]], np.int64)

    def profiles(self, history: Panel) -> FloatArray:
        """The season divided out beforehand; 1 where the seasonal terms or nobody takes care of it."""
        period = history.calendar.season_length
        beforehand = self.seasonality == PROFILE or (self.seasonality == TERMS and period > MAX_PERIOD)
        return season.smoothed_profile(history) if beforehand else season.flat(history)


@dataclass(frozen=True, slots=True, eq=False)
class ArimaPoint:
    """Orders and parameters of every series, and the sweep that turns them into forecasts at any origin.

    Attributes:
        history: the panel learned from.
        profiles: demand per phase of the season as a multiple of the average, divided out before the ARIMA, 1 where
            there is none, ≥ 0, shape (n_series, n_phases).
        orders: p, d, q, P, D, Q, with mean or drift (0 or 1), shape (n_series, 7).
        parameters: φ1, φ2, Φ, θ1, θ2, Θ, μ of the standardised series, 0 outside the order, shape (n_series, 7).
        scales: mean and standard deviation (units) and AICc (of the standardised series), shape (n_series, 3).
        seasons: periods in the season of the seasonal terms, 0 where a series has none, shape (n_series,).
    """

    rolls: ClassVar[bool] = True

    history: Panel
    profiles: FloatArray
    orders: IntArray
    parameters: FloatArray
    scales: FloatArray
    seasons: IntArray

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, with the parameters learned from the whole history.

        Args:
            origins: numbers of periods known, shape (n_origins,).
            horizon: periods ahead.

        Returns:
            Units per period, ≥ 0, shape (n_origins, n_series, horizon); NaN where a series had not begun.
        """
        return self.continued(origins, horizon)

    def continued(
        self, origins: IntArray, horizon: int, effects: FloatArray | None = None, coming: FloatArray | None = None
    ) -> FloatArray:
        """Expected units after each origin; `effects` are taken off before the sweep, those to come put on after it.

        Args:
            origins: numbers of periods known, shape (n_origins,).
            horizon: periods ahead.
            effects: of regressors on demand over its profile, units, shape (n_series, at least n_periods).
            coming: the same after each origin, shape (n_series, n_origins, horizon).

        Returns:
            Units per period, ≥ 0, shape (n_origins, n_series, horizon); NaN where a series had not begun.
        """
        known = np.asarray(origins, np.int64)
        demand = season.without(self.history, self.profiles)
        if effects is not None:
            demand = demand - effects[:, : self.history.n_periods]
        result = np.empty((len(self.history), len(known), horizon))
        over_slices(
            forecasts,
            len(self.history),
            demand,
            self.history.starts,
            self.orders,
            self.parameters,
            self.scales,
            known,
            self.seasons,
            result,
        )
        ahead = known[:, None] + np.arange(horizon)
        if coming is not None:
            result += coming
        result *= self.profiles[:, season.phases(self.history.calendar, horizon)[ahead]]
        return np.ascontiguousarray(np.moveaxis(np.maximum(result, 0.0), 0, 1))

    def labels(self) -> AnyArray:
        """The order of each series as the literature writes it, e.g. "(1,1,1)(0,1,1)7", shape (n_series,)."""
        texts = []
        for order, period in zip(self.orders.tolist(), self.seasons.tolist(), strict=True):
            seasonal = f"({order[3]},{order[4]},{order[5]}){period}" if period and any(order[3:6]) else ""
            extra = (" with drift" if order[1] + order[4] else " with mean") if order[6] else ""
            texts.append(f"({order[0]},{order[1]},{order[2]}){seasonal}{extra}")
        return np.array(texts, dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A panel ready for the order search.

    Attributes:
        profiles: season divided out, shape (n_series, n_phases).
        demand: demand over its profile, NaN = not observed, shape (n_series, n_periods).
        standard: the same less its mean over its standard deviation, shape (n_series, n_periods).
        scales: mean and standard deviation, units; the latter 0 for a constant; shape (n_series, 3).
        orders: d and D chosen, the other columns 0, shape (n_series, 7).
        seasons: periods in the season of the seasonal terms, 0 for none, shape (n_series,).
        candidates: the orders tried, shape (n_candidates, 4).
    """

    profiles: FloatArray
    demand: FloatArray
    standard: FloatArray
    scales: FloatArray
    orders: IntArray
    seasons: IntArray
    candidates: IntArray


def prepared(history: Panel, search: OrderSearch) -> Prepared:
    """Take the season off, standardise, and decide how often each series is differenced."""
    n_series, period = len(history), history.calendar.season_length
    profiles = search.profiles(history)
    with_terms = 2 <= period <= MAX_PERIOD and search.seasonality != NO_SEASON
    enough = with_terms & (history.lengths >= SEASONS_FOR_TERMS * period)
    seasons = np.where(enough, period, 0).astype(np.int64)
    demand = season.without(history, profiles)
    standard, scales = np.zeros_like(demand), np.zeros((n_series, 3))
    orders = np.zeros((n_series, 7), np.int64)
    over_slices(prepare, n_series, demand, history.starts, seasons, standard, scales, orders)
    if search.seasonality == PROFILE:
        # without its season demand wanders; one difference forecasts better than leaving it to the test
        orders[:, D], orders[:, SEASONAL_D] = scales[:, 1] > 0, 0
    return Prepared(profiles, demand, standard, scales, orders, seasons, search.candidates(seasonal=with_terms))


def fit_orders(history: Panel, ready: Prepared, standard: FloatArray) -> ArimaPoint:
    """Choose and fit an order for each series.

    Args:
        history: the panel.
        ready: what `prepared` made of it.
        standard: what is modelled, on the scale of ready.standard, shape (n_series, n_periods).
    """
    orders, scales, parameters = ready.orders.copy(), ready.scales.copy(), np.zeros((len(history), 7))
    over_slices(
        choose_orders,
        len(history),
        standard,
        history.starts,
        ready.candidates,
        ready.seasons,
        scales,
        orders,
        parameters,
    )
    return ArimaPoint(history, ready.profiles, orders, parameters, scales, ready.seasons)
