"""Demand over the protection interval: one random lead time per path, then the path summed over it."""

from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.errors import InfeasibleTermsError, examples
from core.base.randomness import generator
from core.base.types import BoolArray, FloatArray
from core.inventory.contract import SupplyTerms
from core.inventory.kernels import interval_demand
from core.series.forecast import DemandPaths

POINTS: Final = 256
"""Equally likely lead times per series; their largest stands for the upper 0.2 %."""


def series_keys(paths: DemandPaths) -> list[str]:
    """A stable name per series, "sku@location", the name of its random stream."""
    return [f"{sku}@{location}" for sku, location in zip(paths.skus, paths.locations, strict=True)]


def lead_time_points(terms: SupplyTerms) -> FloatArray:
    """Equally likely lead times per series, ascending, days, shape (n_series, POINTS).

    The midpoints' quantiles of a gamma distribution with the mean and standard deviation of the terms; a series
    without spread has its mean throughout.

    Source:
        Burgin 1975, "The Gamma Distribution and Inventory Control", Operational Research Quarterly 26(3).
    """
    from scipy.special import gammaincinv

    mean = np.asarray(terms.lead_time_days, float)
    sd = np.asarray(terms.lead_time_sd_days, float)
    points = np.repeat(mean[:, None], POINTS, axis=1)
    # beyond a thousandfold ratio either is nothing beside the other, and the gamma shape would overflow
    random = (sd > 1e-3 * mean) & (mean > 1e-3 * sd)
    if random.any():
        # suppliers share their terms, so the slow inverse is computed once per distinct shape
        shapes, place = np.unique((mean[random] / sd[random]) ** 2, return_inverse=True)
        grid = (np.arange(POINTS) + 0.5) / POINTS
        standard = gammaincinv(shapes[:, None], grid[None, :])
        points[random] = standard[place] * (sd[random] ** 2 / mean[random])[:, None]
    return points


def lead_times(terms: SupplyTerms, keys: list[str], n_paths: int, *, seed: int) -> FloatArray:
    """One lead time per path and series, days, shape (n_paths, n_series).

    Every series walks through its equally likely lead times in a random order of its own, so the paths' share of
    each is as even as can be; a change of mean or spread moves each path's lead time without a new draw.

    Args:
        terms: supply terms.
        keys: "sku@location" of each series: the names of the random streams.
        n_paths: how many to draw.
        seed: of the run.
    """
    points = lead_time_points(terms)
    result = np.repeat(points[:, :1].T, n_paths, axis=0)
    # spread evenly also when paths and points are no multiple of one another, so that no tail is favoured
    ranks = ((np.arange(n_paths) + 0.5) * POINTS / n_paths).astype(np.int64)
    for i in np.flatnonzero(points[:, 0] < points[:, -1]):
        result[:, i] = points[i, generator(seed, f"{keys[i]}: lead time").permutation(ranks)]
    return result


def protection_days(terms: SupplyTerms, *, include_review: bool = True) -> FloatArray:
    """Mean days an order must last: lead time, plus the review period, shape (n_series,) [L + R]."""
    return np.asarray(terms.lead_time_days + (terms.review_period_days if include_review else 0.0), float)


def days_needed(terms: SupplyTerms) -> FloatArray:
    """Days a forecast must reach so that the longest lead time plus the review period fits into it, (n_series,)."""
    return np.asarray(lead_time_points(terms)[:, -1] + terms.review_period_days, float)


def periods_needed(terms: SupplyTerms, frequency: Frequency) -> int:
    """Periods a horizon must have so that every drawn lead time plus review period fits into it."""
    return int(np.ceil(days_needed(terms).max(initial=0.0) / frequency.days - 1e-9))


def within_reach(terms: SupplyTerms, frequency: Frequency, horizon: int) -> BoolArray:
    """Series whose lead time plus review period ends, however long it takes, within the horizon, shape (n_series,)."""
    return np.asarray(days_needed(terms) / frequency.days <= horizon + 1e-9)


def steps_of(frequency: Frequency) -> int:
    """Steps a period is played in: its whole days."""
    return round(frequency.days)


def undated_receipts(on_order: FloatArray, terms: SupplyTerms, frequency: Frequency, horizon: int) -> FloatArray:
    """Open orders without a due date, expected after the mean lead time, units, shape (n_series, horizon · steps).

    What would arrive beyond the horizon is left out.

    Args:
        on_order: units, shape (n_series,).
        terms: supply terms of the same series.
        frequency: length of a period.
        horizon: number of periods.
    """
    steps = steps_of(frequency)
    due = np.zeros((len(on_order), horizon * steps))
    arrival = np.floor(np.floor(terms.lead_time_days + 0.5) * steps / frequency.days).astype(np.int64)
    # an arrival after the last step cannot help within the horizon
    inside = np.flatnonzero(arrival < due.shape[1])
    due[inside, arrival[inside]] = on_order[inside]
    return due


def protection_demand(
    paths: DemandPaths, terms: SupplyTerms, frequency: Frequency, *, seed: int, include_review: bool = True
) -> FloatArray:
    """Demand until an order placed at the next review could arrive, units, shape (n_paths, n_series).

    Each path is summed over its own lead time plus the review period, from the first period on; a part of a period
    counts in its linear share.

    Args:
        paths: demand on every calendar period, closed ones 0.
        terms: supply terms of the same series.
        frequency: length of a period.
        seed: of the run; a series' draws depend on nothing but this and its name.
        include_review: whether the review period is part of the interval.

    Raises:
        InfeasibleTermsError: the interval is longer than the paths for some SKUs.

    Source:
        Silver, Pyke & Thomas 2017, Inventory and Production Management in Supply Chains, section 6.9 (order-up-to).
    """
    keys = series_keys(paths)
    review = terms.review_period_days if include_review else np.zeros(len(terms))
    periods = (lead_times(terms, keys, paths.n_paths, seed=seed) + review[None, :]) / frequency.days
    longest = periods.max(axis=0, initial=0.0)
    beyond = np.flatnonzero(longest > paths.horizon + 1e-9)
    if len(beyond):
        named = [f"{keys[i]} ({longest[i] * frequency.days:.0f} days)" for i in beyond]
        needed = int(np.ceil(longest.max() - 1e-9))
        raise InfeasibleTermsError(
            f"The forecast must reach over lead time plus review period; it ends after {paths.horizon} "
            f"{frequency.value}s and {len(beyond):,} SKUs need more: {examples(named)}. "
            f"Forecast at least {needed} {frequency.value}s, or shorten the lead time or review period."
        )
    units = np.ascontiguousarray(paths.units)
    return interval_demand(units, np.minimum(periods, paths.horizon))
