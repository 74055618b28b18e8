"""The Clean page's answer in figures: quality by dimension, and what was noticed in the calendar."""

import streamlit as st

from core.base.language import _
from core.report.numbers import number
from core.workflows import cleaning
from core.workflows.cleaning import CleanReport
from pages.ui import cards, messages, session
from pages.ui.cards import Card
from pages.ui.text import literal


# An hour, because timeliness is measured against today.
@st.cache_resource(max_entries=2, ttl="1h", show_spinner=False)
def _report(version: str, language: str) -> CleanReport:  # noqa: ARG001 - the key of the cache
    return cleaning.report(session.workspace())


def report_of(version: str) -> CleanReport:
    """The report of the data in force."""
    return _report(version, session.settings().language)


def show_scores(report: CleanReport) -> None:
    """Overall score and one card per dimension, with the figures behind each."""
    overall = _("Mean of the dimensions that have a score. 100 = everything that was checked is in order.")
    found = [Card(_("Data quality"), number(report.quality.score, 1), help=overall)]
    found += [
        Card(each.label, number(each.score, 1), help=literal(each.reason, 300)) for each in report.quality.dimensions
    ]
    cards.row(found, columns=6, least_width=150)
    before, after = float(report.before.sum()), float(report.after.sum())
    text = _("In the {cells} SKU-periods that are forecast, {before} units were imported; {after} are clean demand.")
    st.caption(text.format(before=number(before), after=number(after), cells=number(report.cells)))


def show_notes(report: CleanReport) -> None:
    """Closed days, an unfinished last period and rules that wait to be confirmed, as sentences."""
    messages.noticed(_("Noticed in the data"), report.notes)
