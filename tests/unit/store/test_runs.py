import pandas as pd
import pyarrow as pa
import pytest

from core.base.errors import NoDataError, StoreError
from core.store.runs import Run, code_version, latest_run, list_runs, new_run_id, run_table, save_run

CHAMPIONS = pd.DataFrame({"reason": ["b", "a"], "sku": ["B", "A"], "location": ["main"] * 2, "model": ["ets", "naive"]})


def test_a_table_comes_back_in_the_order_it_was_stored(workspace):
    run_id = save_run(workspace, Run("compare", "v1", {"seed": 7}, 1.5), {"champions": CHAMPIONS})
    table = run_table(workspace, "champions", run_id)
    assert list(table.columns) == ["sku", "location", "model", "reason"]
    assert table.sku.tolist() == ["B", "A"]


def test_the_manifest_names_code_data_and_seed(workspace):
    save_run(workspace, Run("compare", "v1", {"seed": 7}, 1.5), {})
    manifest = latest_run(workspace, "compare").manifest
    assert manifest == {"seed": 7, "dataset_version": "v1", "code_version": code_version()}


def test_the_latest_run_is_of_the_kind_version_and_whole(workspace):
    save_run(workspace, Run("forecast", "v1", {}, 1.0), {})
    wanted = save_run(workspace, Run("forecast", "v1", {}, 1.0), {})
    save_run(workspace, Run("forecast", "v2", {}, 1.0), {})
    save_run(workspace, Run("forecast", "v1", {}, 1.0, status="failed"), {})
    save_run(workspace, Run("plan", "v1", {}, 1.0), {})
    assert latest_run(workspace, "forecast", "v1").run_id == wanted
    assert latest_run(workspace, "simulate") is None
    assert len(list_runs(workspace)) == 5


def test_a_run_can_be_stored_under_a_key_made_before(workspace):
    run_id = new_run_id()
    assert save_run(workspace, Run("forecast", "v1", {}, 1.0, run_id=run_id), {}) == run_id


def test_an_unknown_column_stores_nothing_of_the_run(workspace):
    with pytest.raises(StoreError, match=r"table champions has the columns run_id, sku.*; colour came too"):
        save_run(workspace, Run("compare", "v1", {}, 1.0), {"champions": CHAMPIONS.assign(colour="red")})
    assert list_runs(workspace) == []


@pytest.mark.parametrize("table", ["sales_lines", "champions; DROP TABLE runs"])
def test_only_tables_of_runs_can_be_written_and_read(workspace, table):
    with pytest.raises(StoreError, match="Runs have the tables"):
        save_run(workspace, Run("compare", "v1", {}, 1.0), {table: CHAMPIONS})
    with pytest.raises(NoDataError, match="Runs have the tables"):
        run_table(workspace, table, "x")


def test_arrow_tables_are_taken_too(workspace):
    rows = pa.table({"model": ["ets"], "scores": ['{"wape": 0.4}']})
    run_id = save_run(workspace, Run("compare", "v1", {}, 1.0), {"leaderboard": rows})
    assert run_table(workspace, "leaderboard", run_id).scores.tolist() == ['{"wape": 0.4}']
