"""The command line: exit statuses, JSON as documented, the same numbers as the workflows the pages call."""

import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.command.main import main
from core.report.tables_plan import EXPORTED as PLAN_COLUMNS
from core.workflows import comparing, forecasting, home, planning, warming
from core.workflows.workspace import open_workspace

ROOT = Path(__file__).parents[3]


def sales_csv(path: Path, n_days: int = 140, n_skus: int = 10) -> Path:
    rng = np.random.default_rng(3)
    days = pd.date_range("2025-01-01", periods=n_days)
    rows = [
        (f"O{number}-{sku}", day.date(), f"SKU-{sku}", rng.poisson(3 + sku) + (2 if day.weekday() == 5 else 0), 9.5)
        for number, day in enumerate(days)
        for sku in range(n_skus)
    ]
    table = pd.DataFrame(rows, columns=["Order ID", "Order date", "SKU", "Quantity", "Unit price"])
    table[table["Quantity"] > 0].to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace imported, compared, forecast and planned on the command line; what import said lies beside it."""
    folder = tmp_path_factory.mktemp("shop")
    file = folder / "shop.duckdb"
    with redirect_stdout(StringIO()) as said:
        assert main(["import", str(sales_csv(folder / "sales.csv")), "--workspace", str(file), "--json"]) == 0
    (folder / "import.json").write_text(said.getvalue(), encoding="utf-8")
    assert main(["compare", "--models", "seasonal_naive,ses", "--folds", "2", "--workspace", str(file)]) == 0
    assert main(["forecast", "--workspace", str(file), "--out", str(folder / "forecast.csv")]) == 0
    assert main(["plan", "--workspace", str(file), "--out", str(folder / "plan.csv")]) == 0
    return file


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_import_says_what_it_did(shop: Path) -> None:
    (entry,) = json.loads((shop.parent / "import.json").read_text(encoding="utf-8"))["files"]
    assert set(entry) == {
        "file", "role", "platform", "records", "loaded", "quarantined", "skus", "first_period", "last_period",
    }  # fmt: skip
    assert (entry["role"], entry["skus"], entry["first_period"]) == ("sales", 10, "2025-01-01")
    assert entry["records"] == entry["loaded"] + entry["quarantined"]


def test_the_same_file_twice_adds_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = answer(capsys, "import", str(shop.parent / "sales.csv"), "--workspace", str(shop))
    assert "already_loaded_at" in result["files"][0]


def test_compare_prints_the_leaderboard_the_page_shows(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = answer(capsys, "compare", "--models", "ses,seasonal_naive", "--folds", "2", "--workspace", str(shop))
    wanted = {
        "model", "wape", "bias", "mase", "rmsse", "rmse", "mae", "mse", "coverage_80", "coverage_95", "skus_won",
        "fit_seconds", "failed", "reason",
    }  # fmt: skip
    assert wanted <= set(rows[0])
    page = comparing.latest(open_workspace(shop))
    assert page is not None
    assert [{name: row[name] for name in wanted} for row in rows] == [
        {name: row[name] for name in wanted} for row in page.rows
    ]


def test_forecast_file_holds_the_stored_forecast(shop: Path) -> None:
    written = pd.read_csv(shop.parent / "forecast.csv", encoding="utf-8-sig")
    assert list(written.columns) == [
        "sku", "location", "period", "model", "mean", "q05", "q10", "q25", "q50", "q75", "q90", "q95",
    ]  # fmt: skip
    stored = forecasting.latest(open_workspace(shop))
    assert stored is not None
    assert len(written) == len(stored.table)
    assert written["mean"].to_numpy() == pytest.approx(stored.table["mean"].to_numpy())
    assert (written["q05"] <= written["q95"]).all()


def test_plan_file_holds_the_stored_plan(shop: Path) -> None:
    written = pd.read_csv(shop.parent / "plan.csv", encoding="utf-8-sig")
    assert tuple(written.columns) == PLAN_COLUMNS
    stored = planning.latest(open_workspace(shop))
    assert stored is not None
    assert written["order_units"].to_numpy() == pytest.approx(stored.lines["order_units"].to_numpy())
    assert written["reason"].str.contains("units to order").all()


def test_status_prints_the_figures_of_home(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = answer(capsys, "status", "--workspace", str(shop))
    page = home.status(open_workspace(shop))
    assert result["units"] == page.units
    assert result["skus"] == 10
    assert result["order_value"] is None  # no cost is known


def test_simulate_plays_a_scenario_file(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps({"name": "Half the service", "service_level": 0.6}), encoding="utf-8")
    result = answer(capsys, "simulate", "--scenario", str(scenario), "--sku", "SKU-3", "--workspace", str(shop))
    assert result["average_units"]["scenario"][0] < result["average_units"]["baseline"][0]


def test_the_forecast_is_changed_by_hand_listed_and_changed_back(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = forecasting.required_record(open_workspace(shop)).run_id
    where = ("--workspace", str(shop), "--from", "2025-06-02", "--to", "2025-06-08", "--reason", "event")
    (made,) = answer(capsys, "override", "--sku", "SKU-3", "--set", "120", "--comment", "Fair", *where)
    assert (made["state"], made["after"], made["comment"]) == ("in force", 120.0, "Fair")
    assert main(["override", "--list", "--workspace", str(shop)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(
        f"{made['override_id'][:12]}  sku SKU-3, 2025-06-02 to 2025-06-08: set to 120 units, event; "
    )
    assert told.endswith(" → 120.0 units; in force\n")
    assert main(["override", "--shop", "--location", "main", "--percent", "5", *where]) == 2
    assert "One part of the shop is expected" in capsys.readouterr().err
    (back,) = answer(capsys, "override", "--take-back", made["override_id"][:12], "--workspace", str(shop))
    assert back["state"] == "taken back"
    assert forecasting.required_record(open_workspace(shop)).run_id == before


def test_segment_groups_the_skus(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "segments.csv"
    result = answer(capsys, "segment", "--groups", "2", "--out", str(out), "--workspace", str(shop))
    assert sum(group["skus"] for group in result["groups"]) == 10
    assert len(pd.read_csv(out, encoding="utf-8-sig")) == 10


def test_segment_says_why_a_small_shop_has_one_group(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sales, store = tmp_path / "sales.csv", str(tmp_path / "small.duckdb")
    sales.write_text("order_date,sku,quantity\n" + "".join(f"2026-01-{day:02},A,{day % 3}\n" for day in range(1, 31)))
    answer(capsys, "import", str(sales), "--workspace", store)
    result = answer(capsys, "segment", "--groups", "5", "--workspace", store)
    assert result["groups"] == [{"group": "Group 1", "skus": 1, "description": "every SKU of the data"}]
    assert result["remark"].startswith("There is one group, because the data has 1 SKU;")


def test_backup_and_restore_give_the_same_shop(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy.duckdb"
    answer(capsys, "backup", str(copy), "--workspace", str(shop))
    other = tmp_path / "other.duckdb"
    answer(capsys, "restore", str(copy), "--workspace", str(other))
    first, second = (answer(capsys, "status", "--workspace", str(file)) for file in (shop, other))
    assert first == second


def test_a_users_mistake_is_one_sentence_and_status_2(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "core", "import", "empty.csv", "--workspace", "x.duckdb"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.strip().count("\n") == 0
    assert "empty" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plan"], "There is no sales history yet"),
        (["compare"], "There is no sales history yet"),
        (["import", "nowhere.csv"], "There is no file or folder nowhere.csv"),
        (["clean", "--undo"], "There is no earlier recipe"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--workspace", str(tmp_path / "shop.duckdb")]) == 2
    assert sentence in capsys.readouterr().err


def test_kernels_are_compiled_while_the_workspace_cannot_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shop.duckdb"
    file.write_bytes(b"not a workspace")
    monkeypatch.setattr(warming, "warm", lambda _progress: 1.25)
    assert main(["warm", "--workspace", str(file)]) == 0
    assert "1.2 s" in capsys.readouterr().out
    assert main(["status", "--workspace", str(file)]) == 2


def test_an_unknown_model_names_those_there_are(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--models", "magic", "--workspace", str(shop)]) == 2
    assert "seasonal_naive" in capsys.readouterr().err


def test_importing_the_workflows_is_quick_and_loads_no_network_library() -> None:
    script = (
        "import sys, time; started = time.perf_counter(); import core.workflows.home, core.workflows.comparing;"
        "heavy = {'tensorflow', 'sklearn', 'statsmodels', 'streamlit', 'scipy.optimize', 'scipy.special'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
