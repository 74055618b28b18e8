"""The first forecast of a fresh process: start, imports, reading compiled code from disk, forecasting."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

from tests.benchmarks import peer

REPEATS: Final = 5
OURS: Final = """
import time
from core.models import registry
from core.models.substitution import fit_all
from core.series.forecast import LEVELS
from tests.benchmarks.shops import shop
panel = shop(50, 730)
begun = time.perf_counter()
fit_all(registry.create("{method}"), panel, 1)[0].predict(28, LEVELS)
print(time.perf_counter() - begun)
"""
THEIRS: Final = """
import numpy as np
from statsforecast.models import {method}
for row in np.random.default_rng(0).poisson(5.0, (50, 730)).astype(float):
    {method}().forecast(row, 28)
"""
METHODS: Final = {
    "ses": "SimpleExponentialSmoothingOptimized", "ets": "AutoETS", "theta": "Theta", "arima": "AutoARIMA",
}  # fmt: skip


def bench() -> Iterator[dict[str, Any]]:
    """Median seconds for 50 SKUs × 730 days, quantiles with ours: the whole process, and its part after the imports.

    The peer is statsforecast in its own environment, asked for point forecasts alone.
    """
    for ours, theirs in METHODS.items():
        own = _runs(sys.executable, OURS.format(method=ours))
        whole = statistics.median(seconds for seconds, _ in own)
        other = _runs(str(peer.PYTHON), THEIRS.format(method=theirs)) if peer.installed() else []
        its = statistics.median(seconds for seconds, _ in other) if other else None
        yield _row(f"First forecast, {ours}, whole process", whole, its)
        yield _row(
            f"First forecast, {ours}, after the imports", statistics.median(float(said) for _, said in own), None
        )


def _row(name: str, ours: float, its: float | None) -> dict[str, Any]:
    return {"name": name, "ours": ours, "peer": its, "ratio": its / ours if its else None, "unit": "s"}


def _runs(python: str, script: str) -> list[tuple[float, str]]:
    """Seconds of each process, and what it prints; not the first one, which fills the disk's cache."""
    return [_run(python, script) for _ in range(REPEATS + 1)][1:]


def _run(python: str, script: str) -> tuple[float, str]:
    begun = time.perf_counter()
    done = subprocess.run([python, "-c", script], cwd=peer.ROOT, capture_output=True, text=True, check=True)
    return time.perf_counter() - begun, done.stdout
