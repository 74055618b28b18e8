"""Linear regression: calendar, price, promotion and events explain each series; its level is smoothed over time."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.calendar import Frequency
from core.base.parameters import parameter
from core.base.types import FloatArray, IntArray
from core.models.contract import Capabilities, FittedModel
from core.models.pooled import Design, Prior, one_thread, ridge
from core.models.sampling import SampledFit, require_history
from core.series.features_calendar import (
    Columns,
    month_day_columns,
    periods_with_future,
    weekday_columns,
    yearly_columns,
)
from core.series.features_drivers import (
    PRICE,
    PROMOTION,
    aftermath,
    common_row,
    event_drivers,
    has_driver,
    log_price,
    run_up,
    switch,
)
from core.series.panel import Panel

FIT_DAYS: Final = 1500
"""Days of history that teach the effects; older shops were other shops."""
HALVING_DAYS: Final = 700.0
"""Days after which a period counts half in the effects."""
PRIOR: Final[dict[str, float]] = {
    "weekday": 1.0, "yearly": 0.1, "month_day": 0.06, "price": 1.5, "promotion": 0.7,
    "event": 0.5, "run_up": 0.15, "aftermath": 0.15, "level": 0.15,
}  # fmt: skip
"""How large an effect may be expected before seeing data: standard deviation on the log scale (price: elasticity)."""
ALPHAS: Final = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Smoothing weights of the level to choose from."""
LEAST_SHARE: Final = 0.02
"""Below it an effect is held down no further."""
NEIGHBOURS: Final = 4
"""Periods around the calendar's end that events reach across."""


@dataclass(frozen=True, slots=True)
class EffectSettings:
    """Which effects are looked for.

    Attributes:
        yearly_pairs: sine and cosine pairs of the yearly wave.
        drivers: whether price, promotion and events count.
    """

    yearly_pairs: int
    drivers: bool


@dataclass(frozen=True, slots=True, eq=False)
class CalendarEffects:
    """Learned effects of every series and the level that remains without them.

    Demand plus one unit is level × exp(effects): multiplicative for large series, additive for tiny ones, and defined
    at zero.

    Attributes:
        history: the panel learned from.
        settings: which effects were looked for.
        coefficients: on the log scale, shape (n_series, n_columns).
        bounds: lowest and highest effect seen, so that nothing is extrapolated wildly, shape (n_series, 2).
        levels: demand + 1 without effects, as known after 0 … n_periods periods, shape (n_series, n_periods + 1).
    """

    history: Panel
    settings: EffectSettings
    coefficients: FloatArray
    bounds: FloatArray
    levels: FloatArray

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Level at each origin × effects of the periods ahead, units, shape (n_origins, n_series, horizon)."""
        n_ahead = max(int(np.max(origins)) + horizon - self.history.n_periods, 0)
        factors = factors_of(effect_design(self.history, n_ahead, self.settings), self.coefficients, self.bounds)
        result = np.empty((len(origins), len(self.history), horizon))
        for place, origin in enumerate(origins):
            expected = self.levels[:, origin, None] * factors[:, origin : origin + horizon] - 1.0
            result[place] = np.maximum(expected, 0.0)
        return result


@dataclass(frozen=True, slots=True)
class LinearRegression:
    """Ridge regression of log demand on calendar, price, promotion and events, one per series, on a smoothed level.

    The horizon may be as long as wished: nothing is fed back into the forecast.

    Source:
        Hoerl and Kennard 1970, Technometrics 12 (ridge); Harvey 1989, section 2.3 (calendar regressors); Brown 1959
        (the level). The penalty of an effect is noise variance over prior variance, its Bayesian reading.
    """

    key: ClassVar[str] = "linear_regression"
    label: ClassVar[str] = "Linear regression"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=8, drivers=True)

    yearly_pairs: int = parameter(3, "Yearly waves", low=0, high=6, help="Sine and cosine pairs of the yearly season.")
    drivers: bool = parameter(default=True, label="Use price, promotion and events")

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Learn the effects of every series at once.

        Raises:
            InsufficientHistoryError: a series has fewer than 8 observed periods.
        """
        require_history(history, self)
        settings = EffectSettings(self.yearly_pairs, self.drivers)
        design = effect_design(history, 0, settings)
        demand = history.observed()
        with one_thread():
            coefficients = effects_of(history, design, np.log1p(np.maximum(demand, 0.0)))
        seen = np.where(np.isnan(demand), 0.0, design.effects(coefficients))
        bounds = np.stack([seen.min(axis=1) - 0.5, seen.max(axis=1) + 0.5], axis=1)
        levels = smoothed_levels(1.0 + demand, factors_of(design, coefficients, bounds), history.frequency)
        return SampledFit(history, CalendarEffects(history, settings, coefficients, bounds, levels), seed)


