"""Cost of all quick local methods with quantiles at one origin, from 100 to 30,490 daily series of 730 days.

The first line of a size is the sum over the methods, in seconds per 1,000 series: a flat curve means that cost grows in
proportion to the number of series. Seconds of CPU hold on a busy machine too. No peer: nobody else runs this many.
"""

import resource
import time
from typing import Any

from core.models import registry
from core.models.substitution import fit_all
from core.series.forecast import LEVELS
from core.series.panel import Panel
from tests.benchmarks.shops import HORIZON, shop

SIZES = (100, 1_000, 3_000, 10_000, 30_490)
DAYS = 730


def local_methods() -> list[str]:
    """Methods that are compared without being asked for and learn from each series by itself."""
    can = {key: registry.capabilities(key) for key in registry.METHODS}
    return [key for key, about in can.items() if about.default and not about.pooled and not about.slow]


def seconds(key: str, panel: Panel) -> float:
    """Wall time of fitting one method and taking its quantiles."""
    started = time.perf_counter()
    fit_all(registry.create(key), panel, 1)[0].predict(HORIZON, LEVELS)
    return time.perf_counter() - started


def bench() -> list[dict[str, Any]]:
    """Seconds per 1,000 series for every size, with the largest memory held so far; then each method at the largest."""
    methods, rows = local_methods(), []
    for key in methods:
        seconds(key, shop(16, DAYS))  # compiles
    for size in SIZES:
        panel, began = shop(size, DAYS), time.process_time()
        taken = {key: seconds(key, panel) for key in methods}
        busy = time.process_time() - began
        total, held = sum(taken.values()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        name = f"{len(methods)} local methods with quantiles, {size:,} series"
        about = f"s per 1,000 series ({total:.1f} s in all, {busy:.1f} s of CPU, {held:.2f} GB held)"
        rows.append(_row(name, total / size * 1000, about))
    rows += [_row(f"{key}, {SIZES[-1]:,} series", taken[key], "s") for key in methods]
    return rows


def _row(name: str, ours: float, unit: str) -> dict[str, Any]:
    return {"name": name, "ours": ours, "peer": None, "ratio": None, "unit": unit}
