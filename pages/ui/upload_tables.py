"""The tables found in the files: figures of all, and of each how it was read and what importing it would give."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from core.base import language
from core.base.calendar import Frequency
from core.base.language import _, ngettext
from core.charts import uploads
from core.report import tables_upload
from core.report.numbers import number
from core.report.upload_questions import in_words
from core.workflows.importing import Decision, TypedPreview
from pages.ui import chart, session, upload_answers, upload_mapping
from pages.ui.tables import show as show_table
from pages.ui.text import literal
from pages.ui.upload_reading import Key, Table

_PROBLEMS: Final = 5
_BOXES: Final = 40
"""Boxes drawn at most; of more tables the first ones and those that need the user are shown."""


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
    state = _("needs you") if table.problem else _("used by another") if table.preview.used_in else _("ready")
    told = table.typed
    return {
        "label": table.preview.label,
        "role": roles[mapping.role] if mapping else None,
        "platform": tables_upload.platform_label(mapping.platform) if mapping else None,
        "records": told.records if told else None,
        "loaded": told.loaded if told else None,
        "quarantined": told.quarantined if told else None,
        "known": told.known if told else None,
        "state": _("left out") if table.left_out else state,
    }


def show(tables: Sequence[Table]) -> None:
    """A box for each kind of table: tables with the same header are decided about once."""
    groups: dict[str, list[Table]] = {}
    for table in tables:
        groups.setdefault(table.group, []).append(table)
    boxes = list(groups.values())
    if len(boxes) > _BOXES:
        boxes.sort(key=lambda group: not any(each.problem for each in group))
    # every file is asked about in one box only
    asking = {table.file_id: table.key for table in reversed([each for group in boxes for each in group])}
    for group in boxes[:_BOXES]:
        _box(group, asking)
    if len(boxes) > _BOXES:
        text = _("{n} more tables are not shown in detail; the list above has all of them.")
        st.caption(text.format(n=number(len(boxes) - _BOXES)))


def _box(group: Sequence[Table], asking: dict[str, str]) -> None:
    first = next((table for table in group if table.problem), group[0])
    open_ = any(table.problem and not table.left_out for table in group)
    icon = ":material/block:" if first.left_out else ":material/error:" if open_ else ":material/check_circle:"
    named = ngettext("{label}", "{label} and {n} more with the same columns", len(group))
    label = named.format(label=literal(first.preview.label), n=len(group) - 1)
    with st.expander(label, icon=icon, expanded=open_, key=f"{first.group}-{first.key}-box"):
        for table in [each for each in group if each.problem][:_PROBLEMS]:
            whose = f"{table.preview.label}: " if len(group) > 1 else ""
            st.error(literal(whose + in_words(table.problem), 600), icon=":material/error:")
        _known(first)
        _controls(first, asking, [each.problem for each in group])
        _leave_out(group)
        if first.typed is not None and first.decision is not None:
            _outcome(first, first.typed, first.decision)


def _known(table: Table) -> None:
    """What is known of a table from elsewhere: an earlier import, a saved mapping, another file of the upload."""
    look = table.preview
    if look.loaded_before:
        said = _("This file was already imported on {moment}; with the same mapping it is not loaded again.")
        st.info(literal(said.format(moment=look.loaded_before), 300), icon=":material/history:")
    if look.mapping_from == "saved":
        st.info(_("Your mapping of an earlier file with the same columns was applied."), icon=":material/bookmark:")
    if look.used_in:
        said = _("{note} It is not imported itself: {other} says everything.")
        st.info(literal(said.format(note=look.note, other=look.used_in), 400), icon=":material/link:")


def _controls(table: Table, asking: dict[str, str], problems: Sequence[str]) -> None:
    """Everything the user may decide about tables of this kind, and what the program remarks about them."""
    look = table.preview
    if look.recognition is not None and look.table is not None:
        upload_mapping.choose_role(table.group, look.recognition.role)
        source = tables_upload.platform_label(look.recognition.platform)
        st.caption(literal(f"{source} · {tables_upload.dialect_facts(look.table.dialect)}", 300))
    notes = table.typed.notes if table.typed else ()
    doubts = [text for text in table.remarks if text not in notes and text != table.problem]
    for text in doubts:
        st.warning(literal(in_words(text), 500), icon=":material/help:")
    file_id = table.file_id if asking[table.file_id] == table.key else ""
    group = table.group if look.recognition is not None else ""
    upload_answers.ask(file_id, group, look, [*problems, *table.remarks])
    if notes:
        st.info("\n".join(f"- {literal(in_words(note), 400)}" for note in notes), icon=":material/info:")
    upload_mapping.edit(table.group, look)


def _leave_out(group: Sequence[Table]) -> None:
    with st.container(horizontal=True):
        for table in group[:_BOXES]:
            name = "" if len(group) == 1 else table.preview.label
            upload_mapping.leave_out(table.key, name)


def _outcome(table: Table, told: TypedPreview, decision: Decision) -> None:
    counts = _("{records} records = {loaded} to load + {aside} set aside.")
    st.markdown(counts.format(records=number(told.records), loaded=number(told.loaded), aside=number(told.quarantined)))
    upload_mapping.persons(table.group, decision, told)
    head = tables_upload.typed_head(told.head, decision.mapping.role)
    st.caption(_("The first rows as they would be stored"))
    show_table(head, alt=_("First rows as they would be stored"), key=f"{table.key}-head", rows=5)
    _days(table, told)
    if told.quarantined:
        aside = tables_upload.rejected_lines(told.rejected)
        st.caption(_("Lines set aside, with the reason"))
        show_table(aside, alt=_("Lines set aside"), key=f"{table.key}-aside", rows=5)
    upload_mapping.exports(table.key, decision, told)


# Without it, every touch of the page would draw the chart of every table anew, in closed boxes too.
@st.cache_resource(max_entries=_BOXES, ttl=3600, show_spinner=False)
def _drawn(state: Key, spoken: str, _days: pd.DataFrame, *, dark: bool) -> Any:  # noqa: ARG001 - the key of the cache
    return uploads.upload_days(_days, dark=dark)


def _days(table: Table, told: TypedPreview) -> None:
    """Of sales: how many rows are returns, and the rows of each day, week or month."""
    days = told.days
    if days.empty:
        return
    if returns := int(days["returns"].sum()):
        said = ngettext(
            "{n} row is a return ({units} units). Clean decides which sale it comes off.",
            "{n} rows are returns ({units} units). Clean decides which sales they come off.",
            returns,
        )
        st.caption(said.format(n=number(returns), units=number(days["returned"].sum())))
    told_of = {
        Frequency.DAY: _("Rows and SKUs per day: a hole is a day the file lacks, a peak may be a day exported twice"),
        Frequency.WEEK: _(
            "Rows and SKUs per week: a hole is a week the file lacks, a peak may be a week exported twice"
        ),
        Frequency.MONTH: _(
            "Rows and SKUs per month: a hole is a month the file lacks, a peak may be a month exported twice"
        ),
    }
    said = told_of[uploads.grain(days["day"])]
    st.caption(said)
    drawn = _drawn(table.state, language.current(), days, dark=session.dark())
    chart.show(drawn, key=f"{table.key}-days", alt=said, file_name="rows-per-period")
