"""The strip in the sidebar: how far the data reaches, what was last computed, what is running, what is missing."""

import streamlit as st

from core.base.language import _
from core.report import tables_runs
from core.report.numbers import day, local
from core.workflows import home
from pages.ui import home_banners, runs_sections, session
from pages.ui.text import literal

POLL = "3s"


def show() -> None:
    """Data cutoff, last forecast, running jobs, and whether anything was lost."""
    strip = home.strip(session.workspace())
    with st.sidebar:
        st.caption(_("Data until {day}").format(day=day(strip.data_until)))
        st.caption(_("Last forecast {day}").format(day=day(local(strip.forecast_at) if strip.forecast_at else None)))
        if session.runner().active():
            _at_work()
        if home_banners.problems():
            st.error(_("The workspace is not complete."), icon=":material/report:")
            runs_sections.link(runs_sections.BACKUP, _("Rebuild or restore"), ":material/healing:")


@session.fragment(every=POLL)
def _at_work() -> None:
    """What is running and how far it is, on pages too that do not follow it; the page is drawn anew at its end."""
    active, kinds = session.runner().active(), tables_runs.kind_labels()
    if not active:
        st.rerun()
    for view in active:
        st.caption(f":material/progress_activity: {kinds.get(view.kind, literal(view.stage))} {view.fraction:.0%}")
