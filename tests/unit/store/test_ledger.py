import json
import random
import shutil
from datetime import UTC, datetime

import pytest

from core.store.uploads import add_upload
from core.store.workspace import Workspace, ledger_problems


def reopened(workspace):
    workspace.close()
    return Workspace.open(workspace.path)


@pytest.fixture
def loaded(workspace, sales, upload):
    add_upload(workspace, upload(), sales(3))
    return workspace


@pytest.fixture
def morning_in_shanghai(monkeypatch, shanghai):  # noqa: ARG001 - what stands there is the zone
    """The store's clock stands at 22:30 UTC, where this machine, eight hours ahead, has the next morning."""
    monkeypatch.setattr("core.store.ledger.now", lambda: datetime(2026, 3, 1, 22, 30, tzinfo=UTC).replace(tzinfo=None))


@pytest.mark.usefixtures("morning_in_shanghai")
def test_a_load_that_vanished_is_named(loaded, sales, upload):
    loaded.checkpoint()
    before = loaded.path.with_name("kept")
    loaded.close()
    shutil.copy(loaded.path, before)
    later = Workspace.open(loaded.path)
    add_upload(later, upload("c2", file_name="april.csv"), sales(4, first="2024-04-01"))
    later.close()
    before.replace(loaded.path)
    (problem,) = ledger_problems(Workspace.open(loaded.path))
    assert problem.startswith("1 load made since 2 Mar 2026 06:30 is missing")
    assert "april.csv (4 rows). Import these files again, or restore a backup." in problem
    Workspace.open(loaded.path).close()


def test_rows_that_changed_behind_the_programs_back_are_named(loaded):
    with loaded.transaction() as cursor:
        cursor.execute("DELETE FROM sales_lines WHERE line = 2")
    (problem,) = ledger_problems(loaded)
    assert problem.startswith("march.csv should have 3 rows with 6 units; the workspace has 2 rows with 4 units.")


def test_accepting_the_store_as_it_is_ends_the_complaint(loaded):
    with loaded.transaction() as cursor:
        cursor.execute("DELETE FROM sales_lines WHERE line = 2")
    with loaded.cursor() as cursor:
        loaded.ledger.accept(cursor)
    assert ledger_problems(loaded) == []


@pytest.mark.usefixtures("morning_in_shanghai")
def test_a_lost_ledger_is_begun_again_and_said_so(loaded):
    loaded.ledger.path.unlink()
    again = reopened(loaded)
    (problem,) = ledger_problems(again)
    assert problem.startswith("shop.duckdb.ledger was missing and was begun again on 2 Mar 2026 06:30. Losses")
    again.close()


def test_a_last_line_torn_by_a_crash_is_no_entry_and_no_damage(loaded, sales, upload):
    with loaded.ledger.path.open("a") as file:
        file.write('{"kind": "inte')
    assert ledger_problems(loaded) == []
    add_upload(loaded, upload("c2"), sales(2, first="2024-05-01"))
    assert ledger_problems(loaded) == []


def test_a_damaged_line_in_the_middle_is_counted(loaded):
    whole = loaded.ledger.path.read_text()
    loaded.ledger.path.write_text("{{{{\n" + whole)
    assert ledger_problems(loaded) == ["1 line of shop.duckdb.ledger cannot be read. Compare the row counts."]


def test_no_flipped_bit_keeps_the_workspace_from_being_read(loaded):
    whole, chance = loaded.ledger.path.read_bytes(), random.Random(3)  # noqa: S311 - a test's dice
    for _try in range(200):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        loaded.ledger.path.write_bytes(damaged)
        assert all(isinstance(each, str) for each in ledger_problems(loaded))


@pytest.mark.parametrize("field", ["kind", "states", "upload_id", "change"])
def test_a_line_whose_words_were_changed_is_counted_and_not_believed(loaded, field):
    first, *others = loaded.ledger.path.read_text().splitlines(keepends=True)
    loaded.ledger.path.write_text("".join([first.replace(f'"{field}"', '"other"'), *others]))
    assert ledger_problems(loaded)[-1] == "1 line of shop.duckdb.ledger cannot be read. Compare the row counts."


def test_a_change_announced_but_never_committed_is_settled_as_abandoned(loaded):
    state = {"upload_id": "x", "file": "ghost.csv", "role": "sales", "rows": 9, "units": 9.0}
    with loaded.ledger.path.open("a") as file:
        file.write(json.dumps({"kind": "intent", "at": "2024-01-01", "change": "c", "states": [state]}) + "\n")
    again = reopened(loaded)
    assert ledger_problems(again) == []
    assert '"kind": "abandoned"' in again.ledger.path.read_text()
    again.close()
