"""What the demand of one scope and its forecast are made of, and how this year stands against the last."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.columns import PROMOTION
from core.base.types import BoolArray, DateArray, FloatArray
from core.charts.demand import FanData
from core.models import registry
from core.models.contract import PointForecaster
from core.series.decomposition import Observed, Parts, centred_mean, classical
from core.series.panel import Panel
from core.store.workspace import Workspace
from core.workflows import fitted_method, newcomers, scopes
from core.workflows.datasets import current_dataset
from core.workflows.scopes import Scope
from core.workflows.viewing import COMMON_SHARE, Head, ScopeView

EVENTS: Final = "event"
BY_HAND: Final = "changed by hand"
WEEK: Final = np.timedelta64(7, "D")
YEAR_OF_WEEKS: Final = np.timedelta64(364, "D")


@dataclass(frozen=True, slots=True, eq=False)
class Breakdown:
    """Demand and forecast of one scope, taken apart.

    Attributes:
        periods: first day of each past and forecast period, shape (n_periods,).
        n_known: how many of them are past.
        units: sold or forecast, NaN = not observed, shape (n_periods,).
        parts: what they are made of.
        method: key of the forecasting method whose own parts these are; "" = classical decomposition.
    """

    periods: DateArray
    n_known: int
    units: FloatArray
    parts: Parts
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class YearOverYear:
    """Demand of the last year and the forecast beside the same weeks (months) a year before.

    Attributes:
        periods: first day of each week or period, shape (n,).
        sold: units, NaN = not yet over, shape (n,).
        expected: units forecast, NaN = already sold, shape (n,).
        before: units a year earlier, NaN = not observed then, shape (n,).
    """

    periods: DateArray
    sold: FloatArray
    expected: FloatArray
    before: FloatArray


def breakdown(workspace: Workspace, head: Head, scope: Scope, view: ScopeView) -> Breakdown:
    """Level, season, promotions and events, and what is left of a scope's demand and forecast.

    A single series that is forecast by a method of its own without drivers is shown as that method saw it: its level is
    what it expected on average for the season ahead, its season what it expected beyond that for the next period. All
    others, those forecast like another item among them, are decomposed classically, forecast together with history.
    What planners changed by hand is a part of its own.

    Args:
        workspace: the store.
        head: the forecast.
        scope: what is looked at.
        view: the same scope as `viewing.look` gave it.
    """
    fan = before_forecast(view.fan)
    said = replace(fan, mean=fan.unchanged) if len(fan.unchanged) else fan
    history = np.where(fan.censored, np.nan, fan.history)
    periods = np.concatenate([fan.periods, fan.future])
    parts, method = _parts(workspace, head, scope, (replace(view, fan=said), np.concatenate([history, said.mean])))
    if said is not fan:
        by_hand = np.concatenate([np.zeros(len(history)), fan.mean - said.mean])
        parts = replace(parts, effects={**parts.effects, BY_HAND: by_hand})
    return Breakdown(periods, len(history), np.concatenate([history, fan.mean]), parts, method)


def _parts(workspace: Workspace, head: Head, scope: Scope, asked: tuple[ScopeView, FloatArray]) -> tuple[Parts, str]:
    """The parts and the key of the method whose own they are, "" = classical; asked: the view and its units."""
    view, units = asked
    panel, fan = current_dataset(workspace).panel, view.fan
    members = scopes.members(newcomers.forecast_series(workspace).panel, scope)
    sold = members[: len(panel)]
    alone = head.current and members.sum() == sold.sum() == 1
    own = _own_parts(workspace, head, panel.take(sold), view) if alone else None
    if own is not None:
        return own
    periods = np.concatenate([fan.periods, fan.future])
    flags = event_flags(newcomers.planned(workspace, members, len(fan.future)), periods)
    return classical(Observed(units, periods, len(fan.history), panel.calendar, flags)), ""


def before_forecast(fan: FanData) -> FanData:
    """The same with the history cut where the forecast begins: one made from older data reaches back over it."""
    if not len(fan.future):
        return fan
    kept = fan.periods < fan.future[0]
    return replace(fan, periods=fan.periods[kept], history=fan.history[kept], censored=fan.censored[kept])


def event_flags(chosen: Panel, periods: DateArray) -> dict[str, BoolArray]:
    """Periods in which promotions, and in which events, were on for a quarter of the series, by kind.

    Args:
        chosen: the series of the scope.
        periods: days of the panel's past or future, shape (n_periods,).
    """
    found: dict[str, BoolArray] = {}
    for name in dict.fromkeys([*chosen.drivers, *chosen.future_drivers]):
        if name == PROMOTION or name.startswith(f"{EVENTS}:"):
            flag = np.isin(periods, _days_on(chosen, name))
            found |= {name: flag} if flag.any() else {}
    return found


def _days_on(chosen: Panel, name: str) -> DateArray:
    """Periods, past and planned, in which a driver is on for enough series."""
    least, days = COMMON_SHARE * len(chosen), [np.empty(0, "datetime64[D]")]
    if name in chosen.drivers:
        past = np.nan_to_num(chosen.dense(chosen.drivers[name], fill=0.0))
        days.append(chosen.calendar.periods[(past > 0).sum(axis=0) >= least])
    if name in chosen.future_drivers:
        ahead = np.nan_to_num(chosen.future_drivers[name])
        days.append(chosen.calendar.following(ahead.shape[1])[(ahead > 0).sum(axis=0) >= least])
    return np.concatenate(days)


def _own_parts(workspace: Workspace, head: Head, one: Panel, view: ScopeView) -> tuple[Parts, str] | None:
    """The method's own parts of a single series; None where it has none."""
    key = next(iter(view.models), "")
    if not len(view.fan.future) or not fitted_method.is_local(key):
        return None
    borrowed = {(entry["sku"], entry["location"]) for entry in head.manifest.get("like_items", ())}
    if registry.capabilities(key).drivers or (one.skus[0], one.locations[0]) in borrowed:
        return None
    point = fitted_method.fit_alone(workspace, head, one, key)
    return None if point is None else (parts_of(point, view.fan, one.calendar.season_length), key)


