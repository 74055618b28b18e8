"""What the user has answered about files and tables on the Upload page, and the controls that ask."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

import streamlit as st

from core.base.language import _
from core.report import upload_questions
from core.workflows.importing import ReadOptions, TablePreview
from pages.ui.text import literal

FOUND: Final = ""
"""The answer that leaves a question to the program."""
_GIVEN: Final = "upload-answers"
_PROPOSED: Final = "upload-proposals"
_SUFFIXES: Final = {
    "encoding": "encoding", "delimiter": "delimiter", "layout": "layout", "date_order": "dates", "decimal": "decimal",
    "counter": "counter", "packs": "packs", "epoch": "epoch",
}  # fmt: skip
_OF_FILES: Final = ("encoding", "delimiter", "layout")
_EARLIEST: Final = date(1990, 1, 1)
_LAST_HEADER: Final = 100


def chosen(name: str, default: str = FOUND) -> str:
    """The answer given at a control, also while the control is not drawn; read before it is drawn."""
    given: dict[str, str] = st.session_state.setdefault(_GIVEN, {})
    if name in st.session_state:
        given[name] = str(st.session_state[name] or FOUND)
    return given.get(name) or default


def options(file_id: str) -> ReadOptions:
    """How the user wants a file to be read."""
    line = chosen(f"{file_id}-header")
    return ReadOptions(
        encoding=chosen(f"{file_id}-encoding") or chosen(f"{file_id}-proposal"),
        delimiter=chosen(f"{file_id}-delimiter"),
        sheet=chosen(f"{file_id}-sheet"),
        layout=chosen(f"{file_id}-layout"),
        header_line=int(line) if line.isdecimal() else 0,
    )


def answers(group: str) -> dict[str, str]:
    """What the user says about the values of a table, named as in a mapping."""
    given = {name: chosen(f"{group}-{_SUFFIXES[name]}") for name in _SUFFIXES if name not in _OF_FILES}
    given["start_date"] = chosen(f"{group}-start")
    return {name: answer for name, answer in given.items() if answer}


def ask(file_id: str, group: str, look: TablePreview, texts: Collection[str]) -> None:
    """The controls: what was asked for or answered stands open, everything else in a popover.

    Args:
        file_id: the file; "" when another of its tables shows the controls of the file.
        group: begins the keys of the controls of tables of this kind.
        look: the table.
        texts: what was said about it; each control that one of them asks for is shown.
    """
    asked = upload_questions.asked(texts)
    if file_id and ("encoding" in asked or look.table is not None or chosen(f"{file_id}-proposal")):
        _proposals(file_id, look)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _controls(file_id, group, look, asked, shown=True)
        with st.popover(_("Read it differently"), icon=":material/tune:"):
            _controls(file_id, group, look, asked, shown=False)


def _controls(file_id: str, group: str, look: TablePreview, asked: Collection[str], *, shown: bool) -> None:
    """Those controls that stand open, or the others."""
    for name, (label, labels) in upload_questions.choices().items():
        prefix = file_id if name in _OF_FILES else group
        key = f"{prefix}-{_SUFFIXES[name]}"
        if prefix and name in _fitting(look) and (name in asked or chosen(key) != FOUND) == shown:
            select(label, labels, key)
    if file_id:
        _sheet(file_id, look, shown=shown)
        _header_line(file_id, look, open_=("header_line" in asked) == shown)
    if shown and group and "start_date" in _fitting(look):
        _start(group, look, asked="start_date" in asked)


def _fitting(look: TablePreview) -> Collection[str]:
    """Questions that make sense for a table."""
    workbook = look.table is not None and look.table.dialect.encoding in {"excel", "parquet"}
    of_file = ("layout",) if workbook else _OF_FILES
    found = look.recognition
    if found is None:
        return of_file
    names = (*of_file, "date_order", "decimal", "epoch")
    if found.role == "sales":
        names = (*names, "packs") if found.layout != "long" else (*names, "packs", "counter")
    numbered = (found.role == "sales" and found.layout == "wide") or found.layout == "baskets"
    return (*names, "start_date") if numbered else names


def select(label: str, labels: Mapping[str, str], key: str, *, width: int = 260, help_: str | None = None) -> None:
    """A control that keeps its answer while it is not drawn.

    Args:
        label: the question.
        labels: answer → words; the first is taken unless another was chosen.
        key: unique on the page, see `chosen`.
        width: in pixels.
        help_: shown on hovering.
    """
    given = list(labels)
    at = given.index(chosen(key)) if chosen(key) in labels else 0
    st.selectbox(label, given, at, format_func=labels.__getitem__, key=key, width=width, help=help_)


def _sheet(file_id: str, look: TablePreview, *, shown: bool) -> None:
    if shown and look.table is not None and len(look.table.sheets) > 1:
        found = _("Find out ({sheet})").format(sheet=look.table.dialect.sheet)
        select(_("Sheet"), {FOUND: found} | {sheet: sheet for sheet in look.table.sheets}, f"{file_id}-sheet")


def _header_line(file_id: str, look: TablePreview, *, open_: bool) -> None:
    given = chosen(f"{file_id}-header")
    if open_ and (look.table is None or look.table.dialect.encoding != "parquet"):
        st.number_input(
            _("Line of the header"), 1, _LAST_HEADER, int(given) if given.isdecimal() else None,
            key=f"{file_id}-header", width=160, placeholder=_("Find out"),
        )  # fmt: skip


def _start(group: str, look: TablePreview, *, asked: bool) -> None:
    found = look.recognition.start_date if look.recognition is not None else ""
    given = chosen(f"{group}-start", found)
    # columns named by dates need none
    if not (asked or given):
        return
    label = _("First day of the first column")
    if look.recognition is not None and look.recognition.layout == "baskets":
        label = _("Day the baskets are counted on")
    st.date_input(
        label, date.fromisoformat(given) if given else None, min_value=_EARLIEST, format="YYYY-MM-DD",
        key=f"{group}-start", width=240,
    )  # fmt: skip


def _proposals(file_id: str, look: TablePreview) -> None:
    """Encodings the file may be in, each with a line read in it; they stay once one of them is chosen."""
    kept: dict[str, tuple[tuple[str, str], ...]] = st.session_state.setdefault(_PROPOSED, {})
    if look.encodings:
        kept[file_id] = look.encodings
    proposals = dict(kept.get(file_id, ()))
    if not proposals:
        return
    names, now = list(proposals), chosen(f"{file_id}-proposal")
    st.radio(
        _("In which encoding is this line right?"),
        names,
        names.index(now) if now in proposals else None,
        captions=[literal(line, 120) for line in proposals.values()],
        key=f"{file_id}-proposal",
    )
