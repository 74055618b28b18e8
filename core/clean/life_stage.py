"""Where an item stands in its life: new, regular, silent for longer than it should be, or discontinued."""

from typing import Final

import numpy as np

from core.base.calendar import Frequency, TradingCalendar
from core.base.types import AnyArray, FloatArray
from core.clean.silence import Silence, silences
from core.series.blocks import parts
from core.series.panel import Panel

NEW, REGULAR, DORMANT, DISCONTINUED = "new", "regular", "dormant", "discontinued"
NEW_DAYS: Final = 91.0
"""Days since the first sale during which an item counts as new: a quarter."""
UNLIKELY: Final = 0.02
"""Chance below which demand alone no longer explains that the sales stopped."""


def new_periods(calendar: TradingCalendar) -> int:
    """Periods since the first sale during which an item counts as new; days on which the shop is closed count too."""
    if calendar.frequency is Frequency.DAY:
        return int((calendar.periods > calendar.last - np.timedelta64(round(NEW_DAYS), "D")).sum())
    return round(NEW_DAYS / calendar.frequency.days)


def life_stages(panel: Panel) -> AnyArray:
    """Stage of each series, texts of shape (n_series,).

    - discontinued: the last period is known as not on sale.
    - dormant: no sale since for longer than ever before and than its own rate explains (chance below UNLIKELY).
    - new: the first sale lies less than a quarter back, with at least as much history of the shop before it.
    - regular: everything else, series that never sold among them.
    """
    quiet, begun = silences(panel), _first_sale(panel)
    chance, length = _last_silence(quiet, len(panel))
    horizon = min(new_periods(panel.calendar), panel.n_periods // 2)
    new = (begun >= panel.n_periods - horizon) & (begun < panel.n_periods)
    dormant = (chance < UNLIKELY) & (length > _longest_silence(quiet, len(panel)))
    stages = np.select([_ended(panel), dormant, new], [DISCONTINUED, DORMANT, NEW], REGULAR)
    return np.asarray(stages, dtype=object)


def _ended(panel: Panel) -> AnyArray:
    """Series whose last period is not on sale, shape (n_series,)."""
    filled = panel.lengths > 0
    result = np.zeros(len(panel), bool)
    last = panel.offsets[1:][filled] - 1
    result[filled] = np.isnan(panel.values[last]) & ~panel.censored[last]
    return result


def _first_sale(panel: Panel) -> AnyArray:
    """Period of the first sale, n_periods where there was none, shape (n_series,)."""
    first = np.full(len(panel), panel.n_periods)
    for part in parts(panel):
        sold = np.flatnonzero(part.panel.values > 0)
        rows = part.panel.rows[sold]
        # cells stand in the order of series and periods, so the first one of a series is its first sale
        begins = np.flatnonzero(np.diff(rows, prepend=-1))
        first[part.series.start + rows[begins]] = part.panel.columns[sold[begins]]
    return first


def _last_silence(quiet: Silence, n_series: int) -> tuple[FloatArray, FloatArray]:
    """Chance and length of the silence that lasts to the end; 1 and 0 where the series sells, each (n_series,)."""
    chance, length = np.ones(n_series), np.zeros(n_series)
    chosen = quiet.open_ended
    chance[quiet.rows[chosen]], length[quiet.rows[chosen]] = quiet.chance[chosen], quiet.lengths()[chosen]
    return chance, length


def _longest_silence(quiet: Silence, n_series: int) -> FloatArray:
    """Longest silence between two sales, periods, shape (n_series,)."""
    longest = np.zeros(n_series)
    between = ~quiet.open_ended
    np.maximum.at(longest, quiet.rows[between], quiet.lengths()[between].astype(np.float64))
    return longest
