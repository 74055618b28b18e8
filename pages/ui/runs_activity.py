"""Who changed what in the data, and which states of the clean demand are kept."""

import streamlit as st

from core.base.language import _
from core.report import tables_keeping
from core.workflows import history
from pages.ui import downloads, session, tables

ACTIONS = 200


def show() -> None:
    """The audit, newest first, and the data versions."""
    workspace = session.workspace()
    entries = history.recent_actions(workspace, ACTIONS)
    if not entries:
        st.info(_("Nobody changed anything yet. Imports, cleaning, settings and deletions will stand here."))
        return
    table = tables_keeping.action_table(entries)
    tables.show(table, alt=_("Changes, newest first"), key="actions", rows=12, columns=_moments(_("When")))
    downloads.offer("stockcast-activity", csv=lambda: table)
    versions = history.versions(workspace)
    if versions:
        st.markdown(f"**{_('Data versions')}**")
        st.caption(_("Every run names the data version it was made with; the last five are kept."))
        tables.show(
            tables_keeping.version_table(versions),
            alt=_("Data versions, newest first"),
            key="versions",
            columns=_moments(_("Made")),
        )


def _moments(name: str) -> dict[str, object]:
    return {name: st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")}
