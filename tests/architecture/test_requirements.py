"""What we depend on: chosen with a reason, used, pinned, and nothing leaned on that was not chosen."""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = {"scikit-learn": "sklearn", "python-calamine": "python_calamine", "pytest-xdist": "xdist"}
"""Modules that are called otherwise than their distribution."""
TOOLS = {"ruff", "mypy", "import-linter", "pytest-randomly", "uv"}
"""Called by make or found by pytest, imported nowhere."""
PEERS = {"lightgbm", "mlforecast", "statsforecast"}
"""Programs we are measured beside, in an environment of their own."""
OURS = {"core", "pages", "tests", "serve", "shop"}


def chosen() -> dict[str, str]:
    """Reason by distribution, as requirements.in gives them."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("#") for line in lines if line.strip() and not line.startswith("#")]
    return {name.strip(): reason.strip() for name, _hash, reason in pairs}


def imported(*folders: str) -> set[str]:
    """Top-level modules of other people that these folders import, anywhere in their files."""
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    found: set[str] = set()
    for node in (node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - OURS


def test_every_choice_has_its_reason_and_is_pinned() -> None:
    assert [name for name, reason in chosen().items() if len(reason.split()) < 3] == []
    pins = re.findall(r"^([a-z0-9.-]+)==[\w.]+$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(chosen()) <= set(pins)
    assert pins == sorted(set(pins))


def test_everything_chosen_is_used_and_nothing_else() -> None:
    modules = {MODULES.get(name, name) for name in set(chosen()) - TOOLS}
    assert imported("core", "pages", "sample_data", "tests") - PEERS == modules
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = {"import-linter": "lint-imports"}
    assert [tool for tool in TOOLS - {"pytest-randomly"} if f"/{commands.get(tool, tool)}" not in makefile] == []
