"""What must be said before any figure: loads that the workspace lost, and sales that are not of these days."""

import numpy as np
import streamlit as st

from core.base.language import _
from core.report.numbers import day, number, today
from core.workflows import datasets, home, recovery
from pages.ui import runs_sections, session
from pages.ui.text import literal

FRESH_SECONDS = 60
LATE_DAYS = 7
"""Days after its end by which a period is expected to have been uploaded."""


# The server imports this before it runs; only the other kind of cache asks it then where to keep its values, in vain.
@st.cache_resource(max_entries=4, ttl=FRESH_SECONDS, show_spinner=False)
def _problems(path: str) -> tuple[str, ...]:  # noqa: ARG001 - tells one workspace from another
    return tuple(recovery.problems(session.workspace()))


def problems() -> tuple[str, ...]:
    """Sentences about what was lost; asked once a minute, as every page shows whether there is anything.

    Nothing while a job is at work: it may be between an import and its clean demand.
    """
    return () if session.runner().active() else _problems(str(session.workspace().path))


def forget() -> None:
    """Ask anew: what was lost may be back."""
    _problems.clear()


def lost_loads() -> None:
    """A banner while the ledger says that loads are missing or changed, with the way to mend it."""
    found = problems()
    for problem in found:
        st.error(literal(problem, 800), title=_("The workspace is not complete"), icon=":material/report:")
    if found:
        runs_sections.link(runs_sections.BACKUP, _("Rebuild or restore"), ":material/healing:")


def old_sales() -> None:
    """Say so where sales end long before today: orders and their dates are as of then."""
    workspace = session.workspace()
    until, length = home.strip(workspace).data_until, datasets.current_dataset(workspace).panel.frequency
    if until is None:
        return
    ago = int((np.datetime64(today(), "D") - until).astype(int))
    # a period that is not over yet cannot have been uploaded
    if ago > LATE_DAYS + length.days:
        text = _(
            "The newest sales are of {day}, {n} days ago: figures, dates and orders are as of then. "
            "Upload what was sold since."
        )
        st.info(text.format(day=day(until), n=number(ago)), icon=":material/history:")
