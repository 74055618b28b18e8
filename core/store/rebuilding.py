"""Loads that the store lost are made again from what is kept, until it holds what the ledger says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.base.errors import StoreError, examples
from core.store.ledger import LoadState, stored_states
from core.store.loading import Action, Incoming, OnConflict, delete_rows
from core.store.sql import Cursor, delete
from core.store.uploads import UploadSummary, changing, known_uploads, load_all, take_out
from core.store.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """The tables of one former action: what was asked about known rows, when, and the tables."""

    mode: OnConflict
    at: datetime
    items: tuple[Incoming, ...]


def rebuild_loads(workspace: Workspace, actions: Sequence[Again], heirs: Sequence[Incoming]) -> list[UploadSummary]:
    """Repeat actions whose loads are missing or changed, in one transaction, and check the result.

    Args:
        workspace: the store.
        actions: the actions to repeat, the oldest first.
        heirs: uploads, whole, that may have inherited rows of an upload whose removal was lost.

    Raises:
        StoreError: what came of it is not what the ledger says; nothing was stored.
    """

    def work(cursor: Cursor) -> list[UploadSummary]:
        expected = workspace.ledger.history().expected
        summaries: list[UploadSummary] = []
        for again in actions:
            summaries += _repeated(cursor, again)
        _take_out_removed(cursor, expected, heirs)
        _check(cursor, expected, {item.upload.upload_id for again in actions for item in again.items})
        files = ", ".join(summary.file for summary in summaries)
        workspace.audited(cursor, "rebuild", f"{len(summaries):,} loads: {files}")
        return summaries

    return changing(workspace, work)


def _repeated(cursor: Cursor, again: Again) -> list[UploadSummary]:
    """Load the tables of one action as if for the first time."""
    batch = [item.upload.upload_id for item in again.items]
    for item in again.items:
        # What is left of a damaged load would count as known.
        delete_rows(cursor, item.upload.role, item.upload.upload_id)
        cursor.execute(delete("uploads", "upload_id"), {"owner": item.upload.upload_id})
    return load_all(cursor, again.items, Action(again.mode, batch, again.at))


def _take_out_removed(cursor: Cursor, expected: dict[str, LoadState], heirs: Sequence[Incoming]) -> None:
    """Remove uploads that the ledger knows as removed."""
    removed = [key for key in known_uploads(cursor) if key in expected and expected[key].rows == 0]
    for upload_id in removed:
        # Asked anew, since the one before may have left it rows.
        stored = stored_states(cursor).get(upload_id)
        if stored is not None:
            others = [heir for heir in heirs if heir.upload.upload_id != upload_id]
            take_out(cursor, upload_id, [heir for heir in others if heir.upload.role == stored.role])


def _check(cursor: Cursor, expected: dict[str, LoadState], repeated: set[str]) -> None:
    stored = stored_states(cursor)
    wrong = [expected[key] for key in repeated if key in expected and not expected[key].agrees(stored.get(key))]
    if wrong:
        names = examples([f"{state.file} ({state.rows:,} rows)" for state in wrong])
        raise StoreError(
            f"{len(wrong):,} loads cannot be rebuilt exactly as they were: {names}. Restore a backup, or remove these "
            "uploads and import their files again."
        )
