"""Which column of a table is which field on the Upload page: role, mapping table, customers, files to keep."""

import pandas as pd
import streamlit as st

from core.base.language import _, ngettext
from core.report import tables_privacy, tables_upload
from core.report.export import csv_bytes
from core.report.numbers import number
from core.workflows import importing, privacy
from core.workflows.importing import Decision, TableMapping, TablePreview, TypedPreview
from core.workflows.privacy import PersonalColumn
from pages.ui import upload_answers
from pages.ui.tables import show as show_table
from pages.ui.text import literal

NOBODY = "nobody"
"""The answer that customers are not told apart."""
CUSTOMER = "customer"


def left_out(key: str) -> bool:
    """Whether the user leaves the table out."""
    return upload_answers.chosen(f"{key}-out") == str(True)


def leave_out(key: str, name: str) -> None:
    """The way to leave a table out; it is named where several stand together."""
    label = literal(_("Leave out {name}").format(name=name)) if name else _("Leave it out")
    st.checkbox(label, left_out(key), key=f"{key}-out")


def role(group: str, recognised: str) -> str:
    """The role chosen, or the one recognised."""
    return upload_answers.chosen(f"{group}-role", recognised)


def choose_role(group: str, recognised: str) -> None:
    """The control for the role."""
    roles = tables_upload.role_labels()
    at = list(roles).index(role(group, recognised))
    label = _("This table holds")
    st.selectbox(label, list(roles), at, format_func=roles.__getitem__, key=f"{group}-role", width=300)


def mapping(group: str, look: TablePreview, chosen: str) -> TableMapping:
    """The recognised mapping with the user's changes so far."""
    table = tables_upload.mapping_table(look.recognition, chosen)
    edits = st.session_state.get(_editor(group, chosen), {}).get("edited_rows", {})
    for place, change in edits.items():
        if "field" in change:
            table.iloc[int(place), table.columns.get_loc("field")] = change["field"]
    fields = tables_upload.mapped_fields(table, look.recognition, chosen)
    if chosen == "sales":
        fields = _with_customer(fields, upload_answers.chosen(f"{group}-customer"))
    return importing.with_changes(look, chosen, fields, upload_answers.answers(group))


def _with_customer(fields: dict[int, str], answer: str) -> dict[int, str]:
    """The fields with the column of customers that was chosen, or none."""
    if not answer:
        return fields
    kept = {column: field for column, field in fields.items() if field != CUSTOMER}
    return kept if answer == NOBODY else kept | {int(answer): CUSTOMER}


def _editor(group: str, chosen: str) -> str:
    # another role is another table: edits of the former do not fit it
    return f"{group}-mapping-{chosen}"


def edit(group: str, look: TablePreview) -> None:
    """One row per column of the file; columns of wide tables are summed up."""
    recognition = look.recognition
    if recognition is None:
        return
    table = tables_upload.mapping_table(recognition, recognition.role)
    hidden = len(recognition.mapping) - len(table)
    if len(table):
        _editable(_editor(group, recognition.role), table, recognition.role)
    if hidden:
        shown = set(table.index)
        rest = [entry.header for entry in recognition.mapping if entry.column not in shown]
        text = ngettext(
            "One more column, {first}, is read as one period, SKU or driver.",
            "{n} more columns, {first} … {last}, are read as one period, SKU or driver each.",
            hidden,
        )
        st.caption(literal(text.format(n=number(hidden), first=rest[0], last=rest[-1]), 300))


def _editable(key: str, table: pd.DataFrame, chosen: str) -> None:
    st.data_editor(
        table,
        hide_index=True,
        height=min(35 * len(table) + 38, 390),
        disabled=["column", "samples", "confidence"],
        key=key,
        alt=_("Columns of the file and what they map to"),
        placeholder="–",
        column_config={
            "column": st.column_config.TextColumn(_("Column in the file"), width="medium"),
            "samples": st.column_config.TextColumn(_("Sample values"), width="medium"),
            "field": st.column_config.SelectboxColumn(
                _("Maps to"), options=list(tables_upload.field_labels(chosen).values()), width="medium",
                help=_("Empty: the column is left out."),
            ),
            "confidence": st.column_config.ProgressColumn(
                _("Confidence"), min_value=0, max_value=100, format="%.0f %%", width="small"
            ),
        },
    )  # fmt: skip


def persons(group: str, decision: Decision, told: TypedPreview) -> None:
    """Columns about persons by name: what each holds, how that was found, and what becomes of it."""
    kept = decision.mapping.column(CUSTOMER) if decision.mapping.role == "sales" else None
    about = privacy.about_persons(decision.preview)
    shown = [entry for entry in about if entry.header in told.dropped or entry.column == kept]
    if not shown and kept is None:
        return
    if told.dropped:
        text = _("Dropped because they hold personal data: {columns}.").format(columns=", ".join(told.dropped))
        st.caption(f":material/shield_person: {literal(text, 400)}")
    if shown:
        table = tables_privacy.personal_table(shown)
        table[_("What becomes of it")] = [
            _("kept as a keyed number") if entry.column == kept else _("dropped") for entry in shown
        ]
        show_table(table, alt=_("Columns about persons"), key=f"{group}-persons-table", rows=5)
    if decision.mapping.role == "sales":
        _choose_customer(group, decision, about)


def _choose_customer(group: str, decision: Decision, about: tuple[PersonalColumn, ...]) -> None:
    """Drop the numbers of customers, or keep one column of them as keyed numbers."""
    kept, header = decision.mapping.column(CUSTOMER), decision.preview.table.header if decision.preview.table else ()
    free = [entry.column for entry in about if decision.mapping.fields.get(entry.column, CUSTOMER) == CUSTOMER]
    columns = sorted({*free, *([] if kept is None else [kept])})
    keep = _("Keep “{column}” as keyed numbers")
    labels = {upload_answers.FOUND: _("As mapped above"), NOBODY: _("Drop them")}
    labels |= {str(column): keep.format(column=header[column][:40]) for column in columns}
    upload_answers.select(
        _("Customers"), labels, f"{group}-customer", width=380,
        help_=_("Keyed numbers tell customers apart without saying who they are; they match returns with purchases."),
    )  # fmt: skip


def exports(key: str, decision: Decision, told: TypedPreview) -> None:
    """The mapping as a file to keep, and the lines set aside with their reasons."""
    header = decision.preview.table.header if decision.preview.table is not None else ()
    name = decision.preview.label.rsplit("/", 1)[-1].split(".")[0] or "table"
    with st.container(horizontal=True):
        st.download_button(
            _("Mapping as JSON"),
            decision.mapping.to_json(header),
            f"{name}-mapping.json",
            "application/json",
            key=f"{key}-mapping-file",
            on_click="ignore",
            icon=":material/download:",
        )
        if told.quarantined:
            st.download_button(
                _("Lines set aside as CSV"),
                lambda: csv_bytes(tables_upload.rejected_lines(told.rejected)),
                f"{name}-set-aside.csv",
                "text/csv",
                key=f"{key}-rejected-file",
                on_click="ignore",
                icon=":material/download:",
            )
