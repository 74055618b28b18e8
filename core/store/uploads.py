"""Uploads: what one user action brought in, loaded whole or not at all, and never twice."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

import pandas as pd
import pyarrow as pa

from core.base.errors import StoreError
from core.store import keys
from core.store.clock import now
from core.store.judging import Rivals, judge, padded
from core.store.ledger import LoadState, stored_states
from core.store.loading import (
    NAME_LENGTH,
    Action,
    ConflictError,
    Incoming,
    OnConflict,
    RejectedLine,
    Span,
    Upload,
    Written,
    check_rows,
    clear,
    delete_rows,
    equal_lines,
    inherit,
    spans_of,
    write_rows,
)
from core.store.sql import Cursor, delete, load
from core.store.workspace import READ_SECONDS, Workspace

__all__ = [
    "ConflictError",
    "Incoming",
    "MeanwhileError",
    "OnConflict",
    "Upload",
    "UploadRecord",
    "UploadSummary",
    "add_upload",
    "add_uploads",
    "list_uploads",
    "next_moment",
    "overlapping_rows",
    "quarantined_rows",
    "remove_upload",
]

T = TypeVar("T")


class MeanwhileError(StoreError):
    """Uploads came or went while a change was prepared that depends on which there are."""


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
        changes: rows that said something else of what was stored.
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
    changes: int = 0


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
    workspace: Workspace,
    items: Sequence[Incoming],
    *,
    on_conflict: OnConflict = "append",
    at: datetime | None = None,
    key_check: str = "",
) -> list[UploadSummary]:
    """Load the tables of one user action in one transaction: all of them, or none.

    A table loaded before (same content, member, role, mapping and reading) is not loaded again; its summary says when
    it was. Rows that an earlier upload or table brought already are not stored twice, whatever their file is called
    and however its columns are named.

    Args:
        workspace: the store.
        items: the tables, in the order they were given.
        on_conflict: what to do about rows that say something else of what is known. "append" refuses them where rows
            add up (sales, movements); elsewhere the latest upload holds. "add" stores them beside the known ones,
            "skip" leaves them out. "replace" first removes what earlier uploads of the role say about the same
            locations in the days between the table's first and last (without dates: about the same keys),
            "replace_all" everything that earlier uploads of the role brought.
        at: the moment of the load, UTC; None = `next_moment`.
        key_check: check value of the key that the customers in the tables were hashed with; "" when there are none.

    Returns:
        A summary per table, in the order given.

    Raises:
        ConflictError: "append" was asked for and rows contradict what is stored.
        StoreError: a table lacks a required value, the key was changed since, or the store cannot be written.
    """
    for item in items:
        check_rows(item)
    action = Action(on_conflict, [item.upload.upload_id for item in items], at or next_moment(workspace))

    def work(cursor: Cursor) -> list[UploadSummary]:
        if key_check and key_check != keys.stored_check(cursor):
            # Nobody would find these customers under the new key, not even to forget them.
            raise StoreError("The customer key was changed while the files were read. Import them again.")
        summaries = load_all(cursor, items, action)
        done = [summary for summary in summaries if summary.already_loaded_at is None]
        if done:
            workspace.audited(cursor, "import", "; ".join(f"{each.file}: {each.loaded:,} rows" for each in done))
        return summaries

    return changing(workspace, work)


def next_moment(workspace: Workspace) -> datetime:
    """The moment of a load that begins now, UTC: after every stored one, even when the clock was put back."""
    return max([now(), *(record.loaded_at + timedelta(microseconds=1) for record in list_uploads(workspace))])


def remove_upload(
    workspace: Workspace, upload_id: str, heirs: Sequence[Incoming] = (), listed: Collection[str] | None = None
) -> int:
    """Take everything an upload brought out of the store again; returns the number of rows removed.

    Args:
        workspace: the store.
        upload_id: the upload.
        heirs: other uploads, whole, of which rows were not stored because this one had brought them; they get them.
        listed: keys of the uploads among which the heirs were looked for; None = whatever is stored.

    Raises:
        StoreError: there is no such upload.
        MeanwhileError: others came or went since they were listed.
    """

    def work(cursor: Cursor) -> int:
        if listed is not None and set(listed) != known_uploads(cursor).keys():
            raise MeanwhileError(
                "Another file was imported or taken back at the same time. Nothing was changed; try again."
            )
        removed = take_out(cursor, upload_id, heirs)
        workspace.audited(cursor, "remove", f"upload {upload_id[:12]}: {removed:,} rows")
        return removed

    return changing(workspace, work)


def take_out(cursor: Cursor, upload_id: str, heirs: Sequence[Incoming]) -> int:
    """The same inside a transaction."""
    known = known_uploads(cursor)
    record = known.get(upload_id)
    if record is None:
        raise StoreError(f"There is no upload {upload_id[:12]} in this workspace. Reload the list of uploads.")
    # Rows missing of an earlier upload were replaced by this one, not left out because of it.
    still = [heir for heir in heirs if heir.upload.upload_id in known]
    later = [heir for heir in still if known[heir.upload.upload_id].loaded_at > record.loaded_at]
    wanted = [(heir, equal_lines(cursor, heir, Rivals(only=[upload_id]))) for heir in later]
    removed = delete_rows(cursor, record.role, upload_id)
    cursor.execute(delete("uploads", "upload_id"), {"owner": upload_id})
    for heir, lines in wanted:
        inherit(cursor, heir, lines)
    _refresh(cursor, spans_of(cursor))
    return removed


def _refresh(cursor: Cursor, spans: Mapping[str, Span]) -> None:
    """Bring the number of rows in the list of uploads to what is stored."""
    for key, record in known_uploads(cursor).items():
        if record.loaded != spans.get(key, Span()).rows:
            cursor.execute(load("upload_rows"), {"upload_id": key, "loaded": spans.get(key, Span()).rows})


def list_uploads(workspace: Workspace) -> list[UploadRecord]:
    """Every upload in the store, oldest first."""
    return list(workspace.remembered("uploads", known_uploads).values())


def quarantined_rows(workspace: Workspace, upload_id: str | None = None, limit: int = 10_000) -> pd.DataFrame:
    """Lines that were set aside: upload_id, file_name, member, line, reason, content."""
    with workspace.cursor(READ_SECONDS) as cursor:
        return cursor.execute(load("quarantined_rows"), {"upload_id": upload_id, "limit": limit}).df()


def overlapping_rows(workspace: Workspace, role: str, rows: pa.Table) -> int:
    """How many rows of a table are stored already or say something else of what is; to be shown before a choice."""
    with workspace.cursor() as cursor:
        cursor.register("incoming", padded(role, rows))
        verdict = judge(cursor, role, Rivals(), now())
    return verdict.there + verdict.changes


def changing(workspace: Workspace, work: Callable[[Cursor], T]) -> T:
    """Run a change of loads so that the ledger knows of it before the commit and acknowledges it after."""
    intents: list[str] = []

    def attempt(cursor: Cursor) -> T:
        before = stored_states(cursor)
        result = work(cursor)
        workspace.on_step("rows written")
        intents.append(workspace.ledger.intend(_differences(before, stored_states(cursor))))
        workspace.on_step("announced")
        return result

    # Only the last attempt was committed; announcements of earlier ones are settled at the next open.
    result = workspace.write(attempt, lambda: workspace.ledger.done(intents[-1]))
    workspace.on_step("acknowledged")
    # The log does not check itself; a load stays in it no longer than it must. It is stored either way, be it that
    # nobody paused or that the disk has no room: the next change or the next open tries again.
    with suppress(StoreError):
        workspace.checkpoint()
    workspace.on_step("checkpointed")
    return result


def _differences(before: Mapping[str, LoadState], after: Mapping[str, LoadState]) -> list[LoadState]:
    gone = [replace(state, rows=0, units=0.0) for key, state in before.items() if key not in after]
    return gone + [state for key, state in after.items() if state != before.get(key)]


def known_uploads(cursor: Cursor) -> dict[str, UploadRecord]:
    """Every upload in the store by its key, oldest first."""
    return {row[0]: UploadRecord(*row) for row in cursor.execute(load("uploads")).fetchall()}


def load_all(cursor: Cursor, items: Sequence[Incoming], action: Action) -> list[UploadSummary]:
    """Write the tables of one action; see add_uploads."""
    known = known_uploads(cursor)
    written: dict[str, Written] = {}
    for item in items:
        key = item.upload.upload_id
        # A load that a later one replaced in part is wanted back only by a user who asks to replace again.
        replacing = action.mode in {"replace", "replace_all"}
        superseded = key in known and replacing and known[key].loaded < item.rows.num_rows
        if key not in written and (key not in known or superseded):
            written[key] = write_rows(cursor, item, action)
        elif action.mode == "replace_all":
            clear(cursor, item.upload.role, action)
    spans = spans_of(cursor)
    for position, item in enumerate(items):
        if item.upload.upload_id in written:
            # One microsecond apart, so that "the latest upload wins" is never a tie.
            _record(cursor, item, spans, action.at + timedelta(microseconds=position))
    _refresh(cursor, spans)
    # The second copy of a file within one action is told apart from a load of an earlier day.
    seen: set[str] = set()
    summaries = []
    for item in items:
        key = item.upload.upload_id
        again = known[key].loaded_at if key in known and key not in written else action.at if key in seen else None
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
    return UploadSummary(
        file=upload.label,
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
        changes=written.verdict.changes if written else 0,
    )
