"""The long run: many generated, damaged and random files and workbooks, spread over processes.

`python -m tests.csv.soak --files 20000 --seed 1 --processes 4` prints the verdicts, and the number of each file that
was read wrongly in silence or ended in an error nobody foresaw; it ends with status 1 if there is one.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.csv import damage, fuzz, oracle, workbooks

_SLICE = 100
_ALLOWED = 0.05
"""Share of clean files about which a question may be asked."""

Share = tuple[Counter, Counter, list[str]]
"""Verdicts of all files, of the clean ones, and a line for each that failed."""


def tables(seed: int, numbers: range) -> Share:
    kinds, clean, remarkable = oracle.tally(seed, numbers)
    return kinds, clean, _failed("table", remarkable)


def damaged(seed: int, numbers: range) -> Share:
    kinds, lines = Counter(), []
    for number in numbers:
        written, content, done = damage.make_damaged(seed, number)
        verdict = damage.judge_damaged(written, content)
        kinds[verdict.kind] += 1
        lines += _failed("damaged", [(number, " ".join(done), verdict)])
    return kinds, Counter(), lines


def sheets(seed: int, numbers: range) -> Share:
    kinds, clean, remarkable = workbooks.judge_workbooks(seed, numbers)
    return kinds, clean, _failed("workbook", remarkable)


def broken_sheets(seed: int, numbers: range) -> Share:
    kinds = workbooks.judge_broken(seed, numbers)
    return kinds, Counter(), [f"broken workbooks {numbers}: {kinds}"] if kinds["unhandled"] else []


def noise(seed: int, numbers: range) -> Share:
    kinds, remarkable = fuzz.tally(seed, numbers)
    return kinds, Counter(), [f"noise {number}: {kind}" for number, kind in remarkable]


def _failed(family: str, remarkable: list[tuple[int, str, oracle.Verdict]]) -> list[str]:
    return [
        f"{family} {number} ({how}): {verdict.kind}: {verdict.detail}"
        for number, how, verdict in remarkable
        if verdict.kind in oracle.BAD
    ]


FAMILIES: dict[str, tuple[Callable[[int, range], Share], float]] = {
    "tables": (tables, 1.0),
    "damaged": (damaged, 0.25),
    "workbooks": (sheets, 0.05),
    "broken workbooks": (broken_sheets, 0.05),
    "noise": (noise, 0.25),
}
"""Families of files, and how many of each there are for one table."""


def soak(files: int, seed: int, processes: int) -> tuple[dict[str, Counter], dict[str, Counter], list[str]]:
    """Verdicts by family, those of the clean files, and the failures.

    Args:
        files: tables to generate; the other families come in proportion.
        seed: same seed, same files.
        processes: to spread them over.
    """
    kinds = {family: Counter() for family in FAMILIES}
    clean = {family: Counter() for family in FAMILIES}
    failures: list[str] = []
    with ProcessPoolExecutor(processes) as pool:
        jobs = {
            pool.submit(judge, seed, range(first, min(first + _SLICE, count))): family
            for family, (judge, share) in FAMILIES.items()
            for count in [round(files * share)]
            for first in range(0, count, _SLICE)
        }
        for job in as_completed(jobs):
            of_all, of_clean, failed = job.result()
            kinds[jobs[job]] += of_all
            clean[jobs[job]] += of_clean
            failures += failed
    return kinds, clean, failures


def main() -> int:
    """Run, print one JSON object, and return 0 when nothing failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=4)
    chosen = parser.parse_args()
    begun = time.perf_counter()
    kinds, clean, failures = soak(chosen.files, chosen.seed, chosen.processes)
    seconds = time.perf_counter() - begun
    read_clean = sum(clean["tables"].values())
    asked_share = clean["tables"]["asked"] / max(read_clean, 1)
    report = {
        "verdicts": kinds, "clean": clean, "asked_share_of_clean": round(asked_share, 4), "failures": failures,
        "files_per_second": round(sum(map(Counter.total, kinds.values())) / seconds, 1), "seconds": round(seconds),
    }  # fmt: skip
    sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    return int(bool(failures) or asked_share > _ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
