"""What a piece of work takes in memory."""

import platform
import subprocess
import sys

import numpy as np
import pytest

from core.compute import memory
from core.compute.memory import MemoryWatch, resident_bytes

told = pytest.mark.skipif(resident_bytes() is None, reason="the system does not say how much memory is held")


ALONE = """
import numpy as np
from core.compute.memory import MemoryWatch
with MemoryWatch() as watch, watch.at_work("ses"):
    np.ones(30_000_000 // 8).sum()
    held = np.ones(60_000_000 // 8)
assert held.nbytes * 0.8 < watch.peak_bytes("ses") < held.nbytes * 2, watch.peak_bytes("ses")
"""


@told
def test_a_large_array_shows():
    # in a process of its own: other tests may leave threads behind that take or free memory meanwhile
    subprocess.run([sys.executable, "-c", ALONE], check=True)


@pytest.fixture
def held(monkeypatch):
    """Bytes that the process seems to hold, as a list of one; looked at only when a piece ends."""
    bytes_held = [1_000]
    monkeypatch.setattr(memory, "LOOK_SECONDS", 3_600)
    monkeypatch.setattr(memory, "resident_bytes", lambda: bytes_held[0])
    return bytes_held


def test_pieces_at_work_at_the_same_time_share_what_is_taken(held):
    with MemoryWatch() as watch, watch.at_work("ses"), watch.at_work("arima"), watch.at_work("arima"):
        with watch.at_work("theta"):
            held[0] += 400
        held[0] -= 400
    assert {name: watch.peak_bytes(name) for name in ("ses", "arima", "theta")} == {
        "ses": 100, "arima": 200, "theta": 100,
    }  # fmt: skip


def test_results_that_are_kept_do_not_count_while_they_are(held):
    result = np.ones(50)
    with MemoryWatch() as watch:
        held[0] += result.nbytes + 7
        watch.keep(result)
        with watch.at_work("ses"):
            pass
    assert watch.peak_bytes("ses") == 7


def test_where_the_system_does_not_say_it_is_not_known(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "STATM", tmp_path / "none")
    with MemoryWatch() as watch, watch.at_work("ses"):
        pass
    assert watch.peak_bytes("ses") is None


FREED = """
import numpy as np
from core.compute.memory import give_back, resident_bytes
warm = np.ones(4_000_000)  # freed, it raises the size up to which glibc keeps what is freed
del warm
before = resident_bytes()
large = [np.ones(125_000) for _ in range(400)]
top = [np.ones(1_000) for _ in range(400)]
del large
kept = resident_bytes() - before
assert give_back()
assert resident_bytes() - before < min(100_000_000, kept / 2), (kept, resident_bytes() - before)
"""


@told
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep nothing")
def test_memory_that_was_freed_goes_back_to_the_system():
    subprocess.run([sys.executable, "-c", FREED], check=True)
