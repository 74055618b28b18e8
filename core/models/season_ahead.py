"""A season that lies ahead and that no past date compared held: there only methods that know the year may answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self

import numpy as np

from core.base.calendar import Frequency, weekday
from core.base.language import _
from core.base.types import BoolArray, DateArray, FloatArray, IntArray
from core.models.calendar_columns import events_of, habitual
from core.models.contract import PointForecaster
from core.series.demand_class import ADI_CUT, average_demand_interval
from core.series.features_calendar import periods_with_future
from core.series.panel import Panel

KNOW_THE_YEAR: Final = ("linear_regression", "calendar_boosting", "last_year_growth")
"""Methods that may answer; the first one does where a choice holds none of them."""
STANDS_OUT: Final = 0.2
"""Least distance of demand from what is usual around it, log scale: about a fifth."""
NOISES: Final = 3.0
"""The same in standard deviations of what is common: by chance one period in 400."""
SEEN_SHARE: Final = 0.8
"""A season was seen where a compared period stood out to the same side by at least this share of its distance."""
MOST_OF_MEAN: Final = 3.0
"""Multiples of a series' mean without its largest period that any counts at most: one large order is no season."""
FURTHEST_OUT: Final = 3.0
"""Largest distance told apart, log scale: a shop that is shut stands out by this much."""
YEAR: Final = np.timedelta64(364, "D")
"""Back to the same place in the year on the same weekday."""
CLOSED: Final = 7
"""Days the shop may have been closed a year ago for the next period to stand for it."""
AROUND: Final = 28.0
"""Days before and after a season that belong to it: demand runs up to it, and levels learned in it mislead."""


