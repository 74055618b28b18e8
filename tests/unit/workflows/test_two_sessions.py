"""Two sessions of one shop that change its data at the same time."""

import threading

import pytest

from core.base.errors import CancelledError, StoreError
from core.base.progress import Progress
from core.store import kept, people, uploads
from core.store.workspace import Workspace, ledger_problems
from core.workflows import datasets, importing
from core.workflows.importing import Decision, UploadedFile

SECONDS = 20


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path / "shop.duckdb")
    yield opened
    opened.close()


def content(sku: str, days: int = 28, *, first: int = 1) -> bytes:
    lines = [f"2024-01-{day:02d},O{sku}{day},{sku},2,4.5,C{day}" for day in range(first, first + days)]
    return "\n".join(["date,order id,sku,quantity,price,customer id", *lines]).encode()


def looked_at(workspace, name: str, file: bytes) -> list[Decision]:
    looks = importing.preview(workspace, [UploadedFile(name, file)])
    return [Decision(look, look.recognition.to_mapping()) for look in looks]


def bring_in(workspace, name: str, file: bytes, mode: str = "append"):
    return importing.import_tables(workspace, looked_at(workspace, name, file), mode).files[0]


def test_demand_begun_before_an_import_is_not_stored_after_that_of_the_import(workspace, monkeypatch):
    with monkeypatch.context() as without_demand:
        without_demand.setattr(importing, "made_anew", lambda _workspace, _told: (False, ()))
        bring_in(workspace, "a.csv", content("A"))
        storing, go_on = threading.Event(), threading.Event()

        def wait(step):
            if step.stage == "Storing the clean demand":
                storing.set()
                go_on.wait(SECONDS)

        first = threading.Thread(target=lambda: datasets.rebuild(workspace, Progress(wait)))
        first.start()
        storing.wait(SECONDS)
        bring_in(workspace, "b.csv", content("B"))
    second = threading.Thread(target=lambda: datasets.rebuild(workspace))
    second.start()
    second.join(0.5)
    go_on.set()
    first.join(SECONDS)
    second.join(SECONDS)
    assert not datasets.behind(workspace)


def test_work_that_waits_for_the_demand_another_session_makes_can_be_cancelled(workspace):
    waits = Progress()
    ended: list[str] = []

    def work():
        try:
            datasets.rebuild(workspace, waits)
        except CancelledError as told:
            ended.append(str(told))

    with workspace.deriving:
        second = threading.Thread(target=work)
        second.start()
        waits.cancelled.set()
        second.join(SECONDS)
        assert ended == ["Cancelled. Nothing of this run was stored."]


def test_acknowledgements_come_in_the_order_of_the_commits(workspace, monkeypatch):
    done, first_waits, go_on = type(workspace.ledger).done, threading.Event(), threading.Event()

    def late(ledger, change):
        if threading.current_thread() is first:
            first_waits.set()
            go_on.wait(SECONDS)
        done(ledger, change)

    monkeypatch.setattr(type(workspace.ledger), "done", late)
    monkeypatch.setattr(importing, "made_anew", lambda _workspace, _told: (False, ()))
    first = threading.Thread(target=bring_in, args=(workspace, "a.csv", content("A")))
    first.start()
    first_waits.wait(SECONDS)

    def take_back():
        importing.remove(workspace, uploads.list_uploads(workspace)[0].upload_id)

    second = threading.Thread(target=take_back)
    second.start()
    second.join(0.5)
    go_on.set()
    first.join(SECONDS)
    second.join(SECONDS)
    assert ledger_problems(workspace) == []


def test_rows_that_another_file_brought_too_stay_when_it_comes_while_the_first_is_taken_back(workspace, monkeypatch):
    gone = bring_in(workspace, "a.csv", content("A")).upload_id
    heirs, came = importing.heirs, []

    def slow(*given):
        found = heirs(*given)
        if not came:
            came.append(bring_in(workspace, "b.csv", content("A", 10) + b"\n2024-02-01,O99,A,2,4.5,C1\n"))
        return found

    monkeypatch.setattr(importing, "heirs", slow)
    importing.remove(workspace, gone)
    assert uploads.list_uploads(workspace)[0].loaded == 11


def test_taking_back_gives_up_when_uploads_come_and_go_all_the_time(workspace, monkeypatch):
    key = bring_in(workspace, "a.csv", content("A")).upload_id
    monkeypatch.setattr(importing, "heirs", lambda *_given: [])
    monkeypatch.setattr(importing, "_listed", lambda _workspace: {key, "f" * 64})
    with pytest.raises(StoreError, match=r"Another file was imported .* Nothing was changed; try again\."):
        importing.remove(workspace, key)
    assert len(uploads.list_uploads(workspace)) == 1


def test_a_file_read_under_a_key_that_was_changed_meanwhile_is_not_stored(workspace, monkeypatch):
    keep, changed = kept.write, []

    def slow(*given):
        keep(*given)
        if not changed:
            changed.append(True)
            people.rotate_key(workspace)

    monkeypatch.setattr(kept, "write", slow)
    with pytest.raises(StoreError, match=r"The customer key was changed .* Import them again\."):
        bring_in(workspace, "a.csv", content("A"))
    assert uploads.list_uploads(workspace) == []
    assert list(workspace.uploads_folder.glob("*")) == []
