"""The files chosen on the Upload page, read and understood as far as the user has decided."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from core.base.errors import DemandError
from core.base.language import _
from core.base.progress import Progress, Step
from core.workflows import importing
from core.workflows.importing import (
    Decision,
    Difference,
    OnConflict,
    ReadOptions,
    TablePreview,
    TypedPreview,
    UploadedFile,
    UploadRecord,
)
from pages.ui import session, upload_answers, upload_mapping

_MEMORY: Final = "upload-memory"
_REFUSED: Final = "upload-refused"
_HALVES: Final = frozenset({"taobao_orders", "taobao_details"})
"""Exports that come as two files, of which neither says everything."""
_KEPT: Final = 600

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table of the files chosen, as the user has decided about it so far.

    Attributes:
        key: unique on the page.
        group: shared by tables with the same header and role, which are decided about together.
        file_id: the uploader's name for its file.
        state: everything that decided how it was read and understood.
        preview: the table.
        decision: None while `problem` says why it cannot be imported.
        typed: what importing it would give; None as well when another table took over what it says.
        problem: why it cannot be imported, "" when it can.
        remarks: questions of the program that no answer has settled.
        left_out: whether the user leaves it out.
    """

    key: str
    group: str
    file_id: str
    state: Key
    preview: TablePreview
    decision: Decision | None
    typed: TypedPreview | None
    problem: str
    remarks: tuple[str, ...]
    left_out: bool


# The tables read live as long as their files stand in the uploader; the bytes are in the uploader alone.
def _looks(files: Sequence[Any], stamp: Key) -> list[tuple[Any, Key, list[TablePreview]]]:
    """The tables of each file; only files that are new, or to be read differently, are read."""
    memory: dict[Key, list[TablePreview]] = st.session_state.get(_MEMORY, {})
    ways = [upload_answers.options(file.file_id) for file in files]
    keys: list[Key] = [(file.file_id, repr(way), *stamp) for file, way in zip(files, ways, strict=True)]
    missing = [place for place, key in enumerate(keys) if key not in memory]
    fresh = _read([(keys[place], files[place], ways[place]) for place in missing]) if missing else {}
    kept = {key: memory[key] if key in memory else fresh[key] for key in keys}
    st.session_state[_MEMORY] = kept
    return [(file, key, kept[key]) for file, key in zip(files, keys, strict=True)]


def _read(wanted: Sequence[tuple[Key, Any, ReadOptions]]) -> dict[Key, list[TablePreview]]:
    """Tables of files by key; files read in the same way share a reader, which takes a moment to start."""
    names = Counter((file.name, repr(way)) for _key, file, way in wanted)
    found: dict[Key, list[TablePreview]] = {}
    together: dict[str, list[tuple[Key, Any, ReadOptions]]] = {}
    for key, file, way in wanted:
        # tables are told apart by their files' names
        batch = repr(way) if names[file.name, repr(way)] == 1 else file.file_id
        together.setdefault(batch, []).append((key, file, way))
    bar = st.empty()

    def show(step: Step) -> None:
        bar.progress(step.fraction, _("Reading the files"))

    for batch in together.values():
        uploads = [UploadedFile(file.name, file.getvalue()) for _key, file, _way in batch]
        looks = importing.preview(session.workspace(), uploads, options=batch[0][2], progress=Progress(show))
        for key, file, _way in batch:
            found[key] = [look for look in looks if look.file_name == file.name]
    bar.empty()
    return found


@st.cache_resource(max_entries=8, ttl=600, show_spinner=False)
def _joined(keys: tuple[Key, ...], _looks: list[TablePreview]) -> list[TablePreview]:  # noqa: ARG001 - the key of the cache
    return importing.together(session.workspace(), _looks)


@st.cache_resource(max_entries=48, ttl=600, show_spinner=False)
def _as_role(key: Key, role: str, _look: TablePreview) -> TablePreview:  # noqa: ARG001 - the key of the cache
    return importing.recognised_again(_look, role)


@st.cache_data(max_entries=_KEPT, ttl=3600, show_spinner=False)
def _typed(key: Key, _decision: Decision) -> TypedPreview:  # noqa: ARG001 - the key of the cache
    return importing.typed(session.workspace(), _decision)


