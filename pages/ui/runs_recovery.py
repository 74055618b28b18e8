"""Loads that were lost: which they are, and the button that makes them again from the saved uploads."""

import streamlit as st

from core.base.language import _, ngettext
from core.jobs import data
from core.jobs.runner import JobView
from core.report import tables_keeping
from core.report.numbers import number
from core.workflows import datasets, recovery
from core.workflows.importing import ImportResult
from core.workflows.workspace import Workspace
from pages.ui import home_banners, job_panel, session, tables
from pages.ui.text import literal

JOB = "recovery-job"
REBUILT = "recovery-result"


def show() -> None:
    """Nothing while all is well; otherwise what is missing and the way back."""
    runner, workspace = session.runner(), session.workspace()
    job_id = next((view.job_id for view in runner.active() if view.kind == data.RECOVERY), st.session_state.get(JOB))
    job_panel.follow(job_id, key="recovery-job-panel")
    view = runner.view(job_id) if job_id else None
    if view is not None and view.running:
        return
    if view is not None and view.status == "done":
        _done(view)
    if (result := st.session_state.pop(REBUILT, None)) is not None:
        _told(result)
    # a job at work may be between an import and its clean demand, which is no loss
    problems = [] if runner.active() else recovery.problems(workspace)
    for problem in problems:
        st.error(literal(problem, 800), icon=":material/report:")
    if problems:
        _offer(workspace)


def _offer(workspace: Workspace) -> None:
    """What is missing, and the button that makes it again."""
    missing, behind = recovery.missing(workspace), datasets.behind(workspace)
    if not missing and not behind:
        return
    able = behind or any(load.kept for load in missing)
    if missing:
        st.markdown(f"**{_('What is missing')}**")
        tables.show(
            tables_keeping.lost_table(missing), alt=_("Loads that are missing"), key="missing-loads",
            columns={_("Loaded"): st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")},
        )  # fmt: skip
    if not able:
        st.caption(_("Nothing of these loads is kept: import the files again, or restore a backup."))
    if st.button(
        _("Rebuild from the saved uploads"), key="rebuild", type="primary", disabled=not able,
        icon=":material/healing:",
    ):  # fmt: skip
        runner = session.runner()
        st.session_state[JOB] = data.start_recovery(runner, workspace)
        st.rerun()


def _done(view: JobView) -> None:
    """Begin again once a rebuild has ended: the sidebar and all that is cached were made without the loads."""
    if st.session_state.pop(JOB, None) == view.job_id and view.partial:
        st.session_state[REBUILT] = view.partial[-1]
        st.cache_data.clear()
        home_banners.forget()
        st.rerun()


def _told(result: ImportResult) -> None:
    """What came back, and what did not."""
    count, rows = len(result.files), sum(each.loaded for each in result.files)
    if count:
        text = ngettext("{n} load is there again: {rows} rows.", "{n} loads are there again: {rows} rows.", count)
        st.success(text.format(n=number(count), rows=number(rows)), icon=":material/healing:")
    for note in result.notes:
        st.warning(literal(note, 600), icon=":material/info:")
