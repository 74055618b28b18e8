"""What is done to a series before an ARIMA is fitted: gaps, season, tests for differencing, differences."""

from typing import Any

import numpy as np
from numba import njit

SMALL = 1e-12
STRONG_SEASON = 0.64
"""Strength of the season from which on the series is differenced over it (Hyndman & Athanasopoulos 2021, 9.1)."""
KPSS_LIMIT = 0.463
"""Critical value of the KPSS test at 5 %."""
SMOOTHED_FROM = 24
"""A season with more phases than this has too few observations of each one; neighbours are averaged."""


@njit(cache=True, nogil=True)
def fill_gaps(series: Any, period: Any, filled: Any) -> Any:
    """Copy a series, each gap as the mean of the nearest observations of the same phase before and after it.

    A gap without any observation of its phase takes the last observation before it, else 0.

    Args:
        series: demand, NaN = not observed, shape (n_periods,).
        period: periods in a season; 1 for neighbours in time.
        filled: the result, shape (n_periods,).

    Returns:
        How many gaps were filled.
    """
    n, gaps, last = series.shape[0], 0, 0.0
    for t in range(n):
        filled[t] = series[t]
        if not np.isnan(series[t]):
            last = series[t]
            continue
        gaps += 1
        before, after = t - period, t + period
        while before >= 0 and np.isnan(series[before]):
            before -= period
        while after < n and np.isnan(series[after]):
            after += period
        if before >= 0 and after < n:
            filled[t] = 0.5 * (series[before] + series[after])
        elif before >= 0:
            filled[t] = series[before]
        else:
            filled[t] = series[after] if after < n else last
    return gaps


@njit(cache=True, nogil=True)
def _trend(filled: Any, period: Any, trend: Any) -> None:
    """Centred moving average over a season (half weights at the ends of an even one), level at both ends."""
    n, half = filled.shape[0], period // 2
    edge = 0.5 if period % 2 == 0 else 1.0
    for t in range(half, n - half):
        total = edge * (filled[t - half] + filled[t + half])
        for s in range(t - half + 1, t + half):
            total += filled[s]
        trend[t] = total / period
    for t in range(half):
        trend[t] = trend[half]
        trend[n - 1 - t] = trend[n - half - 1]


@njit(cache=True, nogil=True)
def _smooth(profile: Any) -> None:
    """Average each phase with its neighbours, 1-2-1 around the year, twice."""
    n = profile.shape[0]
    for _ in range(2):
        before, first = profile[n - 1], profile[0]
        for k in range(n):
            now = profile[k]
            after = profile[k + 1] if k + 1 < n else first
            profile[k] = 0.25 * before + 0.5 * now + 0.25 * after
            before = now


@njit(cache=True, nogil=True)
def _phase_means(series: Any, trend: Any, phases: Any, profile: Any) -> Any:
    """Mean distance to the trend per phase, centred on 0; returns how many phases were observed."""
    counts = np.zeros(profile.shape[0])
    for k in range(profile.shape[0]):
        profile[k] = 0.0
    for t in range(series.shape[0]):
        if not np.isnan(series[t]):
            profile[phases[t]] += series[t] - trend[t]
            counts[phases[t]] += 1.0
    total, seen = 0.0, 0
    for k in range(profile.shape[0]):
        if counts[k] > 0:
            profile[k] /= counts[k]
            total += profile[k]
            seen += 1
    for k in range(profile.shape[0]):
        profile[k] = profile[k] - total / seen if counts[k] > 0 else 0.0
    return seen


@njit(cache=True, nogil=True)
def seasonal_profile(series: Any, phases: Any, period: Any, profile: Any) -> Any:
    """Classical additive season of one series, shrunk towards no season by how far chance could explain it.

    Args:
        series: demand, NaN = not observed, at least two seasons, shape (n_periods,).
        phases: place of each period in its season, shape (n_periods,).
        period: periods in a season.
        profile: the result, units above or below the trend per phase, mean 0, shape (n_phases,).

    Returns:
        Strength of the season, 0 to 1: max(0, 1 − var(remainder) / var(season + remainder)).

    Source:
        Wang, Smith & Hyndman (2006); Hyndman & Athanasopoulos (2021), sections 3.4 and 4.3, with a classical
        instead of a loess decomposition; shrinkage by James & Stein (1961).
    """
    n = series.shape[0]
    filled, trend = np.empty(n), np.empty(n)
    fill_gaps(series, period, filled)
    _trend(filled, period, trend)
    seen = _phase_means(series, trend, phases, profile)
    if profile.shape[0] > SMOOTHED_FROM:
        _smooth(profile)
    detrended, remainder, known = 0.0, 0.0, 0
    for t in range(n):
        if not np.isnan(series[t]):
            away = series[t] - trend[t]
            detrended += away * away
            remainder += (away - profile[phases[t]]) ** 2
            known += 1
    power = 0.0
    for value in profile:
        power += value * value / seen
    noise = remainder / max(known - seen, 1) * seen / known
    share = max(0.0, 1.0 - noise / power) if power > 0.0 and detrended > SMALL * known else 0.0
    for k in range(profile.shape[0]):
        profile[k] *= share
    return max(0.0, 1.0 - remainder / detrended) if share > 0.0 else 0.0


