"""Prepared workspaces: each is made once, copied for tests, and kept open while no test changes it."""

import fcntl
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.jobs.runner import JobRunner
from core.workflows.workspace import Workspace, open_workspace

JOB_SECONDS = 60.0
Step = Callable[[Workspace], object]


def prepared(folder: Path, former: Path | None = None, step: Step | None = None) -> Path:
    """The folder of a workspace, carried one step further than a former one; whoever comes first makes it."""
    with folder.with_suffix(".lock").open("w") as lock:
        # released when the file is closed, also by the end of a worker
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _make(folder, former, step)
    return folder


def _make(folder: Path, former: Path | None, step: Step | None) -> None:
    unfinished = folder.with_suffix(".unfinished")
    if former is not None:
        shutil.copytree(former, unfinished)
    workspace = open_workspace(unfinished / "shop.duckdb")
    if step is not None:
        step(workspace)
    workspace.close()
    unfinished.rename(folder)


def end_jobs(workspace: Workspace, *, cancel: bool = False) -> None:
    """Wait until every job of the workspace has ended."""
    runner = JobRunner.for_workspace(workspace)
    for view in runner.active():
        if cancel:
            runner.cancel(view.job_id)
        runner.wait(view.job_id, JOB_SECONDS)


def forget_pages() -> None:
    """Let the pages keep nothing of what they showed."""
    st.cache_data.clear()
    st.cache_resource.clear()


@dataclass(frozen=True)
class Copy:
    """A copy of a prepared workspace, and how its files were when it was opened."""

    workspace: Workspace
    files: dict[Path, tuple[int, int]]

    @property
    def home(self) -> Path:
        return self.workspace.path.parent

    @property
    def unchanged(self) -> bool:
        return Workspace.is_open(self.workspace.path) and _files(self.home) == self.files


def _files(folder: Path) -> dict[Path, tuple[int, int]]:
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in found.items()}


class Shops:
    """The copies that tests look at; one that is as it was goes to the next test, with what the pages keep of it."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._made = 0
        self._copies: dict[Path, Copy] = {}
        self._shown: Path | None = None

    def take(self, template: Path) -> Workspace:
        """A copy of a prepared workspace."""
        if self._shown != template:
            forget_pages()
            self._shown = template
        if template not in self._copies:
            self._copies[template] = self._copied(template)
        return self._copies[template].workspace

    def _copied(self, template: Path) -> Copy:
        self._made += 1
        home = self._place / str(self._made)
        shutil.copytree(template, home)
        workspace = open_workspace(home / "shop.duckdb")
        # the first runner of a workspace writes into it
        JobRunner.for_workspace(workspace)
        return Copy(workspace, _files(home))

    def give_back(self, template: Path) -> None:
        """End the jobs of a copy, and let go of it if it was changed."""
        copy = self._copies[template]
        if Workspace.is_open(copy.workspace.path):
            # a test may have closed the workspace and opened it again
            end_jobs(open_workspace(copy.workspace.path), cancel=True)
        if not copy.unchanged:
            self._let_go(template)

    def _let_go(self, template: Path) -> None:
        copy = self._copies.pop(template)
        if Workspace.is_open(copy.workspace.path):
            open_workspace(copy.workspace.path).close()
        shutil.rmtree(copy.home, ignore_errors=True)
        forget_pages()

    def close(self) -> None:
        for template in list(self._copies):
            self._let_go(template)
