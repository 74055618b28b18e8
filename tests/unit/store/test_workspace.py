import errno
import os
import shutil
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from core.base.errors import StoreError
from core.store.connection import BusyError
from core.store.uploads import add_upload
from core.store.workspace import Workspace

ROOT = Path(__file__).parents[3]


def test_every_caller_of_one_process_gets_the_same_workspace(tmp_path):
    first = Workspace.open(tmp_path / "new" / "shop.duckdb")
    again = Workspace.open(tmp_path / "new" / ".." / "new" / "shop.duckdb")
    assert first is again
    first.close()


def test_a_second_process_is_told_who_has_the_workspace_open(workspace):
    code = (
        "from pathlib import Path; import sys\n"
        "from core.base.errors import StoreError\n"
        "from core.store.workspace import Workspace\n"
        "try:\n    Workspace.open(Path(sys.argv[1]))\n"
        "except StoreError as refused:\n    sys.stdout.write(str(refused))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(workspace.path)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.startswith("The workspace shop.duckdb is open in process ")
    assert done.stdout.endswith(". Close it or use that window.")


def test_a_file_that_is_no_store_is_refused_and_left_as_it_was(tmp_path):
    path = tmp_path / "shop.duckdb"
    path.write_text("sku,quantity\nA-17,2\n" * 500)
    with pytest.raises(StoreError, match=r"damaged or is no workspace .* left as it is\. Restore a backup"):
        Workspace.open(path)
    assert path.read_text().startswith("sku,quantity")


def test_a_flipped_byte_in_the_file_is_noticed(tmp_path):
    path = tmp_path / "shop.duckdb"
    Workspace.open(path).close()
    content = bytearray(path.read_bytes())
    content[5000] ^= 255
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged"):
        Workspace.open(path)


def test_a_store_of_a_newer_program_is_refused(tmp_path):
    path = tmp_path / "shop.duckdb"
    workspace = Workspace.open(path)
    with workspace.transaction() as cursor:
        cursor.execute("INSERT INTO schema_versions VALUES (4711, TIMESTAMP '2030-01-01')")
    workspace.close()
    with pytest.raises(StoreError, match=r"newer Stockcast \(schema 4711\).*Install the newer version"):
        Workspace.open(path)


def test_nothing_outside_the_store_can_be_read_and_the_lock_holds(workspace, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    with workspace.cursor() as cursor:
        for statement in (
            "SELECT * FROM read_text('{folder}/secret.txt')",
            "COPY settings TO '{folder}/out.csv'",
            "ATTACH '{folder}/other.duckdb'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
            "SET lock_configuration = false",
        ):
            with pytest.raises(duckdb.Error):
                cursor.execute(statement.format(folder=tmp_path))


def test_a_frame_in_scope_is_not_visible_by_its_variable_name(workspace):
    frame = pa.table({"a": [1]})
    with workspace.cursor() as cursor, pytest.raises(duckdb.CatalogException):
        cursor.execute("SELECT * FROM frame")
    assert frame.num_rows == 1


def test_a_transaction_that_raises_leaves_nothing(workspace):
    def fail_half_way():
        with workspace.transaction() as cursor:
            cursor.execute("INSERT INTO settings VALUES ('a', '1')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with workspace.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM settings").fetchone() == (0,)


def test_a_transaction_inside_a_transaction_is_refused_instead_of_waiting_for_itself(workspace):
    with (
        workspace.transaction(),
        pytest.raises(BusyError, match="Another change is being written"),
        workspace.transaction(),
    ):
        pytest.fail("two transactions at once")


def test_write_repeats_work_that_met_another_change(workspace):
    calls = []

    def work(_cursor):
        calls.append(1)
        if len(calls) < 3:
            raise duckdb.TransactionException("Conflict on update!")
        return "stored"

    assert workspace.write(work) == "stored"
    assert len(calls) == 3


def test_write_gives_up_after_five_attempts_and_says_so(workspace):
    calls = []

    def work(_cursor):
        calls.append(1)
        raise duckdb.ConstraintException("Duplicate key")

    with pytest.raises(StoreError, match=r"changed at the same time by somebody else \(Duplicate key\)\. Reload"):
        workspace.write(work)
    assert len(calls) == 5


def test_sixteen_threads_never_see_one_anothers_answers(workspace):
    def ask(thread):
        wrong = 0
        for question in range(60):
            with workspace.cursor() as cursor:
                wrong += cursor.execute("SELECT $a, $b", {"a": thread, "b": question}).fetchone() != (thread, question)
        return wrong

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(ask, range(16))) == 0


def test_sixteen_writers_all_get_their_rows_stored(workspace):
    def add(thread):
        for number in range(10):
            workspace.write(
                lambda cursor, name=f"{thread}-{number}": cursor.execute(
                    "INSERT INTO settings VALUES ($n, '1')", {"n": name}
                )
            )

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(16)))
    with workspace.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM settings").fetchone() == (160,)


def test_a_reader_sees_old_or_new_data_never_a_mix(workspace):
    workspace.write(lambda cursor: cursor.execute("INSERT INTO settings SELECT range, '0' FROM range(50)"))
    stop = threading.Event()

    def rewrite():
        for value in range(1, 40):
            workspace.write(lambda cursor, v=value: cursor.execute("UPDATE settings SET value = $v", {"v": str(v)}))
        stop.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    mixed = 0
    while not stop.is_set():
        with workspace.cursor() as cursor:
            mixed += cursor.execute("SELECT count(DISTINCT value) FROM settings").fetchone() != (1,)
    writer.join()
    assert mixed == 0


