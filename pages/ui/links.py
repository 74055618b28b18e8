"""Links from page to page."""

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError


def to(page: str, label: str, icon: str) -> None:
    """A link to another page; a page that runs by itself knows no others and shows the label alone."""
    try:
        st.page_link(page, label=label, icon=icon)
    except StreamlitPageNotFoundError:
        st.caption(f"{icon} {label}")


def go(page: str) -> None:
    """Show another page now; a page that runs by itself stays where it is."""
    try:
        st.switch_page(page)
    except StreamlitPageNotFoundError:
        st.caption(":material/check_circle:")
