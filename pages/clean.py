"""Clean: can I trust this history?"""

import streamlit as st

from core.base.language import _
from core.workflows import home
from pages.ui import (
    clean_aside,
    clean_by_hand,
    clean_changes,
    clean_exports,
    clean_first,
    clean_history,
    clean_jobs,
    clean_quality,
    clean_recipe,
    clean_sections,
    clean_stock_outs,
    job_panel,
    messages,
    session,
)

workspace = session.workspace()
session.settings()

st.title(_("Clean"))
st.markdown(_("Can I trust this history?"))

messages.with_data()

job_id = clean_jobs.at_work()
job_panel.follow(job_id, key="clean-job")
busy = job_id is not None and session.runner().view(job_id).running

version = home.strip(workspace).version or ""
report = clean_quality.report_of(version)
clean_quality.show_scores(report)
clean_quality.show_notes(report)

sections = clean_sections.tabs()
if sections[clean_sections.FIRST].open:
    with sections[clean_sections.FIRST]:
        clean_first.show(version)
        clean_first.show_found(report)
        clean_first.show_states(report)
if sections[clean_sections.HISTORY].open:
    with sections[clean_sections.HISTORY]:
        clean_history.show(version)
if sections[clean_sections.RULES].open:
    with sections[clean_sections.RULES]:
        st.caption(_("The imported files stay as they are; every rule can be switched off again."))
        wanted = clean_recipe.choose(version, report, disabled=busy)
        clean_changes.offer(version, report, wanted, disabled=busy)
        clean_aside.show(version, report)
if sections[clean_sections.STOCK_OUTS].open:
    with sections[clean_sections.STOCK_OUTS]:
        clean_stock_outs.show(version, report, disabled=busy)
if sections[clean_sections.BY_HAND].open:
    with sections[clean_sections.BY_HAND]:
        clean_by_hand.show(version, disabled=busy)
clean_exports.offer(report)
