import errno
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from core.base.errors import StoreError
from core.store.backup import backup, restore
from core.store.clock import now
from core.store.jobs import create_job, read_job
from core.store.schema import migrations, newest_version, version_of
from core.store.settings import Settings, read_settings, write_settings
from core.store.sql import load
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


def test_a_restore_that_fails_at_its_last_step_leaves_the_workspace_in_its_place(
    workspace, sales, upload, tmp_path, monkeypatch
):
    add_upload(workspace, upload(), sales(3))
    backup(workspace, tmp_path / "safe.duckdb")
    workspace.close()
    replace = Path.replace

    def refuse(draft, target):
        if draft.name.endswith(".restoring"):
            raise OSError(errno.EIO, "Input/output error", str(target))
        return replace(draft, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError, match="Input/output error"):
        restore(workspace.path, tmp_path / "safe.duckdb")
    assert not (tmp_path / "shop.duckdb.before-restore").exists()
    again = Workspace.open(workspace.path)
    assert len(list_uploads(again)) == 1
    again.close()


@pytest.mark.parametrize("linked", [True, False])
def test_a_damaged_log_is_back_in_its_place_too(workspace, tmp_path, monkeypatch, linked):
    backup(workspace, tmp_path / "safe.duckdb")
    workspace.close()
    log = tmp_path / "shop.duckdb.wal"
    log.write_bytes(b"damaged")
    replace = Path.replace

    def refuse(draft, target):
        if draft.name.endswith(".restoring"):
            raise OSError(errno.EIO, "Input/output error", str(target))
        return replace(draft, target)

    monkeypatch.setattr(Path, "replace", refuse)
    if not linked:
        monkeypatch.setattr(os, "link", lambda *_names: refuse(Path(".restoring"), "link"))
    with pytest.raises(StoreError, match="Input/output error"):
        restore(workspace.path, tmp_path / "safe.duckdb")
    assert (log.read_bytes(), workspace.path.exists()) == (b"damaged", True)


def test_without_links_the_former_file_is_kept_too(workspace, tmp_path, monkeypatch):
    def refuse(*_names):
        raise OSError(errno.EPERM, "Operation not permitted")

    backup(workspace, tmp_path / "safe.duckdb")
    monkeypatch.setattr(os, "link", refuse)
    restore(workspace.path, tmp_path / "safe.duckdb")
    assert (tmp_path / "shop.duckdb.before-restore").stat().st_size > 0


def test_the_log_of_an_earlier_restore_is_not_left_beside_another_file(workspace, tmp_path):
    backup(workspace, tmp_path / "safe.duckdb")
    (tmp_path / "shop.duckdb.before-restore.wal").write_bytes(b"of another file")
    restore(workspace.path, tmp_path / "safe.duckdb")
    assert not (tmp_path / "shop.duckdb.before-restore.wal").exists()


def test_a_job_that_was_at_work_when_the_backup_was_made_is_at_work_no_more(workspace, tmp_path):
    create_job(workspace, "job", "plan", "{}")
    backup(workspace, tmp_path / "safe.duckdb")
    restore(workspace.path, tmp_path / "safe.duckdb")
    assert read_job(workspace, "job").status == "interrupted"


def test_the_store_of_another_program_is_refused(workspace, tmp_path):
    with duckdb.connect(str(tmp_path / "other.duckdb")) as other:
        other.execute("CREATE TABLE schema_versions (version INTEGER); INSERT INTO schema_versions VALUES (1)")
    with pytest.raises(StoreError, match=r"other\.duckdb is no workspace"):
        restore(workspace.path, tmp_path / "other.duckdb")
    assert list_uploads(workspace) == []


def test_the_workspace_itself_under_another_name_is_no_backup(workspace, tmp_path):
    os.link(workspace.path, tmp_path / "same.duckdb")
    with pytest.raises(StoreError, match="is the open workspace itself"):
        restore(workspace.path, tmp_path / "same.duckdb")


def test_the_store_of_every_earlier_program_comes_back_with_what_it_held(workspace, tmp_path):
    for version in range(1, newest_version() + 1):
        older = tmp_path / f"version{version}.duckdb"
        with duckdb.connect(str(older)) as store:
            store.execute(load("schema_versions_create"))
            for number, script in migrations().items():
                if number <= version:
                    store.execute(script.read_text())
                    store.execute(load("schema_version_add"), {"version": number, "migrated_at": now()})
            store.execute("INSERT INTO settings VALUES ('currency', '\"EUR\"')")
            store.execute("INSERT INTO products (upload_id, line, sku) VALUES ('u', 1, 'A')")
        restore(workspace.path, older)
        assert read_settings(workspace).currency == "EUR"
        with workspace.cursor() as cursor:
            assert cursor.execute("SELECT sku, moq FROM products").fetchall() == [("A", None)]
            assert version_of(cursor) == newest_version()
