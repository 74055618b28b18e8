"""Many threads write and read one store: `python -m tests.kill.many_writers --writers 16 --operations 200`.

Writers add and remove uploads of their own and of each other, and replace one shared table. Afterwards the store must
be in a state that some order of the finished operations gives; readers must never see another thread's answer, nor a
table that was half replaced.
"""

import argparse
import random
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from core.base.errors import StoreError
from core.store.uploads import Incoming, Upload, add_uploads, remove_upload
from core.store.workspace import Workspace, ledger_problems

ROWS = 20
KEYS = 24
SHARED = "shared"


@dataclass(frozen=True)
class Done:
    """An operation that came to its end: on which upload, what it leaves there, and when it ran."""

    key: str
    leaves: bool
    began: float
    ended: float


@dataclass
class Log:
    """What the threads saw; lists grow under the interpreter's own lock."""

    done: list[Done] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    reads: int = 0
    refused: int = 0


def item(key: str, sku: str, location: str = "main") -> Incoming:
    start = datetime.fromisoformat("2024-01-01")
    rows = pa.table(
        {
            "line": range(2, ROWS + 2),
            "sold_at": [start + timedelta(days=number) for number in range(ROWS)],
            "order_id": [f"{key}-{number}" for number in range(ROWS)],
            "sku": [sku] * ROWS,
            "location": [location] * ROWS,
            "quantity": [1.0] * ROWS,
        }
    )
    return Incoming(Upload(f"hash of {key}", f"{key}.csv", "", "sales", "own columns", "{}", ROWS), rows)


def write(workspace: Workspace, log: Log, operations: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    for number in range(operations):
        began, dice = time.perf_counter(), chance.random()
        key = f"k{chance.randrange(KEYS)}"
        try:
            if dice < 0.2:
                key = f"{SHARED} {seed}-{number}"
                add_uploads(workspace, [item(key, key, SHARED)], on_conflict="replace")
            elif dice < 0.65:
                add_uploads(workspace, [item(key, key, key)])
            else:
                remove_upload(workspace, item(key, key).upload.upload_id)
        except StoreError as refusal:
            # Removing what is not there is refused, and changes nothing.
            log.refused += 1
            if "There is no upload" not in str(refusal):
                log.faults.append(f"write: {refusal}")
            continue
        except Exception as defect:  # noqa: BLE001 - whatever a thread meets is a finding
            log.faults.append(f"write: {defect!r}")
            continue
        log.done.append(Done(key, dice < 0.65, began, time.perf_counter()))


def read(workspace: Workspace, log: Log, times: int, seed: int) -> None:
    question = (
        "SELECT $mine, count(*) FILTER (location = 'shared'), count(DISTINCT sku) FILTER (location = 'shared') "
        "FROM sales_lines"
    )
    for number in range(times):
        mine = seed * 10_000_000 + number
        try:
            with workspace.cursor() as cursor:
                answer, rows, skus = cursor.execute(question, {"mine": mine}).fetchone() or (None, None, None)
        except Exception as defect:  # noqa: BLE001 - whatever a thread meets is a finding
            log.faults.append(f"read: {defect!r}")
            continue
        log.reads += 1
        if answer != mine:
            log.faults.append(f"read: asked {mine}, got {answer}")
        if rows not in {0, ROWS} or skus not in {0, 1}:
            log.faults.append(f"read: the shared table was seen half replaced: {rows} rows of {skus} SKUs")


def explained(log: Log, present: set[str]) -> list[str]:
    """Faults of the final state: a key whose state no operation left that could have been its last."""
    faults = []
    for key in {done.key for done in log.done if not done.key.startswith(SHARED)}:
        mine = [done for done in log.done if done.key == key]
        # An operation may be the last one when none began after it had ended.
        last = [done for done in mine if not any(other.began > done.ended for other in mine)]
        if not any(done.leaves == (key in present) for done in last):
            faults.append(f"{key} is {'there' if key in present else 'gone'}; no last operation left it so")
    shared = [done for done in log.done if done.key.startswith(SHARED)]
    last = {done.key for done in shared if not any(other.began > done.ended for other in shared)}
    left = {key for key in present if key.startswith(SHARED)}
    if shared and (len(left) != 1 or not left <= last):
        faults.append(f"the shared table holds {sorted(left)}; the last to replace it were {sorted(last)}")
    return faults


def run(writers: int, operations: int, readers: int, reads: int) -> Log:
    """All threads over one store, then a look at its final state."""
    log = Log()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.open(Path(folder) / "shop.duckdb")
        threads = [threading.Thread(target=write, args=(workspace, log, operations, n)) for n in range(writers)]
        threads += [
            threading.Thread(target=read, args=(workspace, log, reads // readers, 100 + n)) for n in range(readers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with workspace.cursor() as cursor:
            rows = cursor.execute("SELECT sku, count(*) FROM sales_lines GROUP BY sku").fetchall()
        log.faults += [f"{sku} has {count} rows" for sku, count in rows if count != ROWS]
        log.faults += explained(log, {sku for sku, _count in rows})
        log.faults += ledger_problems(workspace)
        workspace.close()
    return log


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--operations", type=int, default=200)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--reads", type=int, default=100_000)
    chosen = parser.parse_args()
    started = time.perf_counter()
    log = run(chosen.writers, chosen.operations, chosen.readers, chosen.reads)
    print(
        f"{len(log.done)} operations done, {log.refused} refused, {log.reads} reads, {len(log.faults)} faults, "
        f"{time.perf_counter() - started:.0f} s"
    )
    for fault in log.faults[:20]:
        print(" ", fault)
    raise SystemExit(1 if log.faults else 0)


if __name__ == "__main__":
    main()
