"""Short runs of the long harnesses (`make soak`), and faults of disk, process and version."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from core.base.errors import DemandError, StoreError
from core.command.writing import write
from core.store.backup import backup
from core.store.schema import migrations, newest_version
from core.store.sql import fingerprints
from core.store.uploads import list_uploads
from core.store.workspace import Workspace, ledger_problems
from tests.kill import damaged_logs, many_writers, random_kills
from tests.kill.shop_batches import ROWS, UNITS, content, load, stored

ROOT = Path(__file__).parents[2]


def test_random_kills_lose_and_double_nothing(tmp_path):
    verdict = random_kills.one_store(tmp_path, kills=2, seed=11)
    assert verdict.faults == []
    assert verdict.kills == 2


def test_damaged_logs_lose_nothing_in_silence():
    verdicts = damaged_logs.run(tries=3, seed=5)
    assert sum(verdicts.values()) == 3
    assert not [verdict for verdict in verdicts if verdict.startswith("fault")]


def test_many_writers_and_readers_leave_a_state_that_some_order_explains():
    log = many_writers.run(writers=8, operations=3, readers=4, reads=200)
    assert log.faults == []
    assert log.reads == 200
    assert log.done


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(options, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount the small file system that this test fills")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def filled(folder: Path, left: int) -> Path:
    """A file that leaves that many bytes free."""
    filler = folder / "filler"
    status = os.statvfs(folder)
    filler.write_bytes(bytes(status.f_bavail * status.f_frsize - left))
    return filler


def test_a_full_disk_takes_back_a_load_and_leaves_what_was_there(small_disk):
    workspace = Workspace.open(small_disk / "shop.duckdb")
    load(workspace, 0)
    filler = filled(small_disk, 4096)
    with pytest.raises(StoreError, match="disk is full"):
        load(workspace, 1)
    assert stored(workspace) == {0: (ROWS, UNITS)}
    filler.unlink()
    load(workspace, 1)
    assert stored(workspace) == {0: (ROWS, UNITS), 1: (ROWS, UNITS)}
    assert ledger_problems(workspace) == []
    workspace.close()


def test_a_checkpoint_without_room_does_not_undo_the_load_it_follows(tmp_path):
    workspace = Workspace.open(tmp_path / "shop.duckdb")

    def no_room() -> None:
        raise StoreError("The disk is full: 0.0 GB are free.")

    workspace.checkpoint = no_room  # type: ignore[method-assign]
    load(workspace, 0)
    assert stored(workspace) == {0: (ROWS, UNITS)}
    assert len(list(workspace.uploads_folder.iterdir())) == len(list_uploads(workspace)) == 1
    workspace.close()


def test_a_backup_and_an_export_without_room_leave_nothing_behind(small_disk, tmp_path):
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    load(workspace, 0)
    filled(small_disk, 8192)
    with pytest.raises(StoreError, match=r"could not be copied .* Check the disk|disk is full"):
        backup(workspace, small_disk / "copy.duckdb")
    with pytest.raises(DemandError, match=r"out\.csv cannot be written \(No space left on device\)"):
        write(small_disk / "out.csv", pd.DataFrame({"sku": ["A-17"] * 20_000}), "Clean demand")
    assert [path.name for path in small_disk.iterdir()] == ["filler"]
    assert stored(workspace) == {0: (ROWS, UNITS)}
    workspace.close()


def test_a_second_process_is_refused_by_the_number_of_the_first(tmp_path):
    (tmp_path / "batch 0.csv").write_bytes(content(0))
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    command = [
        sys.executable,
        "-m",
        "core",
        "import",
        str(tmp_path / "batch 0.csv"),
        "--workspace",
        str(workspace.path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    workspace.close()
    assert done.returncode != 0
    assert f"is open in process {os.getpid()}. Close it or use that window." in done.stderr
    assert "Traceback" not in done.stderr


def store_of_version(path: Path, version: int) -> dict[str, tuple[int, int]]:
    """A store as the program of that schema version left it, with sales, stock and demand; its contents."""
    with duckdb.connect(str(path)) as connection:
        for number, script in migrations().items():
            if number <= version:
                connection.execute(script.read_text(encoding="utf-8"))
        connection.execute("CREATE TABLE schema_versions (version INTEGER PRIMARY KEY, migrated_at TIMESTAMP NOT NULL)")
        connection.execute(
            "INSERT INTO schema_versions SELECT unnest(range(1, ? + 1)), TIMESTAMP '2026-01-01'", [version]
        )
        connection.execute(
            "INSERT INTO uploads SELECT 'u' || i, 'h' || i, i || '.csv', '', 'sales', 'own columns', '{}', 50, 50, 0, "
            "DATE '2024-01-01', DATE '2024-02-19', TIMESTAMP '2026-01-01' FROM range(2) t(i)"
        )
        connection.execute(
            "INSERT INTO sales_lines (upload_id, line, sold_at, sku, location, quantity, unit_price) "
            "SELECT 'u' || u, i + 2, TIMESTAMP '2024-01-01' + to_days(i::INT), 'SKU-' || u, 'main', 1 + i % 4, 2.5 "
            "FROM range(50) a(i), range(2) b(u)"
        )
        connection.execute(
            "INSERT INTO demand (version, sku, location, period, units, censored) "
            "SELECT 'v', sku, location, sold_at::DATE, quantity, false FROM sales_lines"
        )
        return fingerprints(connection)


@pytest.mark.parametrize("version", range(1, newest_version()))
def test_every_older_schema_migrates_with_equal_sums(version, tmp_path):
    before = store_of_version(tmp_path / "shop.duckdb", version)
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    with workspace.cursor() as cursor:
        after = {table: rows for table, (rows, _sum) in fingerprints(cursor).items()}
        sums = cursor.execute("SELECT sum(quantity), sum(quantity * unit_price), max(line) FROM sales_lines").fetchall()
        demand = cursor.execute("SELECT sum(units), count(DISTINCT sku) FROM demand").fetchall()
    assert {table: after[table] for table, _ in before.items() if table != "schema_versions"} == {
        table: rows for table, (rows, _sum) in before.items() if table != "schema_versions"
    }
    assert (sums, demand) == ([(246.0, 615.0, 51)], [(246.0, 2)])
    assert after["schema_versions"] == newest_version()
    load(workspace, 3)
    assert stored_sku(workspace, "B3") == (ROWS, UNITS)
    workspace.close()


def stored_sku(workspace: Workspace, sku: str) -> tuple[int, float]:
    with workspace.cursor() as cursor:
        question = "SELECT count(*), sum(quantity) FROM sales_lines WHERE sku = $sku"
        rows, units = cursor.execute(question, {"sku": sku}).fetchall()[0]
    return rows, units


def test_a_reader_during_a_load_sees_all_of_it_or_nothing(tmp_path):
    workspace, seen = Workspace.open(tmp_path / "shop.duckdb"), list[int]()

    def look(_name: str) -> None:
        with workspace.cursor() as cursor:
            seen.append(cursor.execute("SELECT count(*) FROM sales_lines").fetchall()[0][0])

    workspace.on_step = look
    load(workspace, 0)
    assert set(seen) == {0, ROWS}
    assert seen == sorted(seen)
    workspace.close()
