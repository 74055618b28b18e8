"""The documents are true to the code: names, paths, links and commands in them exist and work."""

import re
import shlex
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from core.clean import registry as rules
from core.command.main import ACTIONS, WITHOUT_STORE, main
from core.inventory.registry import POLICIES
from core.models import registry as models
from core.simulate.registry import LEVERS

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PYTHON = ".venv/bin/python -m core "
RUN_ELSEWHERE = {"make run", "make test"}
"""Commands of the README that the browser journeys and CI run."""


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def readme_commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", text_of("README.md"), flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def rooms() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "core").glob("*/__init__.py"))


@pytest.mark.parametrize("room", rooms())
def test_every_room_is_described_in_the_architecture(room: str) -> None:
    assert f"\n| `{room}` | " in text_of("docs/architecture.md")


def test_rooms_are_listed_from_the_bottom_up_as_the_import_contract_has_them() -> None:
    contract = re.search(r"layers = \[(.*?)\]", text_of("pyproject.toml"))
    assert contract is not None
    listed = re.findall(r"^\| `(\w+)` \|", text_of("docs/architecture.md"), flags=re.MULTILINE)
    assert listed == list(reversed(re.findall(r'"(\w+)"', contract.group(1))))


def registered() -> list[tuple[str, str]]:
    named = [(key, model_label) for key, model_label in models.labels().items()]
    named += [(info.key, info.label) for info in rules.rules()]
    named += [(key, policy.label) for key, policy in POLICIES.items()]
    return named + [(key, lever.label) for key, lever in LEVERS.items()]


@pytest.mark.parametrize(("key", "label"), registered())
def test_everything_registered_has_its_row_in_the_methods(key: str, label: str) -> None:
    assert f"\n| `{key}` | {label} |" in text_of("docs/methods.md")


@pytest.mark.parametrize("key", models.keys())
def test_every_forecasting_method_has_its_formula(key: str) -> None:
    assert f"(`{key}`):" in text_of("docs/methods.md")


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_local_links_and_images_resolve(path: Path) -> None:
    broken = []
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_code_paths_named_in_documents_exist(path: Path) -> None:
    named = re.findall(r"`((?:core|pages|tests|docs|sample_data)/[\w./-]+)`", path.read_text(encoding="utf-8"))
    assert [name for name in named if "NNNN" not in name and not (ROOT / name).exists()] == []


def test_pictures_are_light_and_all_shown() -> None:
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    shown = {Path(target).name for path in DOCS for target in LINK.findall(path.read_text(encoding="utf-8"))}
    assert 5 <= len(pictures) <= 7
    assert [each.name for each in pictures if each.name not in shown] == []
    assert [each.name for each in pictures if each.suffix != ".png" or each.stat().st_size >= 300_000] == []


def test_every_page_of_the_sidebar_is_introduced() -> None:
    titles = re.findall(r'title=_\("([^"]+)"\)', text_of("pages/ui/navigation.py"))
    assert len(titles) == 9
    assert [title for title in titles if f"\n| {title} | " not in text_of("README.md")] == []
    assert [title for title in titles if f"\n## {title}" not in text_of("docs/user-guide.md")] == []


def test_every_command_of_a_user_is_shown_in_the_readme() -> None:
    shown = {shlex.split(line.removeprefix(PYTHON))[0] for line in readme_commands() if line.startswith(PYTHON)}
    assert shown == {*ACTIONS, *WITHOUT_STORE} - {"sample", "warm"}


def test_every_readme_command_is_run_here_or_elsewhere() -> None:
    strange = [line for line in readme_commands() if not line.startswith((PYTHON, "echo "))]
    assert set(strange) == RUN_ELSEWHERE


@pytest.fixture
def small_sample(tmp_path: Path) -> Path:
    """A folder in which the README's relative paths lead to a cut of the sample shop: 8 SKUs, ten months."""
    source, target = ROOT / "sample_data", tmp_path / "sample_data"
    target.mkdir()
    products = pd.read_csv(source / "products.csv", dtype=str)
    chosen = set(products["SKU"].iloc[::25])
    for path in [*source.glob("*.csv"), *source.glob("*.csv.gz")]:
        table = pd.read_csv(path, dtype=str)
        if "SKU" in table:
            table = table[table["SKU"].isin(chosen)]
        for day in ("Order date", "Date"):
            if day in table:
                table = table[table[day] >= "2026-01-01"]
        table.to_csv(target / path.name, index=False)
    return tmp_path


def test_the_commands_of_the_readme_work_as_written(
    small_sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(small_sample)
    for line in readme_commands():
        if line.startswith(PYTHON):
            assert main(shlex.split(line.removeprefix(PYTHON))) == 0, (line, capsys.readouterr().err)
        elif line not in RUN_ELSEWHERE:
            subprocess.run(["bash", "-c", line], check=True, timeout=10)
    written = {path.name for path in Path("build/readme").iterdir()}
    assert {"forecast.csv", "orders.xlsx", "segments.csv", "demand.parquet", "backup.duckdb"} <= written
