"""The key of pseudonyms, its change, and the way one person is taken out of a workspace."""

import stat

import pandas as pd
import pyarrow as pa
import pytest

from core.base.errors import StoreError
from core.ingest.pseudonyms import pseudonym, reference
from core.store import keys, people
from core.store.audit import list_actions
from core.store.people import accept_key, customer_key, forget, rotate_key
from core.store.uploads import Upload, add_upload
from core.store.workspace import Workspace


@pytest.fixture(autouse=True)
def without_a_key_in_the_environment(monkeypatch):
    monkeypatch.delenv("STOCKCAST_KEY", raising=False)


@pytest.fixture
def sold(workspace, sales, upload):
    """Ten lines of customers c0 … c9, the first of whom used a telephone number for an order number."""
    key = customer_key(workspace)
    orders = [reference("+49 30 1234567", key), *(f"o{n}" for n in range(1, 10))]
    rows = sales(10, customer=[pseudonym(f"c{n}", key) for n in range(10)]).set_column(1, "order_id", pa.array(orders))
    add_upload(workspace, upload(records=10), rows)
    return key


def column(workspace: Workspace, name: str) -> list[str | None]:
    with workspace.cursor() as cursor:
        return (
            cursor.execute("SELECT * FROM sales_lines ORDER BY line")
            .df()[name]
            .astype(object)
            .where(pd.notna, None)
            .tolist()
        )


def test_the_environment_may_hold_the_key_and_then_no_file_does(workspace, monkeypatch) -> None:
    monkeypatch.setenv("STOCKCAST_KEY", "ab" * 32)
    assert customer_key(workspace) == bytes.fromhex("ab" * 32)
    assert not workspace.beside(".key").exists()


@pytest.mark.parametrize("text", ["", "secret", "ab" * 31, "zz" * 32])
def test_a_variable_that_holds_no_key_is_refused_without_repeating_it(workspace, monkeypatch, text: str) -> None:
    monkeypatch.setenv("STOCKCAST_KEY", text)
    with pytest.raises(StoreError, match="STOCKCAST_KEY must hold 64 hexadecimal digits") as refused:
        customer_key(workspace)
    assert not text or text not in str(refused.value)


def test_a_key_that_others_may_read_is_refused(workspace) -> None:
    customer_key(workspace)
    workspace.beside(".key").chmod(0o644)
    with pytest.raises(StoreError, match=r"may be read by its owner only; its rights are 0644. Set them to 0600"):
        customer_key(workspace)


def test_half_a_key_is_refused(workspace) -> None:
    customer_key(workspace)
    workspace.beside(".key").write_bytes(b"x" * 7)
    with pytest.raises(StoreError, match="should hold secrets of 32 bytes; it has 7"):
        customer_key(workspace)


@pytest.mark.usefixtures("sold")
def test_another_key_than_that_of_the_store_is_refused(workspace) -> None:
    keys.write(workspace.beside(".key"), keys.fresh())
    with pytest.raises(StoreError, match=r"not the one that the customers of shop\.duckdb were hashed with"):
        customer_key(workspace)


@pytest.mark.usefixtures("sold")
def test_a_lost_key_can_be_given_up(workspace) -> None:
    keys.write(workspace.beside(".key"), keys.fresh())
    accept_key(workspace)
    assert customer_key(workspace) == workspace.key()


def test_the_key_is_nowhere_in_the_store(workspace, sold) -> None:
    assert sold not in workspace.path.read_bytes()
    assert sold.hex().encode() not in workspace.path.read_bytes()


def test_a_changed_key_still_recognises_every_customer(workspace, sold) -> None:
    assert rotate_key(workspace) == 11
    key = customer_key(workspace)
    assert key != sold
    assert column(workspace, "customer") == [pseudonym(f"c{n}", key) for n in range(10)]
    assert column(workspace, "order_id")[0] == reference("+49 30 1234567", key)
    assert column(workspace, "order_id")[1:] == [f"o{n}" for n in range(1, 10)]
    assert list_actions(workspace)[0].detail == "11 customers hashed anew"


def test_a_changed_key_is_secret_too_and_no_former_pseudonym_is_left_in_the_file(workspace, sold) -> None:
    former = [pseudonym(f"c{n}", sold) for n in range(10)]
    rotate_key(workspace)
    assert stat.S_IMODE(workspace.beside(".key").stat().st_mode) == 0o600
    content = workspace.path.read_bytes()
    assert [name for name in former if name.encode() in content] == []


