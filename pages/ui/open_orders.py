"""Asks about orders that the newest list of open orders no longer names."""

import streamlit as st

from core.base.language import _
from core.jobs import data
from core.workflows import supply_orders
from core.workflows.workspace import Workspace
from pages.ui import job_panel, messages, session
from pages.ui.text import literal

JOB = "orders-settling-job"


def ask(workspace: Workspace) -> None:
    """The question with its two answers, or nothing when no order is missed."""
    job_panel.follow(st.session_state.get(JOB), key="orders-settling-panel")
    found = supply_orders.left_open(workspace)
    if found is None:
        return
    st.warning(literal(found.sentence(), 600), icon=":material/local_shipping:")
    with st.container(horizontal=True):
        came = st.button(_("Arrived"), key="orders-arrived", icon=":material/check:")
        cancelled = st.button(_("Cancelled"), key="orders-cancelled", icon=":material/cancel:")
    st.caption(_("The answer is kept as an upload; forecast and plan are made anew after it."))
    if came or cancelled:
        with messages.shown():
            wanted = supply_orders.settling(workspace, found, arrived=came)
            runner = session.runner()
            st.session_state[JOB] = data.start_import(runner, workspace, wanted, "append")
            runner.wait(st.session_state[JOB], timeout=3.0)
        st.rerun()
