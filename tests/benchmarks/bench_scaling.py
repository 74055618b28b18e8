"""Cost of all quick local methods with quantiles at one origin, from 100 to 30,490 daily series of 730 days.

Methods run side by side as in a comparison. Seconds per 1,000 series: a flat curve means that cost grows in proportion
to the number of series. Seconds of CPU hold on a busy machine too. No peer: nobody else runs this many.
"""

import resource
import time
from functools import partial
from typing import Any

from core.compute.pieces import in_turn
from core.evaluate.backtest import size_of
from core.models import families, registry
from core.models.substitution import fit_all
from core.series.forecast import LEVELS
from core.series.panel import Panel
from tests.benchmarks.shops import HORIZON, shop

SIZES = (100, 1_000, 3_000, 10_000, 30_490)
DAYS = 730


def local_methods() -> list[str]:
    """Methods that learn from each series by itself and need nothing but its demand."""
    can = {key: registry.capabilities(key) for key in registry.METHODS}
    return [key for key, about in can.items() if key in families.FAMILY and not (about.pooled or about.drivers)]


def forecast(key: str, panel: Panel) -> tuple[float, str]:
    """Fit one method and take its quantiles; its seconds and name."""
    started = time.perf_counter()
    fit_all(registry.create(key), panel, 1)[0].predict(HORIZON, LEVELS)
    return time.perf_counter() - started, key


def slowest_first(methods: list[str], panel: Panel) -> list[str]:
    """Every method, as many at a time as there are cores and room; all of them, the slowest one first."""
    pieces = [partial(forecast, key, panel) for key in methods]
    done = in_turn(pieces, [size_of(registry.capabilities(key), panel) for key in methods])
    return [key for _seconds, key in sorted(done, reverse=True)]


def bench() -> list[dict[str, Any]]:
    """Seconds per 1,000 series for every size, with the largest memory held so far."""
    rows, methods = [], slowest_first(local_methods(), shop(16, DAYS))  # compiles
    for size in SIZES:
        panel, began, started = shop(size, DAYS), time.process_time(), time.perf_counter()
        # what took longest of fewer series begins first, so that no core waits for it at the end
        methods = slowest_first(methods, panel)
        total, busy = time.perf_counter() - started, time.process_time() - began
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        name = f"{len(methods)} local methods with quantiles, {size:,} series"
        about = f"s per 1,000 series ({total:.1f} s in all, {busy:.1f} s of CPU, {held:.2f} GB held)"
        rows.append(_row(name, total / size * 1000, about))
    return rows


def _row(name: str, ours: float, unit: str) -> dict[str, Any]:
    return {"name": name, "ours": ours, "peer": None, "ratio": None, "unit": unit}
