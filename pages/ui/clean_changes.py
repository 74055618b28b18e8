"""Applying a changed recipe on the Clean page: check first, confirm what moves much, run as a job, and undo."""

import streamlit as st

from core.base.errors import DemandError, NoDataError
from core.base.language import _, ngettext
from core.jobs import data
from core.report.numbers import percent
from core.workflows import cleaning
from core.workflows.cleaning import CleanReport, Recipe
from pages.ui import clean_recipe, messages, session
from pages.ui.text import literal

JOB = "clean-job-id"
CONFIRM = "clean-confirm"


def job_at_work() -> str | None:
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


def _follow(job_id: str) -> None:
    st.session_state[JOB] = job_id
    st.session_state.pop(CONFIRM, None)
    st.rerun()


def offer(version: str, report: CleanReport, wanted: Recipe, *, disabled: bool) -> None:
    """Apply what was changed, after a look at how much it moves; or go back to the recipe before."""
    runner, workspace = session.runner(), session.workspace()
    different = _different(report, wanted)
    if different:
        text = ngettext(
            "{n} rule is changed and not applied yet.", "{n} rules are changed and not applied yet.", len(different)
        )
        st.info(text.format(n=len(different)), icon=":material/edit:")
    with st.container(horizontal=True):
        if st.button(
            _("Apply"), type="primary", icon=":material/check:", disabled=disabled or not different, key="clean-apply"
        ):
            large = _large(version, report, wanted, different)
            if large is not None and not large:
                _follow(data.start_cleaning(runner, workspace, wanted))
            st.session_state[CONFIRM] = wanted.recipe_id
        if st.button(
            _("Undo the last change"),
            icon=":material/undo:",
            disabled=disabled or not report.can_undo,
            key="clean-undo",
        ):
            _follow(data.start_undo(runner, workspace))
    if different and st.session_state.get(CONFIRM) == wanted.recipe_id:
        _confirm(version, report, wanted, different)


def _different(report: CleanReport, wanted: Recipe) -> list[str]:
    pairs = zip(report.recipe.steps, wanted.steps, strict=True)
    return [new.rule for old, new in pairs if (old.enabled, old.complete()) != (new.enabled, new.complete())]


def _large(version: str, report: CleanReport, wanted: Recipe, different: list[str]) -> dict[str, float] | None:
    """Rules that move more than a fifth of all units with their share; None when one was refused."""
    steps = {step.rule: step for step in wanted.steps}
    shares: dict[str, float] = {}
    try:
        with st.spinner(_("Checking what would change")):
            for key in different:
                if steps[key].enabled:
                    shares[key] = clean_recipe.preview_of(version, key, steps[key].complete()).share or 0.0
                elif report.imported_units > 0:
                    shares[key] = report.effects.get(key, (0, 0.0))[1] / report.imported_units
    except DemandError as error:
        messages.refused(error)
        return None
    return {key: share for key, share in shares.items() if share > cleaning.LARGE_SHARE}


def _confirm(version: str, report: CleanReport, wanted: Recipe, different: list[str]) -> None:
    large = _large(version, report, wanted, different)
    if not large:
        return
    labels = {rule.key: rule.label for rule in report.rules}
    for key, share in large.items():
        text = _("“{rule}” moves {share} of all units. Look at what it would change before you apply it.")
        st.warning(literal(text.format(rule=labels[key], share=percent(share)), 300), icon=":material/warning:")
    if st.button(_("Apply all the same"), icon=":material/priority_high:", key="clean-apply-anyway"):
        _follow(data.start_cleaning(session.runner(), session.workspace(), wanted))
