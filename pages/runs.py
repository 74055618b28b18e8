"""Runs & settings: what ran, with what, and what are the shop's defaults?"""

import streamlit as st

from core.base.language import _
from pages.ui import runs_glossary, runs_history, runs_settings, runs_workspace, session

settings = session.settings()

st.title(_("Runs & settings"))
st.markdown(_("What ran, with what, and which defaults does the shop plan with?"))

runs, jobs, defaults, backup, workspace = st.tabs(
    [_("Runs"), _("Jobs"), _("Settings"), _("Backup"), _("Workspace")], key="runs-tab"
)
with runs:
    runs_history.show_runs()
with jobs:
    runs_history.show_jobs()
with defaults:
    runs_settings.show(settings)
with backup:
    runs_workspace.show_backups()
with workspace:
    runs_workspace.show_facts()
runs_glossary.show()
