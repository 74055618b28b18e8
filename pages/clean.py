"""Clean: can I trust this history?"""

import streamlit as st

from core.base.language import _
from core.workflows import home
from pages.ui import clean_changes, clean_history, clean_quality, clean_recipe, job_panel, messages, session

workspace = session.workspace()
session.settings()

st.title(_("Clean"))
st.markdown(_("Can I trust this history?"))

if not home.has_data(workspace):
    messages.no_data()
    st.stop()

job_id = clean_changes.job_at_work()
job_panel.follow(job_id, key="clean-job")

version = home.strip(workspace).version or ""
report = clean_quality.report_of(version)
clean_quality.show_scores(report)
clean_quality.show_calendar(report)
clean_history.show_chart(version, report)
clean_history.show_states(report)

st.subheader(_("What the rules changed"))
st.caption(_("The imported files stay as they are; every rule can be switched off again."))
busy = job_id is not None and session.runner().view(job_id).running
wanted = clean_recipe.choose(version, report, disabled=busy)
clean_changes.offer(version, report, wanted, disabled=busy)

clean_history.show_not_products(version)
clean_history.exports(report)
