"""Controls of one table on the Upload page: what it is, how it is read, which column is which field."""

import pandas as pd
import streamlit as st

from core.base.language import _
from core.report import tables_upload
from core.report.export import csv_bytes
from core.report.numbers import number
from core.workflows import importing
from core.workflows.importing import Decision, ReadOptions, TableMapping, TablePreview, TypedPreview
from pages.ui.text import literal

FOUND = ""
"""The choice that leaves a question to the program."""
ENCODINGS = (FOUND, "utf-8", "gb18030", "big5", "shift_jis", "cp1252", "utf-16")
DELIMITERS = (FOUND, ",", ";", "\t", "|")
ORDERS = (FOUND, "dmy", "mdy", "ymd")
DECIMALS = (FOUND, ".", ",")


def _chosen(name: str, default: str = FOUND) -> str:
    return str(st.session_state.get(name) or default)


def options(file_id: str) -> ReadOptions:
    """How the user wants a file to be read; read before its controls are drawn."""
    return ReadOptions(
        encoding=_chosen(f"{file_id}-encoding"),
        delimiter=_chosen(f"{file_id}-delimiter"),
        sheet=_chosen(f"{file_id}-sheet"),
    )


def _file_id(key: str) -> str:
    return key.rpartition("-")[0]


def read_by(key: str) -> str:
    """A text that changes with the way the file is read."""
    return repr(options(_file_id(key)))


def left_out(key: str) -> bool:
    """Whether the user leaves the table out."""
    return bool(st.session_state.get(f"{key}-out", False))


def role(key: str, recognised: str) -> str:
    """The role chosen, or the one recognised."""
    return _chosen(f"{key}-role", recognised)


def mapping(key: str, look: TablePreview, chosen: str) -> TableMapping:
    """The recognised mapping with the user's changes so far."""
    table = tables_upload.mapping_table(look.recognition, chosen)
    edits = st.session_state.get(_editor(key, chosen), {}).get("edited_rows", {})
    for place, change in edits.items():
        if "field" in change:
            table.iloc[int(place), table.columns.get_loc("field")] = change["field"]
    choices = {
        "date_order": _chosen(f"{key}-dates"),
        "decimal": _chosen(f"{key}-decimal"),
        "start_date": _chosen(f"{key}-start"),
    }
    fields = tables_upload.mapped_fields(table, look.recognition, chosen)
    return importing.with_changes(look, chosen, fields, {name: value for name, value in choices.items() if value})


def _editor(key: str, chosen: str) -> str:
    # Another role or another way of reading is another table: edits of the former do not fit it.
    return f"{key}-mapping-{chosen}-{read_by(key)}"


def controls(key: str, look: TablePreview) -> None:
    """Everything the user may decide about one table."""
    roles = tables_upload.role_labels()
    recognition = look.recognition
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if recognition is not None:
            st.selectbox(
                _("This table holds"),
                list(roles),
                index=list(roles).index(recognition.role),
                format_func=roles.__getitem__,
                key=f"{key}-role",
                width=300,
            )
            _question(_("Order of day and month"), ORDERS, _orders(), f"{key}-dates")
            _question(_("Decimal mark"), DECIMALS, _decimals(), f"{key}-decimal")
            if recognition.layout == "wide" and recognition.role == "sales":
                st.text_input(
                    _("First day of the first column"), recognition.start_date, placeholder="2024-01-31",
                    key=f"{key}-start", width=220,
                )  # fmt: skip
        _read_differently(_file_id(key), look)
        st.checkbox(_("Leave it out"), key=f"{key}-out")
    if look.table is not None:
        _facts(look)
    if recognition is not None:
        _mapping_editor(key, look)


def _question(label: str, choices: tuple[str, ...], labels: dict[str, str], key: str) -> None:
    st.selectbox(label, choices, format_func=labels.__getitem__, key=key, width=220)


def _orders() -> dict[str, str]:
    return {
        FOUND: _("As the dates show"), "dmy": _("Day first: 31/12/2026"), "mdy": _("Month first: 12/31/2026"),
        "ymd": _("Year first: 2026/12/31"),
    }  # fmt: skip


def _decimals() -> dict[str, str]:
    return {FOUND: _("As the numbers show"), ".": _("Point: 1,234.50"), ",": _("Comma: 1.234,50")}


def _facts(look: TablePreview) -> None:
    if look.table is None or look.recognition is None:
        return
    source = tables_upload.platform_label(look.recognition.platform)
    facts = f"{source} · {tables_upload.dialect_facts(look.table.dialect)}"
    st.caption(literal(facts, 300))
    for question in look.recognition.questions:
        st.warning(literal(question, 500), icon=":material/help:")


def _read_differently(file_id: str, look: TablePreview) -> None:
    """Encoding, delimiter and sheet for the case that they were guessed wrongly; shared by all tables of a file."""
    if look.member and look.table is not None:
        return
    delimiters = {FOUND: _("Find out"), ",": _("Comma"), ";": _("Semicolon"), "\t": _("Tab"), "|": _("Bar")}
    encodings = dict.fromkeys(ENCODINGS, "") | {name: name for name in ENCODINGS} | {FOUND: _("Find out")}
    with st.popover(_("Read it differently"), icon=":material/tune:"):
        _question(_("Encoding of the text"), ENCODINGS, encodings, f"{file_id}-encoding")
        _question(_("Fields are separated by"), DELIMITERS, delimiters, f"{file_id}-delimiter")
        if look.table is not None and len(look.table.sheets) > 1:
            sheets = (FOUND, *look.table.sheets)
            labels = {FOUND: _("Find out")} | {sheet: sheet for sheet in look.table.sheets}
            _question(_("Sheet"), sheets, labels, f"{file_id}-sheet")


def _mapping_editor(key: str, look: TablePreview) -> None:
    recognition = look.recognition
    if recognition is None:
        return
    table = tables_upload.mapping_table(recognition, recognition.role)
    hidden = len(recognition.mapping) - len(table)
    if len(table):
        _editable(_editor(key, recognition.role), table, recognition.role)
    if hidden:
        text = _("{n} more columns, {first} … {last}, are read as one period, SKU or driver each.")
        rest = [entry.header for entry in recognition.mapping if entry.column not in set(table.index)]
        st.caption(literal(text.format(n=number(hidden), first=rest[0], last=rest[-1]), 300))


def _editable(key: str, table: pd.DataFrame, chosen: str) -> None:
    st.data_editor(
        table,
        hide_index=True,
        height=min(35 * len(table) + 38, 390),
        disabled=["column", "samples", "confidence"],
        key=key,
        alt=_("Columns of the file and what they map to"),
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
