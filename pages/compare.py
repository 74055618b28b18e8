"""Compare models: which model should plan which items, and is any better than naive?"""

import streamlit as st

from core.base.language import _
from core.workflows import home
from pages.ui import compare_controls, compare_results, compare_tables, compare_tuning, job_panel, messages, session

workspace = session.workspace()
session.settings()

st.title(_("Compare models"))
st.markdown(_("Which model should plan which items, and is any better than naive?"))

messages.with_data()

job_id = compare_controls.job_at_work()
busy = job_id is not None and session.runner().view(job_id).running
comparison = compare_controls.newest(workspace)
compare_controls.show(again=comparison is not None, disabled=busy)
job_panel.follow(job_id, key="compare-job", partial=compare_tables.show_landed)

with messages.shown():
    compare_tuning.show()

version = home.strip(workspace).version or ""
compare_controls.show_too_short(version)
if comparison is None:
    if not busy:
        st.info(_("Nothing has been compared yet. Start with the methods chosen above; it takes a minute or two."))
    st.stop()

compare_controls.show_age(comparison)
compare_results.show(comparison, version)
