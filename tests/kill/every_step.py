"""A real import is killed before every single operation: `python -m tests.kill.every_step --every 1`.

The operations are counted, not listed: every step the workflow names, every statement that reaches DuckDB, and every
file of the workspace that is opened for writing, synced, renamed or removed. The import goes from the look at three
files to the clean demand. Wherever it dies, the store holds all three files or none of them, its ledger agrees, nothing
is left over, and importing them again stores each row once.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from core.ingest.parsing import Parsed, parse
from core.ingest.recognition import recognise
from core.store import kept
from core.store.uploads import list_uploads
from core.store.workspace import Workspace, ledger_problems
from core.workflows import datasets, importing, recovery
from core.workflows.importing import Decision, TablePreview
from tests.kill.shop_batches import ROWS, UNITS, content, in_child

PRODUCTS = b"sku,product name,category,cost\nB0,Bowl,Kitchen,1.5\nB1,Cup,Kitchen,0.5\n"
FILES = [("batch 0.csv", content(0)), ("batch 1.csv", content(1)), ("products.csv", PRODUCTS)]
STATEMENTS = ("execute", "sql", "begin", "commit")
WRITING = os.O_WRONLY | os.O_RDWR
LOADED = ("announced", "before commit", "after commit")
"""The named steps of the transaction that loads the files; after the last one they are there for good."""


def decisions() -> list[Decision]:
    """The files as a user would import them; made without a store, so that children share nothing with this process."""
    return [_decision(parsed) for parsed in parse(FILES)]


def _decision(parsed: Parsed) -> Decision:
    if parsed.table is None:
        raise AssertionError(parsed.problem)
    found = recognise(parsed.table, parsed.file_name, importing.AUTO)
    look = TablePreview(parsed.file_name, parsed.file_name, "", parsed.content_hash, parsed.table, found, "")
    return Decision(look, found.to_mapping())


class Counter:
    """Counts operations and ends the process at one of them, leaving its name behind."""

    def __init__(self, store: Path, last: int | str) -> None:
        self.store, self.last, self.taken = store, last, 0
        self.loading = 0
        self.mark = store.with_suffix(".died")

    def named(self, name: str) -> None:
        """A step the program names."""
        # Smaller changes are committed before and after it.
        self.loading += self.loading < len(LOADED) and name == LOADED[self.loading]
        self(name)

    def __call__(self, name: str) -> None:
        self.taken += 1
        if self.last in (self.taken, name):
            self.mark.write_text(f"{name}\n{self.loading == len(LOADED)}")
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Count statements and file operations as well."""
        for name in STATEMENTS:
            setattr(duckdb.DuckDBPyConnection, name, self._counted(getattr(duckdb.DuckDBPyConnection, name), name))
        os.fsync = self._counted(os.fsync, "fsync")
        sys.addaudithook(self._audit)

    def _counted(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            text = " ".join(str(given[1]).split()[:3]) if len(given) > 1 else ""
            self(f"{name} {text}".strip())
            return function(*given, **named)

        return counted

    def _audit(self, event: str, given: tuple[Any, ...]) -> None:
        path = str(given[0]) if given else ""
        if not path.startswith(str(self.store.parent)) or path == str(self.mark):
            return
        if event in {"os.rename", "os.remove", "os.mkdir"} or (event == "open" and given[2] & WRITING):
            self(f"{event} {Path(path).suffix}")


def import_until(store: Path, chosen: list[Decision], last: int | str, *, every: bool) -> bool:
    """Import in a process of its own that ends at operation number `last`, or at the first of that name.

    Returns:
        Whether it was killed; else it came to its end.
    """
    child = os.fork()
    if child == 0:
        try:
            workspace = Workspace.open(store)
            counter = Counter(store, last)
            workspace.on_step = counter.named
            if every:
                counter.watch()
            importing.import_tables(workspace, chosen)
            counter.named("returned")
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def state(workspace: Workspace) -> dict[str, Any]:
    """Rows and units as imported, units of the clean demand, and what is left lying about."""
    with workspace.cursor() as cursor:
        rows, units = cursor.execute("SELECT count(*), coalesce(sum(quantity), 0) FROM sales_lines").fetchall()[0]
        products = cursor.execute("SELECT count(*) FROM products").fetchall()[0][0]
    listed = {record.upload_id for record in list_uploads(workspace)}
    lying = {path.name for path in workspace.uploads_folder.glob("*")} if workspace.uploads_folder.is_dir() else set()
    return {
        "stored": [rows, units, products, len(listed)],
        "left over": sorted(lying - {kept.path_of(workspace.uploads_folder, key).name for key in listed}),
        "not kept": sorted(listed - kept.bringers(workspace.uploads_folder)),
        "problems": ledger_problems(workspace),
    }


WHOLE = {"stored": [2 * ROWS, 2.0 * UNITS, 2, 3], "left over": [], "not kept": [], "problems": []}
NOTHING = {"stored": [0, 0.0, 0, 0], "left over": [], "not kept": [], "problems": []}


def aftermath(store: Path, chosen: list[Decision]) -> list[str]:
    """What is wrong with a store whose process died, and after the files were imported again; empty when nothing is."""
    name, committed = store.with_suffix(".died").read_text().split("\n")

    def work() -> list[str]:
        workspace = Workspace.open(store)
        found, faults = state(workspace), []
        # DuckDB may have made the commit durable just before the process died inside it, never after.
        expected = [WHOLE] if committed == "True" else [NOTHING, WHOLE] if name == "commit" else [NOTHING]
        if found not in expected:
            faults.append(f"{name}: {found}")
        recovery.finish(workspace)
        faults += [f"{name}: demand {units} of {found['stored']}" for units in _wrong_demand(workspace, found)]
        result = importing.import_tables(workspace, chosen)
        if any((each.already_loaded_at is not None) != (found == WHOLE) for each in result.files):
            faults.append(f"{name}: the second import told {[each.already_loaded_at for each in result.files]}")
        again = state(workspace)
        faults += [f"{name}, imported again: {again}"] if again != WHOLE else []
        faults += [f"{name}, imported again: demand {units}" for units in _wrong_demand(workspace, again)]
        workspace.close()
        return faults

    answer = in_child(work)
    return list(answer["result"]) if "result" in answer else [f"{name}: {answer}"]


def _wrong_demand(workspace: Workspace, found: dict[str, Any]) -> list[float]:
    """Imported units behind the clean demand where they are not those of the stored lines."""
    if not found["stored"][0]:
        return []
    units = float(np.nansum(datasets.current_dataset(workspace).imported))
    return [] if units == found["stored"][1] else [units]


def run(every: int, folder: Path) -> tuple[list[str], list[str]]:
    """Names of the operations killed at, and faults; every n-th operation, 0 = named steps only."""
    chosen, names, faults, number = decisions(), [], [], 1
    while True:
        store = folder / f"step{number}" / "shop.duckdb"
        store.parent.mkdir()
        if not import_until(store, chosen, number, every=every > 0):
            return names, faults
        names.append(store.with_suffix(".died").read_text().split("\n")[0])
        faults += aftermath(store, chosen)
        number += max(every, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="every n-th operation; 0 = the named steps only")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        names, faults = run(chosen.every, Path(folder))
    print(f"{len(names)} operations killed at, {len(faults)} faults")
    for fault in faults:
        print(" ", fault)
    raise SystemExit(1 if faults or not names else 0)


if __name__ == "__main__":
    main()
