"""Changes by hand: a form for the scope shown, all changes of the shop with the way back, and whether they helped."""

import streamlit as st

from core.base.language import _, ngettext
from core.jobs import work
from core.report import tables_overrides
from core.report.numbers import number
from core.workflows import overrides, value_added
from core.workflows.overrides import Stated
from core.workflows.scopes import Scope
from core.workflows.viewing import Head, ScopeView
from pages.ui import forecast_change_form, forecast_helped, job_panel, session, tables

JOB = "changes-job-id"
ENDED = "changes-ended"
CLICKED = "changes-clicked"


def show(head: Head, scope: Scope, view: ScopeView, frequency: str) -> None:
    """What can be changed, what was changed, and what it was good for."""
    busy = _at_work()
    if not head.current:
        st.info(_("This forecast was made from older data. Make a new forecast first; then it can be changed."))
    elif view.whole is None:
        st.info(_("This forecast does not hold this part of the shop. Make a new one."))
    elif job_id := forecast_change_form.show(scope, frequency, disabled=busy):
        st.session_state[JOB] = job_id
        st.rerun()
    elif overrides.stamp(session.workspace()) != head.run_id:
        # somebody changed it meanwhile: what stands above this part of the page was drawn from the forecast before
        st.rerun()
    _list(disabled=busy)
    forecast_helped.show()


def _at_work() -> bool:
    """Whether a forecast is being changed, whichever session began it; says how this session's own change ended."""
    runner = session.runner()
    _tell(st.session_state.pop(ENDED, None))
    job_id = st.session_state.get(JOB) or work.running(runner, work.OVERRIDING)
    if job_id is None:
        return False
    if runner.view(job_id).running:
        job_panel.follow(job_id, key="changes-job")
        return True
    if st.session_state.pop(JOB, None):
        # what stands above this part of the page was drawn from the forecast before
        st.session_state[ENDED] = job_id
        st.rerun()
    return False


def _tell(job_id: str | None) -> None:
    """How a change ended."""
    if job_id is None:
        return
    job = session.runner().view(job_id)
    job_panel.follow(job_id, key="changes-job")
    if job.status == "done" and "taken_back" in job.request:
        st.success(_("The change is taken back; the forecast is without it again."), icon=":material/undo:")
    elif job.status == "done":
        forecast_change_form.begin_anew()
        st.success(_("The change is saved. Plan anew to order by it."), icon=":material/check:")


def _list(*, disabled: bool) -> None:
    st.subheader(_("All changes of the shop"))
    found = overrides.listing(session.workspace())
    if not found:
        st.caption(_("None yet. A change made above is kept here with who made it, when and why."))
        return
    held = sum(each.state == overrides.IN_FORCE for each in found)
    text = ngettext(
        "{n} change is in force; plans and what-ifs follow it.",
        "{n} changes are in force; plans and what-ifs follow them.",
        held,
    )
    st.caption(text.format(n=number(held)) if held else _("None of them is in force now."))
    judged = value_added.outcome(session.workspace()).by_change
    table = tables_overrides.listing(found, overrides.reasons(), judged)
    button = _("Take back")
    table.insert(0, button, [button if _can_go(each) and not disabled else None for each in found])
    take_back = st.column_config.ButtonColumn(
        "", key=CLICKED, on_click=_take_back, args=([each.override.override_id for each in found],), pinned=True
    )
    columns = {button: take_back, _("State"): st.column_config.TextColumn(width="medium")}
    tables.show(table, alt=_("Changes by hand"), key="changes", rows=10, columns=columns)


def _can_go(each: Stated) -> bool:
    return each.state in (overrides.IN_FORCE, overrides.NOT_MET)


def _take_back(ids: list[str]) -> None:
    override_id = ids[st.session_state[CLICKED].row]
    st.session_state[JOB] = work.start_take_back(session.runner(), session.workspace(), override_id)
