"""Links from page to page."""

from collections.abc import Mapping

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError


def to(page: str, label: str, icon: str, query: Mapping[str, str] | None = None) -> None:
    """A link to another page; a page that runs by itself knows no others and shows the label alone."""
    try:
        st.page_link(page, label=label, icon=icon, query_params=dict(query) if query else None)
    except StreamlitPageNotFoundError:
        st.caption(f"{icon} {label}")


def go(page: str) -> None:
    """Show another page now; a page that runs by itself stays where it is."""
    try:
        st.switch_page(page)
    except StreamlitPageNotFoundError:
        st.caption(":material/check_circle:")
