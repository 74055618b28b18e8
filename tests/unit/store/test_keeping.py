"""Backups with their uploads, deletion, the audit, saved mappings, pruned runs, and questions that take too long."""

import errno
import json
import os
import random
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from core.base.errors import StoreError
from core.base.types import frozen
from core.ingest.tables import Dialect, RawTable, ReadOptions, Rejected
from core.store import kept
from core.store.acting import as_user
from core.store.audit import list_actions
from core.store.backup import backup, restore
from core.store.datasets import save_recipe
from core.store.deleting import delete
from core.store.kept import KeptUpload
from core.store.mappings import find_mapping, save_mapping
from core.store.runs import KEEP, RUN_TABLES, Run, list_runs, run_table, save_run
from core.store.settings import Settings, write_settings
from core.store.uploads import Upload, add_upload, list_uploads, remove_upload
from core.store.workspace import Workspace


def raw_table() -> RawTable:
    columns = pa.table({"c0": ["2024-01-01", "2024-01-02"], "c1": ["000012", "1E5"], "c2": ["2", ""]})
    dialect = Dialect("utf-8", ";", '"', ",", 3, "", "", "CRLF")
    rejected = (Rejected(9, "Line 9 has 2 fields, expected 3.", "a;b"),)
    header = ("Datum", "Artikel", "Menge")
    return RawTable(header, columns, frozen(np.array([4, 6])), dialect, rejected, ("a note",), (), ReadOptions("utf-8"))


def an_item(content: str = "c1") -> KeptUpload:
    upload = Upload(content, "März.csv", "", "sales", "own columns", "{}", 3, '{"sheet": "Blatt 1"}')
    return KeptUpload(upload, "replace", datetime(2024, 3, 1, 12, 30), raw_table(), "check", 2)  # noqa: DTZ001


def no_step(_name: str) -> None:
    pass


def nothing_stored() -> set[str]:
    return set()


def kept_in(folder: Path) -> Path:
    path = kept.path_of(folder, an_item().upload.upload_id)
    kept.write(path, an_item())
    return path


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_a_kept_upload_is_read_back_as_it_was(tmp_path):
    item = an_item()
    path = kept_in(tmp_path / "shop.uploads")
    found = kept.read(tmp_path / "shop.uploads", item.upload.upload_id)
    assert path.name == f"{item.upload.upload_id}.parquet"
    assert (found.upload, found.mode, found.at, found.place) == (item.upload, item.mode, item.at, 2)
    assert found.table.columns.equals(item.table.columns)
    assert found.table.lines.tolist() == [4, 6]
    for name in ("header", "dialect", "rejected", "notes", "options"):
        assert getattr(found.table, name) == getattr(item.table, name)


def test_an_upload_is_kept_once(tmp_path):
    steps = []
    for _again in range(2):
        with kept.keeping(tmp_path, steps.append, nothing_stored) as keep:
            keep(an_item())
    assert steps.count("upload kept") == 1


def test_an_upload_of_an_import_that_fails_goes_again_unless_it_was_there_before(tmp_path):
    def fail() -> None:
        with kept.keeping(tmp_path, no_step, nothing_stored) as keep:
            keep(an_item())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []
    path = kept_in(tmp_path)
    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == [path]


def import_in_two_sessions(folder: Path, error: type[Exception] | None) -> None:
    """Two imports keep the same upload; the second fails, then the first comes to its end or fails with `error`."""

    def fail(keep_of_first) -> None:
        with kept.keeping(folder, no_step, nothing_stored) as keep:
            keep(an_item())
            keep_of_first(an_item())
            raise ZeroDivisionError

    with kept.keeping(folder, no_step, nothing_stored) as keep_of_first:
        with pytest.raises(ZeroDivisionError):
            fail(keep_of_first)
        kept.release(folder, an_item().upload.upload_id, set())
        if error:
            raise error


def test_an_upload_that_two_sessions_import_stays_for_the_one_that_comes_to_its_end(tmp_path):
    import_in_two_sessions(tmp_path, None)
    assert kept.is_whole(kept.path_of(tmp_path, an_item().upload.upload_id))


def test_an_upload_that_two_sessions_import_goes_when_both_fail(tmp_path):
    with pytest.raises(KeyError):
        import_in_two_sessions(tmp_path, KeyError)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_draft(tmp_path, monkeypatch):
    def refuse(*_given) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StoreError, match="The disk is full"):
        kept_in(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [100, -60])
def test_a_flipped_bit_in_a_kept_upload_is_noticed(tmp_path, place):
    path = kept_in(tmp_path)
    flip(path, place)
    with pytest.raises(StoreError, match="is damaged"):
        kept.read_file(path)


