"""Choosing files on the Upload page: single ones or a whole folder; what they should look like, and templates."""

from functools import partial
from typing import Any, Final

import streamlit as st

from core.base.language import _
from core.jobs import data
from core.report import tables_upload, upload_templates
from core.report.export import CSV_TYPE, csv_bytes
from pages.ui import session, upload_result

TYPES: Final = ["csv", "tsv", "txt", "gz", "zip", "xlsx", "xls", "xlsm", "xlsb", "parquet"]
LIMIT_MB: Final = 200


def choose(*, disabled: bool) -> list[Any]:
    """The uploaders; they alone hold the bytes, and are emptied after an import."""
    turn = st.session_state.get(upload_result.ROUND, 0)
    files = st.file_uploader(
        _("Files of your shop: sales, and what you have of stock, products, suppliers, purchase orders and prices"),
        type=TYPES,
        accept_multiple_files=True,
        max_upload_size=LIMIT_MB,
        key=f"upload-files-{turn}",
        disabled=disabled,
        help=_("CSV, text, Excel, Parquet, also packed as gz or zip; up to {limit} MB per file.").format(
            limit=LIMIT_MB
        ),
    )
    with st.container(horizontal=True):
        with st.popover(_("A whole folder"), icon=":material/folder_open:"):
            folder = st.file_uploader(
                _("A folder, for instance of daily files; those with the same columns are decided about once"),
                type=TYPES,
                accept_multiple_files="directory",
                max_upload_size=LIMIT_MB,
                key=f"upload-folder-{turn}",
                disabled=disabled,
            )
        _templates()
    return [*files, *folder]


def _templates() -> None:
    """A CSV for each role with its columns and two example lines."""
    with st.popover(_("Templates"), icon=":material/table_view:"):
        st.caption(_("The columns of each kind of file with two example lines."))
        for role, label in tables_upload.role_labels().items():
            needed = ", ".join(upload_templates.needed(role))
            st.download_button(
                label,
                partial(_template, role),
                f"template-{role}.csv",
                CSV_TYPE,
                key=f"upload-template-{role}",
                on_click="ignore",
                icon=":material/download:",
                help=_("Needed: {columns}").format(columns=needed),
            )


def invite() -> None:
    """The empty state: what to upload, or the sample shop in one click."""
    with st.container(border=True):
        st.markdown(_("**No files of your own at hand?** The sample shop is made up: 200 SKUs over three years."))
        if st.button(_("Load the sample shop"), icon=":material/storefront:", type="primary", key="upload-sample"):
            upload_result.remember(data.start_sample(session.runner(), session.workspace()))
            st.rerun()
    for column, (title, text) in zip(st.columns(3), _kinds(), strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{title}**")
            st.caption(text)


def _kinds() -> tuple[tuple[str, str], ...]:
    """Where files come from, and what to know about each."""
    return (
        (
            "Shopify · Amazon · WooCommerce · Square",
            _("Upload the exports as they are; orders, products and inventory are known, as are Odoo and ERPNext."),
        ),
        (
            "淘宝 Taobao · 京东 JD",
            _("Upload the order list and its details together: items come from the one, dates from the other."),
        ),
        (
            _("My own columns"),
            _(
                "One row per sale with a date, an item code and the units sold is enough. Columns about persons are "
                "dropped before anything is stored; customer numbers are kept only as keyed numbers."
            ),
        ),
    )


def _template(role: str) -> bytes:
    """The file that its button gives, made only when it is pressed."""
    return csv_bytes(upload_templates.template(role))
