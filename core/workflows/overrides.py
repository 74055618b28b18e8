"""Changes by hand: what a planner knows better than the forecast, with its reason, for any part of the shop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency
from core.base.errors import ChangedMeanwhileError, ParameterError
from core.base.language import _
from core.base.progress import Progress
from core.base.types import DateArray, FloatArray
from core.report.numbers import minute
from core.store import overrides as store
from core.store import runs
from core.store.overrides import Override
from core.store.runs import RunRecord
from core.store.settings import read_settings
from core.store.workspace import Workspace
from core.workflows import forecasting, newcomers, scopes
from core.workflows.datasets import current_dataset
from core.workflows.override_requests import (
    KINDS,
    LONGEST_COMMENT,
    REASONS,
    OverrideRequest,
    check_reasons,
    reasons,
    tried,
)
from core.workflows.override_runs import Outcome, base_of, derive, holds, in_force
from core.workflows.override_scopes import Footing, footing
from core.workflows.scopes import Scope
from core.workflows.viewing import KNOWN_LAST_YEAR

__all__ = [
    "KINDS", "LONGEST_COMMENT", "REASONS", "ChangedMeanwhileError", "Override", "OverrideRequest", "Part", "Preview",
    "Span", "Stated", "listing", "preview", "reasons", "save", "spans", "stamp", "take_back",
]  # fmt: skip

IN_FORCE: Final = "in force"
LAPSED: Final = "lapsed"
TAKEN_BACK: Final = "taken back"
NOT_MET: Final = "does not meet this forecast"
MOST_MOVERS: Final = 20


@dataclass(frozen=True, slots=True)
class Span:
    """A week (of monthly data a month) of the newest forecast; the first and last may be cut by its ends.

    Attributes:
        first, last: first and last day.
        units: expected of the scope, changes in force included.
        last_year: units sold 52 weeks (12 months) before; None = not known.
        whole: whether it is not cut.
    """

    first: date
    last: date
    units: float
    last_year: float | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What one request of several does: units of the scope from `first` to `last`, before and after it."""

    first: date
    last: date
    before: float
    after: float
    last_year: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What some requests would do to the newest forecast.

    Attributes:
        stamp: of the forecast and the changes it was computed from; `save` wants it back.
        periods: first day of each period of the forecast, shape (horizon,).
        before, after: expected units of the scope, shape (horizon,).
        parts: per request, in the order given, each on what the former ones left.
        movers: series that change most: sku, location, product_name, before, after (units over all days changed).
        series: number of series that change.
    """

    stamp: str
    periods: DateArray
    before: FloatArray
    after: FloatArray
    parts: tuple[Part, ...]
    movers: pd.DataFrame
    series: int


@dataclass(frozen=True, slots=True)
class Stated:
    """An override and how it stands to the newest forecast.

    Attributes:
        override: as it was made.
        state: "in force", "lapsed", "taken back" or "does not meet this forecast".
        before, after: units of its scope over its days: in the newest forecast while in force, else when it was first
            applied; None = it never was.
        why: why it does not meet the forecast, as a sentence; "" otherwise.
    """

    override: Override
    state: str
    before: float | None
    after: float | None
    why: str


def stamp(workspace: Workspace) -> str:
    """What a change is decided upon: the newest forecast of the present data, changes included; "" = there is none."""
    record = runs.latest_run(workspace, forecasting.KIND, current_dataset(workspace).version)
    return "" if record is None else record.run_id


def spans(workspace: Workspace, scope: Scope) -> tuple[Span, ...]:
    """Weeks (months) of the newest forecast, what is expected of a scope in each, and what was sold a year before.

    Raises:
        NoDataError: there is no forecast of the present data.
        ParameterError: the forecast has no such scope.
    """
    base = _base(workspace)
    if not len(base.members(scope)):
        raise ParameterError(f"The forecast has no {scope.level} “{scope.name[:80]}”. Choose one of the list.")
    units, sold = _expected(base, scope), base.sold(scope)
    begins, ends = base.reach
    week_start = read_settings(workspace).week_start
    found = []
    for first, last in _blocks(base, week_start):
        days = (max(first, begins), min(last, ends))
        inside = base.columns(*days)
        if len(inside):
            whole = days == (first, last)
            found.append(Span(*days, float(units[inside].sum()), _last_year(base, sold, days), whole))
    return tuple(found)


def _blocks(base: Footing, week_start: int) -> list[tuple[date, date]]:
    """First and last day of each whole week or month that a forecast meets."""
    frequency = base.panel.frequency
    firsts = base.periods
    if frequency is Frequency.DAY:
        # day 0 of numpy's calendar was a Thursday
        firsts = np.unique(firsts - (firsts.astype(np.int64) + 3 - week_start) % 7)
        frequency = Frequency.WEEK
    lasts = [frequency.last_day(np.datetime64(first, "D")) for first in firsts]
    return list(zip(firsts.astype(date).tolist(), [last.astype(date) for last in lasts], strict=True))


def preview(workspace: Workspace, requests: Sequence[OverrideRequest]) -> Preview:
    """What requests for one scope would do, after all changes in force; nothing is stored.

    Raises:
        NoDataError: there is no forecast of the present data.
        ParameterError: a request is refused; the sentence says why and what to do.
    """
    base, now = _base(workspace), stamp(workspace)
    outcome, wanted = tried(base, requests)
    scope = requests[0].scope
    before, sold = _expected(base, scope), base.sold(scope)
    after = before.copy()
    parts = []
    for met, old, new in outcome.told()[-len(wanted) :]:
        days = (met.override.first, met.override.last)
        after[base.columns(*days)] += new - old
        parts.append(Part(*days, float(old.sum()), float(new.sum()), _last_year(base, sold, days)))
    movers = _movers(base, outcome, len(wanted))
    return Preview(
        now, base.periods, before, after, tuple(parts), movers.head(MOST_MOVERS).reset_index(drop=True), len(movers)
    )


def save(
    workspace: Workspace, requests: Sequence[OverrideRequest], stamp: str, progress: Progress | None = None
) -> RunRecord:
    """Store changes, all of them or none, and the forecast with them as the newest one.

    Args:
        workspace: the shop.
        requests: as previewed, for one scope.
        stamp: of the preview; "" = whatever is in force.
        progress: told how far it has come.

    Raises:
        NoDataError: there is no forecast of the present data.
        ParameterError: a request is refused.
        ChangedMeanwhileError: forecast or changes are no longer those of the preview; the sentence says who did what.
    """
    with workspace.deriving:
        check_reasons(requests)
        base = _base(workspace)
        _refuse_changed(base, stamp)
        outcome, wanted = tried(base, requests)
        changes = [each.override for each in outcome.met]
        return derive(workspace, base.run, changes, lambda cursor: store.add(workspace, cursor, wanted), progress)


def take_back(workspace: Workspace, override_id: str, progress: Progress | None = None) -> RunRecord | None:
    """Take a change back and make the newest forecast without it; None = there is none of the present data.

    Raises:
        ParameterError: there is no such change, or it was taken back already.
    """
    with workspace.deriving:
        known = {each.override_id: each for each in store.every(workspace)}
        if override_id not in known or known[override_id].withdrawn_at is not None:
            raise ParameterError(
                f"A change by hand that holds is expected; “{override_id[:40]}” is none (any more). "
                "Choose one of the list of changes."
            )
        record = runs.latest_run(workspace, forecasting.KIND, current_dataset(workspace).version)
        if record is None:
            workspace.write(lambda cursor: store.withdraw(workspace, cursor, override_id))
            return None
        left = [each for each in in_force(workspace, _begins(workspace, record)) if each.override_id != override_id]
        base = base_of(workspace, record)
        return derive(workspace, base, left, lambda cursor: store.withdraw(workspace, cursor, override_id), progress)


def listing(workspace: Workspace) -> tuple[Stated, ...]:
    """All changes ever made, newest first."""
    newest = runs.latest_run(workspace, forecasting.KIND, current_dataset(workspace).version)
    newest = newest or runs.latest_run(workspace, forecasting.KIND)
    manifest = newest.manifest if newest else {}
    applied = {each["override_id"]: each for each in manifest.get("overrides", ())}
    left_out = {each["override_id"]: str(each["why"]) for each in manifest.get("overrides_left_out", ())}
    first = store.effects(workspace).groupby("override_id")[["before", "after"]].sum().T.to_dict()
    begins = _begins(workspace, newest) if newest else None
    found = []
    for each in reversed(store.every(workspace)):
        key, state, why = each.override_id, LAPSED, ""
        if each.withdrawn_at is not None:
            state = TAKEN_BACK
        elif key in applied:
            state = IN_FORCE
        elif key in left_out or (begins and holds(each, begins)):
            state = NOT_MET
            why = left_out.get(key, _("The newest forecast was made without it. Make a new one."))
        units: Mapping[str, float] = applied[key] if state == IN_FORCE else first.get(key, {})
        found.append(Stated(each, state, units.get("before"), units.get("after"), why))
    return tuple(found)


def _begins(workspace: Workspace, record: RunRecord) -> date:
    """First day of the first period of a forecast."""
    total = runs.run_table(workspace, "group_forecasts", record.run_id, level=scopes.TOTAL, name=scopes.TOTAL)
    begins: date = total["period"].min().date()
    return begins


def _base(workspace: Workspace) -> Footing:
    """The newest forecast of the present data without changes.

    Raises:
        NoDataError: there is none.
    """
    return footing(workspace, base_of(workspace, forecasting.required_record(workspace)))


def _refuse_changed(base: Footing, stamp_then: str) -> None:
    """Raise ChangedMeanwhileError when a decision rests on another state than the one in force."""
    if stamp_then in ("", stamp(base.workspace)):
        return
    events = [(each.created_at, each.who) for each in store.every(base.workspace)]
    events += [(each.withdrawn_at, each.withdrawn_by) for each in store.every(base.workspace) if each.withdrawn_at]
    at, who = max(events, default=(base.run.created_at, ""))
    told = f"{who} changed this forecast by hand meanwhile"
    if at <= base.run.created_at:
        at, told = base.run.created_at, "A new forecast was made meanwhile"
    raise ChangedMeanwhileError(f"{told} ({minute(at)}). Look at the new preview, then save.")


def _expected(base: Footing, scope: Scope) -> FloatArray:
    """Units that the newest forecast expects of a scope, changes included, shape (horizon,)."""
    choice = scopes.choice_of(base.panel, scope)
    return runs.expected_units(base.workspace, stamp(base.workspace), choice)


def _last_year(base: Footing, sold: FloatArray, days: tuple[date, date]) -> float | None:
    """Units on the same weekdays 52 weeks (in the same months a year) before; None = not known."""
    frequency, periods = base.panel.frequency, base.panel.calendar.periods
    before = frequency.a_year_before(np.array(days, "datetime64[D]"))
    if before[0] < periods[0] or before[1] > frequency.last_day(base.panel.calendar.last):
        return None
    # the shop may have been closed on all these days: nothing was sold then of what was on sale the day before
    inside = (periods >= before[0]) & (periods <= before[1])
    known = np.isfinite(sold[inside] if inside.any() else sold[periods < before[0]][-1:])
    return float(np.nansum(sold[inside])) if known.mean() >= KNOWN_LAST_YEAR else None


def _movers(base: Footing, outcome: Outcome, n_wanted: int) -> pd.DataFrame:
    """Series that the last so many overrides change, largest change first."""
    before = outcome.means_after(len(outcome.met) - n_wanted)
    changing = np.flatnonzero((outcome.changed.means != before).any(axis=1))
    columns = (outcome.changed.means != before).any(axis=0)
    rows = outcome.rows[changing]
    names = newcomers.names_of(base.workspace, current_dataset(base.workspace), base.panel)
    table = pd.DataFrame(
        {
            "sku": base.index.skus[rows],
            "location": base.index.locations[rows],
            "product_name": [names[str(sku)] for sku in base.index.skus[rows]],
            "before": before[np.ix_(changing, columns)].sum(axis=1),
            "after": outcome.changed.means[np.ix_(changing, columns)].sum(axis=1),
        }
    )
    order = (table["after"] - table["before"]).abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order]
