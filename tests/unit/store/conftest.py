import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from core.store.uploads import Upload
from core.store.workspace import Workspace

Sales = Callable[..., pa.Table]


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.duckdb"
    Workspace.open(path).close()
    return path


@pytest.fixture
def workspace(tmp_path: Path, empty_store: Path) -> Iterator[Workspace]:
    shutil.copy(empty_store, tmp_path / "shop.duckdb")
    opened = Workspace.open(tmp_path / "shop.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def held_elsewhere(workspace: Workspace) -> Callable[[], AbstractContextManager[int]]:
    """Closes the workspace here and holds its file open in another process, whose number it gives."""
    code = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}

    @contextmanager
    def held() -> Iterator[int]:
        workspace.close()
        with subprocess.Popen([sys.executable, "-c", code, str(workspace.path)], **pipes) as other:
            assert other.stdout.readline() == "open\n"
            yield other.pid
            other.communicate()

    return held


@pytest.fixture
def sales() -> Sales:
    """A table of one line per day from `first` on, each selling `quantity` of `sku`."""

    def table(
        n: int = 3, *, first: str = "2024-03-01", sku: str = "A-17", quantity: float = 2.0, **columns
    ) -> pa.Table:
        start = datetime.fromisoformat(first)
        return pa.table(
            {
                "line": pa.array(range(2, n + 2), pa.int64()),
                "order_id": [f"o{number}" for number in range(n)],
                "sold_at": [start + timedelta(days=number) for number in range(n)],
                "sku": [sku] * n,
                "location": ["main"] * n,
                "quantity": [quantity] * n,
                **columns,
            }
        )

    return table


@pytest.fixture
def upload() -> Callable[..., Upload]:
    def described(content: str = "c1", *, file_name: str = "march.csv", role: str = "sales", **about) -> Upload:
        values = {"member": "", "platform": "own columns", "mapping_json": "{}", "records": 3} | about
        return Upload(content_hash=content, file_name=file_name, role=role, **values)

    return described
