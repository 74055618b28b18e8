"""What is still to be done before there is an order list, and the job that does it."""

from dataclasses import astuple

import streamlit as st

from core.base.language import _
from core.jobs import data, work
from core.workflows import home
from core.workflows.home import State, Status
from core.workflows.planning import PlanOptions
from core.workflows.workspace import Workspace
from pages.ui import job_panel, links, messages, session

JOB = "preparation-job"
KINDS = (work.EVERYTHING, work.PLAN, work.FORECAST, work.COMPARISON, data.SAMPLE)


# The value is shared and never changed: a copy per visit would cost more than it protects.
@st.cache_resource(max_entries=4, show_spinner=False)
def _status(key: tuple[str, ...]) -> Status:  # noqa: ARG001 - the figures depend on nothing else
    return home.status(session.workspace())


def status_of(state: State) -> Status:
    """The figures of the present data and its newest runs."""
    return _status(astuple(state))


def job_at_work() -> str | None:
    """The job that brings this page its figures: one at work, whichever session began it, else this session's last."""
    found = next((view.job_id for view in session.runner().active() if view.kind in KINDS), None)
    return found or st.session_state.get(JOB)


def busy(job_id: str | None) -> bool:
    """Whether that job is at work."""
    return job_id is not None and session.runner().view(job_id).running


def with_forecast(workspace: Workspace) -> State:
    """What there is, on a page that needs a forecast; without one the page ends with the way forward."""
    messages.with_data()
    state = home.state_of(workspace)
    if not state.forecast:
        offer(state, job_at_work())
        st.stop()
    return state


def offer(state: State, job_id: str | None) -> None:
    """The steps to an order list, which are done, and one button that does the others."""
    job_panel.follow(job_id, key="home-job")
    if busy(job_id):
        return
    with st.container(border=True):
        st.markdown(_("**There is no order list for the present data yet.** Three steps lead to it."))
        steps = (
            (_("Compare forecasting methods"), state.comparison),
            (_("Forecast every SKU"), state.forecast),
            (_("Plan the orders"), state.plan),
        )
        for label, run_id in steps:
            icon = ":material/check_circle:" if run_id else ":material/radio_button_unchecked:"
            st.markdown(f"{icon} {label}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(_("Prepare everything"), key="prepare", type="primary", icon=":material/play_arrow:"):
                st.session_state[JOB] = _start(state)
                st.rerun()
            links.to("pages/compare.py", _("Compare models"), ":material/leaderboard:")
            links.to("pages/forecast.py", _("Forecast"), ":material/show_chart:")


def _start(state: State) -> str:
    """Only the plan when the forecast is there; else all steps, so that the methods are those of the present data."""
    if state.forecast:
        return work.start_plan(session.runner(), session.workspace(), PlanOptions())
    return work.start_everything(session.runner(), session.workspace())