def test_no_flipped_bit_makes_another_table(tmp_path):
    path, item, chance = kept_in(tmp_path), an_item(), random.Random(2)  # noqa: S311 - a test's dice
    whole = path.read_bytes()
    for place in range(whole.index(b"c0"), whole.index(b"line") + 4):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        if kept.is_whole(path):
            assert kept.read_file(path).table.columns.equals(item.table.columns)


@pytest.mark.parametrize("place", [100, -60])
def test_a_damaged_kept_upload_is_written_anew_when_its_file_is_imported_again(tmp_path, place):
    path = kept_in(tmp_path)
    flip(path, place)
    with kept.keeping(tmp_path, no_step, nothing_stored) as keep:
        keep(an_item())
    assert kept.read_file(path).table.header == raw_table().header


def test_a_damaged_kept_upload_is_whole_again_after_a_restore(workspace, tmp_path):
    path = kept_in(workspace.uploads_folder)
    backup(workspace, tmp_path / "safe.duckdb")
    flip(path, 100)
    restore(workspace.path, tmp_path / "safe.duckdb")
    assert kept.is_whole(path)


def test_a_key_that_is_no_hash_leads_nowhere(tmp_path):
    with pytest.raises(StoreError, match="64 hexadecimal digits"):
        kept.path_of(tmp_path, "../../etc/passwd")


def test_a_backup_brings_its_uploads_along(workspace, sales, upload, tmp_path):
    add_upload(workspace, upload(), sales(3))
    kept_in(workspace.uploads_folder)
    report = backup(workspace, tmp_path / "safe.duckdb")
    assert report.uploads == 1
    restored = restore(tmp_path / "other" / "shop.duckdb", tmp_path / "safe.duckdb")
    assert (restored.rows["sales_lines"], restored.uploads) == (3, 1)
    assert kept.read(tmp_path / "safe.uploads", an_item().upload.upload_id).table.header == raw_table().header
    Workspace.open(tmp_path / "other" / "shop.duckdb").close()


