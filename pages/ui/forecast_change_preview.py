"""What a change by hand would do, before it is saved: sums, weeks, the series it moves, and how such changes did."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.base.language import _, ngettext
from core.base.types import FloatArray
from core.charts import overrides as charts
from core.report import tables_overrides
from core.report.numbers import BLANK, change, day, number
from core.workflows import overrides, value_added
from core.workflows.overrides import OverrideRequest, Preview, Span
from pages.ui import cards, chart, messages, session, tables
from pages.ui.cards import Card

SEEN = "changes-seen"
AROUND = 3
"""Weeks drawn on both sides of those that change."""


def show(requests: Sequence[OverrideRequest], weeks: Sequence[Span], *, reason: str) -> str:
    """Draw what the requests would do.

    Args:
        requests: what is wanted.
        weeks: of the forecast.
        reason: the reason chosen; "" = none yet.

    Returns:
        Stamp of what the reader had before them when they last touched the page; "" = the requests were refused.
    """
    before, found = st.session_state.pop(SEEN, ""), None
    with messages.shown():
        found = overrides.preview(session.workspace(), requests)
    if found is None:
        return ""
    st.session_state[SEEN] = found.stamp
    _cards(found)
    _chart(found, weeks)
    _movers(found)
    _record(found, reason)
    return before or found.stamp


def _cards(found: Preview) -> None:
    before, after = (sum(getattr(part, name) for part in found.parts) for name in ("before", "after"))
    years = [part.last_year for part in found.parts]
    last_year = None if None in years else sum(each or 0.0 for each in years)
    about, known = _("Units over the days chosen."), _("Sold in the same weeks (months) a year before.")
    cards.row(
        [
            Card(_("Before"), _units(before), about),
            Card(_("After"), _units(after), about, change=change(after / before - 1) if before > 0 else ""),
            Card(_("A year before"), BLANK, _("There is no history of that time."))
            if last_year is None
            else Card(_("A year before"), _units(last_year), known),
        ],
        columns=3,
    )


def _units(value: float) -> str:
    return _("{n} units").format(n=number(value, 1 if 0 < value < 20 else 0))


def _chart(found: Preview, weeks: Sequence[Span]) -> None:
    """The weeks that change and those around them."""
    before, after = _sums(found, found.before, weeks), _sums(found, found.after, weeks)
    last_year = np.array([np.nan if each.last_year is None else each.last_year for each in weeks])
    changed = [
        place for place, week in enumerate(weeks) for part in found.parts if part.first <= week.first <= part.last
    ]
    shown = slice(max(min(changed) - AROUND, 0), max(changed) + AROUND + 1)
    names = [day(each.first) for each in weeks[shown]]
    units = (before[shown], after[shown], last_year[shown])
    figure = charts.before_and_after(names, units, _("Units"), dark=session.dark())
    chart.show(figure, key="change-weeks", alt=_("Forecast per week before and after the change"), file_name="change")


def _sums(found: Preview, values: FloatArray, weeks: Sequence[Span]) -> FloatArray:
    """Units per week, shape (n_weeks,)."""
    place = np.searchsorted([np.datetime64(each.first) for each in weeks], found.periods, side="right") - 1
    return np.asarray(np.bincount(place, weights=values, minlength=len(weeks)), np.float64)


def _movers(found: Preview) -> None:
    if found.series < 2:
        return
    text = ngettext("**{n} series changes**", "**{n} series change**, these most", found.series)
    st.markdown(text.format(n=number(found.series)))
    moved, several = float(found.after.sum() - found.before.sum()), found.movers["location"].nunique() > 1
    table = tables_overrides.movers(found.movers, moved, with_location=several)
    tables.show(table, alt=_("Series that change most"), key="change-movers", rows=6)


def _record(found: Preview, reason: str) -> None:
    """How the reader's changes for the same reason in the same direction did so far."""
    if not reason:
        st.caption(_("Choose a reason to save it."))
        return
    upward = float(found.after.sum()) >= float(found.before.sum())
    record = value_added.own_record(session.workspace(), reason, upward=upward)
    if record is None:
        return
    text = (
        _("Your changes upwards for “{reason}” so far: {helped} of {n} helped")
        if upward
        else _("Your changes downwards for “{reason}” so far: {helped} of {n} helped")
    ).format(reason=overrides.reasons()[reason], helped=number(record.helped), n=number(record.judged))
    if np.isfinite(record.gain):
        took = _("they took {points} points off the error")
        added = _("they added {points} points to the error")
        text += "; " + (took if record.gain >= 0 else added).format(points=number(abs(100 * record.gain), 1))
    st.info(f"{text}.", icon=":material/history:")
