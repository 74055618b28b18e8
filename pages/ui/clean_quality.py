"""The Clean page's answer in figures: quality by dimension, and what was noticed in the calendar."""

import streamlit as st

from core.base.language import _
from core.report.numbers import compact, number
from core.workflows import cleaning
from core.workflows.cleaning import CleanReport
from pages.ui import messages, session
from pages.ui.text import literal


@st.cache_resource(max_entries=2, show_spinner=False)
def _report(version: str, language: str) -> CleanReport:  # noqa: ARG001 - the key of the cache
    return cleaning.report(session.workspace())


def report_of(version: str) -> CleanReport:
    """The report of the data in force."""
    return _report(version, session.settings().language)


def show_scores(report: CleanReport) -> None:
    """Overall score and one card per dimension, with the figures behind each."""
    before, after = float(report.before.sum()), float(report.after.sum())
    with st.grid(7, min_column_width=122, gap="small"):
        st.metric(
            _("Data quality"),
            number(report.quality.score, 1),
            border=True,
            help=_("Mean of the dimensions that have a score. 100 = everything that was checked is in order."),
        )
        for dimension in report.quality.dimensions:
            st.metric(dimension.label, number(dimension.score, 1), border=True, help=literal(dimension.reason, 300))
        st.metric(
            _("Clean units"),
            compact(after),
            border=True,
            help=_("As imported {before} units, after cleaning {after}.").format(
                before=number(before), after=number(after)
            ),
        )


def show_calendar(report: CleanReport) -> None:
    """Closed days and an unfinished last period, as sentences."""
    messages.noticed(_("Noticed in the calendar"), report.notes)
