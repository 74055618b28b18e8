"""Uploads: what one user action brought in, loaded whole or not at all, and never twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

import pandas as pd
import pyarrow as pa

from core.base.errors import StoreError
from core.store.clock import now
from core.store.ledger import LoadState, stored_states
from core.store.loading import (
    NAME_LENGTH,
    Incoming,
    OnConflict,
    RejectedLine,
    Span,
    Upload,
    Written,
    check_rows,
    delete_rows,
    spans_of,
    write_rows,
)
from core.store.sql import Cursor, delete, load
from core.store.workspace import Workspace

__all__ = [
    "Incoming",
    "OnConflict",
    "Upload",
    "UploadRecord",
    "UploadSummary",
    "add_upload",
    "add_uploads",
    "list_uploads",
    "overlapping_rows",
    "quarantined_rows",
    "remove_upload",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UploadSummary:
    """What became of one uploaded table.

    Attributes:
        file: file name, and member if any.
        role: table it went to.
        platform: recognised source.
        records: records in the file = loaded + skipped + quarantined.
        loaded: rows of it in the store.
        quarantined: lines set aside with a reason.
        skus: distinct SKUs.
        first_period: first day it speaks of, None when it has no dates.
        last_period: last day it speaks of, None when it has no dates.
        already_loaded_at: UTC time of the earlier, identical load; None when it was loaded now.
        skipped: rows left out because an earlier upload has their days or keys.
        replaced: rows of earlier uploads that were removed for it.
        upload_id: its key.
    """

    file: str
    role: str
    platform: str
    records: int
    loaded: int
    quarantined: int
    skus: int
    first_period: date | None
    last_period: date | None
    already_loaded_at: datetime | None = None
    skipped: int = 0
    replaced: int = 0
    upload_id: str = ""


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """One row of the list of uploads; fields as in Upload and UploadSummary."""

    upload_id: str
    content_hash: str
    file_name: str
    member: str
    role: str
    platform: str
    mapping_json: str
    records: int
    loaded: int
    quarantined: int
    first_period: date | None
    last_period: date | None
    loaded_at: datetime


def add_upload(
    workspace: Workspace,
    upload: Upload,
    rows: pa.Table,
    quarantined: Sequence[RejectedLine] = (),
    *,
    on_conflict: OnConflict = "append",
) -> UploadSummary:
    """Load one table; see add_uploads."""
    return add_uploads(workspace, [Incoming(upload, rows, quarantined)], on_conflict=on_conflict)[0]


def add_uploads(
    workspace: Workspace, items: Sequence[Incoming], *, on_conflict: OnConflict = "append"
) -> list[UploadSummary]:
    """Load the tables of one user action in one transaction: all of them, or none.

    A table loaded before (same content, member, role and mapping) is not loaded again; its summary says when it was.

    Args:
        workspace: the store.
        items: the tables, in the order they were given.
        on_conflict: "append" adds all rows; "replace" first removes what earlier uploads of the role say about the
            same locations in the days between the table's first and last (without dates: about the same keys);
            "skip" leaves out rows whose location and day (without dates: whose key) an earlier upload has.

    Returns:
        A summary per table, in the order given.

    Raises:
        StoreError: a table lacks a required value, or the store cannot be written.
    """
    for item in items:
        check_rows(item)
    return _changing(workspace, lambda cursor: _load_all(cursor, items, on_conflict))


def remove_upload(workspace: Workspace, upload_id: str) -> int:
    """Take everything an upload brought out of the store again; returns the number of rows removed.

    Raises:
        StoreError: there is no such upload.
    """

    def work(cursor: Cursor) -> int:
        record = _known(cursor).get(upload_id)
        if record is None:
            raise StoreError(f"There is no upload {upload_id[:12]} in this workspace. Reload the list of uploads.")
        removed = delete_rows(cursor, record.role, upload_id)
        cursor.execute(delete("uploads", "upload_id"), {"owner": upload_id})
        return removed

    return _changing(workspace, work)


def list_uploads(workspace: Workspace) -> list[UploadRecord]:
    """Every upload in the store, oldest first."""
    with workspace.cursor() as cursor:
        return list(_known(cursor).values())


def quarantined_rows(workspace: Workspace, upload_id: str | None = None, limit: int = 10_000) -> pd.DataFrame:
    """Lines that were set aside: upload_id, file_name, member, line, reason, content."""
    with workspace.cursor() as cursor:
        return cursor.execute(load("quarantined_rows"), {"upload_id": upload_id, "limit": limit}).df()


def overlapping_rows(workspace: Workspace, role: str, rows: pa.Table) -> int:
    """How many rows of a table speak of days or keys that the store already has; to be shown before a choice."""
    with workspace.cursor() as cursor:
        cursor.register("incoming", rows)
        return len(cursor.execute(load(f"known_{role}"), {"batch": []}).fetchall())


def _changing(workspace: Workspace, work: Callable[[Cursor], T]) -> T:
    """Run a change of loads so that the ledger knows of it before the commit and acknowledges it after."""
    intents: list[str] = []

    def attempt(cursor: Cursor) -> T:
        before = stored_states(cursor)
        result = work(cursor)
        workspace.on_step("rows written")
        intents.append(workspace.ledger.intend(_differences(before, stored_states(cursor))))
        workspace.on_step("announced")
        return result

    result = workspace.write(attempt)
    # Only the last attempt was committed; announcements of earlier ones are settled at the next open.
    workspace.ledger.done(intents[-1])
    workspace.on_step("acknowledged")
    # The log does not check itself; a load stays in it no longer than it must.
    workspace.checkpoint()
    workspace.on_step("checkpointed")
    return result


def _differences(before: Mapping[str, LoadState], after: Mapping[str, LoadState]) -> list[LoadState]:
    gone = [replace(state, rows=0, units=0.0) for key, state in before.items() if key not in after]
    return gone + [state for key, state in after.items() if state != before.get(key)]


def _known(cursor: Cursor) -> dict[str, UploadRecord]:
    return {row[0]: UploadRecord(*row) for row in cursor.execute(load("uploads")).fetchall()}


def _load_all(cursor: Cursor, items: Sequence[Incoming], mode: OnConflict) -> list[UploadSummary]:
    known = _known(cursor)
    batch = [item.upload.upload_id for item in items]
    written: dict[str, Written] = {}
    for item in items:
        key = item.upload.upload_id
        # A load that a later one replaced in part is wanted back only by a user who asks to replace again.
        superseded = key in known and mode == "replace" and known[key].loaded < item.rows.num_rows
        if key not in written and (key not in known or superseded):
            written[key] = write_rows(cursor, item, batch, mode)
    spans = spans_of(cursor)
    moment = now()
    for position, item in enumerate(items):
        if item.upload.upload_id in written:
            # One microsecond apart, so that "the latest upload wins" is never a tie.
            _record(cursor, item, spans, moment + timedelta(microseconds=position))
    for key, record in known.items():
        if key not in written and record.loaded != spans.get(key, Span()).rows:
            cursor.execute(load("upload_rows"), {"upload_id": key, "loaded": spans.get(key, Span()).rows})
    # The second copy of a file within one action is told apart from a load of an earlier day.
    seen: set[str] = set()
    summaries = []
    for item in items:
        key = item.upload.upload_id
        again = known[key].loaded_at if key in known and key not in written else moment if key in seen else None
        summaries.append(_summary(item, spans.get(key, Span()), written.get(key) if again is None else None, again))
        seen.add(key)
    return summaries


def _record(cursor: Cursor, item: Incoming, spans: Mapping[str, Span], moment: datetime) -> None:
    upload = item.upload
    span = spans.get(upload.upload_id, Span())
    values = {
        "upload_id": upload.upload_id,
        "content_hash": upload.content_hash,
        "file_name": upload.file_name[:NAME_LENGTH],
        "member": upload.member[:NAME_LENGTH],
        "role": upload.role,
        "platform": upload.platform,
        "mapping": upload.mapping_json,
        "records": upload.records,
        "loaded": span.rows,
        "quarantined": len(item.quarantined),
        "first_period": span.first,
        "last_period": span.last,
        "loaded_at": moment,
    }
    cursor.execute(load("upload_add"), values)


def _summary(item: Incoming, span: Span, written: Written | None, again: datetime | None) -> UploadSummary:
    upload = item.upload
    name = f"{upload.file_name}: {upload.member}" if upload.member else upload.file_name
    return UploadSummary(
        file=name[:NAME_LENGTH],
        role=upload.role,
        platform=upload.platform,
        records=upload.records,
        loaded=span.rows,
        quarantined=len(item.quarantined),
        skus=span.skus,
        first_period=span.first,
        last_period=span.last,
        already_loaded_at=again,
        skipped=written.skipped if written else 0,
        replaced=written.replaced if written else 0,
        upload_id=upload.upload_id,
    )