@pytest.mark.usefixtures("sold")
@pytest.mark.parametrize("step", ["key written", "files rehashed", "rewritten"])
def test_a_change_of_the_key_that_was_cut_short_comes_to_its_end(workspace, step: str) -> None:
    def stop(name: str) -> None:
        if name == step:
            raise KeyboardInterrupt

    workspace.on_step = stop
    with pytest.raises(KeyboardInterrupt):
        rotate_key(workspace)
    workspace.on_step = lambda _name: None
    key = customer_key(workspace)
    assert len(key) == 64
    assert column(workspace, "customer") == [pseudonym(f"c{n}", key) for n in range(10)]


def test_a_key_of_the_environment_is_changed_by_its_owner(workspace, sold, monkeypatch) -> None:
    monkeypatch.setenv("STOCKCAST_KEY", (sold + bytes(32)).hex())
    with pytest.raises(StoreError, match="Append 64 new hexadecimal digits to it"):
        rotate_key(workspace)
    key = customer_key(workspace)
    assert column(workspace, "customer")[3] == pseudonym("c3", key)


def test_a_forgotten_customer_leaves_the_sale_but_no_trace_of_who_bought(workspace, sold) -> None:
    name = pseudonym("c4", sold)
    done = forget(workspace, "C4")
    assert (done.lines, done.files, done.quarantined) == (1, 0, 0)
    assert column(workspace, "customer")[4] is None
    assert column(workspace, "quantity") == [2.0] * 10
    assert name.encode() not in workspace.path.read_bytes()
    assert not workspace.beside(".wal").exists() or name.encode() not in workspace.beside(".wal").read_bytes()


@pytest.mark.parametrize("what", ["forget", "change the key"])
def test_what_a_killed_program_left_in_the_file_is_gone_after_its_next_start(workspace, sold, what: str) -> None:
    def stop(name: str) -> None:
        if name == "rewritten":
            raise KeyboardInterrupt

    workspace.on_step = stop
    with pytest.raises(KeyboardInterrupt):
        forget(workspace, "c4") if what == "forget" else rotate_key(workspace)
    workspace.close()
    again = Workspace.open(workspace.path)
    assert people.finish(again)
    assert pseudonym("c4", sold).encode() not in again.path.read_bytes()
    assert not people.finish(again)
    again.close()


@pytest.mark.usefixtures("sold")
def test_where_nobody_was_taken_out_nothing_is_written_anew(workspace) -> None:
    assert not people.finish(workspace)


@pytest.mark.usefixtures("sold")
def test_others_are_not_forgotten_with_one(workspace) -> None:
    forget(workspace, "c4")
    assert [who is None for who in column(workspace, "customer")] == [number == 4 for number in range(10)]


@pytest.mark.usefixtures("sold")
def test_an_order_number_that_named_the_person_is_forgotten(workspace) -> None:
    assert forget(workspace, "+49 30 1234567").lines == 1
    assert column(workspace, "order_id")[0] is None


def test_lines_set_aside_that_name_the_person_lose_their_content(workspace, sales, upload) -> None:
    class Line:
        def __init__(self, line: int, content: str) -> None:
            self.line, self.reason, self.content = line, "There is no sku.", content

    add_upload(
        workspace, upload(records=5), sales(3), [Line(9, "2026-01-02, Max Mustermann"), Line(10, "2026-01-02, x")]
    )
    assert forget(workspace, "max mustermann").quarantined == 1
    with workspace.cursor() as cursor:
        contents = cursor.execute("SELECT content FROM quarantine ORDER BY line").fetchall()
    assert contents == [("",), ("2026-01-02, x",)]


@pytest.mark.usefixtures("sold")
def test_forgetting_is_noted_without_saying_whom(workspace) -> None:
    forget(workspace, "c4")
    with workspace.cursor() as cursor:
        (detail,) = cursor.execute("SELECT detail FROM audit WHERE action = 'forget person'").fetchone()
    assert detail == "1 sales lines, 0 lines set aside, 0 texts, 0 files"


def test_forgetting_nobody_asks_whom(workspace) -> None:
    with pytest.raises(StoreError, match="Give the customer's number, mail address, telephone number or name"):
        forget(workspace, "  ")


@pytest.mark.usefixtures("sold")
def test_the_file_written_anew_keeps_every_row_in_its_order(workspace, sales) -> None:
    about = Upload("c2", "april.csv", "", "sales", "own columns", "{}", 500)
    add_upload(workspace, about, sales(500, first="2025-01-01", sku="B"))
    with workspace.cursor() as cursor:
        before = cursor.execute("SELECT * FROM sales_lines ORDER BY rowid").fetchall()
    forget(workspace, "nobody at all")
    with workspace.cursor() as cursor:
        assert cursor.execute("SELECT * FROM sales_lines ORDER BY rowid").fetchall() == before
