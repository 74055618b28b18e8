"""The strip in the sidebar: how far the data reaches, what was last computed, what is running, what is missing."""

import streamlit as st

from core.base.language import _
from core.report import tables_runs
from core.report.numbers import day
from core.workflows import home
from pages.ui import home_banners, runs_sections, session
from pages.ui.text import literal


def show() -> None:
    """Data cutoff, last forecast, running jobs, and whether anything was lost."""
    strip, kinds = home.strip(session.workspace()), tables_runs.kind_labels()
    with st.sidebar:
        st.caption(_("Data until {day}").format(day=day(strip.data_until)))
        st.caption(_("Last forecast {day}").format(day=day(strip.forecast_at)))
        for view in session.runner().active():
            st.caption(f":material/progress_activity: {kinds.get(view.kind, literal(view.stage))} {view.fraction:.0%}")
        if home_banners.problems():
            st.error(_("The workspace is not complete."), icon=":material/report:")
            runs_sections.link(runs_sections.BACKUP, _("Rebuild or restore"), ":material/healing:")
