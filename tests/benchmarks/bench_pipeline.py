"""The whole way on the UCI Online Retail file: import, then compare, forecast and plan for all its SKUs.

The peer of the import is pandas reading the same file; the way as a whole has no peer and is reported in seconds.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).parents[2]
UCI = ROOT.parent / "shared" / "data" / "online_retail_uci" / "online_retail_2010_2011.csv.gz"


def timed(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "core", *arguments], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - started


def bench() -> list[dict[str, Any]]:
    if not UCI.exists():
        print(f"skipped: the UCI Online Retail file is not at {UCI.parent.name}/{UCI.name}")
        return []
    with tempfile.TemporaryDirectory() as folder:
        shop = ("--workspace", str(Path(folder) / "shop.duckdb"))
        start_up = timed("status", "--help")
        seconds = {"import and clean": timed("import", str(UCI), *shop) - start_up}
        seconds |= {command: timed(command, *shop) - start_up for command in ("compare", "forecast", "plan")}
    started = time.perf_counter()
    pd.read_csv(UCI)
    peer = time.perf_counter() - started
    rows = [
        {
            "name": "UCI: import and clean 541,909 lines (peer: pandas only reads them)",
            "ours": seconds["import and clean"],
            "peer": peer,
            "ratio": peer / seconds["import and clean"],
            "unit": "seconds",
        }
    ]
    rows += [
        {"name": f"UCI: {name}", "ours": value, "peer": None, "ratio": None, "unit": "seconds"}
        for name, value in (seconds | {"the whole way": sum(seconds.values())}).items()
    ]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    rows.append({"name": "UCI: largest process", "ours": memory, "peer": None, "ratio": None, "unit": "GiB"})
    return rows
