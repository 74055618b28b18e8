"""Deleting the whole workspace, after its name was typed."""

import streamlit as st

from core.base.language import _
from core.report import tables_runs
from core.report.numbers import number
from core.workflows import workspace as workspaces
from pages.ui import messages, session
from pages.ui.text import literal

DELETED = "workspace-deleted"


def show() -> None:
    """The form; afterwards the app goes on with an empty workspace."""
    st.markdown(f"**{_('Delete the whole workspace')}**")
    if (told := st.session_state.pop(DELETED, None)) is not None:
        st.success(told, icon=":material/delete_forever:")
    path, busy = session.workspace().path, bool(session.runner().active())
    st.caption(
        _(
            "Tables, saved uploads, ledger, key, results, and the backups made here. It cannot be undone; files that "
            "you downloaded or put elsewhere stay."
        )
    )
    with (
        st.form("delete", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input(
            _("To confirm, type {name}").format(name=literal(path.name)), key="delete-name", autocomplete="off",
            width=320,
        )  # fmt: skip
        asked = st.form_submit_button(_("Delete everything"), icon=":material/delete_forever:", disabled=busy)
    if asked:
        with messages.shown():
            done = workspaces.delete(path, typed or "")
            session.forget_all()
            text = _("{name} was deleted: {files} files, {size}.")
            st.session_state[DELETED] = text.format(
                name=literal(path.name), files=number(done.files), size=tables_runs.size(done.size_bytes)
            )
            st.rerun()
