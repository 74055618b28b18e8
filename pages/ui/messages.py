"""Our error texts are shown as they are; anything else is a defect and surfaces."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.base.errors import DemandError
from core.base.language import _
from core.jobs import data
from core.workflows import datasets, home
from pages.ui import job_panel, links, session
from pages.ui.text import literal

SAMPLE_JOB = "no-data-sample-job"


@contextmanager
def shown() -> Iterator[None]:
    """Show a user's mistake as one sentence and go on with the page."""
    try:
        yield
    except DemandError as error:
        st.error(literal(error, 600), icon=":material/error:")


def refused(error: DemandError) -> None:
    """Show why something was refused."""
    st.error(literal(error, 600), icon=":material/error:")


def with_data() -> None:
    """Have the clean data in memory, on a page that needs them; without sales the page ends with the ways forward."""
    workspace = session.workspace()
    if not home.has_data(workspace):
        _no_data()
        st.stop()
    if not datasets.is_read(workspace):
        with shown(), st.spinner(_("Reading the clean data")):
            datasets.current_dataset(workspace)


def _no_data() -> None:
    """The empty state of a page that needs sales: the two ways forward, or how far the one chosen has come."""
    runner = session.runner()
    at_work = (view.job_id for view in runner.active() if view.kind in (data.SAMPLE, data.IMPORT))
    job_id = next(at_work, st.session_state.get(SAMPLE_JOB))
    job_panel.follow(job_id, key="no-data-job")
    if job_id is not None and runner.view(job_id).running:
        st.caption(_("You may leave this page; the work goes on and the sidebar shows how far it is."))
        return
    with st.container(border=True):
        st.markdown(
            _("**There is no sales history yet.** Upload your own files, or look round with the sample shop first.")
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            links.to("pages/upload.py", _("Upload files"), ":material/upload_file:")
            if st.button(_("Try the sample shop"), key="no-data-sample", icon=":material/storefront:", type="primary"):
                st.session_state[SAMPLE_JOB] = data.start_sample(runner, session.workspace())
                st.rerun()
        st.caption(_("The sample shop is made up: 200 SKUs, three years. It takes about half a minute to prepare."))


def needs(sentence: str, page: str, label: str, icon: str) -> None:
    """The empty state of a page that needs a step done before: which, and the way there."""
    with st.container(border=True):
        st.markdown(sentence)
        links.to(page, label, icon)


def noticed(title: str, notes: tuple[str, ...]) -> None:
    """What was noticed in the data, together in one box; nothing when there is nothing."""
    if notes:
        st.info("\n".join(f"- {literal(note, 400)}" for note in notes), title=title, icon=":material/event_busy:")
