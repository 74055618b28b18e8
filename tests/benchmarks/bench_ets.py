"""The family of exponential smoothing with choice by AICc; the peer is statsforecast's AutoETS on the same series."""

import statistics
import time
from typing import Any

import numpy as np

from core.models.library.ets import Ets
from core.series.panel import Panel
from tests.benchmarks import peer
from tests.benchmarks.bench_arima import shop

HORIZON, SEASON = 28, 7
OURS, THEIRS = 10_000, 400
REPEATS = 3


def mase(mean: np.ndarray, actual: np.ndarray, history: np.ndarray) -> float:
    """Mean absolute error over the mean absolute seasonal difference of the history, mean over the series."""
    scale = np.abs(history[:, SEASON:] - history[:, :-SEASON]).mean(axis=1)
    return float(np.mean(np.abs(mean - actual).mean(axis=1) / scale))


def our_seconds(known: Panel) -> float:
    """Median time to fit all series and to forecast from the end, compiled beforehand."""
    taken = []
    for _ in range(REPEATS + 1):
        started = time.perf_counter()
        Ets().fit(known, seed=1).point.mean_at(np.array([known.n_periods]), HORIZON)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken[1:])


def bench() -> list[dict[str, Any]]:
    """Seconds per 1,000 series, and the accuracy of both on the same ones."""
    whole = shop(OURS, 730)
    known = whole.until(730 - HORIZON)
    ours = our_seconds(known) / OURS * 1000
    few = known.take(np.arange(THEIRS))
    said = Ets().fit(few, seed=1).point.mean_at(np.array([few.n_periods]), HORIZON)[0]
    actual, history = whole.dense()[:THEIRS, -HORIZON:], few.dense()
    line: dict[str, Any] = {"name": "ETS family with choice, per 1,000 series x 702 days", "ours": ours, "unit": "s"}
    accuracy: dict[str, Any] = {"name": "  MASE, 28 days ahead", "ours": mase(said, actual, history), "unit": "MASE"}
    if not peer.installed():
        return [line | {"peer": None, "ratio": None}, accuracy | {"peer": None, "ratio": None}]
    theirs = peer.forecasts(history, HORIZON, SEASON, ["AutoETS"])["AutoETS"]
    seconds, error = theirs.seconds / THEIRS * 1000, mase(theirs.mean, actual, history)
    return [
        line | {"peer": seconds, "ratio": seconds / ours},
        accuracy | {"peer": error, "ratio": error / accuracy["ours"]},
    ]
