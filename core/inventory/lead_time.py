"""Demand over the protection interval: one random lead time per path, then the path summed over it."""

from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.errors import InfeasibleTermsError, examples
from core.base.randomness import generator
from core.base.types import BoolArray, DateArray, FloatArray, IntArray
from core.inventory.contract import SupplyTerms
from core.inventory.days import days_of, first_days
from core.inventory.kernels import interval_demand
from core.series.forecast import DemandPaths

POINTS: Final = 256
"""Equally likely lead times per series; their largest stands for the upper 0.2 %."""
GOLDEN_RATIO: Final = 0.6180339887498949


def series_keys(paths: DemandPaths) -> list[str]:
    """A stable name per series, "sku@location", the name of its random stream."""
    return [f"{sku}@{location}" for sku, location in zip(paths.skus, paths.locations, strict=True)]


def lead_time_points(terms: SupplyTerms) -> IntArray:
    """Equally likely lead times per series, ascending, whole days, shape (n_series, POINTS).

    The midpoints' quantiles of a gamma distribution with the mean and standard deviation of the terms; a series
    without spread has its mean throughout. Goods come on a day and not between two: each point is rounded up or down
    against an evenly spread threshold (multiples of the golden ratio), so that a lead time of 3.4 days is three days on
    60 % of the points and four on 40 %, and the mean stays.

    Source:
        Burgin 1975, "The Gamma Distribution and Inventory Control", Operational Research Quarterly 26(3).
    """
    thresholds = np.arange(1, POINTS + 1) * GOLDEN_RATIO % 1.0
    # a whole number is left as it is, also where binary fractions put it a little below
    return np.sort(np.floor(_exact_points(terms) + thresholds * (1.0 - 1e-9) + 1e-9).astype(np.int64), axis=1)


def _exact_points(terms: SupplyTerms) -> FloatArray:
    """The points before they are rounded to days, shape (n_series, POINTS)."""
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


def lead_times(terms: SupplyTerms, keys: list[str], n_paths: int, *, seed: int) -> IntArray:
    """One lead time per path and series, whole days, shape (n_paths, n_series).

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


def review_days(terms: SupplyTerms) -> IntArray:
    """Days from one order decision to the next, whole and at least one, shape (n_series,) [R]."""
    return np.asarray(np.maximum(np.floor(np.asarray(terms.review_period_days, float) + 0.5), 1).astype(np.int64))


def protection_days(terms: SupplyTerms) -> FloatArray:
    """Mean days an order must last: lead time plus review period, shape (n_series,) [L + R]."""
    return np.asarray(terms.lead_time_days + review_days(terms), float)


def days_needed(terms: SupplyTerms) -> IntArray:
    """Days a forecast must reach so that the longest lead time plus the review period fits into it, (n_series,)."""
    return np.asarray(lead_time_points(terms)[:, -1] + review_days(terms))


def periods_needed(terms: SupplyTerms, frequency: Frequency) -> int:
    """Periods a horizon must have so that every drawn lead time plus review period fits into it."""
    return int(np.ceil(days_needed(terms).max(initial=0) / frequency.fewest_days))


def within_reach(terms: SupplyTerms, frequency: Frequency, periods: DateArray) -> BoolArray:
    """Series whose lead time plus review period ends, however long it takes, within the periods, shape (n_series,)."""
    return np.asarray(days_needed(terms) <= first_days(periods, frequency)[-1])


def receipts_by_day(given: FloatArray | None, on_order: FloatArray, terms: SupplyTerms, n_days: int) -> FloatArray:
    """Open orders by the day they come, units, shape (n_series, n_days); undated ones come after the mean lead time.

    What would arrive later is left out.

    Args:
        given: receipts by day, shape (n_series, n_days); None = no due dates known.
        on_order: units, shape (n_series,).
        terms: supply terms of the same series.
        n_days: days of the horizon.

    Raises:
        InfeasibleTermsError: the receipts given do not match the series and days.
    """
    shape = (len(on_order), n_days)
    if given is not None:
        if given.shape != shape:
            raise InfeasibleTermsError(
                f"Receipts must cover {shape[0]} series and {shape[1]} days; they have the shape "
                f"{given.shape}. Give one row per series and one column per day."
            )
        return np.array(given, float)
    due = np.zeros(shape)
    arrival = np.floor(terms.lead_time_days + 0.5).astype(np.int64)
    # an arrival after the last day cannot help within the horizon
    inside = np.flatnonzero(arrival < n_days)
    due[inside, arrival[inside]] = on_order[inside]
    return due


def protection_demand(
    paths: DemandPaths, terms: SupplyTerms, frequency: Frequency, *, seed: int, include_review: bool = True
) -> FloatArray:
    """Demand until an order placed at the next review could arrive, units, shape (n_paths, n_series).

    Each path is summed over its own lead time plus the review period, both in whole days, from the first day on; of a
    week or month that is begun counts what falls on its days (`core.inventory.days`).

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
    review = review_days(terms) if include_review else np.zeros(len(terms), np.int64)
    interval = lead_times(terms, series_keys(paths), paths.n_paths, seed=seed) + review[None, :]
    days = days_of(paths, frequency, seed=seed)
    _refuse_beyond(paths, interval.max(axis=0, initial=0), len(days), frequency)
    return interval_demand(np.ascontiguousarray(paths.units), days.arrays, interval)


def _refuse_beyond(paths: DemandPaths, longest: IntArray, n_days: int, frequency: Frequency) -> None:
    """Refuse paths that end before the longest interval of a series, days, shape (n_series,)."""
    beyond = np.flatnonzero(longest > n_days)
    if not len(beyond):
        return
    keys = series_keys(paths)
    named = [f"{keys[i]} ({longest[i]} days)" for i in beyond]
    needed = int(np.ceil(longest.max() / frequency.fewest_days))
    raise InfeasibleTermsError(
        f"The forecast must reach over lead time plus review period; it ends after {paths.horizon} "
        f"{frequency.value}s and {len(beyond):,} SKUs need more: {examples(named)}. "
        f"Forecast at least {needed} {frequency.value}s, or shorten the lead time or review period."
    )
