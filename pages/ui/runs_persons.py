"""Duties to customers: forget one person, change the secret that customers are hashed with."""

import streamlit as st

from core.base.language import _, ngettext
from core.report import tables_keeping
from core.report.numbers import number
from core.workflows import privacy
from pages.ui import messages, session

FORGOTTEN = "person-forgotten"
TURN = "forget-turn"
ROTATED = "key-rotated"


def show() -> None:
    """What is kept about persons, and the two forms."""
    st.markdown(
        _(
            "Names, addresses, telephone numbers and e-mail are dropped before anything is stored. A customer number "
            "is kept as a keyed hash only, or not at all: you choose for each file on the Upload page."
        )
    )
    busy = bool(session.runner().active())
    if busy:
        st.caption(_("A job is running; these actions wait until it has ended."))
    _forget(disabled=busy)
    _rotate(disabled=busy)


def _forget(*, disabled: bool) -> None:
    st.markdown(f"**{_('Forget one person')}**")
    if (told := st.session_state.pop(FORGOTTEN, None)) is not None:
        st.success(told, icon=":material/person_off:")
    # Typed as a secret, under a key of its own each time, so that it stays neither on the screen nor in the session.
    turn = st.session_state.get(TURN, 0)
    with (
        st.form("forget", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input(
            _("Customer number, e-mail, telephone number or name as the files had it"), type="password",
            key=f"forget-identifier-{turn}", autocomplete="off", width=460,
        )  # fmt: skip
        asked = st.form_submit_button(_("Forget this person"), icon=":material/person_off:", disabled=disabled)
    st.caption(
        _(
            "Sales and changes by hand stay, nobody can tell any more whom they concern: comments, reasons and names "
            "that hold what you type are removed. The file is written anew, so that no trace is left in it."
        )
    )
    if asked:
        with messages.shown(), st.spinner(_("Forgetting…")):
            done = privacy.forget(session.workspace(), typed or "")
            session.forget_shown()
            st.session_state[TURN] = turn + 1
            st.session_state[FORGOTTEN] = tables_keeping.forgotten_note(done)
            st.rerun()


def _rotate(*, disabled: bool) -> None:
    st.markdown(f"**{_('Change the key')}**")
    if (count := st.session_state.pop(ROTATED, None)) is not None:
        text = ngettext("{n} customer was hashed again.", "{n} customers were hashed again.", count)
        keep = _("Keep a copy of the key's file in a safe place: it is in no backup.")
        st.success(f"{text.format(n=number(count))} {keep}", icon=":material/key:")
    st.caption(
        _("All customers are hashed again under a new secret. Do this when somebody else could have read the key.")
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(_("Change the key"), key="rotate", icon=":material/key:", disabled=disabled)
        lost = st.checkbox(
            _("The former key is lost for good"), key="rotate-lost",
            help=_("Customers known so far become strangers: later files do not recognise them."),
        )  # fmt: skip
    if pressed:
        with messages.shown(), st.spinner(_("Hashing the customers again…")):
            st.session_state[ROTATED] = privacy.rotate_key(session.workspace(), lost=lost)
            st.rerun()
