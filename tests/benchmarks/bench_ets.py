"""The family of exponential smoothing with choice by AICc; the peer is statsforecast's AutoETS on the same series."""

from typing import Any

from core.models.library.ets import Ets
from tests.benchmarks.against import against


def bench() -> list[dict[str, Any]]:
    """Seconds per 1,000 series, and the accuracy of both on the same ones."""
    return against("ETS family with choice", Ets(), "AutoETS", ours=10_000, theirs=400)
