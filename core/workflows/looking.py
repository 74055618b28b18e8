"""Looks at files before anything is stored: reads every table, recognises it, and takes the user's decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from core.base.errors import DemandError, MappingError
from core.base.language import _
from core.base.progress import Progress
from core.ingest.conversion import checked
from core.ingest.mapping import CHOICES, TableMapping, from_json
from core.ingest.pairing import Paired, paired
from core.ingest.parsing import Parsed, parse
from core.ingest.recognition import Recognition, recognise
from core.ingest.source import MAX_ON_DISK, MAX_UPLOAD
from core.ingest.tables import RawTable, ReadOptions
from core.report.numbers import minute
from core.store import mappings, uploads
from core.store.uploads import UploadRecord
from core.store.workspace import Workspace

AUTO: Final = "auto"
RECOGNISED: Final = "recognised"
SAVED: Final = "saved"


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it came: its name, its bytes, and whether it lies on this machine rather than came from a browser."""

    name: str
    content: bytes
    on_disk: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class TablePreview:
    """One table of one file, read and recognised but not stored.

    Attributes:
        label: file name, with the member of an archive.
        file_name, member, content_hash: where it came from.
        table: the raw table, None when it could not be read.
        recognition: what it was taken for, None when it could not be read.
        problem: why it cannot be imported as it is, "" when it can.
        loaded_before: when the same content was imported, "" if never.
        encodings: encodings it may be in, each with the first foreign line, when its encoding is a guess.
        mapping_from: "saved" when the mapping is the one the user saved for files with this header, else "recognised".
        partners: content hashes of the tables of the same upload that lent it columns.
        used_in: table of the same upload that took over what this one says, so that it is not imported itself.
        note: a sentence about what it lent or borrowed, "" for none.
    """

    label: str
    file_name: str
    member: str
    content_hash: str
    table: RawTable | None
    recognition: Recognition | None
    problem: str
    loaded_before: str = ""
    encodings: tuple[tuple[str, str], ...] = ()
    mapping_from: str = RECOGNISED
    partners: tuple[str, ...] = ()
    used_in: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """A table with the mapping to import it by."""

    preview: TablePreview
    mapping: TableMapping


def preview(
    workspace: Workspace,
    files: Sequence[UploadedFile],
    role: str = AUTO,
    options: ReadOptions | None = None,
    progress: Progress | None = None,
) -> list[TablePreview]:
    """Read and recognise every table of every file; what cannot be read carries its problem.

    Tables that belong together (an order list and its details) are joined. A mapping that the user saved for files
    with the same header goes before what the program recognises.

    Raises:
        CancelledError: the user stopped it.
    """
    known = {record.content_hash: record for record in uploads.list_uploads(workspace)}
    limit = MAX_ON_DISK if any(file.on_disk for file in files) else MAX_UPLOAD
    found = parse([(file.name, file.content) for file in files], options or ReadOptions(), progress, limit)
    return together(workspace, [_read(parsed, known) for parsed in found], role)


def _read(parsed: Parsed, known: dict[str, UploadRecord]) -> TablePreview:
    before = known.get(parsed.content_hash)
    return TablePreview(
        label=parsed.label,
        file_name=parsed.file_name,
        member=parsed.member,
        content_hash=parsed.content_hash,
        table=parsed.table,
        recognition=None,
        problem=parsed.problem,
        loaded_before=minute(before.loaded_at) if before and before.member == parsed.member else "",
        encodings=parsed.encodings,
    )


def together(workspace: Workspace, looks: Sequence[TablePreview], role: str = AUTO) -> list[TablePreview]:
    """The tables of one upload recognised, those that belong together joined first."""
    places = [place for place, look in enumerate(looks) if look.table is not None]
    joined = paired([_table(looks[place]) for place in places])
    found = list(looks)
    for place, pair in zip(places, joined, strict=True):
        found[place] = _recognised(workspace, _joined(looks[place], pair, [looks[at] for at in places]), role)
    return found


def _joined(look: TablePreview, pair: Paired, tables: Sequence[TablePreview]) -> TablePreview:
    """The look of a table with what its partners lent."""
    if not pair.note:
        return look
    return replace(
        look,
        table=pair.table,
        partners=tuple(tables[at].content_hash for at in pair.partners),
        used_in=tables[pair.used_in].label if pair.used_in is not None else "",
        note=pair.note,
    )


def _recognised(workspace: Workspace, look: TablePreview, role: str) -> TablePreview:
    table = _table(look)
    try:
        found = recognise(table, look.member or look.file_name, role)
    except DemandError as error:
        return replace(look, table=None, problem=str(error))
    saved = _saved(workspace, table, role)
    if saved is None:
        return replace(look, recognition=found)
    return replace(look, recognition=_decided(found, table, saved), mapping_from=SAVED)


def _saved(workspace: Workspace, table: RawTable, role: str) -> TableMapping | None:
    """The mapping saved for files with this header; None when there is none, or another role is asked for."""
    text = mappings.find_mapping(workspace, table.header)
    if text is None:
        return None
    try:
        saved = from_json(text, table.header)
    except MappingError:
        # Saved by a program that knew other fields: what is recognised now is the better start.
        return None
    return saved if role in {AUTO, saved.role} else None


def _decided(found: Recognition, table: RawTable, saved: TableMapping) -> Recognition:
    """A recognition that says what was saved; what the user says about this very file goes before it."""
    columns = tuple(
        replace(entry, field=saved.fields.get(entry.column), confidence=float(entry.column in saved.fields))
        for entry in found.mapping
    )
    choices = {name: getattr(table.options, name, "") or getattr(saved, name) for name in CHOICES}
    decided = replace(
        found, role=saved.role, platform=saved.platform, layout=saved.layout, mapping=columns, questions=(), **choices
    )
    try:
        questions = checked(table, decided.to_mapping())
    except MappingError as error:
        questions = (str(error),)
    return replace(decided, questions=questions)


def save_if_changed(workspace: Workspace, decision: Decision) -> bool:
    """Save the mapping of a decision for the next file with the same header when the user changed it."""
    recognition, table = decision.preview.recognition, decision.preview.table
    if recognition is None or table is None or decision.mapping == recognition.to_mapping():
        return False
    # The first day of numbered columns is another one in the next file.
    lasting = replace(decision.mapping, start_date="")
    mappings.save_mapping(workspace, table.header, lasting.role, lasting.to_json(table.header))
    return True


def mapping_of(look: TablePreview, text: str) -> TableMapping:
    """A stored mapping (JSON) applied to a table.

    Raises:
        MappingError: the text is no mapping, or names columns the table does not have.
    """
    return from_json(text, _table(look).header)


def with_changes(look: TablePreview, role: str, fields: dict[int, str], answers: dict[str, str]) -> TableMapping:
    """The recognised mapping with the user's role, fields and answers (named as in TableMapping)."""
    if look.recognition is None:
        raise MappingError(look.problem)
    chosen: dict[str, Any] = {name: answers[name] for name in CHOICES if name in answers}
    return replace(look.recognition.to_mapping(), role=role, fields=fields, **chosen)


def recognised_again(look: TablePreview, role: str) -> TablePreview:
    """The table recognised as another role."""
    table = _table(look)
    found = recognise(table, look.member or look.file_name, role)
    return replace(look, recognition=found, mapping_from=RECOGNISED)


def raw_table(decision: Decision) -> RawTable:
    """The raw table of a decision.

    Raises:
        MappingError: it could not be read.
    """
    return _table(decision.preview)


def _table(look: TablePreview) -> RawTable:
    if look.table is None:
        raise MappingError(look.problem or _("The table could not be read."))
    return look.table
