"""Applying a changed recipe on the Clean page: check first, confirm what moves much, and undo."""

import streamlit as st

from core.base.errors import DemandError
from core.base.language import _, ngettext
from core.jobs import data
from core.report.numbers import percent
from core.workflows import cleaning
from core.workflows.cleaning import CleanReport, Recipe
from pages.ui import clean_jobs, clean_recipe, messages, session
from pages.ui.text import literal


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
                clean_jobs.follow(data.start_cleaning(runner, workspace, wanted))
            st.session_state[clean_jobs.WAITING] = wanted.recipe_id
        if st.button(
            _("Undo the last change"),
            icon=":material/undo:",
            disabled=disabled or not report.can_undo,
            key="clean-undo",
        ):
            clean_jobs.follow(data.start_undo(runner, workspace))
    if different and st.session_state.get(clean_jobs.WAITING) == wanted.recipe_id:
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
        clean_jobs.follow(data.start_cleaning(session.runner(), session.workspace(), wanted))
