"""Seasonal ARIMA for every series at once, the order of each chosen by AICc."""

from dataclasses import dataclass
from itertools import product
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.base.types import AnyArray, FloatArray, IntArray
from core.compute.threads import over_slices
from core.models import season
from core.models.contract import Capabilities
from core.models.kernels.arima_filter import forecasts
from core.models.kernels.arima_search import SEASONAL_D, D, choose_orders
from core.models.kernels.differencing import prepare
from core.models.sampling import SampledFit, require_history
from core.series.panel import Panel

MIN_HISTORY: Final = 20
MAX_PERIOD: Final = 24
"""Longest season that gets terms of its own."""
SEASONS_FOR_TERMS: Final = 4
"""Seasons of history that seasonal terms need."""


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
        known = np.asarray(origins, np.int64)
        result = np.empty((len(self.history), len(known), horizon))
        over_slices(
            forecasts,
            len(self.history),
            season.without(self.history, self.profiles),
            self.history.starts,
            self.orders,
            self.parameters,
            self.scales,
            known,
            self.seasons,
            result,
        )
        ahead = season.phases(self.history.calendar, horizon)[known[:, None] + np.arange(horizon)]
        result *= self.profiles[:, ahead]
        return np.ascontiguousarray(np.moveaxis(np.maximum(result, 0.0), 0, 1))

    def labels(self) -> AnyArray:
        """The order of each series as the literature writes it, e.g. "(1,1,1)(0,1,1)7", shape (n_series,)."""
        texts = []
        for order, period in zip(self.orders.tolist(), self.seasons.tolist(), strict=True):
            seasonal = f"({order[3]},{order[4]},{order[5]}){period}" if period else ""
            extra = (" with drift" if order[1] + order[4] else " with mean") if order[6] else ""
            texts.append(f"({order[0]},{order[1]},{order[2]}){seasonal}{extra}")
        return np.array(texts, dtype=object)


@dataclass(frozen=True, slots=True)
class Arima:
    """Box–Jenkins models φ(B) Φ(B^m) (1−B)^d (1−B^m)^D y = θ(B) Θ(B^m) e, order by AICc, p, q ≤ 2 and P, Q ≤ 1.

    Parameters are conditional least squares with exact derivatives; d comes from the KPSS test, D from the strength
    of the season, a drift from AICc. A gap (not on sale, out of stock) is first filled by its neighbours of the same
    phase and left out of the sum of squares; then the chosen model's own expectation takes its place, so that its
    innovation is 0, and the model is fitted again. Seasonal terms need four seasons of history and a season of at
    most 24 periods; a longer one (weeks) is taken off as a smoothed profile once two seasons are known.

    Source:
        Box & Jenkins (1976); Hyndman & Khandakar (2008) for the order choice, from which we depart by trying every
        order and by the conditional instead of the exact likelihood.
    """

    key: ClassVar[str] = "arima"
    label: ClassVar[str] = "ARIMA (AICc order choice)"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=MIN_HISTORY, intermittent=False)

    seasonality: str = parameter(
        "profile",
        "Season",
        choices=("profile", "terms", "none"),
        help="profile: take the average week (or year) off first, difference once; terms: seasonal ARIMA terms",
    )
    search: str = parameter(
        "full", "Orders tried", choices=("full", "small"), help="small: no seasonal AR and MA terms, 4 times faster"
    )
    max_order: int = parameter(2, "Largest p and q", unit="terms", low=0, high=2)

    def fit(self, history: Panel, *, seed: int) -> SampledFit:
        """Choose and fit an order for each series.

        Raises:
            InsufficientHistoryError: a series has fewer than 20 observed periods.
        """
        require_history(history, self)
        return SampledFit(history, self._learn(history), seed)

    def _learn(self, history: Panel) -> ArimaPoint:
        n_series, period, starts = len(history), history.calendar.season_length, history.starts
        profiles = self._profiles(history)
        with_terms = 2 <= period <= MAX_PERIOD and self.seasonality != "none"
        enough = with_terms & (history.lengths >= SEASONS_FOR_TERMS * period)
        seasons = np.where(enough, period, 0).astype(np.int64)
        demand = season.without(history, profiles)
        standard, scales = np.empty_like(demand), np.zeros((n_series, 3))
        orders, parameters = np.zeros((n_series, 7), np.int64), np.zeros((n_series, 7))
        over_slices(prepare, n_series, demand, starts, seasons, standard, scales, orders)
        if self.seasonality == "profile":
            # without its season demand wanders; one difference forecasts better than leaving it to the test
            orders[:, D], orders[:, SEASONAL_D] = scales[:, 1] > 0, 0
        candidates = self._candidates(seasonal=with_terms)
        over_slices(choose_orders, n_series, standard, starts, candidates, seasons, scales, orders, parameters)
        return ArimaPoint(history, profiles, orders, parameters, scales, seasons)

    def _profiles(self, history: Panel) -> FloatArray:
        """The season divided out beforehand; 1 where the seasonal terms or nobody takes care of it."""
        period = history.calendar.season_length
        beforehand = self.seasonality == "profile" or (self.seasonality == "terms" and period > MAX_PERIOD)
        return season.smoothed_profile(history) if beforehand else season.flat(history)

    def _candidates(self, *, seasonal: bool) -> IntArray:
        """p, q, P, Q of every order tried, those with fewer terms first, shape (n_candidates, 4)."""
        orders = range(self.max_order + 1)
        extra = range(2 if seasonal and self.search == "full" else 1)
        tried = sorted(product(orders, orders, extra, extra), key=lambda terms: (sum(terms), terms))
        return np.array(tried, np.int64)
