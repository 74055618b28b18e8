"""Place of a period in its season, and the shape of a trading week or year."""

import numpy as np

from core.base.calendar import Frequency, TradingCalendar, weekday
from core.base.types import FloatArray, IntArray
from core.compute.threads import over_slices
from core.models.kernels.differencing import seasonal_profiles
from core.models.kernels.looking_back import week_sums
from core.series.panel import Panel

WEEKS_OF_DOUBT = 4.0
"""How many weeks' worth of an even week are mixed into the observed one."""


def phases(calendar: TradingCalendar, ahead: int) -> IntArray:
    """Place in the season of every observed trading period and the next `ahead` ones.

    A day is placed by its weekday, so that a public holiday shifts nothing; a week by its number since the first one
    modulo 52; a month by its name.

    Returns:
        Shape (n_periods + ahead,), from 0 on.
    """
    periods = np.concatenate([calendar.periods, calendar.following(ahead)]) if ahead else calendar.periods
    if calendar.frequency is Frequency.DAY:
        return weekday(periods)
    if calendar.frequency is Frequency.WEEK:
        return np.asarray(np.arange(len(periods)) % 52)
    return np.asarray(periods.astype("datetime64[M]").astype(np.int64) % 12)


QUIET_PHASE = 0.05
"""Share of the average below which a phase of the season tells nothing about the level."""


def flat(history: Panel) -> FloatArray:
    """The profile of a season without shape, shape (n_series, n_phases)."""
    phase = phases(history.calendar, 0)
    return np.ones((len(history), max(int(phase.max()) + 1, history.calendar.season_length)))


def smoothed_profile(history: Panel) -> FloatArray:
    """Demand per phase of the season as a multiple of the average, smoothed where the season is long; ≥ 0.

    Returns:
        Shape (n_series, n_phases); 1 without a season or where fewer than two seasons are known.
    """
    profiles, period = flat(history), history.calendar.season_length
    if period < 2:
        return profiles
    demand, place = history.observed(), phases(history.calendar, 0)
    profiles[:] = 0.0
    seen = (~np.isnan(demand)).sum(axis=1, keepdims=True)
    # of a group nothing may be observed: most of its members were out of stock at any time
    starts = np.where(seen[:, 0] > 0, history.starts, history.n_periods)
    over_slices(seasonal_profiles, len(history), demand, starts, place, period, profiles)
    mean = np.nansum(demand, axis=1, keepdims=True) / np.maximum(seen, 1)
    return np.maximum(1.0 + np.divide(profiles, mean, out=np.zeros_like(profiles), where=mean > 0), 0.0)


def without(history: Panel, profiles: FloatArray) -> FloatArray:
    """Observed demand over its seasonal profile, a gap in phases that sell next to nothing, (n_series, n_periods)."""
    ratios = profiles[:, phases(history.calendar, 0)]
    demand = history.observed()
    return np.divide(demand, ratios, out=np.full(demand.shape, np.nan), where=ratios > QUIET_PHASE)


def flat_week(n_series: int) -> FloatArray:
    """The profile of a week without shape, shape (n_series, 7)."""
    return np.ones((n_series, 7))


def weekly_profile(history: Panel) -> FloatArray:
    """Demand on each weekday as a multiple of the average trading day.

    Ratio to the centred moving average over a trading week, as sums and not as a mean of ratios, so that days with
    zero demand count; four even weeks are mixed in, so that a short history stays near 1 and a constant stays constant.
    Only for days: weeks and months get 1.

    Returns:
        Ratios ≥ 0 per weekday, Monday = 0; mean 1 over the trading weekdays, shape (n_series, 7).

    Source:
        Classical decomposition; Hyndman & Athanasopoulos (2021), section 3.4.
    """
    n_series, season = len(history), history.calendar.season_length
    if history.frequency is not Frequency.DAY or season < 2 or history.n_periods < 2 * season:
        return flat_week(n_series)
    place = phases(history.calendar, 0)
    sums = np.zeros((3, n_series, 7))
    over_slices(week_sums, n_series, history.observed(), place, season, sums)
    sold, usual, days = sums
    even = WEEKS_OF_DOUBT * sold.sum(axis=1, keepdims=True) / np.maximum(days.sum(axis=1, keepdims=True), 1)
    ratio = np.divide(sold + even, usual + even, out=np.ones((n_series, 7)), where=(usual + even > 0) & (even > 0))
    # weekdays the shop is closed on take no part in the average
    trading = np.unique(place)
    ratio[:, trading] /= ratio[:, trading].mean(axis=1, keepdims=True)
    return ratio


def without_profile(history: Panel, profile: FloatArray) -> FloatArray:
    """Observed demand divided by its weekday's ratio, shape (n_series, n_periods); NaN where the ratio is 0."""
    demand = history.observed()
    if history.frequency is not Frequency.DAY:
        return demand
    known = np.where(profile > 0, profile, np.nan)
    return np.divide(demand, known[:, phases(history.calendar, 0)], out=demand)


def with_profile(
    levels: FloatArray, history: Panel, profile: FloatArray, origins: IntArray, horizon: int
) -> FloatArray:
    """A level per origin spread over the weekdays that follow.

    Args:
        levels: units per average period, shape (n_origins, n_series).
        history: the panel whose calendar places the periods.
        profile: ratios per weekday, shape (n_series, 7).
        origins: numbers of periods known, shape (n_origins,).
        horizon: periods ahead.

    Returns:
        Units per period, shape (n_origins, n_series, horizon).
    """
    if history.frequency is not Frequency.DAY:
        return np.repeat(levels[:, :, None], horizon, axis=2)
    place = phases(history.calendar, horizon)[np.asarray(origins)[:, None] + np.arange(horizon)]
    return levels[:, :, None] * np.moveaxis(profile[:, place], 0, 1)
