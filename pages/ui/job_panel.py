"""The panel of a running job: stage, progress, time, cancel, and results as they land."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.base.language import _
from core.jobs import data, work
from core.report import tables_runs
from pages.ui import session
from pages.ui.text import literal

POLL = "1s"


def follow(job_id: str | None, *, key: str, partial: Callable[[Sequence[Any]], None] | None = None) -> None:
    """Show the job until it ends, then run the page anew; leaving or refreshing the page does not stop it.

    Args:
        job_id: as given by the runner; None shows nothing.
        key: unique per place.
        partial: draws the results that have landed so far.
    """
    if job_id is None:
        return
    view = session.runner().view(job_id)
    if view.running:
        _panel(job_id, key, partial)
    elif view.status == "failed":
        st.error(literal(view.message, 600), icon=":material/error:")
    elif view.status == "cancelled":
        st.info(_cancelled(view.kind), icon=":material/cancel:")


def _cancelled(kind: str) -> str:
    """What is left of a cancelled job."""
    if kind in (work.EVERYTHING, data.SAMPLE):
        return _("Cancelled. The steps that were done stay.")
    if kind == work.COMPARISON:
        return _("Cancelled. What finished methods said is kept: the same comparison goes on from there.")
    return _("Cancelled. Nothing of this run was stored.")


@session.fragment(every=POLL)
def _panel(job_id: str, key: str, partial: Callable[[Sequence[Any]], None] | None) -> None:
    view = session.runner().view(job_id)
    if not view.running:
        st.rerun()
    with st.container(border=True):
        detail = f" · {literal(view.detail)}" if view.detail else ""
        stage = view.stage or tables_runs.kind_labels().get(view.kind, view.kind)
        st.progress(view.fraction, text=f"{literal(stage)}{detail}")
        with st.container(horizontal=True, vertical_alignment="center"):
            left = _(", about {seconds:.0f} s left").format(seconds=view.eta_seconds) if view.eta_seconds else ""
            st.caption(_("Running for {seconds:.0f} s").format(seconds=view.elapsed_seconds) + left)
            if st.button(_("Cancel"), key=f"{key}-cancel", icon=":material/stop_circle:"):
                session.runner().cancel(job_id)
        if partial and view.partial:
            partial(view.partial)
