"""Backups that the program keeps beside a workspace, packed, unpacked and swept."""

import io
import random
import zipfile

import pytest

from core.base.errors import StoreError
from core.workflows import backups
from core.workflows.workspace import open_workspace


@pytest.fixture
def workspace(uncleaned):
    return uncleaned


def names(workspace):
    return sorted(path.name for path in (workspace.path.parent / backups.FOLDER).iterdir())


def test_what_a_killed_backup_left_is_gone_after_the_next(workspace):
    whole = backups.make(workspace).path
    left_over = whole.with_name(f"{workspace.path.stem}-20240101-120000-000001.duckdb.partial")
    left_over.write_bytes(b"half")
    orphan = whole.with_name(f"{workspace.path.stem}-20240101-120000-000001.uploads")
    orphan.mkdir()
    other = whole.with_name(f"{workspace.path.stem}-2-20240101-120000-000001.duckdb.partial")
    other.write_bytes(b"of another shop, perhaps at work")
    newest = backups.make(workspace).path
    assert names(workspace) == sorted(
        [f"{whole.stem}.uploads", whole.name, f"{newest.stem}.uploads", newest.name, other.name]
    )


def test_backups_of_another_shop_in_the_same_folder_are_not_offered(workspace):
    own = backups.make(workspace).path
    own.with_name("shop-2-20240101-120000-000001.duckdb").write_bytes(b"another shop")
    own.with_name("copied by hand.duckdb").write_bytes(b"whatever")
    assert {each.name for each in backups.kept(workspace)} == {own.name, "copied by hand.duckdb"}


def test_what_a_killed_restore_unpacked_is_gone_after_the_next(workspace):
    left_over = workspace.beside(".unpacked-abc")
    left_over.mkdir()
    (left_over / "uploaded.duckdb").write_bytes(b"rows")
    with pytest.raises(StoreError, match="is damaged or is no workspace"):
        backups.restore_upload(workspace, b"no backup")
    assert not [path for path in workspace.path.parent.iterdir() if ".unpacked" in path.name]


def test_a_damaged_zip_is_refused_wherever_it_is_damaged(workspace):
    packed = backups.archive(workspace, backups.make(workspace).path.name)
    chance = random.Random(5)  # noqa: S311 - a test's dice
    for _try in range(12):
        broken = bytearray(packed)
        for _byte in range(50):
            broken[chance.randrange(4, len(broken))] ^= 1 << chance.randrange(8)
        with pytest.raises(StoreError, match="backup"):
            backups.restore_upload(workspace, bytes(broken))
    with workspace.cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.parametrize(("flags", "method"), [(1, zipfile.ZIP_DEFLATED), (0, zipfile.ZIP_BZIP2)])
def test_a_zip_that_the_program_did_not_pack_is_refused(workspace, flags, method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        packed.writestr("shop.duckdb", b"x" * 100)
    content = bytearray(buffer.getvalue())
    content[content.rindex(b"PK\x01\x02") + 8] |= flags
    with pytest.raises(StoreError, match="is no backup of this program"):
        backups.restore_upload(workspace, bytes(content))


def test_a_packed_backup_comes_back_under_a_path_with_spaces_and_umlauts(workspace, tmp_path):
    packed = backups.archive(workspace, backups.make(workspace).path.name)
    path = tmp_path / "Mein Läden [2]" / "Größe & Co.duckdb"
    path.parent.mkdir()
    moved = open_workspace(path)
    backups.restore_upload(moved, packed)
    assert [each.name for each in backups.kept(moved)] == []
    backups.make(moved)
    assert len(backups.kept(moved)) == 1
    moved.close()


def test_backups_of_a_workspace_with_another_ending_keep_their_uploads(tmp_path):
    workspace = open_workspace(tmp_path / "shop.db")
    for _time in range(2):
        backups.make(workspace)
    assert [name.rpartition(".")[2] for name in names(workspace)] == ["duckdb", "uploads"] * 2
    workspace.close()
