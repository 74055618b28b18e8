"""What a piece of work takes in memory."""

import numpy as np
import pytest

from core.compute import memory
from core.compute.memory import PeakMemory, resident_bytes


@pytest.mark.skipif(resident_bytes() is None, reason="the system does not say how much memory is held")
def test_a_large_array_shows():
    with PeakMemory() as peak:
        np.ones(30_000_000 // 8).sum()
        held = np.ones(60_000_000 // 8)
    assert held.nbytes * 0.8 < peak.peak_bytes < held.nbytes * 4


def test_where_the_system_does_not_say_it_is_not_known(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "STATM", tmp_path / "none")
    with PeakMemory() as peak:
        pass
    assert peak.peak_bytes is None