def test_the_key_is_secret_stable_and_outside_the_store(workspace):
    key = workspace.key()
    file = workspace.path.with_name("shop.duckdb.key")
    assert len(key) == 32
    assert workspace.key() == key == file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_closed_workspace_says_so(tmp_path):
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    workspace.close()
    with pytest.raises(StoreError, match=r"was closed\. Open it again"), workspace.cursor():
        pytest.fail("a cursor of a closed workspace")


def test_an_unreadable_memory_limit_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("STOCKCAST_MEMORY", "lots'; DROP TABLE runs")
    with pytest.raises(StoreError, match="must look like 4GB or 60%"):
        Workspace.open(tmp_path / "shop.duckdb")


def test_swapping_the_file_waits_for_readers_and_gives_up(workspace):
    inside, leave = threading.Event(), threading.Event()

    def read():
        with workspace.cursor():
            inside.set()
            leave.wait(5)

    reader = threading.Thread(target=read)
    reader.start()
    inside.wait(5)
    with pytest.raises(BusyError, match="still being read"), workspace.swapped(wait_seconds=0.05):
        pytest.fail("swapped under a reader")
    leave.set()
    reader.join()


def test_after_the_disk_failed_the_workspace_opens_itself_anew(workspace):
    workspace.write(lambda cursor: cursor.execute("INSERT INTO settings VALUES ('a', '1')"))

    def fail():
        with workspace.cursor():
            raise duckdb.FatalException("FATAL Error: Could not write file: No space left on device")

    with pytest.raises(StoreError, match=r"The disk is full: .* Make room and try again"):
        fail()
    before = workspace._connection
    with workspace.cursor() as cursor:
        assert cursor.execute("SELECT name FROM settings").fetchall() == [("a",)]
    assert workspace._connection is not before


def test_a_commit_that_met_a_full_disk_says_so_and_is_not_taken_for_a_conflict(workspace):
    attempts = []

    def work(_cursor):
        attempts.append(1)
        raise duckdb.TransactionException(
            'TransactionContext Error: Failed to commit: Could not write file "x": No space left on device'
        )

    with pytest.raises(StoreError, match="The disk is full"):
        workspace.write(work)
    assert len(attempts) == 1


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EDQUOT, errno.ENAMETOOLONG])
def test_a_place_that_cannot_be_written_is_told_by_name(tmp_path, monkeypatch, number):
    def refuse(path, *_given, **_named):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    told = rf"shop\.duckdb cannot be used \({os.strerror(number)}: locked\)\. Check the folder and its rights\."
    with pytest.raises(StoreError, match=told):
        Workspace.open(tmp_path / "locked" / "shop.duckdb")


def test_a_name_too_long_for_its_companions_is_told(tmp_path):
    with pytest.raises(StoreError, match=r"xxx.*cannot be used"):
        Workspace.open(tmp_path / ("x" * 245 + ".duckdb"))


@pytest.mark.parametrize("name", ["shop", "shop.db"])
def test_a_new_workspace_that_would_sweep_the_uploads_of_another_is_refused(workspace, sales, upload, name):
    add_upload(workspace, upload(), sales(3))
    told = rf"{name} would share the folder shop\.uploads with the workspace shop\.duckdb"
    with pytest.raises(StoreError, match=told):
        Workspace.open(workspace.path.with_name(name))
    assert not workspace.path.with_name(name).exists()


@pytest.mark.parametrize("ending", [".restoring", ".rewritten", ".rewritten.wal"])
def test_a_copy_that_a_crash_left_goes_when_the_workspace_is_opened(tmp_path, ending):
    (tmp_path / f"shop.duckdb{ending}").write_bytes(b"persons")
    Workspace.open(tmp_path / "shop.duckdb").close()
    assert not (tmp_path / f"shop.duckdb{ending}").exists()


def test_a_file_that_cannot_be_opened_after_an_exchange_is_opened_by_whoever_asks_next(workspace, monkeypatch):
    def refuse(*_given):
        raise StoreError("not now")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("core.store.workspace.connect", refuse)
        with pytest.raises(StoreError, match="not now"), workspace.swapped():
            pass
    with workspace.cursor() as cursor:
        assert stored(cursor) == ()


def stored(cursor):
    return tuple(cursor.execute("SELECT name FROM settings ORDER BY name").fetchall())


def put(name):
    return lambda cursor: cursor.execute("INSERT INTO settings VALUES ($name, '1')", {"name": name})


def test_a_remembered_answer_is_asked_once_until_something_is_stored(workspace):
    asked = []

    def ask(cursor):
        asked.append(stored(cursor))
        return asked[-1]

    assert workspace.remembered("names", ask) == workspace.remembered("names", ask) == ()
    workspace.write(put("a"))
    assert workspace.remembered("names", ask) == (("a",),)
    assert len(asked) == 2


def test_an_answer_of_before_a_change_is_not_remembered_after_it(workspace):
    def overtaken(cursor):
        answer = stored(cursor)
        workspace.write(put("meanwhile"))
        return answer

    assert workspace.remembered("names", overtaken) == ()
    assert workspace.remembered("names", stored) == (("meanwhile",),)


def test_inside_a_change_the_answer_is_the_stored_one_and_after_it_the_new_one(workspace):
    with workspace.transaction() as cursor:
        put("a")(cursor)
        assert workspace.remembered("names", stored) == ()
    assert workspace.remembered("names", stored) == (("a",),)


def test_an_exchanged_file_is_asked_anew(workspace, empty_store):
    workspace.write(put("a"))
    assert workspace.remembered("names", stored) == (("a",),)
    with workspace.swapped():
        shutil.copy(empty_store, workspace.path)
    assert workspace.remembered("names", stored) == ()


def test_a_closed_workspace_says_so_even_of_what_it_remembered(workspace):
    workspace.remembered("names", stored)
    workspace.close()
    with pytest.raises(StoreError, match="was closed"):
        workspace.remembered("names", stored)
