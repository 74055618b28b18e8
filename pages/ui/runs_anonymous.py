"""Sales to hand out, by groups in which nobody can be found."""

import streamlit as st

from core.base.language import _
from core.report import tables_privacy
from core.workflows import privacy
from pages.ui import downloads, messages, session, tables

MADE = "anonymous-sales"
MOST = 4


def show() -> None:
    """Choose what to group by; the table and its files."""
    st.markdown(f"**{_('Anonymous sales')}**")
    st.caption(
        _(
            "Lines, units and revenue by groups of several persons. Smaller groups are held back, and others with "
            "them, so that no total gives them away. Earlier exports are taken into account."
        )
    )
    labels = tables_privacy.grouping_labels()
    with st.form("anonymous", border=False):
        by = st.multiselect(
            _("Group by"), list(privacy.GROUPINGS), ["month"], format_func=labels.__getitem__, max_selections=MOST,
            key="anonymous-by", help=_("At most one of day, week and month."),
        )  # fmt: skip
        k = st.number_input(
            _("Persons in every group, at least"), privacy.LEAST, 1000, privacy.LEAST, 1, key="anonymous-k", width=260
        )
        fresh = st.checkbox(
            _("Leave earlier exports out of account"), key="anonymous-fresh",
            help=_("Right only if nobody who has an earlier export will see this one."),
        )  # fmt: skip
        asked = st.form_submit_button(_("Make the export"), icon=":material/groups:")
    if asked:
        st.session_state.pop(MADE, None)
        with messages.shown():
            st.session_state[MADE] = privacy.anonymous_sales(session.workspace(), by, int(k), fresh=fresh)
    if (made := st.session_state.get(MADE)) is not None:
        st.info(tables_privacy.anonymous_note(made), icon=":material/visibility_off:")
        table = tables_privacy.anonymous_table(made)
        tables.show(table, alt=_("Anonymous sales"), key="anonymous-table")
        downloads.offer(
            "stockcast-anonymous-sales",
            csv=lambda: table,
            xlsx=lambda: {_("Anonymous sales"): tables_privacy.anonymous_sheet(made)},
        )
