"""A thousand planted identifiers go through import, backup and exports, and are found nowhere afterwards."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.command.main import main
from core.ingest.pseudonyms import pseudonym
from core.store.people import customer_key
from core.workflows import backups, importing, privacy
from core.workflows.importing import Decision, UploadedFile
from core.workflows.workspace import Workspace
from tests import planted
from tests.planted import IDENTIFIERS, PEOPLE, found_in

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def without_a_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STOCKCAST_KEY", raising=False)


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, whose temporary files land under the home too."""
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "STOCKCAST_HOME": str(home), "TMPDIR": str(home / "tmp"), "NUMBA_NUM_THREADS": "2"}
    environment.pop("STOCKCAST_KEY", None)
    command = [sys.executable, "-m", "core", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which all files were imported on the command line; what it said lies beside as a log."""
    folder = tmp_path_factory.mktemp("planted")
    files = planted.write_files(folder / "files")
    home = folder / "home"
    done = run(home, "import", *map(str, files))
    assert done.returncode == 0, done.stderr
    (home / "log").write_text(done.stdout + done.stderr)
    return home


def test_the_search_itself_finds_what_is_there() -> None:
    one = PEOPLE[3]
    disguises = [one.mail.lower().encode(), one.name.encode("utf-16-le"), *planted.variants(one.phone)]
    assert found_in(b"...".join(disguises)) == sorted([one.mail, one.name, one.phone])
    assert len(set(IDENTIFIERS)) == 1000


def test_no_identifier_is_in_store_log_ledger_kept_uploads_or_temporary_files(shop: Path) -> None:
    assert found_in(planted.raw(shop)) == []
    assert found_in(planted.plainly(shop)) == []


def test_what_was_imported_is_there_all_the_same(shop: Path) -> None:
    workspace = Workspace.open(shop / "shop.duckdb")
    try:
        records = {record.file_name: record for record in importing.imported(workspace)}
        with workspace.cursor() as cursor:
            customers = {name for (name,) in cursor.execute("SELECT DISTINCT customer FROM sales_lines").fetchall()}
        key = customer_key(workspace)
    finally:
        workspace.close()
    assert {name: record.records for name, record in records.items()} == {
        "sales of [removed]": 200, "shopify_orders.csv": 400, "purchase_orders.csv": 201, "orders_zh.csv": 200,
    }  # fmt: skip
    own = records["sales of [removed]"]
    assert own.quarantined == 21
    assert pseudonym(PEOPLE[0].number, key) in customers


def test_no_identifier_is_in_a_backup_or_an_export(shop: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(shop / "shop.duckdb")
    try:
        backups.backup(workspace, tmp_path / "copy.duckdb")
        importing.quarantined(workspace).to_csv(tmp_path / "aside.csv")
        where = ["--workspace", str(shop / "shop.duckdb")]
        assert main(["export", "--out", str(tmp_path / "demand.csv"), *where]) == 0
        assert main(["export-anonymous", "--by", "month", "--out", str(tmp_path / "groups.csv"), *where]) == 0
    finally:
        workspace.close()
    assert found_in(planted.raw(tmp_path)) == []
    assert found_in(planted.plainly(tmp_path)) == []


def test_dropping_customers_leaves_not_even_pseudonyms(tmp_path: Path) -> None:
    (path,) = [each for each in planted.write_files(tmp_path / "files") if each.name.startswith("sales")]
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    try:
        assert main(["import", str(path), "--customers", "drop", "--workspace", str(workspace.path)]) == 0
        with workspace.cursor() as cursor:
            assert cursor.execute("SELECT count(customer), count(*) > 100 FROM sales_lines").fetchone() == (0, True)
    finally:
        workspace.close()


def test_a_refusal_repeats_no_identifier(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("Date,SKU,E-Mail\n" + "".join(f"2026-01-02,A,{one.mail}\n" for one in PEOPLE))
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"role": "sales", "fields": {"Date": "sold_at", "SKU": "sku", "E-Mail": "quantity"}}')
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    try:
        assert main(["import", str(path), "--mapping", str(mapping), "--workspace", str(workspace.path)]) == 2
    finally:
        workspace.close()
    said = capsys.readouterr()
    assert "is not a number" in said.err
    assert found_in((said.out + said.err).encode()) == []


def test_a_forgotten_person_is_in_no_table_file_or_kept_upload(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    try:
        files = [UploadedFile(path.name, path.read_bytes()) for path in planted.write_files(tmp_path / "files")]
        looks = importing.preview(workspace, [file for file in files if file.name.startswith("sales")])
        importing.import_tables(workspace, [Decision(look, look.recognition.to_mapping()) for look in looks])
        name = pseudonym(PEOPLE[2].number, customer_key(workspace)) or ""
        folder = workspace.path.parent
        assert name.encode() in planted.plainly(workspace.uploads_folder)
        done = privacy.forget(workspace, PEOPLE[2].number)
    finally:
        workspace.close()
    assert (done.lines, done.files) == (1, 1)
    assert name.encode() not in planted.raw(folder)
    assert name.encode() not in planted.plainly(folder)


def test_a_changed_key_reaches_kept_uploads_and_the_next_file(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "shop.duckdb")
    try:
        for day in ("2026-01-02", "2026-01-03"):
            content = f"Date,SKU,Quantity,Customer No\n{day},A,1,KD-1\n{day},B,1,KD-2\n"
            (look,) = importing.preview(workspace, [UploadedFile("sales.csv", content.encode())])
            importing.import_tables(workspace, [Decision(look, look.recognition.to_mapping())])
            former = pseudonym("KD-1", customer_key(workspace)) or ""
            privacy.rotate_key(workspace)
        name = pseudonym("KD-1", customer_key(workspace)) or ""
        with workspace.cursor() as cursor:
            found = cursor.execute("SELECT count(*) FROM sales_lines WHERE customer = $1", [name]).fetchone()
        held = planted.plainly(workspace.uploads_folder)
    finally:
        workspace.close()
    assert found == (2,)
    assert held.count(name.encode()) == 2
    assert former.encode() not in planted.raw(tmp_path) + held
