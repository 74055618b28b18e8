"""One of our methods against a peer's: seconds per 1,000 series on all cores, and the accuracy on the same series."""

from typing import Any

import numpy as np

from core.models.contract import ForecastModel
from core.series.panel import Panel
from tests.benchmarks import peer
from tests.benchmarks.shops import HORIZON, SEASON, mase, median_seconds, shop

DAYS = 730


def said(model: ForecastModel, known: Panel) -> Any:
    """Expected units after the end, without sampling: the peers give no more either."""
    return model.fit(known, seed=1).point.mean_at(np.array([known.n_periods]), HORIZON)[0]  # type: ignore[attr-defined]


def against(name: str, model: ForecastModel, method: str, *, ours: int, theirs: int) -> list[dict[str, Any]]:
    """A line for the time and one for the accuracy; the peer's figures are null where it is not installed.

    Args:
        name: of the benchmark.
        model: ours.
        method: name of the peer's.
        ours: series we are timed on.
        theirs: how many of them the peer gets, which is timed per series; the accuracy is that on these.
    """
    whole = shop(ours, DAYS)
    known = whole.until(DAYS - HORIZON)
    seconds = median_seconds(lambda: said(model, known)) / ours * 1000
    few = known.take(np.arange(theirs))
    actual, history = whole.dense()[:theirs, -HORIZON:], few.dense()
    error = mase(said(model, few), actual, history)
    time_line: dict[str, Any] = {"name": f"{name}, 1,000 series", "ours": seconds, "unit": "s"}
    error_line: dict[str, Any] = {"name": f"{name}, 28 days ahead", "ours": error, "unit": "MASE"}
    if not peer.installed():
        return [time_line | {"peer": None, "ratio": None}, error_line | {"peer": None, "ratio": None}]
    found = peer.forecasts(history, HORIZON, SEASON, [method])[method]
    their_seconds, their_error = found.seconds / theirs * 1000, mase(found.mean, actual, history)
    return [
        time_line | {"peer": their_seconds, "ratio": their_seconds / seconds},
        error_line | {"peer": their_error, "ratio": their_error / error},
    ]
