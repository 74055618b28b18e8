"""Last year's shape at today's level: what the same season brought, and how much has changed since."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.calendar import Frequency
from core.base.parameters import parameter
from core.base.types import FloatArray, IntArray
from core.models import season
from core.models.contract import Capabilities, FittedModel
from core.models.sampling import SampledFit, require_history
from core.series.features_history import DemandHistory
from core.series.panel import Panel

REACH: Final = {Frequency.DAY: 3, Frequency.WEEK: 0, Frequency.MONTH: 0}
"""Periods on both sides that are averaged with the same one a year ago: a day of last year is mostly chance."""
LEVEL: Final = {Frequency.DAY: 8, Frequency.WEEK: 8, Frequency.MONTH: 4}
"""Width of the level; for days in trading weeks, else in periods."""
MOST_GROWTH: Final = 3.0
"""Largest growth believed, a ratio; its inverse is the smallest."""


@dataclass(frozen=True, slots=True, eq=False)
class LastYear:
    """The panel looked back on.

    Attributes:
        history: demand of all series.
        profile: ratio of each weekday, shape (n_series, 7).
        growing: whether last year's demand is brought to today's level.
    """

    rolls: ClassVar[bool] = True

    history: Panel
    profile: FloatArray
    growing: bool

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Units, shape (n_origins, n_series, horizon): around the same period last year × growth; else the level."""
        origins = np.asarray(origins)
        n_ahead = max(int(np.max(origins)) + horizon - self.history.n_periods, 0)
        steady = season.without_profile(self.history, self.profile)
        past = DemandHistory.of(self.history, n_ahead, steady)
        expected = self._steady(past, origins, np.arange(1, horizon + 1))
        if self.history.frequency is not Frequency.DAY:
            return expected
        place = season.phases(self.history.calendar, n_ahead)[origins[:, None] + np.arange(horizon)]
        return np.asarray(expected * np.moveaxis(self.profile[:, place], 0, 1))

    def _steady(self, past: DemandHistory, origins: IntArray, steps: IntArray) -> FloatArray:
        """The same without the week's shape."""
        series = np.arange(len(self.history))[None, :, None]
        origin, target = origins[:, None, None], past.clock[origins[:, None] + steps - 1][:, None, :]
        latest = past.clock[origins - 1][:, None, None]
        reach, width = REACH[self.history.frequency], self._width()
        # whole years back, until the period was known at the origin
        middle = np.searchsorted(past.clock, target + (latest - target) // past.year * past.year)
        then = np.searchsorted(past.clock, latest + 1 - past.year)
        around = past.units.mean(series, middle - reach, np.minimum(middle + reach + 1, origin))
        now, before = past.recent_mean(series, origin, width), past.recent_mean(series, then, width)
        while (gap := np.isnan(now)).any() and width < past.periods_per_year:
            # out of stock all the while: as long before that, against the same a year before
            now, before = (
                np.where(gap, past.units.mean(series, place - 2 * width, place - width), known)
                for place, known in ((origin, now), (then, before))
            )
            width *= 2
        ever = past.recent_mean(series, origin, self.history.n_periods)
        level = np.where(np.isnan(now), ever, now)
        growth = np.where(before > 0, level / np.where(before > 0, before, 1.0), 1.0)
        bounded = np.clip(growth, 1 / MOST_GROWTH, MOST_GROWTH) if self.growing else 1.0
        known = ~np.isnan(around) & ~np.isnan(before)
        return np.asarray(np.where(known, around * bounded, level))

    def _width(self) -> int:
        """Periods of the level."""
        daily = self.history.frequency is Frequency.DAY
        return LEVEL[self.history.frequency] * (self.history.calendar.season_length if daily else 1)


@dataclass(frozen=True, slots=True)
class LastYearGrowth:
    """Demand of the same season last year × growth since; where no last year is known, the recent level.

    Growth is the mean of the last eight weeks (four months) over that of the same weeks a year before, between a third
    and three. Of days the week around the same day last year is taken, times the weekday's ratio. It needs one year
    and no luck: before a season that comes once a year it is the forecast to beat.

    Source:
        Hyndman and Athanasopoulos 2021, Forecasting: Principles and Practice, section 5.2 (seasonal naive), scaled by
        growth as planners do; Silver, Pyke and Thomas 2017, section 3.4.
    """

    key: ClassVar[str] = "last_year_growth"
    label: ClassVar[str] = "Last year × growth"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=1)

    growing: bool = parameter(default=True, label="Bring last year to today's level")

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Take the shape of the week; the rest is looked up.

        Raises:
            InsufficientHistoryError: a series has no observed period.
        """
        require_history(history, self)
        return SampledFit(history, LastYear(history, season.weekly_profile(history), self.growing), seed)
