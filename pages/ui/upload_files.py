"""The files on the Upload page: choosing, reading, understanding each table, and the one button that imports all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import streamlit as st

from core.base.errors import DemandError
from core.base.language import _, ngettext
from core.jobs import data
from core.report import tables_upload
from core.report.numbers import number
from core.workflows import importing
from core.workflows.importing import (
    Decision,
    OnConflict,
    ReadOptions,
    TablePreview,
    TypedPreview,
    UploadedFile,
    UploadRecord,
)
from pages.ui import session, upload_mapping, upload_result
from pages.ui.tables import show as show_table
from pages.ui.text import literal

TYPES = ["csv", "tsv", "txt", "gz", "zip", "xlsx", "xls", "parquet"]
LIMIT_MB = 200
CONFLICT = "upload-on-conflict"
KEPT = 24
"""Tables kept readable in memory between two clicks."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table of the files chosen, as the user has decided about it so far.

    `key` is unique on the page; `decision` and `typed` are None while `problem` says why it cannot be imported.
    """

    key: str
    preview: TablePreview
    decision: Decision | None
    typed: TypedPreview | None
    problem: str
    left_out: bool


def choose(*, disabled: bool) -> list[Any]:
    """The uploader; it alone holds the bytes, and is emptied after an import."""
    return st.file_uploader(
        _("Files of your shop: sales, and what you have of stock, products, suppliers, purchase orders and prices"),
        type=TYPES,
        accept_multiple_files=True,
        max_upload_size=LIMIT_MB,
        key=f"upload-files-{st.session_state.get(upload_result.ROUND, 0)}",
        disabled=disabled,
        help=_("CSV, text, Excel, Parquet, also packed as gz or zip; up to {limit} MB per file.").format(
            limit=LIMIT_MB
        ),
    )


def invite() -> None:
    """The empty state: what to upload, or the sample shop in one click."""
    with st.container(border=True):
        st.markdown(_("**No files of your own at hand?** The sample shop is made up: 200 SKUs over three years."))
        if st.button(_("Load the sample shop"), icon=":material/storefront:", type="primary", key="upload-sample"):
            upload_result.remember(data.start_sample(session.runner(), session.workspace()))
            st.rerun()
    with st.expander(_("What should my files look like?"), icon=":material/help:"):
        st.markdown(
            _(
                "One row per sale with a date, an item code and the units sold is enough; exports of Shopify, "
                "WooCommerce, Amazon, Square, Taobao and JD are known. Columns about persons (names, addresses, "
                "phones) are dropped before anything is stored; customer numbers are kept only as a hash."
            )
        )


# The first argument of the cached functions below is their key: the bytes, by the uploader's id, with every choice
# of the user, and what was imported before. The tables themselves are never hashed.
@st.cache_resource(max_entries=KEPT, ttl=3600, show_spinner=False)
def _previews(key: tuple[str, ...], name: str, _options: ReadOptions, _source: Any) -> list[TablePreview]:  # noqa: ARG001
    return importing.preview(session.workspace(), [UploadedFile(name, _source.getvalue())], options=_options)


@st.cache_resource(max_entries=2 * KEPT, ttl=3600, show_spinner=False)
def _as_role(key: tuple[str, ...], role: str, _look: TablePreview) -> TablePreview:  # noqa: ARG001
    return importing.recognised_again(_look, role)


@st.cache_data(max_entries=2 * KEPT, ttl=3600, show_spinner=False)
def _typed(key: tuple[str, ...], _decision: Decision) -> TypedPreview:  # noqa: ARG001
    return importing.typed(session.workspace(), _decision)


def read(files: Sequence[Any], stored: Sequence[UploadRecord]) -> list[Table]:
    """Every table of every file, read and understood as far as the user has decided."""
    stamp = tuple(record.upload_id for record in stored)
    tables: list[Table] = []
    with st.spinner(_("Reading the files")):
        for file in files:
            options = upload_mapping.options(file.file_id)
            looks = _previews((file.file_id, repr(options), *stamp), file.name, options, file)
            tables += [
                _understood(f"{file.file_id}-{place}", look, (repr(options), *stamp))
                for place, look in enumerate(looks)
            ]
    return tables


def _understood(key: str, look: TablePreview, state: tuple[str, ...]) -> Table:
    left_out = upload_mapping.left_out(key)
    if look.recognition is None:
        return Table(key, look, None, None, look.problem, left_out)
    role = upload_mapping.role(key, look.recognition.role)
    try:
        if role != look.recognition.role:
            look = _as_role((key, *state), role, look)
        decision = Decision(look, upload_mapping.mapping(key, look, role))
        told = _typed((key, repr(decision.mapping), *state), decision)
    except DemandError as error:
        return Table(key, look, None, None, str(error), left_out)
    return Table(key, look, decision, told, "", left_out)


def show_overview(tables: Sequence[Table]) -> None:
    """The answer in figures: what was found, what would be loaded, what not."""
    taken = [table for table in tables if not table.left_out]
    with st.container(horizontal=True):
        st.metric(_("Tables found"), number(len(tables)), border=True)
        st.metric(_("Rows to load"), number(sum(t.typed.loaded for t in taken if t.typed)), border=True)
        st.metric(
            _("Lines set aside"),
            number(sum(t.typed.quarantined for t in taken if t.typed)),
            border=True,
            help=_("Lines that cannot be read; each is kept with its line number and the reason."),
        )
        st.metric(_("Tables that need you"), number(sum(bool(t.problem) for t in taken)), border=True)
    if len(tables) > 1:
        table = tables_upload.overview([_overview_row(each) for each in tables])
        show_table(table, alt=_("Tables found in the files"), key="upload-overview")


def _overview_row(table: Table) -> dict[str, Any]:
    roles = tables_upload.role_labels()
    mapping = table.decision.mapping if table.decision else None
    state = _("left out") if table.left_out else _("needs you") if table.problem else _("ready")
    told = table.typed
    return {
        "label": table.preview.label,
        "role": roles[mapping.role] if mapping else None,
        "platform": tables_upload.platform_label(mapping.platform) if mapping else None,
        "records": told.records if told else None,
        "loaded": told.loaded if told else None,
        "quarantined": told.quarantined if told else None,
        "known": told.known if told else None,
        "state": state,
    }


def show(table: Table) -> None:
    """One table: how it was read, what each column is, what importing it would give."""
    icon = ":material/block:" if table.left_out else ":material/error:" if table.problem else ":material/check_circle:"
    with st.expander(literal(table.preview.label), icon=icon, expanded=bool(table.problem), key=f"{table.key}-box"):
        if table.problem:
            st.error(literal(table.problem, 600), icon=":material/error:")
        if table.preview.loaded_before:
            said = _("This file was already imported on {moment}; with the same mapping it is not loaded again.")
            st.info(literal(said.format(moment=table.preview.loaded_before), 300), icon=":material/history:")
        upload_mapping.controls(table.key, table.preview)
        if table.typed is not None and table.decision is not None:
            _outcome(table, table.typed, table.decision)


def _outcome(table: Table, told: TypedPreview, decision: Decision) -> None:
    counts = _("{records} records = {loaded} to load + {aside} set aside.")
    st.markdown(counts.format(records=number(told.records), loaded=number(told.loaded), aside=number(told.quarantined)))
    if told.dropped:
        named = ", ".join(told.dropped)
        text = _("Dropped because they hold personal data: {columns}.").format(columns=named)
        st.caption(f":material/shield_person: {literal(text, 400)}")
    head = tables_upload.typed_head(told.head, decision.mapping.role)
    st.caption(_("The first rows as they would be stored"))
    show_table(head, alt=_("First rows as they would be stored"), key=f"{table.key}-head", rows=5)
    if told.quarantined:
        aside = tables_upload.rejected_lines(told.rejected)
        st.caption(_("Lines set aside, with the reason"))
        show_table(aside, alt=_("Lines set aside"), key=f"{table.key}-aside", rows=5)
    upload_mapping.exports(table.key, decision, told)


def confirm(tables: Sequence[Table]) -> bool:
    """The one button: all tables that are not left out, or none."""
    taken = [table for table in tables if not table.left_out]
    open_ones = [table.preview.label for table in taken if table.problem]
    overlap = sum(t.typed.known for t in taken if t.typed and not t.preview.loaded_before)
    undecided = overlap > 0 and _ask_about_overlap(overlap) is None
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


def _ask_about_overlap(rows: int) -> str | None:
    said = _("{rows} rows speak of days or items that are stored already. What shall happen to these?")
    st.warning(said.format(rows=number(rows)), icon=":material/difference:")
    labels = {
        "replace": _("Replace what is stored"),
        "skip": _("Keep what is stored, skip these"),
        "add": _("Add them to what is stored"),
    }
    return st.segmented_control(_("Rows already stored"), list(labels), format_func=labels.__getitem__, key=CONFLICT)


def on_conflict() -> OnConflict:
    """The user's choice about rows that are stored already; without any, nothing overlaps."""
    return cast("OnConflict", st.session_state.get(CONFLICT) or "append")


def decisions(tables: Sequence[Table]) -> list[Decision]:
    """What to import."""
    return [table.decision for table in tables if table.decision is not None and not table.left_out]
