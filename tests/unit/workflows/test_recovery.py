"""Lost loads are named and made again from the kept uploads, exactly as they were or not at all."""

import shutil
from pathlib import Path

import pytest

from core.store.uploads import list_uploads
from core.store.workspace import Workspace, ledger_problems
from core.workflows import importing, recovery
from core.workflows.importing import Decision, UploadedFile

MAIL = "ann.smith@example.com"


def sales(first: int = 1, days: int = 20, quantity: int = 2) -> bytes:
    lines = [
        f"2024-01-{day:02d},O{day},{sku},{quantity},4.5,C{day}"
        for day in range(first, first + days)
        for sku in ("A-1", "B-2")
    ]
    return "\n".join(["date,order id,sku,quantity,price,customer id", *lines]).encode()


def brought_in(workspace: Workspace, content: bytes, name: str = "jan.csv", mode: str = "append"):
    looks = importing.preview(workspace, [UploadedFile(name, content)])
    decisions = [Decision(look, look.recognition.to_mapping()) for look in looks]
    return importing.import_tables(workspace, decisions, mode).files[0]


def units(workspace: Workspace) -> tuple[int, float]:
    with workspace.cursor() as cursor:
        return cursor.execute("SELECT count(*), coalesce(sum(quantity), 0) FROM sales_lines").fetchone()


def all_lines(workspace: Workspace) -> list[tuple]:
    with workspace.cursor() as cursor:
        return cursor.execute("SELECT * FROM sales_lines ORDER BY ALL").fetchall()


@pytest.fixture
def workspace(uncleaned: Workspace) -> Workspace:
    return uncleaned


def set_back(workspace: Workspace, copy: Path) -> Workspace:
    """The workspace with an earlier state of its file, as after the loss of a log; ledger and uploads stay."""
    workspace.close()
    shutil.copy(copy, workspace.path)
    return Workspace.open(workspace.path)


def copied(workspace: Workspace, name: str) -> Path:
    """A copy of the store's file as it is now, taken while it is closed."""
    workspace.close()
    shutil.copy(workspace.path, workspace.path.with_name(name))
    Workspace.open(workspace.path)
    return workspace.path.with_name(name)


def test_nothing_is_missing_from_a_whole_workspace(imported):
    workspace = imported(jan=sales())
    assert recovery.missing(workspace) == []
    assert recovery.rebuild(workspace).notes == ("Nothing is missing.",)
    workspace.close()


def test_lost_loads_are_rebuilt_to_the_last_line(workspace):
    brought_in(workspace, sales(1, 10), "a.csv")
    before = copied(workspace, "before")
    workspace = Workspace.open(workspace.path)
    brought_in(workspace, sales(5, 10), "b.csv")
    brought_in(workspace, sales(20, 5, quantity=7), "c.csv")
    lines, ids = all_lines(workspace), {record.upload_id for record in list_uploads(workspace)}
    again = set_back(workspace, before)
    assert [load.file for load in recovery.missing(again)] == ["b.csv", "c.csv"]
    assert "Rebuild them from the kept uploads (python -m core rebuild)" in ledger_problems(again)[0]
    result = recovery.rebuild(again)
    assert [(each.file, each.loaded) for each in result.files] == [("b.csv", 8), ("c.csv", 10)]
    assert all_lines(again) == lines
    assert {record.upload_id for record in list_uploads(again)} == ids
    assert ledger_problems(again) == []
    assert brought_in(again, sales(5, 10), "b.csv").already_loaded_at is not None
    again.close()


def test_a_lost_replacement_takes_away_again_what_it_replaced(workspace):
    brought_in(workspace, sales(1, 10), "a.csv")
    before = copied(workspace, "before")
    workspace = Workspace.open(workspace.path)
    brought_in(workspace, sales(3, 4, quantity=9), "b.csv", "replace")
    lines = all_lines(workspace)
    again = set_back(workspace, before)
    recovery.rebuild(again)
    assert all_lines(again) == lines
    assert ledger_problems(again) == []
    again.close()


