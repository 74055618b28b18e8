"""Brings files in: look first, decide what each column is, then all of them or none."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pandas as pd

from core.base.columns import FIELDS, REQUIRED, ROLES
from core.base.errors import DemandError, MappingError, NoDataError
from core.base.progress import Progress, silent
from core.ingest.conversion import Converted, convert
from core.ingest.mapping import TableMapping, from_json
from core.ingest.reading import read
from core.ingest.recognition import Recognition, recognise
from core.ingest.source import open_sources
from core.ingest.tables import RawTable, ReadOptions
from core.store import datasets as dataset_store
from core.store import uploads
from core.store.uploads import Incoming, OnConflict, Upload, UploadRecord, UploadSummary
from core.store.workspace import Workspace
from core.workflows import datasets

__all__ = ["FIELDS", "REQUIRED", "ROLES", "OnConflict", "ReadOptions", "TableMapping", "UploadRecord", "UploadSummary"]
AUTO: Final = "auto"
PREVIEW_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it came: its name and its bytes."""

    name: str
    content: bytes


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
    """

    label: str
    file_name: str
    member: str
    content_hash: str
    table: RawTable | None
    recognition: Recognition | None
    problem: str
    loaded_before: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class TypedPreview:
    """What importing a table would give.

    Attributes:
        head: the first rows, typed, canonical column names.
        records, loaded, quarantined: counted over the whole table.
        rejected: lines set aside: line, reason, content.
        dropped: columns left out because they hold personal data.
        known: rows that speak of days or keys the store already has.
    """

    head: pd.DataFrame
    records: int
    loaded: int
    quarantined: int
    rejected: pd.DataFrame
    dropped: tuple[str, ...]
    known: int


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """A table with the mapping to import it by."""

    preview: TablePreview
    mapping: TableMapping


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did.

    Attributes:
        files: one summary per table.
        rebuilt: whether the clean demand was made anew.
        notes: what was noticed while it was made.
        seconds: wall time.
    """

    files: tuple[UploadSummary, ...]
    rebuilt: bool
    notes: tuple[str, ...] = field(default=())
    seconds: float = 0.0


def preview(
    workspace: Workspace, files: Sequence[UploadedFile], role: str = AUTO, options: ReadOptions | None = None
) -> list[TablePreview]:
    """Read and recognise every table of every file; what cannot be read carries its problem."""
    known = {record.content_hash: record for record in uploads.list_uploads(workspace)}
    return [look for file in files for look in _looks(file, role, options or ReadOptions(), known)]


def _looks(file: UploadedFile, role: str, options: ReadOptions, known: dict[str, UploadRecord]) -> list[TablePreview]:
    try:
        sources = open_sources(file.name, file.content)
    except DemandError as error:
        return [TablePreview(file.name, file.name, "", "", None, None, str(error))]
    return [_look(source, role, options, known) for source in sources]


def _look(source: Any, role: str, options: ReadOptions, known: dict[str, UploadRecord]) -> TablePreview:
    before = known.get(source.content_hash)
    empty = TablePreview(
        label=source.label,
        file_name=source.file_name,
        member=source.member,
        content_hash=source.content_hash,
        table=None,
        recognition=None,
        problem="",
        loaded_before=f"{before.loaded_at:%Y-%m-%d %H:%M}" if before and before.member == source.member else "",
    )
    try:
        table = read(source, options)
        recognition = recognise(table, source.member or source.file_name, role)
    except DemandError as error:
        return replace(empty, problem=str(error))
    return replace(empty, table=table, recognition=recognition)


def mapping_of(look: TablePreview, text: str) -> TableMapping:
    """A stored mapping (JSON) applied to a table.

    Raises:
        MappingError: the text is no mapping, or names columns the table does not have.
    """
    return from_json(text, _table(look).header)


def with_changes(look: TablePreview, role: str, fields: dict[int, str], answers: dict[str, str]) -> TableMapping:
    """The recognised mapping with the user's role, fields and answers (date_order, decimal, start_date)."""
    if look.recognition is None:
        raise MappingError(look.problem)
    found = look.recognition.to_mapping()
    return replace(
        found,
        role=role,
        fields=fields,
        date_order=answers.get("date_order", found.date_order),
        decimal=answers.get("decimal", found.decimal),
        start_date=answers.get("start_date", found.start_date),
    )


