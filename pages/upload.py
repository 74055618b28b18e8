"""Upload: did my files arrive, and are they understood correctly?"""

import streamlit as st

from core.base.language import _
from core.jobs import data
from core.workflows import importing
from pages.ui import (
    job_panel,
    session,
    upload_confirm,
    upload_files,
    upload_fit,
    upload_past,
    upload_reading,
    upload_result,
    upload_tables,
)

workspace, runner = session.workspace(), session.runner()
session.settings()
stored = importing.imported(workspace)

st.title(_("Upload"))
st.markdown(_("Did my files arrive, and are they understood correctly?"))

job_id = upload_result.job_at_work()
busy = job_id is not None and runner.view(job_id).running
files = upload_files.choose(disabled=busy)
job_panel.follow(job_id, key="upload-job")

if busy:
    st.caption(_("You may leave this page; the work goes on and the sidebar shows how far it is."))
elif files:
    tables = upload_reading.read(files, stored)
    upload_tables.show_overview(tables)
    upload_tables.show(tables)
    if upload_confirm.confirm(tables, stored):
        chosen = upload_confirm.decisions(tables)
        session_job = data.start_import(runner, workspace, chosen, upload_confirm.on_conflict())
        upload_result.remember(session_job)
        st.rerun()
else:
    upload_reading.forget()
    upload_result.show()
    if not stored:
        upload_files.invite()

if not busy:
    upload_fit.show(stored)
upload_past.show(stored)
