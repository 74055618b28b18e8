"""What was known at an origin: recent level, seasonal memory and rhythm of each series, read from running sums."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from core.base.calendar import Frequency
from core.base.types import AnyArray, FloatArray, IntArray
from core.series.features_calendar import periods_with_future
from core.series.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class RunningSums:
    """Sums of a dense table from its first period on, so that the mean of any window costs two look-ups.

    Attributes:
        sums: sum of the known values before each position, shape (n_series, n_periods + 1).
        counts: how many were known, shape (n_series, n_periods + 1), 32-bit whole numbers: half the room of floats.
    """

    sums: AnyArray
    counts: AnyArray

    @classmethod
    def of(cls, dense: FloatArray) -> Self:
        """Running sums along the periods of a table with NaN = unknown, shape (n_series, n_periods)."""
        known = ~np.isnan(dense)
        return cls(_running(np.where(known, dense, 0.0)), _running(known))

    def beside(self, dense: AnyArray) -> Self:
        """Running sums of another table, finite where this one's is known and 0 elsewhere; they share the counts."""
        return replace(self, sums=_running(dense))

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


def _running(table: AnyArray) -> AnyArray:
    """Sums before each position; of truth values as 32-bit whole numbers."""
    result = np.zeros((len(table), table.shape[1] + 1), np.int32 if table.dtype == bool else np.float64)
    np.cumsum(table, axis=1, out=result[:, 1:])
    return result


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
        short: running sums of the share of periods out of stock, if there were any.
    """

    observed: FloatArray
    units: RunningSums
    squares: RunningSums
    zeros: RunningSums
    clock: IntArray
    season: int
    year: int
    periods_per_year: int
    short: RunningSums | None = None

    @classmethod
    def of(
        cls, panel: Panel, n_ahead: int, observed: FloatArray | None = None, short: RunningSums | None = None
    ) -> Self:
        """Prepare a panel for looking back from origins whose targets lie up to n_ahead periods after its end.

        Args:
            panel: demand and its calendar.
            n_ahead: periods after the last one that may be asked about.
            observed: another table on the panel's calendar to look back on, NaN = unknown, shape (n_rows, n_periods).
            short: running sums of the share of its periods out of stock, if there were any.
        """
        table, daily = panel.observed() if observed is None else observed, panel.frequency is Frequency.DAY
        season = panel.calendar.season_length
        units = RunningSums.of(table)
        return cls(
            observed=table,
            units=units,
            squares=units.beside(np.square(np.nan_to_num(table))),
            zeros=units.beside(table == 0),
            clock=periods_with_future(panel.calendar, n_ahead).astype(np.int64)
            if daily
            else np.arange(panel.n_periods + n_ahead),
            season=7 if daily else season,
            year=364 if daily else season,
            periods_per_year=52 * season if daily else season,
            short=short,
        )

    def recent_mean(self, series: IntArray, origins: IntArray, width: int) -> FloatArray:
        """Mean demand of the last `width` periods known at each origin, NaN where none was observed."""
        return self.units.mean(series, origins - width, origins)

    def level(self, series: IntArray, origins: IntArray, width: int) -> FloatArray:
        """The size of a series at an origin, by which everything else is divided, units per period.

        The mean of the last `width` periods, but never below a quarter of the last year's mean, so that a lull does not
        blow up what is divided by it; 0 only where nothing has ever been sold. A stock-out is no lull: where it left
        none of them observed, the last twice, four times … as many tell.
        """
        recent = self._last_known(series, origins, width)
        yearly = self.recent_mean(series, origins, self.periods_per_year)
        ever = self.recent_mean(series, origins, self.observed.shape[1])
        base = np.nan_to_num(np.fmax(yearly, 0.0))
        level = np.fmax(recent, base / 4)
        return np.where(level > 0, level, np.nan_to_num(ever) / 4)

    def _last_known(self, series: IntArray, origins: IntArray, width: int) -> FloatArray:
        """Mean of the last `width` periods; of those out of stock throughout, of twice, four times … as many."""
        recent = self.recent_mean(series, origins, width)
        if self.short is None:
            return recent
        empty = np.isnan(recent) & (self.short.mean(series, origins - width, origins) > 0)
        while empty.any() and width < self.observed.shape[1]:
            width *= 2
            which, known = (np.broadcast_to(each, recent.shape)[empty] for each in (series, origins))
            recent[empty] = self.recent_mean(which, known, width)
            empty &= np.isnan(recent)
        return recent

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
