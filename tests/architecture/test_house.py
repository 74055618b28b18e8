"""The house stays as drawn: size budget, typed functions, registries that match their folders, documented SQL."""

import ast
import statistics
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"])
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def functions(path: Path) -> list[FUNCTION]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, FUNCTION)]


def body_lines(node: FUNCTION) -> int:
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(node.body) > 1
    start = node.body[1] if documented else first
    return (node.end_lineno or 0) - start.lineno + 1


def test_no_file_or_function_is_over_its_budget() -> None:
    too_long = []
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").count("\n")
        is_page = path.parent == ROOT / "pages"
        if lines > (80 if is_page else 400):
            too_long.append(f"{path.relative_to(ROOT)}: {lines} lines")
        too_long += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {body_lines(node)} lines"
            for node in functions(path)
            if body_lines(node) > 60
        ]
    assert too_long == []


def test_functions_and_files_are_small_on_the_whole() -> None:
    bodies = sorted(body_lines(node) for path in SOURCES for node in functions(path))
    files = [path.read_text(encoding="utf-8").count("\n") for path in SOURCES]
    assert statistics.median(bodies) <= 10
    assert bodies[int(0.95 * len(bodies))] <= 40
    assert statistics.median(files) <= 150


@pytest.mark.parametrize(
    "banned",
    [
        "unsafe_allow_html=True",
        "except Exception",
        "import pickle",
        "import joblib",
        "raise NotImplementedError",
        "parallel=True",
    ],
)
def test_what_the_house_forbids_is_nowhere(banned: str) -> None:
    assert [str(path.relative_to(ROOT)) for path in SOURCES if banned in path.read_text(encoding="utf-8")] == []


def test_only_the_store_imports_duckdb() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "core/store" not in path.as_posix() and "import duckdb" in path.read_text(encoding="utf-8")
    ]
    assert guilty == []


def test_every_query_says_its_grain_unit_and_parameters() -> None:
    queries = sorted((ROOT / "core" / "store").rglob("*.sql"))
    assert queries
    silent = [
        path.name
        for path in queries
        if not all(word in path.read_text(encoding="utf-8")[:600] for word in ("grain:", "unit", "parameters:"))
    ]
    assert silent == []


def test_the_project_speaks_of_itself_alone() -> None:
    words = ["/wo" + "rk/", "/ro" + "ot/", "/fa" + "rm", "TO" + "DO", "FIX" + "ME"]
    texts = [
        *SOURCES,
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *(ROOT / "tests").rglob("*.py"),
    ]
    guilty = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in texts
        if path.exists()
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert guilty == []


def test_drawing_pages_loads_no_network_library() -> None:
    names = [
        f"pages.ui.{path.stem}" for path in sorted((ROOT / "pages" / "ui").glob("*.py")) if path.stem != "__init__"
    ]
    imports = f"import sys, importlib; [importlib.import_module(name) for name in {names}]; "
    script = imports + "print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_tests_end_without_complaints_of_libraries(tmp_path: Path) -> None:
    tests = (
        "series/test_overriding.py::test_the_sum_is_exactly_the_one_said_and_all_else_stays",
        "store/test_overrides.py::test_a_change_comes_back_as_it_was_made_in_the_order_of_making",
    )
    paths = [str(ROOT / "tests" / "unit" / name) for name in tests]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'own'}", *paths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "2 passed" in done.stdout
    assert done.stderr == ""
