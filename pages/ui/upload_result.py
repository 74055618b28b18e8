"""The job started on the Upload page, what it brought, and where to go next."""

import streamlit as st

from core.base.errors import NoDataError
from core.base.language import _, ngettext
from core.jobs import data, linking
from core.report import tables_upload
from core.report.numbers import number
from core.report.upload_questions import in_words
from core.workflows.importing import ImportResult
from core.workflows.joining import LinksDone
from pages.ui import links, messages, session, tables

JOB = "upload-job-id"
ROUND = "upload-round"
DONE = "upload-done-id"


def remember(job_id: str) -> None:
    """Follow this job on the page from now on."""
    st.session_state[JOB] = job_id
    st.session_state.pop(DONE, None)


def job_at_work() -> str | None:
    """The job this page follows: its own, or one of another session that changes the data."""
    job_id = st.session_state.get(JOB)
    if job_id is not None:
        try:
            status = session.runner().view(job_id).status
        except NoDataError:
            status = "gone"
        if status == "done":
            _finish(job_id)
        if status in ("running", "failed", "cancelled"):
            return str(job_id)
    kinds = (data.IMPORT, data.REMOVAL, data.SAMPLE, data.MARKING, linking.LINKING)
    return next((view.job_id for view in session.runner().active() if view.kind in kinds), None)


def _finish(job_id: str) -> None:
    """The files are in: empty the uploader, show what came of it; the sample shop goes on to Home."""
    kind = session.runner().view(job_id).kind
    st.session_state.pop(JOB)
    st.session_state[DONE] = job_id
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    if kind == data.SAMPLE:
        links.go("pages/home.py")


def show() -> None:
    """What the last import of this session did, with the next steps."""
    job_id = st.session_state.get(DONE)
    if job_id is None:
        return
    view = session.runner().view(job_id)
    results = [each for each in view.partial if isinstance(each, ImportResult)]
    linked = [each for each in view.partial if isinstance(each, LinksDone)]
    if results:
        _imported(results[-1])
    elif linked:
        _linked(linked[-1])
    else:
        said = {
            data.REMOVAL: _("The upload was removed and the clean demand made anew."),
            data.MARKING: _("Stored. Comparisons and forecasts made from now on go by it."),
        }
        st.success(said.get(view.kind, _("The sample shop is ready.")), icon=":material/check_circle:")
        if view.kind == data.SAMPLE:
            links.to("pages/home.py", _("Go to Home"), ":material/home:")


def _linked(done: LinksDone) -> None:
    text = ngettext("{n} link was changed.", "{n} links were changed.", done.changed).format(n=number(done.changed))
    made = f" {_('The clean demand was made anew.')}" if done.rebuilt else ""
    st.success(text + made, icon=":material/check_circle:")
    messages.noticed(_("Noticed"), tuple(map(in_words, done.notes)))


def _imported(result: ImportResult) -> None:
    loaded = sum(each.loaded for each in result.files if each.already_loaded_at is None)
    text = ngettext("{tables} table with", "{tables} tables with", len(result.files)).format(tables=len(result.files))
    rows = _("{rows} rows imported in {seconds} s.").format(rows=number(loaded), seconds=number(result.seconds, 1))
    st.success(f"{text} {rows}", icon=":material/check_circle:")
    table = tables_upload.summary(result.files)
    tables.show(table, alt=_("What became of each table"), key="upload-summary")
    messages.noticed(_("Noticed"), tuple(map(in_words, result.notes)))
    with st.container(horizontal=True):
        links.to("pages/clean.py", _("See what cleaning did"), ":material/cleaning_services:")
        links.to("pages/compare.py", _("Compare models"), ":material/leaderboard:")
        links.to("pages/home.py", _("Go to Home"), ":material/home:")
