"""What was known at an origin: recent level, seasonal memory and rhythm of each series, read from running sums."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from core.base.calendar import Frequency
from core.base.types import FloatArray, IntArray
from core.series.features_calendar import periods_with_future
from core.series.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class RunningSums:
    """Sums of a dense table from its first period on, so that the mean of any window costs two look-ups.

    Attributes:
        sums: sum of the known values before each position, shape (n_series, n_periods + 1).
        counts: how many were known, shape (n_series, n_periods + 1).
    """

    sums: FloatArray
    counts: FloatArray

    @classmethod
    def of(cls, dense: FloatArray) -> Self:
        """Running sums along the periods of a table with NaN = unknown, shape (n_series, n_periods)."""
        known = ~np.isnan(dense)
        start = np.zeros((len(dense), 1))
        return cls(
            np.concatenate([start, np.cumsum(np.where(known, dense, 0.0), axis=1)], axis=1),
            np.concatenate([start, np.cumsum(known, axis=1, dtype=np.float64)], axis=1),
        )

    def mean(self, series: IntArray, first: IntArray, end: IntArray) -> FloatArray:
        """Mean of the known values in positions first … end − 1, NaN where none is known.

        Args:
            series: index of the series of each row, shape (n_rows,).
            first: first position of the window, shape (n_rows,); cut at the calendar's edges.
            end: position after the window, shape (n_rows,); cut likewise.
        """
        last = self.sums.shape[1] - 1
        low, high = np.clip(first, 0, last), np.clip(end, 0, last)
        count = self.counts[series, high] - self.counts[series, low]
        total = self.sums[series, high] - self.sums[series, low]
        return np.asarray(np.where(count > 0, total / np.maximum(count, 1.0), np.nan))


@dataclass(frozen=True, slots=True, eq=False)
class DemandHistory:
    """The observed demand of a panel with everything needed to look back from any origin.

    Attributes:
        observed: units per period, NaN = not on sale or out of stock, shape (n_series, n_periods).
        units, squares, zeros: running sums of demand, squared demand and of the share of periods without a sale.
        clock: time of each past and prepared future period: a day's date number, else a running number; so that a
            public holiday without trade does not shift the weekdays after it.
        season: length of the main season on the clock (7, 52, 12).
        year: length of a year on the clock, whole seasons (364, 52, 12).
        periods_per_year: trading periods in a year.
    """

    observed: FloatArray
    units: RunningSums
    squares: RunningSums
    zeros: RunningSums
    clock: IntArray
    season: int
    year: int
    periods_per_year: int

    @classmethod
    def of(cls, panel: Panel, n_ahead: int, observed: FloatArray | None = None) -> Self:
        """Prepare a panel for looking back from origins whose targets lie up to n_ahead periods after its end.

        Args:
            panel: demand and its calendar.
            n_ahead: periods after the last one that may be asked about.
            observed: another table on the panel's calendar to look back on, NaN = unknown, shape (n_rows, n_periods).
        """
        table, daily = panel.observed() if observed is None else observed, panel.frequency is Frequency.DAY
        season = panel.calendar.season_length
        without_sale = np.where(np.isnan(table), np.nan, table == 0)
        return cls(
            observed=table,
            units=RunningSums.of(table),
            squares=RunningSums.of(table**2),
            zeros=RunningSums.of(without_sale),
            clock=periods_with_future(panel.calendar, n_ahead).astype(np.int64)
            if daily
            else np.arange(panel.n_periods + n_ahead),
            season=7 if daily else season,
            year=364 if daily else season,
            periods_per_year=52 * season if daily else season,
        )

    def recent_mean(self, series: IntArray, origins: IntArray, width: int) -> FloatArray:
        """Mean demand of the last `width` periods known at each origin, NaN where none was observed."""
        return self.units.mean(series, origins - width, origins)

    def level(self, series: IntArray, origins: IntArray, width: int) -> FloatArray:
        """The size of a series at an origin, by which everything else is divided, units per period.

        The mean of the last `width` periods, but never below a quarter of the last year's mean, so that a lull does not
        blow up what is divided by it; 0 only where nothing has ever been sold.
        """
        recent = self.recent_mean(series, origins, width)
        yearly = self.recent_mean(series, origins, self.periods_per_year)
        ever = self.recent_mean(series, origins, self.observed.shape[1])
        base = np.nan_to_num(np.fmax(yearly, 0.0))
        level = np.fmax(recent, base / 4)
        return np.where(level > 0, level, np.nan_to_num(ever) / 4)

    def volatility(self, series: IntArray, origins: IntArray, width: int) -> FloatArray:
        """Standard deviation of the last `width` periods, units; NaN where none was observed."""
        mean = self.recent_mean(series, origins, width)
        square = self.squares.mean(series, origins - width, origins)
        return np.asarray(np.sqrt(np.maximum(square - mean**2, 0.0)))

    def same_season(self, series: IntArray, origins: IntArray, steps: IntArray, back: int) -> FloatArray:
        """Demand at the target's place in the season, `back` seasons before the last known one (0 = the last).

        The lag is the smallest multiple of the season that is not shorter than the step, so nothing after the origin is
        read however far ahead the target lies.
        """
        now = self.clock[origins - 1 + steps]
        seasons = -((self.clock[origins - 1] - now) // self.season) + back
        wanted = now - seasons * self.season
        position = np.minimum(self._position(wanted), self.observed.shape[1] - 1)
        found = self.observed[series, position]
        return np.asarray(np.where(self.clock[position] == wanted, found, np.nan))

    def last_year(self, series: IntArray, origins: IntArray, steps: IntArray, width: int) -> FloatArray:
        """Demand around the same days last year over the level of that time, a ratio; NaN where unknown.

        Args:
            series: index of the series of each row, shape (n_rows,).
            origins: periods known at each row, shape (n_rows,).
            steps: periods ahead of the origin, 1 = the next, shape (n_rows,).
            width: periods of the level; a quarter of it is averaged around the day.
        """
        now = self.clock[origins - 1 + steps]
        years = -((self.clock[origins - 1] - now) // self.year)
        then = self._position(self.clock[origins - 1] + 1 - years * self.year)
        middle = self._position(now - years * self.year)
        reach = max(width // 4, 1) // 2
        around = self.units.mean(series, middle - reach, np.minimum(middle + reach + 1, origins))
        level = self.recent_mean(series, then, width)
        return np.asarray(np.where(level > 0, around / np.where(level > 0, level, 1.0), np.nan))

    def growth(self, series: IntArray, origins: IntArray, width: int) -> FloatArray:
        """Mean of the last `width` periods over that of a year before, a ratio; NaN where unknown."""
        now = self.recent_mean(series, origins, width)
        then = self.recent_mean(series, origins - self.periods_per_year, width)
        return np.asarray(np.where(then > 0, now / np.where(then > 0, then, 1.0), np.nan))

    def _position(self, times: IntArray) -> IntArray:
        """Position of the first period at or after each time of the clock."""
        return np.asarray(np.searchsorted(self.clock, times))
