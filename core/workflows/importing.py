"""Brings files in: look first, decide what each column is, then all of them or none."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import pandas as pd
import pyarrow as pa

from core.base.columns import FIELDS, REQUIRED, ROLES
from core.base.errors import NoDataError
from core.base.progress import Progress, silent
from core.ingest.mapping import TableMapping
from core.ingest.tables import ReadOptions
from core.store import datasets as dataset_store
from core.store import kept, uploads
from core.store.clock import now
from core.store.differences import Difference, difference
from core.store.uploads import ConflictError, Incoming, OnConflict, UploadRecord, UploadSummary
from core.store.workspace import Workspace
from core.workflows import datasets
from core.workflows.looking import (
    AUTO,
    Decision,
    TablePreview,
    UploadedFile,
    mapping_of,
    preview,
    recognised_again,
    save_if_changed,
    together,
    with_changes,
)
from core.workflows.product_terms import overruled
from core.workflows.taking_in import Moment, again, take
from core.workflows.upload_days import upload_days

__all__ = [
    "AUTO", "FIELDS", "REQUIRED", "ROLES", "ConflictError", "Decision", "Difference", "OnConflict", "ReadOptions",
    "TableMapping", "TablePreview", "UploadRecord", "UploadSummary", "UploadedFile", "mapping_of", "preview",
    "recognised_again", "together", "with_changes",
]  # fmt: skip
PREVIEW_ROWS: Final = 50
_ATTEMPTS: Final = 3
"""How often an upload is taken back anew because other uploads came or went meanwhile."""


@dataclass(frozen=True, slots=True, eq=False)
class TypedPreview:
    """What importing a table would give.

    Attributes:
        head: the first rows, typed, canonical column names.
        records, loaded, quarantined: counted over the whole table.
        rejected: lines set aside: line, reason, content.
        dropped: columns left out because they hold personal data.
        known: rows that are stored already, or say something else of what is.
        difference: what importing it would change, for each role it has rows of.
        notes: remarks about how it was read and converted.
        days: of sales what each day holds, see upload_days; empty for other roles.
    """

    head: pd.DataFrame
    records: int
    loaded: int
    quarantined: int
    rejected: pd.DataFrame
    dropped: tuple[str, ...]
    known: int
    difference: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    days: pd.DataFrame = field(default_factory=pd.DataFrame)


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


def typed(workspace: Workspace, decision: Decision) -> TypedPreview:
    """What importing the table would give; nothing is stored.

    Raises:
        MappingError: a required field has no column, or only the user can say how to read one.
    """
    taken = take(workspace, decision, Moment("append", now()))
    own, refused = taken.items[0], taken.items[0].quarantined
    said = difference(workspace, taken.items)
    return TypedPreview(
        head=own.rows.slice(0, PREVIEW_ROWS).to_pandas().dropna(axis=1, how="all"),
        records=own.upload.records,
        loaded=own.rows.num_rows,
        quarantined=len(refused),
        rejected=pd.DataFrame(
            [(each.line, each.reason, each.content) for each in refused[:10_000]], columns=["line", "reason", "content"]
        ),
        dropped=taken.screened.dropped,
        known=sum(each.already_there + each.changes for each in said if not each.loaded_before),
        difference=tuple(said),
        notes=(*taken.screened.table.notes, *taken.converted.notes),
        days=upload_days(own.rows),
    )


def differences(
    workspace: Workspace, decisions: Sequence[Decision], on_conflict: OnConflict = "append"
) -> list[Difference]:
    """What importing the tables together would add, change and remove; nothing is stored.

    Raises:
        MappingError: a table cannot be imported by its mapping.
    """
    moment = Moment(on_conflict, now())
    wanted = [decision for decision in decisions if not decision.preview.used_in]
    return difference(workspace, [item for each in wanted for item in take(workspace, each, moment).items], on_conflict)


def import_tables(
    workspace: Workspace,
    decisions: Sequence[Decision],
    on_conflict: OnConflict = "append",
    progress: Progress | None = None,
) -> ImportResult:
    """Store all tables in one transaction, or none, and make the clean demand anew.

    Every table is kept on disk, without columns about persons, before it is stored, so that a lost load can be made
    again. Tables whose content another table of the action took over are not stored themselves.

    Raises:
        MappingError: a table cannot be imported by its mapping; nothing of any table was stored.
        ConflictError: rows contradict what is stored and on_conflict does not say what shall hold; nothing was stored.
        StoreError: the store refuses; nothing was stored.
        CancelledError: the user stopped it before anything was stored.
    """
    told = progress or silent()
    started = time.perf_counter()
    wanted = [decision for decision in decisions if not decision.preview.used_in]
    moment = Moment(on_conflict, uploads.next_moment(workspace))
    lent = tuple(dict.fromkeys(decision.preview.note for decision in decisions if decision.preview.used_in))
    summaries = _stored(workspace, wanted, moment, told)
    _save_mappings(workspace, wanted)
    # Raw tables are large, and what follows needs the memory; a caller that holds them no longer frees them here.
    del decisions, wanted
    pa.default_memory_pool().release_unused()
    rebuilt, notes = made_anew(workspace, told.unstoppable().part(0.6, 1.0))
    stated = any(each.role in {"products", "suppliers"} and each.already_loaded_at is None for each in summaries)
    terms = overruled(workspace) if stated else ()
    return ImportResult(tuple(summaries), rebuilt, (*lent, *notes, *terms), time.perf_counter() - started)


def _save_mappings(workspace: Workspace, wanted: Sequence[Decision]) -> None:
    for decision in wanted:
        save_if_changed(workspace, decision)


def _stored(workspace: Workspace, wanted: Sequence[Decision], moment: Moment, told: Progress) -> list[UploadSummary]:
    """Keep and store the tables, all or none."""
    with kept.keeping(workspace.uploads_folder, workspace.on_step, lambda: _listed(workspace)) as keep:
        items: list[Incoming] = []
        key_check = ""
        for number, decision in enumerate(wanted):
            told.report(f"Reading {decision.preview.label}", 0.5 * number / max(len(wanted), 1))
            taken = take(workspace, decision, moment)
            keep(replace(taken.kept, place=number))
            items += taken.items
            # The first one's: a key that is changed between two tables is refused like one changed after them.
            key_check = key_check or taken.kept.key_check
        told.report("Storing", 0.5)
        return uploads.add_uploads(workspace, items, on_conflict=moment.mode, at=moment.at, key_check=key_check)


def _listed(workspace: Workspace) -> set[str]:
    """Keys of the loads in the store."""
    return {record.upload_id for record in uploads.list_uploads(workspace)}


def made_anew(workspace: Workspace, told: Progress) -> tuple[bool, tuple[str, ...]]:
    """Clean demand needs sales; other files wait for them, and without them there is none."""
    with workspace.deriving:
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
    for attempt in range(_ATTEMPTS):
        listed = _listed(workspace)
        try:
            uploads.remove_upload(workspace, upload_id, heirs(workspace, upload_id), listed)
            break
        except uploads.MeanwhileError:
            if attempt == _ATTEMPTS - 1:
                raise
    kept.release(workspace.uploads_folder, upload_id, _listed(workspace))
    workspace.on_step("kept upload removed")
    made_anew(workspace, told.unstoppable().part(0.3, 1.0))


def heirs(workspace: Workspace, upload_id: str) -> list[Incoming]:
    """Later uploads, whole, of which rows were left out because earlier ones had brought them.

    Once that earlier upload is gone, they are the only ones to say these rows.
    """
    records = uploads.list_uploads(workspace)
    removed = next((record for record in records if record.upload_id == upload_id), None)
    if removed is None:
        return []
    found: list[Incoming] = []
    for record in records:
        is_later = record.role == removed.role and record.loaded_at > removed.loaded_at
        if is_later and record.loaded < record.records - record.quarantined:
            item = kept.find(workspace.uploads_folder, record.upload_id)
            found += again(item, record.upload_id, record.records - record.quarantined) if item else []
    return found
