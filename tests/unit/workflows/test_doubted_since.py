"""Files that were imported before anybody doubted them come back as they were, and stand in nobody's way."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from core.base.errors import MappingError
from core.store.uploads import list_uploads
from core.store.workspace import Workspace, ledger_problems
from core.workflows import importing, recovery
from core.workflows.importing import Decision, UploadedFile

MONTH_FIRST = "date,sku,quantity\n" + "".join(f"01/{day}/2024,A,{day}\n" for day in (2, 13, 14))
BOTH_COMMAS = "date;sku;quantity\n2024-01-01;A;1,500\n2024-01-02;A;1.250,75\n2024-01-03;A;2.000,25\n"
SWAPPED = "date,sku,quantity\n" + "".join(
    f"{day},A,1\n" for day in ["45293", "45324", "45353", "13/02/2024", "14/02/2024", "28/02/2024"]
)
WEEKS = "date,sku,quantity\n" + "".join(f"2024-{week:02d},A,1\n" for week in (1, 2, 13))
COUNTER = "date,sku,quantity\n" + "".join(
    f"2024-01-{day:02d},{sku},{100 * day + 7}\n" for sku in "ABCDE" for day in range(1, 29)
)
SUM_LINE = "date,sku,quantity\n" + "".join(f"2024-01-{day:02d},A,1\n" for day in range(1, 31)) + "2024-01-31,Total,30\n"
FAR_DAY = SUM_LINE.replace("2024-01-31,Total,30", "2062-01-31,A,1")
REFUSED = [
    (MONTH_FIRST, {"date_order": "dmy"}), (BOTH_COMMAS, {"decimal": "."}), (SWAPPED, {}), (WEEKS, {}), (COUNTER, {}),
]  # fmt: skip
ASIDE = [(SUM_LINE, {}), (FAR_DAY, {})]
NAMES = ["order of the day", "decimal mark", "swapped", "weeks", "counter", "sum", "far day"]


def decision(workspace: Workspace, text: str, answers: dict[str, str], role: str = "sales") -> Decision:
    (look,) = importing.preview(workspace, [UploadedFile("old.csv", text.encode())], role=role)
    return Decision(look, replace(look.recognition.to_mapping(), **answers))


def as_then(workspace: Workspace, text: str, answers: dict[str, str], role: str = "sales") -> int:
    """Import a file as it was imported when nothing of it was doubted; returns the rows that came of it."""
    own = decision(workspace, text, answers, role)
    undoubted = Decision(own.preview, replace(own.mapping, doubts="passed over"))
    return importing.import_tables(workspace, [undoubted]).files[0].loaded


def of_its_own(text: str, name: str) -> str:
    """The file with other SKUs."""
    return re.sub(r"([,;])([A-E])([,;])", rf"\1{name}-\2\3", text)


def lines(workspace: Workspace, table: str = "sales_lines") -> list[tuple]:
    with workspace.cursor() as cursor:
        return cursor.table(table).order("ALL").fetchall()


def after_a_loss(workspace: Workspace, before: Path) -> Workspace:
    """The workspace with an earlier state of its file; ledger and kept uploads stay."""
    workspace.close()
    shutil.copy(before, workspace.path)
    return Workspace.open(workspace.path)


def set_by(workspace: Workspace) -> tuple[Workspace, Path]:
    """The workspace, and a copy of its file as it is now."""
    workspace.close()
    before = workspace.path.with_name("before")
    shutil.copy(workspace.path, before)
    return Workspace.open(workspace.path), before


@pytest.mark.parametrize(("text", "answers"), REFUSED, ids=NAMES[:5])
def test_a_person_who_imports_it_today_is_asked(uncleaned: Workspace, text: str, answers: dict[str, str]) -> None:
    with pytest.raises(MappingError):
        importing.import_tables(uncleaned, [decision(uncleaned, text, answers)])


@pytest.mark.parametrize(("text", "answers"), ASIDE, ids=NAMES[5:])
def test_a_line_in_it_is_set_aside_today(uncleaned: Workspace, text: str, answers: dict[str, str]) -> None:
    done = importing.import_tables(uncleaned, [decision(uncleaned, text, answers)])
    assert (done.files[0].loaded, done.files[0].quarantined) == (30, 1)


def test_lost_loads_come_back_to_the_last_line(uncleaned: Workspace) -> None:
    workspace, before = set_by(uncleaned)
    for name, (text, answers) in zip(NAMES, REFUSED + ASIDE, strict=True):
        # every file sells SKUs of its own, so that none has rows of another
        assert as_then(workspace, of_its_own(text, name), answers), name
    stored = lines(workspace)
    again = after_a_loss(workspace, before)
    assert lines(again) == []
    recovery.rebuild(again)
    assert (lines(again), ledger_problems(again)) == (stored, [])


def test_a_term_that_cannot_be_comes_back_with_a_lost_load(uncleaned: Workspace) -> None:
    workspace, before = set_by(uncleaned)
    assert as_then(workspace, "SKU,Unit cost,MOQ\nA,4,-5\nB,4,5\n", {}, "products") == 2
    stored = lines(workspace, "products")
    again = after_a_loss(workspace, before)
    recovery.rebuild(again)
    assert lines(again, "products") == stored
    again.close()


def test_taking_an_earlier_upload_back_leaves_it_whole(uncleaned: Workspace) -> None:
    for name, (text, answers) in zip(NAMES, REFUSED + ASIDE, strict=True):
        own = of_its_own(text, name)
        loaded = as_then(uncleaned, own, answers)
        first = list_uploads(uncleaned)[-1]
        stored = lines(uncleaned)
        # the same rows under another name: all of them are known and none is stored a second time
        again = decision(uncleaned, own.replace("sku", "item"), answers)
        later = Decision(again.preview, replace(again.mapping, doubts="passed over"))
        assert importing.import_tables(uncleaned, [later]).files[0].skipped == loaded, name
        importing.remove(uncleaned, first.upload_id)
        assert {line[1:] for line in lines(uncleaned)} == {line[1:] for line in stored}, name


def test_a_table_that_cannot_be_read_any_more_keeps_no_other_from_coming_back(
    uncleaned: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, before = set_by(uncleaned)
    as_then(workspace, SUM_LINE, {})
    as_then(workspace, "SKU,Unit cost\nA,4\n", {}, "products")
    again = after_a_loss(workspace, before)
    convert = recovery.again

    def unreadable(item: object, upload_id: str, rows: int = 0) -> object:
        if item.upload.role == "products":
            raise MappingError("No longer.")
        return convert(item, upload_id, rows)

    monkeypatch.setattr(recovery, "again", unreadable)
    result = recovery.rebuild(again)
    assert [each.role for each in result.files] == ["sales"]
    assert result.notes[0].startswith("Not rebuilt, since no whole upload is kept of old.csv (1 rows).")
    again.close()
