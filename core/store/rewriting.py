"""Writes the store's file anew, so that what was deleted is not left in blocks that nothing points to any more.

DuckDB marks the blocks of deleted values as free and leaves their bytes as they are. A copy made table by table holds
what the tables hold and nothing else.
"""

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from core.base.errors import StoreError
from core.store.connection import connect, plain_words
from core.store.sql import count_rows
from core.store.workspace import Workspace

# Another process copies: in this one, attaching files is switched off for good.
_COPY: Final = (
    "import os, sys, duckdb\n"
    'old, new = (name.replace("\'", "\'\'") for name in sys.argv[1:3])\n'
    "with duckdb.connect() as connection:\n"
    "    connection.execute(f\"ATTACH '{old}' AS old (READ_ONLY)\")\n"
    "    connection.execute(f\"ATTACH '{new}' AS new\")\n"
    "    connection.execute('COPY FROM DATABASE old TO new')\n"
    "    connection.execute('CHECKPOINT new')\n"
    "with open(sys.argv[2], 'rb+') as file: os.fsync(file.fileno())\n"
)


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
    done = subprocess.run(  # noqa: S603 - our own interpreter and script; paths are arguments, not code
        [sys.executable, "-I", "-c", _COPY, str(source), str(target)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StoreError(f"{source.name} could not be written anew ({last[:200]}). Check the disk and try again.")