def parts_of(point: PointForecaster, fan: FanData, season_length: int) -> Parts:
    """What a method took for level and season at each past period, and takes ahead.

    Args:
        point: the method, fitted to this series alone.
        fan: history and forecast of the series.
        season_length: periods in a season.
    """
    n, horizon, season = len(fan.history), len(fan.future), max(season_length, 1)
    history = np.where(fan.censored, np.nan, fan.history)
    level, expected = np.full(n + horizon, np.nan), np.full(n + horizon, np.nan)
    if n > 1:
        said = point.mean_at(np.arange(1, n), season)[:, 0]
        level[1:n], expected[1:n] = said.mean(axis=1), said[:, 0]
    ahead = point.mean_at(np.array([n]), horizon + season)[0, 0]
    level[n:] = centred_mean(ahead, season, whole=True)[:horizon]
    expected[n:] = fan.mean
    units = np.concatenate([history, fan.mean])
    return Parts(level, expected - level, {}, units - expected)


def year_over_year(fan: FanData, frequency: Frequency) -> YearOverYear:
    """The last year and the forecast beside the year before; days are added up to whole weeks.

    Args:
        fan: history and forecast of one scope.
        frequency: of the periods.
    """
    if frequency is Frequency.DAY:
        return _of_weeks(fan)
    known = dict(zip(_keys(fan.periods, frequency), fan.history.tolist(), strict=True))
    step = round(frequency.periods_per_year)
    n_shown = min(step, len(fan.periods))
    shown = slice(len(fan.periods) - n_shown, None)
    periods = np.concatenate([fan.periods[shown], fan.future])
    keys = _keys(periods, frequency)
    months = frequency is not Frequency.WEEK
    earlier = [key - (12 if months else 364) for key in keys]
    sold = np.concatenate([fan.history[shown], np.full(len(fan.future), np.nan)])
    expected = np.concatenate([np.full(n_shown, np.nan), fan.mean])
    before = np.array([known.get(key, np.nan) for key in earlier])
    return YearOverYear(periods[-2 * step :], sold[-2 * step :], expected[-2 * step :], before[-2 * step :])


def _keys(periods: DateArray, frequency: Frequency) -> list[int]:
    """Number of each period's month, or of its day where periods are weeks."""
    unit = "D" if frequency is Frequency.WEEK else "M"
    numbers: list[int] = periods.astype(f"datetime64[{unit}]").astype(np.int64).tolist()
    return numbers


def _of_weeks(fan: FanData) -> YearOverYear:
    """Whole weeks that end with the last day of the history, and whole weeks of the forecast after it."""
    last = fan.periods[-1] if len(fan.periods) else np.datetime64("NaT", "D")
    n_ahead = int((fan.future[-1] - last) // WEEK) if len(fan.future) else 0
    n_back = min(52, int((last - fan.periods[0]).astype(np.int64) + 1) // 7) if len(fan.periods) else 0
    starts = last + np.timedelta64(1, "D") + WEEK * np.arange(-n_back, n_ahead)
    sold = _week_sums(fan.periods, fan.history, starts)
    expected = _week_sums(fan.future, fan.mean, starts)
    before = _week_sums(fan.periods, fan.history, starts - YEAR_OF_WEEKS)
    reaches = starts - YEAR_OF_WEEKS >= fan.periods[0] if len(fan.periods) else np.zeros(0, bool)
    return YearOverYear(starts, sold, expected, np.where(reaches, before, np.nan))


def _week_sums(periods: DateArray, units: FloatArray, starts: DateArray) -> FloatArray:
    """Units per week, shape (n_weeks,): NaN where none of its periods is known, 0 where the shop was closed all week.

    A week without trade lies between two periods; whether anything was on sale then, the one before it tells.
    """
    known, bounds = ~np.isnan(units), np.append(starts, starts[-1:] + WEEK)
    edges, place = np.searchsorted(periods[known], bounds), np.searchsorted(periods, bounds)
    total = np.concatenate([[0.0], np.cumsum(units[known])])
    sums, count = np.diff(total[edges]), np.diff(edges)
    closed = (np.diff(place) == 0) & (place[:-1] > 0) & (place[:-1] < len(periods))
    closed[closed] = known[place[:-1][closed] - 1]
    return np.where((count > 0) | closed, sums, np.nan)[: len(starts)]


def shares(found: Breakdown) -> Mapping[str, float]:
    """Units of the forecast by part: level, season, each kind of effect, and the rest; they add up to the forecast."""
    ahead = slice(found.n_known, None)
    effects = {name: float(np.nansum(values[ahead])) for name, values in found.parts.effects.items()}
    ends = {"level": found.parts.level, "season": found.parts.season, "remainder": found.parts.remainder}
    sums = {name: float(np.nansum(values[ahead])) for name, values in ends.items()}
    return {"level": sums["level"], "season": sums["season"], **effects, "remainder": sums["remainder"]}
