"""Networks on 1,000 daily series of 730 days: seconds per round of learning and MASE beside the seasonal naive method.

There is no peer to race: networks run in the background. The peer column of the accuracy lines is the seasonal naive
method on the same 28 days.
"""

import os
import statistics
from typing import Any

from core.base.progress import Progress, Step
from core.models import families, registry
from core.models.networks_method import watched
from core.models.networks_training import LearningRound
from tests.benchmarks.shops import HORIZON, mase, shop

N_SERIES, N_PERIODS, ROUNDS = 1_000, 730, 6
KEYS = [key for key in registry.METHODS if families.family_of(key) == families.NETWORKS]


def learned(key: str, seconds: list[float]) -> Any:
    """The method with its usual settings but for the number of rounds, telling how long each took."""

    def listen(step: Step) -> None:
        if isinstance(step.partial, LearningRound):
            seconds.append(step.partial.seconds)

    return watched(registry.create(key, {"max_epochs": ROUNDS}), Progress(listen))


def bench() -> list[dict[str, Any]]:
    """Per network the median seconds of a round after the first, which compiles, and the accuracy after six rounds."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    panel = shop(N_SERIES, N_PERIODS)
    known, demand = panel.until(N_PERIODS - HORIZON), panel.observed()
    past, actual = demand[:, :-HORIZON], demand[:, -HORIZON:]
    usual = mase(registry.create("seasonal_naive").fit(known, seed=1).mean(HORIZON), actual, past)
    rows: list[dict[str, Any]] = []
    for key in KEYS:
        seconds: list[float] = []
        found = mase(learned(key, seconds).fit(known, seed=1).mean(HORIZON), actual, past)
        spent = statistics.median(seconds[1:])
        rows.append({"name": f"{key}: round of 8,192 windows", "ours": spent, "peer": None, "ratio": None, "unit": "s"})
        rows.append({"name": f"{key}: accuracy", "ours": found, "peer": usual, "ratio": usual / found, "unit": "MASE"})
    return rows