@pytest.mark.parametrize("what", ["store", "upload", "gone"])
def test_a_backup_that_changed_since_is_refused_and_the_workspace_stays(workspace, sales, upload, tmp_path, what):
    add_upload(workspace, upload(), sales(3))
    kept_in(workspace.uploads_folder)
    backup(workspace, tmp_path / "safe.duckdb")
    (file,) = (tmp_path / "safe.uploads").glob("*.parquet")
    target = tmp_path / "safe.duckdb" if what == "store" else file
    if what == "gone":
        target.unlink()
    else:
        flip(target, target.stat().st_size // 2)
    with pytest.raises(StoreError, match=r"1 files of the backup safe\.duckdb are damaged or missing"):
        restore(workspace.path, tmp_path / "safe.duckdb")
    assert len(list_uploads(workspace)) == 1


def test_a_backup_that_fails_leaves_nothing_behind(workspace, tmp_path):
    (tmp_path / "safe.uploads").mkdir()
    with pytest.raises(StoreError, match=r"safe\.uploads exists already"):
        backup(workspace, tmp_path / "safe.duckdb")
    assert not (tmp_path / "safe.duckdb").exists()


def test_deleting_leaves_no_file_of_the_workspace_and_every_file_of_others(tmp_path):
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    workspace.key()
    kept_in(workspace.uploads_folder)
    (workspace.folder / "paths").mkdir()
    (tmp_path / "backups").mkdir()
    backup(workspace, tmp_path / "backups" / "shop-20240101-120000-000001.duckdb")
    others = [tmp_path / "shop-2.duckdb", tmp_path / "backups" / "shop-2-20240101-120000-000001.duckdb"]
    for other in others:
        other.write_bytes(b"another shop")
    done = delete(tmp_path / "shop.duckdb", "shop.duckdb")
    assert done.files >= 6
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(others)
    assert not Workspace.is_open(tmp_path / "shop.duckdb")


def test_deleting_asks_for_the_name(workspace):
    with pytest.raises(StoreError, match=r"give its file name shop\.duckdb; 'shop' was given\. Nothing was deleted"):
        delete(workspace.path, "shop")
    assert workspace.path.exists()


def test_a_workspace_open_elsewhere_is_not_deleted(workspace, held_elsewhere):
    with held_elsewhere() as pid, pytest.raises(StoreError, match=f"is open in process {pid}"):
        delete(workspace.path, workspace.path.name)
    assert workspace.path.exists()


def test_deleting_nothing_says_so(tmp_path):
    with pytest.raises(StoreError, match=r"There is no workspace shop\.duckdb"):
        delete(tmp_path / "shop.duckdb", "shop.duckdb")


def test_every_change_of_a_user_is_noted_with_who_did_it(workspace, sales, upload, tmp_path):
    with as_user("Ann"):
        key = add_upload(workspace, upload(), sales(3)).upload_id
    write_settings(workspace, Settings(currency="EUR"))
    save_recipe(workspace, "r" * 64, "[]")
    save_mapping(workspace, ("a", "b"), "sales", "{}")
    remove_upload(workspace, key)
    backup(workspace, tmp_path / "safe.duckdb")
    restore(workspace.path, tmp_path / "safe.duckdb")
    actions = list_actions(workspace)
    assert [each.action for each in actions] == ["restore", "remove", "save mapping", "recipe", "settings", "import"]
    assert (actions[-1].who, actions[-1].detail) == ("Ann", "march.csv: 3 rows")
    assert actions[0].who != "Ann"


def test_what_was_refused_is_not_noted(workspace, sales, upload):
    with pytest.raises(StoreError):
        add_upload(workspace, upload(role="weather"), sales(3))
    with pytest.raises(StoreError):
        remove_upload(workspace, "nothing")
    assert list_actions(workspace) == []


def test_a_mapping_is_found_by_the_header_of_the_next_file(workspace):
    save_mapping(workspace, ("Datum", "Artikel"), "sales", "first")
    save_mapping(workspace, ("Datum", "Artikel"), "sales", "second")
    assert find_mapping(workspace, ("Datum", "Artikel")) == "second"
    assert find_mapping(workspace, ("Artikel", "Datum")) is None


def test_the_last_runs_of_each_kind_are_kept_and_what_they_were_made_from(workspace):
    empty = {"leaderboard": pa.table({"model": ["ses"], "scores": ["{}"]})}
    comparison = save_run(workspace, Run("compare", "v", {}, 1.0), empty)
    forecast = save_run(workspace, Run("forecast", "v", {"comparison": comparison}, 1.0), {})
    lonely = save_run(workspace, Run("segment", "v", {}, 1.0), {})
    plans = [save_run(workspace, Run("plan", "v", {"forecast": forecast}, 1.0), {}) for _ in range(KEEP + 3)]
    for _ in range(KEEP + 1):
        save_run(workspace, Run("compare", "v", {}, 1.0), empty)
    left = {run.run_id for run in list_runs(workspace, limit=1000)}
    assert {comparison, forecast, lonely} <= left
    assert [run_id in left for run_id in plans] == [False] * 3 + [True] * KEEP
    assert len(run_table(workspace, "leaderboard", comparison)) == 1


def test_rows_of_pruned_runs_go_with_them(workspace):
    for number in range(KEEP + 2):
        save_run(
            workspace,
            Run("compare", "v", {}, 1.0),
            {"leaderboard": pa.table({"model": [str(number)], "scores": ["{}"]})},
        )
    with workspace.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM leaderboard").fetchone() == (KEEP,)
    assert "leaderboard" in RUN_TABLES


def test_a_question_of_a_page_that_takes_too_long_is_given_up(workspace):
    endless = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"
    with (
        pytest.raises(StoreError, match="Too much data for this view; narrow the dates"),
        workspace.cursor(0.05) as cursor,
    ):
        cursor.execute(endless).fetchall()
    with workspace.cursor(5) as cursor:
        assert cursor.execute("SELECT 1").fetchone() == (1,)


def test_what_is_only_rehearsed_is_never_stored(workspace):
    with workspace.rehearsal() as cursor:
        cursor.execute("INSERT INTO settings VALUES ('a', '1')")
    with workspace.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM settings").fetchone() == (0,)


def test_the_reading_of_a_file_is_part_of_what_makes_it_the_same_load():
    plain = Upload("c", "a.xlsx", "", "sales", "own columns", "{}", 0)
    sheets = [Upload(**{**vars_of(plain), "reading": json.dumps({"sheet": name})}).upload_id for name in ("A", "B")]
    assert len({plain.upload_id, *sheets}) == 3


def vars_of(upload: Upload) -> dict[str, object]:
    return {name: getattr(upload, name) for name in Upload.__dataclass_fields__}


def test_deleting_follows_a_folder_that_was_moved_to_another_disk(tmp_path):
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    moved = tmp_path / "other disk"
    (moved / "paths").mkdir(parents=True)
    (moved / "paths" / "whole").write_bytes(b"paths")
    workspace.beside(".files").symlink_to(moved)
    delete(tmp_path / "shop.duckdb", "shop.duckdb")
    assert list(tmp_path.iterdir()) == []