def factors_of(design: Design, coefficients: FloatArray, bounds: FloatArray) -> FloatArray:
    """What each period multiplies the level by, shape (n_series, n_periods)."""
    return np.exp(np.clip(design.effects(coefficients), bounds[:, :1], bounds[:, 1:]))


def effect_design(history: Panel, n_ahead: int, settings: EffectSettings) -> Design:
    """The columns of all effects for past periods and n_ahead future ones; their number depends on the past only."""
    periods = periods_with_future(history.calendar, n_ahead)
    parts = [yearly_columns(periods, history.frequency, settings.yearly_pairs)]
    if history.frequency is Frequency.DAY:
        parts += [weekday_columns(periods), month_day_columns(periods)]
    own: dict[str, FloatArray] = {}
    if settings.drivers:
        shared_events, own = event_effects(history, n_ahead)
        parts.append(shared_events)
        own |= offer_effects(history, n_ahead)
    shared = Columns.beside(parts)
    return Design((*shared.names, *own), shared.values, tuple(own.values()))


def event_effects(history: Panel, n_ahead: int) -> tuple[Columns, dict[str, FloatArray]]:
    """Columns of holidays and events: shared where all series agree (with eve and aftermath), else one per series."""
    length = history.n_periods + n_ahead
    names: list[str] = []
    rows: list[FloatArray] = []
    own: dict[str, FloatArray] = {}
    for name in event_drivers(history):
        # agreement is judged over the whole plan, so that it does not depend on how far the forecast reaches
        plan = history.future_drivers[name].shape[1] if name in history.future_drivers else 0
        values = switch(history, name, max(plan, n_ahead + NEIGHBOURS))
        row = common_row(values, history)
        if row is None:
            own[f"event {name}"] = values[:, :length]
            continue
        names.append(f"event {name}")
        rows.append(row[:length])
        if history.frequency is Frequency.DAY:
            names += [f"run_up {name}", f"aftermath {name}"]
            rows += [run_up(row)[:length], aftermath(row)[:length]]
    table = np.stack(rows, axis=1) if rows else np.empty((length, 0))
    return Columns(tuple(names), table), own


