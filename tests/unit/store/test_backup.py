import subprocess
import sys

import pytest

from core.base.errors import StoreError
from core.store.backup import backup, restore
from core.store.settings import Settings, read_settings, write_settings
from core.store.uploads import add_upload, list_uploads
from core.store.workspace import Workspace, ledger_problems


def test_a_backup_restored_brings_back_what_was_there(workspace, sales, upload, tmp_path):
    add_upload(workspace, upload("c1"), sales(3))
    report = backup(workspace, tmp_path / "safe.duckdb")
    assert report.rows["sales_lines"] == 3
    add_upload(workspace, upload("c2"), sales(4, first="2024-06-01"))
    restore(workspace.path, tmp_path / "safe.duckdb")
    assert [record.loaded for record in list_uploads(workspace)] == [3]
    assert ledger_problems(workspace) == []
    assert (tmp_path / "shop.duckdb.before-restore").exists()


def test_sessions_go_on_writing_after_a_restore(workspace, tmp_path):
    backup(workspace, tmp_path / "safe.duckdb")
    restore(workspace.path, tmp_path / "safe.duckdb")
    write_settings(workspace, Settings(currency="EUR"))
    assert read_settings(workspace).currency == "EUR"


def test_a_workspace_can_be_restored_where_there_is_none(workspace, sales, upload, tmp_path):
    add_upload(workspace, upload(), sales(3))
    backup(workspace, tmp_path / "safe.duckdb")
    restore(tmp_path / "elsewhere" / "shop.duckdb", tmp_path / "safe.duckdb")
    moved = Workspace.open(tmp_path / "elsewhere" / "shop.duckdb")
    assert len(list_uploads(moved)) == 1
    moved.close()


def test_the_copy_leaves_the_lock_on_the_store(workspace, tmp_path):
    backup(workspace, tmp_path / "safe.duckdb")
    code = "import duckdb, sys; duckdb.connect(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(workspace.path)], capture_output=True, text=True, check=False
    )
    assert "Could not set lock" in done.stderr


def test_the_key_is_in_no_backup(workspace, tmp_path):
    key = workspace.key()
    backup(workspace, tmp_path / "safe.duckdb")
    assert key not in (tmp_path / "safe.duckdb").read_bytes()


def test_a_backup_never_overwrites_a_file(workspace, tmp_path):
    (tmp_path / "safe.duckdb").write_text("mine")
    with pytest.raises(StoreError, match=r"safe\.duckdb exists already\. Choose another name"):
        backup(workspace, tmp_path / "safe.duckdb")
    assert (tmp_path / "safe.duckdb").read_text() == "mine"


def test_a_backup_into_a_folder_that_is_not_there_is_refused(workspace, tmp_path):
    with pytest.raises(StoreError, match="could not be copied to nowhere"):
        backup(workspace, tmp_path / "nowhere" / "safe.duckdb")


@pytest.mark.parametrize("content", [b"sku,quantity\n" * 1000, b""])
def test_restoring_what_is_no_backup_leaves_the_workspace_alone(workspace, sales, upload, tmp_path, content):
    add_upload(workspace, upload(), sales(3))
    (tmp_path / "bad.duckdb").write_bytes(content)
    with pytest.raises(StoreError, match="is damaged or is no workspace"):
        restore(workspace.path, tmp_path / "bad.duckdb")
    assert len(list_uploads(workspace)) == 1


def test_a_damaged_workspace_names_the_last_backup(workspace, tmp_path):
    backup(workspace, tmp_path / "safe.duckdb")
    workspace.close()
    workspace.path.write_bytes(b"gone" * 5000)
    with pytest.raises(StoreError, match=r"Restore a backup \(the last one is .*safe\.duckdb\)\."):
        Workspace.open(workspace.path)


def test_a_missing_backup_is_named(workspace, tmp_path):
    with pytest.raises(StoreError, match=r"There is no backup at nothing\.duckdb"):
        restore(workspace.path, tmp_path / "nothing.duckdb")


def test_a_damaged_workspace_is_restored_and_kept_aside(workspace, sales, upload, tmp_path):
    add_upload(workspace, upload(), sales(3))
    backup(workspace, tmp_path / "safe.duckdb")
    workspace.close()
    workspace.path.write_bytes(b"gone" * 5000)
    restore(workspace.path, tmp_path / "safe.duckdb")
    again = Workspace.open(workspace.path)
    assert len(list_uploads(again)) == 1
    assert (tmp_path / "shop.duckdb.before-restore").read_bytes() == b"gone" * 5000
    again.close()


def test_a_workspace_open_in_another_process_is_not_replaced(workspace, held_elsewhere, tmp_path):
    backup(workspace, tmp_path / "safe.duckdb")
    with held_elsewhere() as pid, pytest.raises(StoreError, match=f"is open in process {pid}"):
        restore(workspace.path, tmp_path / "safe.duckdb")
    assert not (tmp_path / "shop.duckdb.restoring").exists()