@njit(cache=True, nogil=True)
def kpss_statistic(series: Any) -> Any:
    """Statistic of the KPSS test that a series is stationary around a level; above 0.463 it is rejected at 5 %.

    Bartlett weights over floor(3 √n / 13) lags.

    Args:
        series: without gaps, shape (n_periods,).

    Source:
        Kwiatkowski, Phillips, Schmidt & Shin (1992), equation 14.
    """
    n, mean = series.shape[0], 0.0
    for value in series:
        mean += value / series.shape[0]
    running, squares, variance = 0.0, 0.0, 0.0
    for value in series:
        running += value - mean
        squares += running * running
        variance += (value - mean) ** 2
    lags, long_run = int(3.0 * np.sqrt(n) / 13.0), variance
    for lag in range(1, lags + 1):
        together = 0.0
        for t in range(lag, n):
            together += (series[t] - mean) * (series[t - lag] - mean)
        long_run += 2.0 * (1.0 - lag / (lags + 1.0)) * together
    return squares / (n * long_run) if long_run > SMALL * n else 0.0


@njit(cache=True, nogil=True)
def difference(filled: Any, d: Any, seasonal_d: Any, period: Any) -> Any:
    """(1 − B)^d (1 − B^period)^D of a series, d and D 0 or 1, shape (n_periods − d − D · period,)."""
    back, lead = period * seasonal_d, d + period * seasonal_d
    result = np.empty(filled.shape[0] - lead)
    for t in range(lead, filled.shape[0]):
        now = filled[t] - filled[t - back] if seasonal_d == 1 else filled[t]
        if d == 1:
            now -= filled[t - 1] - filled[t - 1 - back] if seasonal_d == 1 else filled[t - 1]
        result[t - lead] = now
    return result


@njit(cache=True, nogil=True)
def differences_by_tests(series: Any, period: Any) -> Any:
    """How often to difference a standardised series: d by the KPSS test, D by the strength of the season; (d, D)."""
    seasonal_d = 0
    if period > 1:
        phases = np.empty(series.shape[0], np.int64)
        for t in range(series.shape[0]):
            phases[t] = t % period
        seasonal_d = 1 if seasonal_profile(series, phases, period, np.zeros(period)) > STRONG_SEASON else 0
    filled = np.empty(series.shape[0])
    fill_gaps(series, max(period, 1), filled)
    # a plain 0 would be compiled as a case of its own
    steady = kpss_statistic(difference(filled, np.int64(0), seasonal_d, period)) <= KPSS_LIMIT
    return (0 if steady else 1), seasonal_d


@njit(cache=True, nogil=True)
def standardise(series: Any, result: Any) -> Any:
    """(series − mean) / standard deviation; returns both, the deviation 0 for a constant (result is then left)."""
    total, squares, n = 0.0, 0.0, 0
    low, high = np.inf, -np.inf
    for value in series:
        if not np.isnan(value):
            total += value
            n += 1
            low, high = min(low, value), max(high, value)
    # a mean of equal numbers may differ from them in the last digit; a constant is given back as it was
    if low >= high:
        return low, 0.0
    mean = total / n
    for value in series:
        if not np.isnan(value):
            squares += (value - mean) ** 2
    deviation = np.sqrt(squares / n)
    for t in range(series.shape[0]):
        result[t] = (series[t] - mean) / deviation
    return mean, deviation


@njit(cache=True, nogil=True)
def prepare(
    begin: Any, end: Any, panel: Any, starts: Any, seasons: Any, standard: Any, scales: Any, orders: Any
) -> None:
    """Standardise the series begin … end − 1 and test how often to difference them.

    Args:
        begin: first series.
        end: one after the last series.
        panel: demand, NaN = gap, shape (n_series, n_periods).
        starts: first period of each series, shape (n_series,).
        seasons: periods in the season of each series, 0 for none, shape (n_series,).
        standard: the result, shape (n_series, n_periods).
        scales: the result, mean and standard deviation (units), the latter 0 for a constant, shape (n_series, 3).
        orders: the result, d and D in columns 1 and 4, shape (n_series, 7).
    """
    for i in range(begin, end):
        series = standard[i, starts[i] :]
        scales[i, 0], scales[i, 1] = standardise(panel[i, starts[i] :], series)
        if scales[i, 1] > 0.0:
            orders[i, 1], orders[i, 4] = differences_by_tests(series, seasons[i])


@njit(cache=True, nogil=True)
def seasonal_profiles(begin: Any, end: Any, panel: Any, starts: Any, phases: Any, period: Any, profiles: Any) -> None:
    """Seasonal profile of the series begin … end − 1 that have two seasons; the others keep theirs.

    Args:
        begin: first series.
        end: one after the last series.
        panel: demand, NaN = not observed, shape (n_series, n_periods).
        starts: first period of each series, shape (n_series,).
        phases: place of each period in its season, shape (n_periods,).
        period: periods in a season.
        profiles: the result, units, shape (n_series, n_phases).
    """
    for i in range(begin, end):
        if panel.shape[1] - starts[i] >= 2 * period:
            seasonal_profile(panel[i, starts[i] :], phases[starts[i] :], period, profiles[i])
