"""Upload: did my files arrive, and are they understood correctly?"""

import streamlit as st

from core.base.language import _
from core.jobs import data
from core.workflows import importing
from pages.ui import job_panel, session, upload_files, upload_past, upload_result

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
    tables = upload_files.read(files, stored)
    upload_files.show_overview(tables)
    for table in tables:
        upload_files.show(table)
    if upload_files.confirm(tables):
        chosen = upload_files.decisions(tables)
        session_job = data.start_import(runner, workspace, chosen, upload_files.on_conflict())
        upload_result.remember(session_job)
        st.rerun()
else:
    upload_result.show()
    if not stored:
        upload_files.invite()

upload_past.show(stored)
