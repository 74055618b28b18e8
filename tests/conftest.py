"""What every test runs under: few threads, so that test workers do not crowd each other, and patient properties."""

import os
import re
import subprocess
from collections.abc import Iterator
from functools import wraps
from pathlib import Path

# Before numba, numpy's linear algebra or TensorFlow is loaded; the workers of pytest-xdist inherit it.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "2")

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from core.ingest import parsing
from core.store import connection

# A busy machine is no reason to fail: how fast the product is, the benchmarks tell.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
settings.register_profile("thorough", settings.get_profile("house"), max_examples=1000)  # make soak
settings.load_profile("house")

TESTS = Path(__file__).parent
LONGEST = ("golden", "kill", "pages", "unit/workflows", "unit/models/test_networks", "contracts", "csv")
"""Beginnings of the paths of files that take long."""
LEARNING = re.compile(r"unit/(models|workflows)/test_networks|contracts/test_models.*\[(lstm|vae|gru|rnn|cnn)\]$")
"""Tests in which a network learns."""


class OneWorkerLearns(LoadFileScheduling):
    """Gives out the tests file by file, those of networks together: TensorFlow takes seconds to load in each worker."""

    def _split_scope(self, nodeid: str) -> str:
        return "networks" if LEARNING.search(nodeid) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> OneWorkerLearns | None:
    return OneWorkerLearns(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that no worker of pytest-xdist is left alone with one at the end; else as they came."""
    items.sort(key=lambda item: not item.path.relative_to(TESTS).as_posix().startswith(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def warm_parsers() -> Iterator[None]:
    """Starting the process that parses files takes most of a small import; a healthy one is used for the next test."""
    idle: list[subprocess.Popen[bytes]] = []
    start, leave = parsing._start, parsing._Parser.__exit__

    @wraps(start)
    def reuse() -> "subprocess.Popen[bytes]":
        while idle:
            process = idle.pop()
            if process.poll() is None:
                return process
        return start()

    @wraps(leave)
    def keep(parser: parsing._Parser, kind, error, trace) -> None:
        if kind is None and parser._process is not None:
            idle.append(parser._process)
            parser._process = None
        leave(parser, kind, error, trace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "_start", reuse)
        patch.setattr(parsing._Parser, "__exit__", keep)
        yield
        for process in idle:
            process.kill()
            process.communicate()


@pytest.fixture(scope="session", autouse=True)
def one_thread_of_the_store() -> Iterator[None]:
    """Most tests hold a few rows, for which DuckDB's threads are only started and stopped again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.SETTINGS, "threads", 1)
        yield


@pytest.fixture
def own_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for each parse, as the product has it."""
    monkeypatch.setattr(parsing, "_start", parsing._start.__wrapped__)
    monkeypatch.setattr(parsing._Parser, "__exit__", parsing._Parser.__exit__.__wrapped__)
