"""Numbered sales files and their loads, as the kill harnesses use them; every batch is told apart by its SKU."""

import json
import os
import signal
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from core.base.errors import DemandError
from core.store.workspace import Workspace, ledger_problems
from core.workflows import importing

ROWS = 300


def content(number: int) -> bytes:
    """A sales file of 300 lines whose SKU and order numbers no other batch has."""
    first = date(2024, 1, 1)
    lines = [
        f"{first + timedelta(days=row % 60)},O{number}-{row},B{number},{1 + row % 5},{2 + row % 3}.50"
        for row in range(ROWS)
    ]
    return ("\n".join(["date,order id,sku,quantity,price", *lines]) + "\n").encode()


UNITS = sum(1 + row % 5 for row in range(ROWS))


def load(workspace: Workspace, number: int) -> None:
    """Import one batch the way a user does."""
    looks = importing.preview(workspace, [importing.UploadedFile(f"batch {number}.csv", content(number))])
    found = looks[0].recognition
    if found is None:
        raise AssertionError(looks[0].problem)
    importing.import_tables(workspace, [importing.Decision(looks[0], found.to_mapping())])


def stored(workspace: Workspace) -> dict[int, tuple[int, float]]:
    """Rows and units of every batch in the store."""
    with workspace.cursor() as cursor:
        rows = cursor.execute("SELECT sku, count(*), sum(quantity) FROM sales_lines GROUP BY sku").fetchall()
    return {int(sku[1:]): (count, units) for sku, count, units in rows}


def in_child(work: Callable[[], Any]) -> Any:
    """What `work` gives in a forked process of its own, so that this one never has a store open."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            answer = {"result": work()}
        except DemandError as error:
            answer = {"refused": str(error)}
        except BaseException as error:  # noqa: BLE001 - a defect must reach the parent, whatever it is
            answer = {"defect": repr(error)}
        with os.fdopen(writing, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"defect": "the process died without a word"}


def looked_at(store: Path) -> dict[str, Any]:
    """Open a store in a process of its own: seconds to open, batches, and what the ledger says."""

    def work() -> dict[str, Any]:
        started = time.perf_counter()
        workspace = Workspace.open(store)
        seconds = time.perf_counter() - started
        found = {"seconds": seconds, "batches": stored(workspace), "problems": ledger_problems(workspace)}
        workspace.close()
        return found

    answer = in_child(work)
    if "result" in answer:
        answer["result"]["batches"] = {int(k): tuple(v) for k, v in answer["result"]["batches"].items()}
    return dict(answer)


def killed_at(store: Path, step: str, number: int) -> None:
    """Load a batch in a process that kills itself when it reaches the named step of the transaction that loads it."""
    child = os.fork()
    if child == 0:
        workspace, passed = Workspace.open(store), set()

        def die(name: str) -> None:
            passed.add(name)
            if name == step and "rows written" in passed:
                os.kill(os.getpid(), signal.SIGKILL)

        workspace.on_step = die
        load(workspace, number)
        os._exit(0)
    os.waitpid(child, 0)
