"""Files named on the command line: folders as the tables in them, limits before anything is read, all or nothing."""

import pandas as pd
import pytest

from core.base.errors import DemandError, FileFormatError
from core.command import files
from core.command.files import gathered
from core.command.main import main
from core.command.writing import write
from core.workflows import importing
from core.workflows.workspace import open_workspace

HEAD = "date,sku,quantity\n"


def day(folder, number, rows):
    (folder / f"day-{number}.csv").write_text(HEAD + rows, encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    days = tmp_path / "days"
    days.mkdir()
    for number in range(3, 0, -1):
        day(days, number, f"2026-01-{number:02d},A{number},{number}\n2026-01-{number:02d},B,1\n")
    return days


def test_a_folder_is_its_tables_in_order(folder):
    found, notes = gathered([str(folder)])
    assert [each.name for each in found] == ["day-1.csv", "day-2.csv", "day-3.csv"]
    assert all(each.on_disk for each in found)
    assert notes == []


def test_what_is_no_table_by_its_name_is_left_out_and_said_so(folder):
    (folder / "notes.pdf").write_bytes(b"%PDF-1.7")
    (folder / ".DS_Store").write_bytes(b"x")
    found, notes = gathered([str(folder)])
    assert len(found) == 3
    assert notes == [f"Left out of {folder}, no tables by their names: notes.pdf."]


def test_a_file_named_itself_is_taken_whatever_its_name(folder):
    (folder / "sales.export").write_text(HEAD + "2026-01-02,A,1\n", encoding="utf-8")
    found, _ = gathered([str(folder / "sales.export")])
    assert [each.name for each in found] == ["sales.export"]


def test_an_empty_folder_is_a_mistake(tmp_path):
    with pytest.raises(FileFormatError, match="There is no table file in the folder"):
        gathered([str(tmp_path)])


def test_a_missing_path_is_named():
    with pytest.raises(FileFormatError, match=r"There is no file or folder nowhere\.csv"):
        gathered(["nowhere.csv"])


def test_a_file_over_the_limit_is_not_read(folder, monkeypatch):
    monkeypatch.setattr(files, "MAX_ON_DISK", 10)
    with pytest.raises(FileFormatError, match="the limit is"):
        gathered([str(folder / "day-1.csv")])


def test_a_folder_is_imported_in_one_action(folder, tmp_path, capsys):
    shop = tmp_path / "shop.duckdb"
    assert main(["import", str(folder), "--workspace", str(shop)]) == 0
    assert capsys.readouterr().out.count("2 rows as sales") == 3
    assert len(importing.imported(open_workspace(shop))) == 3


def test_one_bad_file_in_a_folder_and_nothing_is_stored(folder, tmp_path, capsys):
    day(folder, 2, "2026-01-02,A,1\n2026-01-02,B,1\n2026-01-02,C,1,2\n")
    shop = tmp_path / "shop.duckdb"
    assert main(["import", str(folder), "--workspace", str(shop)]) == 2
    assert capsys.readouterr().err.startswith("day-2.csv: Line 4 has 4 fields")
    assert importing.imported(open_workspace(shop)) == []


def test_reading_options_reach_the_reader(folder, tmp_path):
    text = "Bericht\n'date'|'sku'|'quantity'\n'2026-01-02'|'Größe | L'|'3'\n"
    (folder / "day-1.csv").write_bytes(text.encode("latin-1"))
    options = ["--encoding", "latin-1", "--delimiter", "|", "--quote", "'", "--header-line", "2"]
    shop = tmp_path / "shop.duckdb"
    assert main(["import", str(folder / "day-1.csv"), *options, "--workspace", str(shop)]) == 0


@pytest.mark.parametrize(
    "command",
    [["clean", "--recipe"], ["simulate", "--scenario"], ["import", "days", "--mapping"]],
    ids=lambda each: each[0],
)
@pytest.mark.parametrize(("content", "said"), [(None, "There is no file"), (b"\xff\xfe{", "is no text in UTF-8")])
def test_a_file_that_cannot_be_read_is_a_mistake_and_no_defect(folder, tmp_path, capsys, command, content, said):
    path = tmp_path / "asked.json"
    if content is not None:
        path.write_bytes(content)
    words = [str(folder) if each == "days" else each for each in command]
    assert main([*words, str(path), "--workspace", str(tmp_path / "shop.duckdb")]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_a_mistake_and_no_defect(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DemandError, match="cannot be written"):
        write(tmp_path / "taken" / "plan.csv", pd.DataFrame({"SKU": ["A"]}), "Plan")
