"""Rows that teach what a calendar regression misses: what was known at an origin, and the events around the target."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from core.base.calendar import weekday
from core.base.types import BoolArray, FloatArray, IntArray
from core.models.calendar_columns import NEAR, NEIGHBOURS, closed_periods, events_of, habitual, moved
from core.models.calendar_regression import teaching
from core.series.features import FeatureSettings, FeatureSource, feature_source
from core.series.features_calendar import DAYS_PER_YEAR, periods_with_future
from core.series.kept import Beside
from core.series.panel import Panel

AROUND: Final = (-2, -1, 0, 1, 2, 3)
"""Days from the target at which an event is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class CalendarRows:
    """A panel prepared for rows.

    Attributes:
        source: demand, drivers and calendar as ratios to the level.
        dates: place in week, month and year, and the number of the event around each period; the same for all series,
            shape (n_periods + n_ahead, n_columns).
        feasts: events that all series share and that do not come every month, with NEIGHBOURS periods more, shape
            (n_periods + n_ahead + NEIGHBOURS, n_events).
    """

    source: FeatureSource
    dates: FloatArray
    feasts: FloatArray

    @classmethod
    def of(cls, history: Panel, n_ahead: int, *, drivers: bool) -> "CalendarRows":
        """Prepare rows about the past and n_ahead periods after it, or find them as they were left."""
        if n_ahead > 0:
            return cls._made(history, n_ahead, drivers=drivers)
        return _kept.get(history, drivers, lambda: cls._made(history, 0, drivers=drivers))

    @classmethod
    def _made(cls, history: Panel, n_ahead: int, *, drivers: bool) -> Self:
        settings = FeatureSettings(yearly_pairs=1, drivers=drivers, groups=True)
        source = feature_source(history, n_ahead, settings, teaching(history, closed_periods(history)))
        length = history.n_periods + n_ahead
        feasts = np.empty((length + NEIGHBOURS, 0))
        if drivers:
            common = events_of(history, n_ahead)[0].values
            feasts = common[:, ~habitual(common)]
        around = np.stack([moved(_numbered(feasts), -by)[:length] for by in AROUND], axis=1)
        return cls(source, np.concatenate([_places(history, n_ahead), around], axis=1), feasts)

    def level(self, series: IntArray, origin: int) -> FloatArray:
        """Units per period by which demand in the rows is divided, 0 where nothing was ever sold, shape (n_chosen,)."""
        return self.source.level(series, np.full(len(series), origin))

    def live(self, origin: int, expected: FloatArray) -> tuple[IntArray, FloatArray]:
        """Series that sold before an origin and have an expectation, and their level; expected: (n_series, horizon)."""
        level = self.level(np.arange(len(expected)), origin)
        chosen = np.flatnonzero((level > 0) & np.isfinite(expected).all(axis=1))
        return chosen, level[chosen]

    def rows(self, series: IntArray, origin: int, expected: FloatArray) -> FloatArray:
        """Rows of some series at one origin for all steps.

        Args:
            series: indices, shape (n_chosen,).
            origin: periods known.
            expected: what the calendar regression says, units, shape (n_chosen, horizon).

        Returns:
            Shape (n_chosen · horizon, n_features), steps innermost.
        """
        (n_chosen, horizon), n_dates = expected.shape, self.dates.shape[1]
        known = self.source.rows(series[:, None], np.full((1, 1), origin), np.arange(1, horizon + 1)[None, :])
        dates = np.broadcast_to(self.dates[origin : origin + horizon], (n_chosen, horizon, n_dates))
        ratio = expected / self.level(series, origin)[:, None]
        extra = [dates.reshape(-1, n_dates), ratio.reshape(-1, 1)]
        return np.concatenate([known, *extra], axis=1)

    def near_unseen_events(self, first: int, end: int) -> BoolArray:
        """Periods near an event that came in none of the periods first … end − 1, shape (n_periods + n_ahead,)."""
        foreign = (self.feasts[:, ~self.feasts[first:end].any(axis=0)] != 0).any(axis=1).astype(np.float64)
        near = np.stack([moved(foreign, by) for by in (0, *NEAR)])
        return np.asarray(near[:, : len(self.dates)].any(axis=0))


_kept: Final = Beside[CalendarRows]()


def _numbered(feasts: FloatArray) -> FloatArray:
    """Number of the feast on each period, counted from 1, 0 for none."""
    if not feasts.shape[1]:
        return np.zeros(len(feasts))
    return np.where(feasts.any(axis=1), np.abs(feasts).argmax(axis=1) + 1.0, 0.0)


def _places(history: Panel, n_ahead: int) -> FloatArray:
    """Weekday, day of the month and day of the year of each period."""
    periods = periods_with_future(history.calendar, n_ahead).astype("datetime64[D]")
    month_day = (periods - periods.astype("datetime64[M]").astype("datetime64[D]")).astype(np.float64)
    year_day = np.mod(periods.astype(np.int64), DAYS_PER_YEAR)
    return np.stack([weekday(periods).astype(np.float64), month_day, year_day], axis=1)
