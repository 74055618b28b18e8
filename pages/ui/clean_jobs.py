"""The job that makes the clean demand anew: which one the Clean page follows."""

import streamlit as st

from core.base.errors import NoDataError
from core.base.language import _
from core.jobs import data
from pages.ui import session

JOB = "clean-job-id"
WAITING = "clean-confirm"


def at_work() -> str | None:
    """The job this page follows: its own, or one of another session that changes the data."""
    job_id = st.session_state.get(JOB)
    if job_id is not None:
        try:
            if session.runner().view(job_id).status != "done":
                return str(job_id)
        except NoDataError:
            st.session_state.pop(JOB)
        else:
            st.toast(_("The clean demand was made anew."), icon=":material/check_circle:")
            st.session_state.pop(JOB)
    kinds = (data.CLEANING, data.IMPORT, data.REMOVAL, data.SAMPLE)
    return next((view.job_id for view in session.runner().active() if view.kind in kinds), None)


def follow(job_id: str) -> None:
    """Show this job from now on; the controls wait until it ends."""
    st.session_state[JOB] = job_id
    st.session_state.pop(WAITING, None)
    st.rerun()
