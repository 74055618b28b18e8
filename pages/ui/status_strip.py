"""The strip in the sidebar: how far the data reaches, what was last computed, what is running."""

import streamlit as st

from core.base.language import _
from core.report.numbers import day
from core.workflows import home
from pages.ui import session
from pages.ui.text import literal


def show() -> None:
    """Data cutoff, last forecast and running jobs."""
    strip = home.strip(session.workspace())
    with st.sidebar:
        st.caption(_("Data until {day}").format(day=day(strip.data_until)))
        st.caption(_("Last forecast {day}").format(day=day(strip.forecast_at)))
        for view in session.runner().active():
            st.caption(f":material/progress_activity: {literal(view.stage)} {view.fraction:.0%}")