def offer_effects(history: Panel, n_ahead: int) -> dict[str, FloatArray]:
    """Own columns of promotion and of the log price against the series' mean; 0 where unknown."""
    own: dict[str, FloatArray] = {}
    if has_driver(history, PROMOTION):
        own["promotion"] = switch(history, PROMOTION, n_ahead)
    if has_driver(history, PRICE):
        price = log_price(history, n_ahead)
        past = price[:, : history.n_periods]
        known = ~np.isnan(past)
        mean = np.where(known, past, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        own["price"] = np.nan_to_num(price - mean[:, None])
    return own


def effects_of(history: Panel, design: Design, target: FloatArray) -> FloatArray:
    """Coefficients of the effects on log demand, shape (n_series, n_columns).

    A piecewise linear level stands beside the effects while they are estimated, so that growth is not taken for a
    season, and is then dropped. Periods count by 0.5^(age / 700 days).
    """
    days = history.calendar.periods.astype(np.int64)
    age = days[-1] - days
    first = int(np.argmax(age <= FIT_DAYS))
    weights = 0.5 ** (age[None, first:] / HALVING_DAYS) * ~np.isnan(target[:, first:])
    knots = level_knots(age[first:], history.frequency)
    recent = design.between(first, history.n_periods)
    wide = Design((*knots.names, *recent.names), np.concatenate([knots.values, recent.shared], axis=1), recent.own)
    # centred, so that a constant series is explained exactly by nothing at all
    mean = np.nansum(weights * np.nan_to_num(target[:, first:]), axis=1) / np.maximum(weights.sum(axis=1), 1e-12)
    centred = np.nan_to_num(target[:, first:] - mean[:, None])
    # an effect on demand shows only in part on the log of demand plus one, so that part is what the prior expects
    prior = Prior(noise_of(target, history) / demand_share(target) ** 2, precision(wide.names))
    return ridge(wide, centred, weights, prior)[:, len(knots.names) :]


def level_knots(age: IntArray, frequency: Frequency) -> Columns:
    """Triangles with a knot every quarter (months: half-year); they add up to 1 in each period."""
    width = 182.0 if frequency is Frequency.MONTH else 91.0
    position = age / width
    knots = np.arange(int(np.ceil(position.max(initial=0.0))) + 1)
    triangles = np.maximum(1.0 - np.abs(position[:, None] - knots[None, :]), 0.0)
    return Columns(tuple(f"level_{knot}" for knot in knots), triangles)


def precision(names: tuple[str, ...]) -> FloatArray:
    """One over the prior variance of each effect; of the level, its first differences, shape (n_columns, n_columns)."""
    kind = [name.rsplit("_", 1)[0] if name.startswith(("level", "weekday", "month_day")) else name for name in names]
    deviation = np.array([_prior(name) for name in kind])
    result = np.diag(deviation**-2.0)
    n_knots = kind.count("level")
    steps = np.diff(np.eye(n_knots), axis=0)
    # the faintest pull to zero makes the equations solvable where a series has no data
    result[:n_knots, :n_knots] = (steps.T @ steps + 1e-6 * np.eye(n_knots)) / PRIOR["level"] ** 2
    return result


def _prior(kind: str) -> float:
    """Expected size of an effect; yearly waves become smaller the faster they are."""
    if kind.startswith("yearly"):
        return PRIOR["yearly"] / float(np.sqrt(int(kind.rsplit("_", 1)[1])))
    return PRIOR[kind.split(" ", 1)[0]]


def noise_of(target: FloatArray, history: Panel) -> FloatArray:
    """Noise variance of each series on the log scale: half the mean squared change over a season, shape (n_series,)."""
    season = history.calendar.season_length if history.frequency is Frequency.DAY else 1
    change = target[:, season:] - target[:, :-season]
    known = ~np.isnan(change)
    variance = np.where(known, change, 0.0) ** 2
    enough = known.sum(axis=1) >= 4
    result = np.where(enough, variance.sum(axis=1) / np.maximum(known.sum(axis=1), 1) / 2, 0.25)
    return np.maximum(result, 1e-3)


def demand_share(target: FloatArray) -> FloatArray:
    """What an effect on the log of demand becomes on the log of demand + 1, fraction, shape (n_series,).

    The derivative m/(m + 1) at the mean demand m: nearly 1 for large series, a tenth for one sale in nine days. Without
    it the season of a slow seller would be drawn from noise.

    Args:
        target: log of demand + 1, NaN = not observed, shape (n_series, n_periods).
    """
    known = ~np.isnan(target)
    mean = np.expm1(np.where(known, target, 0.0)).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.maximum(mean / (mean + 1.0), LEAST_SHARE)


def smoothed_levels(demand: FloatArray, factors: FloatArray, frequency: Frequency) -> FloatArray:
    """Level of each series after 0 … n_periods periods, with the smoothing weight that forecasts it best.

    A level is a ratio of discounted sums, demand over factors, so its forecast is unbiased in units and needs no
    correction for having been learned on the log scale. The weight is chosen by the squared error half a usual horizon
    ahead.

    Args:
        demand: demand + 1, NaN = not observed, shape (n_series, n_periods).
        factors: what each period multiplies the level by, shape (n_series, n_periods).
        frequency: length of a period, which sets the usual horizon.

    Returns:
        Shape (n_series, n_periods + 1); NaN before the first observed period.
    """
    n_series, n_periods = demand.shape
    ahead = min(frequency.default_horizon // 2, max(n_periods // 4, 1))
    best = np.full((n_series, n_periods + 1), np.nan)
    least = np.full(n_series, np.inf)
    for alpha in ALPHAS:
        levels = _levels(demand, factors, alpha)
        error = demand[:, ahead - 1 :] - levels[:, : n_periods - ahead + 1] * factors[:, ahead - 1 :]
        count = np.maximum((~np.isnan(error)).sum(axis=1), 1)
        loss = np.nansum(error**2, axis=1) / count
        better = loss < least * (1 - 1e-9)
        best[better] = levels[better]
        least = np.where(better, loss, least)
    return best


def _levels(demand: FloatArray, factors: FloatArray, alpha: float) -> FloatArray:
    """Discounted sum of demand over discounted sum of factors, observed periods only."""
    n_series, n_periods = demand.shape
    levels = np.full((n_series, n_periods + 1), np.nan)
    seen = ~np.isnan(demand)
    above, below = np.zeros(n_series), np.zeros(n_series)
    filled = np.where(seen, demand, 0.0).T.copy()
    known_factors = np.where(seen, factors, 0.0).T.copy()
    keep = np.where(seen, 1.0 - alpha, 1.0).T.copy()
    for t in range(n_periods):
        above = keep[t] * above + filled[t]
        below = keep[t] * below + known_factors[t]
        levels[:, t + 1] = above / np.where(below > 0, below, np.nan)
    return levels
