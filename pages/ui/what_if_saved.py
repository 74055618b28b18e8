"""Scenarios kept by name, and some of them side by side."""

import streamlit as st

from core.base.language import _
from core.report import tables_what_if
from core.report.numbers import day, local
from core.workflows import simulating
from core.workflows.simulating import SavedScenario
from pages.ui import session, tables
from pages.ui.what_if_result import Shown

MOST = 4


def offer(shown: Shown) -> None:
    """A name and a button that keeps the scenario."""
    with st.form("save-scenario", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(_("Name of the scenario"), max_chars=60, key="scenario-name", width=280)
        if st.form_submit_button(_("Save the scenario"), icon=":material/bookmark_add:"):
            if not name.strip():
                st.warning(_("Give the scenario a name first."), icon=":material/edit:")
                return
            scope = {"sku": shown.scope.sku, "location": shown.scope.location, "label": shown.scope.label}
            simulating.save(
                session.workspace(), simulating.renamed(shown.played, name.strip()), scope, shown.scope.version
            )
            st.rerun()


def compare(currency: str) -> None:
    """Saved scenarios side by side."""
    kept = simulating.saved(session.workspace())
    st.subheader(_("Saved scenarios"))
    if not kept:
        st.caption(_("None yet. Move the sliders, give the scenario a name and save it."))
        return
    known = {each.run_id: each for each in kept}
    texts = {run_id: _title(each) for run_id, each in known.items()}
    newest = kept[0].run_id
    # the newest are compared as soon as one is saved; the oldest goes then, so that places in the list would not do
    run_ids = st.multiselect(
        _("Compare up to four"), list(known), list(known)[:2], format_func=texts.__getitem__, max_selections=MOST,
        key=f"scenarios-{newest}",
    )  # fmt: skip
    chosen = [known[run_id] for run_id in run_ids]
    if told := _unlike(chosen):
        st.info(told, icon=":material/info:")
    if chosen:
        tables.show(
            tables_what_if.compared(chosen, currency), alt=_("Saved scenarios side by side"), key="scenarios", rows=14
        )


def _unlike(chosen: list[SavedScenario]) -> str:
    """Why one baseline does not stand for all that are compared, as a sentence; "" where it does."""
    if len({tuple(each.scope.values()) for each in chosen}) > 1:
        return _("These scenarios were played on different scopes; the baseline shown is that of the first.")
    if any(each.baseline != chosen[0].baseline for each in chosen):
        return _(
            "These scenarios were played on different data, forecasts, plans or settings; the baseline shown is that "
            "of the first."
        )
    return ""


def _title(each: SavedScenario) -> str:
    scope = each.scope.get("label") or " · ".join(str(part) for part in each.scope.values() if part) or _("Whole shop")
    return f"{each.scenario.name} – {scope} – {day(local(each.created_at))}"