def recognised_again(look: TablePreview, role: str) -> TablePreview:
    """The table recognised as another role."""
    table = _table(look)
    return replace(look, recognition=recognise(table, look.member or look.file_name, role))


def _table(look: TablePreview) -> RawTable:
    if look.table is None:
        raise MappingError(look.problem)
    return look.table


def typed(workspace: Workspace, decision: Decision) -> TypedPreview:
    """What importing the table would give; nothing is stored.

    Raises:
        MappingError: a required field has no column, or only the user can say how to read one.
    """
    done = _converted(workspace, decision)
    refused = [*_table(decision.preview).rejected, *done.quarantined]
    return TypedPreview(
        head=done.rows.slice(0, PREVIEW_ROWS).to_pandas().dropna(axis=1, how="all"),
        records=done.records + len(_table(decision.preview).rejected),
        loaded=done.rows.num_rows,
        quarantined=len(refused),
        rejected=pd.DataFrame(
            [(each.line, each.reason, each.content) for each in refused[:10_000]], columns=["line", "reason", "content"]
        ),
        dropped=done.dropped_columns,
        known=uploads.overlapping_rows(workspace, done.role, done.rows),
    )


def _converted(workspace: Workspace, decision: Decision) -> Converted:
    return convert(_table(decision.preview), decision.mapping, customer_key=workspace.key())


def import_tables(
    workspace: Workspace,
    decisions: Sequence[Decision],
    on_conflict: OnConflict = "append",
    progress: Progress | None = None,
) -> ImportResult:
    """Store all tables in one transaction, or none, and make the clean demand anew.

    Raises:
        MappingError: a table cannot be imported by its mapping; nothing of any table was stored.
        StoreError: the store refuses; nothing was stored.
        CancelledError: the user stopped it before anything was stored.
    """
    told = progress or silent()
    started = time.perf_counter()
    incoming: list[Incoming] = []
    for number, decision in enumerate(decisions):
        told.report(f"Reading {decision.preview.label}", 0.5 * number / max(len(decisions), 1))
        incoming.append(_incoming(workspace, decision))
    told.report("Storing", 0.5)
    summaries = uploads.add_uploads(workspace, incoming, on_conflict=on_conflict)
    rebuilt, notes = _rebuilt(workspace, told.unstoppable().part(0.6, 1.0))
    return ImportResult(tuple(summaries), rebuilt, notes, time.perf_counter() - started)


def _incoming(workspace: Workspace, decision: Decision) -> Incoming:
    table, done = _table(decision.preview), _converted(workspace, decision)
    refused = (*table.rejected, *done.quarantined)
    upload = Upload(
        content_hash=decision.preview.content_hash,
        file_name=decision.preview.file_name,
        member=decision.preview.member,
        role=done.role,
        platform=decision.mapping.platform,
        mapping_json=decision.mapping.to_json(table.header),
        records=done.rows.num_rows + len(refused),
    )
    return Incoming(upload, done.rows, refused)


def _rebuilt(workspace: Workspace, told: Progress) -> tuple[bool, tuple[str, ...]]:
    """Clean demand needs sales; other files wait for them, and without them there is none."""
    try:
        if any(record.role == "sales" for record in uploads.list_uploads(workspace)):
            return True, datasets.rebuild(workspace, told).notes
        notes: tuple[str, ...] = ()
    except NoDataError as error:
        notes = (str(error),)
    dataset_store.clear_versions(workspace)
    return False, notes


def imported(workspace: Workspace) -> list[UploadRecord]:
    """Every upload in the store, oldest first."""
    return uploads.list_uploads(workspace)


def quarantined(workspace: Workspace, upload_id: str | None = None) -> pd.DataFrame:
    """Lines that were set aside, with their reason."""
    return uploads.quarantined_rows(workspace, upload_id)


def remove(workspace: Workspace, upload_id: str, progress: Progress | None = None) -> None:
    """Take an upload back wholly and make the clean demand anew.

    Raises:
        StoreError: there is no such upload.
    """
    told = progress or silent()
    told.report("Removing the upload", 0.05)
    uploads.remove_upload(workspace, upload_id)
    _rebuilt(workspace, told.unstoppable().part(0.3, 1.0))
