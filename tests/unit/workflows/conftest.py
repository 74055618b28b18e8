import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from core.workflows import importing
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files


@pytest.fixture(scope="session")
def imported_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Workspace]:
    """Opens in a folder a workspace as it is after some files were imported, and after one step more where asked.

    The same files are imported only once, and the same step is taken only once.
    """
    folders: dict[object, Path] = {}

    def made(files: dict[str, str | bytes], then: Callable[[Workspace], object] | None) -> Path:
        folder = tmp_path_factory.mktemp("imported")
        if then is None:
            workspace = open_workspace(folder / "shop.duckdb")
            import_files(workspace, **files)
        else:
            workspace = opened(folder, **files)
            then(workspace)
        workspace.close()
        return folder

    def opened(folder: Path, then: Callable[[Workspace], object] | None = None, **files: str | bytes) -> Workspace:
        wanted = (then, *files.items())
        if wanted not in folders:
            folders[wanted] = made(files, then)
        shutil.copytree(folders[wanted], folder, dirs_exist_ok=True)
        return open_workspace(folder / "shop.duckdb")

    return opened


@pytest.fixture
def imported(tmp_path: Path, imported_in: Callable[..., Workspace]) -> Callable[..., Workspace]:
    """Opens a workspace of the test's own as it is after some files were imported, and after one step more."""
    return partial(imported_in, tmp_path)


@pytest.fixture
def uncleaned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """An empty workspace in which imports store their lines and make no clean demand, to ask about the lines alone."""
    monkeypatch.setattr(importing, "made_anew", lambda _workspace, _told: (False, ()))
    opened = open_workspace(tmp_path / "shop.duckdb")
    yield opened
    opened.close()
