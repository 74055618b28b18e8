"""`make bench`: one line per benchmark (name, ours, peer, ratio, unit), and the same in build/bench.json."""

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
RESULT = FOLDER.parents[1] / "build" / "bench.json"


def run(only: str) -> list[dict[str, Any]]:
    """Every benchmark file whose name holds `only`."""
    rows: list[dict[str, Any]] = []
    for path in sorted(FOLDER.glob("bench_*.py")):
        if only and only not in path.stem:
            continue
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for row in module.bench():
            rows.append(row)
            peer = "–" if row["peer"] is None else f"{row['peer']:.4g}"
            ratio = "–" if row["ratio"] is None else f"{row['ratio']:.2f}"
            print(
                f"{row['name']:<60} ours {row['ours']:<10.4g} peer {peer:<10} ratio {ratio:<8} {row['unit']}",
                flush=True,
            )
    return rows


if __name__ == "__main__":
    found = run(sys.argv[1] if len(sys.argv) > 1 else "")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"cores": os.cpu_count(), "benchmarks": found}, indent=1), encoding="utf-8")
    print(f"{len(found)} figures on {os.cpu_count()} cores, written to {RESULT}")
