"""What a piece of work takes in memory."""

import numpy as np
import pytest

from core.compute import memory
from core.compute.memory import MemoryWatch, resident_bytes

told = pytest.mark.skipif(resident_bytes() is None, reason="the system does not say how much memory is held")


@told
def test_a_large_array_shows():
    with MemoryWatch() as watch, watch.at_work("ses"):
        np.ones(30_000_000 // 8).sum()
        held = np.ones(60_000_000 // 8)
    assert held.nbytes * 0.8 < watch.peak_bytes("ses") < held.nbytes * 4


@told
def test_pieces_at_work_at_the_same_time_share_what_is_taken():
    with MemoryWatch() as watch, watch.at_work("ses"), watch.at_work("arima"), watch.at_work("arima"):
        held = np.ones(90_000_000 // 8)
        with watch.at_work("theta"):
            size = held.nbytes
        del held
    assert size / 4 * 0.8 < watch.peak_bytes("ses") < size / 4 * 2
    assert watch.peak_bytes("arima") == pytest.approx(2 * watch.peak_bytes("ses"), rel=0.01)


@told
def test_results_that_are_kept_do_not_count_while_they_are():
    with MemoryWatch() as watch:
        held = np.ones(60_000_000 // 8)
        watch.keep(held)
        with watch.at_work("ses"):
            pass
    assert watch.peak_bytes("ses") < held.nbytes * 0.5


def test_where_the_system_does_not_say_it_is_not_known(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "STATM", tmp_path / "none")
    with MemoryWatch() as watch, watch.at_work("ses"):
        pass
    assert watch.peak_bytes("ses") is None
