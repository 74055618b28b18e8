"""Writes the store's file anew, so that what was deleted is not left in blocks that nothing points to any more.

DuckDB marks the blocks of deleted values as free and leaves their bytes as they are. A copy made table by table holds
what the tables hold and nothing else.
"""

import os
from contextlib import closing
from pathlib import Path

import duckdb

from core.base.errors import StoreError
from core.store.connection import connect, fsync_folder, plain_words
from core.store.sql import count_rows
from core.store.workspace import Workspace


def rewrite(workspace: Workspace) -> None:
    """Replace the store's file by a copy of its tables; sessions that have it open go on with the copy.

    Raises:
        BusyError: somebody was reading all the time; the file stays as it was.
        StoreError: the copy could not be made or does not hold every row; the file stays as it was.
    """
    draft = workspace.beside(".rewritten")
    workspace.checkpoint()
    with workspace.swapped():
        _remove(draft)
        try:
            if workspace.beside(".wal").exists():
                # The log would be replayed into the new file, or lost with the old one.
                raise StoreError(f"{workspace.path.name} still has an open log. Try again in a moment.")
            _copy(workspace.path, draft)
            if _counts(draft) != _counts(workspace.path):
                raise StoreError(f"The copy of {workspace.path.name} does not hold all rows. Nothing was changed.")
            workspace.on_step("rewritten")
            draft.replace(workspace.path)
            fsync_folder(workspace.path.parent)
            workspace.on_step("rewriting in place")
        finally:
            _remove(draft)


def _counts(path: Path) -> dict[str, int]:
    """Rows per table of a file that nobody has open."""
    with closing(connect(path, read_only=True)) as connection, plain_words(path):
        return count_rows(connection)


def _remove(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    draft.with_name(draft.name + ".wal").unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy every table of a file that nobody has open."""
    try:
        # An instance of its own: in the workspace's, attaching files is switched off for good.
        with duckdb.connect() as connection:
            connection.execute("ATTACH $path AS old (READ_ONLY)", {"path": str(source)})
            connection.execute("ATTACH $path AS new", {"path": str(target)})
            connection.execute("COPY FROM DATABASE old TO new")
            connection.execute("CHECKPOINT new")
        with target.open("rb+") as file:
            os.fsync(file.fileno())
    except (duckdb.Error, OSError) as problem:
        text = f"{source.name} could not be written anew ({str(problem)[:200]}). Check the disk and try again."
        raise StoreError(text) from problem
