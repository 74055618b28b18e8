"""Loads two generated tables in one child process per numbered step, each killed at its step: `load_and_die FOLDER`."""

import itertools
import os
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from core.store.uploads import Incoming, Upload, add_uploads
from core.store.workspace import Workspace

ROWS = 3000


def table(sku: str) -> pa.Table:
    start = datetime.fromisoformat("2024-01-01")
    return pa.table(
        {
            "line": range(2, ROWS + 2),
            "sold_at": [start + timedelta(minutes=number) for number in range(ROWS)],
            "sku": [sku] * ROWS,
            "location": ["main"] * ROWS,
            "quantity": [2.0] * ROWS,
        }
    )


def items() -> list[Incoming]:
    return [
        Incoming(Upload(f"hash of {sku}", f"{sku}.csv", "", "sales", "own columns", "{}", ROWS), table(sku))
        for sku in ("A", "B")
    ]


def load_and_die(store: Path, last_step: int) -> None:
    workspace = Workspace.open(store)
    taken = 0

    def count(name: str) -> None:
        nonlocal taken
        taken += 1
        if taken == last_step:
            Path(f"{store}.died").write_text(name)
            os.kill(os.getpid(), signal.SIGKILL)

    workspace.on_step = count
    add_uploads(workspace, items())
    workspace.on_step("returned")
    workspace.close()


def main(folder: Path) -> None:
    """Go on from step to step until a load comes through alive."""
    for number in itertools.count(1):
        store = folder / f"step{number}" / "shop.duckdb"
        store.parent.mkdir()
        # The child is forked before any store is open, so that it shares nothing with its siblings.
        child = os.fork()
        if child == 0:
            load_and_die(store, number)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
