"""Our error texts are shown as they are; anything else is a defect and surfaces."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.base.errors import DemandError
from core.base.language import _
from pages.ui import links
from pages.ui.text import literal


@contextmanager
def shown() -> Iterator[None]:
    """Show a user's mistake as one sentence and go on with the page."""
    try:
        yield
    except DemandError as error:
        st.error(literal(error, 600), icon=":material/error:")


def refused(error: DemandError) -> None:
    """Show why something was refused."""
    st.error(literal(error, 600), icon=":material/error:")


def no_data() -> None:
    """The empty state of a page that needs sales: what to do next."""
    with st.container(border=True):
        st.markdown(
            _("**There is no sales history yet.** Upload your own files, or look round with the sample shop first.")
        )
        with st.container(horizontal=True):
            links.to("pages/upload.py", _("Upload files"), ":material/upload_file:")


def needs(sentence: str, page: str, label: str, icon: str) -> None:
    """The empty state of a page that needs a step done before: which, and the way there."""
    with st.container(border=True):
        st.markdown(sentence)
        links.to(page, label, icon)


def noticed(title: str, notes: tuple[str, ...]) -> None:
    """What was noticed in the data, together in one box; nothing when there is nothing."""
    if notes:
        st.info("\n".join(f"- {literal(note, 400)}" for note in notes), title=title, icon=":material/event_busy:")
