"""Names of tables and columns never come from a user: SQL is read from files or built by a module that checks."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORE = ROOT / "core" / "store"
BUILDERS = {"sql.py"}
"""Modules that put identifiers into SQL, each checked against a pattern."""
RUNNERS = {"cleaning.py"}
"""Modules that run the SQL of cleaning rules, whose texts are the program's own."""


def calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {"execute", "executemany", "sql"}
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names and node.args
    ]


def built(node: ast.expr) -> bool:
    """Whether a text is put together out of parts."""
    return isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "join"}
    )


@pytest.mark.parametrize("path", sorted(STORE.glob("*.py")), ids=lambda path: path.name)
def test_no_statement_is_put_together_outside_the_module_that_checks_names(path: Path) -> None:
    if path.name in BUILDERS | RUNNERS:
        return
    assert [ast.unparse(call)[:100] for call in calls(path) if built(call.args[0])] == []


def test_the_checking_module_builds_statements_of_checked_names_only() -> None:
    tree = ast.parse((STORE / "sql.py").read_text(encoding="utf-8"))
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    words = ("SELECT", "INSERT", "DELETE", "UPDATE")
    parts = [
        ast.unparse(part.value)
        for text in texts
        if any(isinstance(piece, ast.Constant) and str(piece.value).startswith(words) for piece in text.values)
        for part in text.values
        if isinstance(part, ast.FormattedValue)
    ]
    assert parts
    checked = {"names", "target", "also", "where"}
    assert [part for part in parts if not part.startswith("_identifier(") and part not in checked] == []