@st.cache_data(max_entries=48, ttl=3600, show_spinner=False)
def _differences(
    key: tuple[Key, ...],  # noqa: ARG001 - the key of the cache
    mode: OnConflict,
    _decisions: list[Decision],
) -> list[Difference]:
    return importing.differences(session.workspace(), _decisions, mode)


def forget() -> None:
    """Let go of all tables that were read."""
    st.session_state.pop(_MEMORY, None)


def read(files: Sequence[Any], stored: Sequence[UploadRecord]) -> list[Table]:
    """Every table of every file."""
    stamp = tuple(record.upload_id for record in stored)
    with st.spinner(_("Reading the files")):
        places = [
            _Place(file.file_id, f"{file.file_id}-{at}", (*key, str(at)), look)
            for file, key, looks in _looks(files, stamp)
            for at, look in enumerate(looks)
        ]
        return [_understood(place) for place in _with_halves(places)]


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """A table that was read: its file, its name on the page, what decided how it was read, and what it says."""

    file_id: str
    key: str
    state: Key
    look: TablePreview


def _with_halves(places: list[_Place]) -> list[_Place]:
    """The tables, those that came as two files of one export joined."""
    halves = [at for at, place in enumerate(places) if _is_half(place.look)]
    if len(halves) < len(_HALVES):
        return places
    looks = _joined(tuple(places[at].state for at in halves), [places[at].look for at in halves])
    joined = dict(zip(halves, looks, strict=True))
    return [
        replace(place, look=joined[at], state=(*place.state, joined[at].note)) if at in joined else place
        for at, place in enumerate(places)
    ]


def _is_half(look: TablePreview) -> bool:
    return look.recognition is not None and look.recognition.platform in _HALVES and not look.note


def _understood(place: _Place) -> Table:
    key, file_id, state, look = place.key, place.file_id, place.state, place.look
    left_out = upload_mapping.left_out(key)
    if look.recognition is None:
        return Table(key, key, file_id, state, look, None, None, look.problem, (), left_out)
    group = _group(look)
    role = upload_mapping.role(group, look.recognition.role)
    try:
        if role != look.recognition.role:
            look = _as_role(state, role, look)
        decision = Decision(look, upload_mapping.mapping(group, look, role))
        state = (*state, hashlib.sha256(repr(decision.mapping).encode()).hexdigest())
        told = None if look.used_in else _typed(state, decision)
    except DemandError as error:
        _refused(group).add(str(error))
        return Table(key, group, file_id, state, look, None, None, str(error), _remarks(group, look), left_out)
    return Table(key, group, file_id, state, look, decision, told, "", _remarks(group, look), left_out)


def _group(look: TablePreview) -> str:
    """What tables have in common that are decided about together: header, role and layout."""
    found = look.recognition
    if look.table is None or found is None:
        return look.content_hash[:16]
    same = (look.table.header, found.role, found.platform, found.layout, look.used_in)
    return hashlib.sha256(repr(same).encode()).hexdigest()[:16]


def _refused(group: str) -> set[str]:
    """What was refused about tables of a kind: once it is answered, the recognition still repeats it."""
    every: dict[str, set[str]] = st.session_state.setdefault(_REFUSED, {})
    return every.setdefault(group, set())


def _remarks(group: str, look: TablePreview) -> tuple[str, ...]:
    questions = look.recognition.questions if look.recognition is not None else ()
    return tuple(text for text in questions if text not in _refused(group))


def difference(tables: Sequence[Table], mode: OnConflict) -> list[Difference]:
    """What importing the tables in this way would change.

    Raises:
        DemandError: it cannot be done in this way.
    """
    wanted = [(table, table.decision) for table in tables if table.typed is not None and table.decision is not None]
    roles = [decision.mapping.role for _table, decision in wanted]
    if mode == "append" and len(set(roles)) == len(roles):
        # each table was compared with the store when it was looked at
        return [said for table, _decision in wanted if table.typed for said in table.typed.difference]
    return _differences(tuple(table.state for table, _decision in wanted), mode, [each for _table, each in wanted])
