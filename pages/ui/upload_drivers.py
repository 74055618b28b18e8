"""Which drivers of the user's files the shop knows ahead: what Stockcast proposes, and the user's own choice."""

from collections.abc import Sequence

import streamlit as st

from core.base.language import _, ngettext
from core.jobs import data
from core.report.numbers import day
from core.workflows.planned_drivers import Driver
from pages.ui import session, upload_result
from pages.ui.text import literal


def propose(found: Sequence[Driver]) -> None:
    """Ask about drivers with values after the last sale; nothing is used ahead unasked."""
    proposed = [each for each in found if each.proposed]
    if not proposed:
        return
    named = ", ".join(_("{driver} (until {day})").format(driver=each.name, day=day(each.until)) for each in proposed)
    text = ngettext(
        "A driver has values for days after the last sale: {named}. Does the shop know them ahead?",
        "Some drivers have values for days after the last sale: {named}. Does the shop know them ahead?",
        len(proposed),
    )
    with st.container(border=True):
        st.markdown(f":material/event_upcoming: {literal(text.format(named=named), 600)}")
        with st.container(horizontal=True):
            if st.button(_("Yes, use them in forecasts"), key="upload-ahead-yes", icon=":material/check:"):
                _start({each.name: True for each in proposed})
            if st.button(_("No, use the past only"), key="upload-ahead-no"):
                _start({each.name: False for each in proposed})


def choose(found: Sequence[Driver]) -> None:
    """The user's choice of all drivers of files."""
    if not found:
        return
    turn = st.session_state.get(upload_result.ROUND, 0)
    before = [each.name for each in found if each.ahead]
    with st.form("upload-ahead", border=True):
        chosen = st.pills(
            _("Known ahead"), [each.name for each in found], selection_mode="multi", default=before,
            key=f"upload-ahead-{turn}", wrap=True,
            help=_("What the shop plans or knows: campaigns, prices, school holidays. Events are always known ahead."),
        )  # fmt: skip
        st.caption(
            _(
                "Of a driver known ahead, methods also use the values after the last sale, and past dates are judged "
                "as if they had been known then. Of all others only the past is used."
            )
        )
        sent = st.form_submit_button(_("Store"), icon=":material/check:", key="upload-ahead-store")
    wanted = {each.name: each.name in chosen for each in found if each.proposed or each.ahead != (each.name in chosen)}
    if sent and wanted:
        _start(wanted)


def _start(wanted: dict[str, bool]) -> None:
    upload_result.remember(data.start_marking(session.runner(), session.workspace(), wanted))
    st.rerun()
