"""Seasonal ARIMA with order choice: 10,000 SKUs × 730 days, and rolling origins; the peer is statsforecast's AutoARIMA.

The peer is timed per series in an environment of its own where it is installed; without it the peer's figure is null.
"""

import importlib.util
import statistics
import time
from typing import Any

import numpy as np

from core.base.calendar import Frequency, regular
from core.models.library.arima import Arima
from core.series.panel import Panel, from_dense

REPEATS = 3
PEER_SERIES = 4


def shop(n_series: int, n_periods: int, seed: int = 0) -> Panel:
    """Counts with a weekly and a yearly season and a wandering level."""
    rng = np.random.default_rng(seed)
    day = np.arange(n_periods)
    season = (1 + 0.4 * np.sin(2 * np.pi * day / 7)) * (1 + 0.3 * np.sin(2 * np.pi * day / 365))
    level = rng.gamma(2.0, 3.0, (n_series, 1)) * np.exp(np.cumsum(rng.normal(0, 0.02, (n_series, n_periods)), axis=1))
    values = rng.poisson(level * season).astype(float)
    return from_dense(values, regular(Frequency.DAY, "2022-01-03", n_periods), [f"S{i}" for i in range(n_series)])


def _seconds(history: Panel, model: Arima) -> float:
    """Median time to fit the whole panel and to forecast 28 days, compiled beforehand."""
    model.fit(history.take(np.arange(8)), seed=1).point.mean_at(np.array([history.n_periods]), 28)
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        model.fit(history, seed=1).point.mean_at(np.array([history.n_periods]), 28)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _peer_ms_per_series(history: Panel) -> float | None:
    """Milliseconds that statsforecast's AutoARIMA takes for one series; None where it is not installed."""
    if importlib.util.find_spec("statsforecast") is None:
        return None
    from statsforecast.models import AutoARIMA  # type: ignore[import-not-found]

    taken = []
    for row in history.dense()[:PEER_SERIES]:
        started = time.perf_counter()
        AutoARIMA(season_length=7).fit(row)
        taken.append(time.perf_counter() - started)
    return 1000 * statistics.median(taken)


def bench() -> list[dict[str, Any]]:
    """One line per setting: name, ours, peer, ratio, unit."""
    history = shop(10_000, 730)
    peer = _peer_ms_per_series(history)
    lines = []
    for name, model in (
        ("arima: season profile, 36 orders", Arima()),
        ("arima: season profile, 9 orders", Arima(search="small")),
        ("arima: seasonal terms, 36 orders", Arima(seasonality="terms")),
    ):
        ours = 1000 * _seconds(history, model) / len(history)
        ratio = None if peer is None else peer / ours
        lines.append({"name": name, "ours": ours, "peer": peer, "ratio": ratio, "unit": "ms per series of 730 days"})
    folds = shop(3_900, 374)
    ours = sum(_seconds(folds.until(374 - back), Arima()) for back in (28, 56, 84))
    lines.append({"name": "arima: 3,900 series, 3 folds", "ours": ours, "peer": None, "ratio": None, "unit": "s"})
    return lines
