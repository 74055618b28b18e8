"""The commands that keep a workspace safe, and importing over what is stored already."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.command.main import main
from core.store.workspace import Workspace

LINES = [f"O{day},2025-01-{day:02d},A-1,2,4.5" for day in range(1, 29)]
HEADER = "Order ID,Order date,SKU,Quantity,Unit price"


def file(folder: Path, name: str, lines: list[str]) -> str:
    (folder / name).write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return str(folder / name)


@pytest.fixture(scope="module")
def imported(import_into: Callable[[dict[str, str]], Path]) -> Path:
    return import_into({"jan.csv": "\n".join([HEADER, *LINES])})


def answer(capsys, *arguments: str) -> object:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_dry_run_tells_the_difference_and_stores_nothing(shop, tmp_path, capsys):
    later = file(tmp_path, "feb.csv", [*LINES[:-1], "O28,2025-01-28,A-1,3,4.5", "O99,2025-01-28,B-2,1,2"])
    capsys.readouterr()
    assert main(["import", later, "--dry-run", "--workspace", str(shop)]) == 0
    said = capsys.readouterr().out
    assert "feb.csv (sales): adds 1 rows, changes 1, removes 0; 27 are there already." in said
    assert "Choose --on-conflict replace, add or skip" in said
    (told,) = answer(capsys, "import", later, "--dry-run", "--on-conflict", "replace", "--workspace", str(shop))[
        "files"
    ]
    assert (told["adds"], told["changes"], told["removes"], told["already_there"]) == (1, 1, 0, 27)
    assert len(answer(capsys, "audit", "--workspace", str(shop))) == 1


def test_rows_that_contradict_what_is_stored_are_refused_in_one_sentence(shop, tmp_path, capsys):
    later = file(tmp_path, "feb.csv", ["O1,2025-01-01,A-1,3,4.5"])
    capsys.readouterr()
    assert main(["import", later, "--workspace", str(shop)]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("feb.csv: 1 of 1 rows say something else than what is stored")
    assert said.count("\n") == 0
    assert main(["import", later, "--on-conflict", "skip", "--workspace", str(shop)]) == 0


def test_an_overlapping_export_says_what_it_left_out(shop, tmp_path, capsys):
    later = file(tmp_path, "feb.csv", [*LINES, "O99,2025-01-28,B-2,1,2"])
    capsys.readouterr()
    assert main(["import", later, "--workspace", str(shop)]) == 0
    assert "feb.csv: 1 rows as sales (own columns), 28 left out as stored already or known." in capsys.readouterr().out


def test_a_lost_load_is_in_the_status_until_it_is_rebuilt(shop, tmp_path, capsys):
    Workspace.open(shop).close()
    before = shop.read_bytes()
    assert main(["import", file(tmp_path, "b.csv", ["O99,2025-01-28,B-2,1,2"]), "--workspace", str(shop)]) == 0
    Workspace.open(shop).close()
    shop.write_bytes(before)
    (problem,) = answer(capsys, "status", "--workspace", str(shop))["problems"]
    assert "b.csv (1 rows)" in problem
    assert answer(capsys, "rebuild", "--workspace", str(shop))["files"] == [
        {"file": "b.csv", "role": "sales", "loaded": 1}
    ]
    assert answer(capsys, "status", "--workspace", str(shop))["problems"] == []


def test_the_audit_names_every_change_newest_first(shop, tmp_path, capsys):
    assert main(["backup", str(tmp_path / "safe.duckdb"), "--workspace", str(shop)]) == 0
    assert main(["restore", str(tmp_path / "safe.duckdb"), "--workspace", str(shop)]) == 0
    entries = answer(capsys, "audit", "--workspace", str(shop))
    assert [entry["action"] for entry in entries] == ["restore", "import"]


def test_a_damaged_workspace_can_be_restored(shop, tmp_path, capsys):
    assert main(["backup", str(tmp_path / "safe.duckdb"), "--workspace", str(shop)]) == 0
    Workspace.open(shop).close()
    shop.write_bytes(b"gone" * 4000)
    assert main(["status", "--workspace", str(shop)]) == 2
    assert main(["restore", str(tmp_path / "safe.duckdb"), "--workspace", str(shop)]) == 0
    assert answer(capsys, "status", "--workspace", str(shop))["units"] == 56


def test_deleting_needs_the_name_and_takes_everything(shop, capsys):
    assert main(["delete", "--confirm", "other.duckdb", "--workspace", str(shop)]) == 2
    assert "Nothing was deleted" in capsys.readouterr().err
    assert main(["delete", "--confirm", "shop.duckdb", "--workspace", str(shop)]) == 0
    assert [path.name for path in shop.parent.iterdir()] == ["jan.csv"]


def test_a_log_that_cannot_be_read_is_set_aside_and_its_loads_are_rebuilt(shop, tmp_path, capsys):
    workspace, log, aside = Workspace.open(shop), shop.with_name("shop.duckdb.wal"), tmp_path / "aside"
    aside.mkdir()

    def cut_short(step: str) -> None:
        """What a process that ends at this step leaves of the store is put aside."""
        if step == "acknowledged":
            for path in (shop, log):
                shutil.copy(path, aside)

    workspace.on_step = cut_short
    later = file(tmp_path, "b.csv", ["O99,2025-01-28,B-2,1,2"])
    assert main(["import", later, "--workspace", str(shop)]) == 0
    workspace.close()
    shutil.copytree(aside, tmp_path, dirs_exist_ok=True)
    content = bytearray(log.read_bytes())
    content[len(content) // 2 :] = os.urandom(len(content) - len(content) // 2)
    log.write_bytes(content)
    capsys.readouterr()
    if main(["status", "--workspace", str(shop)]) == 2:
        assert "python -m core rebuild, which sets the log aside" in capsys.readouterr().err
    assert main(["rebuild", "--workspace", str(shop)]) == 0
    assert answer(capsys, "status", "--workspace", str(shop))["units"] == 57
