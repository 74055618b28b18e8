"""Imports are killed at random moments: `python -m tests.kill.random_kills --kills 300 --seed 1 --processes 4`.

One process imports numbered files one after the other and says so after each; it is killed at a random moment and the
store is opened again. Every file that was acknowledged must be there once and whole, the one in flight wholly or not
at all, and importing it again must not double it.
"""

import argparse
import os
import random
import signal
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from pathlib import Path

from core.store.workspace import Workspace
from tests.kill.shop_batches import ROWS, UNITS, in_child, load, looked_at

LONGEST_LIFE = 3.0
"""Imports, at the pace of this machine at this moment, that the longest-lived process has time for."""
KILLS_PER_STORE = 15


@dataclass
class Verdict:
    """What happened over many kills."""

    kills: int = 0
    acknowledged: int = 0
    unacknowledged_but_there: int = 0
    slowest_open_seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        self.kills += other.kills
        self.acknowledged += other.acknowledged
        self.unacknowledged_but_there += other.unacknowledged_but_there
        self.slowest_open_seconds = max(self.slowest_open_seconds, other.slowest_open_seconds)
        self.faults += other.faults


def import_until_killed(store: Path, first: int, life: float) -> list[int]:
    """Numbers acknowledged by a process that imports from `first` on and lives for `life` seconds."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        workspace = Workspace.open(store)
        for number in count(first):
            load(workspace, number)
            os.write(writing, f"{number}\n".encode())
    os.close(writing)
    time.sleep(life)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return [int(line) for line in pipe.read().split()]


def seconds_of_an_import(store: Path) -> float:
    """How long a process takes from its start to its first acknowledged import."""
    started = time.perf_counter()

    def work() -> None:
        load(Workspace.open(store), 0)

    in_child(work)
    return time.perf_counter() - started


def one_store(folder: Path, kills: int, seed: int) -> Verdict:
    """Kill the imports into one store again and again."""
    chance, verdict = random.Random(seed), Verdict()  # noqa: S311 - a test's dice
    store, expected, following = folder / f"shop{seed}.duckdb", set(), 0
    longest = LONGEST_LIFE * seconds_of_an_import(folder / f"pace{seed}.duckdb")
    for _kill in range(kills):
        acknowledged = import_until_killed(store, following, chance.uniform(0.02, longest))
        expected |= set(acknowledged)
        verdict.kills += 1
        answer = looked_at(store)
        if "result" not in answer:
            verdict.faults.append(f"store {seed}: {answer}")
            break
        found = answer["result"]
        verdict.slowest_open_seconds = max(verdict.slowest_open_seconds, found["seconds"])
        verdict.faults += [f"store {seed}: {problem}" for problem in found["problems"]]
        lost = expected - found["batches"].keys()
        extra = found["batches"].keys() - expected
        verdict.unacknowledged_but_there += len(extra)
        wrong = {number: state for number, state in found["batches"].items() if state != (ROWS, UNITS)}
        if lost or wrong or len(extra) > 1:
            verdict.faults.append(f"store {seed}: lost {sorted(lost)}, wrong {wrong}, unasked {sorted(extra)}")
        # The file in flight is imported again, whether it arrived or not.
        following = max(expected, default=-1) + 1
    verdict.acknowledged = len(expected)
    return verdict


def run(kills: int, seed: int, processes: int, per_store: int = KILLS_PER_STORE) -> Verdict:
    """Kills spread over several stores and processes."""
    whole = Verdict()
    with tempfile.TemporaryDirectory() as name:
        sizes = [min(per_store, kills - done) for done in range(0, kills, per_store)]
        with ProcessPoolExecutor(processes, mp_context=get_context("forkserver")) as pool:
            tasks = [pool.submit(one_store, Path(name), size, seed + at) for at, size in enumerate(sizes)]
            for task in tasks:
                whole.add(task.result())
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=4)
    chosen = parser.parse_args()
    verdict = run(chosen.kills, chosen.seed, chosen.processes)
    print(
        f"{verdict.kills} kills, {verdict.acknowledged} imports acknowledged, {verdict.unacknowledged_but_there} there "
        f"without acknowledgement, slowest open {verdict.slowest_open_seconds:.2f} s, {len(verdict.faults)} faults"
    )
    for fault in verdict.faults:
        print(" ", fault)
    raise SystemExit(1 if verdict.faults else 0)


if __name__ == "__main__":
    main()
