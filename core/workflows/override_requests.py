"""What a planner asks to be changed by hand, checked before anything is stored."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.errors import ParameterError
from core.base.language import _, day
from core.series.overriding import PERCENT, SET, UNITS
from core.store.overrides import Override
from core.workflows.override_runs import Outcome, apply, in_force
from core.workflows.override_scopes import Footing
from core.workflows.scopes import Scope

KINDS: Final = (PERCENT, UNITS, SET)
REASONS: Final = ("promotion", "event", "new_or_ending", "price", "competitor", "supply", "data", "judgement")
LONGEST_COMMENT: Final = 300
ABSURD: Final = 1_000.0
"""A change may not lead to more than so many times what the whole shop ever sold in as many periods."""


@dataclass(frozen=True, slots=True)
class OverrideRequest:
    """A change wanted.

    Attributes:
        scope: whose forecast.
        first, last: first and last day; of weekly and monthly data days stand for the whole week or month.
        kind: "percent", "units" (more or fewer, summed over the days) or "set" (to units, summed over the days).
        value: percent (20 = a fifth more), or units.
        reason: one of REASONS; what is only previewed may have none, "".
        comment: in the planner's words.
        until: forecasts that begin after this day do not apply it; None = the last day.
    """

    scope: Scope
    first: date
    last: date
    kind: str
    value: float
    reason: str
    comment: str = ""
    until: date | None = None


def reasons() -> dict[str, str]:
    """Reasons on offer: key → label."""
    labels = (
        _("Promotion"), _("Event or holiday"), _("New or ending item"), _("Price change"), _("Competitor"),
        _("Supply"), _("Wrong or missing data"), _("Own judgement"),
    )  # fmt: skip
    return dict(zip(REASONS, labels, strict=True))


def check_reasons(requests: Sequence[OverrideRequest]) -> None:
    """Refuse what has no reason; it may be previewed, but not saved.

    Raises:
        ParameterError: a request has none.
    """
    for each in requests:
        if each.reason not in REASONS:
            raise ParameterError(
                f"A reason is expected with every change, one of {', '.join(REASONS)}; “{each.reason[:40]}” was given."
            )


def tried(base: Footing, requests: Sequence[OverrideRequest]) -> tuple[Outcome, list[Override]]:
    """What changes in force and requests do together, and the requests as overrides.

    Raises:
        ParameterError: a request is refused.
    """
    if len({each.scope for each in requests}) != 1:
        raise ParameterError("Changes of one part of the shop are expected. Save those of another part by themselves.")
    wanted = [_checked(base, each) for each in requests]
    outcome = apply(base, [*in_force(base.workspace, base.periods[0].astype(date)), *wanted], with_paths=False)
    best = np.nanmax(base.sold(Scope()), initial=1.0)
    for met, _before, after in outcome.told()[-len(wanted) :]:
        if met.why:
            raise ParameterError(met.why)
        if after.sum() > ABSURD * best * len(after):
            raise ParameterError(
                f"{after.sum():,.0f} units would be expected, more than {ABSURD:,.0f} times what the whole shop ever "
                "sold in as many periods. Correct the number."
            )
    return outcome, wanted


def _checked(base: Footing, request: OverrideRequest) -> Override:
    """The override a request asks for, its days those of whole periods.

    Raises:
        ParameterError: it is refused.
    """
    if request.kind not in KINDS or not math.isfinite(request.value):
        raise ParameterError(
            f"A number of {PERCENT}, {UNITS} or {SET} is expected; {request.value:g} {request.kind[:40]} was given."
        )
    if request.value == 0 and request.kind != SET:
        raise ParameterError("By 0 nothing would change. Say by how much more or less is expected, or set the units.")
    if request.first > request.last:
        raise ParameterError(
            f"The first day, {day(request.first)}, comes after the last one, {day(request.last)}. Exchange them."
        )
    begins, ends = base.reach
    if request.first < begins or request.last > ends:
        raise ParameterError(
            f"Days from {day(begins)} to {day(ends)}, which the forecast holds, are expected; {day(request.first)} to "
            f"{day(request.last)} was given. Choose days in it, or make a longer forecast."
        )
    first, last = _whole(base, request.first, request.last)
    until = request.until or last
    if until < begins:
        raise ParameterError(
            f"The day until which the change holds, {day(until)}, is over. Choose {day(last)} or a later one."
        )
    return Override.new(
        level=request.scope.level, name=request.scope.name, location=request.scope.location,
        first=first, last=last, kind=request.kind, value=float(request.value), reason=request.reason,
        comment=request.comment.strip()[:LONGEST_COMMENT], until=until,
    )  # fmt: skip


def _whole(base: Footing, first: date, last: date) -> tuple[date, date]:
    """The days extended to those of whole weeks or months, of weekly and monthly data."""
    if base.panel.frequency is Frequency.DAY:
        return first, last
    place = np.searchsorted(base.periods, np.array([first, last], "datetime64[D]"), side="right") - 1
    days = base.periods[place[0]], base.panel.frequency.last_day(np.datetime64(base.periods[place[1]], "D"))
    return days[0].astype(date), days[1].astype(date)
