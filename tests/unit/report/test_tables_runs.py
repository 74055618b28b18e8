from datetime import UTC, datetime

from core.report.tables_runs import run_table
from core.store.runs import RunRecord


def made(manifest: dict, status: str = "done") -> RunRecord:
    return RunRecord("run", "forecast", "data", status, manifest, datetime(2026, 3, 1, tzinfo=UTC), 1.0)


def test_a_forecast_with_changes_by_hand_is_told_from_the_one_it_was_made_from() -> None:
    table = run_table([made({"overrides": [{}, {}]}), made({"overrides": [{}]}, "replaced"), made({})])
    assert table["What"].tolist() == ["Forecast with 2 changes by hand", "Forecast with 1 change by hand", "Forecast"]
    assert table["Status"].tolist() == ["Done", "Replaced", "Done"]
