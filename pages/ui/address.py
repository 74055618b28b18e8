"""The address in the browser names what a page shows, so that it can be passed on and survives a reload."""

from collections.abc import Mapping, Sequence

import streamlit as st


def write(names: Sequence[str], address: Mapping[str, str], seen: str) -> None:
    """Let the address say this; what else it says stays.

    Args:
        names: parameters that belong to the page.
        address: those that are set, with their values; the others are taken out.
        seen: key under which the session keeps what the address said last.
    """
    st.session_state[seen] = address
    for name in names:
        if name not in address and name in st.query_params:
            del st.query_params[name]
        elif name in address and st.query_params.get(name) != address[name]:
            st.query_params[name] = address[name]
