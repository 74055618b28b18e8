"""What importing would change, the user's choice about rows that are stored already, and the one button."""

from collections.abc import Sequence
from typing import Final, cast

import streamlit as st

from core.base.errors import DemandError
from core.base.language import _, ngettext
from core.report import tables_upload, upload_questions
from core.report.numbers import number
from core.workflows.importing import Decision, Difference, OnConflict, UploadRecord
from pages.ui import messages, upload_reading
from pages.ui.tables import show as show_table
from pages.ui.text import literal
from pages.ui.upload_reading import Table

CONFLICT: Final = "upload-on-conflict"


def on_conflict() -> OnConflict:
    """The user's choice about rows that are stored already; without any, what is known is not stored again."""
    return cast("OnConflict", st.session_state.get(CONFLICT) or "append")


def confirm(tables: Sequence[Table], stored: Sequence[UploadRecord]) -> bool:
    """The difference and the one button: all tables that are not left out, or none."""
    taken = [table for table in tables if not table.left_out]
    said = _difference(taken, stored)
    undecided = said is None or any(each.refused for each in said)
    open_ones = [table.preview.label for table in taken if table.problem]
    if open_ones:
        text = ngettext(
            "{names} cannot be imported yet: answer what is asked, or leave it out.",
            "{names} cannot be imported yet: answer what is asked, or leave them out.",
            len(open_ones),
        )
        st.warning(literal(text.format(names=", ".join(open_ones)), 400), icon=":material/warning:")
    label = ngettext("Import {n} table", "Import all {n} tables", len(taken)).format(n=number(len(taken)))
    return st.button(
        label,
        type="primary",
        icon=":material/database_upload:",
        disabled=bool(open_ones) or undecided or not taken,
        key="upload-import",
        help=_("All of them are stored, or none."),
    )


def decisions(tables: Sequence[Table]) -> list[Decision]:
    """What to import."""
    return [table.decision for table in tables if table.decision is not None and not table.left_out]


def _difference(tables: Sequence[Table], stored: Sequence[UploadRecord]) -> list[Difference] | None:
    """What importing would add, change and remove, shown; None when it cannot be done as chosen."""
    roles = {table.decision.mapping.role for table in tables if table.decision is not None}
    if not roles:
        return []
    if roles & {record.role for record in stored} or _meet_each_other(tables):
        labels = upload_questions.conflict_labels()
        st.segmented_control(
            _("What shall happen to rows that are stored already?"), list(labels), format_func=labels.__getitem__,
            key=CONFLICT, default="append", required=True,
        )  # fmt: skip
    else:
        st.session_state.pop(CONFLICT, None)
    try:
        with st.spinner(_("Comparing with what is stored")):
            said = upload_reading.difference(tables, on_conflict())
    except DemandError as error:
        messages.refused(error)
        return None
    _show(said)
    return said


def _meet_each_other(tables: Sequence[Table]) -> bool:
    """Whether tables of one action go to the same place, so that their rows may overlap."""
    roles = [table.decision.mapping.role for table in tables if table.typed is not None and table.decision is not None]
    return len(set(roles)) < len(roles)


def _show(said: Sequence[Difference]) -> None:
    if not said:
        return
    st.markdown(f"**{_('What importing changes')}**: {tables_upload.difference_sentence(said)}")
    if len(said) > 1:
        show_table(tables_upload.differences(said), alt=_("What importing changes"), key="upload-differences", rows=6)
    refused = sum(each.changes for each in said if each.refused)
    if refused:
        text = _(
            "{rows} rows say something else of what is stored already, or of what another file holds. "
            "Choose above which shall hold."
        )
        st.warning(text.format(rows=number(refused)), icon=":material/difference:")
    removed = sum(each.removes for each in said)
    if removed:
        text = _("{rows} rows that are stored now would go without another in their place.")
        st.warning(text.format(rows=number(removed)), icon=":material/delete:")
