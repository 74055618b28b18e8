"""Past uploads: what is stored, what was set aside, and the way to take an upload back."""

from collections.abc import Sequence

import streamlit as st

from core.base.language import _
from core.jobs import data
from core.report import tables_upload
from core.report.export import csv_bytes
from core.report.numbers import minute
from core.workflows import importing
from core.workflows.importing import UploadRecord
from pages.ui import session, tables, upload_result
from pages.ui.text import literal


def show(stored: Sequence[UploadRecord]) -> None:
    """The list, and what can be done with one of its entries."""
    if not stored:
        return
    st.subheader(_("What is stored"))
    table = tables_upload.uploads(stored)
    tables.show(
        table,
        alt=_("Past uploads, newest first"),
        key="upload-list",
        columns={_("Uploaded"): st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")},
    )
    by_id = {record.upload_id: record for record in reversed(stored)}
    names = {key: f"{tables_upload.upload_name(each)}, {minute(each.loaded_at)}" for key, each in by_id.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(_("One upload"), list(by_id), format_func=names.__getitem__, key="upload-past", width=380)
        if chosen in by_id:
            _actions(by_id[chosen])


def _actions(record: UploadRecord) -> None:
    name = record.file_name.split(".")[0]
    st.download_button(
        _("Mapping as JSON"),
        record.mapping_json,
        f"{name}-mapping.json",
        "application/json",
        key="upload-past-mapping",
        on_click="ignore",
        icon=":material/download:",
    )
    if record.quarantined:
        workspace = session.workspace()
        st.download_button(
            _("Lines set aside as CSV"),
            lambda: csv_bytes(tables_upload.rejected_lines(importing.quarantined(workspace, record.upload_id))),
            f"{name}-set-aside.csv",
            "text/csv",
            key="upload-past-rejected",
            on_click="ignore",
            icon=":material/download:",
        )
    with st.popover(_("Remove"), icon=":material/delete:"):
        text = _("Everything this upload brought is taken out again: {name}. The file itself is not touched.")
        st.markdown(literal(text.format(name=tables_upload.upload_name(record)), 300))
        if st.button(_("Remove this upload"), type="primary", key="upload-remove", icon=":material/delete:"):
            upload_result.remember(data.start_removal(session.runner(), session.workspace(), record.upload_id))
            st.rerun()
