"""How the demand of a week or month falls on its days: at random, and alike wherever the same paths are used.

Lead times and reviews are counted in days, demand of a shop of weeks or months is not. Were it spread evenly, three
days of a week would be as certain as the week is, relative to their mean; in truth they are far less so.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.randomness import streams
from core.base.types import AnyArray, BoolArray, DateArray, FloatArray, IntArray, frozen
from core.inventory.kernels_days import PROFILES, DaysOf, moments
from core.series.forecast import DemandPaths

FINENESS: Final = 4
"""Degrees of evenness per doubling; the variance within a period is met within 9 %."""
UNEVEN: Final = -6 * FINENESS
"""The degree at which all falls on one day."""
EVEN: Final = 16 * FINENESS
"""The degree at which every day has its share."""


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """The days of the periods of demand paths, and how demand falls on them.

    Attributes:
        first: number of the first day of each period and of the day after the last one, shape (horizon + 1,).
        shares: shares of a period's demand that fall on its days, shape (n_lengths, n_degrees, PROFILES, longest).
        length_of: row of `shares` of each period, shape (horizon,).
        degree_of: how evenly demand falls, as a row of `shares`, shape (n_series,).
        whole: whether the series sells in whole units, which no day then divides, shape (n_series,).
        streams: number of the random stream of each series, shape (n_series,).
    """

    first: IntArray
    shares: FloatArray
    length_of: IntArray
    degree_of: IntArray
    whole: BoolArray
    streams: IntArray

    @property
    def arrays(self) -> DaysOf:
        """The same for kernels."""
        return self.first, self.shares, self.length_of, self.degree_of, self.whole, self.streams

    def __len__(self) -> int:
        return int(self.first[-1])


def first_days(periods: DateArray, frequency: Frequency) -> IntArray:
    """Number of the first day of each period and of the day after the last one, counted from 0, (horizon + 1,).

    Example:
        >>> first_days(np.array(["2026-01-01", "2026-02-01"], "datetime64[D]"), Frequency.MONTH).tolist()
        [0, 31, 59]
    """
    days = periods.astype("datetime64[D]")
    return np.append(days - days[0], frequency.last_day(days[-1]) + 1 - days[0]).astype(np.int64)


def days_of(paths: DemandPaths, frequency: Frequency, *, seed: int) -> Days:
    """The days of the paths, and how the demand of each series falls on them.

    The shares of the days of a period are Dirichlet distributed, every day alike, so even that a part f of a period
    has the variance f²·V + f(1 − f)·N. V is that of the period over the paths, N what of it is new from period to
    period: V less the covariance with the next one. Where all is new this is f·V, that of independent days; what lasts
    (nobody knows the level) is no more certain for a part than for the whole.

    Args:
        paths: demand on every calendar period, closed ones 0.
        frequency: length of a period.
        seed: of the run; what falls on which day depends on this, the name of the series, path and period alone.

    Source:
        Burgin 1975: over a part of the time gamma demand has a part of its variance. Its shares are Dirichlet
        distributed: Kotz, Balakrishnan & Johnson 2000, Continuous Multivariate Distributions, chapter 49.
    """
    first = first_days(paths.periods, frequency)
    n_series = len(paths)
    if frequency is Frequency.DAY:
        nothing, whole = np.zeros(n_series, np.int64), np.zeros(n_series, bool)
        return Days(first, np.ones((1, 1, PROFILES, 1)), np.zeros(paths.horizon, np.int64), nothing, whole, nothing)
    lengths, length_of = np.unique(np.diff(first), return_inverse=True)
    degree, whole = _evenness(paths.units)
    degrees, degree_of = np.unique(degree, return_inverse=True)
    shares = np.zeros((len(lengths), len(degrees), PROFILES, lengths.max()))
    for row, length in enumerate(lengths.tolist()):
        for column, each in enumerate(degrees.tolist()):
            shares[row, column, :, :length] = _profiles(length, each)
    names = [f"{sku}@{location}: days {seed}" for sku, location in zip(paths.skus, paths.locations, strict=True)]
    return Days(first, shares, length_of.astype(np.int64), degree_of.astype(np.int64), whole, streams(names))


def _evenness(units: AnyArray) -> tuple[IntArray, BoolArray]:
    """How evenly the demand of each series falls on days, from UNEVEN to EVEN, and whether all of it is whole units."""
    mean, square, following, whole = moments(np.ascontiguousarray(units))
    spread = square - mean**2
    lasting = following - mean[:, :-1] * mean[:, 1:]
    # the last period has no next one; a single one tells nothing of what lasts
    known = slice(None, -1) if units.shape[2] > 1 else slice(None)
    total = spread[:, known].sum(axis=1)
    new = np.clip(total - lasting.sum(axis=1), 0.0, total)
    with np.errstate(divide="ignore", invalid="ignore"):
        degree = FINENESS * np.log2(square[:, known].sum(axis=1) / new - 1.0)
    degree = np.nan_to_num(degree, nan=EVEN, posinf=EVEN, neginf=UNEVEN)
    return np.rint(np.clip(degree, UNEVEN, EVEN)).astype(np.int64), whole


@lru_cache(maxsize=1024)
def _profiles(length: int, degree: int) -> FloatArray:
    """Dirichlet shares of a period's days, shape (PROFILES, length)."""
    if degree >= EVEN:
        return frozen(np.full((PROFILES, length), 1.0 / length))
    concentration = 2.0 ** (degree / FINENESS)
    draws = np.random.default_rng([length, degree - UNEVEN])
    return frozen(draws.dirichlet(np.full(length, concentration / length), PROFILES))
