"""What must be said before any figure: loads that the workspace lost."""

import streamlit as st

from core.base.language import _
from core.workflows import recovery
from pages.ui import runs_sections, session
from pages.ui.text import literal

FRESH_SECONDS = 60


@st.cache_data(max_entries=4, ttl=FRESH_SECONDS, show_spinner=False)
def _problems(path: str) -> list[str]:  # noqa: ARG001 - tells one workspace from another
    return recovery.problems(session.workspace())


def problems() -> list[str]:
    """Sentences about what was lost; asked once a minute, as every page shows whether there is anything.

    Nothing while a job is at work: it may be between an import and its clean demand.
    """
    return [] if session.runner().active() else _problems(str(session.workspace().path))


def lost_loads() -> None:
    """A banner while the ledger says that loads are missing or changed, with the way to mend it."""
    found = problems()
    for problem in found:
        st.error(literal(problem, 800), title=_("The workspace is not complete"), icon=":material/report:")
    if found:
        runs_sections.link(runs_sections.BACKUP, _("Rebuild or restore"), ":material/healing:")
