"""The workspace: what it holds, whether it is whole, and what of it lies where."""

import streamlit as st

from core.base.language import _
from core.report import tables_keeping, tables_runs
from core.report.numbers import number
from core.workflows import history
from core.workflows.places import places
from pages.ui import cards, links, runs_sections, session, tables
from pages.ui.cards import Card
from pages.ui.text import literal


def show() -> None:
    """Size, rows per table, losses if there are any, files."""
    facts = history.facts(session.workspace())
    cards.row(
        [
            Card(_("Workspace file"), tables_runs.size(facts.size_bytes), note=facts.file),
            Card(_("Sample paths and models"), tables_runs.size(facts.files_bytes), note=_("kept beside the file")),
            Card(_("Rows"), number(sum(facts.rows.values())), note=_("in all tables")),
        ],
        columns=3,
    )
    problems = () if session.runner().active() else facts.problems
    for problem in problems:
        st.error(literal(problem, 800), icon=":material/report:")
    if problems:
        runs_sections.link(runs_sections.BACKUP, _("Rebuild or restore"), ":material/healing:")
    else:
        st.success(_("Every load is complete and unchanged."), icon=":material/verified:")
    st.markdown(f"**{_('What is stored where')}**")
    st.caption(_("Folder: {folder}").format(folder=literal(facts.folder, 300)))
    tables.show(
        tables_keeping.place_table(places(session.workspace())),
        alt=_("Files of the workspace"),
        key="places",
        columns={_("What it holds"): st.column_config.TextColumn(width="large")},
    )
    with st.expander(_("Rows per table"), icon=":material/table_rows:"):
        tables.show(tables_runs.contents(facts.rows), alt=_("Rows per table"), key="contents", rows=20)
    links.to("pages/upload.py", _("Take an upload back"), ":material/delete:")
