"""Runs & settings: what ran, with what, what are the shop's defaults, and is everything safe?"""

import streamlit as st

from core.base.language import _
from pages.ui import (
    runs_activity,
    runs_anonymous,
    runs_backup,
    runs_delete,
    runs_glossary,
    runs_history,
    runs_persons,
    runs_rates,
    runs_recovery,
    runs_sections,
    runs_settings,
    runs_workspace,
    session,
)

settings = session.settings()

st.title(_("Runs & settings"))
st.markdown(_("What ran, with what, and which defaults does the shop plan with?"))

sections = runs_sections.tabs()
if sections[runs_sections.RUNS].open:
    with sections[runs_sections.RUNS]:
        runs_history.show_runs()
if sections[runs_sections.JOBS].open:
    with sections[runs_sections.JOBS]:
        runs_history.show_jobs()
if sections[runs_sections.SETTINGS].open:
    with sections[runs_sections.SETTINGS]:
        runs_settings.show(settings)
        runs_rates.show(settings)
if sections[runs_sections.BACKUP].open:
    with sections[runs_sections.BACKUP]:
        runs_recovery.show()
        runs_backup.show()
if sections[runs_sections.PRIVACY].open:
    with sections[runs_sections.PRIVACY]:
        runs_persons.show()
        runs_anonymous.show()
        runs_delete.show()
if sections[runs_sections.ACTIVITY].open:
    with sections[runs_sections.ACTIVITY]:
        runs_activity.show()
if sections[runs_sections.WORKSPACE].open:
    with sections[runs_sections.WORKSPACE]:
        runs_workspace.show()
runs_glossary.show()
