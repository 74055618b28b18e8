"""First loads: what each page costs the processor once per state of the data, in a shop of 10,000 SKUs over two years.

Later loads show what was worked out by then. There is no peer; every visit is one of a freshly started program.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks.shops import shop

ROOT = Path(__file__).parents[2]
SKUS, DAYS = int(os.environ.get("PAGES_SKUS", "10000")), 730
PAGES = ("home", "clean", "segments", "compare", "forecast", "order_plan", "what_if")
SALES = "sales.parquet"


def sales(path: Path) -> None:
    panel = shop(SKUS, DAYS, seed=7)
    series, day = np.divmod(np.flatnonzero(panel.values), DAYS)
    price = 2.0 + np.arange(SKUS) % 40
    table = {
        "order_date": panel.calendar.periods[day],
        "sku": panel.skus[series].astype(str),
        "quantity": panel.values[panel.values > 0],
        "unit_price": price[series],
    }
    pq.write_table(pa.table(table), path)


def command(*arguments: str, folder: Path) -> str:
    environment = {**os.environ, "STOCKCAST_HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def bench() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sales(folder / SALES)
        command("core", "import", str(folder / SALES), folder=folder)
        quick = ("--models", "seasonal_naive,moving_average", "--folds", "1", "--horizon", "28")
        command("core", "compare", *quick, folder=folder)
        command("core", "forecast", "--model", "moving_average", folder=folder)
        command("core", "plan", folder=folder)
        taken = {
            page: float(command("tests.benchmarks.first_load", page, folder=folder).splitlines()[-1]) for page in PAGES
        }
    return [
        {
            "name": f"pages: first load of {page}, {SKUS:,} SKUs",
            "ours": value,
            "peer": None,
            "ratio": None,
            "unit": "CPU s",
        }
        for page, value in taken.items()
    ]
