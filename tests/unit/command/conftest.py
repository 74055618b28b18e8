import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.command.main import main
from core.store.workspace import Workspace


@pytest.fixture(scope="module")
def import_into(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, str]], Path]:
    """Makes a folder with files and a closed workspace into which they were imported."""

    def made(files: dict[str, str]) -> Path:
        folder = tmp_path_factory.mktemp("imported")
        for name, content in files.items():
            (folder / name).write_text(content)
        path = folder / "shop.duckdb"
        assert main(["import", *(str(folder / name) for name in files), "--workspace", str(path)]) == 0
        Workspace.open(path).close()
        return folder

    return made


@pytest.fixture
def shop(imported: Path, tmp_path: Path) -> Iterator[Path]:
    """A workspace of the test's own with what the test's module imports once."""
    path = tmp_path / "shop.duckdb"
    shutil.copytree(imported, tmp_path, dirs_exist_ok=True)
    yield path
    if Workspace.is_open(path):
        Workspace.open(path).close()
