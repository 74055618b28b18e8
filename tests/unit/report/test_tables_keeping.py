"""What was done to a workspace and what it lost, in the reader's words and by the reader's clock."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

import core
from core.report.tables_keeping import action_labels, action_table, lost_table
from core.store.audit import AuditEntry
from core.workflows.recovery import LostLoad

pytestmark = pytest.mark.usefixtures("shanghai")
MOMENT = datetime(2026, 3, 1, 22, 30, tzinfo=UTC).replace(tzinfo=None)


def audited() -> set[str]:
    """Every action that the program notes, read off its source."""
    calls = (
        node
        for path in (Path(core.__file__).parent / "store").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "audited"
    )
    return {str(ast.literal_eval(call.args[1])) for call in calls}


def test_every_action_that_is_noted_has_words_of_its_own() -> None:
    assert audited() == set(action_labels())


def test_days_in_what_was_done_are_told_in_words_and_names_of_files_stay() -> None:
    table = action_table(
        [
            AuditEntry(MOMENT, "Ada", "correct demand", "2 periods: 2026-01-05, 2026-01-06"),
            AuditEntry(MOMENT, "Ada", "change forecast", "1 changes: 2026-03-02 to 2026-03-15"),
            AuditEntry(MOMENT, "Ada", "restore", "shop 2026-01-05.duckdb"),
        ]
    )
    assert table["Detail"].tolist() == [
        "2 periods: 5 Jan 2026, 6 Jan 2026", "1 changes: 2 Mar 2026 to 15 Mar 2026", "shop 2026-01-05.duckdb",
    ]  # fmt: skip
    assert table["When"].dt.strftime("%H:%M").unique().tolist() == ["06:30"]


def test_lost_loads_are_told_by_the_clock_on_the_wall() -> None:
    table = lost_table([LostLoad("u", "march.csv", "sales", 3, 6.0, MOMENT.isoformat(" ", "seconds"), kept=True)])
    assert table["Loaded"].dt.strftime("%Y-%m-%d %H:%M").tolist() == ["2026-03-02 06:30"]
    assert "UTC" not in " ".join(table.columns)
