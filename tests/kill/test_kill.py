"""An import is killed at every step it names: all of its files are stored or none, and a second import doubles nothing.

What a killed process leaves is what lies on the disk at that moment. So one import is let run, and copied at every
step; a real kill at one of them leaves the same files as the copy. Killing it before every statement and file
operation takes minutes: `python -m tests.kill.every_step`.
"""

import shutil
from pathlib import Path

import pytest

from core.store.workspace import Workspace
from core.workflows import importing
from tests.kill.every_step import NOTHING, aftermath, decisions, import_until, state
from tests.kill.shop_batches import in_child

BEFORE_THE_COMMIT = (
    "draft written",
    "draft synced",
    "draft named",
    "upload kept",
    "begun",
    "rows written",
    "announced",
)
FROM_THE_COMMIT_ON = ("before commit", "after commit", "acknowledged", "checkpointed")
WHILE_DEMAND_IS_MADE = ("begun", "before commit", "after commit", "returned")


@pytest.fixture(scope="module")
def chosen():
    return decisions()


@pytest.fixture(scope="module")
def copied(chosen, tmp_path_factory):
    """Names of the steps of an import, and a folder with a copy of the store at each, named by its number."""
    folder = tmp_path_factory.mktemp("copies")
    live = folder / "live" / "shop.duckdb"
    live.parent.mkdir()

    def work():
        workspace, passed = Workspace.open(live), []

        def copy(name):
            passed.append(name)
            shutil.copytree(live.parent, folder / str(len(passed)))

        workspace.on_step = copy
        importing.import_tables(workspace, chosen)
        copy("returned")
        return passed

    return in_child(work)["result"], folder


@pytest.fixture
def left(copied, tmp_path):
    """Makes the store as a process leaves it that dies at the last step of that name, of the load or of all."""
    counted, folder = copied
    loading = counted[: counted.index("checkpointed") + 1]

    def make(name, *, of_the_load=True):
        number = last(loading if of_the_load else counted, name)
        store = tmp_path / "left" / "shop.duckdb"
        shutil.copytree(folder / str(number), store.parent)
        store.with_suffix(".died").write_text(f"{name}\n{number >= last(loading, 'after commit')}")
        return store

    return make


def last(names, name):
    """Number of the last step of that name, from 1: steps that repeat for every file differ in nothing else."""
    return len(names) - names[::-1].index(name)


def state_of(store: Path):
    def work():
        workspace = Workspace.open(store)
        found = state(workspace)
        workspace.close()
        return found

    return in_child(work)["result"]


def files(store: Path):
    """Names of all files of a workspace; what marks its death is none of them."""
    return {str(path.relative_to(store.parent)) for path in store.parent.rglob("*") if path.suffix != ".died"}


def test_the_steps_of_an_import_hold_the_important_ones_in_order(copied):
    counted, _folder = copied
    loading = counted[: counted.index("checkpointed") + 1]
    numbers = [last(loading, name) for name in BEFORE_THE_COMMIT + FROM_THE_COMMIT_ON]
    assert numbers == sorted(numbers)
    assert counted[len(loading) :] == list(WHILE_DEMAND_IS_MADE)
    assert loading.count("upload kept") == 3


@pytest.mark.parametrize("name", BEFORE_THE_COMMIT)
def test_before_the_commit_no_file_is_there_and_nothing_is_left_over(name, left):
    assert state_of(left(name)) == NOTHING


@pytest.mark.parametrize("name", FROM_THE_COMMIT_ON)
def test_from_the_commit_on_all_files_are_there_or_none_and_a_second_import_does_not_double_them(name, left, chosen):
    assert aftermath(left(name), chosen) == []


@pytest.mark.parametrize("name", WHILE_DEMAND_IS_MADE)
def test_demand_that_was_not_made_in_time_is_made_later(name, left, chosen):
    assert aftermath(left(name, of_the_load=False), chosen) == []


def test_a_killed_process_leaves_the_files_that_a_copy_has(chosen, left, tmp_path):
    killed = tmp_path / "killed" / "shop.duckdb"
    killed.parent.mkdir()
    assert import_until(killed, chosen, "announced", every=False)
    assert files(killed) == files(left("announced"))
    assert aftermath(killed, chosen) == []
