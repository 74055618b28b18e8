"""Simple methods on 3,900 daily series: fit and point forecast at once against statsmodels and numpy series by series.

The peers run series by series on 50 of them; their time is extrapolated to all. Statsmodels fits the same simple
exponential smoothing (weight by least squares, no weekday profile); the naive peer repeats the last week.
"""

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from statsmodels.tsa.holtwinters import SimpleExpSmoothing

from core.base.calendar import Frequency, regular
from core.evaluate.backtest import Plan, backtest
from core.models import registry
from core.series.panel import Panel, from_dense

N_SERIES, N_PERIODS, HORIZON, PEER_SERIES, REPEATS = 3_900, 300, 28, 50, 3


def shop() -> Panel:
    """Counts with a weekday profile, most of them small."""
    rng = np.random.default_rng(3)
    level = rng.lognormal(0.0, 1.2, (N_SERIES, 1))
    values = rng.poisson(level * np.array([0.8, 0.9, 1.0, 1.0, 1.2, 1.4, 0.7])[np.arange(N_PERIODS) % 7])
    calendar = regular(Frequency.DAY, "2023-01-02", N_PERIODS)
    return from_dense(values.astype(float), calendar, [f"S{i}" for i in range(N_SERIES)])


def least(work: Callable[[], Any]) -> float:
    """Least seconds of some runs, after one that compiles."""
    work()
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def point(panel: Panel, key: str, **settings: Any) -> Callable[[], Any]:
    """Fit the whole panel and forecast its means."""
    return lambda: registry.create(key, settings).fit(panel, seed=1).mean(HORIZON)


def smoothing_peer(panel: Panel) -> float:
    """Seconds of statsmodels for all series."""
    rows = panel.dense()[:PEER_SERIES]
    started = time.perf_counter()
    with warnings.catch_warnings():
        # its optimiser warns on series of few sales; that is not what is measured
        warnings.simplefilter("ignore")
        for row in rows:
            SimpleExpSmoothing(row, initialization_method="estimated").fit().forecast(HORIZON)
    return (time.perf_counter() - started) * N_SERIES / PEER_SERIES


def naive_peer(panel: Panel) -> float:
    """Seconds of a loop that repeats each series' last week, for all series."""
    rows = panel.dense()

    def loop() -> None:
        for row in rows[:PEER_SERIES]:
            np.tile(row[-7:], HORIZON // 7)

    return least(loop) * N_SERIES / PEER_SERIES


def line(name: str, ours: float, peer: float | None) -> dict[str, Any]:
    """One figure in seconds; the ratio says how many times faster than the peer."""
    ratio = None if peer is None else peer / ours
    return {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "unit": "s, 3,900 series of 300 days"}


def bench() -> list[dict[str, Any]]:
    """Point forecasts against their peers, and whole backtests with their sample paths."""
    panel = shop()
    peer = smoothing_peer(panel)
    rows = [
        line("ses, weight per series (peer: statsmodels)", least(point(panel, "ses", weekly_profile=False)), peer),
        line("ses with weekday profile (peer: statsmodels)", least(point(panel, "ses")), peer),
        line(
            "seasonal naive, fit and mean (peer: numpy loop)", least(point(panel, "seasonal_naive")), naive_peer(panel)
        ),
    ]
    for key in ("seasonal_naive", "moving_average", "ses", "linear_regression", "kmeans_regression"):
        started = time.perf_counter()
        backtest(registry.create(key), panel, Plan(HORIZON, folds=3))
        rows.append(line(f"{key}: 3 folds with quantiles", time.perf_counter() - started, None))
    return rows
