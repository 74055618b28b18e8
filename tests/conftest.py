"""What every test runs under: few threads, so that test workers do not crowd each other, and patient properties."""

import fcntl
import gc
import os
import re
import shutil
import subprocess
import time
from collections.abc import Generator, Iterator
from functools import wraps
from pathlib import Path

# Before numba, numpy's linear algebra or TensorFlow is loaded; the workers of pytest-xdist inherit it.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "2")

import numba
import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from core.ingest import parsing
from core.store import connection, workspace
from core.store.workspace import Workspace

# A busy machine is no reason to fail: how fast the product is, the benchmarks tell.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
settings.register_profile("thorough", settings.get_profile("house"), max_examples=1000)  # make soak
settings.load_profile("house")

TESTS = Path(__file__).parent
LONGEST = ("golden", "kill", "pages", "unit/workflows", "unit/models/test_networks", "contracts", "csv")
"""Beginnings of the paths of files that take long."""
LEARNING = re.compile(
    r"unit/(models|workflows)/test_networks|contracts/test_(models|past_errors).*\[(lstm|vae|gru|rnn|cnn)\]$"
)
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


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Without collecting garbage; what is loaded by its end stays, and no later collection goes through it again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    """What was frozen is let go of, and Hypothesis' clock of the collections, which holds on to all that was tested.

    DuckDB would find its types still held when Python ends, and say so in a hundred lines.
    """
    gc.unfreeze()
    gc.callbacks[:] = [each for each in gc.callbacks if not str(each.__module__).startswith("hypothesis.")]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A file is compiled by the worker that comes to it first; the others wait for that and read what it wrote."""
    if not isinstance(collector, pytest.Module):
        return (yield)
    with collector.path.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return (yield)


@pytest.fixture
def shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's clock, eight hours ahead of UTC."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


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
def quick_stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Most tests hold a few rows in a new workspace: its tables are made once and copied.

    DuckDB's threads would for so few rows only be started and stopped again.
    """
    connect = Workspace._connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.SETTINGS, "threads", 1)
        patch.setitem(connection.SETTINGS, "async_threads", 1)
        empty = tmp_path_factory.mktemp("new") / "shop.duckdb"
        Workspace.open(empty).close()

        def begin(workspace: Workspace) -> None:
            if not any(workspace.path.parent.glob(f"{workspace.path.name}*")):
                shutil.copyfile(empty, workspace.path)
            connect(workspace)

        patch.setattr(Workspace, "_connect", begin)
        yield
        close_all_under(tmp_path_factory.getbasetemp())


def close_all_under(folder: Path) -> None:
    """Close the workspaces of a folder that are still open."""
    for path, opened in list(workspace._open.items()):
        if path.is_relative_to(folder.resolve()):
            opened.close()


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """pytest's own; workspaces that a test leaves open in it are closed, for each holds files, threads and memory."""
    yield tmp_path
    close_all_under(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Kernels run on the thread that calls them: test workers fill the cores, and threads would wait for one another.

    What threads may change is told by tests that ask for `two_threads`.
    """
    numba.set_num_threads(1)


@pytest.fixture
def two_threads() -> Iterator[None]:
    """Kernels run on two threads, as far as the machine allows."""
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    yield
    numba.set_num_threads(1)


@pytest.fixture
def own_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for each parse, as the product has it."""
    monkeypatch.setattr(parsing, "_start", parsing._start.__wrapped__)
    monkeypatch.setattr(parsing._Parser, "__exit__", parsing._Parser.__exit__.__wrapped__)
