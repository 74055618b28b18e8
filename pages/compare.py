"""Compare models: which model should plan which items, and is any better than naive?"""

import streamlit as st

from core.base.language import _
from core.workflows import home
from pages.ui import compare_charts, compare_controls, compare_tables, job_panel, messages, session

workspace = session.workspace()
session.settings()

st.title(_("Compare models"))
st.markdown(_("Which model should plan which items, and is any better than naive?"))

if not home.has_data(workspace):
    messages.no_data()
    st.stop()

job_id = compare_controls.job_at_work()
busy = job_id is not None and session.runner().view(job_id).running
with messages.shown():
    compare_controls.show(disabled=busy)
job_panel.follow(job_id, key="compare-job", partial=compare_tables.show_landed)

comparison = compare_controls.newest(workspace)
if comparison is None:
    if not busy:
        st.info(_("Nothing has been compared yet. Start with the methods chosen above; it takes a minute or two."))
    st.stop()

compare_controls.show_age(comparison)
compare_tables.show_cards(comparison)
st.subheader(_("Leaderboard"))
compare_tables.show_leaderboard(comparison)
st.subheader(_("Champions"))
compare_tables.show_champions(comparison)
st.subheader(_("Where the errors are"))
compare_charts.show(comparison, dark=session.dark())
compare_tables.exports(comparison, lambda: compare_charts.figures(comparison))