def test_a_lost_removal_is_done_again(workspace):
    brought_in(workspace, sales(1, 10), "a.csv")
    brought_in(workspace, sales(5, 10), "b.csv")
    before = copied(workspace, "before")
    workspace = Workspace.open(workspace.path)
    importing.remove(workspace, list_uploads(workspace)[0].upload_id)
    assert units(workspace) == (20, 40.0)
    again = set_back(workspace, before)
    assert units(again) == (28, 56.0)
    recovery.rebuild(again)
    assert units(again) == (20, 40.0)
    assert ledger_problems(again) == []
    again.close()


def test_loads_of_which_nothing_is_kept_are_named(workspace):
    before = copied(workspace, "before")
    workspace = Workspace.open(workspace.path)
    brought_in(workspace, sales(), "a.csv")
    shutil.rmtree(workspace.uploads_folder)
    again = set_back(workspace, before)
    result = recovery.rebuild(again)
    assert result.files == ()
    assert result.notes == (
        "Not rebuilt, since no whole upload is kept of a.csv (40 rows). Import these files again, or restore a backup.",
    )
    assert "Import these files again" in ledger_problems(again)[0]
    again.close()


def test_a_damaged_kept_upload_is_not_used(workspace):
    before = copied(workspace, "before")
    workspace = Workspace.open(workspace.path)
    brought_in(workspace, sales(), "a.csv")
    again = set_back(workspace, before)
    (path,) = again.uploads_folder.glob("*.parquet")
    content = bytearray(path.read_bytes())
    content[60] ^= 255
    path.write_bytes(content)
    result = recovery.rebuild(again)
    assert result.notes[0].startswith("Not rebuilt, since no whole upload is kept of a.csv (40 rows).")
    assert units(again) == (0, 0.0)
    again.close()


def test_rows_changed_behind_the_programs_back_are_put_right(workspace):
    brought_in(workspace, sales(), "a.csv")
    lines = all_lines(workspace)
    with workspace.transaction() as cursor:
        cursor.execute("DELETE FROM sales_lines WHERE sku = 'A-1'")
    recovery.rebuild(workspace)
    assert all_lines(workspace) == lines
    assert ledger_problems(workspace) == []


def test_no_customer_stands_in_a_kept_upload(workspace):
    content = sales().replace(b"customer id", b"email").replace(b",C1\n", f",{MAIL}\n".encode())
    looks = importing.preview(workspace, [UploadedFile("a.csv", content)])
    importing.import_tables(workspace, [Decision(looks[0], looks[0].recognition.to_mapping())])
    (path,) = workspace.uploads_folder.glob("*.parquet")
    assert MAIL.encode() not in path.read_bytes()
    assert path.stem == list_uploads(workspace)[0].upload_id


def test_a_refused_import_leaves_no_kept_upload(workspace):
    brought_in(workspace, sales(1, 3))
    with pytest.raises(importing.ConflictError):
        brought_in(workspace, sales(1, 3, quantity=9), "other.csv")
    assert len(list(workspace.uploads_folder.glob("*"))) == 1


def test_a_removed_upload_is_no_longer_kept(workspace):
    summary = brought_in(workspace, sales())
    importing.remove(workspace, summary.upload_id)
    assert list(workspace.uploads_folder.glob("*")) == []


def test_what_an_import_cut_short_kept_is_swept_at_the_next_open(workspace):
    brought_in(workspace, sales())
    (path,) = workspace.uploads_folder.glob("*.parquet")
    orphan = path.with_name("0" * 64 + ".parquet")
    shutil.copy(path, orphan)
    path.with_suffix(".partial").write_bytes(b"half")
    # the orphan describes the first upload; as its own it is needed by nobody
    orphan.write_bytes(b"no parquet")
    workspace.close()
    again = Workspace.open(workspace.path)
    assert list(again.uploads_folder.glob("*")) == [path]
    again.close()


def test_kept_uploads_of_lost_loads_are_never_swept(workspace):
    before = copied(workspace, "before")
    workspace = Workspace.open(workspace.path)
    brought_in(workspace, sales())
    again = set_back(workspace, before)
    assert len(list(again.uploads_folder.glob("*.parquet"))) == 1
    again.close()
