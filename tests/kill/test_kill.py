"""A load is killed at every numbered step, then its log is damaged: nothing is lost in silence, nothing doubled."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.store.uploads import add_uploads
from core.store.workspace import Workspace, ledger_problems
from tests.kill.load_and_die import ROWS, items

ROOT = Path(__file__).parents[2]
STEPS = (
    "begun",
    "rows written",
    "announced",
    "before commit",
    "after commit",
    "acknowledged",
    "checkpointed",
    "returned",
)
COMMITTED = STEPS[4:]


@pytest.fixture(scope="module")
def died(tmp_path_factory):
    """A store per step, left as the killed process left it."""
    folder = tmp_path_factory.mktemp("killed")
    subprocess.run([sys.executable, "-m", "tests.kill.load_and_die", str(folder)], cwd=ROOT, check=True)
    marks = sorted(folder.glob("step*/shop.duckdb.died"))
    return {mark.read_text(): mark.with_name("shop.duckdb") for mark in marks}


def test_every_step_of_a_load_was_killed_once(died):
    assert tuple(died) == STEPS


def counted(workspace):
    with workspace.cursor() as cursor:
        return cursor.execute("SELECT count(*), coalesce(sum(quantity), 0) FROM sales_lines").fetchone()


@pytest.mark.parametrize("step", STEPS)
def test_after_a_kill_the_load_is_there_wholly_or_not_at_all_and_a_retry_does_not_double_it(died, step, tmp_path):
    shutil.copytree(died[step].parent, tmp_path / "store")
    workspace = Workspace.open(tmp_path / "store" / "shop.duckdb")
    assert counted(workspace) == ((2 * ROWS, 4.0 * ROWS) if step in COMMITTED else (0, 0))
    assert ledger_problems(workspace) == []
    summaries = add_uploads(workspace, items())
    assert all((summary.already_loaded_at is not None) == (step in COMMITTED) for summary in summaries)
    assert counted(workspace) == (2 * ROWS, 4.0 * ROWS)
    assert ledger_problems(workspace) == []
    workspace.close()


def empty_log(log):
    log.write_bytes(b"")


def cut_log(log):
    log.write_bytes(log.read_bytes()[: log.stat().st_size // 2])


def lose_log(log):
    log.unlink()


@pytest.mark.parametrize("damage", [empty_log, cut_log, lose_log])
def test_a_load_lost_with_the_write_ahead_log_is_named(died, damage, tmp_path):
    shutil.copytree(died["acknowledged"].parent, tmp_path / "store")
    store = tmp_path / "store" / "shop.duckdb"
    damage(store.with_name("shop.duckdb.wal"))
    workspace = Workspace.open(store)
    found, problems = counted(workspace), ledger_problems(workspace)
    workspace.close()
    assert found == (0, 0)
    assert problems[0].startswith("2 loads made since 20")
    assert "A.csv (3,000 rows), B.csv (3,000 rows). Import these files again" in problems[0]
