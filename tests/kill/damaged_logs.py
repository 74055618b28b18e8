"""Write-ahead logs are damaged after a kill: `python -m tests.kill.damaged_logs --tries 200 --seed 1`.

DuckDB drops a torn log without a word. Each try cuts, flips, blanks or deletes the log of a store whose process died
before the log was moved into the file; opening must then either find everything, or name the loads that are missing,
or refuse. Nothing that was acknowledged may be missing in silence, and what was named must come back from the kept
uploads; a load whose process died before it was acknowledged may also be missing wholly, as if it had never begun.
"""

import argparse
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.store.workspace import Workspace, ledger_problems
from core.workflows import recovery
from core.workflows.workspace import open_damaged
from tests.kill.shop_batches import ROWS, UNITS, in_child, killed_at, load, looked_at, stored

BATCHES = (0, 1)
UNACKNOWLEDGED = "after commit"


def cut(log: bytearray, chance: random.Random) -> bytearray:
    return log[: chance.randrange(len(log))]


def flip(log: bytearray, chance: random.Random) -> bytearray:
    for _bit in range(chance.choice((1, 1, 1, 8))):
        log[chance.randrange(len(log))] ^= 1 << chance.randrange(8)
    return log


def blank(log: bytearray, chance: random.Random) -> bytearray:
    first = chance.randrange(len(log))
    log[first:] = bytes(len(log) - first)
    return log


def empty(_log: bytearray, _chance: random.Random) -> bytearray:
    return bytearray()


DAMAGES: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (cut, flip, flip, blank, empty)


def stores_with_a_log(folder: Path) -> list[Path]:
    """Stores with one load in the file and a second one only in the log, killed at different moments."""
    made = []
    for step in (UNACKNOWLEDGED, "acknowledged"):
        store = folder / step.replace(" ", "_") / "shop.duckdb"
        store.parent.mkdir()
        in_child(lambda store=store: load(Workspace.open(store), 0))
        killed_at(store, step, 1)
        if not store.with_name("shop.duckdb.wal").exists():
            raise AssertionError(f"no log is left at {step}")
        made.append(store)
    return made


def verdict_of(store: Path, *, acknowledged: bool) -> str:
    """What a user meets: "whole", "named and rebuilt", "refused" and rebuilt, "never acknowledged", or a fault."""
    whole = dict.fromkeys(BATCHES, (ROWS, UNITS))
    answer = looked_at(store)
    if "refused" in answer:
        return _refused(store, answer["refused"], acknowledged=acknowledged)
    if "result" not in answer:
        return f"fault: {answer}"
    found = answer["result"]
    if found["problems"]:
        return "named and rebuilt" if rebuilt(store) == whole else f"fault: not rebuilt: {found}"
    if found["batches"] == whole:
        return "whole"
    gone = not acknowledged and found["batches"] == {0: (ROWS, UNITS)}
    return "never acknowledged, wholly absent" if gone else f"fault: missing in silence: {found['batches']}"


def _refused(store: Path, sentence: str, *, acknowledged: bool) -> str:
    """The same for a log that DuckDB itself found damaged."""
    if "Restore a backup" not in sentence:
        return f"fault: no remedy: {sentence}"
    whole, first = dict.fromkeys(BATCHES, (ROWS, UNITS)), {0: (ROWS, UNITS)}
    found = rebuilt(store, without_log=True)
    held = found == whole or (found == first and not acknowledged)
    return "refused, rebuilt without the log" if held else f"fault: not rebuilt without the log: {found}"


def rebuilt(store: Path, *, without_log: bool = False) -> Any:
    """What the store holds after what is missing was taken from the kept uploads."""

    def work() -> list[Any]:
        workspace = open_damaged(store)[0] if without_log else Workspace.open(store)
        recovery.rebuild(workspace)
        problems, batches = ledger_problems(workspace), stored(workspace)
        workspace.close()
        return [problems, list(batches.items())]

    answer = in_child(work)
    problems, batches = answer.get("result", [[str(answer)], []])
    return problems or {int(number): tuple(state) for number, state in batches}


def run(tries: int, seed: int) -> Counter[str]:
    """Verdicts of that many damaged logs."""
    chance, verdicts = random.Random(seed), Counter[str]()  # noqa: S311 - a test's dice
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        templates = stores_with_a_log(folder)
        for number in range(tries):
            store = folder / f"try{number}" / "shop.duckdb"
            template = chance.choice(templates)
            shutil.copytree(template.parent, store.parent)
            log = store.with_name("shop.duckdb.wal")
            if chance.random() < 0.1:
                log.unlink()
            else:
                log.write_bytes(chance.choice(DAMAGES)(bytearray(log.read_bytes()), chance))
            verdicts[verdict_of(store, acknowledged=template is not templates[0])] += 1
            shutil.rmtree(store.parent)
    return verdicts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    verdicts = run(chosen.tries, chosen.seed)
    for verdict, times in verdicts.most_common():
        print(f"{times:5d}  {verdict}")
    raise SystemExit(1 if any(verdict.startswith("fault") for verdict in verdicts) else 0)


if __name__ == "__main__":
    main()
