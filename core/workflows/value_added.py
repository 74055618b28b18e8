"""Did the changes by hand help: what each one did to the forecast, held against what then sold."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from core.base.types import BoolArray, DateArray, FloatArray
from core.evaluate import value_added
from core.evaluate.value_added import Changed, Judged, Record
from core.series.hierarchy_levels import together
from core.series.panel import Panel
from core.store import overrides as store
from core.store.acting import acting
from core.store.overrides import Override
from core.store.settings import read_settings
from core.store.workspace import Workspace
from core.workflows import scopes
from core.workflows.datasets import current_dataset
from core.workflows.scopes import Scope

ALWAYS: Final = np.datetime64("9999-12-31", "D")


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What is known of the changes of a shop.

    Attributes:
        judged: changes held against what then sold, newest first.
        waiting: changes none of whose weeks (months) is over.
        known_on: last day of the first week (month) of those; None = none waits.
        unknown: changes whose time is over, but the items were out of stock or not on sale in it.
    """

    judged: tuple[Judged, ...]
    waiting: int
    known_on: np.datetime64 | None
    unknown: int

    @property
    def steps(self) -> Record:
        """The three errors of the same sales, of the changes for which a naive forecast is known; else of all."""
        return value_added.record(value_added.comparable(self.judged) or self.judged)

    @property
    def by_change(self) -> dict[str, Judged]:
        """The changes judged, by key of the override."""
        return {each.override_id: each for each in self.judged}

    def by_reason(self) -> dict[tuple[str, ...], Record]:
        """The record per reason and direction."""
        return value_added.by(self.judged, lambda each: (each.reason, each.direction))

    def by_person(self) -> dict[tuple[str, ...], Record]:
        """The record per person."""
        return value_added.by(self.judged, lambda each: (each.who,))


def outcome(workspace: Workspace) -> Outcome:
    """All changes that applied to a forecast, held against the present clean demand.

    Of a change that was taken back those weeks (months) count that were over by then.

    Raises:
        NoDataError: nothing was imported yet.
    """
    version = current_dataset(workspace).version
    return workspace.remembered(("value added", version), lambda _cursor: _outcome(workspace))


def own_record(workspace: Workspace, reason: str, *, upward: bool) -> Record | None:
    """How the changes of who works now did, of one reason and direction; None = none was judged yet.

    Args:
        workspace: the shop.
        reason: key of the reason.
        upward: whether the change raises the forecast.
    """
    wanted = (acting(), reason, value_added.UP if upward else value_added.DOWN)
    mine = [each for each in outcome(workspace).judged if (each.who, each.reason, each.direction) == wanted]
    return value_added.record(mine) if mine else None


def _outcome(workspace: Workspace) -> Outcome:
    panel = current_dataset(workspace).panel
    frequency, week_start = panel.frequency, read_settings(workspace).week_start
    last, effects = frequency.last_day(panel.calendar.last), store.effects(workspace)
    judged: list[Judged] = []
    waiting: list[np.datetime64] = []
    unknown, sold = 0, _Sold(panel)
    parts = dict(list(effects.groupby("override_id")))
    for each in sorted(store.every(workspace), key=lambda override: override.created_at, reverse=True):
        if each.override_id not in parts:
            continue
        rows = parts[each.override_id].sort_values("period")
        periods = rows["period"].to_numpy("datetime64[D]")
        ends, held = value_added.ends(periods, frequency, week_start), _held_until(each)
        if ends[0] > held:
            continue
        if ends[0] > last:
            waiting.append(ends[0])
            continue
        found = value_added.judge(_changed(each, rows, sold), min(last, held), frequency, week_start)
        if found is None:
            unknown += 1
        else:
            judged.append(found)
    return Outcome(tuple(judged), len(waiting), min(waiting, default=None), unknown)


def _held_until(each: Override) -> np.datetime64:
    """Day until which a change held: that of its being taken back, as the data went.

    Sales are often imported days after; a change that is taken back at once must not seem to have held until then.
    """
    if each.withdrawn_at is None:
        return ALWAYS
    passed = each.withdrawn_at.date() - each.created_at.date()
    return np.datetime64(min(each.withdrawn_at.date(), each.first + passed), "D")


class _Sold:
    """What sold in each scope, added up once per scope."""

    def __init__(self, panel: Panel) -> None:
        """`panel`: clean demand."""
        self._panel = panel
        self._found: dict[Scope, tuple[FloatArray, BoolArray]] = {}

    def of(self, scope: Scope, periods: DateArray) -> tuple[FloatArray, BoolArray]:
        """Units wanted, NaN = not known, and whether the scope was out of stock, each of shape (n_periods,)."""
        if scope not in self._found:
            self._found[scope] = _sums(self._panel, scope)
        units, short = self._found[scope]
        known = self._panel.calendar.periods
        place = np.minimum(np.searchsorted(known, periods), len(known) - 1)
        here = known[place] == periods
        return np.where(here, units[place], np.nan), here & short[place]


def _sums(panel: Panel, scope: Scope) -> tuple[FloatArray, BoolArray]:
    members = scopes.members(panel, scope)
    if not members.any():
        return np.full(panel.n_periods, np.nan), np.zeros(panel.n_periods, bool)
    return together(panel.take(members))


def _changed(each: Override, rows: pd.DataFrame, sold: _Sold) -> Changed:
    periods = rows["period"].to_numpy("datetime64[D]")
    actual, short = sold.of(Scope(each.level, each.name, each.location), periods)
    naive, before, after = (rows[name].to_numpy(float) for name in ("naive", "before", "after"))
    return Changed(each.override_id, each.who, each.reason, periods, naive, before, after, actual, short)
