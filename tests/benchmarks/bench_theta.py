"""Optimised theta and the intermittent methods; the peers are statsforecast's on the same series."""

from typing import Any

from core.models.library.optimised_theta import OptimisedTheta
from core.models.library.tsb import TeunterSyntetosBabai
from tests.benchmarks.against import against


def bench() -> list[dict[str, Any]]:
    """Seconds per 1,000 series, and the accuracy of both on the same ones."""
    return [
        *against("Optimised theta", OptimisedTheta(), "DynamicOptimizedTheta", ours=10_000, theirs=400),
        *against("TSB", TeunterSyntetosBabai(), "TSB", ours=10_000, theirs=1_000),
    ]