@dataclass(frozen=True, slots=True, eq=False)
class SeasonAhead:
    """Periods of a season ahead.

    Attributes:
        periods: those around it in the coming horizon and in earlier years, shape (n_periods + horizon,).
        series: series on sale in it in earlier years that sell often enough to tell a season of their own, shape
            (n_series,).
        days: first day of each period ahead that stands out, ascending, datetime64[D], shape (n_out,).
        ratio: demand to be expected in each over what is usual around it, shape (n_out,).
        events: names of the events in them.
    """

    periods: BoolArray
    series: BoolArray
    days: DateArray
    ratio: FloatArray
    events: tuple[str, ...]

    def take(self, chosen: IntArray) -> Self:
        """The same for the chosen series, in the order given."""
        return replace(self, series=self.series[chosen])

    def ahead_of(self, origins: IntArray, horizon: int) -> BoolArray:
        """Which of the periods after each origin belong to it, shape (n_origins, horizon)."""
        place = np.asarray(origins)[:, None] + np.arange(horizon)
        return np.asarray(self.periods[np.minimum(place, len(self.periods) - 1)] & (place < len(self.periods)))

    def shares(self, usual: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Weight in it of every method that knows the year, by its usual weight; each of shape (n_series,)."""
        known = {key: usual[key] for key in KNOW_THE_YEAR if key in usual}
        total = np.sum([*known.values(), np.zeros(len(self.series))], axis=0)
        found = {key: np.where(total > 0, share / np.where(total > 0, total, 1.0), 0.0) for key, share in known.items()}
        found[KNOW_THE_YEAR[0]] = found.get(KNOW_THE_YEAR[0], np.zeros(len(total))) + (total == 0)
        return {key: share * self.series for key, share in found.items() if (share * self.series).any()}


@dataclass(frozen=True, slots=True, eq=False)
class SeasonedPoint:
    """A forecast that leaves the periods of a season to methods that know the year.

    Attributes:
        usual: answers for all other periods, and where those methods say nothing.
        versed: methods that know the year, for the season's series.
        season: says which periods and series are meant.
    """

    usual: PointForecaster
    versed: PointForecaster
    season: SeasonAhead

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, shape (n_origins, n_series, horizon)."""
        said = self.usual.mean_at(origins, horizon)
        meant = self.season.ahead_of(origins, horizon)[:, None, :] & self.season.series[None, :, None]
        if not meant.any():
            return said
        versed = self.versed.mean_at(origins, horizon)
        # half an answer would be no forecast: where the usual methods say nothing of the other periods, nothing is said
        return np.asarray(np.where(meant & ~np.isnan(versed + said), versed, said))


def season_ahead(panel: Panel, horizon: int, first: int) -> SeasonAhead | None:
    """The season that the coming periods hold and the compared ones did not; None where there is nothing of the kind.

    A period stands out where the whole shop sold a fifth, and three times what is common, more or less than in the half
    year around it. The same place in the coming year, and the next date of an event that stood out, are a season ahead
    unless a compared period stood out alike: then the comparison has seen which methods can do it. Of months every
    method with a season knows the year.

    Args:
        panel: all series, with events planned ahead where any are known.
        horizon: trading periods ahead.
        first: number of the first period that methods were compared on; all later ones were as well.

    Source:
        Hampel 1974 (median and median absolute deviation as a fence).
    """
    length = panel.n_periods
    if panel.frequency is Frequency.MONTH or first >= length:
        return None
    distance = standing_out(panel)
    known = np.abs(distance[~np.isnan(distance)])
    if not len(known):
        return None
    feasts = events_of(panel, horizon)[0]
    events = (feasts.values[: length + horizon] != 0) & ~habitual(feasts.values)
    expected = _expected(distance, years_back(panel, horizon)[length:], events)
    compared = np.nan_to_num(distance[first:])
    seen = np.where(expected > 0, compared.max(), -compared.min())
    out = np.abs(expected) > max(STANDS_OUT, NOISES * 1.4826 * float(np.median(known)))
    out &= seen < SEEN_SHARE * np.abs(expected)
    if not out.any():
        return None
    named = events[length:][out].any(axis=0)
    found = _season(panel, out, expected, [name for name, here in zip(feasts.names, named, strict=True) if here])
    return found if found.series.any() else None


def standing_out(panel: Panel) -> FloatArray:
    """Log of the shop's demand in each period over the median of the half year around it, shape (n_periods,).

    Demand is that of the series on sale over their means, of days the mean of a trading week and each weekday over its
    own median. NaN = nothing on sale, or too early in the history to say what was usual.
    """
    observed = panel.observed()
    count = (~np.isnan(observed)).sum(axis=1)
    largest = np.nan_to_num(observed).max(axis=1, initial=0.0)
    mean = (np.nansum(observed, axis=1) - largest) / np.maximum(count - 1, 1)
    held = np.minimum(observed, MOST_OF_MEAN * mean[:, None])
    usual = np.nansum(held, axis=1) / np.maximum(count, 1)
    offered = (~np.isnan(observed) * usual[:, None]).sum(axis=0)
    index = np.where(offered > 0, np.nansum(held, axis=0) / np.where(offered > 0, offered, 1.0), np.nan)
    if panel.frequency is Frequency.DAY:
        index = _week_means(index, panel)
    half = max(round(panel.frequency.periods_per_year / 4), 1)
    around = _windows(index, half, np.median)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.clip(np.log(index / around), -FURTHEST_OUT, FURTHEST_OUT)
    distance[: half // 2] = np.nan
    return distance


def _week_means(index: FloatArray, panel: Panel) -> FloatArray:
    days = weekday(panel.calendar.periods)
    level = index.copy()
    for day in np.unique(days):
        here = days == day
        known = index[here & ~np.isnan(index)]
        usual = float(np.median(known)) if len(known) else 0.0
        level[here] = index[here] / usual if usual > 0 else np.nan
    return _windows(level, panel.calendar.season_length // 2, np.mean)


def _windows(values: FloatArray, reach: int, summary: Callable[[FloatArray], float]) -> FloatArray:
    """A summary of the known values at most `reach` periods away from each, NaN where none is known."""
    windows = (values[max(t - reach, 0) : t + reach + 1] for t in range(len(values)))
    known = (window[~np.isnan(window)] for window in windows)
    return np.array([summary(each) if len(each) else np.nan for each in known])


def years_back(panel: Panel, horizon: int) -> IntArray:
    """Number of the period a year before each past and coming one; a closed day the next, within a week.

    −1 = not in the history, or the shop was closed for longer: how it sold when it opened again is no answer, and after
    more than a year that is the very period asked about.
    """
    periods = periods_with_future(panel.calendar, horizon)
    wanted = periods - YEAR
    place = np.searchsorted(periods, wanted)
    waited = (periods[place] - wanted).astype(np.int64)
    return np.where((wanted >= periods[0]) & (waited <= CLOSED) & (place < panel.n_periods), place, -1)


def _expected(distance: FloatArray, back: IntArray, events: BoolArray) -> FloatArray:
    """How far each coming period should stand out: as a year ago, or as its event did on average; shape (horizon,).

    Args:
        distance: of the past periods, shape (n_periods,).
        back: period a year before each coming one, −1 = none, shape (horizon,).
        events: which event falls into which past or coming period, shape (n_periods + horizon, n_events).
    """
    length = len(distance)
    expected = np.nan_to_num(np.where(back >= 0, distance[back], 0.0))
    for flags in events.T:
        past = distance[flags[:length]]
        known = past[~np.isnan(past)]
        usual = known.mean() if len(known) else 0.0
        here = flags[length:] & (np.abs(expected) < abs(usual))
        expected[here] = usual
    return np.asarray(expected)


def _season(panel: Panel, out: BoolArray, expected: FloatArray, names: Sequence[str]) -> SeasonAhead:
    """The season of the coming periods that stand out, with what lies around them in this and earlier years."""
    length, reach = panel.n_periods, round(AROUND / panel.frequency.days)
    back = years_back(panel, len(out))
    found = np.append(np.zeros(length, bool), out)
    place = np.flatnonzero(found)
    past: list[int] = []
    while len(place := back[place][back[place] >= 0]):
        past += place.tolist()
    found[past] = True
    around = np.convolve(found, np.ones(2 * reach + 1), "same")
    observed = panel.observed()
    there = (~np.isnan(observed[:, np.array(past, np.int64)])).any(axis=1)
    often = average_demand_interval(observed) < ADI_CUT
    days = panel.calendar.following(len(out))[out]
    return SeasonAhead(
        np.asarray(around > 0), np.asarray(there & often), days, np.exp(expected[out]), tuple(sorted(names))
    )


def sentence(season: SeasonAhead) -> str:
    """What a planner should know about it."""
    first, last = (f"{day.astype('datetime64[D]').astype(date):%-d %b %Y}" for day in season.days[[0, -1]])
    when = first if first == last else _("{first} to {last}").format(first=first, last=last)
    text = _(
        "A season lies ahead ({when}, {events}about {percent} of usual demand a year ago) that no past "
        "date compared held. Around it {n} series are forecast by methods that know the year; the others stand back."
    )
    strongest = season.ratio[np.abs(np.log(season.ratio)).argmax()]
    # a flag of any holiday or event has no name of its own
    named = [name for _kind, _colon, name in (event.partition(":") for event in season.events) if name]
    events = "".join(f"{name}, " for name in named[:3])
    return text.format(when=when, events=events, percent=f"{strongest:.0%}", n=f"{int(season.series.sum()):,}")
