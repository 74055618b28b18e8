"""Made-up panels for the benchmarks, and the accuracy both sides are measured by."""

import statistics
import time
from collections.abc import Callable

import numpy as np

from core.base.calendar import Frequency, regular
from core.series.panel import Panel, from_dense

HORIZON, SEASON = 28, 7
REPEATS = 3


def shop(n_series: int, n_periods: int, seed: int = 0) -> Panel:
    """Counts with a weekly and a yearly season and a wandering level."""
    rng = np.random.default_rng(seed)
    day = np.arange(n_periods)
    season = (1 + 0.4 * np.sin(2 * np.pi * day / 7)) * (1 + 0.3 * np.sin(2 * np.pi * day / 365))
    level = rng.gamma(2.0, 3.0, (n_series, 1)) * np.exp(np.cumsum(rng.normal(0, 0.02, (n_series, n_periods)), axis=1))
    values = rng.poisson(level * season).astype(float)
    return from_dense(values, regular(Frequency.DAY, "2022-01-03", n_periods), [f"S{i}" for i in range(n_series)])


def mase(mean: np.ndarray, actual: np.ndarray, history: np.ndarray) -> float:
    """Mean absolute error over the mean absolute seasonal difference of the history, mean over the series."""
    scale = np.abs(history[:, SEASON:] - history[:, :-SEASON]).mean(axis=1)
    return float(np.mean(np.abs(mean - actual).mean(axis=1) / scale))


def median_seconds(work: Callable[[], object]) -> float:
    """Median time of three runs; the first one, which may compile, does not count."""
    taken = []
    for _ in range(REPEATS + 1):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken[1:])
