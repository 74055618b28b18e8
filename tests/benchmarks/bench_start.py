"""The first forecast of a fresh process: start, imports, reading compiled code from disk, forecasting."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
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
print(time.perf_counter())
fit_all(registry.create("{method}"), panel, 1)[0].predict(28, LEVELS)
print(time.perf_counter())
"""
THEIRS: Final = """
import time
import numpy as np
from statsforecast.models import {method}
for row in np.random.default_rng(0).poisson(5.0, (50, 730)).astype(float):
    {method}().forecast(row, 28)
print(time.perf_counter())
"""
METHODS: Final = {
    "ses": "SimpleExponentialSmoothingOptimized", "ets": "AutoETS", "theta": "Theta", "arima": "AutoARIMA",
}  # fmt: skip


def bench() -> Iterator[dict[str, Any]]:
    """Median seconds from the start of the process until 50 SKUs × 730 days are forecast, quantiles with ours.

    Beside it the part after the imports. The peer, statsforecast in its own environment, gives point forecasts alone.
    """
    for ours, theirs in METHODS.items():
        imported, done = zip(*_runs(sys.executable, OURS.format(method=ours)), strict=True)
        its = _runs(str(peer.PYTHON), THEIRS.format(method=theirs)) if peer.installed() else []
        yield _row(f"First forecast, {ours}", done, [seconds for (seconds,) in its])
        yield _row(
            f"First forecast, {ours}, after the imports",
            [end - begin for begin, end in zip(imported, done, strict=True)],
            [],
        )


def _row(name: str, ours: Sequence[float], theirs: Sequence[float]) -> dict[str, Any]:
    own, its = statistics.median(ours), statistics.median(theirs) if theirs else None
    return {"name": name, "ours": own, "peer": its, "ratio": its / own if its else None, "unit": "s"}


def _runs(python: str, script: str) -> list[list[float]]:
    """Seconds after its start at which each process prints; not of the first one, which fills the disk's cache."""
    return [_run(python, script) for _ in range(REPEATS + 1)][1:]


def _run(python: str, script: str) -> list[float]:
    begun = time.perf_counter()  # one clock for all processes of the machine
    told = subprocess.run([python, "-c", script], cwd=peer.ROOT, capture_output=True, text=True, check=True).stdout
    return [float(line) - begun for line in told.splitlines()]
