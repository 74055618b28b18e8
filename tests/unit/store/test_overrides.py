"""Changes by hand in the store: kept for good, taken back with a name, and the forecasts they make."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from core.series.forecast import DemandPaths
from core.store import overrides, runs
from core.store.acting import as_user
from core.store.audit import list_actions
from core.store.overrides import Override
from core.store.paths import PathWriter, drop_paths, has_paths, path_index, path_slices
from core.store.runs import Run, latest_run, list_runs, new_run_id, run_table, save_changed, save_run

PERIODS = np.array(["2026-01-05", "2026-01-12"], "datetime64[D]")
NUMBERS = ("mean", "q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975")
DAYS = {"first": date(2026, 1, 5), "last": date(2026, 1, 18), "until": date(2026, 1, 18)}
WORDS = {"kind": "percent", "value": 20.0, "reason": "promotion", "comment": "Spring"}


def raised(name: str = "A") -> Override:
    return Override.new(level="sku", name=name, location="", **DAYS, **WORDS)


def store(workspace, *wanted: Override) -> None:
    workspace.write(lambda cursor: overrides.add(workspace, cursor, wanted))


def rows(run_sku: str = "sku", names: tuple[str, ...] = ("A", "B"), units: float = 2.0) -> pd.DataFrame:
    keys = {"sku": np.repeat(names, 2), "location": "main", "model": "ses"}
    if run_sku == "name":
        keys = {"level": "total", "name": np.repeat(names, 2)}
    return pd.DataFrame(
        keys | {"period": np.tile(PERIODS.astype("datetime64[s]"), len(names))} | dict.fromkeys(NUMBERS, units)
    )


def forecast(workspace) -> str:
    tables = {"forecasts": rows(), "group_forecasts": rows("name", ("total",), 4.0)}
    return save_run(workspace, Run("forecast", "v", {}, 1.0), tables)


def change(workspace, base: str) -> tuple[str, tuple[str, ...]]:
    """A forecast in which A sells 3 in the second week; its run, and the runs it replaces."""
    run = Run("forecast", "v", {"base": base}, 1.0, run_id=new_run_id(), base=base)
    tables = {
        "forecasts": rows(names=("A",), units=3.0)[1:].drop(columns="model"),
        "group_forecasts": rows("name", ("total",), 5.0)[1:],
    }
    plain = {name: pa.table({"period": PERIODS[1:], **_arrow(part)}) for name, part in tables.items()}
    return run.run_id, save_changed(workspace, run, plain, lambda _cursor: None)


def _arrow(part: pd.DataFrame) -> dict[str, pa.Array]:
    return {name: pa.array(part[name].tolist()) for name in part.columns if name != "period"}


def test_a_change_comes_back_as_it_was_made_in_the_order_of_making(workspace) -> None:
    with as_user("Ann"):
        first, second = raised("A"), raised("B")
    store(workspace, first, second)
    assert overrides.every(workspace) == (first, second)
    assert first.who == "Ann"
    assert list_actions(workspace)[0].action == "change forecast"


def test_changes_keep_their_order_when_the_clock_is_put_back(workspace) -> None:
    first, *later = raised("A"), raised("B"), raised("C")
    early = [replace(each, created_at=first.created_at - timedelta(days=1)) for each in later]
    store(workspace, first)
    store(workspace, *early)
    assert [each.name for each in overrides.every(workspace)] == ["A", "B", "C"]


def test_taking_back_notes_who_and_when_and_only_once(workspace) -> None:
    made = raised()
    store(workspace, made)
    for name in ("Ben", "Cleo"):
        with as_user(name):
            workspace.write(lambda cursor: overrides.withdraw(workspace, cursor, made.override_id))
    (found,) = overrides.every(workspace)
    assert found.withdrawn_by == "Ben"
    assert found.withdrawn_at >= made.created_at


def test_effects_come_back_with_what_is_unknown(workspace) -> None:
    told = {"override_id": "o", "run_id": "r", "before": 2.0, "after": 3.0}
    wanted = [told | {"period": date(2026, 1, 5), "naive": None}, told | {"period": date(2026, 1, 12), "naive": 1.0}]
    workspace.write(lambda cursor: overrides.add_effects(cursor, wanted))
    found = overrides.effects(workspace)
    assert list(found.columns) == ["override_id", "run_id", "period", "naive", "before", "after"]
    assert found["naive"].isna().tolist() == [True, False]


def test_a_changed_forecast_is_its_base_but_for_the_rows_that_say_something_else(workspace) -> None:
    base = forecast(workspace)
    run_id, _replaced = change(workspace, base)
    assert latest_run(workspace, "forecast").run_id == run_id
    found = run_table(workspace, "forecasts", run_id)
    assert found["mean"].tolist() == [2.0, 3.0, 2.0, 2.0]
    assert found.drop(columns=list(NUMBERS)).equals(run_table(workspace, "forecasts", base).drop(columns=list(NUMBERS)))
    assert run_table(workspace, "group_forecasts", run_id)["q10"].tolist() == [4.0, 5.0]


def test_a_second_change_takes_the_place_of_the_first(workspace) -> None:
    base = forecast(workspace)
    first, _none = change(workspace, base)
    second, replaced = change(workspace, base)
    assert replaced == (first,)
    assert [run.run_id for run in list_runs(workspace, status="done")] == [second, base]


def test_a_replaced_forecast_is_kept_only_while_a_plan_was_made_from_it(workspace) -> None:
    base = forecast(workspace)
    first, _none = change(workspace, base)
    save_run(workspace, Run("plan", "v", {"forecast_run": first}, 1.0), {})
    second, _first = change(workspace, base)
    third, _second = change(workspace, base)
    left = {run.run_id for run in list_runs(workspace, "forecast")}
    assert left == {base, first, third}
    assert second not in left


def test_changes_push_no_older_forecast_out(workspace, monkeypatch) -> None:
    monkeypatch.setattr(runs, "KEEP", 3)
    oldest = forecast(workspace)
    for _ in range(2):
        change(workspace, forecast(workspace))
    assert oldest in {run.run_id for run in list_runs(workspace)}
    assert len(list_runs(workspace)) == 5
    forecast(workspace)
    assert oldest not in {run.run_id for run in list_runs(workspace)}


def write(workspace, run_id: str, base: str = "") -> None:
    units = np.arange(2 * 3 * 2, dtype=float).reshape(2, 3, 2)
    paths = DemandPaths(units, np.array(list("ABC"), object), np.full(3, "main", object), PERIODS)
    with PathWriter(workspace, run_id, PERIODS, 2, base=base) as writer:
        writer.write(paths)


def test_paths_of_the_newest_forecast_are_kept_with_its_base_and_of_older_ones_the_last(workspace) -> None:
    for name, base in (("old", ""), ("base", ""), ("one", "base"), ("two", "base")):
        write(workspace, name, base)
    assert all(has_paths(workspace, name) for name in ("old", "base", "one", "two"))
    for name in ("b2", "b3"):
        write(workspace, name)
    kept = [name for name in ("old", "base", "one", "two", "b2", "b3") if has_paths(workspace, name)]
    assert kept == ["two", "b2", "b3"]


def test_dropped_paths_are_gone_and_their_base_is_not(workspace) -> None:
    write(workspace, "base")
    write(workspace, "one", "base")
    drop_paths(workspace, "one")
    assert [has_paths(workspace, name) for name in ("base", "one")] == [True, False]


def test_paths_are_read_a_few_series_at_a_time(workspace) -> None:
    write(workspace, "base")
    parts = list(path_slices(workspace, "base", np.array([0, 2]), size=1))
    assert [part.skus.tolist() for part in parts] == [["A"], ["C"]]
    assert parts[1].units[:, 0].tolist() == [[4.0, 5.0], [10.0, 11.0]]
    assert path_index(workspace, "base").skus.tolist() == ["A", "B", "C"]
