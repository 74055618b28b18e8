"""The form of a change by hand: weeks, by how much and why, with what it would do before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from core.base.language import _
from core.jobs import work
from core.report.numbers import day
from core.workflows import overrides
from core.workflows.overrides import OverrideRequest, Span
from core.workflows.scopes import Scope
from pages.ui import forecast_change_preview, forecast_scope, session, tables
from pages.ui.text import literal

PERCENT, UNITS, SET = overrides.KINDS
EACH = "each"
MADE = "changes-made"
LONGEST_HOLD = timedelta(730)
Wanted = tuple[date, date, str, float]
"""First and last day, kind and value of a change."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is changed, and until when new forecasts apply it; None = until its last day."""

    reason: str
    comment: str
    until: date | None


def show(scope: Scope, frequency: str, *, disabled: bool) -> str:
    """The form, the preview and the way to save it; key of the job that saves it, "" = it was not asked for.

    Args:
        scope: whose forecast is changed.
        frequency: of the periods.
        disabled: whether nothing can be saved now.
    """
    weeks = overrides.spans(session.workspace(), scope)
    st.subheader(_("Change the forecast of {scope}").format(scope=literal(forecast_scope.called(scope))))
    how = _how(frequency)
    span, wanted = _several(weeks, scope, frequency) if how == EACH else _one(weeks, how)
    why = _why(span)
    requests = [
        OverrideRequest(scope, first, last, kind, units, why.reason, why.comment, why.until)
        for first, last, kind, units in wanted
    ]
    if not requests:
        st.caption(_("Say by how much. What it would do is shown here before anything is saved."))
        return ""
    seen = forecast_change_preview.show(requests, weeks, reason=why.reason)
    label, off = _("Save the change"), disabled or not why.reason
    if not seen or not st.button(label, key="change-save", type="primary", icon=":material/edit:", disabled=off):
        return ""
    return work.start_overrides(session.runner(), session.workspace(), requests, seen)


def begin_anew() -> None:
    """Empty the form."""
    st.session_state[MADE] = st.session_state.get(MADE, 0) + 1


def _key(name: str) -> str:
    """Key of a control; another one after each change saved, so that the form is empty again."""
    return f"change-{name}-{st.session_state.get(MADE, 0)}"


def _how(frequency: str) -> str:
    ways = {
        PERCENT: _("± %"),
        UNITS: _("± units"),
        SET: _("Set to units"),
        EACH: _("Month by month") if frequency == "month" else _("Week by week"),
    }
    chosen = st.segmented_control(
        _("How"), list(ways), default=PERCENT, required=True, format_func=ways.__getitem__,
        key="change-how", wrap=True,
    )  # fmt: skip
    return str(chosen or PERCENT)


def _one(weeks: Sequence[Span], how: str) -> tuple[tuple[date, date], list[Wanted]]:
    """First and last day of the weeks chosen, and what is wanted of them together."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # the first week is often under way; what is planned begins with a whole one
        start = next((place for place, each in enumerate(weeks) if each.whole), 0)
        first = _pick(_("From"), [each.first for each in weeks], "from", start)
        last = _pick(_("To"), [each.last for each in weeks if each.first >= first], "to")
        value = _value(how)
    return (first, last), [] if value is None else [(first, last, how, value)]


def _pick(label: str, days: Sequence[date], name: str, start: int = 0) -> date:
    """One of some days; the one at the place `start` at first, and when the one chosen is no longer among them."""
    return st.selectbox(label, days, start, format_func=day, key=_key(name), width=150)


def _value(how: str) -> float | None:
    if how == PERCENT:
        label, least, step, hint = _("Change, %"), -100.0, 5.0, _("e.g. 20 or −10")
    elif how == UNITS:
        label, least, step, hint = _("Change, units in all"), None, 1.0, _("e.g. 30 or −30")
    else:
        label, least, step, hint = _("Units in all"), 0.0, 1.0, _("e.g. 120")
    return st.number_input(
        label, min_value=least, value=None, step=step, format="%g", key=_key(f"value-{how}"), placeholder=hint,
        width=190,
        help=_("Summed over all the days chosen. SKUs and days get their shares as the forecast has them."),
    )  # fmt: skip


def _several(weeks: Sequence[Span], scope: Scope, frequency: str) -> tuple[None, list[Wanted]]:
    """What is wanted of single weeks, each with a number of its own."""
    new = _("New")
    table = pd.DataFrame(
        {
            _("Month from") if frequency == "month" else _("Week from"): [day(each.first) for each in weeks],
            _("A year before"): pd.array([each.last_year for each in weeks], "Float64").round(1),
            _("Forecast"): [round(each.units, 1) for each in weeks],
            new: pd.array([None] * len(weeks), "Float64"),
        }
    )
    edited = tables.edit(
        table, alt=_("Units per week: a year before, forecast, and new"), key=_key(f"weeks-{scope}"), rows=13,
        editable={new: st.column_config.NumberColumn(min_value=0.0, format="localized", width="small")},
    )  # fmt: skip
    st.caption(_("Write a number under “New” where you know better; an empty cell leaves the forecast as it is."))
    given = zip(weeks, edited[new], strict=True)
    return None, [(each.first, each.last, SET, float(units)) for each, units in given if pd.notna(units)]


def _why(span: tuple[date, date] | None) -> Why:
    """Reason, comment, and how long it holds; weeks set one by one each hold until their last day."""
    names = overrides.reasons()
    until = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.selectbox(
            _("Reason"), list(names), None, format_func=names.__getitem__, key=_key("reason"), width=220,
            placeholder=_("Choose a reason"),
        )  # fmt: skip
        if span is not None:
            first, last = span
            until = st.date_input(
                _("Holds until"), last, first, last + LONGEST_HOLD, key=_key(f"until-{last}"),
                width=150, format="YYYY-MM-DD",
                help=_("New forecasts made until this day apply the change as well, as far as they hold its weeks."),
            )  # fmt: skip
        comment = st.text_input(
            _("Comment"), max_chars=overrides.LONGEST_COMMENT, key=_key("comment"), width=320,
            placeholder=_("e.g. leaflet in 40 shops"),
        )  # fmt: skip
    return Why(reason or "", comment or "", until)
